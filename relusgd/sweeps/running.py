"""Running a sweep: what `relusgd sweep` does, in one call."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from relusgd.advice import Advice
from relusgd.cell_bar import observed
from relusgd.config import Config, Source, as_config, default_sweep_folder
from relusgd.config.expansion import Shard
from relusgd.durable import make_folders
from relusgd.errors import InputError, RelusgdError, StoppedError
from relusgd.one_thread import one_thread
from relusgd.run_files.finding import is_run_folder
from relusgd.runs.disk import disk_faults
from relusgd.runs.facts import read_facts, write_facts
from relusgd.runs.lock import FolderLock
from relusgd.runs.partial import clear_leftovers
from relusgd.runs.place import check_folder_place, check_writable
from relusgd.runs.run import Run
from relusgd.sweeps.backends import backend_of
from relusgd.sweeps.cell_progress import SweepCellObserver
from relusgd.sweeps.driver import Backend, Driver, Job
from relusgd.sweeps.executors import begin_local_workers, local_workers
from relusgd.sweeps.rows import FAILURE, Row, columns, run_row, run_row_or_damage
from relusgd.sweeps.shared_disk import shares_disk
from relusgd.sweeps.summary_file import SUMMARY_PICTURE, SummaryFile
from relusgd.sweeps.survey import Survey, survey
from relusgd.sweeps.sweep import Sweep, fill_in, find_members
from relusgd.systems import available_cores
from relusgd.training.descent import KernelName


class SweepObserver(Protocol):
    """Watches a sweep, as the command line's progress bar does."""

    command: str
    """The command that runs this sweep, as a person would type it."""

    def begins(self, folder: Path, survey: Survey) -> None:
        """Called once, when it is clear what is going to be done, and before anything is."""

    def finished(self, rows: Sequence[Row]) -> None:
        """Called with the rows of runs that have ended, when they are on the disk."""

    def signal(self) -> int | None:
        """The number of a signal that asks to stop, if any; asked for several times a second."""


class NullSweepObserver:
    """The observer that watches nothing."""

    command = "relusgd sweep"

    def begins(self, folder: Path, survey: Survey) -> None: ...

    def finished(self, rows: Sequence[Row]) -> None: ...

    def signal(self) -> int | None:
        return None


def run_sweep(
    config: Config | Source,
    out: str | Path | None = None,
    executor: Executor | None = None,
    *,
    workers: int | None = None,
    shard: Shard | None = None,
    summarize: bool = True,
    observer: SweepObserver | None = None,
) -> Sweep:
    """Train every run of a sweep and record each in a folder of its own in `out`.

    What has ended already is left as it is, and what was interrupted is continued. A run that
    diverges is a result; the summary says which runs failed, and the others go on.

    config: a Config, or a dict or file as `load_config` takes it.
    out: by default `outputs/<config's name>`. executor: any of concurrent.futures, by default
    `workers` processes of this machine, one per core. Workers of the standard library write run
    folders themselves; those of others send their runs back, and this process writes the same
    folders. shard: (K, N), to do the K-th of every N runs and leave summary.csv and summary.png to
    a later call without shard. summarize: whether these two are written. Raises ConfigError
    and InputError before anything is trained, StoppedError when the observer asked to stop and
    everything that has ended is kept, RelusgdError when the disk fails.
    """
    config = as_config(config)
    folder = Path(out) if out is not None else default_sweep_folder(config)
    watching = observed(observer, "run", in_cell=SweepCellObserver, elsewhere=NullSweepObserver)
    with disk_faults(folder), watching as observer:
        check_folder_place(folder)
        if shard is not None and not 1 <= shard[0] <= shard[1]:
            raise InputError(
                f"shard {shard[0]}/{shard[1]} does not exist",
                "shards are 1/N, 2/N, … N/N",
            )
        is_remote = executor is not None and not shares_disk(executor)
        to_do = survey(config, folder, shard, is_remote=is_remote, command=observer.command)
        if to_do.jobs:
            check_writable(folder)
            if executor is None:
                begin_local_workers(to_do.kernels)
        observer.begins(folder, to_do)
        make_folders(folder)
        clear_leftovers(folder)
        recorder = SweepRecorder(folder, to_do, observer, summarize=summarize and shard is None)
        if to_do.jobs:
            workers = min(workers or available_cores(), len(to_do.jobs))
            with _backend(executor, folder, workers, kernels=to_do.kernels) as backend:
                recorder.drive(backend, to_do.jobs)
        clear_leftovers(folder)
        return recorder.close()


