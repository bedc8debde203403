"""What a worker does: it trains a group of runs, one after the other, and writes their folders."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from relusgd.config import Config, PlannedRun, config_to_yaml
from relusgd.errors import TOO_LITTLE_MEMORY, DivergedError, RelusgdError, StoppedError
from relusgd.files import read_bounded
from relusgd.run_files.folder import CONFIG
from relusgd.runs.batch import BATCH_SECONDS, Batch
from relusgd.runs.contents import RunContents
from relusgd.runs.disk import disk_faults
from relusgd.runs.facts import new_facts, read_facts
from relusgd.runs.record import NullObserver, record, record_anew
from relusgd.runs.run import Run
from relusgd.sweeps.in_memory import InMemoryTraining
from relusgd.sweeps.rows import NOTE, Row, contents_row, failed_row, run_row
from relusgd.sweeps.shared_inputs import KEPT_BATCHES, dataset_of, plan_of, start_of
from relusgd.training import training_blocks

SHORT_BYTES = 32 * 2**20
"""A run with more snapshots than this, or that takes longer than BATCH_SECONDS, is recorded while
it trains."""

MAX_CONFIG_BYTES = 10**6

T = TypeVar("T")
Timed = tuple[T, float]
"""What a worker gives back, and the seconds that it took for it."""


class StopRequest:
    """Whether this process has been asked to stop.

    Runs then stop after their block, and are continued another time.
    """

    is_made = False


class StopObserver(NullObserver):
    """Asks a run to stop when this process is asked to."""

    def signal(self) -> int | None:
        return signal.SIGTERM if StopRequest.is_made else None


def record_group(folder: Path, runs: Sequence[PlannedRun]) -> Timed[list[Row]]:
    """Train these runs one after the other and record each in its own folder below `folder`.

    Gives their rows. A run that fails has a row that says so, and the others go on. Runs that did
    not end, because this process was asked to stop, have no row.
    """
    started = perf_counter()
    group = GroupRecorder(folder)
    try:
        for run in runs:
            if not StopRequest.is_made:
                group.record(run)
        group.commit()
    finally:
        group.close()
    return group.take_rows(), perf_counter() - started


class GroupRecorder:
    """Records runs below a folder, and keeps the rows of those that are on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._batch = Batch(folder)
        self._waiting: dict[str, tuple[PlannedRun, Row]] = {}
        self._rows: list[Row] = []

    def record(self, run: PlannedRun) -> None:
        """Train a run and record it, or continue the one in its folder."""
        place = self._folder / run.name
        try:
            with disk_faults(place):
                if os.path.lexists(place):
                    self._rows.append(self._go_on(run, place))
                else:
                    self._begin(run, place)
        except StoppedError:
            return
        except Exception as error:
            self._rows.append(failed_row(run, reason(error)))
        if self.is_due:
            self.commit()

    def add(self, run: PlannedRun, contents: RunContents) -> None:
        """Write a run that has ended; it counts when the batch is committed."""
        try:
            with disk_faults(self._folder / run.name):
                self._batch.add(run.name, contents)
        except RelusgdError as error:
            self._rows.append(failed_row(run, reason(error)))
        else:
            self._waiting[run.name] = run, contents_row(run.name, contents)

    @property
    def is_due(self) -> bool:
        """Whether the runs that wait for the disk should not wait longer."""
        return self._batch.is_due

    def take_rows(self) -> list[Row]:
        """The rows of the runs that have reached the disk since the last call."""
        rows = self._rows
        self._rows = []
        return rows

    def close(self) -> None:
        """Leave nothing half-built behind."""
        self._batch.close()

    def _go_on(self, run: PlannedRun, place: Path) -> Row:
        """Confirm or continue the run in this folder."""
        row = confirmed_row(run.config, place)
        if row is not None:
            return row
        try:
            recorded = record(
                run.config,
                place,
                dataset=dataset_of(run.config),
                observer=StopObserver(),
                notes=notes_of(run),
            )
        except DivergedError:
            recorded = Run(place)
        return run_row(recorded)

    def _begin(self, run: PlannedRun, place: Path) -> None:
        """Train a run. A short one joins the batch; a long one is recorded while it trains."""
        notes = notes_of(run)
        plan = plan_of(run, start_of(run.config)).drawing_from(KEPT_BATCHES)
        training = InMemoryTraining(training_blocks(plan))
        if training.take(BATCH_SECONDS, SHORT_BYTES):
            self.add(run, training.contents(plan, notes))
            return
        self.commit()
        try:
            facts = new_facts(plan, seconds=training.seconds, notes=notes)
            recorded = record_anew(plan, place, iter(training), StopObserver(), facts)
        except DivergedError:
            recorded = Run(place)
        self._rows.append(run_row(recorded))

    def commit(self) -> None:
        """Let the runs of the batch take their places."""
        waiting = self._waiting
        self._waiting = {}
        refused: dict[str, Exception]
        try:
            with disk_faults(self._folder):
                refused = dict(self._batch.commit())
        except RelusgdError as error:
            refused = dict.fromkeys(waiting, error)
        for name, (run, row) in waiting.items():
            if name in refused:
                # Perhaps another process has recorded the same run there.
                standing = confirmed_row(run.config, self._folder / name)
                row = standing or failed_row(run, reason(refused[name]))
            self._rows.append(row)


def notes_of(run: PlannedRun) -> dict[str, object]:
    """What run.json says of a run because it belongs to a sweep."""
    return {NOTE: dict(run.varied)}


def reason(error: Exception) -> str:
    """Why a run failed, in a line."""
    if isinstance(error, RelusgdError):
        return error.message
    if isinstance(error, MemoryError):
        return TOO_LITTLE_MEMORY
    return f"a fault of relusgd, {type(error).__name__}: {error}"


def confirmed_row(config: Config, place: Path) -> Row | None:
    """The row of the run in a folder, when it has ended and its config is the same to the letter.

    None when the folder must be looked into.
    """
    try:
        facts = read_facts(place)
        has_ended = facts.status in ("complete", "diverged")
        text = read_bounded(place / CONFIG, MAX_CONFIG_BYTES)
        is_same = text == config_to_yaml(config).encode()
        if has_ended and is_same and facts.csv_sha256 == dataset_of(config).digest:
            return run_row(Run(place))
    except (RelusgdError, OSError):
        pass
    return None
