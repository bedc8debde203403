"""The one writer of a run folder: it makes the folder, appends to it, and continues it.

A block is written in this order: rows of every array, each header, the lines of metrics.csv in one
write, the checkpoint. A kill at any instant leaves whole snapshots and at most a torn tail behind
them, which the next writer cuts off. A power cut may leave snapshots behind the checkpoint that
look whole and are not. The next writer believes none of those: it computes and writes them again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.durable import make_folders, sync, sync_folder, sync_tree
from relusgd.errors import RelusgdError
from relusgd.files import leftovers, open_own, reading, write_whole
from relusgd.model.history import History
from relusgd.run_files.arrays import GrowingArray, count_rows
from relusgd.run_files.digests import UNCHANGING, Digests, file_digest, run_file_names
from relusgd.run_files.folder import (
    ARRAYS,
    CHECKPOINT,
    CONFIG,
    array_layout,
    read_history,
)
from relusgd.run_files.metrics_table import MAX_TABLE_BYTES, TABLE
from relusgd.run_files.number_lines import size_of_lines
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
    run.json. snapshots: how many are recorded for certain. last_step: the step of the last of them.
    unproven: the lines of metrics.csv behind them, of snapshots that are to be written again.
    """

    def __init__(
        self,
        folder: Path,
        facts: RunFacts,
        recorded: History,
        lock: FolderLock,
        unproven: bytes = b"",
    ) -> None:
        self.folder = folder
        self.facts = facts
        self.snapshots = len(recorded)
        self.last_step = int(recorded.step[-1])
        self._unproven = unproven
        self._hidden = recorded.hidden
        held = self.snapshots + unproven.count(b"\n")
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
                self._arrays[name] = GrowingArray(path, shape, dtype, held)
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
        """Record the snapshots that are not recorded yet, or not for certain."""
        first_new = int(np.searchsorted(history.step, self.last_step, side="right"))
        new = history.select(slice(first_new, None))
        if not len(new):
            return
        rows = history_arrays(new)
        for name, array in self._arrays.items():
            array.write_rows(rows[name], self.snapshots)
        for array in self._arrays.values():
            array.claim()
        self._put_lines(metrics_lines(new).encode())
        self.snapshots += len(new)
        self.last_step = int(new.step[-1])

    def _put_lines(self, lines: bytes) -> None:
        """Let lines of metrics.csv follow those of the certain snapshots.

        What stands there is left if it is the same, so that a reader never misses a line.
        """
        if self._unproven.startswith(lines):
            self._unproven = self._unproven[len(lines) :]
            return
        if lines.startswith(self._unproven):
            new = lines[len(self._unproven) :]
        else:
            self._cut_unproven_lines()
            new = lines
        self._unproven = b""
        _append_whole(self._table, new)

    def _cut_unproven_lines(self) -> None:
        size = os.fstat(self._table).st_size
        os.ftruncate(self._table, size - len(self._unproven))

    @property
    def is_certain(self) -> bool:
        """Whether nothing is recorded behind the certain snapshots."""
        return not self._unproven

    def cut_unproven(self) -> None:
        """Remove what is behind the certain snapshots, also what a full disk did not take whole."""
        if not self.is_certain:
            self._cut_unproven_lines()
            self._unproven = b""
        for array in self._arrays.values():
            array.cut(self.snapshots)

    def save_checkpoint(self, state: State) -> None:
        """Keep the state that continuing needs.

        Waits until the disk has it and all snapshots before it.
        """
        self._check_folder()
        for array in self._arrays.values():
            array.sync()
        sync(self._table)
        write_whole(self.folder / CHECKPOINT, checkpoint_bytes(state))
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

    def finish(self, state: State, facts: RunFacts) -> None:
        """Leave the state and the facts of a training that has stopped here.

        When it has come to its end, the digests of all files are among the facts.
        """
        self.cut_unproven()
        self.save_checkpoint(state)
        if facts.has_ended:
            facts = replace(facts, sha256=self._digests(facts.sha256 or {}))
        self.save_facts(facts)

    def _digests(self, known: Digests) -> dict[str, str]:
        """Those of all files. known: of files that are not read again where they never change."""
        digests = {}
        for name in run_file_names(self._hidden):
            if name in UNCHANGING and name in known:
                digests[name] = known[name]
            else:
                digests[name] = file_digest(self.folder / name)
        return digests

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
            written = os.write(descriptor, data)
            data = data[written:]
    except OSError:
        os.ftruncate(descriptor, size)
        raise


