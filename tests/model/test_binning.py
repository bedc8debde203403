"""Wide layers in a few passes: the same function, counts and bends as unit by unit."""

import numpy as np
import pytest

from relusgd.model.binning import bin_units
from relusgd.model.breakpoints import vertices
from relusgd.model.network import Network


def wide_network(H, seed=0):
    rng = np.random.default_rng(seed)
    w, elbow = rng.uniform(-1, 1, H), rng.uniform(-0.3, 1.4, H)
    v = rng.normal(size=H) / np.sqrt(H)
    w[::97] = 0.0
    b = np.where(w == 0, rng.normal(size=H), -elbow * w)
    return Network((w[None, :], v[:, None]), (b, np.array([0.3])))


def test_a_hundred_thousand_units_give_the_function_at_the_edges():
    network = wide_network(100_000)
    cells = bin_units(network, 0.0, 1.0, 2000)
    assert cells.y == pytest.approx(np.interp(cells.edges, *vertices(network, 0.0, 1.0)), abs=1e-9)


def test_active_units_and_bends_are_those_of_every_unit_alone():
    network = wide_network(500)
    cells = bin_units(network, 0.0, 1.0, 40)
    for place, count in zip(cells.edges, cells.active[:-1], strict=False):
        assert abs(np.count_nonzero(network.slope * place + network.bias > 0) - count) <= 20
    change = network.slope_change
    inside = (network.elbow > 0) & (network.elbow < 1)
    assert cells.rising.sum() == pytest.approx(change[inside & (change > 0)].sum())
    assert cells.falling.sum() == pytest.approx(-change[inside & (change < 0)].sum())


def test_elbows_inside_are_counted_with_both_ends():
    w, elbow = (
        np.array([2.0, -4.0, 1.0, 1.0, 1.0, 0.0]),
        np.array([0.0, 1.0, -1e-9, 1 + 1e-9, 0.5, 0.5]),
    )
    network = Network((w[None, :], np.ones((6, 1))), (-elbow * w, np.zeros(1)))
    assert bin_units(network, 0.0, 1.0, 10).inside == 3


def test_a_network_of_nan_and_infinite_numbers_is_binned_without_a_warning():
    w, b, v = (
        np.array([1.0, np.nan, np.inf, 1e-300]),
        np.array([np.nan, 1.0, 1.0, 1e300]),
        np.array([1.0, 1.0, np.inf, 1e300]),
    )
    cells = bin_units(Network((w[None, :], v[:, None]), (b, np.zeros(1))), 0.0, 1.0, 10)
    assert cells.active.max() <= 4


def test_a_unit_counts_in_the_cell_of_its_elbow():
    network = Network(
        (np.array([[2.0, -1.0]]), np.array([[3.0], [-4.0]])), (np.array([-0.5, 0.75]), np.zeros(1))
    )
    cells = bin_units(network, 0.0, 1.0, 10)
    assert cells.rising.nonzero()[0].tolist() == [2]
    assert cells.falling.nonzero()[0].tolist() == [7]
    assert cells.active.tolist() == [1, 1, 2, 2, 2, 2, 2, 2, 1, 1]
