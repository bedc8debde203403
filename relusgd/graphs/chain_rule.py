"""Derivatives as formulas, by the chain rule over a computation graph.

    ∂ℓ/∂node = Σ over the edges node → child of ∂ℓ/∂child · ∂child/∂node

as in `graph`, with formulas in the place of numbers. The formula of a node has the names of nodes
in it: ∂ℓ/∂W⁽²⁾ = x⁽⁴⁾ x⁽²⁾ᵀ. In a function of one number the derivative by this number has no other
letter in it: 4x³ + 2x.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from relusgd.graphs.formula import ONE, Sum, added, letter
from relusgd.graphs.formula_text import formula_text
from relusgd.graphs.function_formulas import UnwritableError
from relusgd.graphs.graph import Evaluated, Graph, Node
from relusgd.graphs.shortest_form import shortest
from relusgd.graphs.text import printed

LARGEST = 300
"""The most atoms and numbers of a formula; larger ones are longer than a line by far."""

LINE = 80
"""The most characters of a line with a derivative."""


def derivative_formulas(state: Evaluated) -> dict[str, Sum]:
    """∂sink/∂node of every node that the sink depends on and for which there is a formula.

    A formula evaluated with the values of the nodes gives the derivative, except for its shape
    where it is 0. Nodes whose formulas are too large to be read are left out.
    """
    graph = state.graph
    names = {name: letter(name, value.ndim) for name, value in state.values.items()}
    formulas = _from_the_sink(graph, names)
    short: dict[str, Sum] = {}
    for node in graph.nodes:
        if node.name in formulas:
            short[node.name] = shortest(formulas[node.name])
    source = _only_source(graph)
    if source in short:
        in_source = _from_the_sink(graph, _values_in_letters(graph, names)).get(source)
        if in_source is not None:
            short[source] = _readable(shortest(in_source), short[source])
    return short


def _readable(in_source: Sum, in_nodes: Sum) -> Sum:
    """The formula in the source alone, unless only the one in the nodes' names fits a line."""
    if _fits_a_line(in_nodes) and not _fits_a_line(in_source):
        return in_nodes
    return in_source


def _fits_a_line(formula: Sum) -> bool:
    return len(formula_text(formula)) <= LINE


def formula_lines(state: Evaluated) -> dict[str, str | None]:
    """∂ℓ/∂node = formula for every node before the sink that it depends on.

    None where this is longer than LINE, or has no formula.
    """
    formulas = derivative_formulas(state)
    lines: dict[str, str | None] = {}
    for node in state.graph.nodes:
        name = node.name
        if name in state.derivatives and name != state.graph.sink:
            lines[name] = _line(state, name, formulas.get(name))
    return lines


def input_line(state: Evaluated) -> str | None:
    """∂ℓ/∂x = formula, for the input: x, or else the first source; None as `formula_lines`."""
    sources = [node.name for node in state.graph.nodes if node.operation is None]
    name = "x" if "x" in sources else sources[0]
    return formula_lines(state).get(name)


def _line(state: Evaluated, name: str, formula: Sum | None) -> str | None:
    if formula is None:
        return None
    sink = state.graph.sink
    line = f"∂{printed(sink)}/∂{printed(name)} = {formula_text(formula)}"
    return line if len(line) <= LINE else None


def _only_source(graph: Graph) -> str | None:
    """The number that the graph is a function of; None if there are more sources."""
    sources = [node.name for node in graph.nodes if node.operation is None]
    return sources[0] if len(sources) == 1 else None


def _values_in_letters(graph: Graph, names: Mapping[str, Sum]) -> dict[str, Sum]:
    """The value of every node in the letters of the sources, or as its name if it has none."""
    values: dict[str, Sum] = {}
    for node in graph.nodes:
        values[node.name] = names[node.name]
        if node.operation is None or node.operation.in_letters is None:
            continue
        arguments = [values[parent] for parent in node.parents]
        with suppress(UnwritableError):
            values[node.name] = node.operation.in_letters(*arguments)
    return values


def _from_the_sink(graph: Graph, values: Mapping[str, Sum]) -> dict[str, Sum]:
    """The reverse pass in letters: ∂sink/∂node, the values of nodes given as formulas."""
    derivatives: dict[str, Sum | None] = {graph.sink: ONE}
    for node in reversed(graph.nodes):
        if node.operation is None or node.name not in derivatives:
            continue
        terms = _terms(node, derivatives[node.name], values)
        edges = list(zip(node.parents, terms, strict=True))
        for parent, term in reversed(edges):
            before = derivatives.get(parent, Sum())
            derivatives[parent] = _sum_if_readable(before, term)
    return {name: formula for name, formula in derivatives.items() if formula is not None}


def _terms(node: Node, delta: Sum | None, values: Mapping[str, Sum]) -> list[Sum | None]:
    """What a node adds to the derivatives of its parents; None where that cannot be read."""
    assert node.operation is not None
    nothing: list[Sum | None] = [None] * len(node.parents)
    arguments = [values[parent] for parent in node.parents]
    size = sum(argument.size for argument in arguments)
    if delta is None or size > LARGEST:
        return nothing
    try:
        rules = node.operation.pull_backs(*arguments, values[node.name])
    except UnwritableError:
        return nothing
    return [rule(delta) for rule in rules]


def _sum_if_readable(before: Sum | None, term: Sum | None) -> Sum | None:
    """The sum of two parts of a derivative; None if one is unknown or the sum is too large."""
    if before is None or term is None:
        return None
    total = added([term, before])  # what comes first in the graph is reached last
    return total if total.size <= LARGEST else None