def create_folder(folder: Path, contents: RunContents, *, replace: bool = False) -> RunWriter:
    """Build a run folder under a hidden name beside its place, and move it there when it is whole.

    replace: a run in this folder changes places with the new one, and is removed after that.
    Raises InputError when another process was faster, and OSError; the place is then as before.
    """
    make_folders(folder.parent)
    place = folder.resolve() if folder.is_symlink() else folder
    with partial_folder(place) as (partial, lock), ExitStack() as undo:
        facts = write_contents(partial, contents)
        sync_tree(partial)
        writer = RunWriter(partial, facts, contents.history, lock)
        undo.callback(writer.close)
        move_into_place(partial, place, replace=replace)
        undo.pop_all()
        sync_folder(place.parent)
    writer.folder = folder
    return writer


def continue_folder(
    folder: Path,
    hidden: tuple[int, ...],
    memory: Sequence[str],
    lock: FolderLock,
    moments: Mapping[str, NDArray[Any]],
) -> tuple[RunWriter, State]:
    """The writer that continues an interrupted run, and the state from which to continue.

    memory: the names of the vectors that the optimizer remembers. moments: the columns epoch and
    step of metrics.csv, read while the lock was held.

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
    certain = int(np.count_nonzero(moments["step"] <= state.step))
    unproven = _cut_torn_tails(folder, hidden, certain)
    certain_moments = {name: column[:certain] for name, column in moments.items()}
    recorded = read_history(folder, hidden, facts.counts.steps_per_epoch, certain_moments)
    for name in (FACTS, CONFIG, CHECKPOINT):
        for left in leftovers(folder / name):
            left.unlink(missing_ok=True)
    return RunWriter(folder, facts, recorded, lock, unproven), state


def _cut_torn_tails(folder: Path, hidden: tuple[int, ...], certain: int) -> bytes:
    """Cut what is behind the last whole snapshot, and give the lines behind the certain ones.

    After a kill all complete lines of metrics.csv are of whole snapshots. After a power cut, lines
    and headers may have reached the disk before their rows. Rows of certain snapshots are only
    missing where the folder is damaged; then nothing is cut.
    """
    paths = {}
    row_counts = []
    for name, (row_shape, dtype) in array_layout(hidden).items():
        path = folder / ARRAYS / f"{name}.npy"
        paths[path] = (row_shape, dtype)
        row_counts.append(count_rows(path, row_shape, dtype))
    rows = min(row_counts)
    if rows < certain:
        return b""
    with (
        reading(folder / TABLE, MAX_TABLE_BYTES) as descriptor,
        os.fdopen(descriptor, "rb", closefd=False) as table,
    ):
        proven_size = size_of_lines(table, 1 + certain)
        table.seek(proven_size)
        unproven_size = size_of_lines(table, rows - certain)
        table.seek(proven_size)
        unproven = table.read(unproven_size)
    kept = certain + unproven.count(b"\n")
    for path, (row_shape, dtype) in paths.items():
        # Opening an array cuts what is behind these rows.
        GrowingArray(path, row_shape, dtype, kept).close()
    descriptor = open_own(folder / TABLE, os.O_WRONLY)
    try:
        os.ftruncate(descriptor, proven_size + unproven_size)
    finally:
        os.close(descriptor)
    return unproven
