"""Two columns of numbers from a data file, read strictly.

Every doubtful cell is named with its line; none is guessed. Cells of digits and points are read
many at a time. A column with other cells is read a second time, once all of it is known.
"""

from __future__ import annotations

import hashlib
import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from relusgd.errors import ConfigError
from relusgd.model.data_file.choice import choose_columns, find_column
from relusgd.model.data_file.content import read_content
from relusgd.model.data_file.dates import is_compact_date, is_year, read_compact_date, read_date
from relusgd.model.data_file.faults import DataFaults, in_quotes
from relusgd.model.data_file.layout import Layout, find_layout, is_comment
from relusgd.model.data_file.marks import Decimal, Evidence, Marks
from relusgd.model.data_file.missing import is_missing
from relusgd.model.data_file.names import clean_name
from relusgd.model.data_file.notes import apart_note, dates_note
from relusgd.model.data_file.numbers import read_number
from relusgd.model.data_file.numbers_apart import numbers_apart
from relusgd.model.data_file.rows import row_blocks
from relusgd.model.data_file.wrong_cells import why_no_number
from relusgd.model.network import Array
from relusgd.words import counted

MissingRule = Literal["refuse", "skip"]

PLAIN_CHARACTERS = b"0123456789+-.eE\n"
LINES_NAMED = 5

COMPACT_ROWS = 3
"""From so many rows on, a column of numbers such as 20200304 alone may be dates."""

Block = tuple[list[int], list[list[str]]]
"""The lines of some rows, and their cells in each of the columns."""


@dataclass(frozen=True, eq=False)
class DataColumns:
    """x and y of a data file, shape (n_rows,) each.

    x_name, y_name: of the columns. is_dated: x were dates and are years with fractions. digest:
    SHA-256 of the file in hexadecimal. notes: what a person should know of how the file was read,
    a sentence each. left_out: the number of rows in which x or y is missing.
    """

    x: Array
    y: Array
    x_name: str
    y_name: str
    is_dated: bool
    digest: str
    notes: tuple[str, ...]
    left_out: int


def read_columns(
    path: Path,
    x: str | None = None,
    y: str | None = None,
    *,
    missing: MissingRule = "refuse",
    decimal: Decimal | None = None,
) -> DataColumns:
    """The columns x and y of a data file.

    x, y: their names; None where the file leaves no choice. missing: what is done with rows in
    which x or y is missing. decimal: the sign before decimals; None where the file shows it. Raises
    ConfigError with the first faults, each with its line, and InputError when there is nothing to
    read.
    """
    data = read_content(path)
    x, y = (None if name is None else clean_name(name) for name in (x, y))
    layout = find_layout(path, data, [name for name in (x, y) if name is not None])
    x_index, y_index = choose_columns(path, layout, x, y)
    x_column = _positions(layout, x_index)
    y_column = _Column(layout.names[y_index])
    table = _Table(path, data, layout, (x_index, y_index))
    faults = _fill(table, [x_column, y_column], decimal)
    _check_compact_dates(x_column, layout, x_index, faults)
    if missing == "refuse":
        for column in (x_column, y_column):
            column.refuse_missing(faults)
    faults.raise_if_any()
    _check_rows(path, x_column)
    return _joined(path, data, layout, x_column, y_column)


def read_column(path: Path, name: str, *, decimal: Decimal | None = None) -> Array:
    """One column of positions, shape (n_rows,), read as `read_columns` reads x.

    Raises as it does.
    """
    data = read_content(path)
    name = clean_name(name)
    layout = find_layout(path, data, [name])
    index = find_column(path, layout, name)
    column = _positions(layout, index)
    faults = _fill(_Table(path, data, layout, (index,)), [column], decimal)
    column.refuse_missing(faults, "fill in what is missing, or leave these rows out")
    faults.raise_if_any()
    _check_rows(path, column)
    return np.frombuffer(column.values)


def _positions(layout: Layout, index: int) -> _Column:
    """The column of x, which may hold dates."""
    is_compact = layout.holds_compact_dates(index)
    return _Column(layout.names[index], may_be_dates=True, is_compact=is_compact)


def _check_rows(path: Path, column: _Column) -> None:
    if not column.values:
        raise ConfigError([f"{path} has column names but no data rows"])


