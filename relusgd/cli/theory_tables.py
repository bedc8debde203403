"""What gradcheck and graph print, draw and write."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table
from rich.text import Text

from relusgd.cli.terminal import print_json, print_table, wrapped_for_stderr
from relusgd.words import brief_duration, number

if TYPE_CHECKING:
    from relusgd.checks.cost import Cost
    from relusgd.checks.gradcheck import GradientCheck
    from relusgd.config import Config
    from relusgd.graphs.graph import Evaluated, Graph
    from relusgd.model.network import Network
    from relusgd.model.points import Dataset


def columns(*headings: str, right: int = 0) -> Table:
    """A plain table; the last `right` columns are numbers."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for position, heading in enumerate(headings):
        table.add_column(
            heading,
            justify="right" if position >= len(headings) - right else "left",
            overflow="fold",
        )
    return table


def small(value: float) -> str:
    return "–" if value != value else "0" if value == 0 else f"{value:.1e}"


def show_check(network: Network, dataset: Dataset, *, as_json: bool) -> bool:
    """Print the check of every engine and kernel; whether all passed."""
    from relusgd.checks.network_check import Problem, check_network
    from relusgd.words import exact_number

    problem = Problem.of(network, dataset)
    checks = check_network(problem)
    passed = all(check.passed for check in checks.values())
    if as_json:
        print_json(check_facts(problem.x.size, checks, passed=passed))
        return passed
    print_table(check_table(checks))
    first = next(iter(checks.values()))
    told = (
        f"{first.entries:,} entries, {problem.x.size:,} points, h = {exact_number(first.step)}·max(1, |θ|); left out: {first.left_out:,} "
        f"entries for which a sample crosses an elbow within ±h; relative differences up to {exact_number(first.tolerance)} pass"
    )
    typer.echo(wrapped_for_stderr(told), err=True)
    for (engine, kernel), check in checks.items():
        for fault in check.faults:
            typer.echo(f"failed: engine {engine}, kernel {kernel}: {fault}", err=True)
    return passed


def check_facts(
    points: int, checks: dict[tuple[str, str], GradientCheck], *, passed: bool
) -> dict[str, Any]:
    ways = [
        {
            "engine": engine,
            "kernel": kernel,
            "passed": check.passed,
            "arrays": [{**asdict(a), "passed": a.passed} for a in check.arrays],
        }
        for (engine, kernel), check in checks.items()
    ]
    first = next(iter(checks.values()))
    return {
        "passed": passed,
        "points": points,
        "step": first.step,
        "tolerance": first.tolerance,
        "checks": ways,
    }


def check_table(checks: dict[tuple[str, str], GradientCheck]) -> Table:
    """A line per engine, kernel and array."""
    table = columns(
        "engine", "kernel", "array", "shape", "largest", "typical", "left out", "", right=4
    )
    for (engine, kernel), check in checks.items():
        for position, array in enumerate(check.arrays):
            table.add_row(
                engine if position == 0 else "",
                kernel if position == 0 else "",
                array.name,
                "×".join(str(size) for size in array.shape),
                small(array.largest),
                small(array.typical),
                f"{array.left_out} of {array.entries}",
                "ok" if array.passed else "FAILED",
            )
    return table


def show_step_sizes(
    network: Network, dataset: Dataset, out: Path | None, theme: str, *, as_json: bool
) -> None:
    """Print the errors of differences over their step, and draw them."""
    from relusgd.checks.network_check import Problem
    from relusgd.checks.step_sizes import step_size_errors

    errors = step_size_errors(Problem.of(network, dataset))
    if as_json:
        print_json([asdict(error) for error in errors])
    else:
        table = columns("h", "forward", "central", "central, all", "crossing", right=5)
        for error in errors:
            crossing = f"{error.crossing:.1%}" if error.crossing else "0"
            table.add_row(
                f"{error.step:.0e}",
                small(error.smooth_forward),
                small(error.smooth_central),
                small(error.central),
                crossing,
            )
        print_table(table)
        typer.echo(
            wrapped_for_stderr(
                "relative errors; crossing: entries for which a sample crosses an elbow within ±h, only in “all”"
            ),
            err=True,
        )
    if out is not None:
        from relusgd.checks.picture import draw_step_sizes

        draw_step_sizes(errors, out, theme)
        typer.echo(out, err=True)


def show_cost(out: Path | None, theme: str, *, as_json: bool) -> None:
    """Print what gradients cost, and draw it."""
    from relusgd.checks.cost import measure_costs
    from relusgd.cli.terminal import stderr_console

    console = stderr_console()
    with console.status("") if console.is_terminal else nullcontext() as status:
        costs = measure_costs(progress=status.update) if status else measure_costs()
    if as_json:
        print_json([cost_facts(cost) for cost in costs])
    else:
        for cost in costs:
            typer.echo(f"{cost.title}: operations · seconds of one gradient")
            print_table(cost_table(cost))
        typer.echo(
            wrapped_for_stderr(
                "seconds of differences: those of one evaluation, times two for every parameter"
            ),
            err=True,
        )
    if out is not None:
        from relusgd.checks.picture import draw_costs

        draw_costs(costs, out, theme)
        typer.echo(out, err=True)


