"""The survey before a sweep: which runs have ended already, which cannot be run, and which are to
be trained.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from relusgd.advice import Advice, advice, option, setting
from relusgd.ceil_div import ceil_div
from relusgd.config import Config, PlannedRun, TargetData
from relusgd.config.expansion import Combination, Shard, chosen_runs, combinations
from relusgd.errors import ConfigError, InputError
from relusgd.run_files.finding import is_run_folder
from relusgd.runs.find import standing_run, standing_start
from relusgd.runs.identity import (
    Difference,
    Found,
    compare_with_plan,
    free_folder_name,
    without_option,
)
from relusgd.runs.place import room_left
from relusgd.sweeps.driver import Job
from relusgd.sweeps.rows import Row
from relusgd.sweeps.shared_inputs import dataset_of, forget_inputs, plan_of, start_of
from relusgd.sweeps.worker import confirmed_row
from relusgd.training.auto_engine import LikeTrainings, auto_engine
from relusgd.training.descent import Engine, KernelName
from relusgd.words import byte_size

MOST_PREPARED = 1000
"""At most this many combinations are prepared before the first run begins; faults of the others
make their runs fail.
"""

REMOTE_BYTES = 256 * 2**20
"""The largest history that is sent back from another machine."""


@dataclass
class Survey:
    """What a sweep's folder holds already, and what is left to do.

    runs: all of the sweep, or of the shard. ended: the rows of those that have ended. jobs: the
    others. warnings, notes: what a person should read first. kernels: those of the compiled engine
    that the jobs use.
    """

    runs: list[PlannedRun]
    ended: list[Row] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    kernels: set[KernelName] = field(default_factory=set)


@dataclass(frozen=True)
class OtherRun:
    """Another run in the folder of a planned one, and how they differ."""

    name: str
    differences: list[Difference]


def survey(
    config: Config,
    folder: Path,
    shard: Shard | None = None,
    *,
    is_remote: bool = False,
    command: str = "relusgd sweep",
) -> Survey:
    """Look at every run of a sweep, or of one of its shards, without writing anything.

    shard: (K, N) for the K-th of every N runs. is_remote: whether the runs will be sent back from
    other machines. command: the command as a person would type it. Raises ConfigError with every
    fault, InputError when a run's folder holds another run or something else, when the folder
    itself holds a run and nothing of this sweep, when the snapshots do not fit on the disk, or when
    a run is too large to be sent back.
    """
    forget_inputs()
    found = combinations(config)
    auto = _auto_engine(found)
    result = Survey([])
    names: set[str] = set()
    if folder.is_dir():
        names.update(os.listdir(folder))  # noqa: PTH208 - quicker than iterdir
    to_train = []
    other_runs = []
    for runs in chosen_runs(found, shard, auto):
        result.runs += runs
        left = []
        for run in runs:
            if run.name in names:
                row = confirmed_row(run.config, folder / run.name)
                if row is not None:
                    result.ended.append(row)
                    continue
                other_runs += _other_runs(run, folder)
            left.append(run)
        if left:
            to_train.append(left)
    if other_runs:
        raise _refusal(folder, other_runs, command)
    is_begun = any(run.name in names for run in result.runs)
    if is_run_folder(folder) and not is_begun:
        raise _refusal_in_a_run(folder, command)
    _add_jobs(result, folder, to_train, is_remote=is_remote)
    _check_room(result.jobs, folder)
    return result


def _auto_engine(found: Sequence[Combination]) -> Engine:
    """What `engine: auto` stands for in a sweep: one engine for all of its runs, of a shard too."""
    return auto_engine(_trainings(found))


def _trainings(found: Sequence[Combination]) -> Iterator[LikeTrainings]:
    """The trainings of each combination."""
    for combination in found:
        config = combination.config
        count = len(combination.seeds)
        if isinstance(config.data, TargetData):
            yield LikeTrainings(config, config.data.samples, count)
            continue
        with suppress(ConfigError):  # which is told when the run is prepared
            points = len(dataset_of(config).x_train)
            yield LikeTrainings(config, points, count)


def _other_runs(run: PlannedRun, folder: Path) -> list[OtherRun]:
    """The run in this one's folder if it is another run, otherwise an empty list."""
    place = folder / run.name
    start = standing_start(place, run.config)
    plan = plan_of(run, start)
    verdict, differences = compare_with_plan(standing_run(place), plan)
    if verdict is Found.OTHER:
        return [OtherRun(run.name, differences)]
    return []


