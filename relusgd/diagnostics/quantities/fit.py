"""Quantities of the fit: how far f is from simple functions of the points, and which frequencies
it has learned."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from relusgd.diagnostics.quantities.quantity import REGISTERED, Measure, Quantity, quantity
from relusgd.diagnostics.quantities.series import SnapshotSeries
from relusgd.diagnostics.references.line import least_squares_line
from relusgd.diagnostics.references.linearized import LinearizedFunction
from relusgd.diagnostics.references.splines import linear_spline, natural_cubic_spline
from relusgd.model.network import Array
from relusgd.model.points import Dataset

GRID = 1001
"""Points between the outer training points at which f and a reference are compared."""

FREQUENCIES = range(1, 9)
"""The frequencies whose errors are quantities: periods in the length of the training points."""

FREQUENCY_POINTS = 256
"""Evenly spaced points that stand in for training points that are not."""

Reference = Callable[[Array, Array], Callable[[Array], Array]]


@quantity("from the cubic spline", "RMS of f − spline", "fit", unit="y")
def cubic_spline_distance(snapshots: SnapshotSeries) -> Array:
    """RMS distance of f from the natural cubic spline through the training points.

    Between the outer points, at 1,001 places. Training in the kernel regime ends near that spline
    (Williams et al. 2019; Jin & Montúfar 2023).
    """
    return _distance(snapshots, natural_cubic_spline)


@quantity("from the linear spline", "RMS of f − spline", "fit", unit="y")
def linear_spline_distance(snapshots: SnapshotSeries) -> Array:
    """RMS distance of f from the straight pieces that join the training points.

    Between the outer points, at 1,001 places. Training in the rich regime ends near them (Williams
    et al. 2019).
    """
    return _distance(snapshots, linear_spline)


@quantity("from the line", "RMS of f − least-squares line", "fit", unit="y")
def line_distance(snapshots: SnapshotSeries) -> Array:
    """RMS distance of f from the straight line through the training points by least squares."""
    return _distance(snapshots, least_squares_line)


@quantity("from the linearised network", "|f − f_lin| / |f − f₀|", "fit")
def linearized_distance(snapshots: SnapshotSeries) -> Array:
    """How far f is from the network linearised at the start, as a share of its way from f₀.

    Both are root mean squares at 1,001 places of the domain. The linearised network is trained by
    the same method, steps and batches. Near 0 training is lazy; in wide networks of standard scales
    it goes to 0 (Lee et al. 2019; Chizat, Oyallon & Bach 2019). nan at the start, and where the
    linearised network would take long or has too many points.
    """
    distances = np.full(len(snapshots), np.nan)
    if snapshots.linearized is None:
        return distances
    grid = np.linspace(*snapshots.domain, GRID)
    linearized = LinearizedFunction(snapshots.start, grid)
    f_0 = snapshots.start(grid)
    for row, network in enumerate(snapshots.networks):
        step = int(snapshots.history.step[row])
        f = network(grid)
        way = _root_mean_square(f - f_0)
        if step > 0 and way > 0:
            f_lin = linearized(snapshots.linearized(step))
            distances[row] = _root_mean_square(f - f_lin) / way
    return distances


def _distance(snapshots: SnapshotSeries, reference: Reference) -> Array:
    x = snapshots.dataset.x_train
    y = snapshots.dataset.y_train
    grid = np.linspace(x[0], x[-1], GRID)
    wanted = reference(x, y)(grid)
    return snapshots.each(lambda f: float(_root_mean_square(f(grid) - wanted)))


def _root_mean_square(values: Array) -> np.float64:
    return np.float64(np.sqrt(np.mean(np.square(values))))


def frequency_errors(snapshots: SnapshotSeries) -> Array:
    """|DFT of f − y| / |DFT of y| at the frequencies 0, 1, 2, …, shape (S, frequencies).

    On the training points where these are evenly spaced; otherwise on 256 such points of the
    domain, where y is the target without noise or, if there is none, the straight pieces that join
    the training points. nan where y does not have a frequency. Low frequencies are learned first
    (Rahaman et al. 2019; Xu et al. 2020).
    """
    return snapshots.once("frequency_errors", _frequency_errors)


def _frequency_errors(snapshots: SnapshotSeries) -> Array:
    x, y = _even_samples(snapshots.dataset)
    wanted = np.abs(np.fft.rfft(y))
    is_there = wanted > 1e-10 * np.linalg.norm(y)
    errors = np.full((len(snapshots), len(wanted)), np.nan)
    for row, f in enumerate(snapshots.networks):
        missing = np.abs(np.fft.rfft(f(x) - y))
        errors[row, is_there] = missing[is_there] / wanted[is_there]
    return errors


def _even_samples(dataset: Dataset) -> tuple[Array, Array]:
    """Evenly spaced x and the y that belong there, in network units."""
    x = dataset.x_train
    y = dataset.y_train
    gaps = np.diff(x)
    has_enough = len(x) >= 2 * FREQUENCIES[-1]
    if has_enough and np.ptp(gaps) <= 1e-9 * np.mean(gaps):
        return x, y
    original = np.linspace(*dataset.domain, FREQUENCY_POINTS, endpoint=False)
    places = dataset.scaling.x_to_network(original)
    if dataset.target is None:
        return places, linear_spline(x, y)(places)
    values = dataset.target(original)
    return places, dataset.scaling.y_to_network(values)


def _frequency_error(k: int) -> Measure:
    def measure(snapshots: SnapshotSeries) -> Array:
        return frequency_errors(snapshots)[:, k]

    return measure


for _k in FREQUENCIES:
    REGISTERED[f"frequency_error_{_k}"] = Quantity(
        name=f"frequency_error_{_k}",
        title=f"error at frequency {_k}",
        formula="|DFT of f − y| / |DFT of y|",
        subject="fit",
        measure=_frequency_error(_k),
    )
