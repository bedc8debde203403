"""Groups of runs that differ in their seeds alone, with the spread of every measure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from relusgd.comparing.keys import ABSENT, CASE, Values, in_order
from relusgd.comparing.labels import Words, label, telling_words
from relusgd.config.values import plain
from relusgd.diagnostics.outcomes import Outcome
from relusgd.runs.result import MEASURES
from relusgd.runs.run import Run
from relusgd.words import counted

STATES = ("complete", "unfinished", "diverged", "failed")

Seeds = tuple[int, int, int, int]


@dataclass(frozen=True)
class Spread:
    """The spread of a number over several seeds, all nan if there is none.

    deviation: standard deviation of the sample, nan for a single number.
    """

    median: float
    lowest: float
    highest: float
    mean: float
    deviation: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """The spread of the finite ones of these numbers."""
        numbers = np.array([value for value in values if np.isfinite(value)])
        if not len(numbers):
            nan = float("nan")
            return cls(nan, nan, nan, nan, nan)
        deviation = np.std(numbers, ddof=1) if len(numbers) > 1 else np.nan
        return cls(
            median=float(np.median(numbers)),
            lowest=float(numbers.min()),
            highest=float(numbers.max()),
            mean=float(numbers.mean()),
            deviation=float(deviation),
        )


@dataclass(frozen=True, eq=False)
class Result:
    """How one run ended.

    outcome, reason: whether it learned, and why not. seeds: of the run, its network, its batches
    and its data; measures: name → number, for all MEASURES, and for the metrics of a caller's own,
    whose last value counts.
    """

    run: Run
    status: str
    outcome: Outcome | None
    reason: str
    epochs: int
    steps: int
    seeds: Seeds
    measures: dict[str, float]

    @classmethod
    def of(cls, run: Run) -> Result:
        """Raises RelusgdError when the run is damaged."""
        return run.read_as_one(lambda: cls._of(run))

    @classmethod
    def _of(cls, run: Run) -> Result:
        """The result of a run: how it ended, its seeds and its measures."""
        result = run.result
        config = run.config
        *names, seconds = MEASURES
        measures = {name: getattr(result, name) for name in names}
        measures[seconds] = run.facts.timings.seconds
        for name in run.own_metrics:
            measures[name] = float(run.metrics[name][-1])
        seeds = (config.seed, config.network_seed, config.training_seed, config.data_seed)
        return cls(
            run,
            run.status,
            result.outcome,
            result.reason,
            result.epochs,
            result.steps,
            seeds,
            measures,
        )

    @property
    def state(self) -> str:
        """One of STATES: a run that is interrupted or still training is unfinished."""
        return self.status if self.status in STATES else "unfinished"

    @property
    def seed(self) -> int:
        return self.seeds[0]


@dataclass(frozen=True, eq=False)
class Group:
    """Runs that agree in all but their seeds.

    keys: every varied key → its value here; words: heading → word, for what tells groups apart;
    lost: how many runs failed and left nothing to read.
    """

    keys: dict[str, object]
    words: Words
    results: list[Result] = field(default_factory=list)
    lost: int = 0

    @property
    def runs(self) -> int:
        return len(self.results) + self.lost

    @property
    def label(self) -> str:
        return label(self.words) or "all runs"

    @property
    def plain_keys(self) -> dict[str, Any]:
        """The varied keys and their values as JSON takes them; None for ABSENT."""
        values = {}
        for key, value in self.keys.items():
            values[key] = None if value is ABSENT else plain(value)
        return values

    @property
    def network_and_data(self) -> str:
        """The varied keys of network and data: equal for groups that differ in training alone."""
        values = {}
        for key, value in self.keys.items():
            if key != CASE and not key.startswith("training."):
                values[key] = value
        return repr(values)

    @cached_property
    def counts(self) -> dict[str, int]:
        """State → number of runs, for all STATES."""
        counts = dict.fromkeys(STATES, 0)
        for result in self.results:
            counts[result.state] += 1
        counts["failed"] += self.lost
        return counts

    @cached_property
    def counted(self) -> tuple[Result, ...]:
        """The runs whose numbers count: complete ones, or unfinished ones if none is complete."""
        for state in ("complete", "unfinished"):
            results = [result for result in self.results if result.state == state]
            if results:
                return tuple(results)
        return ()

    @cached_property
    def spreads(self) -> dict[str, Spread]:
        """Measure → its spread over the runs that count."""
        measured = [result.measures for result in self.counted]
        names = dict.fromkeys(MEASURES)
        for numbers in measured:
            names |= dict.fromkeys(numbers)
        spreads = {}
        for name in names:
            values = [numbers.get(name, np.nan) for numbers in measured]
            spreads[name] = Spread.of(values)
        return spreads

    def median(self, measure: str) -> float:
        """nan for a metric of a caller's own that none of these runs has."""
        spread = self.spreads.get(measure)
        return float("nan") if spread is None else spread.median

    def by_seeds(self, measure: str) -> dict[Seeds, float]:
        """Seeds → the measure of their run, for the runs that count."""
        return {result.seeds: result.measures[measure] for result in self.counted}

    def median_result(self, error: str) -> Result | None:
        """The run whose error is the median; of two in the middle the better one."""
        if not self.counted:
            return None

        def error_of(result: Result) -> float:
            return result.measures[error]

        finite = [result for result in self.counted if np.isfinite(error_of(result))]
        ordered = sorted(finite or self.counted, key=error_of)
        middle = (len(ordered) - 1) // 2
        return ordered[middle]

    @property
    def typical(self) -> Run:
        """A run whose config stands for all of them, but for the seeds."""
        return self.results[0].run

    @cached_property
    def noise_squared(self) -> float:
        """noise², the error of the true function on noisy training points; nan if not known."""
        data = self.typical.config.data
        return data.noise**2 if data.kind == "target" else float("nan")


