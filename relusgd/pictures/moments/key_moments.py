"""The key moments of a run: snapshots between which the learned function changes as much.

SGD shakes the function at every step. The way that it goes is therefore measured on means over
neighbouring snapshots, and moments keep a distance along the axis of time.
"""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.events.smoothing import window_bounds, window_means
from relusgd.model.network import Array, Integers
from relusgd.pictures.kit.axis import TimeAxis
from relusgd.pictures.moments.frames import distinct, nearest, wanted_epochs
from relusgd.pictures.scenes.view import View

SAMPLES = 160
"""Snapshots on which the way is measured."""

WIDE = 5000
"""Units, from which on a snapshot takes long to evaluate."""

WIDE_SAMPLES = 40
"""Snapshots on which the way is measured for layers wider than WIDE."""

WINDOW = 0.04
"""How far before and after a snapshot its neighbours reach, as a share of the axis of time."""

LEAST_APART = 0.8
"""The share of the distance wished for that moments keep: they stand where snapshots were taken."""

TIME = 0.25
"""What the whole axis of time counts beside the whole way of the function."""


def key_moments(view: View, count: int, apart: float) -> list[int]:
    """The rows of `count` snapshots, of fewer where few were recorded, with the first and the last.

    apart: the distance that two keep along the axis of time, as a share of it.
    """
    if len(view) <= count:
        every_row = np.arange(len(view))
        return _kept_apart(every_row, _places(view, every_row), apart)
    rows = sampled_snapshots(view, SAMPLES, WIDE_SAMPLES)
    place = _places(view, rows)
    values = _finite_values(view, rows)
    smooth = _smoothed(values, place)
    progress = _progress(smooth, place)
    equal_progress = np.linspace(0, progress[-1], count)
    place_of_progress = np.interp(equal_progress, progress, place)
    even_share = 1 / (count - 1)
    wanted = spread(place_of_progress, min(apart, even_share))
    inner = [_calmest(target, place, values, smooth) for target in wanted[1:-1]]
    last = len(rows) - 1
    chosen = np.unique([0, *inner, last])
    return _kept_apart(rows[chosen], place[chosen], apart)


def _progress(smooth: Array, place: Array) -> Array:
    """How far the function has come at each snapshot: its way from 0 to 1, and some of the time.

    smooth: its values without the trembling of SGD, shape (n, points). place: on the axis of time.
    """
    steps = _distances(smooth[1:], smooth[:-1])
    way = np.concatenate([[0.0], np.cumsum(steps)])
    whole_way = way[-1] or 1.0
    return np.asarray(way / whole_way + TIME * place)


def sampled_snapshots(view: View, usual: int, wide: int) -> Integers:
    """Rows of at most this many snapshots, evenly spaced along the axis of time.

    wide: how many for layers wider than WIDE.
    """
    most = wide if max(view.history.hidden) > WIDE else usual
    if len(view) <= most:
        return np.arange(len(view))
    wanted = wanted_epochs(view.clock[0], view.clock[-1], most, "log")
    return distinct(nearest(view.clock, wanted), len(view))


def spread(places: Array, apart: float) -> Array:
    """Ascending places from 0 to 1, moved as little as it takes to stand this far apart.

    The first and the last stay. apart: at most an even share.
    """
    moved = places.copy()
    inner = range(1, len(moved) - 1)
    for index in inner:
        least = moved[index - 1] + apart
        moved[index] = max(moved[index], least)
    for index in reversed(inner):
        most = moved[index + 1] - apart
        moved[index] = min(moved[index], most)
    return moved


def _kept_apart(rows: Integers, place: Array, apart: float) -> list[int]:
    """The rows without those that stand much closer than `apart` to one before, or to the last."""
    least = LEAST_APART * apart
    last = len(rows) - 1
    kept = [0]
    for index in range(1, last):
        from_kept = place[index] - place[kept[-1]]
        to_last = place[last] - place[index]
        if from_kept >= least and to_last >= least:
            kept.append(index)
    if last > 0:
        kept.append(last)
    return [int(row) for row in rows[kept]]


def _places(view: View, rows: Integers) -> Array:
    """Where snapshots stand along the axis of time, from 0 to 1."""
    first = float(view.clock[0])
    last = float(view.clock[-1])
    axis = TimeAxis(first, last)
    place = axis.place(view.clock[rows])
    whole = place[-1] or 1.0
    return np.asarray(place / whole)


def _finite_values(view: View, rows: Integers) -> Array:
    """The learned functions of snapshots, shape (n, points), cut to the limits of the picture: what
    lies beyond is not seen to move."""
    low, high = view.y_limits
    with np.errstate(all="ignore"):
        values = np.stack([view.values(int(row)) for row in rows])
    finite = np.nan_to_num(values, nan=low, posinf=high, neginf=low)
    return np.clip(finite, low, high)


def _smoothed(values: Array, place: Array) -> Array:
    """The mean of each snapshot and its neighbours within WINDOW, shape as given."""
    first, stop = window_bounds(place, place, WINDOW)
    # As many neighbours on either side, so that the mean stands where the snapshot does.
    here = np.arange(len(values))
    reach = np.minimum(here - first, stop - 1 - here)
    return window_means(values, here - reach, here + reach + 1)


def _distances(one: Array, other: Array) -> Array:
    """The root mean square difference of functions, row by row."""
    mean_squares = np.mean((one - other) ** 2, axis=1)
    return np.asarray(np.sqrt(mean_squares))


def _calmest(target: float, place: Array, values: Array, smooth: Array) -> int:
    """The index of the snapshot near a place that differs least from the mean there."""
    from_target = np.abs(place - target)
    nearest_one = int(np.argmin(from_target))
    from_nearest = np.abs(place - place[nearest_one])
    near = np.flatnonzero(from_nearest <= WINDOW / 2)
    off_the_mean = _distances(values[near], smooth[[nearest_one]])
    calmest = np.argmin(off_the_mean)
    return int(near[calmest])
