"""Frames are distinct recorded snapshots, from the first to the last."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relusgd.errors import InputError
from relusgd.model.history import History
from relusgd.model.points import Dataset
from relusgd.pictures.moments.frames import SPACINGS, Timing, choose_frames, distinct
from relusgd.pictures.scenes.view import View

POINTS = np.linspace(0, 1, 20)
DATA = Dataset(POINTS, POINTS, POINTS, POINTS, (0.0, 1.0))


def history_at(epochs, parameters=None):
    """A view of snapshots of a network with one unit at these epochs."""
    epochs = np.array(epochs)
    vectors = np.tile([1.0, 0.0, 1.0, 0.0], (len(epochs), 1)) if parameters is None else parameters
    return View(History.from_parameters(epochs, 5 * epochs, vectors, [1], {}), DATA)


def history_at_steps(steps):
    """The same at these steps, of which 5 are an epoch."""
    steps = np.array(steps)
    vectors = np.tile([1.0, 0.0, 1.0, 0.0], (len(steps), 1))
    history = History.from_parameters(steps // 5, steps, vectors, [1], {}, steps_per_epoch=5)
    return View(history, DATA)


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
    assert moved.max() < 0.15


def test_frames_of_equal_motion_are_not_drawn_to_what_only_trembles():
    """A way of 1 in the first tenth, then a trembling that adds up to a hundred times that."""
    tremble = 0.05 * np.random.RandomState(0).randn(4001) * (np.arange(4001) > 400)
    bias = np.minimum(np.arange(4001) / 400, 1.0) + tremble
    parameters = np.stack([np.ones(4001)] * 3 + [bias], axis=1)
    chosen = choose_frames(history_at(range(4001), parameters), 50, "motion")
    assert np.count_nonzero(chosen <= 400) >= 25


def test_frames_lie_between_the_epochs_asked_for():
    history = history_at(range(0, 101, 10))
    assert history.clock[choose_frames(history, 100, first_epoch=15, last_epoch=50)].tolist() == [
        20,
        30,
        40,
        50,
    ]


def test_an_epoch_asked_for_is_its_end():
    steps = [*range(13), 15, 20]
    chosen = choose_frames(history_at_steps(steps), 100, first_epoch=1, last_epoch=2)
    assert np.array(steps)[chosen].tolist() == [5, 6, 7, 8, 9, 10]


def test_single_steps_lie_at_their_place_within_the_epoch():
    steps = [0, 1, 2, 3, 4, 5, 10, 15, 20]
    chosen = choose_frames(history_at_steps(steps), 5, "linear")
    assert np.array(steps)[chosen].tolist() == [0, 5, 10, 15, 20]


@pytest.mark.parametrize("between", [(200, None), (11, 19), (50, 20)])
def test_epochs_without_snapshots_are_refused(between):
    with pytest.raises(InputError, match="no snapshot was recorded"):
        choose_frames(
            history_at(range(0, 101, 10)), 10, first_epoch=between[0], last_epoch=between[1]
        )


def test_an_unknown_spacing_is_refused():
    with pytest.raises(InputError, match="log, linear, motion"):
        choose_frames(history_at([0, 1]), 2, "cubic")


@pytest.mark.parametrize(
    ("given", "frames", "fps"),
    [
        ({}, 151, 15),
        ({"frames": 100, "fps": 10}, 100, 10),
        ({"frames": 100, "seconds": 20}, 100, 5),
        ({"fps": 30, "seconds": 4}, 120, 30),
        ({"frames": 60}, 60, 15),
        ({"fps": 30}, 151, 30),
        ({"seconds": 20}, 300, 15),
        ({"frames": 100, "fps": 10, "seconds": 10}, 100, 10),
    ],
)
def test_two_numbers_determine_the_third(given, frames, fps):
    assert Timing.resolve(**given) == Timing(frames, pytest.approx(fps))


def test_three_numbers_that_contradict_each_other_are_refused():
    with pytest.raises(InputError, match=r"100 frames at 10 a second last 10 s, not 20 s"):
        Timing.resolve(100, 10, 20)


NO_FILMS = [
    {"frames": 0},
    {"fps": -1},
    {"seconds": 0},
    {"fps": float("nan")},
    {"seconds": float("inf")},
    {"seconds": 1e9},
]


@pytest.mark.parametrize("given", NO_FILMS)
def test_numbers_that_are_no_film_are_refused(given):
    with pytest.raises(InputError):
        Timing.resolve(**given)


def test_few_snapshots_are_shown_slower_so_that_the_film_lasts_as_long():
    assert Timing.resolve(frames=100, fps=10, available=20) == Timing(20, pytest.approx(2.0))


def test_no_snapshot_is_shown_for_more_than_ten_seconds():
    assert Timing.resolve(seconds=600, available=2).fps == pytest.approx(0.1)


def test_more_snapshots_than_frames_change_nothing():
    assert Timing.resolve(available=30_001) == Timing(151, 15)
