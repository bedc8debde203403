"""What stands in a run folder, and how it is read. `runs/contents` and `runs/writer` write it.

The number of snapshots is the number of complete lines of metrics.csv, so a reader sees only whole
snapshots at any instant.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from relusgd.errors import RelusgdError
from relusgd.files import reading
from relusgd.model.history import COUNTS, METRICS, History
from relusgd.model.network import layer_shapes
from relusgd.run_files.arrays import check_rows, count_rows, file_size, read_rows
from relusgd.run_files.folder_errors import damaged, unreadable
from relusgd.run_files.memory_map import release_pages

CONFIG = "config.yaml"
DATA = "data.csv"
TABLE = "metrics.csv"
ARRAYS = "snapshots"
CHECKPOINT = "checkpoint.npz"

COLUMNS = ("epoch", "step", *METRICS)
METRIC_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
MOST_OWN_METRICS = 100
TAKEN_NAMES = frozenset(
    (
        *("run", "runs", "label", "status", "case", "seed", "engine", "error", "seconds"),
        *("epochs", "steps", "best", "best_test_mse", "best_epoch", "noise_squared"),
        *("complete", "unfinished", "diverged", "failed", "elbow", "slope"),
        *("outcome", "reason", "advice"),
    )
)
TAKEN_BEGINNINGS = ("weight_", "bias_", "train_mse_", "test_mse_")
"""Names of columns and arrays elsewhere, which no metric of a caller's own may have."""
WHOLE = {"epoch", "step", *COUNTS}

MAX_TABLE_BYTES = 2**30
"""Of metrics.csv: some ten million snapshots."""

MAX_DATA_BYTES = 2**30
"""Of data.csv: more than twenty million points."""

MOST_HEADER_BYTES = 10_000

BLOCK_BYTES = 2**19
"""About so much of metrics.csv is read at a time."""

CHECKED_ROWS = 256
"""How many rows of each array are checked when a history is read, the first and last included."""

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


def is_own_metric(name: str) -> bool:
    """Whether a column of metrics.csv that holds a metric of a caller's own may have this name."""
    if name in COLUMNS or name in TAKEN_NAMES or name.startswith(TAKEN_BEGINNINGS):
        return False
    return METRIC_NAME.fullmatch(name) is not None


def table_header(metrics: Iterable[str]) -> bytes:
    """The first line of metrics.csv. metrics: names of a history's, with those of callers' own."""
    own = [name for name in metrics if name not in COLUMNS]
    return f"{','.join([*COLUMNS, *own])}\n".encode()


def _column_names(header: bytes) -> list[str]:
    """The columns of metrics.csv by its first line. Raises ValueError."""
    names = header.decode("ascii").split(",")
    own = names[len(COLUMNS) :]
    if tuple(names[: len(COLUMNS)]) != COLUMNS:
        raise ValueError(f"it does not begin with the columns {','.join(COLUMNS)}")
    if len(own) > MOST_OWN_METRICS or len(set(own)) < len(own) or not all(map(is_own_metric, own)):
        raise ValueError("its columns of other metrics have names that cannot be")
    return names


def whole_lines(content: bytes) -> tuple[int, int]:
    """Bytes and number of the complete lines of metrics.csv, its header among them.

    Zero bytes are what a power cut leaves of lines that had not reached the disk; none that stands
    behind them counts.
    """
    written, _, _ = content.partition(b"\0")
    return written.rfind(b"\n") + 1, written.count(b"\n")


def read_metrics(folder: Path) -> dict[str, NDArray[Any]]:
    """The complete lines of metrics.csv as columns. Raises RelusgdError when it is damaged."""
    path = folder / TABLE
    try:
        with (
            reading(path, MAX_TABLE_BYTES) as descriptor,
            os.fdopen(descriptor, "rb", closefd=False) as file,
        ):
            columns = _read_table(file)
        _check_columns(columns)
    except (OSError, ValueError, RelusgdError) as error:
        raise unreadable(path, "the metrics of a run", error) from None
    return columns


def read_column_names(folder: Path) -> list[str]:
    """The columns of metrics.csv. Raises RelusgdError when it is damaged."""
    path = folder / TABLE
    try:
        with (
            reading(path, MAX_TABLE_BYTES) as descriptor,
            os.fdopen(descriptor, "rb", closefd=False) as file,
        ):
            return _read_header(file)
    except (OSError, ValueError, RelusgdError) as error:
        raise unreadable(path, "the metrics of a run", error) from None


def count_snapshots(folder: Path) -> int:
    """How many snapshots the arrays claim; no table is read."""
    return count_rows(folder / ARRAYS / "step.npy", *array_layout((1,))["step"])


def _read_header(file: IO[bytes]) -> list[str]:
    """The columns of metrics.csv by its first line. Raises ValueError."""
    return _column_names(file.readline(MOST_HEADER_BYTES).removesuffix(b"\n"))


def _read_table(file: IO[bytes]) -> dict[str, NDArray[Any]]:
    """The columns of metrics.csv, block after block, so that its text is never held as a whole.

    Raises ValueError.
    """
    names = _read_header(file)
    begin = file.tell()
    count = sum(block.count(b"\n") for block in _complete_lines(file))
    if not count:
        raise ValueError("it has no snapshots")
    file.seek(begin)
    columns = {name: np.empty(count, np.int64 if name in WHOLE else np.float64) for name in names}
    filled = 0
    for block in _complete_lines(file):
        table = _parse_lines(block, names)[: count - filled]
        for name, numbers in zip(names, table.T, strict=True):
            columns[name][filled : filled + len(table)] = _checked_column(name, numbers)
        filled += len(table)
        if filled == count:  # a writer may have added lines meanwhile
            break
    return columns


