"""Verifying recipes: train what is missing, and hold every claim against the runs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from relusgd.config import Config, planned_runs
from relusgd.config.naming import assignment, join_name
from relusgd.config.schema import SweepSection
from relusgd.recipes.claims import Verdict, VerifiedRun, judge
from relusgd.recipes.in_memory import RunInMemory
from relusgd.recipes.recipe import Recipe
from relusgd.runs.find import load_run
from relusgd.sweeps.local import LocalProcesses, available_cores
from relusgd.sweeps.running import run_sweep


class VerifyObserver(Protocol):
    """Watches, as the command line's progress does."""

    def begins(self, recipe: Recipe, variant: str | None) -> None:
        """Called before a recipe, or a broken variant of it, is run."""


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
        return [
            name
            for name, verdicts in self.broken.items()
            if all(verdict.holds for verdict in verdicts)
        ]

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
    of what the recipes say. Raises what `run_sweep` raises.
    """
    with LocalProcesses(available_cores(), compiled=True) as processes:
        for recipe in recipes:
            yield _report(recipe, Path(out), seeds, processes, observer)


def _report(
    recipe: Recipe,
    out: Path,
    seeds: int | None,
    executor: Executor,
    observer: VerifyObserver | None,
) -> Report:
    started = time.perf_counter()
    count = seeds or recipe.expectation.seeds
    if observer is not None:
        observer.begins(recipe, None)
    verdicts = _verdicts(recipe, recipe.config, out / recipe.name, count, executor)
    broken = {}
    for name in recipe.expectation.broken:
        if observer is not None:
            observer.begins(recipe, name)
        folder = out / join_name([recipe.name, assignment("broken", name)])
        broken[name] = _verdicts(recipe, recipe.broken_config(name), folder, 1, executor)
    return Report(recipe, count, verdicts, broken, time.perf_counter() - started)


def _verdicts(
    recipe: Recipe, config: Config, folder: Path, seeds: int, executor: Executor
) -> list[Verdict]:
    networks = recipe.expectation.networks
    if networks is None:
        runs = _recorded_runs(config, folder, seeds, executor)
    else:
        runs = _runs_in_memory(config, seeds, networks)
    return [judge(claim, runs) for claim in recipe.expectation.claims]


def _recorded_runs(
    config: Config, folder: Path, seeds: int, executor: Executor
) -> list[VerifiedRun]:
    """The runs of all seeds, recorded in a folder."""
    config = _repeated(config, seeds)
    run_sweep(config, folder, executor)
    return [
        VerifiedRun(run.config.seed, run.varied, load_run(folder / run.name))
        for run in planned_runs(config)
    ]


def _runs_in_memory(config: Config, seeds: int, networks: int) -> list[VerifiedRun]:
    """So many networks for each seed, none of them recorded."""
    return [
        VerifiedRun(run.config.seed // networks, run.varied, RunInMemory.of(run.config))
        for run in planned_runs(_repeated(config, seeds * networks))
    ]


def _repeated(config: Config, seeds: int) -> Config:
    """The sweep of the config, over so many seeds."""
    sweep = config.sweep or SweepSection()
    repeated = sweep.model_copy(update={"repeat": seeds})
    return config.model_copy(update={"sweep": repeated, "expect": None})
