"""Measured quantities as columns of a table, as CSV and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.comparing.groups import Spread
from relusgd.comparing.measured import MeasuredGroups
from relusgd.comparing.table import columns_to_csv, group_columns
from relusgd.comparing.table_columns import Column, error_range, word_columns
from relusgd.words import number


def text_columns(measured: MeasuredGroups) -> list[Column]:
    """The columns of the table, with a cell for each row: the median, and the range beneath."""
    groups = [row.group for row in measured.rows]
    columns = word_columns(groups) if measured.keys else []
    runs = [str(len(group.counted)) for group in groups]
    columns.append(Column("runs", runs))
    for quantity in measured.quantities:
        cells = [_cell(row.spread(quantity.name)) for row in measured.rows]
        columns.append(Column(quantity.title, cells))
    return columns


def _cell(spread: Spread) -> str:
    median = number(spread.median)
    if not spread.lowest < spread.highest:
        return median
    return f"{median}\n{error_range(spread)}"


def columns(measured: MeasuredGroups) -> dict[str, NDArray[Any]]:
    """Column name → array, one entry per row.

    label; every key that varies; runs; for each quantity its median, lowest, highest, mean and
    deviation (of the sample) over the runs that have a value.
    """
    rows = measured.rows
    groups = [row.group for row in rows]
    table = group_columns(groups, measured.keys, [1] * len(rows))
    table["runs"] = np.array([len(group.counted) for group in groups])
    for quantity in measured.quantities:
        spreads = [asdict(row.spread(quantity.name)) for row in rows]
        for part in spreads[0]:
            numbers = [spread[part] for spread in spreads]
            table[f"{quantity.name}_{part}"] = np.array(numbers)
    return table


def to_csv(measured: MeasuredGroups) -> str:
    """The columns as CSV with a header line."""
    return columns_to_csv(columns(measured))


def to_json(measured: MeasuredGroups) -> dict[str, Any]:
    """All numbers in plain values; docs/compare.md describes the keys."""
    groups = []
    for row in measured.rows:
        facts: dict[str, Any] = {"label": row.group.label, "keys": row.group.plain_keys}
        for name, values in row.values.items():
            facts[name] = {**asdict(row.spread(name)), "values": values}
        groups.append(facts)
    return {
        "runs": measured.compared.run_count,
        "differ_in": measured.keys,
        "quantities": {quantity.name: quantity.formula for quantity in measured.quantities},
        "groups": groups,
        "damaged": measured.compared.damaged,
        "failures": measured.compared.failures,
    }