def _fill(table: _Table, columns: Sequence[_Column], decimal: Decimal | None) -> DataFaults:
    """Read the columns of a table, a second time where it takes all cells to know what one means.

    Gives the faults.
    """
    for lines, blocks in table.blocks(DataFaults(table.path)):
        for column, cells in zip(columns, blocks, strict=True):
            column.look_at(lines, cells)
    for column in columns:
        others = [other.evidence for other in columns if other is not column]
        column.marks = Marks(table.layout.delimiter, decimal, column.evidence, tuple(others))
    faults = DataFaults(table.path)
    if not table.has_faulty_rows and not any(column.is_undecided for column in columns):
        return faults
    for column in columns:
        column.begin_again(faults)
    for lines, blocks in table.blocks(faults):
        for column, cells in zip(columns, blocks, strict=True):
            column.convert(lines, cells, faults)
    for column in columns:
        column.refuse_alike(faults)
    return faults


def _joined(
    path: Path, data: bytes, layout: Layout, x_column: _Column, y_column: _Column
) -> DataColumns:
    """The rows in which neither x nor y is missing, and what there is to say."""
    x, y = np.frombuffer(x_column.values), np.frombuffer(y_column.values)
    left_out = {row for column in (x_column, y_column) for row, _, _ in column.missing}
    notes = list(layout.notes)
    if left_out:
        keep = np.ones(len(x), dtype=bool)
        keep[list(left_out)] = False
        notes.append(_left_out(x_column, y_column, len(left_out)))
        if not keep.any():
            raise ConfigError([f"{path}: {notes[-1]}; no row is left"])
        x, y = x[keep], y[keep]
    for column, values in ((x_column, x), (y_column, y)):
        notes += [apart_note(column.name, apart) for apart in numbers_apart(values)]
    if x_column.is_dated:
        notes.append(dates_note(x_column.name, x_column.example or ""))
    digest = hashlib.sha256(data).hexdigest()
    names = x_column.name, y_column.name
    return DataColumns(x, y, *names, x_column.is_dated, digest, tuple(notes), len(left_out))


def _left_out(x_column: _Column, y_column: _Column, count: int) -> str:
    """How many rows were left out, and where x or y was missing."""
    rows = counted(len(x_column.values), "row")
    places = [
        f"{in_quotes(column.name)} is missing in {column.where_missing()}"
        for column in (x_column, y_column)
        if column.missing
    ]
    verb = "is" if count == 1 else "are"
    return f"{count:,} of {rows} {verb} left out: {' and '.join(places)}"


def _check_compact_dates(column: _Column, layout: Layout, index: int, faults: DataFaults) -> None:
    """Refuse an x of numbers such as 20200304 alone, which are numbers or dates."""
    values = column.values
    if column.is_dated or len(values) < COMPACT_ROWS or not 1.8e7 < values[0] < 2.1e7:
        return
    cells = [(line, row[index]) for line, row in layout.sample if not is_missing(row[index])]
    if cells and all(is_compact_date(cell) for _, cell in cells):
        line, cell = cells[0]
        written = f"{cell[:4]}-{cell[4:6]}-{cell[6:]}"
        faults.add_of_column(
            line,
            f"{in_quotes(column.name)} is {in_quotes(cell)}, which could be a number or the date "
            f"{written}; name the column date, or write numbers with a point ({cell}.0)",
        )


