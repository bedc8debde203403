"""Groups of runs that differ in their seeds alone, and what is known of each: errors with their spread, units, time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.comparing.keys import Values, in_order, telling_words
from relusgd.runs.run import Run

MEASURES = (
    "train_mse",
    "test_mse",
    "best_test_mse",
    "best_epoch",
    "dead_units",
    "breakpoints",
    "seconds",
)
"""What is measured of a run and summed up over the seeds; errors in the square of the data's unit."""

STATES = ("complete", "unfinished", "diverged", "failed")


@dataclass(frozen=True)
class Spread:
    """Numbers of several seeds in five; deviation: of the sample, nan for a single one. All nan for none."""

    median: float
    lowest: float
    highest: float
    mean: float
    deviation: float

    @classmethod
    def of(cls, values: Sequence[float] | NDArray[Any]) -> Spread:
        kept = np.asarray(values, dtype=np.float64)
        kept = kept[np.isfinite(kept)]
        if not len(kept):
            return cls(*5 * [float("nan")])
        deviation = float(np.std(kept, ddof=1)) if len(kept) > 1 else float("nan")
        return cls(
            float(np.median(kept)),
            float(kept.min()),
            float(kept.max()),
            float(kept.mean()),
            deviation,
        )


@dataclass(frozen=True, eq=False)
class Result:
    """What became of one run. state: of STATES; measures: name → number, of the last snapshot or of the whole run."""

    run: Run
    status: str
    epochs: int
    steps: int
    measures: dict[str, float]

    @classmethod
    def of(cls, run: Run) -> Result:
        """Raises RelusgdError when the run is damaged."""
        result = run.result
        measures = {
            "train_mse": result.train_mse,
            "test_mse": result.test_mse,
            "dead_units": result.dead_units,
            "breakpoints": result.breakpoints,
            "best_test_mse": result.best_test_mse,
            "best_epoch": result.best_epoch,
            "seconds": run.facts.timings.seconds,
        }
        return cls(run, run.status, result.epochs, result.steps, measures)

    @property
    def state(self) -> str:
        return self.status if self.status in STATES else "unfinished"

    @property
    def seed(self) -> int:
        return self.run.config.seed


@dataclass(frozen=True, eq=False)
class Group:
    """Runs that agree in all but their seeds. keys: every varied key → its value here; words: heading → the telling ones.

    lost: runs that failed and left nothing to read.
    """

    keys: dict[str, object]
    words: dict[str, str]
    results: tuple[Result, ...]
    lost: int = 0

    @property
    def runs(self) -> int:
        return len(self.results) + self.lost

    @property
    def label(self) -> str:
        """The telling words in a line: "hidden 10, ridge"."""
        return (
            ", ".join(
                word if heading in PLAIN else f"{heading} {word}"
                for heading, word in self.words.items()
            )
            or "all runs"
        )

    @cached_property
    def counts(self) -> dict[str, int]:
        """State → number of runs, for all STATES."""
        found = Counter(result.state for result in self.results)
        found["failed"] += self.lost
        return {state: found[state] for state in STATES}

    @cached_property
    def counted(self) -> tuple[Result, ...]:
        """The runs whose numbers count: the complete ones; if there are none yet, the unfinished ones as they stand."""
        for state in ("complete", "unfinished"):
            if chosen := tuple(result for result in self.results if result.state == state):
                return chosen
        return ()

    @cached_property
    def spreads(self) -> dict[str, Spread]:
        """Measure → its spread over the runs that count."""
        return {
            name: Spread.of([result.measures[name] for result in self.counted]) for name in MEASURES
        }

    def middle(self, error: str) -> Result | None:
        """The run whose error is the median one; of two in the middle the better."""
        finite = [result for result in self.counted if np.isfinite(result.measures[error])] or list(
            self.counted
        )
        ordered = sorted(finite, key=lambda result: result.measures[error])
        return ordered[(len(ordered) - 1) // 2] if ordered else None

    @property
    def typical(self) -> Run:
        """A run that stands for all where they agree: in its config."""
        return self.results[0].run

    @cached_property
    def noise_squared(self) -> float:
        """noise², the error that the truth itself has on noisy training points; nan where it is not known."""
        data = self.typical.config.data
        return data.noise**2 if data.kind == "target" else float("nan")


PLAIN = ("training", "data", "case", "run")
"""Headings whose words speak for themselves."""


def make_groups(results: Sequence[Result], varied: Values) -> list[Group]:
    """The groups, in the order of the values of their telling keys. varied: key → its value in each run."""
    words = telling_words([result.run for result in results], varied)
    members: dict[tuple[str, ...], list[int]] = {}
    for number in range(len(results)):
        members.setdefault(tuple(repr(values[number]) for values in varied.values()), []).append(
            number
        )
    named = _distinct_words(
        {
            name: [column[numbers[0]] for numbers in members.values()]
            for name, column in words.items()
        }
    )
    groups = [
        Group(
            {key: values[numbers[0]] for key, values in varied.items()},
            {name: column[place] for name, column in named.items()},
            tuple(sorted((results[number] for number in numbers), key=lambda result: result.seed)),
        )
        for place, numbers in enumerate(members.values())
    ]
    return sorted(groups, key=_order(varied))


def _distinct_words(words: dict[str, list[str]]) -> dict[str, list[str]]:
    """The words of the groups, counted where long values were cut to the same."""
    rows = list(zip(*words.values(), strict=True))
    if len(set(rows)) == len(rows):
        return words
    return {**words, "row": [str(number) for number in range(1, len(rows) + 1)]}


def _order(varied: Values) -> Any:
    """Widths first, then as the keys come: each by the place of its value among all."""
    keys = sorted(varied, key=lambda key: key != "network.hidden")
    places = {
        key: {repr(value): place for place, value in enumerate(in_order(varied[key]))}
        for key in keys
    }
    return lambda group: tuple(places[key][repr(group.keys[key])] for key in keys)
