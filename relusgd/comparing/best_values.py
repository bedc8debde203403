"""The best value of each number that the user chooses, such as the penalty or the learning rate.

Every combination of the other keys has its own best value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.comparing.groups import Group, Spread
from relusgd.comparing.keys import ABSENT, present
from relusgd.comparing.labels import Words, headings, label
from relusgd.config.values import is_number, single

ENOUGH = 3
"""With fewer values than this, nothing is said of a best one."""

AS_GOOD = 1.1
"""An error up to this many times the best is as good."""

TOLERANCE = f"{100 * (AS_GOOD - 1):.0f} %"
"""AS_GOOD in words: such an error is within this of the best."""


@dataclass(frozen=True, eq=False)
class Optimum:
    """Groups that differ in one key alone, in the order of its values, which are numbers.

    key: dotted; error: the measure that is compared.
    """

    key: str
    error: str
    groups: tuple[Group, ...]

    @property
    def values(self) -> list[float]:
        values = [single(group.keys[self.key]) for group in self.groups]
        return [value for value in values if isinstance(value, int | float)]

    @property
    def medians(self) -> list[float]:
        return [group.median(self.error) for group in self.groups]

    @property
    def best(self) -> int:
        """The place of the lowest median."""
        return int(np.nanargmin(self.medians))

    @property
    def best_value(self) -> float:
        return self.values[self.best]

    @property
    def best_group(self) -> Group:
        return self.groups[self.best]

    @property
    def good(self) -> tuple[int, int]:
        """The first and last of the neighbouring places around the best that are as good."""
        limit = AS_GOOD * self.medians[self.best]
        is_good = [median <= limit for median in self.medians]
        last = len(is_good) - 1
        low = high = self.best
        while low > 0 and is_good[low - 1]:
            low -= 1
        while high < last and is_good[high + 1]:
            high += 1
        return low, high

    def ratio(self, place: int) -> float:
        """The median error at a place over the lowest."""
        return self.medians[place] / self.medians[self.best]

    def factor(self, place: int) -> Spread:
        """The error at a place over that at the best value, seed by seed."""
        best = self.best_group.by_seeds(self.error)
        here = self.groups[place].by_seeds(self.error)
        factors = []
        with np.errstate(all="ignore"):
            for seeds, error in here.items():
                if seeds in best:
                    factors.append(np.float64(error) / best[seeds])
        return Spread.of(factors)

    @property
    def words(self) -> Words:
        """The words that tell this optimum from others of the same key."""
        own = headings(self.key)
        words = self.groups[0].words
        return {name: word for name, word in words.items() if name not in own}

    @property
    def label(self) -> str:
        return label(self.words)


def find_optima(groups: Sequence[Group], error: str, block: str = "training.") -> list[Optimum]:
    """The optima of every key of this block whose values are numbers, at least ENOUGH of them.

    groups: those that have a median error, in the order of the values of their keys.
    """
    if not groups:
        return []
    optima: list[Optimum] = []
    for key in groups[0].keys:
        values = present(group.keys[key] for group in groups)
        is_numeric = all(is_number(single(value)) for value in values)
        if is_numeric and key.startswith(block):
            optima += _optima_of_key(groups, key, error)
    return optima


def by_key(optima: Sequence[Optimum]) -> dict[str, list[Optimum]]:
    """Key → its optima."""
    optima_of: dict[str, list[Optimum]] = {}
    for optimum in optima:
        optima_of.setdefault(optimum.key, []).append(optimum)
    return optima_of


def _optima_of_key(groups: Sequence[Group], key: str, error: str) -> list[Optimum]:
    """An optimum for every combination of the other keys with ENOUGH values of this key."""
    members: dict[str, list[Group]] = {}
    for group in groups:
        if group.keys[key] is not ABSENT:
            # As text, because values such as schedules have no hash.
            others = repr({**group.keys, key: None})
            members.setdefault(others, []).append(group)
    optima = []
    for alike in members.values():
        if len(alike) >= ENOUGH:
            optima.append(Optimum(key, error, tuple(alike)))
    return optima
