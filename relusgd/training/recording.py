"""Which steps are recorded: ends of epochs, single steps at the start; always both ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.ceil_div import ceil_div
from relusgd.model.network import Integers
from relusgd.sorted_once import sorted_once

LISTED = 2**18
"""About so many snapshots are listed at a time, so that none of a million are held twice."""


@dataclass(frozen=True)
class Recording:
    """Which of the steps 0 … `steps` are recorded. What is given unites.

    every: the ends of the epochs that are multiples of it. per_decade: the ends of N epochs per
    decade, round(10^(i/N)). first_steps: the single steps 1 … first_steps.

    Step 0 and the last one, `steps`, are always recorded.
    """

    steps: int
    steps_per_epoch: int = 1
    every: int | None = 1
    per_decade: int | None = None
    first_steps: int = 0

    def count(self, until: int | None = None) -> int:
        """How many snapshots a run records up to a step, by default in all.

        They are counted without being listed.
        """
        last = self.steps if until is None else min(until, self.steps)
        singles = min(self.first_steps, last)
        epochs_in_singles = self._count_epochs(singles // self.steps_per_epoch)
        epochs = self._count_epochs(last // self.steps_per_epoch)
        # The start is one more, and the end where nothing else chooses it.
        count = 1 + singles + epochs - epochs_in_singles
        is_end = last == self.steps
        if is_end and not self._is_chosen(last):
            count += 1
        return count

    def is_beginning(self, recorded: Integers, until: int) -> bool:
        """Whether `recorded`, shape (S,), begins with exactly the steps due up to a step.

        They are counted before they are listed: `until` may come from a damaged or forged file, and
        a list of so many steps might not fit into memory.
        """
        due = self.count(until)
        if due > len(recorded):
            return False
        parts = ceil_div(due, LISTED)
        stretch = ceil_div(until + 1, parts)
        place = 0
        for after in range(-1, until, stretch):
            part = self.between(after, min(until, after + stretch))
            end = place + len(part)
            if not np.array_equal(part, recorded[place:end]):
                return False
            place = end
        return True

    def between(self, after: int, until: int) -> Integers:
        """The recorded steps in after + 1 … until, increasing."""
        until = min(until, self.steps)
        per_epoch = self.steps_per_epoch
        singles = np.arange(max(after, 0) + 1, min(until, self.first_steps) + 1)
        epochs = self._decades()
        if self.every is not None:
            epoch_before = after // per_epoch
            first = (epoch_before // self.every + 1) * self.every
            multiples = np.arange(first, until // per_epoch + 1, self.every)
            epochs = np.concatenate([epochs, multiples])
        steps = np.concatenate([[0, self.steps], singles, epochs * per_epoch])
        chosen = sorted_once(steps.astype(np.int64))
        return chosen[(chosen > after) & (chosen <= until)]

    def _is_chosen(self, step: int) -> bool:
        """Whether a step is recorded even if it is not the last one."""
        if step <= self.first_steps:
            return True
        epoch, within = divmod(step, self.steps_per_epoch)
        if within:
            return False
        is_multiple = self.every is not None and epoch % self.every == 0
        return epoch == 0 or is_multiple or epoch in self._decades()

    def _count_epochs(self, last: int) -> int:
        """How many of the epochs 0 … last are recorded as ends of epochs."""
        decades = self._decades()
        decades = decades[decades <= last]
        if self.every is None:
            return 1 + len(decades)
        multiples = last // self.every + 1
        others = np.count_nonzero(decades % self.every)
        return multiples + int(others)

    def _decades(self) -> Integers:
        """The epochs round(10^(i/N)) up to the last one and a few beyond; none without N."""
        epochs = self.steps // self.steps_per_epoch
        if self.per_decade is None or epochs < 1:
            return np.zeros(0, dtype=np.int64)
        last = int(np.ceil(np.log10(epochs) * self.per_decade))
        exponents = np.arange(last + 1) / self.per_decade
        rounded = np.round(10.0**exponents)
        return np.unique(rounded).astype(np.int64)
