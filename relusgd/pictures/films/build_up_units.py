"""Which units a build-up shows one by one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from relusgd.model.network import Array, Booleans, Integers, Network, Range
from relusgd.pictures.scenes.contributions import unit_outputs
from relusgd.pictures.scenes.snapshot_view import bending
from relusgd.pictures.scenes.view import View

WELL_INSIDE = 0.08
"""Units are chosen whose elbows are so far from the ends of the domain, as a share of it."""

LEAST_APART = 0.12
"""And whose elbows are so far from each other, as such a share, too."""


def chosen_units(network: Network, view: View) -> Integers:
    """Up to three units whose elbows are well inside the domain: those that bend most, apart from
    each other. If there are none, the unit that adds most."""
    low, high = domain_of(view)
    place = (network.elbow - low) / (high - low)
    # A strength that is no number, as after a divergence, is below all others.
    strength = np.nan_to_num(bending(network), nan=-1.0)
    has_strength = strength >= 0
    is_well_inside = (place > WELL_INSIDE) & (place < 1 - WELL_INSIDE)
    is_eligible = has_strength & is_well_inside
    sign = np.sign(network.output_weight)
    is_upward = sign >= 0
    is_downward = sign < 0
    is_any = np.ones(len(place), dtype=bool)
    chosen: list[int] = []
    # One of each sign, if there are, and then any.
    for is_wanted in (is_upward, is_downward, is_any):
        is_apart = _are_apart(place, chosen)
        candidates = np.flatnonzero(is_eligible & is_wanted & is_apart)
        if len(candidates):
            strongest_one = np.argmax(strength[candidates])
            chosen.append(int(candidates[strongest_one]))
    if not chosen:
        chosen = [_largest_term(network, low, high)]
    return np.array(chosen, dtype=np.int64)


def domain_of(view: View) -> Range:
    """The ends of the domain, in network units."""
    ends = np.array([view.low, view.high])
    low, high = view.dataset.scaling.x_to_network(ends)
    return low, high


def _are_apart(place: Array, chosen: Sequence[int]) -> Booleans:
    """Which elbows are LEAST_APART from those of the units chosen so far."""
    is_apart = np.ones(len(place), dtype=bool)
    for other in chosen:
        distance = np.abs(place - place[other])
        is_apart &= distance > LEAST_APART
    return is_apart


def _largest_term(network: Network, low: float, high: float) -> int:
    """The unit whose term is largest at an end of the domain, in network units."""
    ends = np.tile([low, high], (len(network.slope), 1))
    outputs = unit_outputs(network.slope, network.bias, ends)
    most_added = np.abs(network.output_weight) * outputs.max(axis=1)
    return int(np.argmax(most_added))
