"""The one writer of a run folder: made, appended to, continued.

A block is written in this order: rows of every array, each header, the lines of metrics.csv in one write, the checkpoint. A
kill at any instant leaves whole snapshots, and behind them at most a torn tail, which the next writer cuts off.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.errors import InputError
from relusgd.files import write_whole
from relusgd.model.data import Dataset, dataset_rows
from relusgd.model.history import METRICS, History
from relusgd.runs.arrays import GrowingArray
from relusgd.runs.folder import (
    ARRAYS,
    CHECKPOINT,
    COLUMNS,
    CONFIG,
    DATA,
    FACTS,
    TABLE,
    array_layout,
    read_checkpoint,
    read_facts,
    read_history,
    whole_lines,
)
from relusgd.runs.lock import FolderLock, is_being_written
from relusgd.training.sgd import State

CHECKPOINT_SECONDS = 1.0


class RunWriter:
    """The one writer of a run folder; a context manager that lets go of the folder at the end.

    Made by `create_folder` or `continue_folder`. folder: where the files are now. facts: what run.json says.
    snapshots: how many there are. last_epoch: the epoch of the last one.
    """

    def __init__(
        self, folder: Path, hidden: tuple[int, ...], facts: dict[str, Any], lock: FolderLock, *, snapshots: int = 0, last_epoch: int = -1
    ) -> None:
        self.folder, self.facts, self.snapshots, self.last_epoch = folder, facts, snapshots, last_epoch
        self._lock = lock
        self._arrays = {
            name: GrowingArray(folder / ARRAYS / f"{name}.npy", shape, dtype, snapshots)
            for name, (shape, dtype) in array_layout(hidden).items()
        }
        self._table = os.open(folder / TABLE, os.O_WRONLY | os.O_APPEND)
        self._saved = 0.0

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(self, *_: object) -> None:
        for array in self._arrays.values():
            array.close()
        os.close(self._table)
        self._lock.release()

    def append(self, history: History, state: State) -> None:
        """Record a block: its snapshots and, at most once a second, the checkpoint."""
        self.append_snapshots(history)
        if time.monotonic() - self._saved >= CHECKPOINT_SECONDS:
            self.save_checkpoint(state)

    def append_snapshots(self, history: History) -> None:
        """Record snapshots. Those that are on the disk already, because training resumed before them, come out the same: left out."""
        history = history.select(slice(int(np.searchsorted(history.epoch, self.last_epoch, side="right")), None))
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
        for array in self._arrays.values():
            array.sync()
        os.fsync(self._table)
        buffer = io.BytesIO()
        np.savez(buffer, step=np.int64(state.step), parameters=state.parameters, velocity=state.velocity)
        write_whole(self.folder / CHECKPOINT, buffer.getvalue(), durable=True)
        self._saved = time.monotonic()

    def save_facts(self, **changes: object) -> None:
        """Change what run.json says."""
        self.facts = {**self.facts, **changes}
        write_facts(self.folder, self.facts)


def _append_whole(descriptor: int, data: bytes) -> None:
    """Append in one write; if the disk takes only a part, cut it off again and raise OSError."""
    size = os.fstat(descriptor).st_size
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    except OSError:
        os.ftruncate(descriptor, size)
        raise


def write_facts(folder: Path, facts: Mapping[str, Any]) -> None:
    """Replace run.json."""
    write_whole(folder / FACTS, json.dumps(facts, indent=2, ensure_ascii=False) + "\n", durable=True)


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

    replace: a run that stands there is moved aside first and removed when the new one stands.
    Raises OSError; the place is then what it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep_leftovers(folder)
    partial = folder.with_name(f".{folder.name[:200]}.partial-{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    writer: RunWriter | None = None
    try:
        (partial / ARRAYS).mkdir(parents=True)
        lock = FolderLock(partial)
        (partial / CONFIG).write_text(beginning.config_text, encoding="utf-8")
        write_data(partial / DATA, beginning.dataset)
        (partial / TABLE).write_text(",".join(COLUMNS) + "\n", encoding="ascii")
        writer = RunWriter(partial, beginning.history.hidden, beginning.facts, lock)
        writer.append_snapshots(beginning.history)
        writer.save_checkpoint(beginning.state)
        writer.save_facts()
        _move_into_place(partial, folder, replace=replace)
    except BaseException:
        if writer:
            writer.__exit__()
        shutil.rmtree(partial, ignore_errors=True)
        raise
    writer.folder = folder
    return writer


def _move_into_place(partial: Path, folder: Path, *, replace: bool) -> None:
    if not (replace and folder.exists()):
        try:
            partial.rename(folder)
        except OSError:
            if not folder.exists():
                raise
            FolderLock(folder).release()
            raise InputError(f"{folder} was begun by another process just now", "run the command again to see what stands there") from None
        return
    aside = folder.with_name(f".{folder.name[:200]}.replaced-{os.getpid()}")
    lock = FolderLock(folder)
    try:
        folder.rename(aside)
        try:
            partial.rename(folder)
        except BaseException:
            aside.rename(folder)
            raise
    finally:
        lock.release()
    shutil.rmtree(aside, ignore_errors=True)


def _sweep_leftovers(folder: Path) -> None:
    """Remove half-built folders of processes that died while they built this one."""
    with suppress(OSError):
        for left in folder.parent.glob(f".{_glob_escape(folder.name[:200])}.partial-*"):
            if left.is_dir() and not left.is_symlink() and not is_being_written(left):
                shutil.rmtree(left, ignore_errors=True)


def _glob_escape(name: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)


def continue_folder(folder: Path, hidden: tuple[int, ...], lock: FolderLock) -> tuple[RunWriter, State]:
    """The writer that goes on in an interrupted run's folder, and the state from which to go on.

    Cuts what a killed writer left beyond the last whole snapshot. Raises RelusgdError when the folder is damaged.
    """
    state = read_checkpoint(folder, hidden)
    epochs = read_history(folder, hidden).epoch
    os.truncate(folder / TABLE, whole_lines(folder)[0])
    writer = RunWriter(folder, hidden, read_facts(folder), lock, snapshots=len(epochs), last_epoch=int(epochs[-1]))
    return writer, state


def write_data(path: Path, dataset: Dataset) -> None:
    """Write data.csv: split, x, y in original units, in the shortest form that reads back the same."""
    lines = (f"{split},{x!r},{y!r}\n" for split, x, y in dataset_rows(dataset))
    with path.open("w", encoding="ascii") as file:
        file.write("split,x,y\n")
        file.writelines(lines)


def history_arrays(history: History) -> dict[str, NDArray[Any]]:
    """The arrays of a history under the names of their files."""
    arrays: dict[str, NDArray[Any]] = {name: getattr(history, name) for name in ("epoch", "step", "elbow", "slope")}
    for k, (weight, bias) in enumerate(zip(history.weights, history.biases, strict=True), start=1):
        arrays |= {f"weight_{k}": weight, f"bias_{k}": bias}
    return arrays


def metrics_lines(history: History) -> str:
    """The lines of metrics.csv of a history; numbers in the shortest form that reads back the same."""
    columns = [history.epoch.tolist(), history.step.tolist(), *(history.metrics[name].tolist() for name in METRICS)]
    return "".join(",".join(map(repr, row)) + "\n" for row in zip(*columns, strict=True))
