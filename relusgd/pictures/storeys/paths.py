"""The paths of elbows over time, one line for every stretch on which a unit bends about equally
much."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from relusgd.model.breakpoints import breakpoints
from relusgd.model.network import Array
from relusgd.pictures.kit.axis import TimeAxis
from relusgd.pictures.kit.plain_matplotlib import Artist, Axes, LineCollection
from relusgd.pictures.kit.sheet import Sheet
from relusgd.pictures.moments.key_moments import sampled_snapshots
from relusgd.pictures.panels.marks import relative
from relusgd.pictures.scenes.scales import Scales
from relusgd.pictures.scenes.snapshot_view import bending
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.strength import SHADES, bend_colours, layer_colours

SAMPLES = 700
"""Snapshots through which a path is drawn: a few for each row of pixels."""

DEEP_SAMPLES = 300
"""Snapshots of deep networks whose breakpoints are drawn."""

WIDE_SAMPLES = 60
"""The same of networks with wide layers."""

SMOOTHED = 9
"""The strength of a path is the mean over so many of its snapshots: a shade must not flicker."""

THINNEST = 0.8
"""The width of the weakest path, in pixels."""

THICKER = 2.7
"""By how much the strongest path is wider, in pixels."""

JUMP = 0.12
"""A piece of a path may be a jump from this width on, as a share of the domain."""

STEEPEST = 20.0
"""A wide piece is a jump where it is so many times as wide as it is high, both as shares of the
storey."""

DOT = 1.8
"""The size of a breakpoint of a deep network, in pixels."""


def draw_paths(
    sheet: Sheet, axes: Axes, view: View, time: TimeAxis, clock: Array, scales: Scales
) -> Artist:
    """The paths of all elbows of one hidden layer, strong ones over weak ones.

    clock: when each snapshot was taken, on the axis of time, shape (snapshots,).
    """
    rows = sampled_snapshots(view, SAMPLES, WIDE_SAMPLES)
    history, scaling = view.history, view.dataset.scaling
    x = scaling.x_to_original(history.elbow[rows])
    y = time.place(clock[rows])
    shade, sign = _shades_and_signs(view, rows, scales)
    drawn = _is_path(x, y, history.slope[rows], scales.x)
    # One number says how a piece is drawn; 0 is not at all.
    look = np.where(drawn, 1 + 2 * shade + (sign > 0), 0)
    lines, looks = [], []
    for unit in range(x.shape[1]):
        for first, last, kind in _stretches(look[:, unit]):
            points = slice(first, last + 1)
            lines.append(np.column_stack([x[points, unit], y[points]]))
            looks.append(kind - 1)
    amount = np.array(looks, dtype=np.int64) // 2 / SHADES
    bends_up = np.array(looks, dtype=np.int64) % 2 == 1
    order = np.argsort(amount, kind="stable")
    paths = LineCollection(
        [lines[line] for line in order],
        colors=bend_colours(sheet, np.where(bends_up, 1.0, -1.0), amount)[order],
        linewidths=sheet.points(1.0) * (THINNEST + THICKER * amount[order]),
        capstyle="round",
        joinstyle="round",
    )
    axes.add_collection(paths, autolim=False)
    return paths


def _is_path(x: Array, y: Array, slope: Array, domain: tuple[float, float]) -> NDArray[np.bool_]:
    """Which pieces from one row to the next are drawn, shape (rows − 1, units).

    Not those outside of the domain, and no jumps: when the slope of a unit changes sign, its elbow
    passes infinity and not the picture.
    """
    low, high = domain
    with np.errstate(all="ignore"):
        same_side = slope[:-1] * slope[1:] > 0
        reaches_in = (np.maximum(x[:-1], x[1:]) >= low) & (np.minimum(x[:-1], x[1:]) <= high)
        across = np.abs(np.diff(x, axis=0)) / (high - low)
        down = np.diff(y) / (np.ptp(y) or 1.0)
        is_jump = (across > JUMP) & (across > STEEPEST * down[:, None])
    return same_side & reaches_in & ~is_jump & np.isfinite(across)


def _shades_and_signs(
    view: View, rows: NDArray[np.int64], scales: Scales
) -> tuple[NDArray[np.int64], Array]:
    """How strongly, from 0 to SHADES, and whereto each unit bends the function between one of these
    snapshots and the next, shape (rows − 1, units)."""
    strength = np.stack([original_bending(view, int(row)) for row in rows])
    amount = _smoothed(relative(strength, scales.kink))
    sign = np.sign(view.history.output_weight[rows])
    return np.rint(amount[1:] * SHADES).astype(np.int64), sign[1:]


def original_bending(view: View, row: int) -> Array:
    """|slope change| of every unit of the first layer, in the units of the data."""
    scaling = view.dataset.scaling
    return bending(view.history.network(row)) * scaling.y_deviation / scaling.x_deviation


def _smoothed(amount: Array) -> Array:
    """The mean of each row and its neighbours, SMOOTHED in all, fewer at the ends."""
    reach = min(SMOOTHED, len(amount)) // 2
    total = np.cumsum(np.concatenate([np.zeros((1, amount.shape[1])), amount]), axis=0)
    here = np.arange(len(amount))
    first, stop = np.maximum(here - reach, 0), np.minimum(here + reach + 1, len(amount))
    return np.asarray((total[stop] - total[first]) / (stop - first)[:, None])


def _stretches(look: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    """First piece, first piece after, and look of every stretch of pieces that look alike."""
    if not len(look):
        return
    edges = np.flatnonzero(np.diff(look)) + 1
    starts = [0, *edges.tolist()]
    for first, last in zip(starts, [*edges.tolist(), len(look)], strict=True):
        if look[first]:
            yield first, last, int(look[first])


def draw_breakpoints(
    sheet: Sheet, axes: Axes, view: View, time: TimeAxis, clock: Array, scales: Scales
) -> Artist:
    """The breakpoints of a deep network as dots, by the layer whose unit switches there."""
    rows = sampled_snapshots(view, DEEP_SAMPLES, WIDE_SAMPLES)
    found = [breakpoints(view.history.network(int(row))) for row in rows]
    x = view.dataset.scaling.x_to_original(np.concatenate([points.x for points in found]))
    layer = np.concatenate([points.layer for points in found])
    place = np.repeat(time.place(clock[rows]), [len(points) for points in found])
    low, high = scales.x
    inside = (x >= low) & (x <= high)
    colours = layer_colours(sheet, layer[inside], np.full(np.count_nonzero(inside), 0.5))
    return axes.scatter(
        x[inside],
        place[inside],
        s=sheet.points(DOT) ** 2,
        c=colours,
        linewidths=0,
        rasterized=True,
    )
