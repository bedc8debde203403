"""The computation graph of an expression in x: a node for every different operation that depends on x.

What occurs twice is one node, from which two edges leave; so (x**2)**2 + x**2 has one x**2, and its derivative is a sum over
two paths. Numbers are part of the operation that uses them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np

from relusgd.errors import InputError
from relusgd.graphs.derivatives import PARTIALS
from relusgd.graphs.graph import Graph
from relusgd.graphs.operations import IDENTITY, Local, Operation, as_value, times
from relusgd.graphs.text import number_text
from relusgd.model.expression_parser import parse_expression
from relusgd.model.expressions import (
    COMPARISONS,
    OPERATORS,
    ComparisonNode,
    ConstantNode,
    OperationNode,
    TreeNode,
    VariableNode,
    apply,
    evaluate,
)
from relusgd.model.network import Array

SYMBOLS: dict[str, tuple[str, ...]] = {
    "+": ("1", "1"),
    "-": ("1", "−1"),
    "*": ("{1}", "{0}"),
    "/": ("1/{1}", "−{0}/{1}²"),
    "negative": ("−1",),
    "sin": ("cos({0})",),
    "cos": ("−sin({0})",),
    "exp": ("exp({0})",),
    "log": ("1/{0}",),
    "relu": ("[{0} > 0]",),
    "abs": ("sign({0})",),
}
"""Local derivatives that are told in letters as well; of the others the number alone."""


def expression_graph(text: str, x: float) -> Graph:
    """The graph of an expression at x; nodes are x, u1, u2, … and last f.

    Raises InputError as `parse_expression` does, for an expression without x, and where a value or a derivative that the
    result depends on is not finite, naming the operation.
    """
    root = parse_expression(text).root
    graph = Graph()
    graph.source("x", x)
    _Builder(graph).build(root)
    check_finite(graph)
    return graph


def check_finite(graph: Graph) -> None:
    """Raise InputError, naming the operation, where a value or a derivative is not finite."""
    evaluated = graph.evaluate()
    for node in graph.nodes:
        if not np.isfinite(evaluated.values[node.name]).all():
            raise InputError(
                f"{node.name} = {node.formula} is {_shown(evaluated.values[node.name])} there",
                "choose another point with --at",
            )
    for edge in evaluated.edges:
        if not np.isfinite(edge.local.numbers).all():
            child = graph.node(edge.child)
            problem = f"{child.name} = {child.formula} has no finite derivative by {edge.parent} = {_shown(evaluated.values[edge.parent])}"
            raise InputError(problem, "choose another point with --at")


def _shown(value: Array) -> str:
    return number_text(float(value), 6) if np.ndim(value) == 0 else "not finite"


def depends_on_x(node: TreeNode) -> bool:
    match node:
        case VariableNode():
            return True
        case OperationNode(arguments=parts) | ComparisonNode(operands=parts):
            return any(depends_on_x(part) for part in parts)
        case _:
            return False


class _Builder:
    """Adds the nodes of a tree to a graph, every different one once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._names: dict[TreeNode, str] = {VariableNode(): "x"}
        self._root: TreeNode | None = None

    def build(self, root: TreeNode) -> None:
        if not depends_on_x(root):
            raise InputError(
                "the function does not depend on x, so there is nothing to differentiate",
                "write one such as 'x**2 + sin(x)'",
            )
        if isinstance(root, VariableNode):
            self._graph.compute("f", IDENTITY, "x")
            return
        self._root = root
        self._name(root)

    def _name(self, node: TreeNode) -> str:
        """The name of the tree's node in the graph, where it is put if it was not met before."""
        if node not in self._names:
            parts = (
                node.operands
                if isinstance(node, ComparisonNode)
                else node.arguments
                if isinstance(node, OperationNode)
                else ()
            )
            parents = [self._name(part) for part in parts if depends_on_x(part)]
            name = "f" if node is self._root else f"u{len(self._names)}"
            self._names[node] = self._graph.compute(name, graph_operation(node), *parents)
        return self._names[node]


def graph_operation(node: TreeNode) -> Operation:
    """The operation of a node of an expression's tree, its arguments those that depend on x; the others are in it."""
    assert isinstance(node, OperationNode | ComparisonNode)
    parts = node.arguments if isinstance(node, OperationNode) else node.operands
    variable = [position for position, part in enumerate(parts) if depends_on_x(part)]
    with np.errstate(all="ignore"):
        fixed = [None if depends_on_x(part) else evaluate(part, np.zeros(())) for part in parts]
    texts = [
        f"{{{variable.index(i)}}}" if i in variable else _constant_text(part)
        for i, part in enumerate(parts)
    ]
    value: Callable[..., Array] = (
        _comparison(node) if isinstance(node, ComparisonNode) else partial(apply, node.name)
    )

    def filled(arguments: tuple[Array, ...]) -> list[Array]:
        changing = iter(arguments)
        return [next(changing) if part is None else part for part in fixed]

    def locals_(*arguments: Array) -> list[Local]:
        *given, result = arguments
        if isinstance(node, ComparisonNode):
            return [times(0.0, "0") for _ in variable]
        partials = PARTIALS[node.name](*filled(tuple(given)), result)
        symbols = _symbols(node, texts)
        return [times(as_value(partials[i]), symbols[i]) for i in variable]

    return Operation(_formula(node, texts), lambda *arguments: value(*filled(arguments)), locals_)


def _comparison(node: ComparisonNode) -> Callable[..., Array]:
    def holds(*operands: Array) -> Array:
        pairs = zip(node.signs, pairwise(operands), strict=True)
        return as_value(float(all(bool(COMPARISONS[sign](*pair)) for sign, pair in pairs)))

    return holds


def _constant_text(node: TreeNode) -> str:
    text = (
        node.text
        if isinstance(node, ConstantNode)
        else f"{float(evaluate(node, np.zeros(()))):.4g}"
    )
    return f"({text})" if text.startswith("-") else text


def _formula(node: OperationNode | ComparisonNode, texts: list[str]) -> str:
    if isinstance(node, ComparisonNode):
        return " ".join(
            [
                texts[0],
                *(f"{sign} {text}" for sign, text in zip(node.signs, texts[1:], strict=True)),
            ]
        )
    if node.name == "negative":
        return f"−{texts[0]}"
    if node.name in OPERATORS:
        sign = node.name.replace("-", "−")
        return (
            f"{texts[0]}{sign}{texts[1]}"
            if sign in ("**", "*", "/")
            else f"{texts[0]} {sign} {texts[1]}"
        )
    return f"{node.name}({', '.join(texts)})"


def _symbols(node: OperationNode, texts: list[str]) -> list[str]:
    """The local derivatives in letters, where they are short; empty elsewhere."""
    if node.name == "**" and "{" not in texts[1]:
        return [_power_symbol(*texts), ""]
    return [symbol.format(*texts) for symbol in SYMBOLS.get(node.name, ("",) * len(texts))]


def _power_symbol(base: str, exponent: str) -> str:
    """n*x**(n − 1) of a whole exponent n above 1; nothing of others."""
    if not exponent.isdigit() or int(exponent) < 2:
        return ""
    return f"2*{base}" if exponent == "2" else f"{exponent}*{base}**{int(exponent) - 1}"
