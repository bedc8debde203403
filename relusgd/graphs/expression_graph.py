"""The computation graph of an expression in x: one node for every different operation on x.

An operation that occurs twice is one node, from which two edges leave: (x**2)**2 + x**2 has one
x**2, and its derivative is a sum over two paths. Numbers are part of the operation that uses them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from relusgd.errors import InputError
from relusgd.graphs.derivatives import PARTIALS, SYMBOLS
from relusgd.graphs.formula import Sum
from relusgd.graphs.function_formulas import (
    constant_formula,
    operation_derivatives,
    operation_formula,
)
from relusgd.graphs.graph import Edge, Evaluated, Graph
from relusgd.graphs.operations import IDENTITY, LocalDerivative, Operation, times
from relusgd.graphs.vector_formulas import PullBack
from relusgd.graphs.vector_formulas import times as times_formula
from relusgd.model.expression_parser import parse_expression
from relusgd.model.expressions import (
    OPERATORS,
    ComparisonNode,
    ConstantNode,
    OperationNode,
    TreeNode,
    VariableNode,
    apply,
    compare,
    evaluate,
)
from relusgd.model.network import Array
from relusgd.words import significant

ANOTHER_POINT = "choose another point with --at"


def expression_graph(text: str, x: float) -> Graph:
    """The graph of an expression at x; nodes are x, u1, u2, … and last f.

    Raises InputError as `parse_expression` does, for an expression without x, and where a value or
    a derivative that the result depends on is not finite; the message names the operation.
    """
    root = parse_expression(text).root
    if not depends_on_x(root):
        raise InputError(
            "the function does not depend on x, so there is nothing to differentiate",
            "write one such as 'x**2 + sin(x)'",
        )
    graph = Graph()
    graph.source("x", x)
    if isinstance(root, VariableNode):
        graph.compute("f", IDENTITY, "x")
    else:
        names: dict[TreeNode, str] = {VariableNode(): "x"}
        _add_node(graph, root, root, names)
    check_graph_is_finite(graph)
    return graph


def _add_node(graph: Graph, node: TreeNode, root: TreeNode, names: dict[TreeNode, str]) -> str:
    """Add a node of the tree and all below it, unless `names` has it, and return its name."""
    if node not in names:
        parts = [part for part in parts_of(node) if depends_on_x(part)]
        parents = [_add_node(graph, part, root, names) for part in parts]
        name = "f" if node is root else f"u{len(names)}"
        names[node] = graph.compute(name, graph_operation(node), *parents)
    return names[node]


def check_graph_is_finite(graph: Graph) -> None:
    """Raise InputError, naming the operation, where a value or a derivative is not finite."""
    state = graph.evaluate()
    for node in graph.nodes:
        value = state.values[node.name]
        if not np.isfinite(value).all():
            problem = f"{node.name} = {node.formula} is {_value_text(value)} there"
            raise InputError(problem, ANOTHER_POINT)
    for edge in state.edges:
        if not np.isfinite(edge.local.numbers).all():
            raise InputError(_infinite_derivative(state, edge), ANOTHER_POINT)


def _infinite_derivative(state: Evaluated, edge: Edge) -> str:
    formula = state.graph.node(edge.child).formula
    parent = f"{edge.parent} = {_value_text(state.values[edge.parent])}"
    return f"{edge.child} = {formula} has no finite derivative by {parent}"


def _value_text(value: Array) -> str:
    if np.ndim(value) == 0:
        return significant(float(value), 6)
    return "not finite"


# Nodes of the expression's tree


def parts_of(node: TreeNode) -> tuple[TreeNode, ...]:
    """The arguments of an operation, the operands of a comparison; nothing of the others."""
    match node:
        case OperationNode(arguments=parts) | ComparisonNode(operands=parts):
            return parts
        case _:
            return ()


def depends_on_x(node: TreeNode) -> bool:
    if isinstance(node, VariableNode):
        return True
    return any(depends_on_x(part) for part in parts_of(node))


def graph_operation(node: TreeNode) -> Operation:
    """The graph's operation for a node of the tree.

    Its arguments are the parts that depend on x; the others, constants, are built in.
    """
    assert isinstance(node, OperationNode | ComparisonNode)
    parts = parts_of(node)
    variable = [i for i, part in enumerate(parts) if depends_on_x(part)]
    constants = {i: _constant(part) for i, part in enumerate(parts) if i not in variable}
    texts = []
    for i, part in enumerate(parts):
        if i in variable:
            texts.append(f"{{{variable.index(i)}}}")
        else:
            texts.append(_constant_text(part))

    def all_parts(arguments: Sequence[Array]) -> list[Array]:
        by_index = constants | dict(zip(variable, arguments, strict=True))
        return [by_index[i] for i in range(len(parts))]

    function = _function(node)

    def value(*arguments: Array) -> Array:
        return function(*all_parts(arguments))

    def partials(*arguments_and_value: Array) -> list[LocalDerivative]:
        *arguments, result = arguments_and_value
        if isinstance(node, ComparisonNode):
            return [times(0.0, "0") for _ in variable]
        numbers = PARTIALS[node.name](*all_parts(arguments), result)
        symbols = _symbols(node, texts)
        return [times(numbers[i], symbols[i]) for i in variable]

    in_letters, pull_backs = _in_letters(node, constants)
    return Operation(_formula(node, texts), value, partials, pull_backs, in_letters)


def _in_letters(
    node: OperationNode | ComparisonNode, constants: Mapping[int, Array]
) -> tuple[Callable[..., Sum], Callable[..., list[PullBack]]]:
    """The value and the rules of the derivatives as functions of the variable parts' formulas."""
    parts = parts_of(node)

    def all_parts(arguments: Sequence[Sum]) -> list[Sum]:
        variable = iter(arguments)
        formulas = []
        for i, part in enumerate(parts):
            if i in constants:
                formulas.append(constant_formula(part))
            else:
                formulas.append(next(variable))
        return formulas

    def value(*arguments: Sum) -> Sum:
        return operation_formula(node, all_parts(arguments))

    def pull_backs(*arguments_and_value: Sum) -> list[PullBack]:
        *arguments, result = arguments_and_value
        derivatives = operation_derivatives(node, all_parts(arguments), result)
        return [times_formula(derivatives[i]) for i in range(len(parts)) if i not in constants]

    return value, pull_backs


