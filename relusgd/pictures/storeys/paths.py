"""The paths of elbows over time, one line for every stretch on which a unit bends about equally
much."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from relusgd.diagnostics.events.smoothing import window_means
from relusgd.model.network import Array, Booleans, Integers, Range
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


NOT_DRAWN = 0
"""The look of a piece of a path that is not drawn."""


def draw_paths(
    sheet: Sheet,
    axes: Axes,
    view: View,
    time: TimeAxis,
    clock: Array,
    scales: Scales,
) -> Artist:
    """The paths of all elbows of one hidden layer, strong ones over weak ones.

    clock: when each snapshot was taken, on the axis of time, shape (snapshots,).
    """
    rows = sampled_snapshots(view, SAMPLES, WIDE_SAMPLES)
    history = view.history
    x = view.dataset.scaling.x_to_original(history.elbow[rows])
    y = time.place(clock[rows])
    shade, sign = _shades_and_signs(view, rows, scales)
    is_drawn = _is_path(x, y, history.slope[rows], scales.x)
    look = np.where(is_drawn, _looks(shade, sign), NOT_DRAWN)
    lines, looks = _lines_by_look(x, y, look)
    looks_of_lines = np.array(looks, dtype=np.int64)
    shades, bends_up = _shades_and_bends(looks_of_lines)
    amount = shades / SHADES
    weak_first = np.argsort(amount, kind="stable")
    sign_of_lines = np.where(bends_up, 1.0, -1.0)
    colours = bend_colours(sheet, sign_of_lines, amount)
    widths = sheet.points(1.0) * (THINNEST + THICKER * amount)
    paths = LineCollection(
        [lines[line] for line in weak_first],
        colors=colours[weak_first],
        linewidths=widths[weak_first],
        capstyle="round",
        joinstyle="round",
    )
    axes.add_collection(paths, autolim=False)
    return paths


def _looks(shade: Integers, sign: Array) -> Integers:
    """One number, from 1 on, for shade and direction of a piece, so that pieces that look alike
    are found by one comparison."""
    bends_up = (sign > 0).astype(np.int64)
    return 1 + 2 * shade + bends_up


def _shades_and_bends(looks: Integers) -> tuple[Integers, Booleans]:
    """The shades, and whether it bends up, of these numbers: `_looks` backwards."""
    shade, bends_up = np.divmod(looks - 1, 2)
    return shade, bends_up == 1


def _lines_by_look(x: Array, y: Array, look: Integers) -> tuple[list[Array], list[int]]:
    """The points of every line of all paths, and how each line looks.

    x: shape (rows, units), y: shape (rows,), look: of the pieces between, shape (rows − 1, units).
    """
    lines: list[Array] = []
    looks: list[int] = []
    _, units = x.shape
    for unit in range(units):
        for first, stop, kind in _stretches(look[:, unit]):
            # A piece has a point at either end, so there is one point more than pieces.
            points = slice(first, stop + 1)
            line = np.column_stack([x[points, unit], y[points]])
            lines.append(line)
            looks.append(kind)
    return lines, looks


def _is_path(x: Array, y: Array, slope: Array, domain: Range) -> Booleans:
    """Which pieces from one row to the next are drawn, shape (rows − 1, units).

    Not those outside of the domain, and no jumps: when the slope of a unit changes sign, its elbow
    passes infinity and not the picture.
    """
    low, high = domain
    height = np.ptp(y) or 1.0
    start = x[:-1]
    end = x[1:]
    with np.errstate(all="ignore"):
        keeps_sign = slope[:-1] * slope[1:] > 0
        left_end = np.minimum(start, end)
        right_end = np.maximum(start, end)
        reaches_in = (right_end >= low) & (left_end <= high)
        across = np.abs(end - start) / (high - low)
        down = np.diff(y)[:, None] / height
        is_wide = across > JUMP
        is_flat = across > STEEPEST * down
    is_jump = is_wide & is_flat
    return keeps_sign & reaches_in & ~is_jump & np.isfinite(across)


def _shades_and_signs(view: View, rows: Integers, scales: Scales) -> tuple[Integers, Array]:
    """How strongly, from 0 to SHADES, and whereto each unit bends the function between one of these
    snapshots and the next, shape (rows − 1, units)."""
    strength = np.stack([bending(view.history.network(int(row))) for row in rows])
    amount = _smoothed(relative(strength, scales.kink))
    shade = np.rint(amount * SHADES).astype(np.int64)
    sign = np.sign(view.history.output_weight[rows])
    # A piece looks like the snapshot at its end.
    return shade[1:], sign[1:]


def _smoothed(amount: Array) -> Array:
    """The mean of each row and its neighbours, SMOOTHED in all, fewer at the ends."""
    count = len(amount)
    reach = min(SMOOTHED, count) // 2
    here = np.arange(count)
    first = np.maximum(here - reach, 0)
    stop = np.minimum(here + reach + 1, count)
    return window_means(amount, first, stop)


def _stretches(look: Integers) -> Iterator[tuple[int, int, int]]:
    """First piece, first piece after, and look of every stretch of pieces that look alike."""
    if not len(look):
        return
    first_of_others = np.flatnonzero(np.diff(look)) + 1
    changes = first_of_others.tolist()
    starts = [0, *changes]
    stops = [*changes, len(look)]
    for first, stop in zip(starts, stops, strict=True):
        kind = int(look[first])
        if kind != NOT_DRAWN:
            yield first, stop, kind


def draw_breakpoints(
    sheet: Sheet,
    axes: Axes,
    view: View,
    time: TimeAxis,
    clock: Array,
    scales: Scales,
) -> Artist:
    """The breakpoints of a deep network as dots, by the layer whose unit switches there."""
    rows = sampled_snapshots(view, DEEP_SAMPLES, WIDE_SAMPLES)
    snapshot, x, layer = view.breakpoints(rows)
    place = time.place(clock[rows])[snapshot]
    low, high = scales.x
    is_inside = (x >= low) & (x <= high)
    medium = np.full(np.count_nonzero(is_inside), 0.5)
    colours = layer_colours(sheet, layer[is_inside], medium)
    return axes.scatter(
        x[is_inside],
        place[is_inside],
        s=sheet.points(DOT) ** 2,
        c=colours,
        linewidths=0,
        rasterized=True,
    )