def _refusal(folder: Path, others: Sequence[OtherRun], command: str) -> InputError:
    """The error where runs of another sweep are in the folder."""
    first = others[0]
    lines = [f"{folder / first.name} holds another run:"]
    lines += [f"  {difference}" for difference in first.differences]
    if len(others) > 1:
        lines.append(f"and so do {len(others) - 1:,} more")
    hint = advice(
        "to keep both sweeps: {}\nto replace it:       remove {} first",
        _elsewhere(folder, command),
        folder,
    )
    return InputError("\n".join(lines), hint)


def _refusal_in_a_run(folder: Path, command: str) -> InputError:
    """A folder that is a run and a sweep would be shown as the run alone."""
    hint = advice("to keep both: {}", _elsewhere(folder, command))
    return InputError(f"{folder} holds a run, and a sweep needs a folder of its own", hint)


def _elsewhere(folder: Path, command: str) -> Advice:
    """The same sweep into a folder that does not exist yet."""
    free = free_folder_name(folder)
    new_folder = shlex.quote(str(free))
    elsewhere = without_option(command, "--out")
    return Advice(f"relusgd.run_sweep(config, {str(free)!r})", f"{elsewhere} --out {new_folder}")


def _add_jobs(
    result: Survey,
    folder: Path,
    combinations: Sequence[list[PlannedRun]],
    *,
    is_remote: bool,
) -> None:
    """Prepare one run of every combination, which finds its faults, its sizes and its warnings."""
    faults: list[str] = []
    # Those of the last combination that was prepared.
    seconds = 1.0
    size = 0
    for number, runs in enumerate(combinations):
        if number < MOST_PREPARED:
            first = runs[0]
            try:
                kept = standing_start(folder / first.name, first.config)
                plan = plan_of(first, kept or start_of(first.config))
            except ConfigError as error:
                faults += error.faults
                continue
            seconds = plan.expected_seconds
            size = plan.history_bytes
            if is_remote and size > REMOTE_BYTES:
                raise _too_large(first, size, plan.config.snapshots.every)
            result.warnings += plan.warnings
            result.notes += plan.dataset.notes
            if plan.engine == "compiled":
                result.kernels.add(plan.kernel)
        result.jobs += [Job(run, seconds, size) for run in runs]
    if faults:
        raise ConfigError(list(dict.fromkeys(faults)))
    result.warnings = list(dict.fromkeys(result.warnings))
    result.notes = list(dict.fromkeys(result.notes))


def _too_large(run: PlannedRun, size: int, every: int | None) -> InputError:
    """The error for a run whose history is too large to be sent back."""
    times_too_large = ceil_div(size, REMOTE_BYTES)
    thinner = times_too_large * (every or 1)
    return InputError(
        f"the history of {run.name} has {byte_size(size)}, and at most {byte_size(REMOTE_BYTES)} "
        "are sent back from a cluster",
        advice(
            "record less often, for example {}, or run it where its disk is",
            setting("snapshots.every", thinner),
        ),
    )


def _check_room(jobs: Sequence[Job], folder: Path) -> None:
    """Raise InputError when the snapshots do not fit on the disk."""
    needed = sum(job.bytes for job in jobs)
    place, free = room_left(folder)
    if needed <= free:
        return
    raise InputError(
        f"the snapshots of {len(jobs):,} runs need {byte_size(needed)} "
        f"and {place} has {byte_size(free)} left",
        advice(
            "record less often with {}, or choose another disk with {}",
            setting("snapshots.every", "N"),
            option("out"),
        ),
    )
