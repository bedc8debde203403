"""The probability of a network that is born dead, by hand and by drawing networks."""

from itertools import pairwise

import numpy as np
import pytest

from relusgd.diagnostics.references.born_dead import born_dead_probability
from relusgd.model.network import forward


def test_one_layer_is_dead_when_all_its_units_are_off():
    assert born_dead_probability(1, 1) == pytest.approx(1 / 2)
    assert born_dead_probability(3, 1) == pytest.approx(1 / 8)


def test_a_deeper_network_lives_when_every_layer_does():
    # Of two layers of two units, each lives with probability 3/4: 1 − 9/16.
    assert born_dead_probability(2, 2) == pytest.approx(7 / 16)


def test_a_wide_network_is_hardly_ever_dead():
    assert born_dead_probability(80, 5) == pytest.approx(5 / 2**80, rel=1e-12)


@pytest.mark.parametrize(("width", "depth"), [(2, 3), (3, 5)])
def test_so_many_of_the_networks_that_are_drawn_are_constant(width, depth):
    generator = np.random.default_rng(0)
    count = 1500
    fans = [1, *[width] * depth, 1]
    x = np.array([[0.5], [1.0]])
    dead = 0
    for _ in range(count):
        weights = [generator.normal(size=shape) for shape in pairwise(fans)]
        f = forward(weights, [np.zeros(fan_out) for fan_out in fans[1:]], x).f
        dead += bool(f[0] == f[1])
    expected = born_dead_probability(width, depth)
    deviation = np.sqrt(expected * (1 - expected) / count)
    assert dead / count == pytest.approx(expected, abs=4 * deviation)


@pytest.mark.parametrize(("width", "depth"), [(0, 3), (3, 0)])
def test_a_network_has_layers_and_units(width, depth):
    with pytest.raises(ValueError, match="at least 1"):
        born_dead_probability(width, depth)