def make_groups(results: Sequence[Result], varied: Values) -> list[Group]:
    """The groups, in the order of the values of their keys. varied: key → its value in each run."""
    words = telling_words([result.run for result in results], varied)
    groups: dict[str, Group] = {}
    for number, result in enumerate(results):
        keys = {key: values[number] for key, values in varied.items()}
        # By their text, because values such as schedules have no hash.
        name = repr(keys)
        if name not in groups:
            own_words = {heading: column[number] for heading, column in words.items()}
            groups[name] = Group(keys, own_words)
        groups[name].results.append(result)
    for group in groups.values():
        group.results.sort(key=lambda result: result.seed)
    _number_equal_labels(groups.values())
    return _sorted_by_keys(groups.values(), varied)


def folder_of_all(results: Iterable[Result]) -> str | None:
    """The name of the folder that all these runs are in; None where they are in several."""
    folders = {result.run.folder.resolve().parent for result in results}
    if len(folders) > 1:
        return None
    return folders.pop().name


def runs_of_each(counts: Iterable[int]) -> str:
    """How many runs each of several groups has, in words, for the note of a picture."""
    different = set(counts)
    if len(different) > 1:
        return "all runs"
    return f"{counted(different.pop(), 'run')} each"


def _number_equal_labels(groups: Collection[Group]) -> None:
    """Give every group a number as well if long values were cut to the same words. In place."""
    distinct = {tuple(group.words.values()) for group in groups}
    if len(distinct) < len(groups):
        for number, group in enumerate(groups, 1):
            group.words["row"] = str(number)


def _sorted_by_keys(groups: Iterable[Group], varied: Values) -> list[Group]:
    """The groups sorted by width, then by the other keys in the order of `varied`."""
    keys = sorted(varied, key=lambda key: key != "network.hidden")
    place_of_value: dict[str, dict[str, int]] = {}
    for key in keys:
        texts = map(repr, in_order(varied[key]))
        place_of_value[key] = {text: place for place, text in enumerate(texts)}

    def places(group: Group) -> list[int]:
        return [place_of_value[key][repr(group.keys[key])] for key in keys]

    return sorted(groups, key=places)
