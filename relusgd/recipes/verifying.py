"""Verifying recipes: train what is missing, and hold every claim against the runs."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from relusgd.config import Config, PlannedRun, planned_runs
from relusgd.config.naming import assignment, join_name
from relusgd.config.schema import SweepSection
from relusgd.one_thread import one_thread
from relusgd.recipes.claims import MeasuredRun, Verdict, judge, measure_claims
from relusgd.recipes.formula import check_needs, parse_quantity
from relusgd.recipes.in_memory import RunInMemory
from relusgd.recipes.recipe import Claim, Recipe
from relusgd.runs.find import load_run
from relusgd.sweeps.executors import local_workers, threads
from relusgd.sweeps.running import NullSweepObserver, run_sweep
from relusgd.systems import available_cores
from relusgd.training.descent import KernelName

GROUP = 40
"""So many runs are measured by a worker at once."""


class VerifyObserver(Protocol):
    """Watches, as the command line's progress does."""

    def begins(self, recipe: Recipe) -> None:
        """Called before a recipe and its broken variants are run."""


@dataclass(frozen=True, eq=False)
class Report:
    """What became of a recipe.

    verdicts: of its claims on all seeds. broken: name → the verdicts of that variant on one seed.
    seconds: how long it took; less where runs were there already.
    """

    recipe: Recipe
    seeds: int
    verdicts: Sequence[Verdict]
    broken: Mapping[str, Sequence[Verdict]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether every claim holds."""
        return all(verdict.holds for verdict in self.verdicts)

    @property
    def passing_variants(self) -> list[str]:
        """The broken variants that no claim refuses, although they are broken."""
        passing = []
        for name, verdicts in self.broken.items():
            if all(verdict.holds for verdict in verdicts):
                passing.append(name)
        return passing

    @property
    def is_verified(self) -> bool:
        """Whether the recipe passes, and every broken variant fails."""
        return self.holds and not self.passing_variants


def verify(
    recipes: Sequence[Recipe],
    out: str | Path = "outputs/verify",
    *,
    seeds: int | None = None,
    observer: VerifyObserver | None = None,
) -> Iterator[Report]:
    """A report for each recipe, one after the other.

    out: the folder of all runs; those that are there already are not trained again. seeds: in place
    of what the recipes say. Raises what `run_sweep` raises, and InputError before anything is
    trained where a reference needs what is not installed.
    """
    for recipe in recipes:
        for claim in recipe.expectation.claims:
            check_needs(parse_quantity(claim.quantity))
    # The workers have these from their start, and load others when they need them.
    kernels: list[KernelName] = ["comparisons", "prefix_sums"]
    with local_workers(available_cores(), kernels=kernels) as workers, one_thread():
        for recipe in recipes:
            if observer is not None:
                observer.begins(recipe)
            yield _report(recipe, Path(out), seeds, workers)


class _StopRequest(NullSweepObserver):
    """Asks the sweeps of a recipe to stop when one of them, or the command, has ended early."""

    def __init__(self) -> None:
        self.is_made = False

    def signal(self) -> int | None:
        return signal.SIGTERM if self.is_made else None


class _Part(NamedTuple):
    """A recipe itself, or a broken variant of it: what is trained where, and on how many seeds."""

    config: Config
    folder: Path
    seeds: int


def _report(recipe: Recipe, out: Path, seeds: int | None, executor: Executor) -> Report:
    """Train and judge the recipe and its broken variants, all at the same time.

    A broken variant has one seed, and would leave the other cores without work.
    """
    started = time.perf_counter()
    count = seeds or recipe.expectation.seeds
    names = list(recipe.expectation.broken)
    parts = [_Part(recipe.config, out / recipe.name, count)]
    for name in names:
        folder = out / join_name([recipe.name, assignment("broken", name)])
        parts.append(_Part(recipe.broken_config(name), folder, 1))
    stop = _StopRequest()
    with threads(len(parts)) as pool:
        tasks = [pool.submit(_verdicts, recipe, part, executor, stop) for part in parts]
        try:
            verdicts, *verdicts_of_variants = [task.result() for task in tasks]
        except BaseException:
            stop.is_made = True
            raise
    broken = dict(zip(names, verdicts_of_variants, strict=True))
    seconds = time.perf_counter() - started
    return Report(recipe, count, verdicts, broken, seconds)


def _verdicts(recipe: Recipe, part: _Part, executor: Executor, stop: _StopRequest) -> list[Verdict]:
    """The verdict on every claim about a part.

    Its runs are recorded, or kept in memory where many networks count as one seed.
    """
    claims = recipe.expectation.claims
    networks = recipe.expectation.networks
    tasks = []
    if networks is None:
        repeated = _repeated(part.config, part.seeds)
        run_sweep(repeated, part.folder, executor, summarize=False, observer=stop)
        for group in _groups(repeated):
            tasks.append(executor.submit(measure_recorded, part.folder, claims, group))
    else:
        repeated = _repeated(part.config, part.seeds * networks)
        for group in _groups(repeated):
            tasks.append(executor.submit(measure_in_memory, networks, claims, group))
    measured: list[MeasuredRun] = []
    for task in tasks:
        measured += task.result()
    return judge(claims, measured)


def _groups(config: Config) -> Iterator[Sequence[PlannedRun]]:
    """The runs of a sweep, as many at a time as a worker measures at once."""
    runs = planned_runs(config)
    for start in range(0, len(runs), GROUP):
        yield runs[start : start + GROUP]


def measure_recorded(
    folder: Path,
    claims: Sequence[Claim],
    runs: Sequence[PlannedRun],
) -> list[MeasuredRun]:
    """The numbers of runs that are recorded in a folder."""
    measured = []
    for run in runs:
        recorded = load_run(folder / run.name)
        numbers = measure_claims(claims, recorded, run.varied)
        measured.append(MeasuredRun(run.config.seed, run.varied, numbers))
    return measured


def measure_in_memory(
    networks: int,
    claims: Sequence[Claim],
    runs: Sequence[PlannedRun],
) -> list[MeasuredRun]:
    """The numbers of runs that are kept in memory, of which so many count to one seed."""
    measured = []
    for run in runs:
        in_memory = RunInMemory.of(run.config)
        numbers = measure_claims(claims, in_memory, run.varied)
        seed = run.config.seed // networks
        measured.append(MeasuredRun(seed, run.varied, numbers))
    return measured


def _repeated(config: Config, seeds: int) -> Config:
    """The sweep of the config, over so many seeds."""
    sweep = config.sweep or SweepSection()
    repeated = sweep.model_copy(update={"repeat": seeds})
    return config.model_copy(update={"sweep": repeated, "expect": None})
