"""Targets: named functions, expressions in x, knots."""

from __future__ import annotations

import ast
import math
import pickle
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relusgd.errors import InputError
from relusgd.model.expression_parser import parse_expression
from relusgd.model.expressions import (
    FUNCTIONS,
    ComparisonNode,
    ConstantNode,
    OperationNode,
    VariableNode,
)
from relusgd.model.targets import NAMED_TARGETS, parse_target

X = np.linspace(-2, 2, 41)


def test_piecewise_linear_is_the_formula_of_the_notebook_between_the_knots():
    x = np.random.RandomState(5).rand(500)
    low, high = np.floor(10 * x), np.ceil(10 * x)
    notebook = (10 * x - low) * np.sin(12345 * high) + (high - 10 * x) * np.sin(12345 * low)
    np.testing.assert_allclose(parse_target("piecewise_linear")(x), notebook, rtol=0, atol=1e-14)


def test_piecewise_linear_takes_its_knots_values_inside_and_outside_of_the_unit_interval():
    k = np.arange(-20, 21)
    np.testing.assert_allclose(
        parse_target("piecewise_linear")(k / 10), np.sin(12345 * k), rtol=0, atol=1e-13
    )


def test_sin20x_is_the_sine_of_20_x():
    np.testing.assert_array_equal(parse_target("sin20x")(X), np.sin(20 * X))


def test_step_jumps_at_exactly_one_half():
    below = np.nextafter(0.5, 0)
    np.testing.assert_array_equal(
        parse_target("step")(np.array([-9.0, below, 0.5, 9.0])), [0, 0, 1, 1]
    )


def test_square_is_the_sign_of_the_cosine_and_jumps_at_exact_eighths():
    square = parse_target("square")
    x = np.array([0.05, 0.2, 0.45, 0.7, 0.99, 1.2, -0.3])
    np.testing.assert_array_equal(square(x), np.sign(np.cos(4 * np.pi * x)))
    jumps = np.array([1, 3, 5, 7]) / 8
    np.testing.assert_array_equal(square(np.nextafter(jumps, 0)), [1, -1, 1, -1])
    np.testing.assert_array_equal(square(jumps), [-1, 1, -1, 1])


def test_sawtooth_rises_with_slope_4_and_falls_at_exact_quarters():
    sawtooth = parse_target("sawtooth")
    np.testing.assert_array_equal(
        sawtooth(np.array([0, 0.125, 0.25, 0.375, 0.5, 0.75, 1, -0.25])),
        [0, 0.5, -1, -0.5, 0, -1, 0, -1],
    )
    np.testing.assert_allclose(sawtooth(np.nextafter(np.array([0.25, 0.75]), 0)), 1)


@pytest.mark.parametrize("name", ["square", "sawtooth"])
def test_a_wave_agrees_at_both_ends_of_the_domain_so_that_no_jump_meets_a_test_point(name):
    wave = parse_target(name)
    np.testing.assert_array_equal(
        wave(np.array([0.0, 1.0])), wave(np.array([1e-300, np.nextafter(1, 0)])).round()
    )


@pytest.mark.parametrize(
    "target", [*NAMED_TARGETS, "x", "2", "x < 1", "relu(x)", {"x": [0, 1], "y": [1, 2]}]
)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3)])
def test_a_target_gives_a_new_float_array_of_the_shape_of_x(target, shape):
    x = np.full(shape, 0.3)
    values = parse_target(target)(x)
    assert values.shape == shape
    assert values.dtype == np.float64
    assert not np.shares_memory(values, x)


