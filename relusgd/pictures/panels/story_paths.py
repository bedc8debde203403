"""The paths in a run's story: where the elbows, or the breakpoints of a deep network, were over
time."""

from __future__ import annotations

import numpy as np

from relusgd.model.network import Array, Booleans, Integers, Range
from relusgd.pictures.kit.axis import TimeAxis
from relusgd.pictures.kit.plain_matplotlib import Axes, LineCollection
from relusgd.pictures.kit.sheet import Sheet
from relusgd.pictures.moments.key_moments import sampled_snapshots
from relusgd.pictures.panels.marks import pale, relative, sign_colours
from relusgd.pictures.scenes.scales import Scales
from relusgd.pictures.scenes.snapshot_view import bending, strongest
from relusgd.pictures.scenes.view import View

MOST_PATHS = 100
"""Of more units, the elbows of those that bend the function most over the whole run are
followed."""

SAMPLES, WIDE_SAMPLES = 300, 40
"""Snapshots through which a path is drawn; fewer for very wide layers."""

THINNEST, THICKER = 0.7, 2.6
"""The width of the weakest path, and by how much the strongest is wider, in pixels."""


def paths_name(view: View) -> str:
    """The title of the paths."""
    if view.deep:
        return "breakpoints over time, by layer"
    if view.history.hidden[0] > MOST_PATHS:
        return f"{MOST_PATHS} strongest elbows over time"
    return "elbows over time"


def draw_elbows(sheet: Sheet, axes: Axes, view: View, time: TimeAxis, scales: Scales) -> None:
    """Draw each unit's elbow over time.

    Its colour is the sign of the output weight; it is stronger where the unit bends the function
    more.
    """
    rows = sampled_snapshots(view, SAMPLES, WIDE_SAMPLES)
    networks = [view.history.network(row) for row in rows]
    every_strength = np.stack([bending(network) for network in networks])
    units = _strongest_over_time(every_strength)
    strength = every_strength[:, units]
    segments = _segments_of_elbows(view, rows, units, time)
    is_drawn = _is_drawn(segments, view, rows, units, scales.x)
    # A piece looks like the snapshot at its end.
    full = full_strength(strength, scales, view)
    amount = relative(strength[1:], full)[is_drawn]
    weight = np.stack([network.output_weight[units] for network in networks])
    sign = np.sign(weight[1:][is_drawn])
    weak_first = np.argsort(amount, kind="stable")
    amount = amount[weak_first]
    widths = THINNEST + THICKER * amount
    paths = LineCollection(
        list(segments[is_drawn][weak_first]),
        colors=sign_colours(sheet, sign[weak_first], amount),
        linewidths=sheet.points(1.0) * widths,
        capstyle="round",
    )
    axes.add_collection(paths, autolim=False)


def _strongest_over_time(strength: Array) -> Integers:
    """The units that bend the function most on average; strength: shape (n, units)."""
    mean_strength = np.nan_to_num(strength.mean(axis=0))
    return strongest(mean_strength, MOST_PATHS)


def _segments_of_elbows(view: View, rows: Integers, units: Integers, time: TimeAxis) -> Array:
    """The straight pieces of the paths of these units, as `segments_between` gives them."""
    elbow = np.stack([view.history.elbow[row][units] for row in rows])
    x = view.dataset.scaling.x_to_original(elbow)
    place = time.place(view.clock[rows])
    y = np.broadcast_to(place[:, None], x.shape)
    return segments_between(x, y)


def _is_drawn(
    segments: Array, view: View, rows: Integers, units: Integers, domain: Range
) -> Booleans:
    """Which pieces of paths are drawn, shape (n − 1, units): those that can be seen in the domain
    and are ways of an elbow.

    When the slope of a unit changes sign, its elbow passes infinity and not the picture.
    """
    slope = np.stack([view.history.slope[row][units] for row in rows])
    keeps_sign = slope[:-1] * slope[1:] > 0
    is_finite = np.isfinite(segments).all(axis=(2, 3))
    x_of_ends = segments[..., 0]
    return np.asarray(is_finite & keeps_sign & reaches_into(x_of_ends, domain))


def full_strength(strength: Array, scales: Scales, view: View) -> float:
    """The strength that is drawn at full opacity and width.

    For units it is that of the panels, for a wide layer that of its strongest few paths.
    """
    if not view.wide:
        return scales.unit
    return float(np.nanquantile(strength, 0.95)) or 1.0


def segments_between(x: Array, y: Array) -> Array:
    """Straight pieces from each row of points to the next: from shape (n, units) to (n − 1, units,
    2 ends, 2 coordinates)."""
    points = np.stack([x, y], axis=-1)
    starts = points[:-1]
    ends = points[1:]
    return np.stack([starts, ends], axis=2)


def reaches_into(x: Array, domain: Range) -> Booleans:
    """Whether segments, shape (…, 2), have a part in the domain."""
    low, high = domain
    left = x.min(axis=-1)
    right = x.max(axis=-1)
    return np.asarray((right >= low) & (left <= high))


def draw_breakpoints(sheet: Sheet, axes: Axes, view: View, time: TimeAxis) -> None:
    """The breakpoints of a deep network over time, coloured by the layer whose unit switches
    there."""
    rows = sampled_snapshots(view, SAMPLES, WIDE_SAMPLES)
    snapshot, x, layer = view.breakpoints(rows)
    y = time.place(view.clock[rows])[snapshot]
    is_inside = (x >= view.low) & (x <= view.high)
    # The last colour stands for all the layers from its own on.
    colours = sheet.colours.layers
    number_of_colour = np.minimum(layer, len(colours))
    for number, colour in enumerate(colours, start=1):
        is_drawn = is_inside & (number_of_colour == number)
        axes.plot(
            x[is_drawn],
            y[is_drawn],
            **pale(sheet, colour),
            marker="o",
            markersize=sheet.points(2.2),
            markeredgewidth=0,
            linestyle="",
            rasterized=True,
        )
