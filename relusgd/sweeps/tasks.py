"""What a worker does: trains a group of runs, and writes their folders or lets them travel back."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from relusgd.config import Config, PlannedRun, PointsData, config_to_yaml
from relusgd.errors import DivergedError, RelusgdError, StoppedError
from relusgd.files import read_bounded
from relusgd.model.points import Dataset
from relusgd.runs.batch import BATCH_SECONDS, Batch, Blocks
from relusgd.runs.contents import RunContents
from relusgd.runs.facts import new_facts, read_facts
from relusgd.runs.folder import CONFIG
from relusgd.runs.record import NullObserver, disk_faults, record, record_anew
from relusgd.runs.run import Run
from relusgd.sweeps.rows import NOTE, Row, ended_row, failed_row, run_row
from relusgd.training import State, prepare, training_blocks
from relusgd.training.building import build_dataset
from relusgd.training.descent import Engine, KernelName

SHORT_BYTES = 32 * 2**20
"""A run with more snapshots than this, or that takes longer than BATCH_SECONDS, is recorded while it trains."""

MAX_CONFIG_BYTES = 10**6
KEPT_POINTS = 4


T = TypeVar("T")
Timed = tuple[T, float]
"""What a worker gives back, and the seconds that it took for it."""


class Stop:
    """Whether this process has been asked to stop; runs then stop after their block, and are continued another time."""

    asked = False


class Watcher(NullObserver):
    """Asks a run to stop when this process is."""

    def signal(self) -> int | None:
        return signal.SIGTERM if Stop.asked else None


def record_group(folder: Path, runs: Sequence[PlannedRun]) -> Timed[list[Row]]:
    """Train these runs one after the other and record each in its own folder below `folder`; gives their rows.

    What a run cannot do is told in its row, and the others go on. Runs that did not end, because this process was asked to
    stop, have no row.
    """
    started, group = perf_counter(), Group(Batch(folder))
    try:
        for run in runs:
            if not Stop.asked:
                group.record(run)
        group.commit()
    finally:
        group.close()
    return group.take_rows(), perf_counter() - started


class Group:
    """Runs on their way to the disk, and the rows of those that have arrived there."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._waiting: dict[str, tuple[PlannedRun, Row]] = {}
        self._rows: list[Row] = []

    def record(self, run: PlannedRun) -> None:
        """Train a run and record it, or go on with what stands in its place."""
        place = self._batch.folder / run.name
        try:
            with disk_faults(place):
                row = self._go_on(run, place) if os.path.lexists(place) else self._begin(run, place)
        except StoppedError:
            return
        except Exception as error:
            row = failure(run, error)
        if row is not None:
            self._rows.append(row)
        if self.is_due:
            self.commit()

    def add(self, run: PlannedRun, ended: RunContents) -> None:
        """Write a run that has ended; it counts when the batch is committed."""
        try:
            with disk_faults(self._batch.folder / run.name):
                self._batch.add(run.name, ended)
        except RelusgdError as error:
            self._rows.append(failure(run, error))
        else:
            self._waiting[run.name] = run, ended_row(run.name, ended)

    @property
    def is_due(self) -> bool:
        """Whether the runs that wait for the disk should not wait longer."""
        return self._batch.is_due

    def take_rows(self) -> list[Row]:
        """The rows of the runs that have arrived since the last call."""
        rows, self._rows = self._rows, []
        return rows

    def close(self) -> None:
        """Leave nothing half-built behind."""
        self._batch.close()

    def _go_on(self, run: PlannedRun, place: Path) -> Row:
        found = confirmed(run.config, place)
        if found is not None:
            return found
        try:
            return run_row(
                record(
                    run.config,
                    place,
                    dataset=points_of(run.config),
                    observer=Watcher(),
                    notes=notes_of(run),
                )
            )
        except DivergedError:
            return run_row(Run(place))

    def _begin(self, run: PlannedRun, place: Path) -> Row | None:
        """The row of a run that is recorded, or None while it waits for its batch."""
        plan = prepare(run.config, points_of(run.config))
        blocks = Blocks(training_blocks(plan))
        if blocks.take(BATCH_SECONDS, SHORT_BYTES):
            self.add(run, blocks.ended(plan, notes_of(run)))
            return None
        self.commit()
        try:
            return run_row(
                record_anew(
                    plan,
                    place,
                    iter(blocks),
                    Watcher(),
                    new_facts(plan, seconds=blocks.seconds, notes=notes_of(run)),
                )
            )
        except DivergedError:
            return run_row(Run(place))

    def commit(self) -> None:
        """Let the runs of the batch take their places."""
        waiting, self._waiting = self._waiting, {}
        try:
            with disk_faults(self._batch.folder):
                refused: dict[str, Exception] = dict(self._batch.commit())
        except RelusgdError as error:
            refused = dict.fromkeys(waiting, error)
        for name, (run, row) in waiting.items():
            if name in refused:
                row = confirmed(run.config, self._batch.folder / name) or failure(
                    run, refused[name]
                )
            self._rows.append(row)


