"""Arrays on disk that grow by rows, in NumPy's own `.npy` format.

The header of a `.npy` file has room for a growing first dimension. Rows are written first and the header, in one write,
after them; so at any instant, and after a kill at any instant, the header claims no row that is not there.
"""

from __future__ import annotations

import io
import math
import mmap
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.errors import RelusgdError
from relusgd.files import open_own, reading
from relusgd.runs.damage import unreadable

HEADER_BYTES = 128

HEADER = re.compile(
    rb"\{'descr': '([<>|=a-z0-9]{2,8})', 'fortran_order': (False|True), 'shape': \(([0-9, ]{0,200})\), \} *\n",
    re.ASCII,
)
"""The whole text of a header; anything else that NumPy would accept, and evaluate, is not."""


def npy_header(rows: int, row_shape: Sequence[int], dtype: np.dtype[Any]) -> bytes:
    """The header of a C-ordered array of shape (rows, *row_shape), always HEADER_BYTES long."""
    buffer = io.BytesIO()
    description = {
        "descr": np.lib.format.dtype_to_descr(dtype),
        "fortran_order": False,
        "shape": (rows, *row_shape),
    }
    np.lib.format.write_array_header_1_0(buffer, description)
    header = buffer.getvalue()
    if len(header) != HEADER_BYTES:
        raise ValueError(
            f"an array with rows of shape {tuple(row_shape)} has a header of {len(header)} bytes"
        )
    return header


def npy_file(rows: NDArray[Any], row_shape: Sequence[int], dtype: str) -> list[bytes | memoryview]:
    """The parts of a whole `.npy` file with these rows."""
    data = np.ascontiguousarray(rows, dtype=dtype)
    return [npy_header(len(data), row_shape, data.dtype), data.reshape(-1).data.cast("B")]


class GrowingArray:
    """An open `.npy` file of rows of one shape, at which one writer appends.

    rows: how many the file keeps; what lies beyond them, left by a writer that was killed, is cut off.
    Raises RelusgdError for a link and OSError.
    """

    def __init__(self, path: Path, row_shape: Sequence[int], dtype: str, rows: int) -> None:
        self.row_shape, self.dtype, self.rows = tuple(row_shape), np.dtype(dtype), rows
        self._row_bytes = self.dtype.itemsize * math.prod(self.row_shape)
        self._descriptor = open_own(path, os.O_RDWR | os.O_CREAT)
        try:
            # in this order the header never claims more than is there
            self.claim()
            os.ftruncate(self._descriptor, HEADER_BYTES + rows * self._row_bytes)
        except BaseException:
            self.close()
            raise

    def write_rows(self, rows: NDArray[Any]) -> None:
        """Write rows behind the last ones; they count only when `claim` is called."""
        data = np.ascontiguousarray(rows, dtype=self.dtype)
        write_at(self._descriptor, data.data.cast("B"), HEADER_BYTES + self.rows * self._row_bytes)
        self.rows += len(data)

    def claim(self) -> None:
        """Let the header say how many rows there are."""
        write_at(self._descriptor, memoryview(npy_header(self.rows, self.row_shape, self.dtype)), 0)

    def sync(self) -> None:
        """Wait until the disk has everything."""
        os.fsync(self._descriptor)

    def close(self) -> None:
        os.close(self._descriptor)


def write_at(descriptor: int, data: memoryview, offset: int) -> None:
    """Write all of data at this offset; raises OSError, for one when the disk is full."""
    while len(data):
        written = os.pwrite(descriptor, data, offset)
        data, offset = data[written:], offset + written


def read_rows(path: Path, rows: int, row_shape: Sequence[int], dtype: str) -> NDArray[Any]:
    """The first `rows` rows as a read-only memory map, shape (rows, *row_shape).

    Raises RelusgdError when the file is missing, is no such array, or holds fewer rows. Never unpickles nor evaluates.
    """
    with _checked(path, rows, row_shape, dtype) as (descriptor, start):
        stop = start + rows * math.prod(row_shape) * np.dtype(dtype).itemsize
        return _mapped(descriptor, start, stop, (rows, *row_shape), dtype)


def check_rows(path: Path, rows: int, row_shape: Sequence[int], dtype: str) -> None:
    """Raise as `read_rows` does, by a look at the header and the size alone."""
    with _checked(path, rows, row_shape, dtype):
        pass


@contextmanager
def _checked(
    path: Path, rows: int, row_shape: Sequence[int], dtype: str
) -> Iterator[tuple[int, int]]:
    """A descriptor of an array file that holds so many rows, and where they begin in it."""
    expected = f"at least {rows} rows of shape {tuple(row_shape)} and type {dtype}"
    try:
        with reading(path) as descriptor:
            for _ in range(
                2
            ):  # a writer that came back may have cut its torn tail between header and size
                shape, found, start = parse_header(os.pread(descriptor, 4096, 0))
                size = os.fstat(descriptor).st_size
                row_bytes = math.prod(row_shape) * np.dtype(dtype).itemsize
                fits = found == dtype and len(shape) > 0 and shape[1:] == tuple(row_shape)
                if fits and shape[0] >= rows and size >= start + shape[0] * row_bytes:
                    yield descriptor, start
                    return
    except (ValueError, OSError, OverflowError) as error:
        raise unreadable(path, f"an array file with {expected}", error) from None
    told = f"claims an array of shape {shape} and type {found} in {size:,} bytes"
    raise RelusgdError(f"{path}: {told}, expected {expected}; the run folder is damaged")


def count_rows(path: Path, row_shape: Sequence[int], dtype: str) -> int:
    """How many rows an array file claims and holds; 0 when it is no such array."""
    try:
        with reading(path) as descriptor:
            shape, found, start = parse_header(os.pread(descriptor, 4096, 0))
            held = os.fstat(descriptor).st_size - start
    except (ValueError, OSError, RelusgdError):
        return 0
    if found != dtype or len(shape) == 0 or shape[1:] != tuple(row_shape):
        return 0
    return min(shape[0], held // (math.prod(row_shape) * np.dtype(dtype).itemsize))


def _mapped(
    descriptor: int, start: int, stop: int, shape: tuple[int, ...], dtype: str
) -> NDArray[Any]:
    memory = mmap.mmap(descriptor, stop, access=mmap.ACCESS_READ)
    return np.frombuffer(memory, dtype=dtype, offset=start, count=math.prod(shape)).reshape(shape)


def parse_header(head: bytes) -> tuple[tuple[int, ...], str, int]:
    """Shape and type of the array in a C-ordered `.npy` file and where its values begin, from the file's first bytes.

    Raises ValueError for anything else.
    """
    if head[:8] not in (b"\x93NUMPY\x01\x00", b"\x93NUMPY\x02\x00"):
        raise ValueError("it does not begin as an .npy file")
    start = 10 if head[6] == 1 else 12
    length = int.from_bytes(head[8:start], "little")
    match = HEADER.fullmatch(head[start : start + length])
    if match is None or match[2] != b"False":
        raise ValueError("its header is none that this version writes")
    shape = tuple(int(part) for part in match[3].split(b",") if part.strip())
    return shape, match[1].decode(), start + length
