"""What a sweep finds before anything is trained: what has ended already, what cannot be run, what is to be done."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from relusgd.config import Combination, Config, PlannedRun, combinations
from relusgd.config.expansion import Shard, chosen_runs
from relusgd.errors import ConfigError, InputError
from relusgd.runs.find import standing_run
from relusgd.runs.identity import Difference, Found, free_name, judge
from relusgd.runs.place import room_left
from relusgd.sweeps.driver import Job
from relusgd.sweeps.rows import Row
from relusgd.sweeps.tasks import confirmed, forget_points, points_of
from relusgd.training import prepare
from relusgd.words import byte_size

PREPARED = 1000
"""So many combinations, at most, are prepared before the first run begins; the faults of others make their runs fail."""

FAR_BYTES = 256 * 2**20
"""The largest history that travels back from another machine."""


@dataclass
class Survey:
    """runs: all of the sweep, or of the shard. ended: the rows of those that have ended. jobs: the others. compiled: of any of them."""

    runs: list[PlannedRun]
    ended: list[Row] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    compiled: bool = False


def survey(
    config: Config,
    folder: Path,
    shard: Shard | None = None,
    *,
    far: bool = False,
    command: str = "relusgd sweep",
) -> Survey:
    """Look at every run of a sweep, or of its shard (K, N), the K-th of every N.

    far: whether the runs are going to travel back from other machines. command: the command as a person would type it.
    Raises ConfigError with every fault, InputError when other runs or other things stand in the way, or what would be
    recorded does not fit; nothing is written.
    """
    forget_points()
    chosen = chosen_runs(combinations(config), shard)
    found = Survey([run for _, run in chosen])
    standing = set(os.listdir(folder)) if folder.is_dir() else set()  # noqa: PTH208
    left: dict[int, tuple[Combination, list[PlannedRun]]] = {}
    others: list[tuple[str, list[Difference]]] = []
    for combination, run in chosen:
        row = confirmed(run.config, folder / run.name) if run.name in standing else None
        if row is not None:
            found.ended.append(row)
            continue
        if run.name in standing:
            others += _others(run, folder)
        left.setdefault(id(combination), (combination, []))[1].append(run)
    if others:
        raise _refusal(folder, others, command)
    _weigh(found, left, far=far)
    _check_room(found.jobs, folder)
    return found


def _others(run: PlannedRun, folder: Path) -> Iterator[tuple[str, list[Difference]]]:
    """The run that stands in the place of this one, when it is another."""
    verdict, differences = judge(
        standing_run(folder / run.name), prepare(run.config, points_of(run.config))
    )
    if verdict is Found.OTHER:
        yield run.name, differences


def _refusal(
    folder: Path, others: Sequence[tuple[str, list[Difference]]], command: str
) -> InputError:
    name, differences = others[0]
    more = f"\nand so do {len(others) - 1:,} more" if len(others) > 1 else ""
    lines = "\n".join(f"  {difference}" for difference in differences)
    fresh = shlex.quote(str(free_name(folder)))
    hint = (
        f"to keep both sweeps: {command} --out {fresh}\nto replace it:       remove {folder} first"
    )
    return InputError(f"{folder / name} holds another run:\n{lines}{more}", hint)


def _weigh(
    found: Survey, left: dict[int, tuple[Combination, list[PlannedRun]]], *, far: bool
) -> None:
    """Prepare a run of every combination, which finds its faults, its sizes and its warnings."""
    faults: list[str] = []
    seconds, size = 1.0, 0
    for number, (_, runs) in enumerate(left.values()):
        if number < PREPARED:
            try:
                plan = prepare(runs[0].config, points_of(runs[0].config))
            except ConfigError as error:
                faults += error.faults
                continue
            seconds, size = plan.expected_seconds, plan.history_bytes
            found.warnings += [
                warning for warning in plan.warnings if warning not in found.warnings
            ]
            found.compiled |= plan.engine == "compiled"
            if far and size > FAR_BYTES:
                raise _too_large(runs[0], size, plan.config.snapshots.every)
        found.jobs += [Job(run, seconds, size) for run in runs]
    if faults:
        raise ConfigError(list(dict.fromkeys(faults)))


def _too_large(run: PlannedRun, size: int, every: int | None) -> InputError:
    thinner = -(-size // FAR_BYTES) * (every or 1)
    problem = f"the history of {run.name} has {byte_size(size)}, and at most {byte_size(FAR_BYTES)} travel back from a cluster"
    return InputError(
        problem,
        f"record less often, for example --set snapshots.every={thinner}, or run it where its disk is",
    )


def _check_room(jobs: Sequence[Job], folder: Path) -> None:
    """Refuse what does not fit on the disk."""
    needed = sum(job.bytes for job in jobs)
    place, free = room_left(folder)
    if needed > free:
        problem = f"the snapshots of {len(jobs):,} runs need {byte_size(needed)} and {place} has {byte_size(free)} left"
        raise InputError(
            problem,
            "record less often with --set snapshots.every=N, or choose another disk with --out",
        )
