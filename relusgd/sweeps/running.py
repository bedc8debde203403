"""Running a sweep: what `relusgd sweep` does, in one call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from threadpoolctl import threadpool_limits

from relusgd.config import Config, default_folder
from relusgd.config.expansion import Shard
from relusgd.errors import InputError, RelusgdError, StoppedError
from relusgd.files import sync_folder
from relusgd.runs.facts import read_facts, write_facts
from relusgd.runs.find import is_run_folder
from relusgd.runs.lock import FolderLock
from relusgd.runs.partial import clear_leftovers
from relusgd.runs.place import check_place, check_writable
from relusgd.runs.record import disk_faults
from relusgd.runs.run import Run
from relusgd.sweeps.checking import Survey, survey
from relusgd.sweeps.driver import Driver, Site
from relusgd.sweeps.local import LocalProcesses, available_cores
from relusgd.sweeps.rows import FAILURE, PICTURE, Row, columns, run_row, standing_row
from relusgd.sweeps.sites import site_of
from relusgd.sweeps.summary import GrowingSummary
from relusgd.sweeps.sweep import Sweep, fill_in, find_members


class SweepObserver(Protocol):
    """Who watches a sweep, for one the command line's progress bar."""

    command: str
    """The command that runs this sweep, as a person would type it."""

    def begins(self, folder: Path, found: Survey) -> None:
        """Called once, when it is clear what is going to be done, and before anything is."""

    def finished(self, rows: Sequence[Row]) -> None:
        """Called with the rows of runs that have ended, when they are on the disk."""

    def signal(self) -> int | None:
        """The number of a signal that asks to stop, if there was one; asked for several times a second."""


class Unwatched:
    """The observer that watches nothing."""

    command = "relusgd sweep"

    def begins(self, folder: Path, found: Survey) -> None: ...

    def finished(self, rows: Sequence[Row]) -> None: ...

    def signal(self) -> int | None:
        return None


def run_sweep(
    config: Config,
    out: str | Path | None = None,
    executor: Executor | None = None,
    *,
    workers: int | None = None,
    shard: Shard | None = None,
    observer: SweepObserver | None = None,
) -> Sweep:
    """Train every run of a sweep and record each in a folder of its own in `out`, by default `outputs/<config's name>`.

    What has ended already is left as it is, and what was interrupted is continued. A run that diverges is a result; one that
    fails is told in the summary, and the others go on.

    executor: any of concurrent.futures, by default `workers` processes of this machine, one per core. Workers of the standard
    library write run folders themselves; from those of others runs travel back, and this process writes the same folders.
    shard: (K, N), to do the K-th of every N runs and leave summary.csv and summary.png to a later call without shard.
    Raises ConfigError and InputError before anything is trained, StoppedError when the observer asked to stop and everything
    that has ended is kept, RelusgdError when the disk fails.
    """
    folder, watcher = (
        Path(out) if out is not None else default_folder(config),
        observer or Unwatched(),
    )
    with disk_faults(folder):
        check_place(folder)
        if shard is not None and not 1 <= shard[0] <= shard[1]:
            raise InputError(
                f"shard {shard[0]}/{shard[1]} does not exist", "shards are 1/N, 2/N, … N/N"
            )
        far = executor is not None and site_of(executor, folder).is_far
        found = survey(config, folder, shard, far=far, command=watcher.command)
        if found.jobs:
            check_writable(folder)
        watcher.begins(folder, found)
        return _run(
            folder, found, executor, workers or available_cores(), watcher, summarize=shard is None
        )


def _run(
    folder: Path,
    found: Survey,
    executor: Executor | None,
    workers: int,
    watcher: SweepObserver,
    *,
    summarize: bool,
) -> Sweep:
    folder.mkdir(parents=True, exist_ok=True)
    clear_leftovers(folder)
    record = Record(folder, found, watcher, summarize=summarize)
    with _site(executor, folder, min(workers, len(found.jobs)), compiled=found.compiled) as site:
        if site is not None:
            Driver(site, record.take, record.tick).drive(found.jobs)
    clear_leftovers(folder)
    return record.close()


