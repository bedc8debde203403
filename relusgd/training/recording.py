"""Which epochs are recorded: every so many, or so many per decade; the first and the last one always."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Integers


@dataclass(frozen=True)
class Recording:
    """every: record the multiples of it; or per_decade: N, the epochs round(10^(i/N)). Epoch 0 and `epochs` always."""

    epochs: int
    every: int | None = 1
    per_decade: int | None = None

    def count(self, until: int | None = None) -> int:
        """How many snapshots a run records up to an epoch, by default in all."""
        last = self.epochs if until is None else min(until, self.epochs)
        if self.per_decade is not None:
            return len(self.between(-1, last))
        every = self.every or 1
        return last // every + 1 + (last == self.epochs and last % every > 0)

    def is_beginning(self, recorded: Integers, until: int) -> bool:
        """Whether a run that recorded these epochs, shape (S,), has all that are due up to an epoch, and no others among them.

        Counted before they are listed, because the numbers may be a stranger's.
        """
        due = self.count(until)
        return due <= len(recorded) and np.array_equal(
            self.between(-1, min(until, self.epochs)), recorded[:due]
        )

    def between(self, after: int, until: int) -> Integers:
        """The recorded epochs in after + 1 … until, increasing."""
        every = self.every or 1
        chosen = (
            self._decades()
            if self.per_decade is not None
            else np.arange((after // every + 1) * every, until + 1, every)
        )
        ends = np.array([0, self.epochs])
        chosen = (
            np.union1d(chosen, ends)
            if self.per_decade is not None or after < 0 or until >= self.epochs
            else chosen
        )
        return chosen[(chosen > after) & (chosen <= until)].astype(np.int64)

    def _decades(self) -> Integers:
        if self.epochs < 1:
            return np.zeros(0, dtype=np.int64)
        per_decade = self.per_decade or 1
        exponents = np.arange(int(np.ceil(np.log10(self.epochs) * per_decade)) + 1) / per_decade
        return np.unique(np.round(10.0**exponents)).astype(np.int64)
