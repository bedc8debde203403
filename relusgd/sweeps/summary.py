"""summary.csv while a sweep runs: replaced whole, so that it can be read at any time, and no more often than it is cheap."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from time import monotonic

from relusgd.files import write_whole
from relusgd.sweeps.rows import SUMMARY, Row, written_cell

SECONDS = 1.0
SHARE = 20
"""Writing the table takes at most this fraction of the time."""


class GrowingSummary:
    """The table of the runs that have ended, always in the order of `names`.

    names: of all runs that may come. columns: their columns. Runs of other names come last.
    """

    def __init__(self, folder: Path, names: Iterable[str], columns: Sequence[str]) -> None:
        self._folder, self._columns = folder, list(columns)
        self._lines: dict[str, str] = dict.fromkeys(names, "")
        self._due = monotonic() + SECONDS
        self._changed = False

    def put(self, row: Row) -> None:
        """Take a run's row in, in place of its last one."""
        self._lines[row["run"]] = _line([written_cell(row.get(name)) for name in self._columns])
        self._changed = True

    def write(self, *, now: bool = False, durable: bool = False) -> None:
        """Replace the file, when there is something new and the last time is long enough ago. Raises OSError."""
        started = monotonic()
        if not now and (started < self._due or not self._changed):
            return
        text = _line(self._columns) + "".join(self._lines.values())
        if not self._stands(text):
            write_whole(self._folder / SUMMARY, text, durable=durable)
        self._changed = False
        self._due = monotonic() + max(SECONDS, SHARE * (monotonic() - started))

    def _stands(self, text: str) -> bool:
        """Whether the file says this already; then a sweep that has ended can be confirmed where nothing may be written."""
        path = self._folder / SUMMARY
        try:
            return path.stat().st_size == len(text.encode()) and path.read_bytes() == text.encode()
        except OSError:
            return False


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()
