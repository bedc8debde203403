"""Breakpoints against elbows, against brute force, and forward against np.interp through them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relusgd.gradients.backprop import backprop
from relusgd.model.breakpoints import breakpoints, vertices
from relusgd.model.initial import InitialNetwork, pair_units
from relusgd.model.network import Network, forward, layer_shapes

deep_hidden = st.lists(st.integers(1, 12), min_size=2, max_size=4)
seeds = st.integers(0, 10**6)


def random_network(seed, hidden):
    generator = np.random.default_rng(seed)
    weights = [generator.normal(0, np.sqrt(2 / shape[0]), shape) for shape in layer_shapes(hidden)]
    return Network(
        tuple(weights), tuple(generator.normal(0, 0.5, weight.shape[1]) for weight in weights)
    )


def shallow(slope, bias, output_weight, output_bias=0.0):
    slope, bias, output_weight = (
        np.array(part, dtype=np.float64) for part in (slope, bias, output_weight)
    )
    return Network((slope[None], output_weight[:, None]), (bias, np.array([output_bias])))


def tent_of_tents(depth):
    """The tent 2 relu(x) − 2 relu(2x − 1), applied `depth` times: on [0, 1] a zigzag between 0 and
    1 with slopes ±2^depth.
    """
    first, inner, last = (
        np.array([[1.0, 2.0]]),
        np.array([[2.0, 4.0], [-2.0, -4.0]]),
        np.array([[2.0], [-2.0]]),
    )
    return Network(
        (first, *[inner] * (depth - 1), last), (*[np.array([0.0, -1.0])] * depth, np.zeros(1))
    )


def pattern(network, x):
    return np.concatenate([layer[0] > 0 for layer in network.activations([x])])


def slope_at(network, x):
    """f′(x) by backpropagation: with y = f − 1/2 the loss (f − y)² has ∂loss/∂f = 1, so δ_1 W_1ᵀ is
    f′.
    """
    point = np.array([[x]])
    f = forward(network.weights, network.biases, point).f
    return float(
        backprop(network.weights, network.biases, point, f - 0.5).biases[0] @ network.weights[0][0]
    )


def bisected(network, left, right):
    """The x in [left, right] where bisection sees the activation pattern change."""
    if np.array_equal(pattern(network, left), pattern(network, right)):
        return []
    middle = left + (right - left) / 2
    if right - left < 1e-12:
        return [middle]
    return bisected(network, left, middle) + bisected(network, middle, right)


def brute_force(network, grid):
    """The x between points of the grid where the activation pattern changes and f′ with it."""
    patterns = np.hstack([layer > 0 for layer in network.activations(grid)])
    changed = np.flatnonzero((patterns[1:] != patterns[:-1]).any(axis=1))
    found = [x for i in changed for x in bisected(network, grid[i], grid[i + 1])]
    return np.array(
        [x for x in found if abs(slope_at(network, x + 1e-9) - slope_at(network, x - 1e-9)) > 1e-12]
    )


def f_size(network, x):
    """The sum of the absolute terms of f, to which rounding is relative."""
    a = np.abs(np.reshape(x, (-1, 1)))
    for weight, bias in zip(network.weights, network.biases, strict=True):
        a = a @ np.abs(weight) + np.abs(bias)
    return float(a.max())


def slope_size(network):
    """The sum of the absolute terms of f′ where every unit is active."""
    a = np.ones((1, 1))
    for weight in network.weights:
        a = a @ np.abs(weight)
    return float(a[0, 0])


# One hidden layer


def test_the_breakpoints_of_a_worked_example():
    # f = 3 relu(2x − 1) + 4 relu(−x + 2): elbows 1/2 and 2, where f′ jumps by 3·|2| and 4·|−1|
    found = breakpoints(shallow([2, -1], [-1, 2], [3, 4]))
    np.testing.assert_array_equal(found.x, [0.5, 2])
    np.testing.assert_array_equal(found.slope_change, [6, 4])
    np.testing.assert_array_equal(found.layer, [1, 1])


@given(seeds, st.integers(1, 12))
def test_one_hidden_layer_has_its_merged_elbows(seed, width):
    generator = np.random.default_rng(seed)
    slope = generator.choice([-2.0, -1.0, -0.0, 0.0, 1.0, 2.0, 4.0], width)
    bias, weight = generator.integers(-2, 3, width) * 1.0, generator.integers(-2, 3, width) * 1.0
    merged = {}
    for w, b, v in zip(slope, bias, weight, strict=True):
        if w != 0:
            merged[-b / w] = merged.get(-b / w, 0.0) + v * abs(w)
    expected = sorted((x, jump) for x, jump in merged.items() if jump != 0)
    found = breakpoints(shallow(slope, bias, weight))
    assert list(zip(found.x, found.slope_change, strict=True)) == expected


@given(seeds, st.integers(1, 12))
def test_the_general_method_agrees_with_the_elbows(seed, width):
    # f + 1000, which is positive from −20 to 20, goes through one more unit before 1000 is taken
    # off again
    network = random_network(seed, [width])
    deep = Network(
        (*network.weights, np.ones((1, 1))),
        (network.biases[0], network.biases[1] + 1000, np.array([-1000.0])),
    )
    inside = breakpoints(network).between(-20, 20)
    np.testing.assert_array_equal(breakpoints(deep).between(-20, 20), inside)


def test_opposite_units_at_one_elbow_cancel():
    assert len(breakpoints(shallow([3, 3], [-1, -1], [0.1, -0.1]))) == 0


def test_a_tiny_change_is_a_change():
    np.testing.assert_array_equal(breakpoints(shallow([1, 1], [0, -1], [1, 1e-200])).x, [0, 1])


def test_far_elbows_are_found_and_spoil_nothing():
    far = [1e-300, 1, -1, 5e-324, 0, -0.0, 1e-310]
    bias = [1, -1e300, 1e300, 1, 3, -2, 1]
    found = breakpoints(shallow([*far, 1], [*bias, -0.5], np.ones(8)))
    np.testing.assert_allclose(found.x, [-1e300, 0.5, 1e300], rtol=1e-15)
    assert found.slope_change[-1] == 2


def test_overflowing_terms_leave_the_elbows_inside():
    network = shallow([1, 1, -1], [-0.5, -1e308, -1e308], [1, 1, 1])
    x, y = vertices(network, 0, 1)
    np.testing.assert_array_equal(x, [0, 0.5, 1])
    np.testing.assert_array_equal(y, [0, 0, 0.5])


def test_constant_units_lift_the_line():
    for zero in (0.0, -0.0):
        _, y = vertices(shallow([zero, zero, zero], [2, -3, 0], [10, 100, 1000], 1), -1, 1)
        np.testing.assert_array_equal(y, [21, 21])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("hidden", [[3], [3, 2]])
def test_a_network_that_is_not_finite_has_no_breakpoints(bad, hidden):
    network = random_network(0, hidden)
    for part in (*network.weights, *network.biases):
        kept = part.flat[0]
        part.flat[0] = bad
        assert len(breakpoints(network)) == 0
        part.flat[0] = kept
    assert len(breakpoints(network)) > 0


def test_a_million_units_need_no_matrix():
    generator = np.random.default_rng(0)
    n = 10**6
    network = shallow(
        generator.normal(size=n), generator.normal(size=n), generator.normal(size=n) / n
    )
    x, y = vertices(network, -0.5, 0.5)
    places = [0, len(x) // 2, len(x) - 1]
    assert len(x) == 2 + np.count_nonzero(np.abs(network.elbow) < 0.5)
    np.testing.assert_allclose(
        y[places], [float(network(x[i])) for i in places], rtol=0, atol=1e-13
    )


# Any depth


@pytest.mark.parametrize("depth", [1, 2, 3, 7])
def test_a_tent_of_tents_has_a_kink_at_every_multiple(depth):
    found = breakpoints(tent_of_tents(depth))
    n = 2**depth
    np.testing.assert_array_equal(found.between(0, 1), np.arange(1, n) / n)
    np.testing.assert_array_equal(
        found.slope_change[:n], [n, *(-2 * n * (-1) ** k for k in range(n - 1))]
    )
    # an odd multiple of 2^−k is where the k-th tent bends
    lowest_bit = np.arange(1, n) & -np.arange(1, n)
    np.testing.assert_array_equal(found.layer[:n], [1, *(depth - np.log2(lowest_bit)).astype(int)])


@settings(max_examples=40, deadline=None)
@given(seeds, deep_hidden)
def test_brute_force_finds_the_same_breakpoints(seed, hidden):
    network = random_network(seed, hidden)
    low, high = -3.0, 3.0
    found = breakpoints(network).between(low, high)
    # a unit that is on within a cell only escapes the even grid; points between neighbours found
    # give it a cell of its own
    grid = np.unique(np.concatenate([np.linspace(low, high, 5000), (found[1:] + found[:-1]) / 2]))
    np.testing.assert_allclose(found, brute_force(network, grid), rtol=0, atol=1e-11)


@settings(deadline=None)
@given(seeds, deep_hidden)
def test_between_breakpoints_the_slope_is_what_backpropagation_says(seed, hidden):
    network = random_network(seed, hidden)
    found = breakpoints(network)
    ends = np.concatenate([[-1e6], found.x, [1e6]])
    middles = ends[:-1] + np.diff(ends) / 2
    wide = (
        np.diff(ends) > 1e-9
    )  # in narrower ones the middle may lie on either side of an end that is rounded
    slopes = slope_at(network, -1e6) + np.concatenate([[0], np.cumsum(found.slope_change)])
    backpropagated = np.array([slope_at(network, x) for x in middles])
    np.testing.assert_allclose(
        slopes[wide], backpropagated[wide], rtol=0, atol=1e-12 * slope_size(network)
    )


@settings(deadline=None)
@given(seeds, st.lists(st.integers(1, 12), min_size=1, max_size=4))
def test_forward_is_the_interpolation_through_the_vertices(seed, hidden):
    network = random_network(seed, hidden)
    x, y = vertices(network, -4, 3)
    grid = np.linspace(-4, 3, 1001)
    assert x[0] == -4
    assert x[-1] == 3
    assert (np.diff(x) > 0).all()
    np.testing.assert_allclose(
        np.interp(grid, x, y), network(grid), rtol=0, atol=1e-12 * f_size(network, [4])
    )


@settings(deadline=None)
@given(seeds, deep_hidden)
def test_inside_an_interval_the_second_difference_vanishes(seed, hidden):
    network = random_network(seed, hidden)
    x, _ = vertices(network, -4, 4)
    left, right = x[:-1], x[1:]
    second = network(left) - 2 * network(left + (right - left) / 2) + network(right)
    np.testing.assert_allclose(second, 0, rtol=0, atol=1e-14 * f_size(network, [4]))


@given(seeds, deep_hidden)
def test_antisymmetric_networks_have_none(seed, hidden):
    network = random_network(seed, [*hidden[:-1], 2 * hidden[-1]])
    weights, biases = list(network.weights), list(network.biases)
    pair_units(weights, biases)
    assert len(breakpoints(Network(tuple(weights), tuple(biases)))) == 0


@given(seeds, deep_hidden)
def test_the_order_of_units_does_not_matter(seed, hidden):
    network = random_network(seed, hidden)
    weights, biases = list(network.weights), list(network.biases)
    generator = np.random.default_rng(seed + 1)
    for k, width in enumerate(hidden):
        order = generator.permutation(width)
        weights[k], biases[k], weights[k + 1] = (
            weights[k][:, order],
            biases[k][order],
            weights[k + 1][order],
        )
    one, other = breakpoints(network), breakpoints(Network(tuple(weights), tuple(biases)))
    np.testing.assert_allclose(other.x, one.x, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(
        other.slope_change, one.slope_change, rtol=1e-9, atol=1e-12 * slope_size(network)
    )
    np.testing.assert_array_equal(other.layer, one.layer)


@given(seeds, deep_hidden)
def test_without_biases_everything_switches_at_zero(seed, hidden):
    network = random_network(seed, hidden)
    network = Network(network.weights, tuple(np.zeros_like(bias) for bias in network.biases))
    jump = slope_at(network, 1.0) - slope_at(network, -1.0)
    found = breakpoints(network)
    np.testing.assert_array_equal(found.x, [0.0] if jump else [])
    np.testing.assert_allclose(found.slope_change, [jump] if jump else [], rtol=1e-12)
    assert set(found.layer) <= {1}


def test_a_very_deep_network_has_its_breakpoints():
    law = InitialNetwork((100,) * 24, (-1.0, 1.0), init="he_normal")
    network = law.draw(np.random.RandomState(0))
    x, y = vertices(network, -1, 1)
    assert len(x) > 1000
    grid = np.linspace(-1, 1, 2001)
    values = network(grid)
    np.testing.assert_allclose(np.interp(grid, x, y), values, rtol=0, atol=1e-11 * np.ptp(values))


def test_units_behind_a_dead_unit_bend_nothing():
    # the second layer's only unit is relu(−1 − relu(x)) = 0 everywhere
    weights = (np.ones((1, 1)), -np.ones((1, 1)), np.ones((1, 1)))
    assert len(breakpoints(Network(weights, (np.zeros(1), -np.ones(1), np.zeros(1))))) == 0


def test_the_layer_is_that_of_the_unit_that_switches():
    # relu(relu(x) − 1): the first unit switches at 0 while the second is off, the second at 1
    weights = (np.ones((1, 1)), np.ones((1, 1)), np.ones((1, 1)))
    found = breakpoints(Network(weights, (np.zeros(1), -np.ones(1), np.zeros(1))))
    np.testing.assert_array_equal(found.x, [1])
    np.testing.assert_array_equal(found.slope_change, [1])
    np.testing.assert_array_equal(found.layer, [2])


def test_far_and_flat_units_spoil_no_deep_network():
    network = random_network(3, [5, 4])
    plain = breakpoints(network)
    slope = np.concatenate([network.weights[0], [[1.0, -1e-300, 5e-324, 0.0, 1.0]]], axis=1)
    bias = np.concatenate([network.biases[0], [-1e300, -1.0, -1.0, 1.0, -1e305]])
    second = np.concatenate([network.weights[1], np.random.default_rng(0).normal(size=(5, 4))])
    lifted = network.biases[1] - second[8]  # takes back what the constant unit adds
    deep = Network((slope, second, network.weights[2]), (bias, lifted, network.biases[2]))
    found = breakpoints(deep)
    np.testing.assert_allclose(found.between(-1e6, 1e6), plain.between(-1e6, 1e6), rtol=1e-9)
    assert np.isfinite(found.x).all()
    assert np.abs(found.x).max() >= 1e300
