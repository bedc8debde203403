"""The scales of panels that show the last functions of groups of runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from relusgd.model.network import Array, Range
from relusgd.pictures.kit.robust_limits import robust_limits
from relusgd.pictures.panels.marks import original
from relusgd.pictures.scenes.scales import Scales, shared_domain
from relusgd.pictures.scenes.view import View

STRONG_BENDS = 0.9
"""This quantile of the bends of all functions is marked as a strong one."""

ALIKE = 0.2
"""Panels share their axes while the ranges of each are at least this part of those of all."""


def panel_scales(views: Sequence[View]) -> list[Scales]:
    """The scales of the panels: the same object for all, unless some would then be flat."""
    shared = last_scales(views)
    own = [last_scales([view]) for view in views]
    for scales in own:
        if not (fills(scales.x, shared.x) and fills(scales.y, shared.y)):
            return own
    return [shared] * len(views)


def fills(part: Range, whole: Range) -> bool:
    """Whether a range is at least ALIKE of another."""
    low, high = part
    lowest, highest = whole
    return high - low >= ALIKE * (highest - lowest)


def last_scales(views: Sequence[View]) -> Scales:
    """The scales of the last snapshots: all data and the truth, and most of what was learned."""
    curves = [view.curve(len(view) - 1) for view in views]
    shown = np.concatenate([shown_heights(view) for view in views])
    learned = np.array([[curve.y.min(), curve.y.max()] for curve in curves])
    bends = finite(np.concatenate([curve.kink for curve in curves]))
    bends = bends[bends > 0]
    strong = float(np.quantile(bends, STRONG_BENDS)) if len(bends) else 1.0
    return Scales(
        x=shared_domain(views),
        y=robust_limits(shown, learned, extent=0.4, margin=0.06),
        unit=1.0,
        kink=strong,
        bend=1.0,
    )


def shown_heights(view: View) -> Array:
    """y of the points and of the truth, what is not finite left out."""
    dataset = view.dataset
    _, training = original(view, dataset.x_train, dataset.y_train)
    _, test = original(view, dataset.x_test, dataset.y_test)
    heights = [training, test]
    if view.truth is not None:
        _, truth = view.truth
        heights.append(truth)
    return finite(np.concatenate(heights))


def finite(values: Array) -> Array:
    return values[np.isfinite(values)]
