"""The step of one hidden layer in O(B + H log B), without the matrix of units × points.

Between two elbows the network is a straight line. With the batch sorted by x a unit is active on a tail of it (w ≥ +0, it
rises) or on a head (w ≤ −0, it falls), so one number k_j of points below its elbow says which. From the centre m of x,

    f(x_i) = s_i (x_i − m) + t_i,   s and t being running sums of v w and v (b + w m), put down where units switch,
    T0_j = Σ r_i and T1_j = Σ r_i (x_i − m) over the active points: R[B] − R[k_j] (rising) or R[k_j] of running sums R
    ∂w = v∘(T1 + m T0),   ∂b = v∘T0,   ∂v = w∘T1 + (b + w m)∘T0,   ∂c = Σ r      of ½ Σ r²,   r = f − y

"Active" means that the float64 value of w x + b, product rounded before the sum, is > 0, as in every kernel. A rounded sum
is positive exactly where the sum is, so it is asked as w x > −b; and since rounding is monotone, so is being active in x.
Taking x from its centre, so that years as x lose no digits, comes after that.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from relusgd.gradients.dense import Kernel, Layers
from relusgd.model.network import Array

Booleans = NDArray[np.bool_]
Counts = NDArray[np.intp]


def prefix_sum_kernel(
    parameters: Array, gradient: Array, width: int, layers: Layers = "all", *, centre: float = 0.0, fixed_x: bool = False
) -> Kernel:
    """The kernel that reads `parameters` and writes `gradient`, both shape (3 width + 1,), for batches sorted by x, of any size.

    fixed_x: x is the same in every call, the full batch; units that did not pass a point are then not looked for again,
    which changes no bit. The parts of the gradient that `layers` does not name are left as they are.
    """
    units = _Units(parameters, gradient, width, layers, centre)
    places = Switches(width) if fixed_x else None
    points: list[_Points] = []

    def kernel(x: Array, y: Array) -> None:
        if not points or len(points[0].f) != len(x):
            points[:] = [_Points(len(x))]
        batch = points[0]
        if places is None:
            place = bins(*search(x, units.w, units.minus_b()), len(x))
        else:
            place = places.update(x, units.w, units.minus_b())
        batch.centre_x(x, centre)
        batch.sum_lines(*units.lines(place, len(x)))
        units.write_gradient(batch.sum_residuals(y), place)

    return kernel


def search(x: Array, w: Array, minus_b: Array) -> tuple[Counts, Booleans]:
    """(k, rising): units of slopes w and biases −minus_b, shape (H,), are active on x[k:] if they rise, else on x[:k]; x sorted.

    The division misses by a point where the elbow lies on one or within rounding of it (and is ±inf or nan at slope 0), so
    the points on both sides are asked by the rule itself.
    """
    rising = ~np.signbit(w)
    k = x.searchsorted(minus_b / w)
    wrong = (neighbours(x, k) * w > minus_b) != sides(rising)
    if wrong.any():
        astray = np.flatnonzero(wrong[0] | wrong[1])
        k[astray] = bisect(x, w[astray], minus_b[astray], rising[astray])
    return k, rising


def neighbours(x: Array, k: Counts) -> Array:
    """The points just below and above the elbows, shape (2, H); −inf and inf where there is none."""
    fenced = np.empty(len(x) + 2)
    fenced[0], fenced[1:-1], fenced[-1] = -np.inf, x, np.inf
    return np.stack([fenced.take(k), fenced[1:].take(k)])


def sides(rising: Booleans) -> Booleans:
    """Whether a unit is active just below and just above its elbow, shape (2, H)."""
    return np.stack([~rising, rising])


def bisect(x: Array, w: Array, minus_b: Array, rising: Booleans) -> Counts:
    """k by the rule alone, shape (H,): the most points that fit below the elbow, its binary digits from the highest on."""
    k = np.zeros(len(w), dtype=np.intp)
    for digit in reversed(range(len(x).bit_length())):
        more = k + (1 << digit)
        last = x.take(np.minimum(more, len(x)) - 1)
        below = (w * last > minus_b) != rising
        k = np.where(below & (more <= len(x)), more, k)
    return k


def bins(k: Counts, rising: Booleans, points: int) -> Counts:
    """Where units put down their lines, shape (H,): k for those that fall, points + 1 + k for those that rise."""
    return k + (points + 1) * rising


class Switches:
    """The bins of units among points that stay, from step to step; only those that passed a point are looked for again."""

    def __init__(self, width: int) -> None:
        self._place = np.zeros(width, dtype=np.intp)
        # No line is below nan, so at the first update every unit is astray.
        self._neighbours, self._products = np.full((2, width), np.nan), np.empty((2, width))
        self._sides = np.ones((2, width), dtype=bool)
        self._active = np.empty((2, width), dtype=bool)

    def update(self, x: Array, w: Array, minus_b: Array) -> Counts:
        """The bins, shape (H,), for these units; a view, valid until the next update."""
        np.multiply(self._neighbours, w, self._products)
        np.greater(self._products, minus_b, self._active)
        wrong = np.not_equal(self._active, self._sides, self._active)
        if wrong.any():
            self._search_again(np.flatnonzero(wrong[0] | wrong[1]), x, w, minus_b)
        return self._place

    def _search_again(self, astray: Counts, x: Array, w: Array, minus_b: Array) -> None:
        k, rising = search(x, w[astray], minus_b[astray])
        self._place[astray] = bins(k, rising, len(x))
        self._neighbours[:, astray] = neighbours(x, k)
        self._sides[:, astray] = sides(rising)


class _Units:
    """The units' side of a step: from parameters to the lines that they put down, from sums of residuals to the gradient."""

    def __init__(self, parameters: Array, gradient: Array, width: int, layers: Layers, centre: float) -> None:
        H = width
        self.w, self._b, self._v = parameters[: 3 * H].reshape(3, H)
        self._gradient_w, self._gradient_b, self._gradient_v = gradient[: 3 * H].reshape(3, H)
        self._parameters, self._zeros, self._gradient = parameters, np.zeros(len(parameters)), gradient
        self._layers, self._centre = layers, centre
        self._minus_b, self._b_centred, self._product, self._T = np.empty(H), np.empty(H), np.empty(H), np.empty((2, H))

    def minus_b(self) -> Array:
        """−b, shape (H,)."""
        return np.negative(self._b, self._minus_b)

    def lines(self, place: Counts, points: int) -> tuple[Array, Array, float]:
        """The sums of v w and of v (b + w m) in every bin, shape (2 sides, points + 1) each, and c."""
        np.multiply(self.w, self._centre, self._b_centred)
        np.add(self._b, self._b_centred, self._b_centred)
        slopes, intercepts = (
            np.bincount(place, np.multiply(part, self._v, self._product), 2 * points + 2).reshape(2, -1)
            for part in (self.w, self._b_centred)
        )
        # 0 times inf or nan is nan: a unit that is not finite is felt even where no point is active.
        c = float(self._parameters[-1] + self._parameters.dot(self._zeros))
        return slopes, intercepts, c

    def write_gradient(self, table: Array, place: Counts) -> None:
        """The gradient from the sums of r and r (x − m) over the active points of every bin, shape (2, bins)."""
        T0, T1 = table.take(place, 1, self._T, "clip")
        if self._layers != "hidden":
            np.multiply(self._b_centred, T0, self._gradient_v)
            np.add(self._gradient_v, np.multiply(self.w, T1, self._product), self._gradient_v)
            self._gradient[-1] = table[0, len(table[0]) // 2 - 1]
        if self._layers != "output":
            np.multiply(T0, self._v, self._gradient_b)
            np.add(np.multiply(T0, self._centre, self._product), T1, self._product)
            np.multiply(self._product, self._v, self._gradient_w)


class _Points:
    """The points' side of a step: running sums over a batch of B sorted points, in arrays that are allocated once."""

    def __init__(self, points: int) -> None:
        B = points
        self.f, self._x, self._r = np.empty(B), np.empty(B), np.empty((2, B))
        self._lines, self._sums = np.empty((2, B)), np.zeros((2, 2, B + 1))

    def centre_x(self, x: Array, centre: float) -> None:
        """x − m."""
        np.subtract(x, centre, self._x)

    def sum_lines(self, slopes: Array, intercepts: Array, c: float) -> None:
        """f from the lines that fall and rise in every bin.

        Before the first point stand the rising lines of bin 0 and all falling ones that have an active point. Lines active
        on no point are in no sum, so that a unit with a far elbow cannot spoil the others.
        """
        for line, (fall, rise) in zip(self._lines, (slopes, intercepts), strict=True):
            np.subtract(rise[:-1], fall[:-1], line)
            line[0] = rise[0] + fall[1:].sum()
        self._lines[1, 0] += c
        s, t = np.add.accumulate(self._lines, 1, None, self._lines)
        np.multiply(s, self._x, self.f)
        np.add(self.f, t, self.f)

    def sum_residuals(self, y: Array) -> Array:
        """Σ r and Σ r (x − m) over the active points of a unit in every bin, shape (2, 2 (B + 1))."""
        r, rx = self._r
        np.subtract(self.f, y, r)
        np.multiply(r, self._x, rx)
        fall, rise = self._sums[:, 0], self._sums[:, 1]
        np.add.accumulate(self._r, 1, None, fall[:, 1:])
        np.subtract(fall[:, -1:], fall, rise)
        return self._sums.reshape(2, -1)


def forward_only(*_: object) -> Callable[[], None]:
    raise NotImplementedError
