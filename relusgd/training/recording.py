"""Which epochs are recorded: every so many, or so many per decade; the first and the last one always."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.model.history import Integers


@dataclass(frozen=True)
class Recording:
    """every: record the multiples of it; or per_decade: N, the epochs round(10^(i/N)). Epoch 0 and `epochs` always."""

    epochs: int
    every: int | None = 1
    per_decade: int | None = None

    def count(self) -> int:
        """How many snapshots a whole run records."""
        if self.per_decade is not None:
            return len(self.between(-1, self.epochs))
        every = self.every or 1
        return self.epochs // every + 1 + (self.epochs % every > 0)

    def between(self, after: int, until: int) -> Integers:
        """The recorded epochs in after + 1 … until, increasing."""
        every = self.every or 1
        chosen = self._decades() if self.per_decade is not None else np.arange((after // every + 1) * every, until + 1, every)
        ends = np.array([0, self.epochs])
        chosen = np.union1d(chosen, ends) if self.per_decade is not None or after < 0 or until >= self.epochs else chosen
        return chosen[(chosen > after) & (chosen <= until)].astype(np.int64)

    def _decades(self) -> Integers:
        if self.epochs < 1:
            return np.zeros(0, dtype=np.int64)
        per_decade = self.per_decade or 1
        exponents = np.arange(int(np.ceil(np.log10(self.epochs) * per_decade)) + 1) / per_decade
        return np.unique(np.round(10.0**exponents)).astype(np.int64)