@contextmanager
def _site(
    executor: Executor | None, folder: Path, workers: int, *, compiled: bool
) -> Iterator[Site | None]:
    """Where the runs are trained; None when there is nothing to train."""
    if workers == 0:
        yield None
    elif executor is None:
        with LocalProcesses(workers, compiled=compiled) as processes:
            yield site_of(processes, folder)
    else:
        site = site_of(executor, folder)
        try:
            with threadpool_limits(
                1
            ):  # once for all threads of this process, which would change it for one another
                yield site
        finally:
            site.close()


class Record:
    """What is known of the runs of a sweep while it goes on: their rows, and summary.csv where it is wanted."""

    def __init__(
        self, folder: Path, found: Survey, watcher: SweepObserver, *, summarize: bool
    ) -> None:
        self._folder, self._watcher, self._summarize = folder, watcher, summarize
        self._stopped: int | None = None
        self._changed = False
        names = [run.name for run in found.runs]
        others = find_members(folder, without=names) if summarize else []
        standing = {run.folder.name: run for run in others}
        planned: list[Row] = [{"run": run.name, **run.varied} for run in found.runs]
        known = fill_in([*planned, *map(standing_row, others)], standing)[len(planned) :]
        self._rows = dict.fromkeys(names) | {row["run"]: row for row in [*found.ended, *known]}
        self._summary = GrowingSummary(folder, self._rows, columns([*planned, *known]))
        for row in filter(None, self._rows.values()):
            self._summary.put(row)

    def take(self, rows: Iterable[Row]) -> None:
        """Take in the rows of runs that have ended."""
        self._changed = True
        told = [_marked(self._folder, row) if row["status"] == "failed" else row for row in rows]
        for row in told:
            self._rows[row["run"]] = row
            self._summary.put(row)
        self._watcher.finished(told)

    def tick(self) -> bool:
        """Do what is to be done now and then; whether to stop."""
        if self._summarize:
            self._summary.write()
        self._stopped = self._stopped or self._watcher.signal()
        return self._stopped is not None

    def close(self) -> Sweep:
        """Write the summary to the end. Raises StoppedError when it was asked to stop."""
        sync_folder(self._folder)
        if self._summarize:
            self._summary.write(now=True, durable=True)
            self._draw()
        missing = [name for name, row in self._rows.items() if row is None]
        if self._stopped is not None and missing:
            told = f"stopped with {len(missing):,} of {len(self._rows):,} runs to go; everything that has ended is in {self._folder}"
            raise StoppedError(told, "the same command does the rest", signal=self._stopped)
        return Sweep(self._folder, [row for row in self._rows.values() if row is not None])

    def _draw(self) -> None:
        """Draw summary.png, unless the one that stands there shows everything already."""
        path = self._folder / PICTURE
        if self._changed or not path.exists():
            from relusgd.sweeps.picture import draw_summary  # loads matplotlib

            with suppress(RelusgdError):  # a disk that takes no picture has taken the runs
                draw_summary(
                    self._folder.resolve().name,
                    [row for row in self._rows.values() if row is not None],
                    path,
                )


def _marked(folder: Path, row: Row) -> Row:
    """The row of a run that failed; where it left a folder, run.json says so too."""
    place = folder / row["run"]
    if not is_run_folder(place):
        return row
    with suppress(RelusgdError, OSError):
        lock = FolderLock(place)
        try:
            facts = read_facts(place)
            if facts.status in ("running", "interrupted", "failed"):
                notes = {**facts.notes, FAILURE: row["error"]}
                write_facts(place, replace(facts, status="failed", notes=notes))
        finally:
            lock.release()
        return {**run_row(Run(place)), "status": "failed", "error": row["error"]}
    return row
