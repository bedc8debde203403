"""f′ and its autocorrelation: the slopes themselves, sums against a fine grid, a case by hand."""

import numpy as np
import pytest

from relusgd.diagnostics.slope_correlation import (
    PiecewiseSlope,
    autocorrelation,
    correlation_length,
    even_distances,
    piecewise_slope,
)
from relusgd.model.initial import InitialNetwork
from relusgd.model.network import Network, parameter_count


def random_network(hidden, seed=0):
    vector = np.random.default_rng(seed).normal(size=parameter_count(hidden))
    return Network.from_parameters(vector, hidden)


@pytest.mark.parametrize("hidden", [(6,), (5, 4), (4, 4, 4)])
def test_slopes_are_those_of_the_function(hidden):
    network = random_network(hidden)
    slopes = piecewise_slope(network, (-1.5, 2.0))
    rises = np.diff(network(slopes.edges))
    assert slopes.slope * np.diff(slopes.edges) == pytest.approx(rises, abs=1e-12)
    assert slopes.mean == pytest.approx(rises.sum() / 3.5)


def test_two_slopes_by_hand():
    """f′ is −1 on [0, 2] and 1 on [2, 4]: A(d) = (4 − 3 d)/(4 − d) for d ≤ 2."""
    slopes = PiecewiseSlope(np.array([0.0, 2.0, 4.0]), np.array([-1.0, 1.0]))
    d = np.array([0.0, 0.5, 1.0, 2.0])
    assert autocorrelation(slopes, d) == pytest.approx((4 - 3 * d) / (4 - d))
    assert correlation_length(slopes) == pytest.approx(0.8, rel=1e-3)


def test_sums_are_those_of_a_fine_grid():
    slopes = piecewise_slope(random_network((5, 5)), (-1.0, 1.0))
    count = 400_000
    middles = -1 + 2 * (np.arange(count) + 0.5) / count
    f = slopes.at(middles) - slopes.mean
    for shift in (1000, 30_000, 150_000):
        on_grid = np.mean(f[:-shift] * f[shift:]) / np.mean(f**2)
        (exact,) = autocorrelation(slopes, np.array([2 * shift / count]))
        assert exact == pytest.approx(on_grid, abs=1e-3)


def test_a_straight_line_has_no_autocorrelation():
    slopes = PiecewiseSlope(np.array([0.0, 1.0]), np.array([3.0]))
    assert np.isnan(autocorrelation(slopes, even_distances(slopes))).all()
    assert np.isnan(correlation_length(slopes))


def test_deep_networks_have_short_correlations():
    lengths = []
    for depth in (1, 16):
        law = InitialNetwork((100,) * depth, (-1.0, 1.0), "he_normal")
        networks = [law.draw(np.random.RandomState(seed)) for seed in range(12)]
        slopes = [piecewise_slope(network, (-1.0, 1.0)) for network in networks]
        lengths.append(np.median([correlation_length(one) for one in slopes]))
    assert lengths[0] > 1.5 * lengths[1]
