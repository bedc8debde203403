"""A text of lines of numbers with commas between them, read block after block.

Only complete lines count, and none behind a zero byte, which is what a power cut leaves of lines
that had not reached the disk.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import IO

import numpy as np
from numpy.typing import NDArray

from relusgd.run_files.decimals import Array, DecimalText, Integers

BLOCK_BYTES = 2**19
"""About so much of the text is read at a time."""

MANY_BYTES = 2**16
"""From so much text on, reading all fields of a column at once is faster than one by one."""

KEPT_BYTES = 2**22
"""So much memory is to stay with this process while it reads block after block."""

COMMA, NEWLINE = ord(","), ord("\n")


def count_lines(file: IO[bytes]) -> int:
    """How many complete lines follow in a file."""
    lines = 0
    for block in _written_blocks(file):
        characters = np.frombuffer(block, np.uint8)
        lines += int(np.count_nonzero(characters == NEWLINE))
    return lines


def size_of_lines(file: IO[bytes], lines: int) -> int:
    """The bytes of the next so many complete lines of a file, or of all where there are fewer."""
    size = 0
    begin = 0
    left = lines
    for block in _written_blocks(file):
        characters = np.frombuffer(block, np.uint8)
        ends = np.flatnonzero(characters == NEWLINE)[:left]
        if len(ends):
            size = begin + int(ends[-1]) + 1
        left -= len(ends)
        if not left:
            break
        begin += len(block)
    return size


def complete_lines(file: IO[bytes]) -> Iterator[bytes]:
    """The complete lines that follow in a file, about BLOCK_BYTES of them at a time."""
    rest = b""
    for block in _written_blocks(file):
        size = block.rfind(b"\n") + 1
        if size:
            yield rest + block[:size]
            rest = block[size:]
        else:
            rest += block


def _written_blocks(file: IO[bytes]) -> Iterator[bytes]:
    """What follows in a file, block after block, up to the first zero.

    A power cut may leave zeros where lines were being written.
    """
    while block := file.read(BLOCK_BYTES):
        zero = block.find(b"\0")
        if zero < 0:
            yield block
            continue
        if zero > 0:
            yield block[:zero]
        return


def keep_freed_memory() -> None:
    """Let the memory of one block serve the next one.

    The C library of Linux gives large pieces back to the system as soon as they are freed, and new
    ones cost as much time as reading their numbers. What counts as large grows with what is freed.
    """
    freed = np.empty(KEPT_BYTES, np.uint8)
    del freed


def read_columns(content: bytes, is_whole: Mapping[str, bool]) -> dict[str, Array]:
    """Complete lines of numbers as columns.

    is_whole: the name of every column, in their order, and whether its numbers must be whole ones
    from 0 on. Raises ValueError where a line has another number of numbers, or one that it cannot
    have.
    """
    if len(content) >= MANY_BYTES:
        fields = _Fields(content, len(is_whole))
        return {
            name: fields.column(index, name, whole)
            for index, (name, whole) in enumerate(is_whole.items())
        }
    table = _read_table(content, content.count(b"\n"), len(is_whole))
    columns = dict(zip(is_whole, table.T, strict=True))
    for name, numbers in columns.items():
        if is_whole[name]:
            _check_whole(name, numbers)
    return columns


def _read_table(content: bytes, lines: int, width: int) -> Array:
    """The numbers of so many lines, shape (lines, width). Raises ValueError."""
    # counted before NumPy makes anything larger than the text of it
    if content.count(b",") != lines * (width - 1):
        raise ValueError(_expected(width))
    table = _load_text(content)
    if table.shape != (lines, width):
        raise ValueError(_expected(width))
    return table


def _load_text(content: bytes) -> Array:
    """The numbers of a text in any form, shape (lines, width). Raises ValueError."""
    file = io.BytesIO(content)
    return np.loadtxt(file, delimiter=",", ndmin=2, comments=None, encoding="ascii")


class _Fields:
    """What stands between the commas of many lines. Raises ValueError, as `read_columns`."""

    def __init__(self, content: bytes, width: int) -> None:
        self._content = content
        self._text = DecimalText(content)
        characters = self._text.characters
        lines = np.count_nonzero(characters == NEWLINE)
        # counted before anything larger than the text is made of it
        if np.count_nonzero(characters == COMMA) != lines * (width - 1):
            raise ValueError(_expected(width))
        ends = _ends_of_fields(characters)
        begins = np.zeros_like(ends)
        begins[1:] = ends[:-1] + 1
        # A column's places lie side by side, because it is read by itself.
        self._ends = np.ascontiguousarray(ends.reshape(-1, width).T)
        self._begins = np.ascontiguousarray(begins.reshape(-1, width).T)
        if not (characters[self._ends[-1]] == NEWLINE).all():
            raise ValueError(_expected(width))

    def column(self, index: int, name: str, is_whole: bool) -> Array:
        """The numbers of a column, one of each line."""
        begins, ends = self._begins[index], self._ends[index]
        read = self._text.whole_numbers if is_whole else self._text.fractions
        numbers, is_read = read(begins, ends)
        if not is_read.all():
            others = self._other_numbers(begins[~is_read], ends[~is_read])
            if is_whole:
                _check_whole(name, others)
            numbers[~is_read] = others
        return numbers

    def _other_numbers(self, begins: Integers, ends: Integers) -> Array:
        """The numbers of fields in any form, shape (n,)."""
        if (begins == ends).any():
            raise ValueError("a number is missing")
        places = zip(begins.tolist(), ends.tolist(), strict=True)
        fields = b"".join(self._content[begin:end] + b"\n" for begin, end in places)
        return _read_table(fields, len(begins), 1)[:, 0]


def _ends_of_fields(characters: NDArray[np.uint8]) -> Integers:
    """The places of all commas and newlines."""
    # One comparison finds them all, and now and then a sign or a space.
    places = np.flatnonzero(characters <= COMMA)
    found = characters[places]
    is_end = (found == COMMA) | (found == NEWLINE)
    return places if is_end.all() else places[is_end]


def _check_whole(name: str, numbers: Array) -> None:
    """Raise ValueError where not all are whole numbers from 0 to 2^53."""
    in_range = (numbers >= 0) & (numbers <= 2.0**53)
    is_whole = numbers == np.floor(numbers)
    if not (in_range & is_whole).all():
        raise ValueError(f"{name} must be whole numbers from 0 on")


def _expected(width: int) -> str:
    return f"lines of {width} numbers are expected"
