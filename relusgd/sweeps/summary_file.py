"""summary.csv, the table of a sweep: written while the sweep runs, and read again."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from time import monotonic

from relusgd.config.naming import plain_text
from relusgd.errors import RelusgdError
from relusgd.files import read_bounded, write_whole
from relusgd.sweeps.rows import FIRST, Row

SUMMARY_PICTURE = "summary.png"
SUMMARY = "summary.csv"
MAX_BYTES = 2**30
MAX_LINES = 4 * 10**6

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins like this for a formula."""

WRITE_SECONDS = 1.0
"""The file is written no more often than this."""

LARGEST_SHARE = 1 / 20
"""Writing the file takes at most this share of the time."""


class SummaryFile:
    """summary.csv while a sweep runs. It is replaced whole, so that it can be read at any time.

    names: all runs that may come; lines are in this order, and runs of other names come last.
    columns: of the table.
    """

    def __init__(self, folder: Path, names: Iterable[str], columns: Sequence[str]) -> None:
        self._path = folder / SUMMARY
        self._columns = list(columns)
        self._lines: dict[str, str] = dict.fromkeys(names, "")
        self._due = monotonic() + WRITE_SECONDS
        self._changed = False

    def put(self, row: Row) -> None:
        """Put a run's row into the table, in place of its last one."""
        cells = [cell_text(row.cell(name)) for name in self._columns]
        self._lines[row.run] = csv_line(cells)
        self._changed = True

    def write_if_due(self) -> None:
        """Replace the file when there is something new and it was not written lately. Raises
        OSError.
        """
        if self._changed and monotonic() >= self._due:
            self.write()

    def write(self) -> None:
        """Replace the file, unless it says the same already. Raises OSError."""
        started = monotonic()
        text = csv_line(self._columns) + "".join(self._lines.values())
        # A sweep that has ended can then be confirmed where nothing may be written.
        if not self._holds(text):
            write_whole(self._path, text)
        self._changed = False
        seconds = monotonic() - started
        self._due = monotonic() + max(WRITE_SECONDS, seconds / LARGEST_SHARE)

    def _holds(self, text: str) -> bool:
        """Whether the file says exactly this. The size is asked for first, which is quick."""
        content = text.encode()
        try:
            has_its_size = self._path.stat().st_size == len(content)
            return has_its_size and self._path.read_bytes() == content
        except OSError:
            return False


def cell_text(value: object) -> str:
    """A value in a table: numbers in the shortest form that reads back the same, nothing where
    there is no value.

    A text of which a spreadsheet would make a formula gets an apostrophe, which `read_summary`
    takes off again.
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    if isinstance(value, str) and value.startswith(FORMULAS):
        return f"'{value}"
    return plain_text(value)


def _without_apostrophe(text: str) -> str:
    if text.startswith("'") and text[1:].startswith(FORMULAS):
        return text[1:]
    return text


def csv_line(cells: Sequence[str]) -> str:
    """Cells as a line of a CSV, with quotes where they are needed."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def read_summary(folder: Path) -> list[dict[str, str]]:
    """The lines of summary.csv, column → text; none where there is no such file or folder.

    Raises RelusgdError when the file is damaged.
    """
    path = folder / SUMMARY
    try:
        text = read_bounded(path, MAX_BYTES).decode()
        if text.count("\n") > MAX_LINES:
            raise ValueError(f"it has more than {MAX_LINES:,} lines")
        return list(_read_lines(text))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError, csv.Error) as error:
        raise RelusgdError(f"{path}: cannot be read as the table of a sweep ({error})") from None


def _read_lines(text: str) -> Iterator[dict[str, str]]:
    """Every line with all columns. Raises ValueError and csv.Error."""
    rows = csv.reader(io.StringIO(text), strict=True)
    names = next(rows, [])
    if not set(FIRST) <= set(names):
        raise ValueError(f"it does not begin with the columns {', '.join(FIRST)}")
    for row in rows:
        if not row:
            continue
        # Lines of equal length, so that no small file asks for all memory.
        if len(row) != len(names):
            raise ValueError(
                f"line {rows.line_num:,} has {len(row):,} cells, "
                f"and there are {len(names):,} columns"
            )
        cells = [_without_apostrophe(cell) for cell in row]
        yield dict(zip(names, cells, strict=True))
