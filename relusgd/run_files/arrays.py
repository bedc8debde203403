"""Arrays on disk that grow by rows, in NumPy's own `.npy` format.

The header of a `.npy` file has room for a growing first dimension. Rows are written first and the
header, in one write, after them. So at any instant, and after a kill at any instant, the header
claims no row that is not there.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from relusgd.durable import sync
from relusgd.errors import RelusgdError
from relusgd.files import open_own, reading
from relusgd.run_files.folder_errors import damaged, unreadable
from relusgd.run_files.memory_map import mapped
from relusgd.words import cut_short

T = TypeVar("T")

HEADER_BYTES = 128

MAX_HEADER_BYTES = 4096
"""Of a header that is read; NumPy's own are shorter."""


def npy_header(rows: int, row_shape: Sequence[int], dtype: np.dtype[Any]) -> bytes:
    """The header of a C-ordered array of shape (rows, *row_shape), always HEADER_BYTES long."""
    buffer = io.BytesIO()
    description = {
        "descr": npy.dtype_to_descr(dtype),
        "fortran_order": False,
        "shape": (rows, *row_shape),
    }
    npy.write_array_header_1_0(buffer, description)
    header = buffer.getvalue()
    if len(header) != HEADER_BYTES:
        raise ValueError(
            f"an array with rows of shape {tuple(row_shape)} has a header of {len(header)} bytes"
        )
    return header


def npy_file(rows: NDArray[Any], row_shape: Sequence[int], dtype: str) -> list[bytes | memoryview]:
    """The parts of a whole `.npy` file with these rows."""
    data = np.ascontiguousarray(rows, dtype=dtype)
    header = npy_header(len(data), row_shape, data.dtype)
    numbers = data.reshape(-1).data.cast("B")
    return [header, numbers]


class GrowingArray:
    """An open `.npy` file of rows of one shape, to which one writer appends.

    rows: how many the file holds; what a killed writer left beyond them is cut off. Raises
    RelusgdError for a link, and OSError.
    """

    def __init__(
        self,
        path: Path,
        row_shape: Sequence[int],
        dtype: str,
        rows: int,
    ) -> None:
        self.row_shape = tuple(row_shape)
        self.dtype = np.dtype(dtype)
        self.rows = rows
        self._row_bytes = self.dtype.itemsize * math.prod(self.row_shape)
        self._descriptor = open_own(path, os.O_RDWR | os.O_CREAT)
        try:
            self.cut(rows)
        except BaseException:
            self.close()
            raise

    def write_rows(self, rows: NDArray[Any], first: int | None = None) -> None:
        """Write rows, from row number `first` on, by default behind the last ones.

        New ones count only when `claim` is called.
        """
        first = self.rows if first is None else first
        data = np.ascontiguousarray(rows, dtype=self.dtype)
        offset = HEADER_BYTES + first * self._row_bytes
        self._write_at(offset, data.data.cast("B"))
        self.rows = max(self.rows, first + len(data))

    def cut(self, rows: int) -> None:
        """Keep only so many rows."""
        self.rows = rows
        # in this order the header never claims more than is there
        self.claim()
        os.ftruncate(self._descriptor, HEADER_BYTES + rows * self._row_bytes)

    def claim(self) -> None:
        """Let the header say how many rows there are."""
        self._write_at(0, npy_header(self.rows, self.row_shape, self.dtype))

    def _write_at(self, offset: int, data: bytes | memoryview) -> None:
        """Write all of data there. Raises OSError, for example when the disk is full."""
        while len(data):
            written = os.pwrite(self._descriptor, data, offset)
            data = data[written:]
            offset += written

    def sync(self) -> None:
        """Wait until the disk has everything."""
        sync(self._descriptor)

    def close(self) -> None:
        os.close(self._descriptor)


def read_rows(
    path: Path,
    rows: int,
    row_shape: Sequence[int],
    dtype: str,
) -> NDArray[Any]:
    """The first `rows` rows as a read-only memory map, shape (rows, *row_shape).

    Reads the header only. Raises RelusgdError when the file is missing, is not such an array, or
    holds fewer rows.
    """

    def read(descriptor: int, start: int) -> NDArray[Any]:
        return _mapped(descriptor, start, (rows, *row_shape), dtype)

    return _with_rows(path, rows, row_shape, dtype, read)