def _complete_lines(file: IO[bytes]) -> Iterator[bytes]:
    """The complete lines that follow in metrics.csv, about BLOCK_BYTES of them at a time."""
    rest = b""
    while read := file.read(BLOCK_BYTES):
        written, zero, _ = read.partition(b"\0")
        content = rest + written
        size = content.rfind(b"\n") + 1
        if size:
            yield content[:size]
        if zero:  # as for `whole_lines`
            return
        rest = content[size:]


def _parse_lines(content: bytes, names: Sequence[str]) -> NDArray[np.float64]:
    """The numbers of complete lines, shape (lines, len(names)). Raises ValueError."""
    lines = content.count(b"\n")
    expected = f"lines of {len(names)} numbers are expected"
    # counted before NumPy makes anything larger than the text of it
    if content.count(b",") != lines * (len(names) - 1):
        raise ValueError(expected)
    file = io.BytesIO(content)
    table = np.loadtxt(file, delimiter=",", ndmin=2, comments=None, encoding="ascii")
    if table.shape != (lines, len(names)):
        raise ValueError(expected)
    return table


def _checked_column(name: str, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """The numbers of a column, if it can have them. Raises ValueError."""
    if name in WHOLE:
        is_whole = (numbers >= 0) & (numbers <= 2.0**53) & (numbers == np.floor(numbers))
        if not is_whole.all():
            raise ValueError(f"{name} must be whole numbers from 0 on")
    return numbers


def _check_columns(columns: dict[str, NDArray[Any]]) -> None:
    epoch, step = columns["epoch"], columns["step"]
    if step[0] != 0 or not (np.diff(step) > 0).all():
        raise ValueError("step must begin at 0 and increase")
    if epoch[0] != 0 or not (np.diff(epoch) >= 0).all():
        raise ValueError("epoch must begin at 0 and never decrease")
    errors = columns["train_mse"]
    if not np.isfinite(errors).all() or (errors < 0).any():
        raise ValueError("train_mse must be finite numbers from 0 on")


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
    return all(sizes.get(name, 0) >= least for name, least in _least_sizes(hidden, rows).items())


@lru_cache(maxsize=64)
def _least_sizes(hidden: tuple[int, ...], rows: int) -> dict[str, int]:
    """The files in snapshots/ and the bytes that so many rows take."""
    layout = array_layout(hidden)
    return {f"{name}.npy": file_size(rows, *row) for name, row in layout.items()}


def _read_arrays(folder: Path, hidden: tuple[int, ...], rows: int) -> dict[str, NDArray[Any]]:
    return {
        name: read_rows(folder / ARRAYS / f"{name}.npy", rows, shape, dtype)
        for name, (shape, dtype) in array_layout(hidden).items()
    }


def read_history(
    folder: Path,
    hidden: tuple[int, ...],
    steps_per_epoch: int,
    metrics: Mapping[str, NDArray[Any]] | None = None,
) -> History:
    """All whole snapshots, as read-only memory maps.

    metrics: those of `read_metrics`, where they are read already. Raises RelusgdError when the
    snapshots are damaged.
    """
    read = read_metrics(folder) if metrics is None else metrics
    table = {name: column.view() for name, column in read.items()}
    if not np.array_equal(table["epoch"], table["step"] // steps_per_epoch):
        problem = f"its epochs are not those of {steps_per_epoch:,} steps each"
        raise damaged(folder / TABLE, problem)
    arrays = _read_arrays(folder, hidden, len(table["epoch"]))
    _check_values(folder, arrays, table)
    for column in table.values():
        column.flags.writeable = False
    layers = range(1, len(hidden) + 2)
    return History(
        arrays["epoch"],
        arrays["step"],
        arrays["elbow"],
        arrays["slope"],
        tuple(arrays[f"weight_{k}"] for k in layers),
        tuple(arrays[f"bias_{k}"] for k in layers),
        {name: column for name, column in table.items() if name not in ("epoch", "step")},
        steps_per_epoch,
    )


def _check_values(
    folder: Path, arrays: Mapping[str, NDArray[Any]], table: Mapping[str, NDArray[Any]]
) -> None:
    """The arrays must have the epochs of metrics.csv, and finite parameters in the rows checked."""
    for name in arrays.keys() & {"epoch", "step"}:
        if not np.array_equal(arrays[name], table[name]):
            raise damaged(folder / ARRAYS / f"{name}.npy", f"not the {name}s of {TABLE}")
        release_pages(arrays[name])
    fitting = CHECKED_BYTES // sum(array[0].nbytes for array in arrays.values())
    count = min(CHECKED_ROWS, max(2, fitting))
    rows = np.unique(np.linspace(0, len(table["epoch"]) - 1, count).astype(np.int64))
    for name, array in arrays.items():
        if not name.startswith(("weight", "bias", "slope")):
            continue
        # row after row, because one alone may be as large as memory can hold
        if not all(np.isfinite(array[row]).all() for row in rows):
            raise damaged(folder / ARRAYS / f"{name}.npy", "holds what is not a finite number")
        release_pages(array)


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
    array = read_rows(folder / ARRAYS / f"{name}.npy", len(table["epoch"]), *layout[name])
    _check_values(folder, {name: array}, table)
    return array
