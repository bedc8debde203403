"""A computation graph on a terminal: its nodes, formulas and edges, and how a nudge moves it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from relusgd.cli.network_source import difference_text, plain_table
from relusgd.cli.terminal import print_json, print_table, printable
from relusgd.words import comma_list, dimensions

if TYPE_CHECKING:
    from rich.table import Table

    from relusgd.graphs.graph import Evaluated, Graph


def print_graph(graph: Graph, *, as_json: bool) -> None:
    """Print nodes and edges."""
    state = graph.evaluate()
    if as_json:
        print_json(_graph_facts(state))
        return
    print_table(_node_table(state))
    typer.echo("")
    _print_formulas(state)
    print_table(_edge_table(state))


def _print_formulas(state: Evaluated) -> None:
    """A line per derivative as a formula, then the names of those that are too long for a line."""
    from relusgd.graphs.chain_rule import formula_lines

    lines = formula_lines(state)
    for line in lines.values():
        if line is not None:
            typer.echo(printable(line))
    sink = state.graph.sink
    long = [f"∂{sink}/∂{name}" for name, line in lines.items() if line is None]
    if long:
        typer.echo(printable(f"too long for a line: {comma_list(long)}"))
    if lines:
        typer.echo("")


def _node_table(state: Evaluated) -> Table:
    """A line per node, from the sources to the sink."""
    from rich.text import Text

    from relusgd.graphs.text import derivative_cell, value_cell

    sink = state.graph.sink
    table = plain_table("node", "formula", "shape", "value", f"∂{sink}/∂node")
    for node in state.graph.nodes:
        value = state.values[node.name]
        table.add_row(
            node.name,
            Text(node.formula),
            dimensions(value.shape) or "1",
            value_cell(value),
            derivative_cell(state, node.name),
        )
    return table


def _edge_table(state: Evaluated) -> Table:
    """A line per edge, from the sink back.

    It has the local derivative, and the term that the edge adds to the derivative of its parent.
    """
    from rich.text import Text

    from relusgd.graphs.text import value_cell

    table = plain_table("edge", "local derivative", "=", f"term of ∂{state.graph.sink}/∂parent")
    for edge in reversed(state.edges):
        table.add_row(
            f"{edge.parent} → {edge.child}",
            Text(edge.symbol),
            value_cell(edge.local.numbers),
            value_cell(edge.term),
        )
    return table


def _graph_facts(state: Evaluated) -> dict[str, Any]:
    """Everything, with all numbers; a derivative whose formula is huge has null there."""
    from relusgd.graphs.chain_rule import derivative_formulas
    from relusgd.graphs.formula_text import formula_text

    formulas = derivative_formulas(state)
    nodes = []
    for node in state.graph.nodes:
        value = state.values[node.name]
        derivative = state.derivatives.get(node.name)
        formula = formulas.get(node.name)
        facts = {
            "name": node.name,
            "formula": node.formula,
            "shape": list(value.shape),
            "value": value.tolist(),
            "derivative": None if derivative is None else derivative.tolist(),
            "derivative_formula": None if formula is None else formula_text(formula),
        }
        nodes.append(facts)
    edges = []
    for edge in reversed(state.edges):
        edges.append(
            {
                "from": edge.parent,
                "to": edge.child,
                "symbol": edge.symbol,
                "local": edge.local.numbers.tolist(),
                "term": edge.term.tolist(),
            }
        )
    return {"sink": state.graph.sink, "nodes": nodes, "edges": edges}


def print_nudges(graph: Graph, node: str, by: float, *, as_json: bool) -> None:
    """Print how the sink moves when a node is nudged."""
    from relusgd.graphs.graph import nudge_node

    state = graph.evaluate()
    nudges = nudge_node(state, node, by)
    if as_json:
        print_json([{**asdict(nudge), "missing": nudge.missing} for nudge in nudges])
        return
    sink = state.graph.sink
    headings = f"ε added to {node}", sink, f"change of {sink}", f"∂{sink}/∂{node} · ε", "missing"
    table = plain_table(*headings, numeric=5)
    for nudge in nudges:
        table.add_row(
            f"{nudge.by:g}",
            f"{nudge.output:.10g}",
            f"{nudge.change:.6g}",
            f"{nudge.predicted:.6g}",
            difference_text(nudge.missing),
        )
    print_table(table)
    typer.echo(f"{sink} before: {state.output:.10g}", err=True)
