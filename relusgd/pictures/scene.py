"""What a picture shows: one run, or several on one clock, which counts epochs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from relusgd.errors import InputError
from relusgd.model.network import Array
from relusgd.pictures.axis import ErrorAxis, TimeAxis
from relusgd.pictures.scales import errors_of, noise_level
from relusgd.pictures.view import View

MOST_RUNS = 9


class RunGroup:
    """Up to nine views side by side, on one clock.

    A moment is an epoch at which one of them has a snapshot; the others show the one before.

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
        every_epoch = np.concatenate([view.epoch for view in views])
        self.epoch: NDArray[np.int64] = np.unique(every_epoch)

    def __len__(self) -> int:
        return len(self.epoch)

    def rows(self, view: View) -> NDArray[np.int64]:
        """For every moment the index of the view's last snapshot until then, shape (moments,).

        A run that has ended stays at its last snapshot.
        """
        snapshots_until = np.searchsorted(view.epoch, self.epoch, side="right")
        return np.maximum(snapshots_until - 1, 0)

    def values(self, moment: int) -> Array:
        """The learned functions of all runs at a moment, one after the other."""
        return np.concatenate([view.values(int(self.rows(view)[moment])) for view in self.views])

    @property
    def steps_per_epoch(self) -> int | None:
        """If it is the same in all runs of more than one epoch; ridge regression has no steps."""
        rates = set()
        for view in self.views:
            last_epoch, last_step = int(view.epoch[-1]), int(view.history.step[-1])
            if last_epoch > 1:
                rates.add(last_step / last_epoch)
        return int(rates.pop()) if len(rates) == 1 else None

    @property
    def error_name(self) -> str:
        """The error that is compared: test, or train where a run has no test points."""
        tested = all("test" in errors_of(view) for view in self.views)
        return "test" if tested else "train"

    @property
    def time_axis(self) -> TimeAxis:
        return TimeAxis(float(self.epoch[0]), float(self.epoch[-1]))

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
