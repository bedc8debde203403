"""The kernel at infinite width, against J Jᵀ of wide networks that are drawn."""

from dataclasses import replace

import numpy as np
import pytest

from relusgd.diagnostics.references.expected_kernel import expected_kernel, kernel_regression
from relusgd.diagnostics.references.splines import natural_cubic_spline
from relusgd.errors import InputError
from relusgd.gradients.jacobian import jacobian
from relusgd.model.initial import InitialNetwork

X = np.array([-2.5, -0.8, -0.1, 0.0, 0.3, 0.9, 1.7])
UNITS = 20_000

TORCH = InitialNetwork((UNITS,), (-1.0, 1.5), hidden_scale=1.3, output_scale=0.7)
STARTS = {
    "torch": TORCH,
    "torch, even elbows": replace(TORCH, elbows="even"),
    "torch, one elbow": replace(TORCH, elbows=0.2),
    "torch, drawn biases": replace(TORCH, elbows="keep"),
    "torch, drawn biases, a slope": replace(TORCH, elbows="keep", slopes=-0.8),
    "torch, balanced": replace(TORCH, balanced=True),
    "torch, drawn biases, balanced": replace(TORCH, elbows="keep", balanced=True),
    "torch, antisymmetric": replace(TORCH, antisymmetric=True),
    "he": replace(TORCH, init="he_normal"),
    "he, no biases": replace(TORCH, init="he_normal", elbows="keep"),
    "glorot": replace(TORCH, init="glorot_uniform"),
    "normal": replace(TORCH, init="normal"),
    "normal, drawn biases": replace(TORCH, init="normal", elbows="keep"),
    "normal, drawn biases, balanced": replace(TORCH, init="normal", elbows="keep", balanced=True),
    "normal, drawn biases, signs": replace(TORCH, init="normal", elbows="keep", slopes="signs"),
    "normal, signs, balanced": replace(
        TORCH, init="normal", elbows="keep", slopes="signs", balanced=True
    ),
    "uniform": replace(TORCH, init="uniform", elbows="keep"),
    "uniform, signs": replace(TORCH, init="uniform", slopes="signs"),
    "one elbow, balanced": replace(TORCH, elbows=0.2, balanced=True),
    "equal output weights": replace(TORCH, output_weights=0.1, output_offset=0.4),
    "equal output weights, drawn biases": replace(TORCH, elbows="keep", output_weights=0.1),
    "equal output weights, normal": replace(
        TORCH, init="normal", elbows="keep", output_weights=0.1
    ),
    "equal output weights, normal biases": replace(
        TORCH, init="normal", elbows="keep", slopes=0.7, output_weights=0.1
    ),
    "equal output weights, one elbow": replace(TORCH, elbows=0.2, output_weights=0.1),
}

PARTS = {"all": (True, True), "hidden": (True, False), "output": (False, True)}


@pytest.mark.parametrize("start", STARTS)
def test_it_is_the_mean_over_the_units_of_a_wide_network(start):
    initial = STARTS[start]
    network = initial.draw(np.random.RandomState(1))
    J = jacobian(network, X)
    by_slope, by_bias, by_weight = J[:, :-1].reshape(len(X), 3, UNITS).transpose(1, 0, 2)
    of_hidden = by_slope[:, None] * by_slope + by_bias[:, None] * by_bias
    of_output = by_weight[:, None] * by_weight
    for layers, (hidden, output) in PARTS.items():
        terms = hidden * of_hidden + output * of_output
        expected = expected_kernel(initial, layers)(X, X) - output
        # Pairs of an antisymmetric start are one draw.
        error = UNITS * terms.std(axis=2) / np.sqrt(UNITS / 2)
        assert np.all(np.abs(terms.sum(axis=2) - expected) <= 5 * error + 1e-9 * UNITS)
    if initial.output_weights is not None:
        outputs = network.activations(X)[0]
        error = np.abs(network.output_weight[0]) * outputs.std(axis=1) * np.sqrt(UNITS)
        start_mean = expected_kernel(initial).start(X)
        drawn = network(X) - (0 if initial.output_offset else network.output_bias)
        assert np.all(np.abs(drawn - start_mean) <= 5 * error + 1e-9)


def test_a_pair_worked_out_by_hand():
    # Normal slope and bias at x = 0 and z = 0: a = b, active half of the time, E relu(b)² = 1/2.
    normal = replace(TORCH, init="normal", elbows="keep", hidden_scale=1.0, output_scale=1.0)
    nothing = np.array([0.0])
    kernel = expected_kernel(replace(normal, hidden=(10,)), output_bias=False)
    assert kernel(nothing, nothing)[0, 0] == pytest.approx(10 * (1 / 2 + 1 / 2))
    with_bias = expected_kernel(replace(normal, hidden=(10,)))
    assert with_bias(nothing, nothing)[0, 0] == pytest.approx(11)


def test_the_mean_start_is_0_but_for_equal_output_weights():
    assert np.all(expected_kernel(TORCH).start(X) == 0)


def test_the_regression_goes_through_the_points_and_means_of_equal_x():
    x = np.array([0.0, 0.2, 0.2, 0.5, 1.0])
    y = np.array([1.0, 2.0, 4.0, 0.0, -1.0])
    regression = kernel_regression(expected_kernel(replace(TORCH, hidden=(50,))), x, y)
    np.testing.assert_allclose(regression(np.unique(x)), [1.0, 3.0, 0.0, -1.0], atol=1e-9)


def test_of_many_placed_units_whose_output_learns_it_is_the_cubic_spline():
    # Elbows far beyond the points make the ends straight: ∫ |f″|² alone is left.
    x = np.linspace(0, 1, 6)
    y = np.array([0.0, 1.0, -0.5, 0.2, 0.9, 0.0])
    wide = InitialNetwork((1000,), (-300.0, 301.0), slopes="signs")
    regression = kernel_regression(expected_kernel(wide, "output"), x, y)
    between = np.linspace(0, 1, 101)
    spline = natural_cubic_spline(x, y)(between)
    np.testing.assert_allclose(regression(between), spline, atol=0.03)


def test_a_large_kernel_is_computed_in_blocks(monkeypatch):
    kernel = expected_kernel(replace(TORCH, elbows="keep"))
    whole = kernel(X, X[:3])
    monkeypatch.setattr("relusgd.diagnostics.references.expected_kernel.ROWS_AT_ONCE", 7)
    np.testing.assert_array_equal(kernel(X, X[:3]), whole)
    np.testing.assert_allclose(kernel(X, X), kernel(X, X).T, rtol=1e-14)


def test_what_has_no_law_is_refused_in_a_sentence():
    with pytest.raises(InputError, match=r"one hidden layer, and network\.hidden has 2"):
        expected_kernel(replace(TORCH, hidden=(5, 5)))
    with pytest.raises(InputError, match=r"network\.slopes lists the units one by one"):
        expected_kernel(replace(TORCH, hidden=(2,), slopes=[1.0, 2.0]))
    x = np.linspace(0, 1, 5001)
    with pytest.raises(InputError, match="at most 5,000 training points, and there are 5,001"):
        kernel_regression(expected_kernel(TORCH), x, x)
