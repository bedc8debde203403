"""What a picture shows: one run, or several on one clock, which counts epochs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from relusgd.errors import InputError
from relusgd.model.network import Array, Integers
from relusgd.pictures.kit.axis import ErrorAxis, TimeAxis
from relusgd.pictures.scenes.scales import errors_of, noise_level
from relusgd.pictures.scenes.view import View

MOST_RUNS = 9


class RunGroup:
    """Up to nine views side by side, on one clock.

    A moment is a time at which one of them has a snapshot; the others show the one before. clock:
    the moments in epochs, shape (moments,).

    titles: what stands over each panel; short: the same in fewer words, for where that does not
    fit.
    Raises InputError for more than nine views.
    """

    def __init__(
        self, views: Sequence[View], titles: Sequence[str], short: Sequence[str] | None = None
    ) -> None:
        if not 1 <= len(views) <= MOST_RUNS:
            raise InputError(
                f"{len(views)} runs do not fit into one picture",
                f"up to {MOST_RUNS} stand side by side",
            )
        self.views = tuple(views)
        self.titles = tuple(titles)
        self.short = tuple(short or titles)
        self.clock: Array = np.unique(np.concatenate([view.clock for view in views]))

    def __len__(self) -> int:
        return len(self.clock)

    def rows(self, view: View) -> Integers:
        """For every moment the index of the view's last snapshot until then, shape (moments,).

        A run that has ended stays at its last snapshot.
        """
        snapshots_until = np.searchsorted(view.clock, self.clock, side="right")
        return np.maximum(snapshots_until - 1, 0)

    def values(self, moment: int) -> Array:
        """The learned functions of all runs at a moment, one after the other."""
        return np.concatenate([view.values(int(self.rows(view)[moment])) for view in self.views])

    @property
    def steps_per_epoch(self) -> int | None:
        """If it is the same in all runs of more than one step; ridge regression has no steps."""
        rates = set()
        for view in self.views:
            end, last_step = float(view.clock[-1]), int(view.history.step[-1])
            if last_step > 1:
                rates.add(round(last_step / end))
        return rates.pop() if len(rates) == 1 else None

    @property
    def error_name(self) -> str:
        """The error that is compared: test, or train where a run has no test points."""
        tested = all("test" in errors_of(view) for view in self.views)
        return "test" if tested else "train"

    @property
    def time_axis(self) -> TimeAxis:
        return TimeAxis(float(self.clock[0]), float(self.clock[-1]))

    @property
    def noise(self) -> float | None:
        """noise², where all runs have the same."""
        levels = {noise_level(view) for view in self.views}
        return levels.pop() if len(levels) == 1 else None

    @property
    def error_axis(self) -> ErrorAxis:
        """The axis that has room for the compared error of all runs."""
        errors = [errors_of(view)[self.error_name] for view in self.views]
        return ErrorAxis.around(errors, self.noise)


Scene = View | RunGroup
"""What a picture shows: one run, or several."""
