"""The least trace of the Hessian among all networks of one hidden layer through the points.

Where the residuals are 0, the Hessian of the mean squared error is (2/n) JᵀJ, and its trace is
(2/n) |J|², the sum of all squared derivatives of f by the parameters. Label noise drives gradient
descent along the networks through the points to those of least trace (Blanc, Gupta, Valiant &
Valiant 2020; Damian, Ma & Lee 2021).

A unit v relu(w x + b) adds v² A + |(w, b)|² B to |J|², where A and B depend on its direction
(w, b) = |(w, b)| (cos t, sin t) alone:

    A = Σ (x_i² + 1) over the points at which it is active,   B = Σ relu(x_i cos t + sin t)²

With the best scale, at an equal product |v| |(w, b)| = |a|, that is 2 |a| √(A B). The output bias
adds n. Over amounts a_j of units in given directions the least trace is so a linear program:

    minimise 2 + (4/n) Σ_j |a_j| √(A_j B_j)   where Σ_j a_j relu(x_i cos t_j + sin t_j) + c = y_i
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import NamedTuple

import numpy as np

from relusgd.diagnostics.references.splines import mean_points
from relusgd.diagnostics.references.unit_directions import angles_with_elbows_at, unit_outputs
from relusgd.errors import InputError, RelusgdError
from relusgd.model.network import Array, Network

INSTALL = "pip install 'relusgd[verify]'"

DIRECTIONS = 20_000
"""Directions t that are spread evenly over the circle."""

BESIDE = 1e-9
"""So close to both sides of a direction whose elbow is a point there are directions, too: which
points are active, and so A, changes there."""


class LeastTrace(NamedTuple):
    """trace: (2/n) |J|². network: a network through the points that has it."""

    trace: float
    network: Network


def check_installed() -> None:
    """Raise InputError where SciPy, which solves the linear program, is not installed."""
    if find_spec("scipy") is None:
        raise InputError(
            "the least trace is a linear program, which needs SciPy, and SciPy is not installed",
            f"{INSTALL} installs it",
        )


def least_trace(x: Array, y: Array, directions: int = DIRECTIONS) -> LeastTrace:
    """The least (2/n) |J|² of all networks with an output bias through the points.

    x, y: shape (n,). Where several points share an x, the networks go through the mean of their y,
    which is what label noise leaves of them. directions: how many units the linear program chooses
    from, beside those with their elbow at a point. More of them make the trace smaller by about the
    square of the angle between two. Raises InputError without SciPy.
    """
    check_installed()
    knots, values = mean_points(x, y)
    angles = _angles(knots, directions)
    A, B = _squared_derivatives(x, angles)
    ever_active = B > 0
    angles, A, B = angles[ever_active], A[ever_active], B[ever_active]
    outputs = unit_outputs(knots, angles)
    costs = 4 / len(x) * np.sqrt(A * B)
    amounts, output_bias, least_sum = _cheapest_amounts(outputs, values, costs)
    used = amounts != 0
    network = _network(angles[used], amounts[used], A[used], B[used], output_bias)
    return LeastTrace(2 + least_sum, network)


def _cheapest_amounts(
    outputs: Array,
    values: Array,
    costs: Array,
) -> tuple[Array, float, float]:
    """The amounts a, the output bias c, and the least Σ costs |a| with outputs @ a + c = values.

    outputs: of m units at the n knots, shape (n, m). values: shape (n,). costs: shape (m,).
    """
    from scipy.optimize import linprog

    n, m = outputs.shape
    # The variables are the parts of a above and below 0, and c.
    sizes = [(0, None)] * (2 * m)
    solution = linprog(
        np.concatenate([costs, costs, [0.0]]),
        A_eq=np.column_stack([outputs, -outputs, np.ones(n)]),
        b_eq=values,
        bounds=[*sizes, (None, None)],
        method="highs",
    )
    if not solution.success:
        raise RelusgdError(f"the linear program of the least trace failed: {solution.message}")
    above, below = solution.x[:-1].reshape(2, -1)
    output_bias = float(solution.x[-1])
    return above - below, output_bias, float(solution.fun)


def _angles(knots: Array, directions: int) -> Array:
    """Directions spread evenly over the circle, and beside those whose elbow is a point."""
    even = np.linspace(0, 2 * np.pi, directions, endpoint=False)
    at_points = angles_with_elbows_at(knots)
    return np.concatenate([even, at_points - BESIDE, at_points + BESIDE])


def _squared_derivatives(x: Array, angles: Array) -> tuple[Array, Array]:
    """A and B of units in these directions, shape (len(angles),) each."""
    outputs = unit_outputs(x, angles)
    A = (np.square(x) + 1) @ (outputs > 0)
    B = np.sum(np.square(outputs), axis=0)
    return A, B


def _network(
    angles: Array,
    amounts: Array,
    A: Array,
    B: Array,
    output_bias: float,
) -> Network:
    """The network in which every unit has the scale with v² A = |(w, b)|² B."""
    size = np.sqrt(np.abs(amounts) * np.sqrt(A / B))
    slope = size * np.cos(angles)
    bias = size * np.sin(angles)
    output_weight = amounts / size
    weights = (slope[None, :], output_weight[:, None])
    biases = (bias, np.array([output_bias]))
    return Network(weights, biases)
