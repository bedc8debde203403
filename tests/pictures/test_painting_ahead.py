"""Films whose frames are painted ahead by other processes."""

import os
from contextlib import closing

import numpy as np
import pytest

from relusgd.pictures.films import painting_ahead
from relusgd.pictures.films.painting_ahead import painted

FRAMES = 9
FILM = 60


class Numbers:
    """Paints pictures whose pixels are all the index, and cannot paint the index `broken`."""

    size = (7, 5)

    def __init__(self, broken=None):
        self.broken = broken

    def paint(self, index):
        if index == self.broken:
            raise ValueError(f"cannot paint {index}")
        return np.full((5, 7, 4), index, dtype=np.uint8)


@pytest.fixture(params=[0, 1, 3])
def count(request, monkeypatch):
    """How many processes paint ahead."""
    if request.param and not hasattr(os, "fork"):
        pytest.skip("no fork on this system")
    monkeypatch.setattr(painting_ahead, "painters_for", lambda _: request.param)
    return request.param


@pytest.fixture
def are_gone(monkeypatch):
    """Whether all processes that were forked in the test have ended and were waited for; others of
    this process, such as those of sweeps, are none of its business.
    """
    forked, fork = [], os.fork

    def noted():
        forked.append(fork())
        return forked[-1]

    monkeypatch.setattr(os, "fork", noted)
    return lambda: not any(map(is_child, forked))


def is_child(process):
    """Whether this is a child of this process, ended or not, for which nobody has waited."""
    try:
        os.waitpid(process, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def test_frames_come_in_order_whoever_paints_them(count):
    with painted(Numbers(), range(FRAMES)) as frames:
        seen = [int(frame[2, 3, 1]) for frame in frames]
    assert seen == list(range(FRAMES))


def test_who_stops_early_leaves_no_process(count, are_gone):
    with painted(Numbers(), range(200)) as frames:
        next(frames)
        assert are_gone() == (count == 0)
    assert are_gone()


def test_what_a_painter_cannot_paint_is_told_here(count, are_gone):
    seen = []
    with pytest.raises(ValueError, match="cannot paint 4"):  # noqa: SIM117
        with painted(Numbers(broken=4), range(FRAMES)) as frames:
            seen += [int(frame[0, 0, 0]) for frame in frames]
    assert are_gone()


def test_a_short_film_is_painted_by_one_process():
    assert painting_ahead.painters_for(painting_ahead.FEWEST_FRAMES - 1) == 0


@pytest.mark.parametrize(
    ("size", "slots"), [((1, 1), 6), ((1000, 700), 6), ((1920, 1080), 3), ((3840, 2160), 3)]
)
def test_a_painter_is_fewer_frames_ahead_where_they_are_large(size, slots):
    width, height = size
    assert painting_ahead.slots_for(width * height * 4) == slots


class WaitingNumbers(Numbers):
    """Paints in other processes only after a picture in this one, and counts those of this one."""

    def __init__(self):
        super().__init__()
        self.painted_here = []
        self.process = os.getpid()
        self.allowed, self.allow = os.pipe()

    def paint(self, index):
        if os.getpid() == self.process:
            self.painted_here.append(index)
            os.write(self.allow, b"1" * FILM)
        else:
            os.read(self.allowed, 1)
        return super().paint(index)

    def close(self):
        os.close(self.allowed)
        os.close(self.allow)


def test_who_would_wait_paints_too_and_no_frame_is_lost_or_told_twice(count):
    painter = WaitingNumbers()
    with closing(painter), painted(painter, range(FILM)) as frames:
        seen = [int(frame[2, 3, 1]) for frame in frames]
    assert seen == list(range(FILM))
    assert len(set(painter.painted_here)) == len(painter.painted_here) > 0
