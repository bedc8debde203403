"""f′ as a step function of x, and how alike it is to itself at a distance.

    A(d) = mean over x of (f′(x) − m)(f′(x + d) − m) / var f′

with the mean m and the variance of f′ over the domain [a, b], and the first mean over [a, b − d].
The slopes are constant between breakpoints, so that all integrals are sums. In a shallow network
slopes far apart are alike; the deeper it is, the sooner A falls: gradients shatter (Balduzzi,
Frean, Leary, Lewis, Ma & McWilliams 2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.diagnostics.pieces import piece_between
from relusgd.model.breakpoints import breakpoints
from relusgd.model.network import Array, Network

HALF = 0.5
"""The autocorrelation at which slopes no longer count as alike."""

DISTANCES = 160
"""At so many distances is the autocorrelation taken: even in their logarithms."""

SHORTEST = 1e-4
"""The first of them, as a share of the domain."""

LONGEST = 0.5
"""The last of them."""


@dataclass(frozen=True, eq=False)
class PiecewiseSlope:
    """f′ on a domain: slope[i] between edges[i] and edges[i + 1], shape (m,) and (m + 1,)."""

    edges: Array
    slope: Array

    @property
    def width(self) -> float:
        return float(self.edges[-1] - self.edges[0])

    @property
    def mean(self) -> float:
        """The mean of f′ over the domain, (f(b) − f(a))/(b − a)."""
        lengths = np.diff(self.edges)
        return float(np.sum(self.slope * lengths) / self.width)

    @property
    def variance(self) -> float:
        lengths = np.diff(self.edges)
        squares = np.square(self.slope - self.mean)
        return float(np.sum(squares * lengths) / self.width)

    def at(self, x: Array) -> Array:
        """f′ at places that are no edges, shape as given."""
        piece = np.searchsorted(self.edges, x, "right") - 1
        last = len(self.slope) - 1
        return np.asarray(self.slope[piece.clip(0, last)])


def piecewise_slope(network: Network, domain: Sequence[float]) -> PiecewiseSlope:
    """f′ over a domain (low, high), from the exact breakpoints and their jumps.

    The slope of the first piece is that of `piece_between`; every other one adds a jump.
    """
    low, high = domain
    found = breakpoints(network)
    inside = (low < found.x) & (found.x < high)
    edges = np.concatenate([[low], found.x[inside], [high]])
    first = piece_between(network, float(edges[0]), float(edges[1]))
    jumps = found.slope_change[inside]
    change_since_first = np.concatenate([[0.0], np.cumsum(jumps)])
    return PiecewiseSlope(edges, first.slope + change_since_first)


def autocorrelation(slopes: PiecewiseSlope, distances: Array) -> Array:
    """A(d) for distances d from 0 to below the width of the domain, shape (k,).

    nan where f′ is constant.
    """
    variance = slopes.variance
    if variance == 0 or not np.isfinite(variance):
        return np.full(len(distances), np.nan)
    products = [_mean_product(slopes, distance) for distance in distances.tolist()]
    return np.array(products) / variance


def _mean_product(slopes: PiecewiseSlope, distance: float) -> float:
    """The mean of (f′(x) − m)(f′(x + d) − m) over all x for which both are in the domain."""
    low = slopes.edges[0]
    high = slopes.edges[-1] - distance
    # The product is constant between places where one of its factors jumps.
    jumps = np.union1d(slopes.edges, slopes.edges - distance)
    inside = jumps[(low < jumps) & (jumps < high)]
    edges = np.concatenate([[low], inside, [high]])
    lengths = np.diff(edges)
    middles = edges[:-1] + 0.5 * lengths
    here = slopes.at(middles) - slopes.mean
    there = slopes.at(middles + distance) - slopes.mean
    return float(np.sum(here * there * lengths) / (high - low))


def even_distances(slopes: PiecewiseSlope) -> Array:
    """0, and DISTANCES distances up to half of the domain, even in their logarithms."""
    shares = np.geomspace(SHORTEST, LONGEST, DISTANCES)
    return np.concatenate([[0.0], shares * slopes.width])


def correlation_length(slopes: PiecewiseSlope) -> float:
    """The least distance at which A is HALF; nan where it is above up to half of the domain.

    Between the distances that are looked at, A counts as a straight line.
    """
    distances = even_distances(slopes)
    A = autocorrelation(slopes, distances)
    below = np.flatnonzero(HALF >= A)
    if not len(below):
        return float("nan")
    end = int(below[0])
    before = A[end - 1]
    after = A[end]
    share = (before - HALF) / (before - after)
    last_above = distances[end - 1]
    first_below = distances[end]
    return float(last_above + share * (first_below - last_above))