class _Table:
    """The rows of data of a file, read anew each time.

    has_faulty_rows: a row with another number of cells than the header was met.
    """

    def __init__(self, path: Path, data: bytes, layout: Layout, indices: Sequence[int]) -> None:
        self.path = path
        self.layout = layout
        self._data = data
        self._indices = indices
        self.has_faulty_rows = False

    def blocks(self, faults: DataFaults) -> Iterator[Block]:
        """The lines of many rows at a time, and their cells in each of the columns."""
        width = {len(self.layout.names)}
        for all_lines, all_rows in row_blocks(self.path, self._data, self.layout.delimiter):
            lines, rows = self._below_header(all_lines, all_rows)
            if set(map(len, rows)) <= width:
                columns = [[row[index] for row in rows] for index in self._indices]
                if not any("" in cells for cells in columns):
                    yield lines, columns
                    continue
            pairs = [pair for pair in zip(lines, rows, strict=True) if self._is_data(*pair, faults)]
            lines = [line for line, _ in pairs]
            yield lines, [[row[index] for _, row in pairs] for index in self._indices]

    def _below_header(
        self, lines: list[int], rows: list[list[str]]
    ) -> tuple[list[int], list[list[str]]]:
        first = max(self.layout.header_line, self.layout.units_line or 0) + 1
        if not lines or lines[0] >= first:
            return lines, rows
        start = sum(line < first for line in lines)
        return lines[start:], rows[start:]

    def _is_data(self, line: int, row: list[str], faults: DataFaults) -> bool:
        """Whether a row is one of data; a row of another length is a fault."""
        if not any(cell.strip() for cell in row):
            return False
        width = len(self.layout.names)
        if len(row) == width or (len(row) > width and not any(map(str.strip, row[width:]))):
            return True
        if is_comment(row):
            return False
        self.has_faulty_rows = True
        faults.add(line, self._wrong_length(row, width))
        return False

    def _wrong_length(self, row: list[str], width: int) -> str:
        layout = self.layout
        names = f"{layout.header_words} names {counted(width, 'column')}"
        problem = f"{counted(len(row), 'cell')} where {names}"
        if len(row) == 1 and read_number(row[0].strip()) is None:
            return f"{problem}; a text below or within the table is no point, so leave it out"
        if len(row) > width and layout.delimiter == ",":
            return f"{problem}; a cell that holds a comma needs quotes around it"
        return problem


