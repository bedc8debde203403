"""Where a layer that is too wide for single paths bends the function, over time: a picture of two
colours."""

from __future__ import annotations

import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.kit.axis import TimeAxis
from relusgd.pictures.kit.plain_matplotlib import Artist, Axes, to_rgba_array
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.moments.key_moments import sampled_snapshots
from relusgd.pictures.scenes.view import View

COLUMNS = 250
"""Equal parts of the domain in which bends are summed, a divisor of the view's cells."""

SAMPLES = 200
"""Snapshots of which the density is taken."""

WIDE_SAMPLES = 80
"""The same of very wide layers."""

FULL = 0.97
"""This quantile of all densities has the full colour."""


def draw_density(
    sheet: Sheet, axes: Axes, view: View, time: TimeAxis, clock: Array, box: Box
) -> Artist:
    """The density of bends, as an image: rows of time, columns of x."""
    rows = sampled_snapshots(view, SAMPLES, WIDE_SAMPLES)
    bends = [view.bends(int(row), COLUMNS) for row in rows]
    with np.errstate(all="ignore"):
        up = np.nan_to_num(np.stack([bend.up for bend in bends]))
        down = np.nan_to_num(np.stack([bend.down for bend in bends]))
    last, first = axes.get_ylim()
    heights = row_heights(box, first, last)
    # Between two snapshots the picture shows the one before.
    before = np.searchsorted(time.place(clock[rows]), heights, side="right") - 1
    shown = np.clip(before, 0, None)
    colours = mixed_colours(sheet, up, down, deep=view.deep)
    return axes.imshow(
        np.clip(colours[shown], 0.0, 1.0),
        extent=(view.low, view.high, last, first),
        aspect="auto",
        interpolation="bilinear",
        interpolation_stage="rgba",
    )


def row_heights(box: Box, first: float, last: float) -> Array:
    """The middle of every row of pixels of a box, on an axis that runs down from first to last."""
    share_above = (np.arange(box.height) + 0.5) / box.height
    return np.asarray(first + share_above * (last - first))


def mixed_colours(sheet: Sheet, up: Array, down: Array, *, deep: bool) -> Array:
    """Colours of bends up and down together, shape (…, 3): paper where nothing bends."""
    names = sheet.colours
    name_of_up = names.layers[0] if deep else names.positive
    opaque = to_rgba_array([names.paper, name_of_up, names.negative])
    paper, colour_of_up, colour_of_down = opaque[:, :3]
    total = up + down
    bending = total[total > 0]
    full = float(np.quantile(bending, FULL)) if len(bending) else 1.0
    amount = np.sqrt(np.clip(total / full, 0.0, 1.0))[..., None]
    undecided = np.full_like(total, 0.5)
    share_up = np.divide(up, total, out=undecided, where=total > 0)[..., None]
    mixture = share_up * colour_of_up + (1 - share_up) * colour_of_down
    return np.asarray(paper + amount * (mixture - paper))