@pytest.mark.parametrize("target", [*NAMED_TARGETS, "sin(x) < 1 < x", {"x": [0, 1], "y": [1, 2]}])
def test_a_target_goes_to_another_process_and_gives_the_same_values_there(target):
    parsed = parse_target(target)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(parsed))(X), parsed(X))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sin(6*x) + abs(x - 0.3)", lambda x: np.sin(6 * x) + np.abs(x - 0.3)),
        ("-x**2", lambda x: -(x**2)),
        ("2**-x**2", lambda x: 2.0 ** -(x**2)),
        ("1 - x - 1 / 2 / 4", lambda x: 1 - x - 0.125),
        ("7 * x // 2 % 3", lambda x: 7 * x // 2 % 3),
        ("+x - -x", lambda x: 2 * x),
        ("pi * e ** x", lambda x: math.pi * math.e**x),
        ("min(x, 0) + max(x, 1)", lambda x: np.minimum(x, 0) + np.maximum(x, 1)),
        ("where(x, 1, 0)", lambda x: 1.0 * (x != 0)),
        ("where(x < 0.5, 1, x)", lambda x: np.where(x < 0.5, 1, x)),
        ("relu(x) - step(x)", lambda x: np.maximum(x, 0) - (x >= 0)),
        (
            "(x > 0) * (x <= 1) + (x == 0) + 2 * (x != 0) + (x >= 1)",
            lambda x: (x > 0) * (x <= 1.0) + (x == 0) + 2 * (x != 0) + (x >= 1),
        ),
        ("0 < x <= 1", lambda x: 1.0 * ((x > 0) & (x <= 1))),
        ("1 < 2 > 3", lambda x: 0 * x),
        (
            "round(x) + floor(x) + ceil(x) + sign(x)",
            lambda x: np.round(x) + np.floor(x) + np.ceil(x) + np.sign(x),
        ),
        ("1e-3 + .5 + 2. + 1E1", lambda x: 12.501 + 0 * x),
        (" x\n\t+ 1 ", lambda x: x + 1),
    ],
)
def test_an_expression_means_what_python_and_numpy_mean_by_it(text, expected):
    np.testing.assert_allclose(parse_target(text)(X), expected(X), rtol=1e-15, atol=1e-15)


ONE_ARGUMENT = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}


@pytest.mark.parametrize(
    "name",
    [name for name, (count, _) in FUNCTIONS.items() if count == 1 and name not in ("relu", "step")],
)
def test_a_function_is_numpys_function_of_that_name(name):
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(
            parse_target(f"{name}(x)")(X), getattr(np, ONE_ARGUMENT.get(name, name))(X)
        )


signs = st.sampled_from(["+", "-", "*", "/", "//", "%", "**", "<", ">="])
leaves = st.sampled_from(["x", "2", "0.5", "pi", "1e3"])
grown = st.recursive(
    leaves,
    lambda inner: st.tuples(inner, signs, inner).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    ),
    max_leaves=12,
)


@given(grown)
def test_any_expression_of_signs_gives_what_numpy_gives(text):
    names = {"x": X, "pi": np.float64(math.pi)}
    numbers = ast.fix_missing_locations(Floats().visit(ast.parse(text, mode="eval")))
    with np.errstate(all="ignore"):
        expected = np.asarray(
            eval(compile(numbers, "test", "eval"), {"float64": np.float64, "add": np.add}, names),
            dtype=float,
        )
    np.testing.assert_array_equal(parse_expression(text)(X), np.broadcast_to(expected, X.shape))


class Floats(ast.NodeTransformer):
    """Makes every number and comparison of an expression one of float64, as expressions promise."""

    def visit_Constant(self, node):
        return ast.Call(ast.Name("float64", ast.Load()), [node], [])

    def visit_Compare(self, node):
        return ast.BinOp(
            self.generic_visit(node),
            ast.Mult(),
            ast.Call(ast.Name("float64", ast.Load()), [ast.Constant(1)], []),
        )


@pytest.mark.parametrize("text", ["9**9**9", "9" * 900, "1e999", "exp(1000) + 0*x", "1/0 + 0*x"])
def test_what_is_too_large_is_inf_at_once_and_in_silence(text):
    np.testing.assert_array_equal(parse_target(text)(X), np.inf)


def test_an_expression_is_nan_in_silence_where_it_is_undefined():
    np.testing.assert_array_equal(np.isnan(parse_target("sqrt(x) + step(log(x))")(X)), X < 0)