def cost_table(cost: Cost) -> Table:
    """A line per width, and the exponents of the growth: fitted and those of the theory."""
    from relusgd.checks.cost import exponent

    table = columns(cost.letter, *(line.name for line in cost.lines), right=len(cost.lines) + 1)
    for row, width in enumerate(cost.widths):
        cells = [
            f"{number(line.operations[row])} · {brief_duration(line.seconds[row])}"
            for line in cost.lines
        ]
        table.add_row(f"{width:,}", *cells)
    fits = [
        (exponent(cost.widths, line.operations), exponent(cost.widths, line.seconds))
        for line in cost.lines
    ]
    table.add_row("exponent", *(f"{counted:.2f} · {timed:.2f}" for counted, timed in fits))
    table.add_row("theory", *(theory_text(line.theory, line.name) for line in cost.lines))
    return table


def theory_text(power: float, name: str) -> str:
    return f"{power:g}, and a log" if name == "prefix sums" else f"{power:g}"


def cost_facts(cost: Cost) -> dict[str, Any]:
    from relusgd.checks.cost import exponent

    facts = asdict(cost)
    for line, plain in zip(cost.lines, facts["lines"], strict=True):
        plain["exponent"] = exponent(cost.widths, line.operations)
        plain["exponent_of_seconds"] = exponent(cost.widths, line.seconds)
    return facts


def show_graph(graph: Graph, *, as_json: bool) -> None:
    """Print nodes and edges."""
    state = graph.evaluate()
    if as_json:
        print_json(graph_facts(state))
        return
    print_table(node_table(state))
    typer.echo("")
    print_table(edge_table(state))


def node_table(state: Evaluated) -> Table:
    """A line per node, from the sources to the sink."""
    from relusgd.graphs.text import derivative_texts, one_line

    sink = state.graph.sink
    table = columns("node", "formula", "shape", "value", f"∂{sink}/∂node")
    for node in state.graph.nodes:
        value = state.values[node.name]
        shape = "×".join(str(size) for size in value.shape) or "1"
        table.add_row(
            node.name,
            Text(node.formula),
            shape,
            one_line(value),
            derivative_texts(state, node.name),
        )
    return table


def edge_table(state: Evaluated) -> Table:
    """A line per edge: its local derivative and the term that flows back along it."""
    from relusgd.graphs.text import one_line

    table = columns("edge", "local derivative", "=", f"term of ∂{state.graph.sink}/∂")
    for edge in reversed(state.edges):
        table.add_row(
            f"{edge.parent} → {edge.child}",
            Text(edge.symbol),
            one_line(edge.local.numbers),
            one_line(edge.term),
        )
    return table


def graph_facts(state: Evaluated) -> dict[str, Any]:
    """Everything, with all numbers."""
    nodes = [
        {
            "name": node.name,
            "formula": node.formula,
            "shape": list(state.values[node.name].shape),
            "value": state.values[node.name].tolist(),
            "derivative": state.derivatives[node.name].tolist()
            if node.name in state.derivatives
            else None,
        }
        for node in state.graph.nodes
    ]
    edges = [
        {
            "from": edge.parent,
            "to": edge.child,
            "symbol": edge.symbol,
            "local": edge.local.numbers.tolist(),
            "term": edge.term.tolist(),
        }
        for edge in reversed(state.edges)
    ]
    return {"sink": state.graph.sink, "nodes": nodes, "edges": edges}


def show_nudges(graph: Graph, node: str, by: float, *, as_json: bool) -> None:
    """Print how the sink moves when a node is nudged."""
    from relusgd.graphs.nudge import nudges

    state = graph.evaluate()
    found = nudges(state, node, by)
    if as_json:
        print_json([{**asdict(nudge), "missing": nudge.missing} for nudge in found])
        return
    sink = state.graph.sink
    table = columns(
        f"ε added to {node}", sink, f"change of {sink}", f"∂{sink}/∂{node} · ε", "missing", right=5
    )
    for nudge in found:
        table.add_row(
            f"{nudge.by:g}",
            f"{nudge.output:.10g}",
            f"{nudge.change:.6g}",
            f"{nudge.predicted:.6g}",
            small(nudge.missing),
        )
    print_table(table)
    typer.echo(f"{sink} before: {state.output:.10g}", err=True)


def write_graph(graph: Graph, out: Path, theme: str, words: str) -> None:
    """Write a picture, or the graph in Graphviz's language."""
    from relusgd.errors import InputError
    from relusgd.files import write_whole

    state, suffix = graph.evaluate(), out.suffix.lower()
    if suffix == ".dot":
        from relusgd.graphs.dot import dot_text

        write_whole(out, dot_text(state))
        return
    if suffix not in (".svg", ".png", ".pdf"):
        raise InputError(
            f"a graph cannot be written as {out.name!r}",
            "its name ends in .svg, .png, .pdf or .dot; --animate makes a .gif or .mp4",
        )
    from relusgd.graphs.picture import draw_graph

    draw_graph(state, out, theme=theme, title=words)


def film_step(graph: Graph, config: Config, epoch: int, out: Path, theme: str) -> None:
    """Film the SGD step that follows this epoch, on the graph's sample."""
    from relusgd.cli.progress import frame_progress
    from relusgd.errors import InputError
    from relusgd.graphs.step_film import Update, film_sgd_step
    from relusgd.training.building import build_schedule

    training = config.training
    if training.method == "ridge":
        raise InputError(
            "--animate films a step of SGD, and this trains by ridge",
            "try --set training.method=sgd on its config",
        )
    update = Update(
        build_schedule(config).at(epoch + 1),
        training.layers,
        training.weight_decay,
        config.network.output_bias,
    )
    with frame_progress() as progress:
        film_sgd_step(graph, out, update, theme=theme, progress=progress)
