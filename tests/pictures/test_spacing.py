"""Frames are distinct recorded snapshots, from the first to the last."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relusgd.errors import InputError
from relusgd.model.history import History
from relusgd.model.points import Dataset
from relusgd.pictures.spacing import SPACINGS, choose_frames, distinct
from relusgd.pictures.view import View

POINTS = np.linspace(0, 1, 20)
DATA = Dataset(POINTS, POINTS, POINTS, POINTS, (0.0, 1.0))


def history_at(epochs, parameters=None):
    """A view of snapshots of a network with one unit at these epochs."""
    epochs = np.array(epochs)
    vectors = np.tile([1.0, 0.0, 1.0, 0.0], (len(epochs), 1)) if parameters is None else parameters
    return View(History.from_parameters(epochs, 5 * epochs, vectors, [1], {}), DATA)


@given(
    st.sets(st.integers(0, 10**6), min_size=1, max_size=60),
    st.integers(1, 80),
    st.sampled_from(SPACINGS),
)
def test_frames_are_distinct_ascending_and_as_many_as_wanted_or_recorded(epochs, frames, spacing):
    chosen = choose_frames(history_at(sorted(epochs)), frames, spacing)
    assert len(chosen) == min(frames, len(epochs))
    assert (np.diff(chosen) > 0).all()
    assert chosen[-1] == len(epochs) - 1
    assert chosen[0] == 0 or frames == 1


def test_linear_frames_are_equally_many_epochs_apart():
    assert choose_frames(history_at(range(0, 1001, 10)), 5, "linear").tolist() == [
        0,
        25,
        50,
        75,
        100,
    ]


def test_log_frames_are_closer_together_at_the_start():
    gaps = np.diff(choose_frames(history_at(range(30_001)), 151, "log"))
    assert gaps[0] < 10
    assert gaps[-1] > 500
    assert (np.diff(gaps) >= -1).all()


def test_a_repeated_snapshot_gives_way_to_the_next_unused_one():
    assert distinct(np.array([0, 0, 0, 3, 9, 9]), 10).tolist() == [0, 1, 2, 3, 8, 9]


def test_frames_of_equal_motion_are_taken_where_the_function_changes():
    bias = np.concatenate([np.zeros(50), np.linspace(0, 1, 51), np.ones(50)])
    parameters = np.stack([np.ones(151), np.ones(151), np.ones(151), bias], axis=1)
    chosen = choose_frames(history_at(range(151), parameters), 11, "motion")
    assert np.count_nonzero((chosen > 50) & (chosen <= 100)) >= 8
    moved = np.diff(bias[chosen])
    assert moved.max() < 0.13


def test_frames_lie_between_the_epochs_asked_for():
    history = history_at(range(0, 101, 10))
    assert history.epoch[choose_frames(history, 100, first_epoch=15, last_epoch=50)].tolist() == [
        20,
        30,
        40,
        50,
    ]


@pytest.mark.parametrize("between", [(200, None), (11, 19), (50, 20)])
def test_epochs_without_snapshots_are_refused(between):
    with pytest.raises(InputError, match="no snapshot was recorded"):
        choose_frames(
            history_at(range(0, 101, 10)), 10, first_epoch=between[0], last_epoch=between[1]
        )


def test_an_unknown_spacing_is_refused():
    with pytest.raises(InputError, match="log, linear, motion"):
        choose_frames(history_at([0, 1]), 2, "cubic")
