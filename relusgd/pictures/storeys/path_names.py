"""What is said of the paths of a run's elbows, and of the kinds of bends that it has."""

from __future__ import annotations

import numpy as np

from relusgd.pictures.kit.look import Theme
from relusgd.pictures.moments.key_moments import sampled_snapshots
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.paths import SAMPLES, WIDE_SAMPLES

Named = tuple[str, str]
"""Words and their colour."""


def has_elbows_inside(view: View) -> bool:
    """Whether an elbow is in the picture at any time; breakpoints of deep networks always count."""
    if view.deep:
        return True
    low, high = view.dataset.scaling.x_to_network(np.array([view.low, view.high]))
    for row in sampled_snapshots(view, SAMPLES, WIDE_SAMPLES):
        elbow = view.history.elbow[int(row)]
        is_inside = (elbow >= low) & (elbow <= high)
        if np.any(is_inside):
            return True
    return False


def names_of_bends(view: View, colours: Theme) -> list[Named]:
    """The ways in which units of a network with one hidden layer ever bend the function."""
    rows = sampled_snapshots(view, SAMPLES, WIDE_SAMPLES)
    weights = [view.history.output_weight[int(row)] for row in rows]
    names = []
    if any(np.any(weight > 0) for weight in weights):
        names.append(("bends up", colours.positive))
    if any(np.any(weight < 0) for weight in weights):
        names.append(("bends down", colours.negative))
    return names


def names_of_layers(view: View, colours: Theme) -> list[Named]:
    """The hidden layers of a deep network, those from the fourth on in one."""
    count = len(view.history.hidden)
    most = len(colours.layers)
    names = [f"layer {layer}" for layer in range(1, count + 1)]
    if count > most:
        names[most - 1 :] = [f"layers {most} to {count}"]
    return list(zip(names, colours.layers, strict=False))


def names_of_paths(view: View, colours: Theme) -> list[list[Named]]:
    """Lines of words under which the paths begin to grow."""
    if not view.deep:
        of = "elbows"
        kinds = names_of_bends(view, colours)
    elif view.wide:
        of = "elbows of layer 1"
        kinds = []
    else:
        of = "breakpoints"
        kinds = names_of_layers(view, colours)
    heading = (f"{of} over time, which runs down ↓", colours.faint)
    return [[heading], kinds]
