"""Text cut into rows of cells at a delimiter."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from relusgd.errors import ConfigError

BLANKS = " "
"""Stands for runs of blanks and tabs as a delimiter."""

DELIMITERS = (",", ";", "\t", "|", BLANKS)
DELIMITER_WORDS = {
    ",": "commas",
    ";": "semicolons",
    "\t": "tabs",
    "|": "vertical bars",
    BLANKS: "blanks",
}

CSV_FAULTS = {
    "field larger": f"a cell of more than {csv.field_size_limit():,} characters begins here; "
    "is there a quote that nothing closes?",
    "unexpected end of data": "a quote opens here and nothing closes it",
    "expected after": "the quotes of a cell end before the cell does; within quotes, a quote is "
    'written twice ("")',
}
"""A part of the csv module's message → what to say instead."""

END_OF_FILE = b"\x1a"
"""Ctrl-Z, with which programs of MS-DOS end a text."""

BLOCK = 4096
SAMPLE_BYTES = 2**18
SAMPLE_ROWS = 300

Row = tuple[int, list[str]]
"""The line on which a row begins, and its cells."""


def row_blocks(
    path: Path,
    data: bytes,
    delimiter: str,
) -> Iterator[tuple[list[int], list[list[str]]]]:
    """The first line of every row, and the row's cells as they stand, many rows at a time.

    Raises ConfigError where the text is not valid CSV.
    """
    reader = _reader(data, delimiter)
    line = 1
    is_ended = False
    while not is_ended:
        lines: list[int] = []
        rows: list[list[str]] = []
        try:
            for row in reader:
                lines.append(line)
                rows.append(row)
                line = reader.line_num + 1
                if len(rows) == BLOCK:
                    break
            else:
                is_ended = True
        except csv.Error as error:
            yield lines, rows
            raise ConfigError([f"{path}:{line}: {_csv_fault(str(error))}"]) from None
        yield lines, rows


def refuse_unreadable(path: Path, data: bytes, delimiter: str) -> None:
    """Raise ConfigError with the first place at which the text is not valid CSV."""
    for _ in row_blocks(path, data, delimiter):
        pass


def _csv_fault(problem: str) -> str:
    """What the csv module complains about, in words that say what to look for."""
    for start, words in CSV_FAULTS.items():
        if start in problem:
            return words
    return f"this is not valid CSV ({problem})"


def sample_rows(data: bytes, delimiter: str) -> list[Row]:
    """The first rows that are not blank, with cells without surrounding blanks."""
    rows: list[Row] = []
    try:
        for lines, block in row_blocks(Path(), _beginning(data), delimiter):
            for line, row in zip(lines, block[:SAMPLE_ROWS], strict=False):
                cells = [cell.strip() for cell in row]
                if any(cells):
                    rows.append((line, cells))
            if len(rows) >= SAMPLE_ROWS:
                break
    except ConfigError:
        pass  # what stands before the fault is a sample too; reading the whole file names it
    return rows


def _beginning(data: bytes) -> bytes:
    """The first lines of a long text, together at most SAMPLE_BYTES."""
    if len(data) <= SAMPLE_BYTES:
        return data
    last_newline = data.rfind(b"\n", 0, SAMPLE_BYTES)
    last_return = data.rfind(b"\r", 0, SAMPLE_BYTES)
    end = max(last_newline, last_return)
    return data[: end + 1] if end > 0 else data


def _reader(data: bytes, delimiter: str) -> Any:
    """A reader of the standard library's csv, whose type has no public name."""
    content = io.BytesIO(data.rstrip(END_OF_FILE))
    text = io.TextIOWrapper(content, "utf-8-sig", newline="")
    if delimiter != BLANKS:
        return csv.reader(text, delimiter=delimiter, skipinitialspace=True, strict=True)
    lines = (f"{line.strip()}\n".replace("\t", BLANKS) for line in text)
    return csv.reader(lines, delimiter=BLANKS, skipinitialspace=True, strict=True)
