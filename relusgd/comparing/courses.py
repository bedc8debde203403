"""Errors over time: for each group its median and two quantiles, at the steps that its runs share.

Runs of a group may have been recorded at different steps, or have ended early. They are joined at
the steps that all of them recorded, and nothing is interpolated between steps. A run that diverged
has an infinite error from there on: quantiles can take that, and leaving such runs out would make
a way of training look better than it is. Runs that are unfinished count only where no run of their
group is complete; failed runs are no results.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from relusgd.comparing.compared_runs import ComparedRuns
from relusgd.comparing.groups import Group, Result
from relusgd.errors import InputError
from relusgd.model.network import Array, Integers
from relusgd.words import counted, exact_number

Over = Literal["epochs", "steps"]

Band = tuple[float, float]
"""The lower and the upper quantile, in percent."""

QUARTILES: Band = (25.0, 75.0)
MEDIAN = 50.0

MOST_TIMES = 7
"""A table has at most so many moments."""


def quantile(values: Array, percent: float) -> Array:
    """The quantile over the rows of values, shape (n, T), as numpy.quantile gives it; (T,).

    Infinite values are the largest ones: between a finite and an infinite one, it is infinite.
    """
    ordered = np.sort(values, axis=0)
    place = percent / 100 * (len(ordered) - 1)
    below = int(place)
    share = place - below
    low = ordered[below]
    if share == 0:
        return np.asarray(low)
    high = ordered[below + 1]
    with np.errstate(invalid="ignore"):
        between = low + share * (high - low)
    return np.where(np.isinf(high), np.inf, between)


@dataclass(frozen=True, eq=False)
class Course:
    """The errors of one group over time.

    results: the runs that count, n of them. steps, shape (T,): those that all of them recorded;
    epochs, shape (T,): the same in epochs. errors: name → the error of each run, shape (n, T), in
    the units of the data, infinite from where a run diverged.
    """

    group: Group
    results: Sequence[Result]
    steps: Integers
    epochs: Array
    errors: dict[str, Array]

    @property
    def is_ridge(self) -> bool:
        """Whether the network was solved at once, and not trained step by step."""
        return self.group.typical.config.training.method == "ridge"

    @property
    def diverged(self) -> int:
        """How many of the runs diverged."""
        return sum(result.state == "diverged" for result in self.results)

    def times(self, over: Over) -> Array:
        """The steps or the epochs, shape (T,)."""
        if over == "epochs":
            return self.epochs
        return self.steps.astype(np.float64)

    def at(self, name: str, percent: float, over: Over, time: float) -> float:
        """The quantile of an error at one moment; nan where nothing was recorded there.

        A network that was solved at once stays as it is.
        """
        times = self.times(over)
        places = np.flatnonzero(times == time)
        if self.is_ridge and time > times[0]:
            places = np.array([len(times) - 1])
        if not len(places):
            return float("nan")
        errors = self.errors[name][:, places[:1]]
        return float(quantile(errors, percent)[0])


@dataclass(frozen=True, eq=False)
class Courses:
    """The courses of all groups of a comparison.

    over: what they are shown over. band: the quantiles beside the median. apart: the groups whose
    runs have no step in common, or of which no run counts.
    """

    compared: ComparedRuns
    over: Over
    band: Band
    courses: Sequence[Course]
    apart: Sequence[Group]

    def __repr__(self) -> str:
        rows = counted(len(self.courses), "row")
        return f"Courses({rows} over {self.over}, band {list(self.band)})"

    @property
    def names(self) -> list[str]:
        """The errors that all groups have; the one that ranks comes first."""
        first = self.compared.error
        return list(dict.fromkeys([first, "train_mse"]))

    @property
    def keys(self) -> list[str]:
        """The keys that tell the groups apart."""
        return list(self.courses[0].group.keys) if self.courses else []

    @property
    def percents(self) -> tuple[float, float, float]:
        """The lower quantile, the median and the upper quantile, in percent."""
        low, high = self.band
        return low, MEDIAN, high

    @property
    def band_words(self) -> str:
        """The quartiles, or the quantiles by their numbers."""
        if self.band == QUARTILES:
            return "quartiles"
        low, high = self.band
        return f"{exact_number(low)} % and {exact_number(high)} % quantiles"

    @cached_property
    def chosen_times(self) -> list[float]:
        """A few moments for a table: powers of ten, or what was recorded next to them, and the end.

        They are of the moments that most groups share, and the last one of every group.
        """
        stepwise = [course for course in self.courses if not course.is_ridge] or self.courses
        counted: Counter[float] = Counter()
        ends = set()
        for course in stepwise:
            times = course.times(self.over).tolist()
            counted.update(times)
            ends.add(times[-1])
        most = max(counted.values(), default=0)
        shared = sorted(time for time, count in counted.items() if count == most)
        chosen = {*shared[:1], *_near_powers_of_ten(shared), *ends}
        times = sorted(chosen)
        latest = times[1:][-(MOST_TIMES - 1) :]
        return [*times[:1], *latest]


def _near_powers_of_ten(times: Sequence[float]) -> Iterable[float]:
    """Of ascending times, those nearest to powers of ten; none in the last half of the time."""
    positive = np.array([time for time in times if time > 0])
    if not len(positive):
        return []
    logarithms = np.log10(positive)
    first_power = int(np.ceil(logarithms[0]))
    last_power = int(np.floor(logarithms[-1]))
    # What lies close to the end would stand beside it with nearly the same numbers.
    latest = positive[-1] / 2
    chosen = []
    for power in range(first_power, last_power + 1):
        nearest = positive[np.argmin(np.abs(logarithms - power))]
        if nearest <= latest:
            chosen.append(float(nearest))
    return chosen


def checked_band(band: Sequence[float]) -> Band:
    """The quantiles of a band. Raises InputError for what are no two of them around the median."""
    if len(band) == 2:
        low, high = band
        if 0 <= low <= MEDIAN <= high <= 100 and low < high:
            return float(low), float(high)
    given = ",".join(exact_number(float(number)) for number in band)
    raise InputError(
        f"a band is two quantiles in percent around the median, not {given}",
        "25,75 are the quartiles, 0,100 all runs",
    )


def courses_of(compared: ComparedRuns, over: Over, band: Sequence[float] = QUARTILES) -> Courses:
    """The courses of the groups. Raises InputError for a band that is none.

    over: epochs or steps.
    """
    if over not in ("epochs", "steps"):
        raise InputError(f"errors are shown over epochs or over steps, not over {over!r}")
    checked = checked_band(band)
    names = list(dict.fromkeys([compared.error, "train_mse"]))
    courses = []
    apart = []
    for group in compared.over_seeds:
        course = _course(group, names)
        if course is None:
            apart.append(group)
        else:
            courses.append(course)
    return Courses(compared, over, checked, courses, apart)


def _course(group: Group, names: Sequence[str]) -> Course | None:
    """The course of a group; None where its runs have no step in common."""
    diverged = [result for result in group.results if result.state == "diverged"]
    results = [*group.counted, *diverged]
    if not results:
        return None
    steps = _shared_steps(group.counted, diverged)
    if not len(steps):
        return None
    errors = {}
    for name in names:
        errors[name] = np.array([_errors(result, name, steps) for result in results])
    epochs = steps / group.typical.facts.counts.steps_per_epoch
    return Course(group, results, steps, epochs, errors)


def _shared_steps(counted: Sequence[Result], diverged: Sequence[Result]) -> Integers:
    """The steps that all runs recorded, those that diverged as far as they came.

    If all of them diverged, up to the end of the last one.
    """
    recorded = {result: result.run.metrics["step"] for result in [*counted, *diverged]}

    def last_step(result: Result) -> int:
        return int(recorded[result][-1])

    longest = max(counted or diverged, key=last_step)
    shared = np.asarray(recorded[longest])
    for result, steps in recorded.items():
        is_recorded = np.isin(shared, steps)
        if result.state == "diverged":
            is_recorded |= shared > steps[-1]
        shared = shared[is_recorded]
    return shared


def _errors(result: Result, name: str, steps: Integers) -> Array:
    """The error of one run at these steps, infinite after its last one."""
    recorded_steps = result.run.metrics["step"]
    recorded_errors = result.run.original_metrics[name]
    errors = np.full(len(steps), np.inf)
    is_recorded = np.isin(steps, recorded_steps)
    rows = np.searchsorted(recorded_steps, steps[is_recorded])
    errors[is_recorded] = recorded_errors[rows]
    return errors
