"""The best value of a number that the user chooses, such as the penalty or the learning rate, for everything else that varies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.comparing.groups import Group, Spread
from relusgd.comparing.keys import ABSENT, CASE, TRAINING, heading, in_order

ENOUGH = 3
"""Values from which on a best one is worth a table."""

AS_GOOD = 1.1
"""An error up to this many times the best is as good."""


@dataclass(frozen=True, eq=False)
class Optimum:
    """Groups that differ in one number alone, in the order of that number. key: which; error: what is compared."""

    key: str
    error: str
    groups: tuple[Group, ...]

    @property
    def values(self) -> list[float]:
        return [
            value for group in self.groups if (value := as_number(group.keys[self.key])) is not None
        ]

    @property
    def medians(self) -> list[float]:
        return [group.spreads[self.error].median for group in self.groups]

    @property
    def best(self) -> int:
        """The place of the lowest median."""
        return int(np.nanargmin(self.medians))

    @property
    def good(self) -> tuple[int, int]:
        """The first and the last of the neighbouring places around the best whose medians are as good."""
        fine = [median <= AS_GOOD * self.medians[self.best] for median in self.medians]
        low = high = self.best
        while low > 0 and fine[low - 1]:
            low -= 1
        while high + 1 < len(fine) and fine[high + 1]:
            high += 1
        return low, high

    def factor(self, place: int) -> Spread:
        """How many times larger the error is there than at the best value: the spread over the seeds, each against itself."""
        best = {
            result.seed: result.measures[self.error] for result in self.groups[self.best].counted
        }
        here = {result.seed: result.measures[self.error] for result in self.groups[place].counted}
        with np.errstate(all="ignore"):
            return Spread.of([np.float64(here[seed]) / best[seed] for seed in here if seed in best])

    @property
    def words(self) -> dict[str, str]:
        """What tells this one from others with the same key."""
        own = heading(self.key, [self.key])
        return {
            name: word for name, word in self.groups[0].words.items() if name not in (own, self.key)
        }

    @property
    def label(self) -> str:
        return ", ".join(
            word if name in (TRAINING, CASE) else f"{name} {word}"
            for name, word in self.words.items()
        )


def find_optima(groups: Sequence[Group], error: str, block: str = "training.") -> list[Optimum]:
    """For every number of this block with ENOUGH values: one optimum for each combination of the other keys."""
    keys = [
        key
        for key in (groups[0].keys if groups else ())
        if key.startswith(block) and _is_number(groups, key)
    ]
    return [optimum for key in keys for optimum in _optima(groups, key, error)]


def as_number(value: object) -> float | None:
    """A value that is one number, as the only one in a list too."""
    if isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _is_number(groups: Sequence[Group], key: str) -> bool:
    return all(
        group.keys[key] is ABSENT or as_number(group.keys[key]) is not None for group in groups
    )


def _optima(groups: Sequence[Group], key: str, error: str) -> list[Optimum]:
    rest: dict[tuple[str, ...], list[Group]] = {}
    for group in groups:
        if group.keys[key] is not ABSENT and np.isfinite(group.spreads[error].median):
            rest.setdefault(
                tuple(repr(value) for name, value in group.keys.items() if name != key), []
            ).append(group)
    found = []
    for members in rest.values():
        order = [repr(value) for value in in_order([group.keys[key] for group in members])]
        if len(order) >= ENOUGH:
            found.append(
                Optimum(
                    key,
                    error,
                    tuple(sorted(members, key=lambda group: order.index(repr(group.keys[key])))),
                )
            )
    return found
