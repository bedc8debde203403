"""Several runs on one clock, which counts epochs."""

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

Rows = NDArray[np.int64]


class Group:
    """Up to nine views side by side. A moment is an epoch at which one of them has a snapshot; the others show the one before.

    titles: what stands over each panel, the same in fewer words where that does not fit (`short`). Raises InputError for more.
    """

    def __init__(
        self, views: Sequence[View], titles: Sequence[str], short: Sequence[str] | None = None
    ) -> None:
        if not 1 <= len(views) <= MOST_RUNS:
            raise InputError(
                f"{len(views)} runs do not fit into one picture",
                f"up to {MOST_RUNS} stand side by side",
            )
        self.views, self.titles, self.short = tuple(views), tuple(titles), tuple(short or titles)
        self.epoch: NDArray[np.int64] = np.unique(np.concatenate([view.epoch for view in views]))

    def __len__(self) -> int:
        return len(self.epoch)

    def rows(self, view: View) -> Rows:
        """For every moment the index of the view's last snapshot until then, shape (moments,): a run that has ended stands."""
        return np.maximum(np.searchsorted(view.epoch, self.epoch, side="right") - 1, 0)

    def values(self, moment: int) -> Array:
        """The learned functions of all runs at a moment, one after the other."""
        return np.concatenate([view.values(int(self.rows(view)[moment])) for view in self.views])

    @property
    def steps_per_epoch(self) -> int | None:
        """If it is the same in all runs of more than an epoch, which ridge regression has not."""
        rates = {
            int(view.history.step[-1]) / int(view.epoch[-1])
            for view in self.views
            if view.epoch[-1] > 1
        }
        return int(min(rates)) if len(rates) == 1 else None

    @property
    def error_name(self) -> str:
        """The error that is compared: test, or train where a run has no test points."""
        return "test" if all("test" in errors_of(view) for view in self.views) else "train"

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
        return ErrorAxis.around(
            [errors_of(view)[self.error_name] for view in self.views], self.noise
        )


Scene = View | Group
"""What a picture shows: one run, or several."""
