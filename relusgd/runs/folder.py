"""The run folder on disk: what it holds and how it is read. `writer` makes it.

The number of snapshots is the number of complete lines of metrics.csv, so a reader sees only whole snapshots at any instant.
"""

from __future__ import annotations

import csv
import io
import math
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.errors import RelusgdError
from relusgd.files import read_bounded, reading
from relusgd.model.history import COUNTS, METRICS, History
from relusgd.model.network import layer_shapes, parameter_count
from relusgd.runs.arrays import check_rows, parse_header, read_rows
from relusgd.runs.damage import unreadable
from relusgd.training.descent import State

CONFIG, DATA, TABLE, ARRAYS, CHECKPOINT = (
    "config.yaml",
    "data.csv",
    "metrics.csv",
    "snapshots",
    "checkpoint.npz",
)
COLUMNS = ("epoch", "step", *METRICS)
TABLE_HEADER = f"{','.join(COLUMNS)}\n".encode()
WHOLE = {"epoch", "step", *COUNTS}

MAX_TABLE_BYTES = 2**30
"""Of metrics.csv: some ten million snapshots."""

MAX_DATA_BYTES = 2**30
"""Of data.csv: more than twenty million points."""

CHECKPOINT_OVERHEAD = 10_000
"""Bytes of a checkpoint beyond its two vectors."""

CHECKED_ROWS = 256
"""How many snapshots of each array are looked at when a history is read, the first and the last among them."""

CHECKED_BYTES = 2**26
"""How much of them, where one snapshot is so large that fewer must do."""


def array_layout(hidden: tuple[int, ...]) -> dict[str, tuple[tuple[int, ...], str]]:
    """Shape of a row and type of every array in snapshots/."""
    layout: dict[str, tuple[tuple[int, ...], str]] = {"epoch": ((), "<i8"), "step": ((), "<i8")}
    layout |= {"elbow": ((hidden[0],), "<f8"), "slope": ((hidden[0],), "<f8")}
    for k, (fan_in, fan_out) in enumerate(layer_shapes(hidden), start=1):
        layout |= {f"weight_{k}": ((fan_in, fan_out), "<f8"), f"bias_{k}": ((fan_out,), "<f8")}
    return layout


def read_data_rows(folder: Path) -> Iterator[tuple[str, float, float]]:
    """The rows of data.csv, one after the other. Raises RelusgdError when it is missing or damaged."""
    path = folder / DATA
    try:
        with (
            reading(path, MAX_DATA_BYTES) as descriptor,
            os.fdopen(descriptor, encoding="ascii", newline="", closefd=False) as file,
        ):
            if file.readline(100) != "split,x,y\n":
                raise ValueError("the first line is not split,x,y")
            for split, x, y in csv.reader(file):
                yield split, float(x), float(y)
    except (OSError, ValueError, csv.Error, RelusgdError) as error:
        raise unreadable(path, "training and test points", error) from None


def read_checkpoint(folder: Path, hidden: tuple[int, ...]) -> State:
    """The state that continuing needs. Never unpickles. Raises RelusgdError when it is missing or damaged."""
    path, size = folder / CHECKPOINT, parameter_count(hidden)
    try:
        with (
            reading(path, 16 * size + CHECKPOINT_OVERHEAD) as descriptor,
            os.fdopen(descriptor, "rb", closefd=False) as file,
            zipfile.ZipFile(file) as members,
        ):
            step = int(_member(members, "step", (), "<i8"))
            parameters, velocity = (
                _member(members, name, (size,), "<f8") for name in ("parameters", "velocity")
            )
        if step < 0 or not (np.isfinite(parameters).all() and np.isfinite(velocity).all()):
            raise ValueError("its step, its parameters or its velocity are none")
    except Exception as error:  # zipfile raises many kinds on damaged files
        raise unreadable(path, "a checkpoint of this network", error) from None
    return State(step, parameters, velocity)


def _member(
    members: zipfile.ZipFile, name: str, shape: tuple[int, ...], dtype: str
) -> NDArray[Any]:
    """An array of an .npz file, whose size is known before it is read. Raises ValueError for any other."""
    expected = math.prod(shape) * np.dtype(dtype).itemsize
    told = members.getinfo(f"{name}.npy").file_size
    if told > expected + 4096:
        raise ValueError(f"{name} has {told:,} bytes where {expected:,} are expected")
    content = members.read(f"{name}.npy")
    found, kind, start = parse_header(content)
    if found != shape or kind != dtype or len(content) - start != expected:
        raise ValueError(
            f"{name} is an array of shape {found} and type {kind}, expected {shape} and {dtype}"
        )
    return np.frombuffer(content, dtype=dtype, offset=start).reshape(shape).copy()


def whole_lines(content: bytes) -> tuple[int, int]:
    """Bytes and number of the complete lines of metrics.csv, its header among them."""
    return content.rfind(b"\n") + 1, content.count(b"\n")


