"""Arrays on disk that grow by rows, in NumPy's own `.npy` format.

The header of a `.npy` file has room for a growing first dimension. Rows are written first and the header, in one write,
after them; so at any instant, and after a kill at any instant, the header claims no row that is not there.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.errors import RelusgdError

HEADER_BYTES = 128


def npy_header(rows: int, row_shape: Sequence[int], dtype: np.dtype[Any]) -> bytes:
    """The header of a C-ordered array of shape (rows, *row_shape), always HEADER_BYTES long."""
    buffer = io.BytesIO()
    description = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": (rows, *row_shape)}
    np.lib.format.write_array_header_1_0(buffer, description)
    header = buffer.getvalue()
    if len(header) != HEADER_BYTES:
        raise ValueError(f"an array with rows of shape {tuple(row_shape)} has a header of {len(header)} bytes")
    return header


class GrowingArray:
    """An open `.npy` file of rows of one shape, at which one writer appends.

    rows: how many the file keeps; what lies beyond them, left by a writer that was killed, is cut off.
    """

    def __init__(self, path: Path, row_shape: Sequence[int], dtype: str, rows: int) -> None:
        self.row_shape, self.dtype, self.rows = tuple(row_shape), np.dtype(dtype), rows
        self._row_bytes = self.dtype.itemsize * int(np.prod(self.row_shape, dtype=np.int64))
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        os.ftruncate(self._descriptor, HEADER_BYTES + rows * self._row_bytes)
        self.claim()

    def write_rows(self, rows: NDArray[Any]) -> None:
        """Write rows behind the last ones; they count only when `claim` is called."""
        data = np.ascontiguousarray(rows, dtype=self.dtype)
        write_all(self._descriptor, data.data.cast("B"), HEADER_BYTES + self.rows * self._row_bytes)
        self.rows += len(data)

    def claim(self) -> None:
        """Let the header say how many rows there are."""
        write_all(self._descriptor, memoryview(npy_header(self.rows, self.row_shape, self.dtype)), 0)

    def sync(self) -> None:
        """Wait until the disk has everything."""
        os.fsync(self._descriptor)

    def close(self) -> None:
        os.close(self._descriptor)


def write_all(descriptor: int, data: memoryview, offset: int) -> None:
    """Write all of data at this offset; raises OSError, for one when the disk is full."""
    while len(data):
        written = os.pwrite(descriptor, data, offset)
        data, offset = data[written:], offset + written


def read_rows(path: Path, rows: int, row_shape: Sequence[int], dtype: str) -> NDArray[Any]:
    """The first `rows` rows as a read-only memory map, shape (rows, *row_shape).

    Raises RelusgdError when the file is missing, is no such array, or holds fewer rows. Never unpickles.
    """
    expected = f"at least {rows} rows of shape {tuple(row_shape)} and type {dtype}"
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise RelusgdError(f"{path}: missing; the run folder is damaged") from None
    except (ValueError, OSError, EOFError, SyntaxError, OverflowError, MemoryError) as error:
        raise RelusgdError(f"{path}: not an array file with {expected}; the run folder is damaged ({error})") from None
    if array.dtype != np.dtype(dtype) or array.shape[1:] != tuple(row_shape) or len(array) < rows:
        raise RelusgdError(
            f"{path}: holds an array of shape {array.shape} and type {array.dtype}, expected {expected}; the run folder is damaged"
        )
    whole: NDArray[Any] = array[:rows]
    return whole
