"""What stands in a run folder, and how it is read. `runs/contents` and `runs/writer` write it.

The number of snapshots is the number of complete lines of metrics.csv, so a reader sees only whole
snapshots at any instant.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.errors import RelusgdError
from relusgd.files import reading
from relusgd.model.history import History
from relusgd.model.network import layer_shapes
from relusgd.run_files.arrays import check_rows, count_rows, file_size, read_rows
from relusgd.run_files.folder_errors import damaged, unreadable
from relusgd.run_files.memory_map import release_pages
from relusgd.run_files.metrics_table import TABLE, read_metrics

CONFIG = "config.yaml"
DATA = "data.csv"
ARRAYS = "snapshots"
CHECKPOINT = "checkpoint.npz"

MAX_DATA_BYTES = 2**30
"""Of data.csv: more than twenty million points."""

CHECKED_ROWS = 256
"""How many rows of each array are checked when a history is read, the first and last included."""

BLOCK_ROWS = 2**17
"""So many rows of a column are read at a time."""

CHECKED_BYTES = 2**26
"""At most this much is checked, but never fewer than two rows of each array."""


def array_layout(hidden: tuple[int, ...]) -> dict[str, tuple[tuple[int, ...], str]]:
    """Name → shape of a row and type, for every array in snapshots/."""
    layout: dict[str, tuple[tuple[int, ...], str]] = {
        "epoch": ((), "<i8"),
        "step": ((), "<i8"),
        "elbow": ((hidden[0],), "<f8"),
        "slope": ((hidden[0],), "<f8"),
    }
    for k, (fan_in, fan_out) in enumerate(layer_shapes(hidden), start=1):
        layout[f"weight_{k}"] = ((fan_in, fan_out), "<f8")
        layout[f"bias_{k}"] = ((fan_out,), "<f8")
    return layout


def read_data_rows(folder: Path) -> Iterator[tuple[str, float, float]]:
    """The rows of data.csv, one after the other. Raises RelusgdError when it is damaged."""
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


def count_snapshots(folder: Path) -> int:
    """How many snapshots the arrays claim; no table is read."""
    row_shape, dtype = array_layout((1,))["step"]
    return count_rows(folder / ARRAYS / "step.npy", row_shape, dtype)


def check_arrays(folder: Path, hidden: tuple[int, ...], rows: int) -> None:
    """Raise RelusgdError when an array is missing or has fewer rows; no value is read."""
    arrays = folder / ARRAYS
    for name, (shape, dtype) in array_layout(hidden).items():
        check_rows(arrays / f"{name}.npy", rows, shape, dtype)


def array_sizes(folder: Path) -> dict[str, int]:
    """The array files of a run and their bytes; none where they cannot be read."""
    sizes = {}
    with suppress(OSError), os.scandir(folder / ARRAYS) as entries:
        for entry in entries:
            if entry.name.endswith(".npy"):
                with suppress(OSError):  # a link that leads nowhere
                    sizes[entry.name] = entry.stat().st_size
    return sizes


def have_room(sizes: Mapping[str, int], hidden: tuple[int, ...], rows: int) -> bool:
    """Whether arrays of these sizes have room for so many rows; no file is opened."""
    least_sizes = _least_sizes(hidden, rows)
    return all(sizes.get(name, 0) >= least for name, least in least_sizes.items())


@lru_cache(maxsize=64)
def _least_sizes(hidden: tuple[int, ...], rows: int) -> dict[str, int]:
    """The files in snapshots/ and the bytes that so many rows take."""
    sizes = {}
    for name, (row_shape, dtype) in array_layout(hidden).items():
        sizes[f"{name}.npy"] = file_size(rows, row_shape, dtype)
    return sizes


def _read_arrays(folder: Path, hidden: tuple[int, ...], rows: int) -> dict[str, NDArray[Any]]:
    arrays = {}
    for name, (row_shape, dtype) in array_layout(hidden).items():
        arrays[name] = read_rows(folder / ARRAYS / f"{name}.npy", rows, row_shape, dtype)
    return arrays


def read_history(
    folder: Path,
    hidden: tuple[int, ...],
    steps_per_epoch: int,
    metrics: Mapping[str, NDArray[Any]] | None = None,
) -> History:
    """All whole snapshots, as read-only memory maps.

    metrics: the columns of `read_metrics`, where they are read already; those of `read_moments`
    give a history without metrics. Raises RelusgdError when the snapshots are damaged.
    """
    read = read_metrics(folder) if metrics is None else metrics
    # Views, so that the caller's columns stay writeable.
    table = {name: column.view() for name, column in read.items()}
    if not _are_whole_epochs(table["epoch"], table["step"], steps_per_epoch):
        problem = f"its epochs are not those of {steps_per_epoch:,} steps each"
        raise damaged(folder / TABLE, problem)
    arrays = _read_arrays(folder, hidden, len(table["epoch"]))
    _check_values(folder, arrays, table)
    for column in table.values():
        column.flags.writeable = False
    recorded_metrics = {}
    for name, column in table.items():
        if name not in ("epoch", "step"):
            recorded_metrics[name] = column
    layers = range(1, len(hidden) + 2)
    return History(
        arrays["epoch"],
        arrays["step"],
        arrays["elbow"],
        arrays["slope"],
        tuple(arrays[f"weight_{k}"] for k in layers),
        tuple(arrays[f"bias_{k}"] for k in layers),
        recorded_metrics,
        steps_per_epoch,
    )


def _are_whole_epochs(epochs: NDArray[Any], steps: NDArray[Any], steps_per_epoch: int) -> bool:
    """Whether these are the epochs that are complete after so many steps."""
    for begin in range(0, len(steps), BLOCK_ROWS):
        block = slice(begin, begin + BLOCK_ROWS)
        complete = steps[block] // steps_per_epoch
        if not np.array_equal(epochs[block], complete):
            return False
    return True


def give_back_pages(history: History) -> None:
    """Give back the memory of what was read of a history that `read_history` gave."""
    parameters = (*history.weights, *history.biases)
    for array in (history.epoch, history.step, history.elbow, history.slope, *parameters):
        release_pages(array)


def _check_values(
    folder: Path,
    arrays: Mapping[str, NDArray[Any]],
    table: Mapping[str, NDArray[Any]],
) -> None:
    """The arrays must have the epochs of metrics.csv, and finite parameters in the rows checked."""
    for name in arrays.keys() & {"epoch", "step"}:
        if not _are_equal(arrays[name], table[name]):
            raise damaged(folder / ARRAYS / f"{name}.npy", f"not the {name}s of {TABLE}")
    rows = _checked_rows(arrays, len(table["epoch"]))
    for name, array in arrays.items():
        if not name.startswith(("weight", "bias", "slope")):
            continue
        if not _are_finite(array, rows):
            raise damaged(folder / ARRAYS / f"{name}.npy", "holds what is not a finite number")


def _checked_rows(arrays: Mapping[str, NDArray[Any]], snapshots: int) -> list[int]:
    """The rows that are looked at, at even distances, the first and the last among them."""
    row_bytes = sum(array[0].nbytes for array in arrays.values())
    affordable = max(2, CHECKED_BYTES // row_bytes)
    count = min(CHECKED_ROWS, affordable)
    even = np.linspace(0, snapshots - 1, count)
    rows: list[int] = np.unique(even.astype(np.int64)).tolist()
    return rows


def _are_equal(array: NDArray[Any], column: NDArray[Any]) -> bool:
    """Whether a mapped array has the numbers of a column; little of it is in memory at a time."""
    for begin in range(0, len(column), BLOCK_ROWS):
        block = slice(begin, begin + BLOCK_ROWS)
        if not np.array_equal(array[block], column[block]):
            return False
        release_pages(array[block])
    return len(array) == len(column)


def _are_finite(array: NDArray[Any], rows: Sequence[int]) -> bool:
    """Whether these rows of a mapped array are finite; little of it is in memory at a time."""
    for row in rows:
        # row after row, because one alone may be as large as memory can hold
        if not np.isfinite(array[row]).all():
            return False
        # The system may have read megabytes around it.
        release_pages(array)
    return True


def read_column(folder: Path, hidden: tuple[int, ...], name: str) -> NDArray[Any] | None:
    """One array of snapshots/, or one column of metrics.csv, by its name; None for another name.

    Cheaper than the whole history where a sweep has thousands of runs. Raises RelusgdError when it
    is damaged.
    """
    table = read_metrics(folder)
    if name in table:
        return table[name]
    layout = array_layout(hidden)
    if name not in layout:
        return None
    row_shape, dtype = layout[name]
    snapshots = len(table["epoch"])
    array = read_rows(folder / ARRAYS / f"{name}.npy", snapshots, row_shape, dtype)
    _check_values(folder, {name: array}, table)
    return array
