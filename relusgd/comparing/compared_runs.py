"""The data of a comparison: groups of runs, and how they rank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from relusgd.comparing.best_values import Optimum, find_optima
from relusgd.comparing.groups import Group, Result, make_groups
from relusgd.comparing.keys import POINTS, SEEDS, Values, varied_keys
from relusgd.comparing.solvers import Duel, find_duels
from relusgd.errors import RelusgdError
from relusgd.model.history import ERROR_NAMES
from relusgd.runs.result import MEASURES
from relusgd.runs.run import Run
from relusgd.sweeps.rows import Row, varied_of
from relusgd.sweeps.summary_file import cell_text

Settings = frozenset[tuple[str, str]]
"""What a sweep sets for a run, as (key, cell of summary.csv)."""


@dataclass(frozen=True, eq=False, repr=False)
class ComparedRuns:
    """Groups of runs, and what could not be compared.

    groups: in the order of what differs; varied: key in which runs differ → its value in each run;
    damaged: file or folder → what is wrong with it; failures: name → reason, of runs of a sweep
    that left no folder, where no run of the same settings is left either.
    """

    groups: list[Group]
    varied: Values
    damaged: dict[str, str]
    failures: dict[str, str]

    @classmethod
    def of(cls, runs: Iterable[Run], failed: Sequence[Row] = ()) -> Self:
        """failed: the rows of runs that left no folder.

        Raises RelusgdError when none of the runs can be read.
        """
        results, damaged = _read(runs)
        if not results:
            messages = "\n".join(list(damaged.values())[:5])
            raise RelusgdError(f"none of these runs can be read:\n{messages}")
        cases = [_case_name(result.run) for result in results]
        varied = varied_keys([result.run for result in results], cases)
        groups = make_groups(results, varied)
        lost, failures = _lost_runs(groups, failed)
        groups = [replace(group, lost=lost[group]) for group in groups]
        return cls(groups, varied, damaged, failures)

    @cached_property
    def over_seeds(self) -> list[Group]:
        """The groups; runs that differ in their seeds alone are one, however few they are."""
        if not self.varied or not set(self.varied) <= set(SEEDS):
            return self.groups
        results: list[Result] = []
        lost = 0
        for group in self.groups:
            results += group.results
            lost += group.lost
        return [Group({}, {}, results, lost)]

    @property
    def run_count(self) -> int:
        return sum(group.runs for group in self.groups)

    @property
    def own_metrics(self) -> list[str]:
        """The metrics of a caller's own that any of the runs has."""
        measured: dict[str, None] = {}
        for group in self.groups:
            measured |= dict.fromkeys(group.spreads)
        return [name for name in measured if name not in MEASURES]

    @cached_property
    def error(self) -> str:
        """The error that ranks: test_mse, or train_mse where a group has no test points."""
        medians = [group.median("test_mse") for group in self.groups if group.counted]
        all_have_tests = bool(np.isfinite(medians).all())
        return "test_mse" if all_have_tests else "train_mse"

    @property
    def error_words(self) -> str:
        """test or train."""
        return self.error.removesuffix("_mse")

    @property
    def error_name(self) -> str:
        """The error that ranks in words, as pictures have it."""
        return ERROR_NAMES[self.error_words]

    def median(self, group: Group) -> float:
        """The group's median of the error that ranks."""
        return group.median(self.error)

    @property
    def comparable(self) -> bool:
        """Whether all errors are measured on the same function or measurements."""
        keys_of_the_data = (*POINTS, "data.domain", "data.test_x", "data.test_y")
        return self.varied.keys().isdisjoint(keys_of_the_data)

    @cached_property
    def measured(self) -> list[Group]:
        """The groups that have a median error, in their order."""
        return [group for group in self.groups if np.isfinite(self.median(group))]

    @cached_property
    def ranked(self) -> list[Group]:
        """The groups that have a median error, from the lowest."""
        return sorted(self.measured, key=self.median)

    @property
    def best(self) -> Group | None:
        """The group with the lowest median error.

        None for a single group, if the lowest two are equal, and if errors do not compare.
        """
        if not self.comparable or len(self.groups) < 2 or not self.ranked:
            return None
        first, *others = self.ranked
        if others and self.median(first) == self.median(others[0]):
            return None
        return first

    @property
    def noise_squared(self) -> float:
        """noise², where it is the same in all groups; else nan."""
        levels = {group.noise_squared for group in self.groups}
        return levels.pop() if len(levels) == 1 else float("nan")

    @cached_property
    def duels(self) -> list[Duel]:
        """Ridge against SGD on the output layer, where both began with the same network."""
        duels = find_duels(self.ranked)
        return sorted(duels, key=lambda duel: self.groups.index(duel.ridge))

    @cached_property
    def optima(self) -> list[Optimum]:
        """The best penalty, learning rate and the like, where enough values were tried."""
        if not self.comparable:
            return []
        return find_optima(self.measured, self.error)


def _read(runs: Iterable[Run]) -> tuple[list[Result], dict[str, str]]:
    """The results of the runs; folder → message, for runs that are damaged."""
    results: list[Result] = []
    damaged: dict[str, str] = {}
    for run in runs:
        try:
            results.append(Result.of(run))
        except RelusgdError as error:
            damaged[str(run.folder)] = error.message
    return results, damaged


def _lost_runs(
    groups: Sequence[Group],
    failed: Sequence[Row],
) -> tuple[Counter[Group], dict[str, str]]:
    """How many of the failed runs each group lost; name → reason, of those that have no group."""
    group_of_settings: dict[Settings, Group] = {}
    for group in groups:
        for result in group.results:
            settings = _settings(varied_of(result.run))
            group_of_settings[settings] = group
    lost: Counter[Group] = Counter()
    failures: dict[str, str] = {}
    for row in failed:
        own_group = group_of_settings.get(_settings(row.varied))
        if own_group is None:
            failures[row.run] = row.error
        else:
            lost[own_group] += 1
    return lost, failures


def _case_name(run: Run) -> str | None:
    """The name of the run's case; a run.json that somebody sent may hold anything."""
    case = varied_of(run).get("case")
    return case if isinstance(case, str) else None


def _settings(varied: Mapping[str, object]) -> Settings:
    """What a sweep set for a run beside its seed."""
    settings = set()
    for key, value in varied.items():
        text = cell_text(value)
        if key != "seed" and text:
            settings.add((key, text))
    return frozenset(settings)
