"""Computation graphs against values worked by hand, PyTorch's autograd, the kernels, and
differences at every node.
"""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from relusgd.errors import InputError
from relusgd.gradients.backprop import backprop
from relusgd.gradients.dense import dense_kernel
from relusgd.gradients.prefix_sums import prefix_sum_kernel
from relusgd.graphs.derivatives import PARTIALS
from relusgd.graphs.expression_graph import expression_graph
from relusgd.graphs.graph import Graph, nudge_node
from relusgd.graphs.network_graph import is_unfolded, network_graph
from relusgd.graphs.operations import SQUARE, SUBTRACT
from relusgd.graphs.sheet_functions import sheet_graph
from relusgd.model.expressions import FUNCTIONS, OPERATORS
from relusgd.model.network import Network, parameter_count

HIDDEN = [(1,), (3,), (5,), (10,), (40,), (2, 2), (7, 5), (6, 5, 4)]


def random_network(hidden, seed=0):
    return Network.from_parameters(
        np.random.default_rng(seed).normal(size=parameter_count(hidden)), hidden
    )


def collected(network, derivatives):
    """The derivatives by every parameter in one vector, from graphs with units apart or with folded
    layers.
    """
    if not is_unfolded(network):
        single = len(network.hidden) == 1
        names = (
            ["w", "b", "v", "c"]
            if single
            else [f"{letter}{k}" for k in range(1, len(network.weights) + 1) for letter in "Wb"]
        )
        return np.concatenate([np.ravel(derivatives[name]) for name in names])
    parts, before = [], [None]
    for k, width in enumerate(network.hidden, start=1):
        places = [str(j + 1) if len(network.hidden) == 1 else f"{k}.{j + 1}" for j in range(width)]
        places = [""] if network.hidden == (1,) else places
        parts += [
            derivatives[f"w{place}" + ("" if k == 1 else f".{i + 1}")]
            for i in range(len(before))
            for place in places
        ]
        parts += [derivatives[f"b{place}"] for place in places]
        before = places
    outputs = ["v"] if network.hidden == (1,) else [f"v{j + 1}" for j in range(network.hidden[-1])]
    return np.array([*parts, *(derivatives[name] for name in outputs), derivatives["c"]])


# Worked by hand


def test_sheet_a_is_a_sum_over_two_paths():
    # h(x², x) with h = x_1² + x_2² at 3:  2·9 · 2·3 = 108 by the square, 2·3 · 1 = 6 by the other
    state = sheet_graph("sheet-a", [3]).evaluate()
    assert state.output == 90
    assert {edge.child: float(edge.term) for edge in state.edges_from("x")} == {"f": 108, "g": 6}
    assert state.derivatives["x"] == 114


def test_sheet_b_has_one_term_for_every_path():
    # f = Σ (wⁱ)² at w = 2: the term of i is 2 wⁱ · i wⁱ⁻¹: 4 · 1, 8 · 4, 16 · 12
    state = sheet_graph("sheet-b", [2], [3]).evaluate()
    assert [float(edge.term) for edge in reversed(state.edges_from("w"))] == [4, 32, 192]
    assert (state.output, state.derivatives["w"]) == (84, 228)


def test_sheet_c_at_its_own_numbers():
    # w_1 = (½, 3⁄2), w_2 = (−3⁄2, −1), w_3 = (−3⁄2, 1), b = (1, −1, ½), x = (−½, −1), y = 5⁄2
    # z = (−¼ − 3⁄2 + 1, ¾ + 1 − 1, ¾ − 1 + ½) = (−¾, ¾, ¼), a = (0, ¾, ¼), r = 5⁄2 − 1 = 3⁄2, f =
    # 9⁄4 ∂f/∂r = 3, ∂f/∂s = −3, so ∂f/∂w_2 = −3 x, ∂f/∂b_2 = −3, nothing for unit 1, ∂f/∂x = −3
    # (w_2 + w_3)
    state = sheet_graph("sheet-c").evaluate()
    d = state.derivatives
    assert state.output == 2.25
    np.testing.assert_array_equal(
        np.array([state.values[f"z{i}"] for i in (1, 2, 3)]), [-0.75, 0.75, 0.25]
    )
    np.testing.assert_array_equal(d["w1"], [0, 0])
    np.testing.assert_array_equal(d["w2"], [1.5, 3])
    np.testing.assert_array_equal(d["x"], [9, 0])
    assert [float(d[name]) for name in ("b1", "b2", "b3", "y", "s")] == [0, -3, -3, 3, -3]


