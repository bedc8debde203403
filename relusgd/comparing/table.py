"""A comparison as columns, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.comparing.best_values import Optimum
from relusgd.comparing.compared_runs import ComparedRuns
from relusgd.comparing.findings import find_all
from relusgd.comparing.groups import Group, Result
from relusgd.comparing.keys import ABSENT, present
from relusgd.comparing.solvers import Duel
from relusgd.config.values import is_number, single
from relusgd.runs.result import MEASURES
from relusgd.runs.titles import value_words
from relusgd.sweeps.summary_file import cell_text

WHOLE_SPREAD = ("train_mse", "test_mse")
"""Measures that have their whole spread in the columns; the others have their median."""


def columns(compared: ComparedRuns) -> dict[str, NDArray[Any]]:
    """Column name → array, one entry per group; `Comparison.table` lists them."""
    own = compared.own_metrics
    rows = [_row(group, own) for group in compared.groups]
    table = {}
    for name in rows[0]:
        table[name] = key_column([row[name] for row in rows])
    is_best = [group is compared.best for group in compared.groups]
    table["best"] = np.array(is_best)
    return table


def _row(group: Group, own_metrics: Sequence[str]) -> dict[str, object]:
    """A line of the table: the whole spread of some measures, of others the median."""
    row: dict[str, object] = {"label": group.label, **group.keys, "runs": group.runs}
    row |= group.counts
    for name in WHOLE_SPREAD:
        spread = asdict(group.spreads[name])
        for part, number in spread.items():
            row[f"{name}_{part}"] = number
    for name in [*MEASURES, *own_metrics]:
        if name not in WHOLE_SPREAD:
            row[name] = group.median(name)
    row["noise_squared"] = group.noise_squared
    return row


def key_column(values: Sequence[object]) -> NDArray[Any]:
    """Numbers, and lists of one number, as numbers, with nan for ABSENT; all else as text."""
    items = [single(value) for value in values]
    are_numbers = all(is_number(item) for item in present(items))
    if are_numbers:
        return np.array([np.nan if item is ABSENT else item for item in items])
    texts = ["" if item is ABSENT else value_words(item) for item in items]
    return np.array(texts)


def repeated(values: Sequence[object], counts: Sequence[int]) -> NDArray[Any]:
    """A column in which each value stands as often as its count says."""
    return np.repeat(np.array(values), counts)


def group_columns(
    groups: Sequence[Group],
    keys: Iterable[str],
    counts: Sequence[int],
) -> dict[str, NDArray[Any]]:
    """The label and these keys of groups as columns, each as often as the group's count says."""
    table = {"label": repeated([group.label for group in groups], counts)}
    for key in keys:
        values = key_column([group.keys[key] for group in groups])
        table[key] = np.repeat(values, counts)
    return table


def to_csv(compared: ComparedRuns) -> str:
    """The columns as CSV with a header line.

    What a spreadsheet would take for a formula is marked as text by an apostrophe.
    """
    return columns_to_csv(columns(compared))


def columns_to_csv(table: Mapping[str, NDArray[Any]]) -> str:
    """Columns of equal length as CSV with a header line, as `to_csv` writes them."""
    columns_of_cells = []
    for column in table.values():
        columns_of_cells.append([_cell(value) for value in column.tolist()])
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*columns_of_cells, strict=True))
    return file.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, str):
        return cell_text("".join(map(_printable, value)))
    if isinstance(value, float):
        return cell_text(value)
    return str(value)


def _printable(character: str) -> str:
    return character if character.isprintable() else "�"


def to_json(compared: ComparedRuns) -> dict[str, Any]:
    """Everything that a comparison knows, in plain values; docs/compare.md describes the keys."""
    best = compared.best
    return {
        "runs": compared.run_count,
        "differ_in": list(compared.varied),
        "error": compared.error,
        "noise_squared": compared.noise_squared,
        "best": best.label if best else None,
        "groups": [_group(group, group is best) for group in compared.groups],
        "solvers": [_duel(duel) for duel in compared.duels],
        "optima": [_optimum(optimum) for optimum in compared.optima],
        "findings": [finding.plain for finding in find_all(compared)],
        "damaged": compared.damaged,
        "failures": compared.failures,
    }


def _group(group: Group, is_best: bool) -> dict[str, Any]:
    """A row of the JSON with all its runs."""
    return {
        "label": group.label,
        "best": is_best,
        "keys": group.plain_keys,
        "runs": group.runs,
        **group.counts,
        "noise_squared": group.noise_squared,
        **{name: asdict(spread) for name, spread in group.spreads.items()},
        "members": [_result(result) for result in group.results],
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "run": str(result.run.folder),
        "status": result.status,
        "outcome": result.outcome,
        "reason": result.reason,
        "seed": result.seed,
        "epochs": result.epochs,
        "steps": result.steps,
        **result.measures,
    }


def _duel(duel: Duel) -> dict[str, Any]:
    return {
        "label": duel.label,
        "ridge": duel.ridge.label,
        "sgd": duel.sgd.label,
        "networks": duel.networks,
        "directions": duel.directions,
        "condition_number": asdict(duel.condition),
        "largest_eigenvalue": asdict(duel.largest),
        "flat_directions": asdict(duel.flat),
        "settled_directions": asdict(duel.settled),
        "slowest_steps": asdict(duel.slowest_steps),
    }


def _optimum(optimum: Optimum) -> dict[str, Any]:
    low, high = optimum.good
    places = range(len(optimum.values))
    return {
        "key": optimum.key,
        "label": optimum.label,
        "best": optimum.best_value,
        "as_good_from": optimum.values[low],
        "as_good_to": optimum.values[high],
        "values": optimum.values,
        f"{optimum.error}_median": optimum.medians,
        "factor": [asdict(optimum.factor(place)) for place in places],
    }