def test_the_tree_of_an_expression_can_be_walked():
    root = parse_expression("relu(2*x) - (0 < x < pi)").root
    product = OperationNode("*", (ConstantNode(2.0, "2"), VariableNode()))
    between = ComparisonNode(
        ("<", "<"), (ConstantNode(0.0, "0"), VariableNode(), ConstantNode(math.pi, "pi"))
    )
    assert root == OperationNode("-", (OperationNode("relu", (product,)), between))


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("x +", "at its end", "an operand is missing"),
        ("x * / 2", "character 5", "an operand is missing before '/'"),
        ("sin(,)", "character 5", "an operand is missing before ','"),
        ("2x", "character 2", "an operator is missing before 'x'; a product is written 2*x"),
        ("x (1)", "character 3", "an operator is missing before '('"),
        ("(x)(x)", "character 4", "an operator is missing before '('"),
        ("1 2", "character 3", "an operator is missing before '2'"),
        ("1_000", "character 2", "an operator is missing before '_000'"),
        ("0x10", "character 2", "an operator is missing before 'x10'"),
        ("1j", "character 2", "an operator is missing before 'j'"),
        ("x if x else 1", "character 3", "an operator is missing before 'if'"),
        ("x and x", "character 3", "an operator is missing before 'and'"),
        ("sin(x", "character 4", "this bracket is never closed"),
        ("x)", "character 2", "this bracket was never opened"),
        ("()", "character 1", "one value is expected"),
        ("(x, 1)", "character 1", "one value is expected"),
        ("0,5 * x", "character 1", "decimals are written 0.5"),
        ("007", "character 1", "without zeros in front"),
        ("x^2", "character 2", "'^' cannot be used; write x**2"),
        ("1 = x", "character 3", "'=' cannot be used; write 1 == x"),
        ("x[0]", "character 2", "'[' cannot be used"),
        ("x.real", "character 2", "'.' cannot be used"),
        ("x\0", "character 2", r"'\x00' cannot be used"),
        ("ｘ + 1", "character 1", "'ｘ' cannot be used"),
        ("𝐱", "character 1", "cannot be used"),
        ("x # comment", "character 3", "'#' cannot be used"),
        ("'text' * x", "character 1", '"\'" cannot be used'),
        ("sin(*x)", "character 5", "an operand is missing before '*'"),
        ("sin(x=1)", "character 6", "'=' cannot be used; write sin(x == 1)"),
        ("sni(x)", "character 1", "'sni' is not known; did you mean sin?"),
        ("ln(x)", "character 1", "'ln' is not known; write log(x)"),
        ("1 + t", "character 5", "'t' is not known; write 1 + x"),
        ("zzz(x)", "character 1", "known: x, pi, e, sin"),
        ("sin + x", "character 1", "sin is a function; write sin(x)"),
        ("1 + sin()", "character 5", "sin takes 1 argument, not 0: sin(x)"),
        ("min(x)", "character 1", "min takes 2 arguments, not 1: min(a, b)"),
        ("where(x, 1)", "character 1", "where takes 3 arguments, not 2: where(condition, a, b)"),
        ("__import__('os')", "character 1", "'__import__' is not known"),
        ("(y := x)", "character 2", "'y' is not known"),
        ("lambda: x", "character 1", "'lambda' is not known"),
        ("await x", "character 1", "'await' is not known"),
        ("f'{x}'", "character 1", "'f' is not known"),
        ("not x", "character 1", "'not' is not known"),
        ("None + x", "character 1", "'None' is not known"),
    ],
)
def test_a_wrong_expression_is_refused_with_its_place(text, place, problem):
    with pytest.raises(InputError) as caught:
        parse_target(text)
    assert f"{place}: " in caught.value.message
    assert problem in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_target_is_refused(text):
    with pytest.raises(InputError, match="the expression is empty"):
        parse_target(text)


@pytest.mark.parametrize(
    ("legal", "too_much", "problem"),
    [
        ("1 +" + " " * 996 + "x", "1 +" + " " * 997 + "x", "1,001 characters; at most 1,000"),
        ("x" + "+x" * 99, "x" + "+x" * 100, "more than 200 numbers, names and signs"),
        (
            "(" * 30 + "x" + ")" * 30,
            "(" * 31 + "x" + ")" * 31,
            "brackets are nested more than 30 deep",
        ),
        ("-" * 29 + "x", "-" * 30 + "x", "nested more than 30 deep"),
        ("x" + "**x" * 29, "x" + "**x" * 30, "nested more than 30 deep"),
        (
            "sin(" * 29 + "x" + ")" * 29,
            "-" + "sin(" * 29 + "x" + ")" * 29,
            "nested more than 30 deep",
        ),
    ],
)
def test_size_and_depth_are_bounded(legal, too_much, problem):
    parse_expression(legal)
    with pytest.raises(InputError, match=problem):
        parse_expression(too_much)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1000,
        ")" * 1000,
        "-" * 1000,
        "sin(" * 250,
        "x<" * 500,
        "{" * 1000,
        "[" * 1000,
        "not " * 250,
        "x**" * 333,
    ],
)
def test_an_expression_made_to_exhaust_the_parser_is_refused_before_it(text, monkeypatch):
    monkeypatch.setattr(ast, "parse", lambda *_: pytest.fail("Python's parser was reached"))
    with pytest.raises(InputError):
        parse_expression(text)


