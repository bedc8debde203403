"""What a picture of features shows, and the limits that its panels share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from relusgd.model.network import Array, Range
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
        """The views by which limits are chosen, of all columns."""
        return list(chain.from_iterable(column.samples for column in self.columns))

    @property
    def spectrum_names(self) -> list[str]:
        """The names of the rows of singular values: of all parameters, then of layers."""
        return [*self.samples[0].spectra]

    @property
    def domain(self) -> Range:
        return self.dataset.domain

    def derivative_limits(self, column: FeatureColumn, row: int) -> Range:
        """The limits of y of a panel of derivatives, with a margin, around 0.

        Every column has its own: derivatives grow so much that those of the start would be flat.
        """
        first = sum(len(families) for families in self.rows[:row])
        stop = first + len(self.rows[row])
        low = high = 0.0
        for view in column.samples:
            for curves in view.curves[first:stop]:
                finite = curves[np.isfinite(curves)]
                low = min(low, float(finite.min(initial=0.0)))
                high = max(high, float(finite.max(initial=0.0)))
        margin = 0.08 * (high - low) or 1.0
        return low - margin, high + margin

    @property
    def singular_axis(self) -> ErrorAxis:
        """The logarithmic axis of all singular values that are drawn."""
        values = np.concatenate(self._drawn_spectra())
        if not len(values):
            return ErrorAxis(-1.0, 1.0)
        low, high = float(np.log10(values.min())), float(np.log10(values.max()))
        decades = high - low
        spare = max(0.0, LEAST_DECADES - decades) / 2
        margin = 0.06 * decades + 0.1 + spare
        return ErrorAxis(low - margin, high + margin)

    @property
    def most_values(self) -> int:
        """The largest number of singular values that are drawn."""
        counts = [len(spectrum) for spectrum in self._drawn_spectra()]
        return max(2, *counts)

    def _drawn_spectra(self) -> list[Array]:
        """The singular values of all samples and of the start."""
        spectra: list[Array] = []
        for view in self.samples:
            spectra += view.spectra.values()
        if self.start is not None:
            _, of_start = self.start
            spectra.append(of_start)
        return spectra
