"""The frames of a film: how many, how fast, and which snapshots they show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from relusgd.diagnostics.events.film_clock import film_places, rows_along_film
from relusgd.diagnostics.events.smoothing import window_bounds, window_means
from relusgd.errors import InputError
from relusgd.model.network import Array, Integers
from relusgd.pictures.kit.axis import SOFT_START
from relusgd.pictures.scenes.scene import Scene

FPS, FPS_OF_VIDEO = 15.0, 30.0
"""Frames a second of a GIF and of a video, when nothing is said."""

SECONDS = 10.0
"""How long such a film is, from its first frame to its last one."""

MOST_FRAMES = 20_000

SLOWEST = 0.1
"""The fewest frames a second to which a film of few snapshots is slowed down."""

SPACINGS = ("log", "linear", "motion")

MOST_COMPARED = 400
"""At most this many snapshots are compared to find equal changes."""

REACH = 0.01
"""How far before and after a snapshot its neighbours reach, as a share of the film's clock."""

SHARE_OF_CLOCK = 0.25
"""What the whole clock counts beside the whole way of the function, so that a film does not jump
over a time in which only elbows move."""

Indices = Integers
"""Places of moments, in the order of time."""


# How many frames, and how fast


@dataclass(frozen=True)
class Timing:
    """frames: how many; fps: how many a second."""

    frames: int
    fps: float

    @property
    def seconds(self) -> float:
        """frames/fps; a film's last frame may stand longer."""
        return self.frames / self.fps

    @classmethod
    def resolve(
        cls,
        frames: int | None = None,
        fps: float | None = None,
        seconds: float | None = None,
        available: int | None = None,
        usual_fps: float = FPS,
    ) -> Timing:
        """The timing of a film for which at most two of the three numbers need be given.

        The usual frames a second, and what makes ten seconds of them, such as 151 frames at 15
        frames a second, fill what is missing. available: the number of snapshots.
        If they are fewer than the frames, each is shown once and for longer (at most ten seconds),
        so that the film lasts as long. Raises InputError for numbers that are no film, and for
        three that contradict each other.
        """
        _check_numbers(frames, fps, seconds)
        timing = cls._complete(frames, fps, seconds, usual_fps)
        if timing.frames > MOST_FRAMES:
            raise InputError(
                f"a film of {timing.frames:,} frames is longer than {MOST_FRAMES:,}",
                "give fewer seconds or frames",
            )
        if available is None or available >= timing.frames:
            return timing
        slowest = min(timing.fps, SLOWEST)
        return cls(available, max(available / timing.seconds, slowest))

    @classmethod
    def _complete(
        cls, frames: int | None, fps: float | None, seconds: float | None, usual_fps: float
    ) -> Timing:
        """The timing with what is missing of the three numbers."""
        if frames is None and seconds is None:
            frames = 1 + round(SECONDS * usual_fps)
        elif frames is None and seconds is not None:
            frames = _whole_frames(seconds * (fps or usual_fps))
        assert frames is not None
        if fps is None:
            fps = usual_fps if seconds is None else frames / seconds
        return cls(frames, fps)


def _check_numbers(frames: int | None, fps: float | None, seconds: float | None) -> None:
    """Raise InputError for a number that is none of a film, and where three contradict."""
    for name, given in (("frames", frames), ("fps", fps), ("seconds", seconds)):
        if given is not None and not 0 < given < float("inf"):
            raise InputError(f"{name} is {given:g}; it must be a finite number greater than 0")
    if frames is None or fps is None or seconds is None:
        return
    frames_of_seconds = fps * seconds
    if abs(frames - frames_of_seconds) > 1:
        raise InputError(
            f"{frames} frames at {fps:g} a second last {frames / fps:g} s, not {seconds:g} s",
            "give two of frames, fps and seconds",
        )


def _whole_frames(count: float) -> int:
    return max(1, round(min(count, 1e9)))


# Which snapshots


