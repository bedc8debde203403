"""The learned functions of runs that differ in their seeds: their mean, their spread, their error.

With f_r the function of run r = 1 … R, g the true function, and ⟨·⟩ the mean over the domain:

    bias² = ⟨(mean_r f_r − g)²⟩,   variance = ⟨mean_r (f_r − mean_r f_r)²⟩
    bias² + variance = mean_r ⟨(f_r − g)²⟩

The second line is exact, so that a row of the table is the mean error of its runs, taken apart
(Geman, Bienenstock & Doursat 1992). With noise² it is the error on new noisy points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from relusgd.comparing.compared_runs import ComparedRuns
from relusgd.comparing.courses import Band, checked_band, quantile
from relusgd.comparing.groups import Group
from relusgd.errors import InputError
from relusgd.model.network import Array
from relusgd.runs.references import REFERENCES, reference_names
from relusgd.runs.run import Run
from relusgd.words import counted, exact_number

PLACES = 1001
"""At so many even x over the domain are functions taken."""

LEARNED = "learned"
"""The name of the learned functions beside those of references."""

DEVIATIONS = 2.0
"""A band reaches so many standard deviations to both sides of the mean, where no quantiles are
asked for."""


@dataclass(frozen=True, eq=False)
class FunctionSpread:
    """The functions of the runs of one group, in the units of the data.

    kind: learned, or the name of a reference. x: shape (K,), even over the domain. values: of each
    run, shape (R, K); functions that are not finite are left out, and infinite counts them. truth:
    of the true function, shape (K,); None where that is not known. noise_squared: nan where that
    is not known. band: two quantiles in percent; None for the mean and DEVIATIONS standard
    deviations.
    """

    group: Group
    kind: str
    x: Array
    values: Array
    truth: Array | None
    noise_squared: float
    band: Band | None = None
    infinite: int = 0

    @property
    def title(self) -> str:
        """What these functions are, as in legends."""
        if self.kind == LEARNED:
            return LEARNED
        return REFERENCES[self.kind].short

    @cached_property
    def mean(self) -> Array:
        """Shape (K,)."""
        return np.asarray(np.mean(self.values, axis=0))

    @cached_property
    def median(self) -> Array:
        """At every x the median of the functions, shape (K,)."""
        return np.asarray(np.median(self.values, axis=0))

    @cached_property
    def deviation(self) -> Array:
        """At every x the standard deviation of these functions, shape (K,); 0 for a single one.

        The squares are divided by R, not by R − 1, because bias² + variance is exact so.
        """
        return np.asarray(np.std(self.values, axis=0))

    @property
    def limits(self) -> tuple[Array, Array]:
        """The lower and the upper edge of the band, shape (K,) each."""
        if self.band is not None:
            low, high = self.band
            return quantile(self.values, low), quantile(self.values, high)
        distance = DEVIATIONS * self.deviation
        return self.mean - distance, self.mean + distance

    @property
    def variance(self) -> float:
        """The mean over x of the squared standard deviation."""
        return float(np.mean(np.square(self.deviation)))

    @property
    def bias_squared(self) -> float:
        """The error of the mean function; nan where the true function is not known."""
        return self._error(self.mean)

    @property
    def median_error(self) -> float:
        """The error of the median function; nan where the true function is not known."""
        return self._error(self.median)

    @property
    def total(self) -> float:
        """bias² + variance + noise²: the mean error on new points; nan where one is not known."""
        return self.bias_squared + self.variance + self.noise_squared

    def _error(self, function: Array) -> float:
        if self.truth is None:
            return float("nan")
        residual = function - self.truth
        return float(np.mean(np.square(residual)))


@dataclass(frozen=True, eq=False)
class FunctionSpreads:
    """The functions of all groups of a comparison.

    spreads: group after group, the learned functions first, then those of every reference. empty:
    those that have no finite function. apart: the groups of which no run counts.
    """

    compared: ComparedRuns
    band: Band | None
    spreads: Sequence[FunctionSpread]
    empty: Sequence[FunctionSpread]
    apart: Sequence[Group]

    def __repr__(self) -> str:
        return f"FunctionSpreads({counted(len(self.spreads), 'row')}, {self.band_words})"

    @property
    def keys(self) -> list[str]:
        """The keys that tell the groups apart."""
        return list(self.spreads[0].group.keys)

    @property
    def kinds(self) -> list[str]:
        """learned, and the references by name."""
        return list(dict.fromkeys(spread.kind for spread in self.spreads))

    @property
    def band_words(self) -> str:
        """What a band is."""
        if self.band is None:
            return f"mean ± {exact_number(DEVIATIONS)} standard deviations"
        low, high = (exact_number(percent) for percent in self.band)
        return f"{low} % to {high} % quantile"

    @property
    def learned(self) -> list[FunctionSpread]:
        """Those of the learned functions."""
        return [spread for spread in self.spreads if spread.kind == LEARNED]

    @property
    def knows_truth(self) -> bool:
        """Whether the true function of every group is known."""
        return all(spread.truth is not None for spread in self.spreads)


def functions_of(
    compared: ComparedRuns,
    band: Sequence[float] | None = None,
    references: str | Iterable[str] = (),
) -> FunctionSpreads:
    """The functions that runs ended with, group by group; of diverged and failed runs none.

    band: two quantiles in percent around the median. references: by name, made for every run.
    Raises InputError for a band that is none, for references that the runs cannot have, and where
    no run has a result.
    """
    checked = None if band is None else checked_band(band)
    names = reference_names(references)
    groups = compared.over_seeds
    counted = [group for group in groups if group.counted]
    if not counted:
        raise InputError("no run has a result whose function could be shown")
    spreads: list[FunctionSpread] = []
    empty: list[FunctionSpread] = []
    for group in counted:
        for spread in _spreads(group, checked, names):
            if len(spread.values):
                spreads.append(spread)
            else:
                empty.append(spread)
    apart = [group for group in groups if not group.counted]
    return FunctionSpreads(compared, checked, spreads, empty, apart)


def _spreads(group: Group, band: Band | None, names: Sequence[str]) -> Iterator[FunctionSpread]:
    """The learned functions of a group, then those of every reference, over the domains of all its
    runs.
    """
    runs = [result.run for result in group.counted]
    domains = [run.data.domain for run in runs]
    low = min(low for low, _ in domains)
    high = max(high for _, high in domains)
    x = np.linspace(low, high, PLACES)
    target = runs[0].data.target
    truth = None
    if target is not None:
        truth = np.asarray(target(x), dtype=np.float64)
    for kind in (LEARNED, *names):
        with np.errstate(all="ignore"):
            values = np.array([_function(run, kind, x) for run in runs])
        is_finite = np.isfinite(values).all(axis=1)
        yield FunctionSpread(
            group=group,
            kind=kind,
            x=x,
            values=values[is_finite],
            truth=truth,
            noise_squared=group.noise_squared,
            band=band,
            infinite=int(np.count_nonzero(~is_finite)),
        )


def _function(run: Run, kind: str, x: Array) -> Array:
    """The learned function of a run at these x, or a reference beside its last snapshot."""
    if kind == LEARNED:
        return run.predict(x)
    return run.references(kind)[kind](x)
