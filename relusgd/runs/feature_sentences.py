"""What the features of a run's snapshots mean, in sentences: a function for each subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from relusgd.model.scaling import Scaling
from relusgd.runs.features import RunFeatures
from relusgd.words import and_list, counted, number, rounded_number

Snapshots = Sequence[RunFeatures]


def feature_sentences(snapshots: Snapshots) -> list[str]:
    """The sentences on the features of one or more snapshots of a run, in their order."""
    return [sentence for subject in SUBJECTS for sentence in subject(snapshots)]


def learned(snapshots: Snapshots) -> Iterator[str]:
    """How many directions the training learns."""
    first, *others = snapshots
    if first.learned is None:
        yield (
            f"{first.pace.words}: this method scales every parameter by itself, so that no "
            "direction learns alone, and no share is given"
        )
        return
    directions = counted(len(first.singular_values), "direction")
    counts = [
        f"{first.learned_directions} of {directions} learned to more than a half "
        f"with the features of {first.moment}"
    ]
    for one in others:
        counts.append(f"{one.learned_directions} with those of {one.moment}")
    yield f"{first.pace.words}: {and_list(counts)}"


def grows(snapshots: Snapshots) -> Iterator[str]:
    """Directions along which the learning rate is too large."""
    counts = []
    for one in snapshots:
        if one.unstable_directions:
            counts.append(f"{counted(one.unstable_directions, 'direction')} at {one.moment}")
    if counts:
        yield f"the rate is so large that the error grows along {and_list(counts)}"


def stability(snapshots: Snapshots) -> Iterator[str]:
    """What the largest singular value allows of the learning rate."""
    if snapshots[0].pace.phases is None:
        return
    edges = []
    for one in snapshots:
        if np.isfinite(one.stable_rate):
            edges.append(f"{number(one.stable_rate)} at {one.moment}")
    if edges:
        yield (
            "full-batch steps on the linearised network are stable up to the learning rate n/s_1²: "
            f"{and_list(edges)}"
        )


def unchanged(snapshots: Snapshots) -> Iterator[str]:
    """Why nothing changes where the output layer alone learns."""
    if snapshots[0].pace.layers == "output":
        yield "only the output layer learns, so its features stay those of the start"


def rank(snapshots: Snapshots) -> Iterator[str]:
    """How many directions change f at all."""
    points, parameters = snapshots[0].shape
    counts = [f"{one.rank} at {one.moment}" for one in snapshots]
    yield (
        f"rank {and_list(counts)}, of {counted(parameters, 'parameter')} and "
        f"{counted(points, 'training point')}: along all other directions f changes at no "
        "training point"
    )


def shared_directions(snapshots: Snapshots) -> Iterator[str]:
    """Why the rank of one hidden layer is not larger."""
    first = snapshots[0]
    units = first.network.hidden[0]
    has_whole_units = first.layer is None and first.pace.layers == "all"
    if not has_whole_units or len(first.network.hidden) > 1:
        return
    if units == 1 or len(first.x) == 1:
        return
    counts = [f"{_active_sets(one)} at {one.moment}" for one in snapshots]
    yield (
        "a unit has two directions, because w ∂f/∂w + b ∂f/∂b = v ∂f/∂v, and units that are active "
        f"on the same points share them; different sets of active points among the {units:,} "
        f"units: {and_list(counts)}"
    )


def _active_sets(one: RunFeatures) -> int:
    """How many different sets of training points units are active on, without the empty set."""
    with np.errstate(all="ignore"):
        (outputs,) = one.network.activations(one.x)
    is_active = outputs > 0
    is_ever_active = is_active.any(axis=0)
    sets = np.unique(is_active[:, is_ever_active], axis=1)
    return len(sets.T)


def flat_parameters(snapshots: Snapshots) -> Iterator[str]:
    """Parameters that change f nowhere on the training points."""
    counts = []
    for one in snapshots:
        if one.flat_parameters:
            counts.append(f"{one.flat_parameters} at {one.moment}")
    if counts:
        yield (
            f"parameters that change f at no training point: {and_list(counts)}, "
            "most often those of dead units"
        )


def effective_rank(snapshots: Snapshots) -> Iterator[str]:
    """How many directions matter."""
    first = snapshots[0]
    if not first.whole:
        yield (
            f"J is large, so only its {len(first.singular_values)} leading singular values "
            "are computed; ranks count among them"
        )
        return
    counts = []
    for one in snapshots:
        if np.isfinite(one.effective_rank):
            counts.append(f"{rounded_number(one.effective_rank)} at {one.moment}")
    if counts:
        yield (
            f"effective rank {and_list(counts)}: as many directions, all equally strong, would "
            "share the singular values as evenly"
        )


def units_of_numbers(snapshots: Snapshots) -> Iterator[str]:
    """In which units the singular values are."""
    scaling = snapshots[0].run.data.scaling
    if scaling != Scaling():
        yield "singular values are in network units, those of the standardised x and y"


SUBJECTS: tuple[Callable[[Snapshots], Iterator[str]], ...] = (
    learned,
    grows,
    stability,
    unchanged,
    rank,
    shared_directions,
    flat_parameters,
    effective_rank,
    units_of_numbers,
)
