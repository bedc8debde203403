"""Two columns of numbers from a CSV file, read strictly.

Every doubtful cell is named with its line; none is guessed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from relusgd.errors import ConfigError, InputError
from relusgd.model.network import Array
from relusgd.words import comma_list, counted, nearest

MAX_BYTES = 100_000_000
FAULTS_NAMED = 5
DELIMITERS = (",", ";", "\t")

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?", re.ASCII)
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", ".", "?"})
_INFINITE = frozenset({"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"})


def read_columns(path: Path, x: str, y: str) -> tuple[Array, Array, str]:
    """The columns x and y, shape (n_rows,) each, and the file's SHA-256 in hexadecimal.

    The first line that is not blank names the columns; commas, semicolons or tabs separate them;
    blank lines are skipped. Raises ConfigError with the first faults, each with its line, and
    InputError when there is nothing to read.
    """
    data = _text_bytes(path)
    delimiter = _delimiter(data, (x, y))
    rows = _rows(path, data, delimiter)
    _, names = next(rows, (0, []))
    columns = _column_numbers(path, names, (x, y))
    faults = _Faults(path)
    points = array("d")
    for line, row in rows:
        points.extend(_point(line, row, names, columns, faults))
    faults.raise_if_any()
    if not points:
        raise ConfigError([f"{path} has column names but no data rows"])
    x_values, y_values = np.array(points).reshape(-1, 2).T.copy()
    digest = hashlib.sha256(data).hexdigest()
    return x_values, y_values, digest


def read_column(path: Path, name: str) -> Array:
    """One column, shape (n_rows,), read as `read_columns` reads two. Raises as it does."""
    data = _text_bytes(path)
    delimiter = _delimiter(data, (name, name))
    rows = _rows(path, data, delimiter)
    _, names = next(rows, (0, []))
    problems = _column_faults(names, name)
    if problems:
        raise ConfigError([f"{path}: {problem}" for problem in problems])
    faults = _Faults(path)
    column = names.index(name)
    # A row's point takes two columns; here both are the same one.
    points = [_point(line, row, names, [column, column], faults)[0] for line, row in rows]
    faults.raise_if_any()
    if not points:
        raise ConfigError([f"{path} has column names but no data rows"])
    return np.array(points)


class _Faults:
    """The first faults of a file in words, and how many there are."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._named: list[str] = []
        self._count = 0

    def add(self, line: int, problem: str) -> None:
        self._count += 1
        if self._count <= FAULTS_NAMED:
            self._named.append(f"{self._path}:{line}: {problem}")

    def raise_if_any(self) -> None:
        more = self._count - FAULTS_NAMED
        if more > 0:
            self._named.append(f"{self._path}: and {more:,} more")
        if self._named:
            raise ConfigError(self._named)


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder; a CSV file is expected")
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is not a regular file; a CSV file is expected")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"there is no file {path}") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from None
    except ValueError:
        raise InputError(f"{str(path)!r} is not a legal path") from None
    if len(data) > MAX_BYTES:
        raise InputError(f"{path} has more than {MAX_BYTES // 1_000_000} MB; thin its rows")
    return data


def _text_bytes(path: Path) -> bytes:
    """The content, once it is known to be text in UTF-8 with something in it."""
    data = _read_bytes(path)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{path} is text in UTF-16; save it as UTF-8")
    if b"\0" in data:
        raise InputError(f"{path} is a binary file; a CSV file, which is plain text, is expected")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        fault = f"{path}:{line}: this is not text in UTF-8; save the file as UTF-8"
        raise ConfigError([fault]) from None
    if not text or text.isspace():
        raise InputError(
            f"{path} is empty; a line of column names and rows of numbers are expected"
        )
    return data


def _rows(path: Path, data: bytes, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells without surrounding blanks) of every row that is not blank."""
    text = io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if cells not in ([], [""]):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise ConfigError([f"{path}:{line}: this is not valid CSV ({error})"]) from None


def _delimiter(data: bytes, wanted: tuple[str, str]) -> str:
    """The delimiter under which the first row names the wanted columns, or else most columns."""

    def merit(delimiter: str) -> tuple[bool, int]:
        names = _first_row(data, delimiter)
        return set(names).issuperset(wanted), len(names)

    return max(DELIMITERS, key=merit)


def _first_row(data: bytes, delimiter: str) -> list[str]:
    try:
        _, row = next(_rows(Path(), data, delimiter), (0, []))
    except ConfigError:
        return []
    return row


def _column_numbers(path: Path, names: list[str], wanted: tuple[str, str]) -> list[int]:
    """The indices of the wanted columns. Raises ConfigError if one is missing or ambiguous."""
    x, y = wanted
    faults = _column_faults(names, x)
    if x == y:
        faults.append(f"x and y name the same column, {x}")
    else:
        faults += _column_faults(names, y)
    if len(faults) == 2 and all(_NUMBER.fullmatch(name) for name in names):
        faults = ["the first line must name the columns; it holds numbers"]
    if faults:
        raise ConfigError([f"{path}: {fault}" for fault in faults])
    return [names.index(name) for name in wanted]


def _column_faults(names: list[str], wanted: str) -> list[str]:
    """The fault of a column that is missing or not the only one of its name, if it is either."""
    count = names.count(wanted)
    if count == 1:
        return []
    if count > 1:
        return [f"{count} columns are named {_shown(wanted)}; rename one"]
    fault = f"there is no column {_shown(wanted)};"
    near = nearest(wanted, filter(None, names))
    if near:
        fault += f" did you mean {_shown(near)}?"
    columns = comma_list(map(_shown, names))
    return [f"{fault} The columns are {columns}"]


def _point(
    line: int, row: list[str], names: list[str], columns: list[int], faults: _Faults
) -> list[float]:
    """x and y of one row; nan or inf stands where a fault was noted."""
    if len(row) != len(names):
        cells = counted(len(row), "cell")
        columns_named = counted(len(names), "column")
        problem = f"{cells} where the first line names {columns_named}"
        if len(row) > len(names):
            problem += "; decimals are written with a point"
        faults.add(line, problem)
        return [math.nan, math.nan]
    return [_number(line, names[column], row[column], faults) for column in columns]


def _number(line: int, name: str, cell: str, faults: _Faults) -> float:
    """The number in a cell of the column `name`; nan or inf where a fault was noted."""
    number = float(cell) if _NUMBER.fullmatch(cell) else math.nan
    if not math.isfinite(number):
        faults.add(line, f"{_shown(name)} {_cell_problem(cell)}")
    return number


def _cell_problem(cell: str) -> str:
    if cell.lower() in _MISSING:
        written = f" ({cell})" if cell else ""
        return f"is missing{written}; leave the row out or fill it in"
    if _DECIMAL_COMMA.fullmatch(cell):
        with_point = cell[:40].replace(",", ".")
        return f"is {_shown(cell)}, with a decimal comma; write {with_point}"
    if _NUMBER.fullmatch(cell) or cell.lower() in _INFINITE:
        return f"is {_shown(cell)}, which is not finite in double precision"
    return f"is {_shown(cell)}, which is not a number"


def _shown(text: str) -> str:
    """A name or cell for a message: quoted, control characters escaped, cut when it is long."""
    if len(text) > 40:
        text = text[:39] + "…"
    return repr(text)
