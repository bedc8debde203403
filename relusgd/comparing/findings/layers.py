"""The hidden layer: whether it pays to train it, how far its elbows move, how many units die."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from relusgd.comparing.compared_runs import ComparedRuns
from relusgd.comparing.findings.finding import Finding
from relusgd.comparing.groups import Group
from relusgd.comparing.keys import CASE
from relusgd.comparing.labels import TRAINING, label
from relusgd.diagnostics.measures import network_domain
from relusgd.model.network import Array
from relusgd.runs.run import Run
from relusgd.words import and_list, number, rounded_number

MOST_RUNS = 30
"""At most this many runs per row are used to measure elbow movement."""

Pair = tuple[Group, Group]
"""SGD on all layers; SGD on the output layer alone."""


def layers(compared: ComparedRuns) -> Iterator[Finding]:
    """Whether it pays to train the hidden layer too."""
    pairs = _pairs(compared)
    if not pairs:
        return
    errors = [
        [compared.median(all_layers), compared.median(output)] for all_layers, output in pairs
    ]
    wins = sum(all_layers < output for all_layers, output in errors)
    against = and_list([_against(compared, pair) for pair in pairs])
    if wins == len(pairs):
        text = (
            f"Training all layers beats the output layer alone: {against}. "
            f"Elbows then move to where the target bends{_median_shift(pairs)}."
        )
    elif wins:
        text = (
            "Training all layers beats the output layer alone "
            f"in {wins} of {len(pairs)} cases: {against}."
        )
    else:
        text = (
            "Training all layers does not pay here, against the output layer alone: "
            f"{against}. The elbows already lie where they are needed."
        )
    yield Finding("layers", text, {"wins": wins, "pairs": errors})


def _pairs(compared: ComparedRuns) -> list[Pair]:
    """Groups that differ in the layers that SGD trains; where a way has several groups, none."""
    kinds: dict[str, dict[str, list[Group]]] = {}
    for group in compared.measured:
        training = group.typical.config.training
        if training.method == "sgd":
            by_layers = kinds.setdefault(group.network_and_data, {"all": [], "output": []})
            by_layers.setdefault(training.layers, []).append(group)
    sides = [(by_layers["all"], by_layers["output"]) for by_layers in kinds.values()]
    return [
        (all_layers[0], output[0])
        for all_layers, output in sides
        if len(all_layers) == len(output) == 1
    ]


def _against(compared: ComparedRuns, pair: Pair) -> str:
    """0.0072 against 0.028 at hidden 20."""
    all_layers, output = pair
    text = f"{number(compared.median(all_layers))} against {number(compared.median(output))}"
    where = label(all_layers.words, without=[TRAINING, CASE])
    return f"{text} at {where}" if where else text


def _median_shift(pairs: Sequence[Pair]) -> str:
    """How far the elbow of the median unit moved, over all units and runs."""
    shifts: list[Array] = []
    for all_layers, _ in pairs:
        shifts += [elbow_shifts(result.run) for result in all_layers.counted[:MOST_RUNS]]
    units = np.concatenate(shifts)
    if not len(units):
        return ""
    return f", the median unit by {rounded_number(100 * np.median(units))} % of the domain"


def elbow_shifts(run: Run) -> Array:
    """|last − first elbow| over the length of the domain.

    Only for first-layer units with both elbows in the domain.
    """
    low, high = network_domain(run.data)
    first = run.history.elbow[0]
    last = run.history.elbow[-1]
    begins_inside = (first >= low) & (first <= high)
    ends_inside = (last >= low) & (last <= high)
    moves = np.abs(last - first)[begins_inside & ends_inside]
    return np.asarray(moves / (high - low))


def dead_units(compared: ComparedRuns) -> Iterator[Finding]:
    """Units that are active on no training point at the end."""
    groups = [group for group in compared.groups if group.median("dead_units") > 0]
    if not groups:
        return
    worst = max(groups, key=lambda group: group.median("dead_units"))
    most = worst.median("dead_units")
    units = sum(worst.typical.config.network.hidden)
    median = "a median of " if worst.runs > 1 else ""
    text = (
        f"Dead at the end: up to {median}{most:g} of {units} units ({worst.label}). "
        "They are active on no training point, so they get no gradient."
    )
    yield Finding("dead", text, {"most": most, "rows": len(groups)})
