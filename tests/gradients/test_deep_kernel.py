"""The compiled kernel of deep networks against long-double arithmetic, the rule for being active,
and backpropagation by matrices.
"""

from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("numba")

from relusgd.gradients.backprop import backprop
from relusgd.gradients.compiled import DeepPadding, deep_kernel, make_points, with_last_outputs
from relusgd.gradients.compiled.tile_code import LANES
from relusgd.model.network import Network, parameter_count, split_parameters

HIDDEN = [(3, 2), (40, 40), (8, 8), (9, 17, 1, 5), (1, 1), (6,), (100, 20, 100)]
every_network = pytest.mark.parametrize("hidden", HIDDEN, ids=str)


def gradient_of(hidden, parameters, x, y):
    """The gradient of ½ Σ r²."""
    gradient = np.full_like(parameters, 7.0)
    with np.errstate(all="ignore"):
        deep_kernel(parameters, gradient, hidden)(x, y)
    return gradient


def ordinary(hidden, B, seed=0):
    generator = np.random.default_rng(seed)
    network = Network.from_parameters(generator.normal(size=parameter_count(hidden)), hidden)
    for weight in network.weights:
        weight /= np.sqrt(len(weight))
    return network.parameters(), generator.uniform(-1, 2, B), generator.normal(size=B)


def reference(hidden, parameters, x, y):
    """The gradient of ½ Σ r², and the sum of the absolute terms of each of its components; in long
    double.
    """
    exact = parameters.astype(np.longdouble)
    weights, biases = split_parameters(exact, hidden)
    a, terms = [x[:, None].astype(np.longdouble)], [np.abs(x[:, None]).astype(np.longdouble)]
    for W, b in zip(weights, biases, strict=True):
        z = a[-1] @ W + b
        a.append(np.maximum(z, 0) if len(a) < len(weights) else z)
        terms.append(terms[-1] @ np.abs(W) + np.abs(b))
    delta, size = a[-1] - y[:, None], terms[-1] + np.abs(y[:, None])
    gradient, absolute = [], []
    for k in reversed(range(len(weights))):
        gradient += [delta.sum(axis=0), a[k].T @ delta]
        absolute += [size.sum(axis=0), terms[k].T @ size]
        delta = (delta @ weights[k].T) * (a[k] > 0)
        size = size @ np.abs(weights[k]).T
    return [np.concatenate([p.ravel() for p in reversed(parts)]) for parts in (gradient, absolute)]


def test_a_gradient_worked_by_hand():
    # z_1 = (x, 1 − x), z_2 = 2 a_11 + a_12 − 1, f = 3 a_2 + 1
    # x = 2: z_1 = (2, off), z_2 = 3, f = 10, y = 8, r = 2: δ_2 = 6, δ_1 = (12, off)
    # x = 0: z_1 = (0 is off, 1), z_2 = 0 is off, f = 1, y = 0, r = 1: δ_2 = 0
    parameters = np.array([1.0, -1, 0, 1, 2, 1, -1, 3, 1])
    found = gradient_of((2, 1), parameters, np.array([2.0, 0.0]), np.array([8.0, 0.0]))
    np.testing.assert_array_equal(found, [24, 0, 12, 0, 12, 0, 6, 6, 3])


@every_network
@pytest.mark.parametrize("B", [1, 3, 8, 40, 48, 49, 200])
def test_the_gradient_is_exact_up_to_the_rounding_of_its_terms(hidden, B):
    for seed in range(3):
        problem = ordinary(hidden, B, seed)
        wanted, terms = reference(hidden, *problem)
        assert (np.abs(gradient_of(hidden, *problem) - wanted) <= 1e-14 * terms).all()


@every_network
def test_it_is_the_gradient_of_backpropagation(hidden):
    parameters, x, y = ordinary(hidden, 57)
    weights, biases = split_parameters(parameters, hidden)
    found = backprop(weights, biases, x[:, None], y[:, None])
    wanted = Network(found.weights, found.biases).parameters() * len(x) / 2
    largest = np.abs(wanted).max()
    np.testing.assert_allclose(
        gradient_of(hidden, parameters, x, y), wanted, rtol=0, atol=1e-13 * largest
    )


def test_units_of_the_first_layer_are_active_where_their_rounded_value_is_positive():
    # A unit of the second layer that is always active adds up those of the first. With an output
    # weight of 2^−600 and y_i = −2^i, every residual is exactly 2^i, and ∂b_j the sum of those of
    # its points.
    generator = np.random.default_rng(0)
    H, B = 500, 30
    x = np.sort(generator.uniform(-1, 3, B))
    w = generator.normal(size=H)
    b = -(w * generator.choice(x, H))
    b[:100] = np.nextafter(b[:100], np.inf)
    v = 2.0**-600
    parameters = np.concatenate([w, b, np.ones(H), [1.0], [v], [0.0]])
    found = gradient_of((H, 1), parameters, x, -(2.0 ** np.arange(B)))[H : 2 * H] / v
    active = found.astype(int)[:, None] >> np.arange(B) & 1 == 1
    product = w[:, None] * x
    np.testing.assert_array_equal(active, product + b[:, None] > 0)


