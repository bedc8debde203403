"""The one writer of a run folder: it makes the folder, appends to it, and continues it.

A block is written in this order: rows of every array, each header, the lines of metrics.csv in one
write, the checkpoint. A kill at any instant leaves whole snapshots and at most a torn tail behind
them, which the next writer cuts off.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import numpy as np

from relusgd.errors import RelusgdError
from relusgd.files import leftovers, open_own, read_bounded, sync_tree, write_whole
from relusgd.model.history import History
from relusgd.run_files.arrays import GrowingArray, count_rows
from relusgd.run_files.folder import (
    ARRAYS,
    CHECKPOINT,
    CONFIG,
    MAX_TABLE_BYTES,
    TABLE,
    array_layout,
    read_history,
    read_metrics,
    whole_lines,
)
from relusgd.run_files.stated_facts import FACTS
from relusgd.runs.checkpoint import read_checkpoint
from relusgd.runs.contents import (
    RunContents,
    checkpoint_bytes,
    history_arrays,
    metrics_lines,
    write_contents,
)
from relusgd.runs.facts import RunFacts, read_facts, write_facts
from relusgd.runs.lock import FolderLock
from relusgd.runs.partial import move_into_place, partial_folder
from relusgd.training import State

CHECKPOINT_SECONDS = 1.0


class RunWriter:
    """Appends to a run folder that stands, and holds its lock until `close`; a context manager.

    Made by `create_folder` or `continue_folder`. folder: where the files are now. facts: those in
    run.json. snapshots: how many are recorded. last_step: the step of the last one.
    """

    def __init__(self, folder: Path, facts: RunFacts, recorded: History, lock: FolderLock) -> None:
        self.folder = folder
        self.facts = facts
        self.snapshots = len(recorded)
        self.last_step = int(recorded.step[-1])
        # both kinds of folder begin with a checkpoint that the disk has
        self._saved = time.monotonic()
        self._inode = folder.stat()
        self._arrays: dict[str, GrowingArray] = {}
        with ExitStack() as opened:
            opened.callback(lock.release)
            self._table = open_own(folder / TABLE, os.O_WRONLY | os.O_APPEND)
            opened.callback(os.close, self._table)
            for name, (shape, dtype) in array_layout(recorded.hidden).items():
                path = folder / ARRAYS / f"{name}.npy"
                self._arrays[name] = GrowingArray(path, shape, dtype, self.snapshots)
                opened.callback(self._arrays[name].close)
            self._opened = opened.pop_all()

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files and release the lock."""
        self._opened.close()

    def append(self, history: History, state: State) -> None:
        """Record a block: its snapshots and, at most once a second, the checkpoint."""
        self.append_snapshots(history)
        if time.monotonic() - self._saved >= CHECKPOINT_SECONDS:
            self.save_checkpoint(state)

    def append_snapshots(self, history: History) -> None:
        """Record the snapshots that are not recorded yet.

        Training resumes at the checkpoint, so it may compute some that are; they come out the same.
        """
        first_new = int(np.searchsorted(history.step, self.last_step, side="right"))
        new = history.select(slice(first_new, None))
        if not len(new):
            return
        rows = history_arrays(new)
        for name, array in self._arrays.items():
            array.write_rows(rows[name])
        for array in self._arrays.values():
            array.claim()
        _append_whole(self._table, metrics_lines(new).encode())
        self.snapshots += len(new)
        self.last_step = int(new.step[-1])

    def save_checkpoint(self, state: State) -> None:
        """Keep the state that continuing needs.

        Waits until the disk has it and all snapshots before it.
        """
        self._check_folder()
        for array in self._arrays.values():
            array.sync()
        os.fsync(self._table)
        write_whole(self.folder / CHECKPOINT, checkpoint_bytes(state), durable=True)
        self._saved = time.monotonic()

    def _check_folder(self) -> None:
        """Raise RelusgdError when the folder or metrics.csv is no longer where it was."""
        opened = {self.folder: self._inode, self.folder / TABLE: os.fstat(self._table)}
        for path, status in opened.items():
            if not _is_still(path, status):
                raise RelusgdError(
                    f"{path} vanished while it was being written: it was moved or removed",
                    "go on with it where it is now",
                )

    def save_facts(self, facts: RunFacts) -> None:
        """Replace run.json."""
        self.facts = facts
        write_facts(self.folder, facts)


