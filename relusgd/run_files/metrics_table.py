"""metrics.csv of a run folder: a line for each snapshot, which counts when it is complete."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from relusgd.errors import RelusgdError
from relusgd.files import reading
from relusgd.model.history import COUNTS, METRICS
from relusgd.run_files.folder_errors import unreadable
from relusgd.run_files.number_lines import (
    complete_lines,
    count_lines,
    keep_freed_memory,
    read_columns,
)

TABLE = "metrics.csv"

MOMENTS = ("epoch", "step")
"""The columns that say when a snapshot was taken."""

COLUMNS = (*MOMENTS, *METRICS)
"""The first columns, in this order; behind them are metrics of a caller's own."""

WHOLE = {*MOMENTS, *COUNTS}
"""Columns of whole numbers."""

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

MAX_TABLE_BYTES = 2**30
"""Of metrics.csv: some ten million snapshots."""

MOST_HEADER_BYTES = 10_000


def is_own_metric(name: str) -> bool:
    """Whether a column of metrics.csv that holds a metric of a caller's own may have this name."""
    if name in COLUMNS or name in TAKEN_NAMES or name.startswith(TAKEN_BEGINNINGS):
        return False
    return METRIC_NAME.fullmatch(name) is not None


def table_header(metrics: Iterable[str]) -> bytes:
    """The first line of metrics.csv. metrics: names of a history's, with those of callers' own."""
    own = [name for name in metrics if name not in COLUMNS]
    return f"{','.join([*COLUMNS, *own])}\n".encode()


def read_metrics(folder: Path) -> dict[str, NDArray[Any]]:
    """The complete lines of metrics.csv as columns. Raises RelusgdError when it is damaged."""
    with _open_table(folder) as file:
        return _read_table(file)


def read_moments(folder: Path) -> dict[str, NDArray[Any]]:
    """The columns epoch and step alone, in a quarter of the memory.

    All others are read, too, and never held as a whole. Raises RelusgdError as `read_metrics`.
    """
    with _open_table(folder) as file:
        return _read_table(file, MOMENTS)


def read_column_names(folder: Path) -> list[str]:
    """The columns of metrics.csv. Raises RelusgdError when it is damaged."""
    with _open_table(folder) as file:
        return _read_header(file)


@contextmanager
def _open_table(folder: Path) -> Iterator[IO[bytes]]:
    """metrics.csv, to be read. Raises RelusgdError where it is damaged, as the block finds it."""
    path = folder / TABLE
    try:
        with (
            reading(path, MAX_TABLE_BYTES) as descriptor,
            os.fdopen(descriptor, "rb", closefd=False) as file,
        ):
            yield file
    except (OSError, ValueError, RelusgdError) as error:
        raise unreadable(path, "the metrics of a run", error) from None


def _read_header(file: IO[bytes]) -> list[str]:
    """The columns of metrics.csv by its first line. Raises ValueError."""
    header = file.readline(MOST_HEADER_BYTES)
    return _column_names(header.removesuffix(b"\n"))


def _column_names(header: bytes) -> list[str]:
    """The columns of metrics.csv by its first line. Raises ValueError."""
    names = header.decode("ascii").split(",")
    first = names[: len(COLUMNS)]
    own = names[len(COLUMNS) :]
    if tuple(first) != COLUMNS:
        raise ValueError(f"it does not begin with the columns {','.join(COLUMNS)}")
    are_different = len(set(own)) == len(own)
    are_possible = all(is_own_metric(name) for name in own)
    if len(own) > MOST_OWN_METRICS or not are_different or not are_possible:
        raise ValueError("its columns of other metrics have names that cannot be")
    return names


def _read_table(file: IO[bytes], kept: Sequence[str] = ()) -> dict[str, NDArray[Any]]:
    """The columns of metrics.csv, block after block, so that its text is never held as a whole.

    kept: which columns, epoch and step among them; none are all of them. Raises ValueError.
    """
    names = _read_header(file)
    begin = file.tell()
    count = count_lines(file)
    if not count:
        raise ValueError("it has no snapshots")
    file.seek(begin)
    is_whole = {name: name in WHOLE for name in names}
    columns = {}
    for name in kept or names:
        dtype = np.int64 if is_whole[name] else np.float64
        columns[name] = np.empty(count, dtype)
    keep_freed_memory()
    filled = 0
    for block in complete_lines(file):
        read = read_columns(block, is_whole)
        rows = slice(filled, min(filled + len(read[names[0]]), count))
        length = rows.stop - filled
        _check_errors(read["train_mse"][:length])
        for name, column in columns.items():
            column[rows] = read[name][:length]
        filled = rows.stop
        if filled == count:  # a writer may have added lines meanwhile
            break
    _check_moments(columns["epoch"], columns["step"])
    return columns


def _check_errors(errors: NDArray[Any]) -> None:
    if not np.isfinite(errors).all() or (errors < 0).any():
        raise ValueError("train_mse must be finite numbers from 0 on")


def _check_moments(epoch: NDArray[Any], step: NDArray[Any]) -> None:
    if step[0] != 0 or not (step[1:] > step[:-1]).all():
        raise ValueError("step must begin at 0 and increase")
    if epoch[0] != 0 or not (epoch[1:] >= epoch[:-1]).all():
        raise ValueError("epoch must begin at 0 and never decrease")
