"""The command gradcheck: derivatives against differences, step sizes of differences, and costs."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.network_source import (
    EpochOption,
    SourceArgument,
    check_out,
    choose_network,
    difference_text,
    plain_table,
)
from relusgd.cli.options import JsonOption, SetOption
from relusgd.cli.picture_options import PictureSizeOption, ThemeName, ThemeOption
from relusgd.cli.terminal import print_json, print_table, stderr_console, wrapped_for_stderr
from relusgd.errors import InputError
from relusgd.words import brief_duration, dimensions, exact_number, number

if TYPE_CHECKING:
    from rich.table import Table

    from relusgd.checks.cost import Cost, WayCost
    from relusgd.checks.gradcheck import GradientCheck
    from relusgd.checks.step_sizes import StepSize
    from relusgd.model.network import Network
    from relusgd.model.points import Dataset


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog="Example:  relusgd gradcheck configs/notebook.yaml")(gradcheck)


@guarded
def gradcheck(
    source: SourceArgument = None,
    epoch: EpochOption = None,
    step_sizes: Annotated[
        bool, typer.Option("--step-sizes", help="Show the error of differences over their step h.")
    ] = False,
    cost: Annotated[
        bool,
        typer.Option(
            "--cost",
            help="Compare what backpropagation and differences cost; needs no config.",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="With --step-sizes or --cost: a picture, .png, .svg or .pdf.",
            show_default=False,
        ),
    ] = None,
    size: PictureSizeOption = None,
    changes: SetOption = None,
    theme: ThemeOption = ThemeName.light,
    as_json: JsonOption = False,
) -> None:
    """Check backpropagation against differences, array by array, for every engine and kernel.

    Entries for which a sample crosses an elbow within ±h are left out and counted. Exit code 1 when
    a check fails.
    """
    _check_options(source, step_sizes=step_sizes, cost=cost, out=out)
    picture = _asked_picture(out, theme.value, size)
    if cost:
        _show_cost(picture, as_json=as_json)
        return
    if source is None:
        raise InputError(
            "nothing to check: give a CONFIG or a RUN, or --cost",
            "try: relusgd gradcheck --cost, or make a config: relusgd new",
        )
    chosen = choose_network(source, changes, epoch)
    if step_sizes:
        _show_step_sizes(chosen.network, chosen.dataset, picture, as_json=as_json)
        return
    passed = _show_check(chosen.network, chosen.dataset, as_json=as_json)
    if not passed:
        raise typer.Exit(1)


@dataclass(frozen=True)
class AskedPicture:
    """A picture to draw. size: in pixels; None is the usual one of what is drawn."""

    out: Path
    theme: str
    size: tuple[int, int] | None


def _asked_picture(out: Path | None, theme: str, size: str | None) -> AskedPicture | None:
    """The picture that is asked for; None for none."""
    if out is None:
        if size is not None:
            raise InputError("--size is that of a picture, and none is drawn", "add --out cost.png")
        return None
    from relusgd.pictures.kit.look import Look

    pixels = Look.of(size=size).size if size else None
    return AskedPicture(out, theme, pixels)


def _check_options(source: Path | None, *, step_sizes: bool, cost: bool, out: Path | None) -> None:
    """Refuse options that do not go together, and a picture that cannot be written."""
    if step_sizes and cost:
        raise InputError("--step-sizes and --cost do not go together", "give one of them")
    if out is not None and not (step_sizes or cost):
        raise InputError("--out draws what --step-sizes or --cost measures, and neither is given")
    check_out(out)
    if out is not None:
        from relusgd.pictures.kit.stills import check_still

        check_still(out)
    if cost and source is not None:
        raise InputError(
            f"--cost has losses of its own and does not read {source}",
            "leave one of them out",
        )


# The check of every engine and kernel


def _show_check(network: Network, dataset: Dataset, *, as_json: bool) -> bool:
    """Print the check of every engine and kernel, and return whether all passed."""
    from relusgd.checks.network_check import Problem, check_network

    problem = Problem.of(network, dataset)
    points = problem.x.size
    checks = check_network(problem)
    passed = all(check.passed for check in checks.values())
    if as_json:
        print_json(_check_facts(points, checks, passed=passed))
        return passed
    print_table(_check_table(checks))
    first = next(iter(checks.values()))
    summary = (
        f"{first.entries:,} entries, {points:,} points, "
        f"h = {exact_number(first.step)}·max(1, |θ|); "
        f"left out: {first.left_out:,} entries for which a sample crosses an elbow within ±h; "
        f"relative differences up to {exact_number(first.tolerance)} pass"
    )
    typer.echo(wrapped_for_stderr(summary), err=True)
    for (engine, kernel), check in checks.items():
        for fault in check.faults:
            typer.echo(f"failed: engine {engine}, kernel {kernel}: {fault}", err=True)
    return passed


def _check_facts(
    points: int,
    checks: dict[tuple[str, str], GradientCheck],
    *,
    passed: bool,
) -> dict[str, Any]:
    ways = []
    for (engine, kernel), check in checks.items():
        arrays = [{**asdict(array), "passed": array.passed} for array in check.arrays]
        ways.append({"engine": engine, "kernel": kernel, "passed": check.passed, "arrays": arrays})
    first = next(iter(checks.values()))
    return {
        "passed": passed,
        "points": points,
        "step": first.step,
        "tolerance": first.tolerance,
        "checks": ways,
    }


def _check_table(checks: dict[tuple[str, str], GradientCheck]) -> Table:
    """A line per engine, kernel and array."""
    headings = "engine", "kernel", "array", "shape", "largest", "typical", "left out", ""
    table = plain_table(*headings, numeric=4)
    for way, check in checks.items():
        engine, kernel = way
        for array in check.arrays:
            table.add_row(
                engine,
                kernel,
                array.name,
                dimensions(array.shape),
                difference_text(array.largest),
                difference_text(array.typical),
                f"{array.left_out} of {array.entries}",
                "ok" if array.passed else "FAILED",
            )
            engine = kernel = ""  # named only in the line of the first array
    return table


# The error of differences over their step


def _show_step_sizes(
    network: Network,
    dataset: Dataset,
    picture: AskedPicture | None,
    *,
    as_json: bool,
) -> None:
    """Print the errors of differences over their step, and draw them."""
    from relusgd.checks.network_check import Problem
    from relusgd.checks.step_sizes import step_size_errors

    errors = step_size_errors(Problem.of(network, dataset))
    if as_json:
        print_json([asdict(error) for error in errors])
    else:
        print_table(_step_size_table(errors))
        note = (
            "relative errors; crossing: entries for which a sample crosses an elbow within ±h, "
            "only in “all”"
        )
        typer.echo(wrapped_for_stderr(note), err=True)
    if picture is not None:
        from relusgd.checks.picture import draw_step_sizes

        draw_step_sizes(errors, picture.out, picture.theme, picture.size)
        typer.echo(picture.out, err=True)


def _step_size_table(errors: list[StepSize]) -> Table:
    """A line per step."""
    table = plain_table("h", "forward", "central", "central, all", "crossing", numeric=5)
    for error in errors:
        table.add_row(
            f"{error.step:.0e}",
            difference_text(error.smooth_forward),
            difference_text(error.smooth_central),
            difference_text(error.central),
            f"{error.crossing:.1%}" if error.crossing else "0",
        )
    return table


# What gradients cost


def _show_cost(picture: AskedPicture | None, *, as_json: bool) -> None:
    """Print what gradients cost, and draw it."""
    from relusgd.checks.cost import WIDTHS, measure_costs

    console = stderr_console()
    with console.status("") if console.is_terminal else nullcontext() as status:
        parts = count(1)

        def show(part: str) -> None:
            if status:
                status.update(f"measuring part {next(parts)} of {2 * len(WIDTHS)}: {part}")

        costs = measure_costs(progress=show)
    if as_json:
        print_json([_cost_facts(cost) for cost in costs])
    else:
        for cost in costs:
            typer.echo(f"{cost.title}: operations · seconds of one gradient")
            print_table(_cost_table(cost))
        note = "seconds of differences: those of one evaluation, times two for every parameter"
        typer.echo(wrapped_for_stderr(note), err=True)
    if picture is not None:
        from relusgd.checks.picture import draw_costs

        draw_costs(costs, picture.out, picture.theme, picture.size)
        typer.echo(picture.out, err=True)


def _cost_table(cost: Cost) -> Table:
    """A line per width, then the exponents of the growth: fitted, and by theory."""
    ways = cost.lines
    names = [way.name for way in ways]
    table = plain_table(cost.letter, *names, numeric=len(ways) + 1)
    for row, width in enumerate(cost.widths):
        costs = [_cost_text(way, row) for way in ways]
        table.add_row(f"{width:,}", *costs)
    exponents = [_exponents_text(cost, way) for way in ways]
    table.add_row("exponent", *exponents)
    exponents_by_theory = [_theory_text(way) for way in ways]
    table.add_row("theory", *exponents_by_theory)
    return table


def _cost_text(way: WayCost, row: int) -> str:
    return f"{number(way.operations[row])} · {brief_duration(way.seconds[row])}"


def _exponents_text(cost: Cost, way: WayCost) -> str:
    from relusgd.checks.cost import exponent

    of_operations = exponent(cost.widths, way.operations)
    of_seconds = exponent(cost.widths, way.seconds)
    return f"{of_operations:.2f} · {of_seconds:.2f}"


def _theory_text(way: WayCost) -> str:
    if way.name == "prefix sums":
        return f"{way.theory:g}, and a log"
    return f"{way.theory:g}"


def _cost_facts(cost: Cost) -> dict[str, Any]:
    from relusgd.checks.cost import exponent

    facts = asdict(cost)
    for way, way_facts in zip(cost.lines, facts["lines"], strict=True):
        way_facts["exponent"] = exponent(cost.widths, way.operations)
        way_facts["exponent_of_seconds"] = exponent(cost.widths, way.seconds)
    return facts
