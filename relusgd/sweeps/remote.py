"""Runs that are trained on other machines: what is sent, how it is trained there, and the folders
of what comes back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from relusgd.config import CsvData, PlannedRun
from relusgd.errors import RelusgdError
from relusgd.model.points import Dataset
from relusgd.runs.contents import RunContents
from relusgd.runs.continuing import continue_run
from relusgd.runs.disk import disk_faults
from relusgd.runs.find import standing_run, standing_start
from relusgd.runs.identity import Found, compare_with_plan
from relusgd.runs.run import Run
from relusgd.runs.writer import RunWriter
from relusgd.sweeps.in_memory import InMemoryTraining
from relusgd.sweeps.rows import Row, failed_row, run_row
from relusgd.sweeps.shared_disk import worker_count
from relusgd.sweeps.shared_inputs import KEPT_BATCHES, dataset_of, plan_of, start_of
from relusgd.sweeps.worker import GroupRecorder, Timed, notes_of, reason
from relusgd.training import State, prepare, training_blocks
from relusgd.training.descent import Engine, KernelName
from relusgd.training.start import StartNetwork


@dataclass(frozen=True, eq=False)
class RemoteRun:
    """What a worker needs to train a run, perhaps on another machine.

    points, network: those of a CSV and of the config's `network.start`, which the worker cannot
    read. start, engine, kernel: where and how an interrupted run goes on.
    """

    run: PlannedRun
    points: Dataset | None = None
    network: StartNetwork | None = None
    start: State | None = None
    engine: Engine = "numpy"
    kernel: KernelName = "dense"


def train_group(runs: Sequence[RemoteRun]) -> Timed[list[RunContents | str]]:
    """Train these runs and give them back; in place of a run that failed, the reason."""
    started = perf_counter()
    results = [_train(run) for run in runs]
    return results, perf_counter() - started


def _train(remote: RemoteRun) -> RunContents | str:
    """What the folder of a run holds, after its training in memory; or why it failed."""
    try:
        run = remote.run
        points = remote.points or dataset_of(run.config)
        plan = prepare(run.config, points, remote.network, auto=run.auto)
        plan = plan.drawing_from(KEPT_BATCHES)
        if remote.start is not None:
            plan = plan.keeping(remote.engine, remote.kernel)
        training = InMemoryTraining(training_blocks(plan, remote.start))
        training.take()
        return training.contents(plan, notes_of(run))
    except Exception as error:
        return reason(error)


class RemoteBackend:
    """Workers that share no disk with this machine, which writes the folders of the runs that come
    back.

    The runs of one batch reach the disk together; `flush` gives their rows then.
    """

    def __init__(self, executor: Executor, folder: Path) -> None:
        self._executor = executor
        self._folder = folder
        self._recorder = GroupRecorder(folder)
        self._writers: dict[str, RunWriter] = {}
        self._sent: dict[str, RemoteRun] = {}
        self._rows: list[Row] = []

    @property
    def lanes(self) -> int:
        return 2 * worker_count(self._executor)

    def submit(self, runs: Sequence[PlannedRun]) -> Future[Timed[Any]]:
        prepared = [self._prepared(run) for run in runs]
        sent = [remote for remote in prepared if remote is not None]
        return self._executor.submit(train_group, sent)

    def _prepared(self, run: PlannedRun) -> RemoteRun | None:
        """What a worker needs for a run; None when nothing is left to train, or it cannot be."""
        if run.name not in self._sent:
            try:
                with disk_faults(self._folder / run.name):
                    remote = self._prepare(run)
            except RelusgdError as error:
                self._rows.append(failed_row(run, reason(error)))
                return None
            if remote is None:
                return None
            self._sent[run.name] = remote
        return self._sent[run.name]

    def _prepare(self, run: PlannedRun) -> RemoteRun | None:
        """What a worker needs for a run; None where nothing is left to train."""
        is_csv = isinstance(run.config.data, CsvData)
        points = dataset_of(run.config) if is_csv else None
        place = self._folder / run.name
        if not os.path.lexists(place):
            return RemoteRun(run, points, start_of(run.config))
        network = standing_start(place, run.config)
        plan = plan_of(run, network)
        standing = standing_run(place)
        found, _ = compare_with_plan(standing, plan)
        if standing is None or found not in (Found.UNFINISHED, Found.SHORTER):
            self._recorder.record(run)  # confirmed or refused in a moment
            return None
        plan = plan.with_engine(standing.facts.engine, standing.facts.kernel)
        writer, state = continue_run(plan, place, found)
        if state.step >= plan.steps:
            writer.close()
            self._recorder.record(run)  # only its closing facts are missing
            return None
        self._writers[run.name] = writer
        return RemoteRun(run, points, network, state, plan.engine, plan.kernel)

    def collect(self, runs: Sequence[PlannedRun], result: list[RunContents | str]) -> list[Row]:
        # Runs that had nothing left to train were not sent, and have no result.
        coming = iter(result)
        for run in runs:
            if self._sent.pop(run.name, None) is not None:
                self._take_back(run, next(coming))
        return self.flush(everything=False)

    def _take_back(self, run: PlannedRun, result: RunContents | str) -> None:
        writer = self._writers.pop(run.name, None)
        if isinstance(result, str):
            self._rows.append(failed_row(run, result))
        elif writer is None:
            self._recorder.add(run, result)
        else:
            self._rows.append(self._append(run, writer, result))
        if writer is not None:
            writer.close()

    def _append(self, run: PlannedRun, writer: RunWriter, rest: RunContents) -> Row:
        """Write the rest of a run that was interrupted."""
        try:
            with disk_faults(writer.folder):
                writer.append_snapshots(rest.history)
                seconds = writer.facts.timings.seconds + rest.facts.timings.seconds
                facts = writer.facts.at_end(
                    rest.facts.status,
                    steps=rest.state.step,
                    snapshots=writer.snapshots,
                    seconds=round(seconds, 4),
                    ending=rest.facts.ending,
                )
                writer.finish(rest.state, facts)
        except RelusgdError as error:
            return failed_row(run, reason(error))
        return run_row(Run(writer.folder))

    def flush(self, *, everything: bool) -> list[Row]:
        if everything or self._recorder.is_due:
            self._recorder.commit()
        rows = [*self._rows, *self._recorder.take_rows()]
        self._rows = []
        return rows

    def is_death(self, error: BaseException) -> bool:  # noqa: ARG002
        return True  # `train_group` raises nothing: something happened to its worker, or on the way

    def stop(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()
        self._recorder.close()