def choose_frames(
    scene: Scene,
    frames: int,
    spacing: str = "log",
    *,
    first_epoch: int | None = None,
    last_epoch: float | None = None,
) -> Indices:
    """Indices of distinct moments in ascending order, with the first and last between the epochs.

    The moments of one run are its recorded snapshots. spacing:

    - linear: equally many epochs apart.
    - log: early epochs are closer together, evenly along the logarithmic axis of time.
    - motion: the function, freed from the trembling of SGD, goes equally far (root mean square over
      the test points), with a fifth of the film for the clock.

    Where a spacing would repeat a moment, the next unused one is taken. If there are fewer moments
    than frames, all are taken. Raises InputError for an unknown spacing, and when nothing was
    recorded between the epochs.
    """
    if spacing not in SPACINGS:
        raise InputError(f"the spacing is one of {', '.join(SPACINGS)}, not {spacing!r}")
    if frames < 1:
        raise InputError(f"a film needs at least one frame, not {frames}")
    start, stop = _rows_between(scene.clock, first_epoch, last_epoch)
    if frames >= stop - start:
        return np.arange(start, stop)
    if frames == 1:
        return np.array([stop - 1])
    clock = scene.clock[start:stop]
    if spacing == "motion":
        return start + _by_motion(clock, lambda row: scene.values(start + row), frames)
    return start + _by_clock(clock, frames, spacing)


def _rows_between(
    clock: Array, first_epoch: int | None, last_epoch: float | None
) -> tuple[int, int]:
    """The half-open range of rows from the end of the first epoch to that of the last one."""
    start, stop = 0, len(clock)
    if first_epoch is not None:
        start = int(np.searchsorted(clock, first_epoch))
    if last_epoch is not None:
        stop = int(np.searchsorted(clock, last_epoch, side="right"))
    if start < stop:
        return start, stop
    if first_epoch is None:
        asked = f" until epoch {last_epoch:,}"
    elif last_epoch is None:
        asked = f" from epoch {first_epoch:,} on"
    else:
        asked = f" from epoch {first_epoch:,} to {last_epoch:,}"
    raise InputError(
        f"no snapshot was recorded{asked}",
        f"those recorded are of the epochs {int(clock[0]):,} to {int(clock[-1]):,}",
    )


def _by_clock(clock: Array, frames: int, spacing: str) -> Indices:
    """Rows whose moments are evenly spaced along the axis of time, as nearly as was recorded."""
    wanted = wanted_epochs(clock[0], clock[-1], frames, spacing)
    return distinct(nearest(clock, wanted), len(clock))


def wanted_epochs(first: float, last: float, frames: int, spacing: str) -> Array:
    """Epochs, seldom whole, that are evenly spaced along the time axis.

    log: t = log(1 + (epoch − first)/softness) is evenly spaced.
    """
    if spacing == "linear":
        return np.linspace(first, last, frames)
    softness = (last - first) / SOFT_START
    t = np.linspace(0.0, np.log1p(SOFT_START), frames)
    return first + softness * np.expm1(t)


def nearest(clock: Array, wanted: Array) -> Indices:
    """The index of the recorded moment nearest to each wanted one; both ascend."""
    last = len(clock) - 1
    after = np.clip(np.searchsorted(clock, wanted), 1, last)
    to_before = wanted - clock[after - 1]
    to_after = clock[after] - wanted
    before_is_nearer = to_before < to_after
    return after - before_is_nearer


def distinct(indices: Indices, available: int) -> Indices:
    """The ascending indices, with repetitions moved to the next unused index.

    All stay below `available`, which is at least their number.
    """
    count = len(indices)
    order = np.arange(count)
    # Less their order, distinct indices never descend.
    moved = np.maximum.accumulate(indices - order) + order
    last_that_leaves_room = available - count + order
    return np.minimum(moved, last_that_leaves_room)


def _by_motion(clock: Array, values_at: Callable[[int], Array], frames: int) -> Indices:
    """Rows between which the smooth function goes equally far, and the clock of films, too.

    The mean of neighbouring snapshots goes the way of the function, without the trembling of SGD.
    """
    compared = rows_along_film(clock, MOST_COMPARED)
    places = film_places(clock[compared])
    values = _within_reason(np.stack([values_at(int(row)) for row in compared]))
    smooth = window_means(values, *window_bounds(places, places, REACH))
    squares = np.square(np.diff(smooth, axis=0))
    steps = np.sqrt(np.mean(squares, axis=1))
    way = np.concatenate([[0.0], np.cumsum(steps)])
    whole_way = way[-1] or 1.0
    progress = way / whole_way + SHARE_OF_CLOCK * places
    even = np.linspace(0.0, progress[-1], frames)
    wanted = np.interp(even, progress, clock[compared])
    return distinct(nearest(clock, wanted), len(clock))


def _within_reason(values: Array) -> Array:
    """Values of functions, cut to a few times the range of most of them: a function that shoots off
    would be all the way that there is."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return np.zeros_like(values)
    low, high = np.quantile(finite, [0.05, 0.95])
    room = high - low
    without_nan = np.nan_to_num(values, nan=high)
    return np.clip(without_nan, low - room, high + room)