def test_sheet_d_at_its_own_numbers():
    # x_1 = W_1 x + b = (−3⁄2, 3⁄2, 1), x_2 = (0, 3⁄2, 1), x_3 = W_2 x_2 = (½, 7⁄4, −¾), x_4 = x_3 −
    # y = (−½, ¼, ¾) ∂ℓ/∂W_2 = x_4 x_2ᵀ, ∂ℓ/∂x_2 = W_2ᵀ x_4 = (−13⁄8, ¼, −¾), ∂ℓ/∂x_1 = (0, ¼, −¾) =
    # ∂ℓ/∂b, ∂ℓ/∂W_1 = ∂ℓ/∂x_1 xᵀ
    state = sheet_graph("sheet-d").evaluate()
    d, x = state.derivatives, state.values["x"]
    np.testing.assert_array_equal(state.values["x4"], [-0.5, 0.25, 0.75])
    assert state.output == (0.25 + 0.0625 + 0.5625) / 2
    np.testing.assert_array_equal(d["W2"], [[0, -0.75, -0.5], [0, 0.375, 0.25], [0, 1.125, 0.75]])
    np.testing.assert_array_equal(d["x2"], [-1.625, 0.25, -0.75])
    np.testing.assert_array_equal(d["b"], [0, 0.25, -0.75])
    np.testing.assert_array_equal(d["W1"], np.multiply.outer([0, 0.25, -0.75], x))
    np.testing.assert_array_equal(d["x"], state.values["W1"].T @ [0, 0.25, -0.75])


def test_what_occurs_twice_in_an_expression_is_one_node_with_two_edges():
    state = expression_graph("(x**2)**2 + x**2", 3).evaluate()
    assert [node.name for node in state.graph.nodes] == ["x", "u1", "u2", "f"]
    assert (state.output, state.derivatives["u1"], state.derivatives["x"]) == (90, 19, 114)


def test_an_argument_that_is_used_twice_by_one_operation_has_two_edges():
    state = expression_graph("x*x", 3).evaluate()
    assert [float(edge.term) for edge in state.edges_from("x")] == [3, 3]
    assert state.derivatives["x"] == 6


# PyTorch's autograd


@pytest.fixture(scope="module")
def autograd(reference):
    return reference("autograd")


def test_derivatives_of_expressions_are_those_of_autograd(autograd):
    columns = autograd["expressions"], autograd["points"], autograd["expression_derivatives"]
    for text, at, (value, derivative) in zip(*columns, strict=True):
        state = expression_graph(str(text), float(at)).evaluate()
        assert state.output == pytest.approx(value, rel=1e-14, abs=1e-15), text
        assert float(state.derivatives["x"]) == pytest.approx(derivative, rel=1e-14, abs=1e-15), (
            text
        )


def test_every_function_and_sign_has_its_derivatives():
    assert set(PARTIALS) == set(FUNCTIONS) | set(OPERATORS)


@pytest.mark.parametrize("name", ["sheet-a", "sheet-b", "sheet-c", "sheet-d"])
def test_derivatives_of_the_sheets_functions_are_those_of_autograd(name, autograd):
    state = sheet_graph(name).evaluate()
    assert state.output == pytest.approx(float(autograd[f"{name}.value"]), rel=1e-15)
    sources = [node.name for node in state.graph.nodes if node.operation is None]
    assert len(sources) >= 1
    for source in sources:
        np.testing.assert_allclose(
            state.derivatives[source], autograd[f"{name}.{source}"], rtol=1e-14, atol=1e-15
        )


@pytest.mark.parametrize("hidden", [(1,), (3,), (10,), (40,), (2, 2), (7, 5), (6, 5, 4)], ids=str)
def test_derivatives_of_networks_are_those_of_autograd(hidden, autograd):
    label = "network." + "x".join(str(width) for width in hidden)
    network = Network.from_parameters(autograd[f"{label}.parameters"], hidden)
    state = network_graph(network, 0.3, 0.7).evaluate()
    gradient, (by_x, loss) = autograd[f"{label}.gradient"], autograd[f"{label}.x_and_loss"]
    np.testing.assert_allclose(
        collected(network, state.derivatives), gradient, rtol=1e-13, atol=1e-15
    )
    assert (state.output, float(state.derivatives["x"])) == pytest.approx((loss, by_x), rel=1e-13)


# Kernels


