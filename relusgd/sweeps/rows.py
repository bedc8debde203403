"""A run of a sweep as a row of numbers and words, and rows as the table summary.csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.config import known_keys
from relusgd.config.naming import plain_text
from relusgd.config.values import freeze
from relusgd.errors import RelusgdError
from relusgd.files import read_bounded
from relusgd.runs.contents import RunContents
from relusgd.runs.facts import RunFacts
from relusgd.runs.result import RunResult
from relusgd.runs.run import Run

SUMMARY, PICTURE = "summary.csv", "summary.png"
MAX_BYTES, MAX_LINES = 2**30, 4 * 10**6

FIRST = ("run", "status")
RESULTS = (
    "epochs",
    "steps",
    "train_mse",
    "test_mse",
    "best_test_mse",
    "best_epoch",
    "dead_units",
    "breakpoints",
    "seconds",
)
LAST = ("engine", "error")
WORDS = {"run", "status", "case", *LAST}
"""Columns that hold text; the others hold numbers, or what a varied key takes."""

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings that make a text a formula in a spreadsheet."""

Row = dict[str, Any]
"""Column → value. A column that says nothing about a run is left out of its row."""

NOTE = "sweep"
"""Under this key a run's run.json says what the sweep varies: dotted key, `case` or `seed` → value."""


FAILURE = "failure"
"""Under this key run.json says why a run has failed."""


def run_row(run: Run) -> Row:
    """The row of a run folder. Raises RelusgdError when the folder is damaged."""
    beginning = {"run": run.folder.name, "status": run.status, **varied_of(run)}
    return beginning | _results(run.facts, run.result)


def ended_row(name: str, run: RunContents) -> Row:
    """The row of a run that has just ended."""
    facts = run.facts
    beginning = {"run": name, "status": facts.status, **facts.notes[NOTE]}
    return beginning | _results(facts, run.result)


def _results(facts: RunFacts, result: RunResult) -> Row:
    row: Row = {
        "epochs": result.epochs,
        "steps": result.steps,
        "train_mse": result.train_mse,
        "test_mse": result.test_mse,
        "dead_units": result.dead_units,
        "breakpoints": result.breakpoints,
        "seconds": facts.timings.seconds,
        "engine": facts.engine,
    }
    if np.isfinite(result.best_test_mse):
        row |= {"best_test_mse": result.best_test_mse, "best_epoch": result.best_epoch}
    error = facts.notes.get(FAILURE) if facts.status == "failed" else None
    if facts.divergence is not None:
        error = facts.divergence.message
    if error:
        row["error"] = str(error)
    return row


def varied_of(run: Run) -> dict[str, Any]:
    """What its sweep varies, and this run's values, by its own run.json; of a run that says nothing, the seed."""
    noted = run.facts.notes.get(NOTE)
    keys = {*known_keys(), "case", "seed"}
    varied = (
        {key: freeze(value) for key, value in noted.items() if key in keys}
        if isinstance(noted, dict)
        else {}
    )
    return varied if "seed" in varied else {**varied, "seed": run.config.seed}


def standing_row(run: Run) -> Row:
    """The row of a run folder that may be damaged."""
    try:
        return run_row(run)
    except RelusgdError as error:
        return {
            "run": run.folder.name,
            "status": "damaged",
            "error": " ".join(error.message.split()),
        }


def failed_row(name: str, varied: Mapping[str, object], error: str) -> Row:
    """The row of a run that failed and left no folder that can be read."""
    return {"run": name, "status": "failed", **varied, "error": " ".join(error.split())}


def varied_keys(rows: Iterable[Row]) -> list[str]:
    """The columns of what varies: dotted keys in alphabetical order, `case` where there is one, `seed`."""
    found = {key for row in rows for key in row} - {*FIRST, *RESULTS, *LAST, "case", "seed"}
    has_cases = any("case" in row for row in rows)
    return [*sorted(found), *(["case"] if has_cases else []), "seed"]


def columns(rows: Sequence[Row]) -> list[str]:
    """The columns of summary.csv, in their order."""
    return [*FIRST, *varied_keys(rows), *RESULTS, *LAST]


def cell(value: object) -> str:
    """A value in summary.csv: numbers in the shortest form that reads back the same, nothing for what there is not."""
    if value is None or value != value:
        return ""
    return repr(value) if isinstance(value, float) else plain_text(value)


def written_cell(value: object) -> str:
    """The same, with words marked as text; `read_summary` takes the mark off again."""
    return as_text(value) if isinstance(value, str) else cell(value)


def as_text(text: str) -> str:
    """A text of which no spreadsheet makes a formula: what begins as one is marked as text by an apostrophe."""
    return f"'{text}" if text.startswith(FORMULAS) else text


def _without_mark(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULAS) else text


def read_summary(folder: Path) -> list[dict[str, str]]:
    """The lines of summary.csv as written, or none when there is no such file. Raises RelusgdError when it is damaged."""
    path = folder / SUMMARY
    try:
        content = read_bounded(path, MAX_BYTES).decode()
        if content.count("\n") > MAX_LINES:
            raise ValueError(f"it has more than {MAX_LINES:,} lines")
        return _lines(content)
    except FileNotFoundError:
        return []
    except (OSError, ValueError, csv.Error) as error:
        raise RelusgdError(f"{path}: cannot be read as the table of a sweep ({error})") from None


def _lines(content: str) -> list[dict[str, str]]:
    """The lines of the table, every one with all columns. Raises ValueError and csv.Error."""
    rows = csv.reader(io.StringIO(content), strict=True)
    names = next(rows, [])
    if not set(FIRST) <= set(names):
        raise ValueError(f"it does not begin with the columns {', '.join(FIRST)}")
    lines = []
    for row in filter(None, rows):
        if len(row) != len(names):
            raise ValueError(
                f"line {rows.line_num:,} has {len(row):,} cells, and there are {len(names):,} columns"
            )
        lines.append(dict(zip(names, map(_without_mark, row), strict=True)))
    return lines


def table(rows: Sequence[Row]) -> dict[str, NDArray[Any]]:
    """The rows as columns of equal length: numbers as int64 or float64 (nan where there is none), everything else as text."""
    return {name: _column(name, [row.get(name) for row in rows]) for name in columns(rows)}


def _column(name: str, values: list[Any]) -> NDArray[Any]:
    values = [
        value[0] if isinstance(value, tuple) and len(value) == 1 else value for value in values
    ]
    if name not in WORDS and all(
        value is None or (isinstance(value, int | float) and not isinstance(value, bool))
        for value in values
    ):
        with suppress(OverflowError):  # an integer that no array holds stays text
            return _numbers(values)
    return np.array(["" if value is None else plain_text(value) for value in values], dtype=np.str_)


def _numbers(values: list[Any]) -> NDArray[Any]:
    """As int64, or uint64 where it must be; as float64, nan for what is missing, if they are not all whole."""
    if all(isinstance(value, int) for value in values):
        return np.array(values, dtype=np.uint64 if max(values, default=0) >= 2**63 else np.int64)
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
