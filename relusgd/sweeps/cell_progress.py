"""What a notebook's cell shows while a sweep runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from relusgd.cell_bar import CellBar
from relusgd.sweeps.rows import Row
from relusgd.sweeps.survey import Survey


class SweepCellObserver:
    """Watches a sweep, and moves the bar with every run that has ended."""

    command = "relusgd sweep"

    def __init__(self, bar: CellBar) -> None:
        self._bar = bar
        self._done = self._to_do = 0

    def begins(self, folder: Path, survey: Survey) -> None:  # noqa: ARG002 - the caller's names
        self._to_do = len(survey.jobs)

    def finished(self, rows: Sequence[Row]) -> None:
        self._done += len(rows)
        self._bar.move(self._done, self._to_do)

    def signal(self) -> int | None:
        return None
