"""What is said of the paths of a run's elbows, and of the kinds of bends that it has."""

from __future__ import annotations

import numpy as np

from relusgd.pictures.kit.look import Theme
from relusgd.pictures.moments.key_moments import sampled_snapshots
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.paths import SAMPLES, WIDE_SAMPLES

NO_ELBOWS = "no elbow is ever in this range of x"

Named = tuple[str, str]
"""Words and their colour."""


def has_elbows_inside(view: View) -> bool:
    """Whether an elbow is in the picture at any time; breakpoints of deep networks always count."""
    if view.deep:
        return True
    low, high = view.dataset.scaling.x_to_network(np.array([view.low, view.high]))
    rows = sampled_snapshots(view, SAMPLES, WIDE_SAMPLES)
    elbows = (view.history.elbow[int(row)] for row in rows)
    return any(bool(np.any((elbow >= low) & (elbow <= high))) for elbow in elbows)


def names_of_bends(view: View, colours: Theme) -> list[Named]:
    """The ways in which units of a network with one hidden layer ever bend the function."""
    rows = sampled_snapshots(view, SAMPLES, WIDE_SAMPLES)
    weights = [view.history.output_weight[int(row)] for row in rows]
    bends_up = any(bool(np.any(weight > 0)) for weight in weights)
    bends_down = any(bool(np.any(weight < 0)) for weight in weights)
    up = [("bends up", colours.positive)] if bends_up else []
    down = [("bends down", colours.negative)] if bends_down else []
    return [*up, *down]


def names_of_layers(view: View, colours: Theme) -> list[Named]:
    """The hidden layers of a deep network, those from the fourth on in one."""
    count = len(view.history.hidden)
    names = [f"layer {layer}" for layer in range(1, count + 1)]
    most = len(colours.layers)
    if count > most:
        names[most - 1 :] = [f"layers {most} to {count}"]
    return list(zip(names, colours.layers, strict=False))


def names_of_paths(view: View, colours: Theme) -> list[list[Named]]:
    """Lines of words under which the paths begin to grow."""
    if not view.deep:
        of, kinds = "elbows", names_of_bends(view, colours)
    elif view.wide:
        of, kinds = "elbows of layer 1", []
    else:
        of, kinds = "breakpoints", names_of_layers(view, colours)
    return [[(f"{of} over time, which runs down ↓", colours.faint)], kinds]