def read_metrics(folder: Path) -> dict[str, NDArray[Any]]:
    """The complete lines of metrics.csv as columns. Raises RelusgdError when it is missing or damaged."""
    path = folder / TABLE
    try:
        content = read_bounded(path, MAX_TABLE_BYTES)
        if not content.startswith(TABLE_HEADER):
            raise ValueError(f"it does not begin with the columns {','.join(COLUMNS)}")
        columns = _parse_lines(content.removeprefix(TABLE_HEADER))
        _check_columns(columns)
    except (OSError, ValueError, RelusgdError) as error:
        raise unreadable(path, "the metrics of a run", error) from None
    return columns


def _parse_lines(content: bytes) -> dict[str, NDArray[Any]]:
    """The columns of the complete lines. Raises ValueError."""
    size, lines = whole_lines(content)
    if not content[:size].strip():
        raise ValueError("it has no snapshots")
    expected = f"{lines:,} lines of {len(COLUMNS)} numbers are expected"
    if content.count(b",", 0, size) != lines * (
        len(COLUMNS) - 1
    ):  # known before anything larger than the file is made of it
        raise ValueError(expected)
    table = np.loadtxt(
        io.BytesIO(content[:size]), delimiter=",", ndmin=2, comments=None, encoding="ascii"
    )
    if table.shape != (lines, len(COLUMNS)):
        raise ValueError(expected)
    return dict(
        zip(
            COLUMNS,
            (_column(name, column) for name, column in zip(COLUMNS, table.T, strict=True)),
            strict=True,
        )
    )


def _column(name: str, numbers: NDArray[np.float64]) -> NDArray[Any]:
    if name not in WHOLE:
        return numbers.copy()
    if not ((numbers >= 0) & (numbers <= 2.0**53) & (numbers == np.floor(numbers))).all():
        raise ValueError(f"{name} must be whole numbers from 0 on")
    return numbers.astype(np.int64)


def _check_columns(columns: dict[str, NDArray[Any]]) -> None:
    for name in ("epoch", "step"):
        if columns[name][0] != 0 or not (np.diff(columns[name]) > 0).all():
            raise ValueError(f"{name} must begin at 0 and increase")
    if not np.isfinite(columns["train_mse"]).all() or (columns["train_mse"] < 0).any():
        raise ValueError("train_mse must be finite numbers from 0 on")


def check_arrays(folder: Path, hidden: tuple[int, ...], rows: int) -> None:
    """Raise RelusgdError when an array is missing or smaller than so many snapshots; no number is read."""
    for name, (shape, dtype) in array_layout(hidden).items():
        check_rows(folder / ARRAYS / f"{name}.npy", rows, shape, dtype)


def read_history(folder: Path, hidden: tuple[int, ...]) -> History:
    """All whole snapshots, as read-only memory maps. Raises RelusgdError when the folder is damaged."""
    table = read_metrics(folder)
    rows = len(table["epoch"])
    arrays = {
        name: read_rows(folder / ARRAYS / f"{name}.npy", rows, shape, dtype)
        for name, (shape, dtype) in array_layout(hidden).items()
    }
    _check_arrays(folder, arrays, table)
    layers = range(1, len(hidden) + 2)
    return History(
        arrays["epoch"],
        arrays["step"],
        arrays["elbow"],
        arrays["slope"],
        tuple(arrays[f"weight_{k}"] for k in layers),
        tuple(arrays[f"bias_{k}"] for k in layers),
        {name: _read_only(table[name]) for name in METRICS},
    )


def _check_arrays(
    folder: Path, arrays: dict[str, NDArray[Any]], table: dict[str, NDArray[Any]]
) -> None:
    """The arrays must tell the epochs of metrics.csv, and finite parameters on every row that is looked at."""
    for name in ("epoch", "step"):
        if not np.array_equal(arrays[name], table[name]):
            raise RelusgdError(
                f"{folder / ARRAYS / name}.npy: not the {name}s of {TABLE}; the run folder is damaged"
            )
    bearable = CHECKED_BYTES // sum(array[0].nbytes for array in arrays.values())
    rows = np.unique(
        np.linspace(0, len(table["epoch"]) - 1, min(CHECKED_ROWS, max(2, bearable))).astype(
            np.int64
        )
    )
    for name, array in arrays.items():
        if name.startswith(("weight", "bias", "slope")) and not _bearable(array, rows):
            raise RelusgdError(
                f"{folder / ARRAYS / name}.npy: holds what is not a finite number; the run folder is damaged"
            )


def _bearable(array: NDArray[Any], rows: NDArray[np.int64]) -> bool:
    """Whether these rows are finite; row after row, since one may be as large as memory bears."""
    return all(bool(np.isfinite(array[row]).all()) for row in rows)


def _read_only(column: NDArray[Any]) -> NDArray[Any]:
    column.flags.writeable = False
    return column