@dataclass(frozen=True, eq=False)
class Parcel:
    """A run on its way to a worker that may lie on another machine.

    points: those of a CSV, which the worker cannot read. start, engine, kernel: where and how an interrupted run goes on.
    """

    run: PlannedRun
    points: Dataset | None = None
    start: State | None = None
    engine: Engine = "numpy"
    kernel: KernelName = "dense"


def train_group(parcels: Sequence[Parcel]) -> Timed[list[RunContents | str]]:
    """Train these runs and give them back, or in words why there is none."""
    started = perf_counter()
    return [_train(parcel) for parcel in parcels], perf_counter() - started


def _train(parcel: Parcel) -> RunContents | str:
    try:
        plan = prepare(parcel.run.config, parcel.points or points_of(parcel.run.config))
        if parcel.start is not None:
            plan = plan.keeping(parcel.engine, parcel.kernel)
        blocks = Blocks(training_blocks(plan, parcel.start))
        blocks.take()
        return blocks.ended(plan, notes_of(parcel.run))
    except Exception as error:
        return reason(error)


def notes_of(run: PlannedRun) -> dict[str, object]:
    """What run.json says of a run because it belongs to a sweep."""
    return {NOTE: dict(run.varied)}


def failure(run: PlannedRun, error: Exception) -> Row:
    """The row of a run that failed by this error."""
    return failed_row(run.name, run.varied, reason(error))


def reason(error: Exception) -> str:
    """Why a run failed, in a line."""
    if isinstance(error, RelusgdError):
        return error.message
    if isinstance(error, MemoryError):
        return "this machine's memory is not enough"
    return f"a fault of relusgd, {type(error).__name__}: {error}"


def confirmed(config: Config, place: Path) -> Row | None:
    """The row of the run in a folder, when it has ended and is the same to the letter; None when that must be looked into."""
    try:
        facts = read_facts(place)
        same = read_bounded(place / CONFIG, MAX_CONFIG_BYTES) == config_to_yaml(config).encode()
        if (
            facts.status in ("complete", "diverged")
            and same
            and facts.csv_sha256 == points_of(config).digest
        ):
            return run_row(Run(place))
    except (RelusgdError, OSError):
        pass
    return None


_points: dict[object, Dataset] = {}


def points_of(config: Config) -> Dataset:
    """The points of a config; those of the last few are kept, because runs of a sweep mostly share them."""
    seed = None if isinstance(config.data, PointsData) else config.data_seed
    key = config.data, seed, config.origin.folder
    points = _points.get(key)
    if points is None:
        points = build_dataset(config)
        if len(_points) >= KEPT_POINTS:
            _points.clear()
        _points[key] = points
    return points


def forget_points() -> None:
    """Let go of the points, because a CSV may be another one now."""
    _points.clear()
