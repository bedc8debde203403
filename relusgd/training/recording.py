"""Which epochs are recorded: multiples of a number, or so many per decade; always both ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Integers


@dataclass(frozen=True)
class Recording:
    """every: record the multiples of it. per_decade: instead N epochs per decade, round(10^(i/N)).

    Epoch 0 and the last one, `epochs`, are always recorded.
    """

    epochs: int
    every: int | None = 1
    per_decade: int | None = None

    def count(self, until: int | None = None) -> int:
        """How many snapshots a run records up to an epoch, by default in all."""
        last = self.epochs if until is None else min(until, self.epochs)
        if self.per_decade is not None:
            return len(self.between(-1, last))
        every = self.every or 1
        ends_between_multiples = last == self.epochs and last % every > 0
        return last // every + 1 + ends_between_multiples

    def is_beginning(self, recorded: Integers, until: int) -> bool:
        """Whether `recorded`, shape (S,), begins with exactly the epochs due up to an epoch.

        They are counted before they are listed: `until` may come from a damaged or forged file, and
        a list of so many epochs might not fit into memory.
        """
        due = self.count(until)
        if due > len(recorded):
            return False
        expected = self.between(-1, min(until, self.epochs))
        return np.array_equal(expected, recorded[:due])

    def between(self, after: int, until: int) -> Integers:
        """The recorded epochs in after + 1 … until, increasing."""
        if self.per_decade is not None:
            chosen = self._decades(self.per_decade)
        else:
            every = self.every or 1
            chosen = np.arange((after // every + 1) * every, until + 1, every)
        chosen = np.union1d(chosen, [0, self.epochs])
        return chosen[(chosen > after) & (chosen <= until)].astype(np.int64)

    def _decades(self, per_decade: int) -> Integers:
        """The epochs round(10^(i/N)) up to the last one and a few beyond."""
        if self.epochs < 1:
            return np.zeros(0, dtype=np.int64)
        exponents = np.arange(int(np.ceil(np.log10(self.epochs) * per_decade)) + 1) / per_decade
        return np.unique(np.round(10.0**exponents)).astype(np.int64)