@dataclass(eq=False)
class _Column:
    """The cells of one column, and what they turn out to be.

    values: a number for every row, nan where there is none (yet). missing: row, line and cell of
    every missing one. numbers, years, dates: how many cells are a number, a number that may be a
    year, a date. is_compact: numbers such as 20200304 are dates. example: one of the dates.
    alike: numbers and dates that are refused, each kind by the first line, its text and a count.
    """

    name: str
    may_be_dates: bool = False
    is_compact: bool = False
    values: array[float] = field(default_factory=lambda: array("d"))
    missing: list[tuple[int, int, str]] = field(default_factory=list)
    evidence: Evidence = field(default_factory=Evidence)
    numbers: int = 0
    years: int = 0
    example: str | None = None
    dates: int = 0
    is_irregular: bool = False
    alike: dict[str, tuple[int, str, int]] = field(default_factory=dict)
    marks: Marks = field(init=False)

    def look_at(self, lines: list[int], cells: list[str]) -> None:
        """Take the values of plain cells; note what the others show."""
        joined = "\n".join(cells)
        values = _plain_values(cells, joined)
        if values is not None:
            self.evidence.look_at_plain(lines, cells, joined)
            self.numbers += len(cells)
            self.values.extend(values)
            return
        for line, raw in zip(lines, cells, strict=True):
            self.values.append(self._look_at_cell(line, raw.strip()))

    def _look_at_cell(self, line: int, cell: str) -> float:
        if is_missing(cell):
            self.missing.append((len(self.values), line, cell))
            return math.nan
        readings = read_number(cell)
        if readings is not None:
            self.numbers += 1
            self.years += is_year(cell)
            self.evidence.look_at(line, cell, readings)
            if readings.point is not None and math.isfinite(readings.point) and "," not in cell:
                return readings.point
        elif read_date(cell) is not None:
            self.dates += 1
            self._keep_example(cell)
        self.is_irregular = True
        return math.nan

    def _keep_example(self, cell: str) -> None:
        """Keep the first date that has a fraction to show, or the first one."""
        if self.example is None or (read_date(self.example) or 0.0).is_integer():
            self.example = cell

    @property
    def is_dated(self) -> bool:
        """Whether the column holds dates: more of them than numbers that are no years."""
        if self.is_compact:
            return True
        return self.may_be_dates and self.dates > self.numbers - self.years

    @property
    def is_undecided(self) -> bool:
        """Whether values depend on what the whole column shows."""
        return self.is_irregular or self.is_dated or self.marks.doubts_points or self._is_infinite

    @property
    def _is_infinite(self) -> bool:
        return bool(np.isinf(np.frombuffer(self.values)).any()) if self.values else False

    def begin_again(self, faults: DataFaults) -> None:
        """Forget the values, and note a fault of the column as a whole."""
        self.values = array("d")
        self.missing = []
        conflict = None if self.is_dated else self.marks.conflict()
        if conflict is not None:
            line, problem = conflict
            faults.add_of_column(line, f"{in_quotes(self.name)} {problem}")

    def convert(self, lines: list[int], cells: list[str], faults: DataFaults) -> None:
        """Take the values of cells, now that the whole column is known."""
        for line, raw in zip(lines, cells, strict=True):
            cell = raw.strip()
            if is_missing(cell):
                self.missing.append((len(self.values), line, cell))
                self.values.append(math.nan)
                continue
            value = self._date(cell) if self.is_dated else self._number(cell)
            if isinstance(value, str):
                self._refuse(line, cell, value, faults)
                value = math.nan
            self.values.append(value)

    def _refuse(self, line: int, cell: str, problem: str, faults: DataFaults) -> None:
        """Note the fault of a cell; of numbers and dates, which are alike, the first one alone."""
        text = f"{in_quotes(self.name)} {problem}"
        kind = "date" if read_date(cell) else "number" if read_number(cell) else None
        if kind is None:
            faults.add(line, text)
            return
        first_line, first_text, count = self.alike.get(kind, (line, text, 0))
        self.alike[kind] = first_line, first_text, count + 1

    def refuse_alike(self, faults: DataFaults) -> None:
        """Note the faults of cells that are alike, once each."""
        for line, text, count in self.alike.values():
            more = "" if count == 1 else f" (the same for {counted(count - 1, 'more cell')})"
            faults.add_of_column(line, text + more)

    def _number(self, cell: str) -> float | str:
        """The number in a cell, or why there is none."""
        readings = read_number(cell)
        if readings is None:
            if read_date(cell) is None:
                return why_no_number(cell)
            reason = (
                "a date among numbers" if self.may_be_dates else "a date; dates are read as x alone"
            )
            return f"is {in_quotes(cell)}, {reason}"
        value = self.marks.number(readings)
        if value is None:
            return self.marks.why_not(cell, readings)
        return value if math.isfinite(value) else why_no_number(cell)

    def _date(self, cell: str) -> float | str:
        """The year that a cell names, or why there is none."""
        year = float(cell) if is_year(cell) else read_date(cell)
        if year is None and self.is_compact:
            year = read_compact_date(cell)
            self.example = self.example or (None if year is None else cell)
        if year is not None:
            return year
        if read_number(cell) is not None:
            return f"is {in_quotes(cell)}, a number among dates"
        return why_no_number(cell)

    def refuse_missing(self, faults: DataFaults, advice: str | None = None) -> None:
        """Note the fault of missing cells, if there are any.

        advice: in place of that for configs.
        """
        if not self.missing:
            return
        (_, line, _), *others = self.missing
        rows = counted(len(self.values), "row")
        words = ", ".join(dict.fromkeys(cell or "empty" for _, _, cell in self.missing))
        text = f"{in_quotes(self.name)} is missing ({words})"
        usual_advice = "fill it in, or leave the row out with data.missing=skip"
        if others:
            text += f" in {len(self.missing):,} of {rows}: {self.where_missing()}"
            usual_advice = "fill them in, or leave these rows out with data.missing=skip"
        faults.add_of_column(line, f"{text}; {advice or usual_advice}")

    def where_missing(self) -> str:
        """The first lines in which the column is missing: "lines 3, 4, 9, 12, 20, …"."""
        lines = ", ".join(f"{line}" for _, line, _ in self.missing[:LINES_NAMED])
        if len(self.missing) == 1:
            return f"line {lines}"
        return f"lines {lines}, …" if len(self.missing) > LINES_NAMED else f"lines {lines}"


def _plain_values(cells: Sequence[str], joined: str) -> array[float] | None:
    """The values of cells of digits, signs, points and exponents alone; None for any others."""
    if joined.encode().translate(None, PLAIN_CHARACTERS):
        return None
    try:
        return array("d", map(float, cells))
    except ValueError:
        return None