def check_rows(path: Path, rows: int, row_shape: Sequence[int], dtype: str) -> None:
    """Raise what `read_rows` raises; nothing but the header is read."""
    _with_rows(path, rows, row_shape, dtype, lambda *_: None)


def _with_rows(
    path: Path,
    rows: int,
    row_shape: Sequence[int],
    dtype: str,
    read: Callable[[int, int], T],
) -> T:
    """What `read` makes of a file that has so many rows: of its descriptor and their place."""
    expected = f"at least {rows} rows of shape {tuple(row_shape)} and type {dtype}"
    try:
        with reading(path) as descriptor:
            if _is_as_written(descriptor, rows, tuple(row_shape), dtype):
                return read(descriptor, HEADER_BYTES)
            # Twice, because a writer that came back may have cut its torn tail between the look
            # at the header and that at the size.
            for _ in range(2):
                claimed, held, start = _look(descriptor, row_shape, dtype)
                if rows <= claimed <= held:
                    return read(descriptor, start)
    except (ValueError, OSError, OverflowError) as error:
        raise unreadable(path, f"an array file with {expected}", error) from None
    raise damaged(path, f"claims {claimed:,} rows and holds {held:,}, expected {expected}")


def _is_as_written(
    descriptor: int,
    rows: int,
    row_shape: tuple[int, ...],
    dtype: str,
) -> bool:
    """Whether a file is, by its header and its size, what `npy_file` writes of so many rows.

    Most files are, and need no header to be parsed.
    """
    if os.fstat(descriptor).st_size < file_size(rows, row_shape, dtype):
        return False
    return os.pread(descriptor, HEADER_BYTES, 0) == _kept_header(rows, row_shape, dtype)


@lru_cache(maxsize=64)
def _kept_header(rows: int, row_shape: tuple[int, ...], dtype: str) -> bytes:
    return npy_header(rows, row_shape, np.dtype(dtype))


def file_size(rows: int, row_shape: Sequence[int], dtype: str) -> int:
    """The bytes of a file with so many rows."""
    numbers = rows * math.prod(row_shape)
    return HEADER_BYTES + numbers * np.dtype(dtype).itemsize


def count_rows(path: Path, row_shape: Sequence[int], dtype: str) -> int:
    """How many rows an array file claims and holds; 0 when it is not such an array."""
    try:
        with reading(path) as descriptor:
            claimed, held, _ = _look(descriptor, row_shape, dtype)
    except (ValueError, OSError, RelusgdError):
        return 0
    return min(claimed, held)


def _look(descriptor: int, row_shape: Sequence[int], dtype: str) -> tuple[int, int, int]:
    """How many rows a `.npy` file claims, how many it holds, and where they begin.

    Raises ValueError when it is not a C-ordered array of such rows.
    """
    file = io.BytesIO(os.pread(descriptor, MAX_HEADER_BYTES, 0))
    try:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran_order, found = read(file, MAX_HEADER_BYTES)
    except Exception as error:  # NumPy parses a Python literal, and many kinds of errors come of it
        raise ValueError(f"its header cannot be read: {cut_short(str(error))}") from None
    has_rows = len(shape) > 0 and shape[1:] == tuple(row_shape)
    if fortran_order or found != np.dtype(dtype) or not has_rows:
        raise ValueError(f"it is an array of shape {cut_short(str(shape))} and type {found}")
    start = file.tell()
    row_bytes = found.itemsize * math.prod(row_shape)
    bytes_of_rows = os.fstat(descriptor).st_size - start
    return shape[0], bytes_of_rows // row_bytes, start


def _mapped(
    descriptor: int,
    start: int,
    shape: tuple[int, ...],
    dtype: str,
) -> NDArray[Any]:
    count = math.prod(shape)
    size = count * np.dtype(dtype).itemsize
    memory = mapped(descriptor, start + size)
    numbers = np.frombuffer(memory, dtype=dtype, offset=start, count=count)
    return numbers.reshape(shape)