pieces = st.sampled_from(
    [
        "x",
        "sin",
        "(",
        ")",
        ",",
        "+",
        "-",
        "**",
        "<",
        "2",
        ".5",
        "e",
        " ",
        "\n",
        "_",
        "__class__",
        ".",
        "if",
        "ｘ",
        "\0",
        "1e9",
        ":=",
    ]
)


@given(st.lists(pieces, max_size=12).map("".join) | st.text(max_size=30))
def test_any_text_is_evaluated_or_refused_in_one_line(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            assert parse_target(text)(X).shape == X.shape
        except InputError as error:
            assert "\n" not in error.message  # noqa: PT017 — both outcomes are right


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("piecewise", "did you mean piecewise_linear?"),
        ("Sin20X", "did you mean sin20x?"),
        ("sin", "sin is a function, use it in an expression such as sin(x)"),
        ("qqq", "known: piecewise_linear, sin20x, step, square, sawtooth"),
    ],
)
def test_an_unknown_name_is_refused_with_a_hint(name, hint):
    with pytest.raises(InputError, match="is not a known target") as caught:
        parse_target(name)
    assert hint in caught.value.message


def test_a_label_is_short_and_a_name_labels_itself():
    assert parse_target("square").text == "square"
    assert parse_target("x +\n 1").text == "x + 1"
    assert len(parse_target("x" + "+x" * 99).text) <= 40


def test_knots_are_joined_by_lines_and_continue_as_constants():
    target = parse_target({"x": [0, 0.5, 1], "y": [0, 1, -1]})
    np.testing.assert_array_equal(
        target(np.array([-5, 0, 0.25, 0.5, 0.75, 1, 5])), [0, 0, 0.5, 1, 0, -1, -1]
    )


def test_knots_may_be_an_object():
    knots = SimpleNamespace(x=(0.0, 1.0), y=(3.0, 4.0))
    np.testing.assert_array_equal(
        parse_target(knots)(X), parse_target({"x": [0, 1], "y": [3, 4]})(X)
    )


@pytest.mark.parametrize(
    ("knots", "problem"),
    [
        ({"x": [0, 1]}, "exactly the two lists x and y"),
        ({"x": [0, 1], "y": [0, 1], "z": 1}, "not z"),
        ({"x": [0, 1], "y": None}, "exactly the two lists"),
        ({"x": 1, "y": 2}, "x of knots must be a list of numbers"),
        ({"x": "01", "y": [1, 2]}, "x of knots must be a list of numbers"),
        ({"x": [0, 1], "y": [0, "a"]}, "y of knots must hold numbers, not 'a'"),
        ({"x": [0, 1], "y": [0, True]}, "y of knots must hold numbers, not 'True'"),
        ({"x": [0, 1], "y": [0, math.nan]}, "y of knots must be finite; one is nan"),
        ({"x": [0, 10**400], "y": [0, 1]}, "x of knots must be finite; one is inf"),
        ({"x": [0, 1], "y": [0]}, "there are 2 x and 1 y"),
        ({"x": [0], "y": [0]}, "at least 2 knots; there is 1"),
        ({"x": [], "y": []}, "at least 2 knots; there are 0"),
        ({"x": [0, 1, 1], "y": [0, 1, 2]}, "must increase: 1.0 comes after 1.0"),
        ({"x": [0, 1, 0.5], "y": [0, 1, 2]}, "must increase: 0.5 comes after 1.0"),
    ],
)
def test_wrong_knots_are_refused(knots, problem):
    with pytest.raises(InputError) as caught:
        parse_target(knots)
    assert problem in caught.value.message
