"""The one writer of a run folder: made, appended to, continued.

A block is written in this order: rows of every array, each header, the lines of metrics.csv in one write, the checkpoint. A
kill at any instant leaves whole snapshots, and behind them at most a torn tail, which the next writer cuts off.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.errors import RelusgdError
from relusgd.files import leftovers, open_own, read_bounded, write_new, write_whole
from relusgd.model.history import METRICS, History
from relusgd.model.points import Dataset, dataset_rows
from relusgd.runs.arrays import GrowingArray, count_rows
from relusgd.runs.facts import FACTS, read_facts, write_facts
from relusgd.runs.folder import (
    ARRAYS,
    CHECKPOINT,
    CONFIG,
    DATA,
    MAX_TABLE_BYTES,
    TABLE,
    TABLE_HEADER,
    array_layout,
    read_checkpoint,
    read_history,
    read_metrics,
    whole_lines,
)
from relusgd.runs.lock import FolderLock
from relusgd.runs.places import move_into_place, partial_folder
from relusgd.training.descent import State

CHECKPOINT_SECONDS = 1.0


class RunWriter:
    """The one writer of a run folder; a context manager that lets go of the folder at the end.

    Made by `create_folder` or `continue_folder`. folder: where the files are now. facts: what run.json says.
    snapshots: how many there are. last_epoch: the epoch of the last one.
    """

    def __init__(
        self,
        folder: Path,
        hidden: tuple[int, ...],
        facts: dict[str, Any],
        lock: FolderLock,
        *,
        snapshots: int = 0,
        last_epoch: int = -1,
    ) -> None:
        self.folder, self.facts, self.snapshots, self.last_epoch = (
            folder,
            facts,
            snapshots,
            last_epoch,
        )
        self._saved = 0.0
        with ExitStack() as opened:
            opened.callback(lock.release)
            self._inode = folder.stat()
            self._table = open_own(folder / TABLE, os.O_WRONLY | os.O_APPEND)
            opened.callback(os.close, self._table)
            self._arrays = {}
            for name, (shape, dtype) in array_layout(hidden).items():
                self._arrays[name] = GrowingArray(
                    folder / ARRAYS / f"{name}.npy", shape, dtype, snapshots
                )
                opened.callback(self._arrays[name].close)
            self._opened = opened.pop_all()

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def append(self, history: History, state: State) -> None:
        """Record a block: its snapshots and, at most once a second, the checkpoint."""
        self.append_snapshots(history)
        if time.monotonic() - self._saved >= CHECKPOINT_SECONDS:
            self.save_checkpoint(state)

    def append_snapshots(self, history: History) -> None:
        """Record snapshots. Those that are on the disk already, because training resumed before them, come out the same: left out."""
        history = history.select(
            slice(int(np.searchsorted(history.epoch, self.last_epoch, side="right")), None)
        )
        if not len(history):
            return
        rows = history_arrays(history)
        for name, array in self._arrays.items():
            array.write_rows(rows[name])
        for array in self._arrays.values():
            array.claim()
        _append_whole(self._table, metrics_lines(history).encode())
        self.snapshots += len(history)
        self.last_epoch = int(history.epoch[-1])

    def save_checkpoint(self, state: State) -> None:
        """Keep the state that continuing needs, and wait until it and all snapshots before it are on the disk."""
        self.check_folder()
        for array in self._arrays.values():
            array.sync()
        os.fsync(self._table)
        write_whole(self.folder / CHECKPOINT, checkpoint_bytes(state), durable=True)
        self._saved = time.monotonic()

    def check_folder(self) -> None:
        """Raise RelusgdError when the folder, or the table that says what is recorded, is no longer where it was."""
        for path, opened in (
            (self.folder, self._inode),
            (self.folder / TABLE, os.fstat(self._table)),
        ):
            if not _is_still(path, opened):
                raise RelusgdError(
                    f"{path} vanished while it was being written: it was moved or removed",
                    "go on with it where it is now",
                )

    def save_facts(self, **changes: object) -> None:
        """Change what run.json says."""
        self.facts = {**self.facts, **changes}
        write_facts(self.folder, self.facts)


def _is_still(path: Path, opened: os.stat_result) -> bool:
    with suppress(OSError):
        return os.path.samestat(opened, path.stat())
    return False


def checkpoint_bytes(state: State) -> bytes:
    """What stands in checkpoint.npz."""
    buffer = io.BytesIO()
    np.savez(
        buffer, step=np.int64(state.step), parameters=state.parameters, velocity=state.velocity
    )
    return buffer.getvalue()


def _append_whole(descriptor: int, data: bytes) -> None:
    """Append in one write; if the disk takes only a part, cut it off again and raise OSError."""
    size = os.fstat(descriptor).st_size
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    except OSError:
        os.ftruncate(descriptor, size)
        raise


@dataclass(frozen=True)
class Beginning:
    """What a new run folder holds from the start."""

    config_text: str
    facts: dict[str, Any]
    dataset: Dataset
    history: History
    state: State


def create_folder(folder: Path, beginning: Beginning, *, replace: bool = False) -> RunWriter:
    """Build a run folder beside its place and rename it there, once epoch 0 is in it.

    replace: a run that stands there changes places with it, and is removed when the new one stands.
    Raises InputError when another process was faster, and OSError; the place is then what it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    place = folder.resolve() if folder.is_symlink() else folder
    with partial_folder(place) as (partial, lock), ExitStack() as opened:
        writer = opened.enter_context(_begin(partial, beginning, lock))
        move_into_place(partial, place, replace=replace)
        opened.pop_all()
    writer.folder = folder
    return writer


