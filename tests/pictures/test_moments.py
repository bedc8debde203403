"""The key moments of a run are where the function moves, not where SGD shakes it."""

import numpy as np
import pytest

from relusgd.pictures.kit.axis import TimeAxis
from relusgd.pictures.moments.key_moments import LEAST_APART, key_moments, spread
from relusgd.pictures.scenes.view import View


def shares(view, rows):
    """Where rows stand along the axis of time, from 0 to 1."""
    place = TimeAxis(float(view.clock[0]), float(view.clock[-1])).place(view.clock)
    return place[rows] / place[-1]


@pytest.mark.parametrize("snapshots", [7, 60, 500])
def test_moments_are_apart_and_go_from_start_to_end(make_history, dataset, snapshots):
    view = View(make_history(snapshots=snapshots, every=1), dataset)
    rows = key_moments(view, 6, 0.08)
    assert (rows[0], rows[-1]) == (0, snapshots - 1)
    assert 4 <= len(rows) <= 6
    assert len(rows) == 6 or snapshots == 7
    assert rows == sorted(set(rows))
    assert np.diff(shares(view, rows)).min() >= LEAST_APART * 0.08


def test_a_spike_is_no_key_moment(make_history, dataset):
    history = make_history(snapshots=300, every=1)
    spike = 180
    history.biases[-1][spike] += 3.0
    history.biases[-1][spike + 2] -= 3.0
    rows = key_moments(View(history, dataset), 6, 0.08)
    assert spike not in rows
    assert spike + 2 not in rows
    calm = key_moments(View(make_history(snapshots=300, every=1), dataset), 6, 0.08)
    view = View(history, dataset)
    assert np.abs(shares(view, rows) - shares(view, calm)).max() < 0.12


def test_noise_of_every_step_moves_no_moment_into_itself(make_history, dataset):
    history = make_history(snapshots=400, every=1)
    rng = np.random.default_rng(0)
    history.biases[-1][200:230] += 0.5 * rng.standard_normal((30, 1))
    rows = key_moments(View(history, dataset), 6, 0.08)
    assert sum(200 <= row < 230 for row in rows) <= 1


def test_few_snapshots_are_all_moments(make_history, dataset):
    assert key_moments(View(make_history(snapshots=4), dataset), 6, 0.08) == [0, 1, 2, 3]


def test_moments_without_room_for_their_labels_are_left_out(make_history, dataset):
    assert key_moments(View(make_history(snapshots=4), dataset), 6, 0.2) == [0, 1, 3]


def test_a_run_that_diverges_has_moments(make_history, dataset):
    history = make_history(snapshots=50, every=1)
    history.weights[-1][40:] = np.nan
    rows = key_moments(View(history, dataset), 6, 0.08)
    assert (rows[0], rows[-1], len(rows)) == (0, 49, 6)


@pytest.mark.parametrize(
    ("places", "apart", "moved"),
    [
        ([0.0, 0.3, 0.6, 1.0], 0.1, [0.0, 0.3, 0.6, 1.0]),
        ([0.0, 0.01, 0.02, 1.0], 0.1, [0.0, 0.1, 0.2, 1.0]),
        ([0.0, 0.97, 0.98, 1.0], 0.1, [0.0, 0.8, 0.9, 1.0]),
        ([0.0, 0.5, 0.5, 0.5, 1.0], 0.25, [0.0, 0.25, 0.5, 0.75, 1.0]),
    ],
)
def test_places_are_moved_apart(places, apart, moved):
    assert spread(np.array(places), apart) == pytest.approx(np.array(moved))
