"""Mutants: a module with one sign, index or comparison changed."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]

PACKAGE = "relusgd.gradients"

COMPARISONS = {
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt],
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
}
OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitXor: ast.BitOr,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitXor,
    ast.MatMult: ast.Add,
}
CALLS = {
    "add": "subtract",
    "subtract": "add",
    "multiply": "add",
    "greater": "greater_equal",
    "maximum": "minimum",
    "not_equal": "equal",
}
INSTRUCTIONS = {
    "add": "sub",
    "mul": "add",
    "and_": "or_",
    "or_": "xor",
    "xor": "or_",
    "lshr": "ashr",
    "shl": "lshr",
}
"""What becomes of LLVM's instructions, which a builder writes."""


class Mutant(NamedTuple):
    """One change of one module.

    source: the whole module after the change. line: the number of the changed line; text: the line
    before. change: what became what, with a number from the second equal change of equal lines on.
    """

    module: str
    source: str
    line: int
    text: str
    change: str


def source_of(module: str) -> Path:
    """The file of a module of `relusgd.gradients`."""
    path = ROOT / "relusgd" / "gradients" / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def unchanged(module: str) -> Mutant:
    """The module as it is."""
    return Mutant(module, source_of(module).read_text(encoding="utf-8"), 0, "", "")


def mutants(module: str) -> Iterator[Mutant]:
    """Every change of a module."""
    source = source_of(module).read_text(encoding="utf-8")
    tree, lines = ast.parse(source), source.splitlines()
    seen = Counter[tuple[str, str]]()
    for place in list(computing_nodes(tree)):
        for new in mutations(place):
            first, last = place.lineno, place.end_lineno  # type: ignore[attr-defined]
            text = " ".join(part.strip() for part in lines[first - 1 : last])
            change = f"{ast.unparse(place)} → {ast.unparse(new)}"
            seen[text, change] += 1
            if seen[text, change] > 1:
                change += f" ({seen[text, change]})"
            mutated = Changer(place, new).visit(copy_but(tree, place))
            yield Mutant(module, ast.unparse(mutated), first, text, change)


def mutations(node: ast.AST) -> Iterator[ast.AST]:
    """Every change of one node."""
    if isinstance(node, ast.Compare):
        for other in COMPARISONS.get(type(node.ops[0]), []):
            yield ast.Compare(node.left, [other(), *node.ops[1:]], node.comparators)
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in OPERATORS:
        changed = copy.copy(node)
        changed.op = OPERATORS[type(node.op)]()
        yield changed
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        yield node.operand
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield ast.Constant(node.value + 1)
        if type(node.value) is int and node.value > 0:
            yield ast.Constant(node.value - 1)
    elif isinstance(node, ast.Attribute):
        calls = INSTRUCTIONS if is_builder(node.value) else CALLS
        if node.attr in calls:
            yield ast.Attribute(node.value, calls[node.attr], node.ctx)
    elif isinstance(node, ast.Name) and node.id in CALLS and isinstance(node.ctx, ast.Load):
        yield ast.Name(CALLS[node.id], node.ctx)


def is_builder(node: ast.expr) -> bool:
    """Whether the node is what writes LLVM's instructions."""
    return ast.unparse(node) in ("builder", "self._builder")


class Changer(ast.NodeTransformer):
    """Replaces one node."""

    def __init__(self, place: ast.AST, new: ast.AST) -> None:
        self.place, self.new = place, new

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self.place:
            return ast.copy_location(self.new, node)
        return super().generic_visit(node)


def computing_nodes(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes inside functions that compute: no annotations, decorators, defaults or texts."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                if not isinstance(statement, ast.FunctionDef):
                    yield from nodes_below(statement)


def nodes_below(node: ast.AST) -> Iterator[ast.AST]:
    """The node and those below it, without annotations, messages and functions in functions."""
    if isinstance(node, ast.FunctionDef | ast.Raise | ast.JoinedStr):
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name == "annotation":
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from nodes_below(child)


def copy_but(tree: ast.Module, place: ast.AST) -> ast.Module:
    """A deep copy in which the place stays itself."""
    return copy.deepcopy(tree, {id(place): place})
