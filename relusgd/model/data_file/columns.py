"""Two columns of numbers from a data file, read strictly.

Every doubtful cell is named with its line; none is guessed. Cells of digits and points are read
many at a time. A column with other cells is read a second time, once all of it is known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from relusgd.errors import ConfigError
from relusgd.model.data_file.choice import choose_columns, find_column
from relusgd.model.data_file.column import FileColumn
from relusgd.model.data_file.content import read_content
from relusgd.model.data_file.data_rows import DataRows
from relusgd.model.data_file.doubtful_dates import refuse_doubtful_dates
from relusgd.model.data_file.faults import DataFaults, in_quotes
from relusgd.model.data_file.layout import Layout, find_layout
from relusgd.model.data_file.marks import Decimal, Marks
from relusgd.model.data_file.names import clean_name
from relusgd.model.data_file.notes import apart_note, dates_note
from relusgd.model.data_file.numbers_apart import numbers_apart
from relusgd.model.network import Array
from relusgd.words import agreeing, counted

MissingRule = Literal["refuse", "skip"]


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
    if x is not None:
        x = clean_name(x)
    if y is not None:
        y = clean_name(y)
    named = [name for name in (x, y) if name is not None]
    layout = find_layout(path, data, named)
    x_index, y_index = choose_columns(path, layout, x, y)
    x_column = _positions(layout, x_index)
    y_column = FileColumn(layout.names[y_index])
    rows = DataRows(path, data, layout, (x_index, y_index))
    faults = _fill(rows, [x_column, y_column], decimal)
    refuse_doubtful_dates(x_column, layout, x_index, faults)
    if missing == "refuse":
        for column in (x_column, y_column):
            column.refuse_missing(faults)
    faults.raise_if_any()
    _check_rows(path, x_column)
    return _joined(path, data, layout, x_column, y_column)


def read_positions(path: Path, name: str, *, decimal: Decimal | None = None) -> Array:
    """One column of positions, shape (n_rows,), read as `read_columns` reads x.

    Raises as it does.
    """
    data = read_content(path)
    name = clean_name(name)
    layout = find_layout(path, data, [name])
    index = find_column(path, layout, name)
    column = _positions(layout, index)
    rows = DataRows(path, data, layout, (index,))
    faults = _fill(rows, [column], decimal)
    column.refuse_missing(faults, "fill in what is missing, or leave these rows out")
    faults.raise_if_any()
    _check_rows(path, column)
    return np.frombuffer(column.values)


def _positions(layout: Layout, index: int) -> FileColumn:
    """The column of x, which may hold dates."""
    is_compact = layout.holds_compact_dates(index)
    return FileColumn(layout.names[index], may_be_dates=True, is_compact=is_compact)


def _check_rows(path: Path, column: FileColumn) -> None:
    if not column.values:
        raise ConfigError([f"{path} has column names but no data rows"])


def _fill(rows: DataRows, columns: Sequence[FileColumn], decimal: Decimal | None) -> DataFaults:
    """Read the columns, a second time where it takes all cells to know what one means.

    Gives the faults.
    """
    for lines, blocks in rows.blocks(DataFaults(rows.path)):
        for column, cells in zip(columns, blocks, strict=True):
            column.look_at(lines, cells)
    for column in columns:
        others = [other.evidence for other in columns if other is not column]
        column.marks = Marks(rows.layout.delimiter, decimal, column.evidence, tuple(others))
    faults = DataFaults(rows.path)
    is_decided = not any(column.is_undecided for column in columns)
    if is_decided and not rows.has_faulty_rows:
        return faults
    for column in columns:
        column.begin_again(faults)
    for lines, blocks in rows.blocks(faults):
        for column, cells in zip(columns, blocks, strict=True):
            column.convert(lines, cells, faults)
    for column in columns:
        column.refuse_alike(faults)
    return faults


def _joined(
    path: Path,
    data: bytes,
    layout: Layout,
    x_column: FileColumn,
    y_column: FileColumn,
) -> DataColumns:
    """The rows in which neither x nor y is missing, and what there is to say."""
    x = np.frombuffer(x_column.values)
    y = np.frombuffer(y_column.values)
    left_out = {cell.row for cell in [*x_column.missing, *y_column.missing]}
    notes = list(layout.notes)
    if left_out:
        is_kept = np.ones(len(x), dtype=bool)
        is_kept[list(left_out)] = False
        note = _left_out(x_column, y_column, len(left_out))
        if not is_kept.any():
            raise ConfigError([f"{path}: {note}; no row is left"])
        notes.append(note)
        x, y = x[is_kept], y[is_kept]
    notes += [apart_note(x_column.name, apart) for apart in numbers_apart(x)]
    notes += [apart_note(y_column.name, apart) for apart in numbers_apart(y)]
    if x_column.is_dated:
        notes.append(dates_note(x_column.name, x_column.example or "", x_column.day_order))
    return DataColumns(
        x,
        y,
        x_column.name,
        y_column.name,
        is_dated=x_column.is_dated,
        digest=hashlib.sha256(data).hexdigest(),
        notes=tuple(notes),
        left_out=len(left_out),
    )


def _left_out(x_column: FileColumn, y_column: FileColumn, count: int) -> str:
    """How many rows were left out, and where x or y was missing."""
    rows = counted(len(x_column.values), "row")
    places = []
    for column in (x_column, y_column):
        if column.missing:
            places.append(f"{in_quotes(column.name)} is missing in {column.where_missing()}")
    verb = agreeing(count, "is", "are")
    return f"{count:,} of {rows} {verb} left out: {' and '.join(places)}"