def _function(node: OperationNode | ComparisonNode) -> Callable[..., Array]:
    """The function of all parts, constants included."""
    if isinstance(node, OperationNode):
        return partial(apply, node.name)
    signs = node.signs

    def holds(*operands: Array) -> Array:
        return compare(signs, operands)

    return holds


def _constant(node: TreeNode) -> Array:
    with np.errstate(all="ignore"):
        return evaluate(node, {"x": np.zeros(())})


# Formulas


def _constant_text(node: TreeNode) -> str:
    """A number as it was written, other constants in four digits; negative ones in brackets."""
    text = node.text if isinstance(node, ConstantNode) else f"{float(_constant(node)):.4g}"
    return f"({text})" if text.startswith("-") else text


def _formula(node: OperationNode | ComparisonNode, texts: Sequence[str]) -> str:
    """A node as it is written, with these texts in the places of its arguments."""
    if isinstance(node, ComparisonNode):
        chain, *others = texts
        for sign, text in zip(node.signs, others, strict=True):
            chain += f" {sign} {text}"
        return chain
    if node.name == "negative":
        return f"−{texts[0]}"
    if node.name in ("**", "*", "/"):
        return f"{texts[0]}{node.name}{texts[1]}"
    if node.name in OPERATORS:
        sign = node.name.replace("-", "−")
        return f"{texts[0]} {sign} {texts[1]}"
    return f"{node.name}({', '.join(texts)})"


def _symbols(node: OperationNode, texts: Sequence[str]) -> list[str]:
    """The derivatives in letters where they are short; empty elsewhere."""
    if node.name == "**" and "{" not in texts[1]:
        base, exponent = texts
        return [_power_symbol(base, exponent), ""]
    if node.name in SYMBOLS:
        return [symbol.format(*texts) for symbol in SYMBOLS[node.name]]
    return [""] * len(texts)


def _power_symbol(base: str, exponent: str) -> str:
    """n*x**(n − 1) for a whole exponent n above 1; empty for others."""
    if not exponent.isdigit() or int(exponent) < 2:
        return ""
    if exponent == "2":
        return f"2*{base}"
    return f"{exponent}*{base}**{int(exponent) - 1}"