@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
@pytest.mark.parametrize("x", [-0.8, 0.0, 0.37, 2.1])
def test_the_graph_agrees_with_the_kernels(hidden, x):
    network, y = random_network(hidden), 0.4
    found = collected(network, network_graph(network, x, y).evaluate().derivatives)
    one, wanted = np.array([x]), np.array([y])
    reference = backprop(network.weights, network.biases, one[:, None], wanted[:, None])
    gradients = [Network(reference.weights, reference.biases).parameters()]
    if len(hidden) == 1:
        for make in (
            lambda p, g: dense_kernel(p, g, hidden[0], 1),
            lambda p, g: prefix_sum_kernel(p, g, hidden[0]),
        ):
            half_squared = np.zeros_like(found)
            with np.errstate(all="ignore"):
                make(network.parameters(), half_squared)(one, wanted)
            gradients.append(2 * half_squared)
    for gradient in gradients:
        np.testing.assert_allclose(found, gradient, rtol=1e-14, atol=1e-14 * np.abs(gradient).max())


def test_derivatives_that_overflow_against_each_other_are_nan_without_a_warning():
    network = Network.from_parameters(np.array([1e200, 1e200, 0.0, 0.0, 1e200, -1e200, 0.5]), (2,))
    state = network_graph(network, 1e-150, 0.0).evaluate()
    assert state.output == 0.25
    assert np.isnan(state.derivatives["x"])


def test_the_units_of_narrow_networks_stand_apart_and_wide_layers_fold():
    assert [
        is_unfolded(random_network(hidden))
        for hidden in [(1,), (3,), (5,), (2, 2), (6,), (40,), (3, 3)]
    ] == [True] * 4 + [False] * 3


# Differences: what a derivative by a node means


GRAPHS = [
    lambda: sheet_graph("sheet-a"),
    lambda: sheet_graph("sheet-b", None, [9]),
    lambda: sheet_graph("sheet-c"),
    lambda: sheet_graph("sheet-c", None, [8, 3]),
    lambda: sheet_graph("sheet-d"),
    lambda: network_graph(random_network((3,)), 0.3, 0.7),
    lambda: network_graph(random_network((9,)), 0.3, 0.7),
    lambda: network_graph(random_network((4, 5)), 0.3, 0.7),
    lambda: expression_graph("where(x > 2, sin(x)/x, 3 - x)*exp(-x**2/2) + x**x", 2.5),
]


@pytest.mark.parametrize("make", GRAPHS)
def test_every_entry_of_every_node_moves_the_sink_by_its_derivative(make):
    state, h = make().evaluate(), 1e-6
    for node in state.graph.nodes:
        value = state.values[node.name]
        for place in np.ndindex(value.shape):
            if "u1" in node.name and "where" in str([other.formula for other in state.graph.nodes]):
                continue  # the condition of a where is 0 or 1 and nothing between
            outputs = []
            for sign in (1, -1):
                moved = value.copy()
                moved[place] += sign * h
                outputs.append(state.graph.evaluate({node.name: moved}).output)
            assert (outputs[0] - outputs[1]) / (2 * h) == pytest.approx(
                float(state.derivatives[node.name][place]), rel=1e-6, abs=1e-8
            )


@pytest.mark.parametrize("make", GRAPHS)
def test_a_nodes_derivative_is_the_sum_of_the_terms_of_its_edges(make):
    state = make().evaluate()
    for node in state.graph.nodes[:-1]:
        total = np.sum([edge.term for edge in state.edges_from(node.name)], axis=0)
        np.testing.assert_allclose(state.derivatives[node.name], total, rtol=1e-13, atol=1e-14)


def test_what_a_nudge_misses_falls_with_its_square():
    state = sheet_graph("sheet-a", [3]).evaluate()
    found = nudge_node(state, "x", 0.01)
    assert [nudge.by for nudge in found] == [0.01, 0.001, 0.0001]
    assert found[0].change == pytest.approx(90 * 0 + (3.01**4 + 3.01**2) - 90, rel=1e-12)
    assert found[0].predicted == pytest.approx(1.14)
    assert found[0].missing / found[1].missing == pytest.approx(100, rel=0.01)


def test_a_nudge_of_an_inner_node_leaves_what_it_is_computed_from():
    # h = f² + g²: f = 9 → 9.5 moves h by 9.5² − 9² = 9.25, wherever x is
    found = nudge_node(sheet_graph("sheet-a", [3]).evaluate(), "f", 0.5)
    assert found[0].change == 9.25