@pytest.mark.parametrize("value", [5e-324, 1e-310, 1e-200])
def test_a_unit_is_active_however_small_its_value_is(value):
    # z_1 = z_2 = f = value at x = 1, and y = −1, so r = 1
    parameters = np.array([value, 0, 1, 0, 1, 0])
    found = gradient_of((1, 1), parameters, np.array([1.0]), np.array([-1.0]))
    np.testing.assert_array_equal(found, [1, 1, value, 1, value, 1])


def test_no_product_of_the_first_layer_is_fused_with_its_sum():
    # b = −fl(w x) where w x was rounded down: the float64 sum is 0, though w x + b > 0
    generator = np.random.default_rng(0)
    x = 1.1
    w = np.array(
        [w for w in generator.normal(size=200) if Fraction(w) * Fraction(x) > Fraction(w * x)]
    )
    H = len(w)
    parameters = np.concatenate([w, -(w * x), np.ones(H), [1.0], [1.0], [0.0]])
    found = gradient_of((H, 1), parameters, np.full(50, x), np.zeros(50))
    assert found[-1] == 50
    assert not found[: 3 * H].any()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_parameters_that_are_not_finite_give_a_gradient_that_is_not(value):
    for index in range(parameter_count((3, 2))):
        parameters, x, y = ordinary((3, 2), 9)
        parameters[index] = value
        assert not np.isfinite(gradient_of((3, 2), parameters, x, y)).all()


def test_a_sum_that_is_no_number_is_not_taken_for_a_unit_that_is_off():
    # z_1 = (∞, ∞) by overflow, z_2 = ∞ − ∞, so f is not a number, and neither is ∂c = f − y
    parameters = np.array([1e308, 1e308, 0, 0, 1, -1, 0, 1, 0])
    x, y = np.array([10.0]), np.array([-1.0])
    with np.errstate(all="ignore"):
        weights, biases = split_parameters(parameters, (2, 1))
        wanted = backprop(weights, biases, x[:, None], y[:, None])
    assert np.isnan(wanted.biases[-1]).all()
    assert np.isnan(gradient_of((2, 1), parameters, x, y)[-1])


def test_one_kernel_takes_batches_of_changing_size():
    parameters, x, y = ordinary((20, 9), 60)
    gradient = np.zeros_like(parameters)
    kernel = deep_kernel(parameters, gradient, (20, 9))
    for part in (slice(0, 40), slice(40, 60), slice(7, 8), slice(0, 60)):
        kernel(x[part], y[part])
        np.testing.assert_array_equal(gradient, gradient_of((20, 9), parameters, x[part], y[part]))


# Padded vectors


@every_network
def test_padding_and_back_changes_nothing(hidden):
    padding = DeepPadding.of(hidden)
    vector = np.arange(1.0, parameter_count(hidden) + 1)
    padded = padding.pad(vector)
    assert np.array_equal(padding.unpad(padded), vector)
    assert np.array_equal(padding.unpad(np.stack([padded] * 2)), [vector, vector])
    assert np.count_nonzero(padded) == len(vector)


@every_network
def test_the_output_layer_comes_last_and_its_bias_last_of_all(hidden):
    padding = DeepPadding.of(hidden)
    padded = padding.pad(np.arange(1.0, parameter_count(hidden) + 1))
    assert padded[padding.output_bias] == parameter_count(hidden) == padded.max()
    output = padded[padding.output :]
    assert np.count_nonzero(output) == hidden[-1] + 1
    assert output[0] == parameter_count(hidden) - hidden[-1]


@pytest.mark.parametrize(("less", "kept"), [(0, True), (1, False)])
def test_outputs_that_are_too_large_are_left_out(monkeypatch, less, kept):
    columns = max(LANES, 4)
    limit = 8 * 2 * columns - less
    monkeypatch.setattr("relusgd.gradients.compiled.deep_arrays.COMPILED_ACTIVATION_BYTES", limit)
    network = Network.from_parameters(np.ones(parameter_count((2, 3))), (2, 3))
    points = make_points(np.array([0.0, 1.0]), np.zeros(2), 0.0)
    padding = [0] * (columns - 3)
    # a_1 = x + 1 twice, a_2 = 2 x + 3 three times
    assert with_last_outputs(points, network).activations.tolist() == (
        [[3, 3, 3, *padding], [5, 5, 5, *padding]] if kept else []
    )
