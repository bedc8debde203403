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
from relusgd.words import and_list, counted, number, rounded_number

MOST_RUNS = 30
"""At most this many runs per row are used to measure elbow movement."""

Pair = tuple[Group, Group]
"""SGD on all layers; SGD on the output layer alone."""


def layers(compared: ComparedRuns) -> Iterator[Finding]:
    """Whether it pays to train the hidden layer too."""
    pairs = _pairs(compared)
    if not pairs:
        return
    errors = []
    wins = 0
    for all_layers, output in pairs:
        error_of_all = compared.median(all_layers)
        error_of_output = compared.median(output)
        errors.append([error_of_all, error_of_output])
        wins += error_of_all < error_of_output
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
    pairs = []
    for by_layers in kinds.values():
        of_all = by_layers["all"]
        of_output = by_layers["output"]
        if len(of_all) == len(of_output) == 1:
            pairs.append((of_all[0], of_output[0]))
    return pairs


def _against(compared: ComparedRuns, pair: Pair) -> str:
    """0.0072 against 0.028 at hidden 20."""
    all_layers, output = pair
    errors = f"{number(compared.median(all_layers))} against {number(compared.median(output))}"
    where = label(all_layers.words, without=[TRAINING, CASE])
    return f"{errors} at {where}" if where else errors


def _median_shift(pairs: Sequence[Pair]) -> str:
    """How far the elbow of the median unit moved, over all units and runs."""
    shifts: list[Array] = []
    for all_layers, _ in pairs:
        shifts += [elbow_shifts(result.run) for result in all_layers.counted[:MOST_RUNS]]
    of_units = np.concatenate(shifts)
    if not len(of_units):
        return ""
    percent = 100 * np.median(of_units)
    return f", the median unit by {rounded_number(percent)} % of the domain"


def elbow_shifts(run: Run) -> Array:
    """|last − first elbow| over the length of the domain.

    Only for first-layer units with both elbows in the domain.
    """
    low, high = network_domain(run.data)
    elbows = run.history.elbow
    first = elbows[0]
    last = elbows[-1]
    begins_inside = (first >= low) & (first <= high)
    ends_inside = (last >= low) & (last <= high)
    is_inside = begins_inside & ends_inside
    moves = np.abs(last - first)[is_inside]
    return np.asarray(moves / (high - low))


def dead_units(compared: ComparedRuns) -> Iterator[Finding]:
    """Units that are active on no training point at the end."""
    medians = {}
    for group in compared.groups:
        dead = group.median("dead_units")
        if dead > 0:
            medians[group] = dead
    if not medians:
        return
    worst = max(medians, key=lambda group: medians[group])
    most = medians[worst]
    units = sum(worst.typical.config.network.hidden)
    median = "a median of " if worst.runs > 1 else ""
    text = (
        f"Dead at the end: up to {median}{most:g} of {counted(units, 'unit')} ({worst.label}). "
        "They are active on no training point, so they get no gradient."
    )
    yield Finding("dead", text, {"most": most, "rows": len(medians)})
