"""Python's tree of an expression, with what Python has and we do not have turned into ours."""

from __future__ import annotations

import ast

from relusgd.model.expressions import CONSTANTS, FUNCTIONS
from relusgd.model.notations.calls import CALLS, VALUES
from relusgd.model.notations.spelling import NotOursError


def variable(tree: ast.Expression) -> str:
    """The name of the variable: that of a lambda, x, or the only letter that is no constant."""
    match tree.body:
        case ast.Lambda(args=ast.arguments(args=[ast.arg(arg=name)])):
            return name
    nodes = list(ast.walk(tree))
    functions = [node.func for node in nodes if isinstance(node, ast.Call)]
    names = [node for node in nodes if isinstance(node, ast.Name)]
    letters = {name.id for name in names if len(name.id) == 1 and name not in functions}
    letters -= set(CONSTANTS)
    return letters.pop() if len(letters) == 1 else "x"


class Translation(ast.NodeTransformer):
    """Turns the nodes that Python has and we do not have into ours."""

    def __init__(self, variable: str) -> None:
        self._variable = variable

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id == self._variable:
            return ast.Name("x")
        if node.id in VALUES:
            return _parsed(VALUES[node.id])
        if node.id.lower() in CONSTANTS:
            return ast.Name(node.id.lower())
        if node.id in FUNCTIONS:
            return node
        raise NotOursError

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, bool):
            return ast.Constant(int(node.value))
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        body: ast.expr = self.visit(node.body)
        return body

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        arguments = [self.visit(part) for part in (node.test, node.body, node.orelse)]
        return ast.Call(ast.Name("where"), arguments, [])

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        conditions = [self._condition(value) for value in node.values]
        joined = conditions[0]
        for condition in conditions[1:]:
            joined = _joined(node.op, joined, condition)
        return joined

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        if isinstance(node.op, ast.BitAnd | ast.BitOr):
            sign = ast.And() if isinstance(node.op, ast.BitAnd) else ast.Or()
            left_condition = self._condition(node.left)
            right_condition = self._condition(node.right)
            return _joined(sign, left_condition, right_condition)
        left = self.visit(node.left)
        right = self.visit(node.right)
        return ast.BinOp(left, node.op, right)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        if isinstance(node.op, ast.Not | ast.Invert):
            # not a is 1 - a.
            condition = self._condition(node.operand)
            return ast.BinOp(ast.Constant(1), ast.Sub(), condition)
        return ast.UnaryOp(node.op, self.visit(node.operand))

    def _condition(self, node: ast.expr) -> ast.expr:
        """A condition, which is 0 or 1; numbers are none, because their `and` is no product."""
        match node:
            case ast.Compare() | ast.BoolOp():
                pass
            case ast.UnaryOp(op=ast.Not() | ast.Invert()):
                pass
            case ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
                pass
            case _:
                raise NotOursError
        condition: ast.expr = self.visit(node)
        return condition

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if node.keywords:
            raise NotOursError
        match node.func:
            case ast.Name(id=name):
                arguments = node.args
            case ast.Attribute(value=value, attr=name):
                arguments = [value, *node.args]
            case _:
                raise NotOursError
        if name == "astype":
            arguments = [arguments[0], ast.Constant(0)]
        return _call(name, [self.visit(argument) for argument in arguments])


def _joined(sign: ast.boolop, left: ast.expr, right: ast.expr) -> ast.expr:
    """Two conditions of 0 or 1 as one."""
    if isinstance(sign, ast.And):
        return ast.BinOp(left, ast.Mult(), right)
    return ast.Call(ast.Name("max"), [left, right], [])


def _call(name: str, arguments: list[ast.expr]) -> ast.expr:
    """The call of a function of ours, or the expression that stands for it here."""
    function = name.lower()
    letters = "abc"[: len(arguments)]
    signature = f"{function}({', '.join(letters)})"
    template = CALLS.get(signature)
    if template is not None:
        filling = _Filling(dict(zip(letters, arguments, strict=False)))
        filled: ast.expr = filling.visit(_parsed(template))
        return filled
    if function in FUNCTIONS:
        return ast.Call(ast.Name(function), arguments, [])
    raise NotOursError


class _Filling(ast.NodeTransformer):
    """Puts arguments in the place of letters."""

    def __init__(self, arguments: dict[str, ast.expr]) -> None:
        self._arguments = arguments

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._arguments.get(node.id, node)


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
