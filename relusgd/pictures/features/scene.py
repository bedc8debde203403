"""What a picture of features shows, and the limits that its panels share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Array
from relusgd.model.points import Dataset
from relusgd.pictures.features.view import FamilyRow, FeatureView
from relusgd.pictures.kit.axis import ErrorAxis
from relusgd.pictures.panels.header import Field

LEAST_DECADES = 1.0
"""The axis of singular values spans so many powers of ten at least."""


@dataclass(frozen=True, eq=False)
class FeatureColumn:
    """What one column shows: one snapshot, or in a film many.

    views: by the number of the moment. head: the fields over the column, in letters of this height,
    from many to few. samples: views by which limits are chosen.
    """

    views: Callable[[int], FeatureView]
    head: Callable[[float], list[list[Field]]]
    samples: Sequence[FeatureView]


@dataclass(frozen=True, eq=False)
class FeatureScene:
    """What a picture of features shows.

    columns: one for each snapshot, or a single one in a film. start: name and singular values of
    the first snapshot, which stand behind those of later ones. top: the number of principal
    features. unit: the one whose derivatives are drawn thick, if any; it is the one that bends f
    most in the end.
    """

    dataset: Dataset
    rows: Sequence[FamilyRow]
    columns: Sequence[FeatureColumn]
    start: tuple[str, Array] | None
    top: int
    unit: int | None

    @property
    def samples(self) -> list[FeatureView]:
        return [view for column in self.columns for view in column.samples]

    @property
    def spectrum_names(self) -> list[str]:
        return [*self.samples[0].spectra]

    @property
    def domain(self) -> tuple[float, float]:
        return self.dataset.domain

    def derivative_limits(self, column: FeatureColumn, row: int) -> tuple[float, float]:
        """The limits of y of a panel of derivatives, with a margin, around 0.

        Every column has its own: derivatives grow so much that those of the start would be flat.
        """
        first = sum(len(one) for one in self.rows[:row])
        families = range(first, first + len(self.rows[row]))
        curves = [view.curves[family] for view in column.samples for family in families]
        values = np.concatenate([curve[np.isfinite(curve)] for curve in curves])
        low, high = float(min(values.min(), 0.0)), float(max(values.max(), 0.0))
        margin = 0.08 * (high - low) or 1.0
        return low - margin, high + margin

    @property
    def singular_axis(self) -> ErrorAxis:
        """The logarithmic axis of all singular values that are drawn."""
        values = np.concatenate([one for view in self.samples for one in view.spectra.values()])
        if self.start is not None:
            values = np.concatenate([values, self.start[1]])
        if not len(values):
            return ErrorAxis(-1.0, 1.0)
        low, high = float(np.log10(values.min())), float(np.log10(values.max()))
        spare = max(0.0, LEAST_DECADES - (high - low)) / 2
        margin = 0.06 * (high - low) + 0.1 + spare
        return ErrorAxis(low - margin, high + margin)

    @property
    def most_values(self) -> int:
        """The largest number of singular values that are drawn."""
        counts = [len(one) for view in self.samples for one in view.spectra.values()]
        if self.start is not None:
            counts.append(len(self.start[1]))
        return max(2, *counts)