def _is_still(path: Path, opened: os.stat_result) -> bool:
    with suppress(OSError):
        return os.path.samestat(opened, path.stat())
    return False


def _append_whole(descriptor: int, data: bytes) -> None:
    """Append in one write; when the disk takes only a part, cut it off again and raise OSError."""
    size = os.fstat(descriptor).st_size
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    except OSError:
        os.ftruncate(descriptor, size)
        raise


def create_folder(folder: Path, contents: RunContents, *, replace: bool = False) -> RunWriter:
    """Build a run folder under a hidden name beside its place, and move it there when it is whole.

    replace: a run in this folder changes places with the new one, and is removed after that.
    Raises InputError when another process was faster, and OSError; the place is then as before.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    place = folder.resolve() if folder.is_symlink() else folder
    with partial_folder(place) as (partial, lock), ExitStack() as undo:
        write_contents(partial, contents)
        sync_tree(partial)
        writer = RunWriter(partial, contents.facts, contents.history, lock)
        undo.callback(writer.close)
        move_into_place(partial, place, replace=replace)
        undo.pop_all()
    writer.folder = folder
    return writer


def continue_folder(
    folder: Path, hidden: tuple[int, ...], memory: Sequence[str], lock: FolderLock
) -> tuple[RunWriter, State]:
    """The writer that continues an interrupted run, and the state from which to continue.

    memory: the names of the vectors that the optimizer remembers.

    Cuts what a killed writer left beyond the last whole snapshot. Raises RelusgdError when the
    folder is damaged, or when writing in it would change a file elsewhere.
    """
    if (folder / ARRAYS).is_symlink():
        raise RelusgdError(
            f"{folder / ARRAYS} is a link; relusgd does not write there",
            "continue in a copy of the folder",
        )
    state = read_checkpoint(folder, hidden, memory)
    facts = read_facts(folder)
    descriptor = open_own(folder / TABLE, os.O_WRONLY)
    try:
        os.ftruncate(descriptor, _whole_bytes(folder, hidden, state))
    finally:
        os.close(descriptor)
    recorded = read_history(folder, hidden, facts.counts.steps_per_epoch)
    for name in (FACTS, CONFIG, CHECKPOINT):
        for left in leftovers(folder / name):
            left.unlink(missing_ok=True)
    return RunWriter(folder, facts, recorded, lock), state


def _whole_bytes(folder: Path, hidden: tuple[int, ...], state: State) -> int:
    """How many bytes of metrics.csv belong to snapshots whose rows are there.

    After a kill those are its complete lines. Only after a power cut may lines have reached the
    disk before their rows. Those since the checkpoint are then left out, and computed again. The
    disk confirmed the rows before it: without them the folder is damaged, and nothing is cut.
    """
    content = read_bounded(folder / TABLE, MAX_TABLE_BYTES)
    steps = read_metrics(folder)["step"]
    arrays = [
        (folder / ARRAYS / f"{name}.npy", shape, dtype)
        for name, (shape, dtype) in array_layout(hidden).items()
    ]
    rows = min(count_rows(*array) for array in arrays)
    confirmed = np.count_nonzero(steps <= state.step)
    if not confirmed <= rows < len(steps):
        return whole_lines(content)[0]
    for array in arrays:
        # a header may have reached the disk before its rows, too; this rewrites it
        GrowingArray(*array, rows).close()
    lines = content.splitlines(keepends=True)
    return len(b"".join(lines[: 1 + rows]))
