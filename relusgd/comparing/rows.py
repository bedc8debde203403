"""A comparison as columns, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from relusgd.comparing.groups import MEASURES, STATES, Group, Result, Spread
from relusgd.comparing.keys import ABSENT, Values
from relusgd.comparing.optima import Optimum
from relusgd.comparing.solvers import Duel
from relusgd.config.values import plain
from relusgd.runs.titles import value_words
from relusgd.sweeps.summary_file import cell_text

if TYPE_CHECKING:
    from relusgd.comparing.compare import Comparison

PARTS = ("median", "lowest", "highest", "mean", "deviation")
SPREAD = ("train_mse", "test_mse")
"""Measures whose whole spread stands in the table; of the others the median does."""


def table_of(
    groups: Sequence[Group], varied: Values, best: Group | None
) -> dict[str, NDArray[Any]]:
    """Column name → array, one entry per group."""
    columns: dict[str, NDArray[Any]] = {"label": np.array([group.label for group in groups])}
    columns |= {key: _key_column([group.keys[key] for group in groups]) for key in varied}
    columns["runs"] = np.array([group.runs for group in groups])
    columns |= {state: np.array([group.counts[state] for group in groups]) for state in STATES}
    for name in SPREAD:
        columns |= {
            f"{name}_{part}": np.array([getattr(group.spreads[name], part) for group in groups])
            for part in PARTS
        }
    columns |= {
        name: np.array([group.spreads[name].median for group in groups])
        for name in MEASURES
        if name not in SPREAD
    }
    columns["noise_squared"] = np.array([group.noise_squared for group in groups])
    columns["best"] = np.array([group is best for group in groups])
    return columns


def _key_column(values: Sequence[object]) -> NDArray[Any]:
    """Numbers as numbers, nan where a row has none; a list of one number is that number; all else as text."""
    values = [
        value[0] if isinstance(value, tuple) and len(value) == 1 else value for value in values
    ]
    present = [value for value in values if value is not ABSENT]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in present):
        return np.array([np.nan if value is ABSENT else value for value in values])
    return np.array(["" if value is ABSENT else value_words(value) for value in values])


def to_csv(comparison: Comparison) -> str:
    """The table as CSV with a header line; what a spreadsheet would take for a formula is marked as text by an apostrophe."""
    table = comparison.table
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(
        [
            [_cell(value) for value in row]
            for row in zip(*(column.tolist() for column in table.values()), strict=True)
        ]
    )
    return file.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else repr(value)
    text = "".join(character if character.isprintable() else "�" for character in str(value))
    return cell_text(text) if isinstance(value, str) else text


def to_json(comparison: Comparison) -> dict[str, Any]:
    """Everything that a comparison knows, in plain values; the keys are described in docs/compare.md."""
    best = comparison.best
    return {
        "runs": sum(group.runs for group in comparison.groups),
        "differ_in": list(comparison.varied),
        "error": comparison.error,
        "noise_squared": comparison.noise_squared,
        "best": best.label if best else None,
        "groups": [_group(group, group is best) for group in comparison.groups],
        "solvers": [_duel(duel) for duel in comparison.duels],
        "optima": [_optimum(optimum) for optimum in comparison.optima],
        "findings": [
            {"topic": finding.topic, "text": finding.text} for finding in comparison.findings
        ],
        "damaged": comparison.damaged,
        "failures": comparison.failures,
    }


def _group(group: Group, is_best: bool) -> dict[str, Any]:
    return {
        "label": group.label,
        "best": is_best,
        "keys": {
            key: None if value is ABSENT else plain(value) for key, value in group.keys.items()
        },
        "runs": group.runs,
        **group.counts,
        "noise_squared": group.noise_squared,
        **{name: _spread(spread) for name, spread in group.spreads.items()},
        "members": [_result(result) for result in group.results],
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "run": str(result.run.folder),
        "status": result.status,
        "seed": result.seed,
        "epochs": result.epochs,
        "steps": result.steps,
        **result.measures,
    }


def _spread(spread: Spread) -> dict[str, float]:
    return asdict(spread)


def _duel(duel: Duel) -> dict[str, Any]:
    return {
        "label": duel.label,
        "ridge": duel.ridge.label,
        "sgd": duel.sgd.label,
        "networks": duel.networks,
        "directions": duel.directions,
        "condition_number": _spread(duel.condition),
        "largest_eigenvalue": _spread(duel.largest),
        "flat_directions": _spread(duel.flat),
        "settled_directions": _spread(duel.settled),
        "slowest_steps": _spread(duel.slowest_steps),
    }


def _optimum(optimum: Optimum) -> dict[str, Any]:
    low, high = optimum.good
    return {
        "key": optimum.key,
        "label": optimum.label,
        "best": optimum.values[optimum.best],
        "as_good_from": optimum.values[low],
        "as_good_to": optimum.values[high],
        "values": optimum.values,
        f"{optimum.error}_median": optimum.medians,
        "factor": [_spread(optimum.factor(place)) for place in range(len(optimum.values))],
    }
