"""Runs that are trained elsewhere: what is sent there, and their folders here once they are back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from relusgd.config import CsvData, PlannedRun
from relusgd.errors import RelusgdError
from relusgd.runs.batch import Batch
from relusgd.runs.contents import RunContents
from relusgd.runs.find import standing_run
from relusgd.runs.identity import Found, judge
from relusgd.runs.record import continue_run, disk_faults
from relusgd.runs.run import Run
from relusgd.runs.writer import RunWriter
from relusgd.sweeps.rows import Row, failed_row, run_row
from relusgd.sweeps.tasks import Group, Parcel, failure, points_of
from relusgd.training import prepare


class Receiver:
    """Sends runs away and writes the folders of those that come back.

    Runs of one batch are on the disk together; `flush` gives their rows when they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._group = folder, Group(Batch(folder))
        self._writers: dict[str, RunWriter] = {}
        self._parcels: dict[str, Parcel] = {}
        self._known: dict[str, Row] = {}

    def parcel(self, run: PlannedRun) -> Parcel | None:
        """What a worker needs for a run; None when nothing of it is left to be trained, or it cannot be."""
        if run.name in self._parcels:
            return self._parcels[run.name]
        try:
            with disk_faults(self._folder / run.name):
                parcel = self._parcel(run)
        except RelusgdError as error:
            self._known[run.name] = failure(run, error)
            return None
        if parcel is not None:
            self._parcels[run.name] = parcel
        return parcel

    def _parcel(self, run: PlannedRun) -> Parcel | None:
        points = points_of(run.config) if isinstance(run.config.data, CsvData) else None
        place = self._folder / run.name
        if not os.path.lexists(place):
            return Parcel(run, points)
        plan = prepare(run.config, points_of(run.config))
        standing = standing_run(place)
        found, _ = judge(standing, plan)
        if found not in (Found.UNFINISHED, Found.SHORTER) or standing is None:
            self._group.record(run)  # confirmed or refused in a moment
            return None
        plan = plan.with_engine(standing.facts.engine, standing.facts.kernel)
        writer, state = continue_run(plan, place, found)
        if state.step >= plan.steps:
            writer.close()
            self._group.record(run)  # only its last words are missing
            return None
        self._writers[run.name] = writer
        return Parcel(run, points, state, plan.engine, plan.kernel)

    def receive(self, runs: Sequence[PlannedRun], result: Sequence[RunContents | str]) -> list[Row]:
        """Take back what became of the runs that were sent as parcels. Gives the rows of those that are on the disk."""
        back = iter(result)
        for run in runs:
            if self._parcels.pop(run.name, None) is not None:
                self._take(run, next(back))
        return self.flush(everything=False)

    def _take(self, run: PlannedRun, ended: RunContents | str) -> None:
        writer = self._writers.pop(run.name, None)
        if isinstance(ended, str):
            self._known[run.name] = failed_row(run.name, run.varied, ended)
        elif writer is None:
            self._group.add(run, ended)
        else:
            self._known[run.name] = self._append(run, writer, ended)
        if writer is not None:
            writer.close()

    def _append(self, run: PlannedRun, writer: RunWriter, ended: RunContents) -> Row:
        """Write the rest of a run that was interrupted."""
        try:
            with disk_faults(writer.folder):
                writer.append_snapshots(ended.history)
                writer.save_checkpoint(ended.state)
                before, theirs = writer.facts, ended.facts
                facts = before.at_end(
                    theirs.status,
                    steps=ended.state.step,
                    snapshots=writer.snapshots,
                    seconds=round(before.timings.seconds + theirs.timings.seconds, 4),
                    divergence=theirs.divergence,
                )
                writer.save_facts(facts)
        except RelusgdError as error:
            return failure(run, error)
        return run_row(Run(writer.folder))

    def flush(self, *, everything: bool) -> list[Row]:
        """The rows of the runs that are on the disk by now; everything: of all that came back."""
        if everything or self._group.is_due:
            self._group.commit()
        rows = [*self._known.values(), *self._group.take_rows()]
        self._known.clear()
        return rows

    def close(self) -> None:
        """Let go of the runs that did not come back."""
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()
        self._group.close()