def test_one_entry_or_all_entries_of_a_vector_are_nudged():
    state = sheet_graph("sheet-d").evaluate()
    d = state.derivatives
    assert nudge_node(state, "W2[2,3]", 0.1)[0].predicted == pytest.approx(0.1 * d["W2"][1, 2])
    assert nudge_node(state, "b", 0.1)[0].predicted == pytest.approx(0.1 * d["b"].sum())


def test_a_node_may_be_named_as_it_is_printed():
    state = sheet_graph("sheet-d").evaluate()
    assert nudge_node(state, "x₁[2]", 0.1) == nudge_node(state, "x1[2]", 0.1)
    assert nudge_node(state, "x⁽¹⁾[2]", 0.1) == nudge_node(state, "x1[2]", 0.1)
    assert nudge_node(state, "W⁽²⁾[2,3]", 0.1) == nudge_node(state, "W2[2,3]", 0.1)
    assert nudge_node(state, "ℓ", 0.5)[0].change == 0.5


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ("w3.1", "no node"),
        ("lss", "did you mean loss"),
        ("b[4]", "go from 1 to 3"),
        ("b[1,1]", "go from 1 to 3"),
        ("loss[1]", "a number"),
    ],
)
def test_a_node_or_entry_that_is_not_there_is_named(node, words):
    with pytest.raises(InputError, match=words):
        nudge_node(sheet_graph("sheet-d").evaluate(), node, 0.1)


@pytest.mark.parametrize("by", [0.0, float("nan"), float("inf")])
def test_a_nudge_moves(by):
    with pytest.raises(InputError, match="other than 0"):
        nudge_node(sheet_graph("sheet-a").evaluate(), "x", by)


# Expressions at large


def smooth_expressions():
    leaves = st.sampled_from(["x", "2", "0.5", "pi"])

    def combined(inner):
        signs = st.tuples(st.sampled_from("+-*/"), inner, inner).map(
            lambda t: f"({t[1]} {t[0]} {t[2]})"
        )
        calls = st.tuples(st.sampled_from(["sin", "cos", "tanh", "exp", "atan"]), inner).map(
            lambda t: f"{t[0]}({t[1]})"
        )
        return st.one_of(signs, calls)

    return st.recursive(leaves, combined, max_leaves=12)


@settings(max_examples=150)
@given(smooth_expressions(), st.integers(-8, 8))
def test_smooth_expressions_have_the_derivative_of_differences(text, quarters):
    x, h = quarters / 4 + 0.1, 1e-5
    try:
        state = expression_graph(text, x).evaluate()
        f = [expression_graph(text, x + offset * h).evaluate().output for offset in (-2, -1, 1, 2)]
    except InputError:
        assume(False)
    slope = (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h)
    derivative = float(state.derivatives["x"])
    assume(max(abs(value) for value in f) < 1e3)
    assume(abs(slope - (f[2] - f[1]) / (2 * h)) < 1e-6)
    assert derivative == pytest.approx(slope, rel=1e-4, abs=1e-5)


def test_values_and_derivatives_that_are_not_finite_are_named_with_their_operation():
    with pytest.raises(InputError, match=r"u1 = log\(x\) is nan"):
        expression_graph("log(x) + x", -1)
    with pytest.raises(InputError, match=r"sqrt\(x\) has no finite derivative by x = 0"):
        expression_graph("sqrt(x)", 0)
    with pytest.raises(InputError, match="does not depend on x"):
        expression_graph("3*pi", 0)


def test_a_graph_refuses_a_second_node_of_a_name_and_parents_that_are_not_there():
    graph = Graph()
    graph.source("x", 1.0)
    with pytest.raises(ValueError, match="has a node x already"):
        graph.compute("x", SQUARE, "x")
    with pytest.raises(ValueError, match="which is not there yet"):
        graph.compute("f", SUBTRACT, "x", "y")


@pytest.mark.parametrize(
    ("name", "at", "sizes", "words"),
    [
        ("sheet-e", None, None, "no function 'sheet-e'"),
        ("sheet-a", [1, 2], None, "sheet-a takes 1 number"),
        ("sheet-c", [1, 2, 3], [3, 2], "sheet-c takes 2 numbers"),
        ("sheet-d", [1], [3], "sheet-d takes 3 numbers"),
        ("sheet-a", None, [3], "no sizes"),
        ("sheet-c", None, [3], "takes n and d"),
        ("sheet-d", None, [0], "outside 1"),
        ("sheet-d", None, [10**9], "outside 1"),
    ],
)
def test_points_and_sizes_that_do_not_fit_are_refused(name, at, sizes, words):
    with pytest.raises(InputError, match=words):
        sheet_graph(name, at, sizes)
