"""The course of a training: its errors over the steps, whether they still fell, and since when not.

Errors of single snapshots jump with the batches, so medians over a part of the course are compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Array, Integers, Range

LEAST_SNAPSHOTS = 10
"""A course of fewer says nothing of how the error went."""

LATE = (0.9, 1.0)
"""The part of a training that counts as its end."""

MIDDLE = (0.6, 0.7)
"""The part a good while before, whose errors are compared with those of the end."""


@dataclass(frozen=True, eq=False)
class ErrorCourse:
    """What was recorded at S snapshots.

    step, train_mse, test_mse, learning_rate: shape (S,), errors in network units, test_mse nan
    without test points. last_crossing: the step of the last snapshot before which a unit of the
    first layer switched at a training point where it had not been switching before; None where
    that is unknown.
    """

    step: Integers
    train_mse: Array
    test_mse: Array
    learning_rate: Array
    last_crossing: int | None = None

    def fall(self, floor: float) -> float | None:
        """By which share the error above the floor fell in the last third, 0 to 1; None if unknown.

        It is negative where the error rose.
        """
        late = self._level(LATE)
        middle = self._level(MIDDLE)
        if late is None or middle is None:
            return None
        before = middle - floor
        if before <= 0:
            return 0.0
        return float(1.0 - (late - floor) / before)

    def steps_to_halve(self, floor: float) -> float | None:
        """How many more steps would halve the error above the floor if it went on falling so."""
        fall = self.fall(floor)
        if fall is None or fall <= 0:
            return None
        between_parts = (sum(LATE) - sum(MIDDLE)) / 2
        passed = between_parts * float(self.step[-1])
        left = -min(fall, 0.999)
        return float(passed * np.log(0.5) / np.log1p(left))

    def spread(self) -> float | None:
        """Largest over median training error of the last tenth: how much it jumped at the end."""
        errors = self._part(LATE)
        if errors is None:
            return None
        middle = max(np.median(errors), np.finfo(float).tiny)
        return float(errors.max() / middle)

    def _level(self, part: Range) -> float | None:
        errors = self._part(part)
        return None if errors is None else float(np.median(errors))

    def _part(self, part: Range) -> Array | None:
        """The training errors of this part of the training; None where none were recorded."""
        if len(self.step) < LEAST_SNAPSHOTS:
            return None
        begin, end = part
        share = self.step / max(int(self.step[-1]), 1)
        is_inside = (share >= begin) & (share <= end)
        errors = self.train_mse[is_inside]
        return errors if len(errors) else None

    def best_test(self) -> tuple[int, float] | None:
        """The step of the lowest test error, and that error; None without test points."""
        if not np.isfinite(self.test_mse).any():
            return None
        best = int(np.nanargmin(self.test_mse))
        return int(self.step[best]), float(self.test_mse[best])
