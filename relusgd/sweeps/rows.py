"""A run of a sweep as a row: what its sweep varies, and what became of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.config import PlannedRun, known_keys
from relusgd.config.naming import plain_text
from relusgd.config.values import freeze, single
from relusgd.errors import RelusgdError
from relusgd.runs.contents import RunContents
from relusgd.runs.facts import RunFacts
from relusgd.runs.find import with_one_run
from relusgd.runs.result import MEASURES, RunResult
from relusgd.runs.run import Run

FIRST = ("run", "status")
RESULTS = ("epochs", "steps", *MEASURES)
LAST = ("engine", "outcome", "reason", "error")
ENDING = ("outcome", "reason")
NOTE = "sweep"
"""Under this key run.json says what the sweep varies: dotted key, `case` or `seed` → value."""

FAILURE = "failure"
"""Under this key run.json says why a run has failed."""

TEXT_COLUMNS = {"run", "status", "case", *LAST}
"""These columns hold text. The others hold numbers, or what a varied key takes."""


@dataclass(frozen=True)
class Row:
    """A run of a sweep.

    run: the name of its folder. varied: what the sweep varies, and this run's values: dotted key,
    `case` or `seed` → value. result: None where no folder can be read. error: why the run failed or
    diverged; empty otherwise.
    """

    run: str
    status: str
    varied: Mapping[str, object]
    result: RunResult | None = None
    seconds: float | None = None
    engine: str | None = None
    error: str = ""

    def cell(self, column: str) -> Any:
        """What stands in a column of summary.csv; None where it says nothing about this run."""
        if column in ("run", "status", "seconds", "engine"):
            return getattr(self, column)
        if column == "error":
            return self.error or None
        if column in ENDING:
            return getattr(self.result, column, None) or None
        if column in RESULTS:
            return self._result_cell(column)
        return self.varied.get(column)

    def _result_cell(self, column: str) -> Any:
        result = self.result
        if result is None:
            return None
        has_test_error = math.isfinite(result.best_test_mse)
        if column in ("best_test_mse", "best_epoch") and not has_test_error:
            return None
        return getattr(result, column)


def run_row(run: Run) -> Row:
    """The row of a run folder. Raises RelusgdError when the folder is damaged."""
    return _row(run.folder.name, run.status, varied_of(run), run.facts, run.result)


def contents_row(name: str, run: RunContents) -> Row:
    """The row of a run that has just ended. name: of its folder."""
    facts = run.facts
    return _row(name, facts.status, facts.notes[NOTE], facts, run.result)


def _row(
    name: str,
    status: str,
    varied: Mapping[str, object],
    facts: RunFacts,
    result: RunResult,
) -> Row:
    """The row of a run that has ended, with what went wrong where something did."""
    error = None
    if status == "diverged":
        error = result.reason
    elif facts.status == "failed":
        error = facts.notes.get(FAILURE)
    return Row(
        name,
        status,
        varied,
        result,
        facts.timings.seconds,
        facts.engine,
        str(error or ""),
    )


def run_row_or_damage(run: Run) -> Row:
    """The row of a run folder that may be damaged; its error then says so."""
    try:
        return with_one_run(run, run_row)
    except RelusgdError as error:
        return Row(run.folder.name, "damaged", {}, error=_one_line(error.message))


def failed_row(run: PlannedRun, error: str) -> Row:
    """The row of a run that failed and left no folder that can be read."""
    return Row(run.name, "failed", run.varied, error=_one_line(error))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def varied_of(run: Run) -> dict[str, object]:
    """What the run's sweep varies, and the run's values; where run.json says nothing, the seed."""
    recorded = run.facts.notes.get(NOTE)
    varied: dict[str, object] = {}
    if isinstance(recorded, dict):
        known = {*known_keys(), "case", "seed"}
        for key, value in recorded.items():
            if key in known:
                varied[key] = freeze(value)
    if "seed" not in varied:  # reading the config of every run would take most of the time
        varied["seed"] = run.config.seed
    return varied


def varied_keys(rows: Iterable[Row]) -> list[str]:
    """The columns of what varies: dotted keys in alphabetical order, `case` where there is one,
    then `seed`.
    """
    found: set[str] = set()
    for row in rows:
        found.update(row.varied)
    keys = sorted(found - {"case", "seed"})
    if "case" in found:
        keys.append("case")
    return [*keys, "seed"]


def columns(rows: Sequence[Row]) -> list[str]:
    """The columns of summary.csv, in their order."""
    return [*FIRST, *varied_keys(rows), *RESULTS, *LAST]


def table(rows: Sequence[Row]) -> dict[str, NDArray[Any]]:
    """The rows as columns: name → array, shape (runs,).

    Numbers are int64 (uint64 where they must be), or float64 with nan where one is missing;
    everything else is text.
    """
    return {name: _column(name, rows) for name in columns(rows)}


def _column(name: str, rows: Sequence[Row]) -> NDArray[Any]:
    """A column as numbers where all its values are, as texts otherwise, shape (runs,)."""
    values = [single(row.cell(name)) for row in rows]
    may_be_numbers = name not in TEXT_COLUMNS
    if may_be_numbers and all(map(_is_number_or_missing, values)):
        with suppress(OverflowError):  # an integer that no array holds stays text
            return _numbers(values)
    texts = ["" if value is None else plain_text(value) for value in values]
    return np.array(texts, dtype=np.str_)


def _is_number_or_missing(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return value is None or isinstance(value, int | float)


def _numbers(values: Sequence[int | float | None]) -> NDArray[Any]:
    """The values as int64, or uint64 where they must be; as float64 where one is no whole number
    or missing. Raises OverflowError.
    """
    whole = [value for value in values if isinstance(value, int)]
    if len(whole) < len(values):
        numbers = [math.nan if value is None else value for value in values]
        return np.array(numbers, dtype=np.float64)
    needs_unsigned = max(whole, default=0) >= 2**63
    kind = np.uint64 if needs_unsigned else np.int64
    return np.array(whole, dtype=kind)
