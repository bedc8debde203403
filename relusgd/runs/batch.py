"""Runs that are short: trained in memory, written whole, and made durable many at a time.

To wait for the disk costs more than a small run. So the run folders of a batch are built hidden beside their places, then the
disk is waited for once, and only then does each take its place. A reader therefore never sees a run that a power cut could
still damage, and a kill costs what was trained in the last second.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from relusgd.config import config_to_yaml
from relusgd.errors import DivergedError, InputError
from relusgd.files import sync_file_system, write_new
from relusgd.model.history import History, concatenate
from relusgd.model.points import Dataset
from relusgd.runs.arrays import npy_file
from relusgd.runs.facts import FACTS, facts_text
from relusgd.runs.folder import ARRAYS, CHECKPOINT, CONFIG, DATA, TABLE, TABLE_HEADER, array_layout
from relusgd.runs.lock import FolderLock
from relusgd.runs.new_facts import counts, divergence_facts, new_facts, now
from relusgd.runs.places import move_into_place, partial_folder
from relusgd.runs.writer import checkpoint_bytes, data_parts, history_arrays, metrics_lines
from relusgd.training import Block, Plan, State

BATCH_SECONDS = 1.0
BATCH_RUNS = 200
"""Of each of them a lock file is open until the disk has them all."""


@dataclass(frozen=True, eq=False)
class EndedRun:
    """A training that has ended, with all that its run folder is going to hold."""

    config_text: str
    facts: dict[str, Any]
    dataset: Dataset
    history: History
    state: State


class Blocks:
    """The first blocks of a training, kept in memory, and what became of it.

    kept: the blocks so far, of which the first is the snapshot of epoch 0. rest: the training itself, which goes on.
    """

    def __init__(self, blocks: Iterator[Block]) -> None:
        self.kept: list[Block] = []
        self.rest = blocks
        self.error: DivergedError | None = None
        self._started = time.perf_counter()

    def __iter__(self) -> Iterator[Block]:
        """Every block, those that are kept first; they are let go of one by one."""
        while self.kept:
            yield self.kept.pop(0)
        yield from self.rest

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._started

    @property
    def bytes(self) -> int:
        """Of the snapshots that are kept."""
        return sum(
            array.nbytes for block in self.kept for array in history_arrays(block.history).values()
        )

    def take(self, seconds: float = float("inf"), limit: float = float("inf")) -> bool:
        """Train until the end, at most so many seconds and about so many bytes of snapshots; whether it has ended."""
        try:
            for block in self.rest:
                self.kept.append(block)
                if self.seconds > seconds or self.bytes > limit:
                    return False
        except DivergedError as error:
            self.error = error
        return True

    def ended(self, plan: Plan, notes: dict[str, Any]) -> EndedRun:
        """The run, once it has ended. notes: what else run.json says."""
        history, state = concatenate([block.history for block in self.kept]), self.kept[-1].state
        facts = new_facts(plan, round(self.seconds, 4))
        facts |= {
            "status": "diverged" if self.error else "complete",
            "counts": counts(plan, state.step, len(history)),
        }
        facts["timings"]["ended"] = now()
        return EndedRun(
            config_to_yaml(plan.config),
            {**facts, **divergence_facts(self.error), **notes},
            plan.dataset,
            history,
            state,
        )


class Batch:
    """Run folders that take their places in `folder` together; used as a context manager, which leaves nothing half-built behind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._waiting: dict[str, tuple[Path, FolderLock]] = {}
        self._since = 0.0

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, *_: object) -> None:
        for partial, lock in self._waiting.values():
            lock.release()
            shutil.rmtree(partial, ignore_errors=True)
        self._waiting.clear()

    @property
    def is_due(self) -> bool:
        """Whether the runs that wait should not wait longer."""
        return bool(self._waiting) and (
            time.monotonic() - self._since > BATCH_SECONDS or len(self._waiting) >= BATCH_RUNS
        )

    def add(self, name: str, run: EndedRun) -> None:
        """Write a run that is going to stand at `name`. Raises OSError; nothing of it is left then."""
        with partial_folder(self.folder / name) as (partial, lock):
            write_run(partial, run)
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting[name] = partial, lock

    def commit(self) -> dict[str, InputError]:
        """Wait for the disk and let the runs take their places; gives those whose place somebody else took meanwhile.

        Raises OSError when the disk fails; none of the runs has taken its place then.
        """
        if not self._waiting:
            return {}
        sync_file_system(self.folder, (partial for partial, _ in self._waiting.values()))
        refused = {}
        for name, (partial, lock) in list(self._waiting.items()):
            try:
                move_into_place(partial, self.folder / name, replace=False)
                lock.release()
                del self._waiting[name]
            except InputError as error:
                refused[name] = error
        self.__exit__()
        return refused


def write_run(folder: Path, run: EndedRun) -> None:
    """Write every file of a run into an empty folder, without waiting for the disk. Raises OSError."""
    (folder / ARRAYS).mkdir()
    rows = history_arrays(run.history)
    for name, (shape, dtype) in array_layout(run.history.hidden).items():
        write_new(folder / ARRAYS / f"{name}.npy", npy_file(rows[name], shape, dtype))
    write_new(folder / CONFIG, [run.config_text.encode()])
    write_new(folder / DATA, _data_bytes(run.dataset))
    write_new(folder / TABLE, [TABLE_HEADER + metrics_lines(run.history).encode()])
    write_new(folder / CHECKPOINT, [checkpoint_bytes(run.state)])
    write_new(folder / FACTS, [facts_text(run.facts).encode()])


@lru_cache(maxsize=1)
def _data_bytes(dataset: Dataset) -> Iterable[bytes]:
    """data.csv; runs of a sweep mostly share their points."""
    return tuple(data_parts(dataset))
