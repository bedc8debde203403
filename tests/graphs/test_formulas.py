"""Derivatives as formulas: as a person writes them, and equal to the graph's numbers."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from relusgd.errors import InputError
from relusgd.graphs.chain_rule import LINE, derivative_formulas, formula_lines
from relusgd.graphs.derivatives import PARTIALS
from relusgd.graphs.expression_graph import expression_graph
from relusgd.graphs.formula_text import formula_text
from relusgd.graphs.function_formulas import DERIVATIVES
from relusgd.graphs.network_graph import network_graph
from relusgd.graphs.sheet_functions import sheet_graph
from relusgd.model.network import Network, parameter_count

TEXTS = {
    "(x**2)**2 + x**2": "4x³ + 2x",
    "(x**2 + 1)**2": "4x(x² + 1)",
    "(x + 1)**5": "5(x + 1)⁴",
    "(x - 1)*(x + 2)": "2x + 1",
    "x**2*(x + 1)": "3x² + 2x",
    "x/(x + 1)": "1/(x + 1)²",
    "x + 1/x": "1 − 1/x²",
    "1/x": "−1/x²",
    "x**3/3": "x²",
    "0.1*x**3": "0.3x²",
    "exp(-x**2/2)": "−x exp(−x²/2)",
    "x*exp(-x)": "(1 − x) exp(−x)",
    "sin(x)**2": "2 sin(x) cos(x)",
    "sin(6*x) + abs(x - 0.3)": "6 cos(6x) + sign(x − 0.3)",
    "sin(pi*x)": "π cos(πx)",
    "tanh(x)": "1 − tanh(x)²",
    "sqrt(x)": "1/(2√x)",
    "sqrt(1 - x**2)": "−x/√(1 − x²)",
    "sqrt(x**2)": "x/√(x²)",
    "sqrt(2)*x**2": "2x√2",
    "x**(1/3)": "1/(3x^(2/3))",
    "x**x": "xˣ + xˣ log(x)",
    "3*2**x": "3·2ˣ log(2)",
    "e**x": "eˣ",
    "log10(x)": "1/(x log(10))",
    "relu(x)**2": "2 relu(x)",
    "abs(x)**3": "3x abs(x)",
    "relu(x - 1) - 2*relu(0.5 - x)": "[x > 1] + 2 [0.5 > x]",
    "max(x, 0)": "[x > 0]",
    "where(x <= 0, x**2, 3*x)": "2x [x ≤ 0] + 3 [x > 0]",
    "where(sin(x) - x, x, 2*x)": "2 [sin(x) − x = 0] + [sin(x) − x ≠ 0]",
    "x*floor(x)": "floor(x)",
    "1e-7*x**2": "2·10⁻⁷ x",
    "1 < x": "0",
}


@pytest.mark.parametrize("expression", TEXTS)
def test_a_derivative_is_written_as_a_person_writes_it(expression):
    state = expression_graph(expression, 0.75).evaluate()
    assert formula_text(derivative_formulas(state)["x"]) == TEXTS[expression]


def test_formulas_of_inner_nodes_have_the_nodes_names():
    lines = formula_lines(expression_graph("(x**2)**2 + x**2", 3).evaluate())
    assert lines["u1"] == "∂f/∂u₁ = 2u₁ + 1"


def test_formulas_of_the_sheet_have_its_names_and_superscripts():
    of_a = formula_lines(sheet_graph("sheet-a").evaluate())
    of_b = formula_lines(sheet_graph("sheet-b").evaluate())
    of_c = formula_lines(sheet_graph("sheet-c").evaluate())
    of_d = formula_lines(sheet_graph("sheet-d").evaluate())
    assert of_a["x"] == "∂h/∂x = 4x³ + 2x"
    assert of_b["w"] == "∂f/∂w = 6w⁵ + 4w³ + 2w"
    assert of_c["w2"] == "∂f/∂w₂ = −2r [z₂ > 0] x"
    assert of_c["x"] == "∂f/∂x = −2r ([z₁ > 0] w₁ + [z₂ > 0] w₂ + [z₃ > 0] w₃)"
    assert of_d["W1"] == "∂ℓ/∂W⁽¹⁾ = ((W⁽²⁾ᵀ x⁽⁴⁾) ∘ [x⁽¹⁾ > 0]) xᵀ"
    assert of_d["W2"] == "∂ℓ/∂W⁽²⁾ = x⁽⁴⁾ x⁽²⁾ᵀ"


def test_a_formula_of_networks_is_a_product_of_vectors_and_matrices():
    state = network_graph(random_network((7, 5), 0), 0.3, 1.0).evaluate()
    lines = formula_lines(state)
    assert lines["W2"] == "∂ℓ/∂W⁽²⁾ = 2r a₁ᵀ (W⁽³⁾ ∘ [z₂ > 0])"
    assert lines["b1"] == "∂ℓ/∂b₁ = 2r ((W⁽³⁾ ∘ [z₂ > 0]) W⁽²⁾ᵀ) ∘ [z₁ > 0]"


def test_a_formula_that_is_too_long_in_x_is_written_in_the_nodes_names():
    lines = formula_lines(expression_graph("sin(sin(sin(sin(sin(x)))))", 1).evaluate())
    assert lines["x"] == "∂f/∂x = cos(u₄) cos(u₃) cos(u₂) cos(u₁) cos(x)"


def test_a_formula_longer_than_a_line_is_none():
    terms = " + ".join(f"sin({n}*x)*cos(x/{n})" for n in range(2, 8))
    lines = formula_lines(expression_graph(terms, 1).evaluate())
    assert lines["x"] is None
    assert all(len(line) <= LINE for line in lines.values() if line)


def test_a_number_that_is_infinite_has_no_formula():
    assert formula_lines(expression_graph("x/1e999", 1).evaluate()) == {"x": None}


# Equal to the graph's numbers


def assert_formulas_give_the_derivatives(state):
    largest = max([1.0, *(np.abs(edge.term).max() for edge in state.edges)])
    for name, formula in derivative_formulas(state).items():
        number = np.broadcast_to(formula.evaluate(state.values), state.values[name].shape)
        np.testing.assert_allclose(
            number, state.derivative(name), rtol=1e-12, atol=1e-12 * largest, err_msg=name
        )


def test_every_function_and_sign_has_its_derivatives_in_letters():
    assert set(DERIVATIVES) == set(PARTIALS)


@pytest.mark.parametrize("x", [-1.0, 0.0, 0.5, 1.0])
def test_formulas_keep_the_conventions_at_kinks_and_jumps(x):
    kinked = [
        "relu(x)",
        "abs(x)",
        "max(x, 0)",
        "min(x, x**2)",
        "sign(x) + x",
        "x % 0.5",
        "where(x > 0, x, 3*x)",
        "where(0 < x <= 1, x, 3*x)",
        "relu(x)**2*step(x)",
        "relu(x - 0.5) + abs(x)**3",
        "relu(x)**relu(x + 2)",
    ]
    for expression in kinked:
        assert_formulas_give_the_derivatives(expression_graph(expression, x).evaluate())


def one_argument(inner):
    functions = ["sin", "cos", "tan", "tanh", "exp", "log", "log2", "sqrt", "abs", "relu", "atan"]
    functions += ["asin", "acos", "sinh", "cosh", "log10", "floor", "ceil", "sign", "step", "-"]
    return st.builds("{}({})".format, st.sampled_from(functions), inner)


def two_arguments(inner):
    signs = ["+", "-", "*", "/", "**", "%", "//", "<", ">="]
    written = st.builds("({}) {} ({})".format, inner, st.sampled_from(signs), inner)
    called = st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner)
    return st.one_of(written, called)


EXPRESSIONS = st.recursive(
    st.sampled_from(["x", "x", "x", "1", "2", "3", "0.1", "pi", "e", "x**2", "x**3", "x**0.5"]),
    lambda inner: st.one_of(
        one_argument(inner),
        two_arguments(inner),
        st.builds("where({} > {}, {}, {})".format, inner, inner, inner, inner),
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(EXPRESSIONS, st.floats(0.1, 3))
def test_formulas_of_any_expression_give_the_graphs_numbers(expression, x):
    try:
        near = [expression_graph(expression, at).evaluate() for at in (x, x - 1e-9, x + 1e-9)]
    except InputError:
        assume(False)
    state, *beside = near
    largest = max(np.abs(edge.term).max() for edge in state.edges) if state.edges else 0.0
    assume(largest < 1e8)
    slopes = [float(side.derivative("x")) for side in beside]
    # Not at a kink or a jump, where rounding decides.
    assume(np.allclose(slopes, state.derivative("x"), rtol=1e-4, atol=1e-4))
    assert_formulas_give_the_derivatives(state)


@pytest.mark.parametrize(
    ("name", "inputs", "sizes"),
    [
        ("sheet-a", 1, None),
        ("sheet-b", 1, [4]),
        ("sheet-b", 1, [9]),
        ("sheet-c", 2, [3, 2]),
        ("sheet-c", 4, [9, 4]),
        ("sheet-d", 1, [1]),
        ("sheet-d", 5, [5]),
    ],
)
def test_formulas_of_the_sheet_give_the_graphs_numbers(name, inputs, sizes):
    for seed in range(5):
        at = np.random.default_rng(seed).normal(size=inputs)
        state = sheet_graph(name, at, sizes).evaluate()
        assert set(derivative_formulas(state)) == set(state.derivatives)
        assert_formulas_give_the_derivatives(state)


def random_network(hidden, seed):
    parameters = np.random.default_rng(seed).normal(size=parameter_count(hidden))
    return Network.from_parameters(parameters, hidden)


@pytest.mark.parametrize("hidden", [(1,), (3,), (10,), (2, 2), (7, 5), (3, 4, 2)])
def test_formulas_of_networks_give_the_graphs_numbers(hidden):
    for seed in range(5):
        x, y = np.random.default_rng(seed).normal(size=2)
        state = network_graph(random_network(hidden, seed), x, y).evaluate()
        assert set(derivative_formulas(state)) == set(state.derivatives)
        assert_formulas_give_the_derivatives(state)