@contextmanager
def _backend(
    executor: Executor | None,
    folder: Path,
    workers: int,
    *,
    kernels: Collection[KernelName],
) -> Iterator[Backend]:
    """What trains the runs: the given executor, or local processes."""
    if executor is None:
        with local_workers(workers, kernels=kernels) as local:
            yield backend_of(local, folder)
        return
    backend = backend_of(executor, folder)
    try:
        # Once for all threads of this process, which would change the limit for one another.
        with one_thread():
            yield backend
    finally:
        backend.close()


class SweepRecorder:
    """Keeps the rows of a sweep's runs while it goes on, and writes summary.csv.

    summarize: whether summary.csv and summary.png are wanted.
    """

    def __init__(
        self,
        folder: Path,
        to_do: Survey,
        observer: SweepObserver,
        *,
        summarize: bool,
    ) -> None:
        self._folder = folder
        self._observer = observer
        self._summarize = summarize
        self._signal: int | None = None
        self._has_new_rows = False
        names = [run.name for run in to_do.runs]
        planned = [Row(run.name, "planned", run.varied) for run in to_do.runs]
        others = find_members(folder, without=names) if summarize else []
        other_rows = [run_row_or_damage(run) for run in others]
        members = {run.folder.name: run for run in others}
        filled = fill_in([*planned, *other_rows], members)
        filled_others = filled[len(planned) :]
        self._rows: dict[str, Row | None] = dict.fromkeys(names)
        for row in [*to_do.ended, *filled_others]:
            self._rows[row.run] = row
        self._summary = SummaryFile(folder, self._rows, columns(filled))
        for row in self._known_rows():
            self._summary.put(row)

    def drive(self, backend: Backend, jobs: Sequence[Job]) -> None:
        """Do these jobs. Raises RelusgdError when nothing can be trained any more; the summary says
        what has ended until then."""
        try:
            Driver(backend, self.take, self.tick).drive(jobs)
        except RelusgdError:
            if self._summarize:
                with suppress(RelusgdError, OSError):
                    self._summary.write()
            raise

    def _known_rows(self) -> list[Row]:
        return [row for row in self._rows.values() if row is not None]

    def take(self, rows: Iterable[Row]) -> None:
        """Take in the rows of runs that have ended."""
        self._has_new_rows = True
        taken = []
        for row in rows:
            if row.status == "failed":
                row = mark_failed(self._folder, row)
            self._rows[row.run] = row
            self._summary.put(row)
            taken.append(row)
        self._observer.finished(taken)

    def tick(self) -> bool:
        """Write the summary if it is due, and return whether to stop."""
        if self._summarize:
            self._summary.write_if_due()
        self._signal = self._signal or self._observer.signal()
        return self._signal is not None

    def close(self) -> Sweep:
        """Write the final summary. Raises StoppedError when a signal came before all runs ended."""
        if self._summarize:
            self._summary.write()
            self._draw()
        to_go = sum(row is None for row in self._rows.values())
        if self._signal is not None and to_go:
            raise StoppedError(
                f"stopped with {to_go:,} of {len(self._rows):,} runs to go; "
                f"everything that has ended is in {self._folder}",
                Advice("the same call does the rest", "the same command does the rest"),
                signal=self._signal,
            )
        return Sweep(self._folder, self._known_rows())

    def _draw(self) -> None:
        """Draw summary.png, unless the present one shows all rows already."""
        path = self._folder / SUMMARY_PICTURE
        if path.exists() and not self._has_new_rows:
            return
        from relusgd.sweeps.picture import draw_summary  # loads matplotlib

        # The runs are recorded even if the picture cannot be written.
        with suppress(RelusgdError):
            draw_summary(self._folder.resolve().name, self._known_rows(), path)


def mark_failed(folder: Path, row: Row) -> Row:
    """The row of a run that failed. If the run has a folder, run.json is marked as failed too."""
    place = folder / row.run
    if not is_run_folder(place):
        return row
    with suppress(RelusgdError, OSError):
        lock = FolderLock(place)
        try:
            facts = read_facts(place)
            if facts.status not in ("complete", "diverged"):
                notes = {**facts.notes, FAILURE: row.error}
                write_facts(place, replace(facts, status="failed", notes=notes))
        finally:
            lock.release()
        return replace(run_row(Run(place)), status="failed", error=row.error)
    return row