def _begin(folder: Path, beginning: Beginning, lock: FolderLock) -> RunWriter:
    """Fill an empty folder with all that a run holds from the start."""
    (folder / ARRAYS).mkdir()
    write_new(folder / CONFIG, [beginning.config_text.encode()])
    write_data(folder / DATA, beginning.dataset)
    write_new(folder / TABLE, [TABLE_HEADER])
    with ExitStack() as opened:
        writer = opened.enter_context(
            RunWriter(folder, beginning.history.hidden, beginning.facts, lock)
        )
        writer.append_snapshots(beginning.history)
        writer.save_checkpoint(beginning.state)
        writer.save_facts()
        opened.pop_all()
    return writer


def continue_folder(
    folder: Path, hidden: tuple[int, ...], lock: FolderLock
) -> tuple[RunWriter, State]:
    """The writer that goes on in an interrupted run's folder, and the state from which to go on.

    Cuts what a killed writer left beyond the last whole snapshot. Raises RelusgdError when the folder is damaged, or when
    writing in it would change a file elsewhere.
    """
    if (folder / ARRAYS).is_symlink():
        raise RelusgdError(
            f"{folder / ARRAYS} is a link; relusgd does not write there",
            "continue in a copy of the folder",
        )
    state = read_checkpoint(folder, hidden)
    facts = read_facts(folder)
    descriptor = open_own(folder / TABLE, os.O_WRONLY)
    try:
        os.ftruncate(descriptor, _whole_bytes(folder, hidden, state))
    finally:
        os.close(descriptor)
    epochs = read_history(folder, hidden).epoch
    for name in (FACTS, CONFIG, CHECKPOINT):
        for left in leftovers(folder / name):
            left.unlink(missing_ok=True)
    return RunWriter(
        folder, hidden, facts, lock, snapshots=len(epochs), last_epoch=int(epochs[-1])
    ), state


def _whole_bytes(folder: Path, hidden: tuple[int, ...], state: State) -> int:
    """How much of metrics.csv tells of snapshots whose rows are there.

    After a kill those are its complete lines. Only after a power cut may lines have reached the disk before their rows; those
    since the checkpoint are then left out, and computed again. Rows from before it were waited for: without them the
    folder is damaged, and nothing is cut.
    """
    content, steps = read_bounded(folder / TABLE, MAX_TABLE_BYTES), read_metrics(folder)["step"]
    arrays = [
        (folder / ARRAYS / f"{name}.npy", shape, dtype)
        for name, (shape, dtype) in array_layout(hidden).items()
    ]
    rows = min(count_rows(*array) for array in arrays)
    if not np.count_nonzero(steps <= state.step) <= rows < len(steps):
        return whole_lines(content)[0]
    for array in arrays:
        GrowingArray(*array, rows).close()  # a header, too, may have been there before its rows
    return len(b"".join(content.splitlines(keepends=True)[: 1 + rows]))


def write_data(path: Path, dataset: Dataset) -> None:
    """Write data.csv: split, x, y in original units, in the shortest form that reads back the same."""
    write_new(path, data_parts(dataset))


def data_parts(dataset: Dataset) -> Iterator[bytes]:
    """The lines of data.csv, many at a time."""
    yield b"split,x,y\n"
    lines = (f"{split},{x!r},{y!r}\n" for split, x, y in dataset_rows(dataset))
    while part := "".join(islice(lines, 10_000)):
        yield part.encode()


def history_arrays(history: History) -> dict[str, NDArray[Any]]:
    """The arrays of a history under the names of their files."""
    arrays: dict[str, NDArray[Any]] = {
        name: getattr(history, name) for name in ("epoch", "step", "elbow", "slope")
    }
    for k, (weight, bias) in enumerate(zip(history.weights, history.biases, strict=True), start=1):
        arrays |= {f"weight_{k}": weight, f"bias_{k}": bias}
    return arrays


def metrics_lines(history: History) -> str:
    """The lines of metrics.csv of a history; numbers in the shortest form that reads back the same."""
    columns = [
        history.epoch.tolist(),
        history.step.tolist(),
        *(history.metrics[name].tolist() for name in METRICS),
    ]
    return "".join(",".join(map(repr, row)) + "\n" for row in zip(*columns, strict=True))
