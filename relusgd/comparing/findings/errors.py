"""What the errors say about noise, overfitting and the number of epochs."""

from __future__ import annotations

from collections.abc import Iterator

from relusgd.comparing.compared_runs import ComparedRuns
from relusgd.comparing.findings.finding import Finding
from relusgd.words import below, counted, number, ratio_words

NEAR = 10
"""Noise is mentioned where the training error is at most this many times noise²."""

GAP = 1.5
"""A fit of measurements is called too close from this ratio of test to training error on."""

WORTH_STOPPING = 1.25
"""Training is called too long from this ratio of the last to the lowest test error on."""


def noise(compared: ComparedRuns) -> Iterator[Finding]:
    """Why test error is below training error, and where noise is fitted."""
    if compared.noise_squared > 0:
        yield from _test_below_training(compared)
        yield from _fitted_noise(compared)


def _test_below_training(compared: ComparedRuns) -> Iterator[Finding]:
    """In how many rows the test error is below the training error, and why."""
    level = compared.noise_squared
    rows = 0
    count = 0
    for group in compared.groups:
        if group.counted:
            rows += 1
            test = group.median("test_mse")
            train = group.median("train_mse")
            if test < train <= NEAR * level:
                count += 1
    if not count:
        return
    if rows == 1:
        where = ""
    elif count == rows:
        where = " in every row"
    else:
        where = f" in {count} of {rows} rows"
    text = (
        f"Test error is below the training error{where} because the test points carry no noise: "
        f"the training error cannot go far below noise² = {number(level)}, which the true function "
        "itself has; test error can go to 0."
    )
    yield Finding("noise", text, {"below": count, "rows": rows, "noise_squared": level})


def _fitted_noise(compared: ComparedRuns) -> Iterator[Finding]:
    """In how many rows the training error is below noise², and where it is lowest."""
    errors = {}
    for group in compared.groups:
        train = group.median("train_mse")
        if group.counted and train < compared.noise_squared:
            errors[group] = train
    if not errors:
        return
    lowest = min(errors, key=lambda group: errors[group])
    text = (
        f"The training error is below noise² in {counted(len(errors), 'row')}, "
        f"lowest at {lowest.label} ({number(errors[lowest])}): there noise is being fitted."
    )
    yield Finding("fitted noise", text, {"rows": len(errors), "lowest": errors[lowest]})


def held_out(compared: ComparedRuns) -> Iterator[Finding]:
    """Where held-out measurements are fitted much worse than the training points."""
    if compared.error != "test_mse":
        return
    ratios = {}
    for group in compared.ranked:
        train = group.median("train_mse")
        if group.typical.config.data.kind == "csv" and train > 0:
            ratios[group.label] = group.median("test_mse") / train
    if not ratios:
        return
    worst = max(ratios, key=lambda label: ratios[label])
    ratio = ratios[worst]
    if ratio >= GAP:
        text = (
            f"Test error is up to {ratio_words(ratio)} the training error ({worst}): "
            "such a fit follows its own points more than the rest."
        )
        yield Finding("overfitting", text, {"ratio": ratio})


def early_stopping(compared: ComparedRuns) -> Iterator[Finding]:
    """Where the test error was lowest long before the end."""
    if compared.error != "test_mse":
        return
    ratios = {}
    for group in compared.ranked:
        lowest = group.median("best_test_mse")
        if lowest > 0:
            ratios[group] = group.median("test_mse") / lowest
    late = [group for group, ratio in ratios.items() if ratio >= WORTH_STOPPING]
    if not late:
        return
    worst = max(late, key=lambda group: ratios[group])
    ratio = ratios[worst]
    best = worst.median("best_test_mse")
    epoch = worst.median("best_epoch")
    if len(late) == 1:
        where = f"Test error was lower before the end at {worst.label}"
    else:
        where = (
            f"In {len(late)} rows test error was lower before the end, most of all at {worst.label}"
        )
    text = (
        f"{where}: {number(best)} around epoch {epoch:,.0f}, {below(1, ratio)} the last. "
        "The lowest of many epochs is partly luck."
    )
    numbers = {"rows": len(late), "ratio": ratio, "best": best, "epoch": epoch}
    yield Finding("stopping", text, numbers)
