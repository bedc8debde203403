"""Two of frames, frames a second and seconds determine the third."""

import pytest

from relusgd.errors import InputError
from relusgd.pictures.timing import Timing


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
