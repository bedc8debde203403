"""The pieces of a function: straight, joined, and sums over their active units."""

import numpy as np
import pytest

from relusgd.diagnostics.pieces import pieces
from relusgd.model.network import Network, parameter_count


def random_network(hidden, seed=0):
    vector = np.random.default_rng(seed).normal(size=parameter_count(hidden))
    return Network.from_parameters(vector, hidden)


def test_two_units_worked_out_by_hand():
    """relu(x − 1) + 2 relu(3 − x) + 5 has the slopes −2, −1 and 1."""
    network = Network(
        (np.array([[1.0, -1.0]]), np.array([[1.0], [2.0]])),
        (np.array([-1.0, 3.0]), np.array([5.0])),
    )
    found = pieces(network, (0.0, 4.0))
    lines = [(piece.low, piece.high, piece.slope, piece.intercept) for piece in found]
    assert lines == [(0, 1, -2, 11), (1, 3, -1, 10), (3, 4, 1, 4)]
    active = [[units.tolist() for units in piece.active] for piece in found]
    assert active == [[[1]], [[0, 1]], [[0]]]


@pytest.mark.parametrize("hidden", [(8,), (5, 4), (4, 3, 4)])
@pytest.mark.parametrize("domain", [None, (-1.0, 1.5)])
def test_a_piece_is_the_function_between_its_ends(hidden, domain):
    network = random_network(hidden)
    found = pieces(network, domain)
    assert [piece.high for piece in found[:-1]] == [piece.low for piece in found[1:]]
    for piece in found:
        low = piece.low if np.isfinite(piece.low) else piece.high - 10
        high = piece.high if np.isfinite(piece.high) else piece.low + 10
        x = np.linspace(low, high, 7)[1:-1]
        assert piece.slope * x + piece.intercept == pytest.approx(network(x), abs=1e-10)
        if np.isfinite([piece.low, piece.high]).all():
            for units, a in zip(piece.active, network.activations(x[[2]]), strict=True):
                assert np.array_equal(np.flatnonzero(a[0] > 0), units)


def test_a_network_that_is_not_finite_has_no_pieces():
    network = random_network((3,))
    network.biases[0][0] = np.nan
    assert pieces(network) == []
