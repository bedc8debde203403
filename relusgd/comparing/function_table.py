"""The spread of functions as columns of a table, as CSV and as JSON."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.comparing.findings.functions import function_findings
from relusgd.comparing.functions import FunctionSpread, FunctionSpreads
from relusgd.comparing.table import columns_to_csv, group_columns, repeated
from relusgd.comparing.table_columns import Column, word_columns
from relusgd.model.network import Array
from relusgd.words import number

NUMBERS = ("bias_squared", "variance", "noise_squared", "total", "median_error")
"""The numbers of a row, by their names in JSON and Python."""


def text_columns(functions: FunctionSpreads) -> list[Column]:
    """The columns of the table, with a cell for each row. What no row has is left out."""
    spreads = functions.spreads
    groups = [spread.group for spread in spreads]
    words = word_columns(groups) if functions.keys else []
    kinds = Column("functions", [spread.title for spread in spreads])
    runs = Column("runs", [str(len(spread.values)) for spread in spreads])

    def numbers(heading: str, number_of: Callable[[FunctionSpread], float], worth: int) -> Column:
        cells = []
        is_known = False
        for spread in spreads:
            value = number_of(spread)
            is_known |= not math.isnan(value)
            cells.append(number(value))
        return Column(heading, cells, worth, is_shown=is_known)

    columns = [
        *words,
        kinds,
        runs,
        numbers("bias²", lambda spread: spread.bias_squared, 9),
        numbers("variance", lambda spread: spread.variance, 9),
        numbers("noise²", lambda spread: spread.noise_squared, 6),
        numbers("sum", lambda spread: spread.total, 9),
        numbers("error of\nthe median", lambda spread: spread.median_error, 7),
    ]
    return [column for column in columns if column.is_shown]


def columns(functions: FunctionSpreads) -> dict[str, NDArray[Any]]:
    """Column name → array, one entry per row and x.

    label; every key that varies; functions: learned or a reference; runs; x; mean, deviation,
    median, lower and upper of f(x); truth: nan where it is not known.
    """
    spreads = functions.spreads
    groups = [spread.group for spread in spreads]
    counts = [len(spread.x) for spread in spreads]
    kinds = [spread.kind for spread in spreads]
    runs = [len(spread.values) for spread in spreads]
    limits = [spread.limits for spread in spreads]
    table = group_columns(groups, functions.keys, counts)
    table["functions"] = repeated(kinds, counts)
    table["runs"] = repeated(runs, counts)
    table["x"] = np.concatenate([spread.x for spread in spreads])
    table["mean"] = np.concatenate([spread.mean for spread in spreads])
    table["deviation"] = np.concatenate([spread.deviation for spread in spreads])
    table["median"] = np.concatenate([spread.median for spread in spreads])
    table["lower"] = np.concatenate([lower for lower, _ in limits])
    table["upper"] = np.concatenate([upper for _, upper in limits])
    table["truth"] = np.concatenate([_truth(spread) for spread in spreads])
    return table


def _truth(spread: FunctionSpread) -> Array:
    if spread.truth is None:
        return np.full(len(spread.x), np.nan)
    return spread.truth


def to_csv(functions: FunctionSpreads) -> str:
    """The columns as CSV with a header line."""
    return columns_to_csv(columns(functions))


def to_json(functions: FunctionSpreads) -> dict[str, Any]:
    """All numbers in plain values; docs/compare.md describes the keys."""
    return {
        "runs": functions.compared.run_count,
        "differ_in": functions.keys,
        "band": None if functions.band is None else list(functions.band),
        "groups": [_row(spread) for spread in functions.spreads],
        "findings": [finding.plain for finding in function_findings(functions)],
        "damaged": functions.compared.damaged,
        "failures": functions.compared.failures,
    }


def _row(spread: FunctionSpread) -> dict[str, Any]:
    """A row of the JSON: a spread's numbers and its functions over x."""
    group = spread.group
    lower, upper = spread.limits
    numbers = {name: getattr(spread, name) for name in NUMBERS}
    return {
        "label": group.label,
        "keys": group.plain_keys,
        "functions": spread.kind,
        "runs": len(spread.values),
        **numbers,
        "x": spread.x.tolist(),
        "mean": spread.mean.tolist(),
        "deviation": spread.deviation.tolist(),
        "median": spread.median.tolist(),
        "lower": lower.tolist(),
        "upper": upper.tolist(),
        "truth": None if spread.truth is None else spread.truth.tolist(),
    }
