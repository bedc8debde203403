"""The step of one hidden layer in O(B + H log B), without the matrix of units × points.

Between two elbows the network is a straight line. With the batch sorted by x a unit is active on a tail of it (w ≥ +0, it
rises) or on a head (w ≤ −0, it falls), so one number k_j of points below its elbow says which. From the centre m of x,

    f(x_i) = s_i (x_i − m) + t_i,   s and t being running sums of v w and v (b + w m), put down where units switch,
    T0_j = Σ r_i and T1_j = Σ r_i (x_i − m) over the active points: R[B] − R[k_j] (rising) or R[k_j] of running sums R
    ∂w = v∘(T1 + m T0),   ∂b = v∘T0,   ∂v = w∘T1 + (b + w m)∘T0,   ∂c = Σ r      of ½ Σ r²,   r = f − y

"Active" means that the float64 value of w x + b, product rounded before the sum, is > 0, as in every kernel. A rounded sum
is positive exactly where the sum is, so it is asked as w x > −b; and since rounding is monotone, so is being active in x.
Taking x from a centre, so that years as x lose no digits, comes after that.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relusgd.gradients.dense import Kernel, Layers
from relusgd.model.network import Array, Booleans

Counts = NDArray[np.intp]


LARGEST = float(np.finfo(np.float64).max)
"""The fences around the points. Finite, so that slope 0 times a fence is 0: a constant unit never stands between the right sides."""

BELOW_AND_ABOVE = np.array([[0], [1]])
"""The points k − 1 and k around an elbow, among fenced points."""


def prefix_sum_kernel(
    parameters: Array,
    gradient: Array,
    width: int,
    layers: Layers = "all",
    *,
    centre: float = 0.0,
    fixed_x: bool = False,
) -> Kernel:
    """The kernel that reads `parameters` and writes `gradient`, both shape (3 width + 1,), for batches sorted by x, of any size.

    centre: see `centre_of`. fixed_x: x is the same in every call, the full batch; units that passed no point since the
    last call are then not looked for again, which changes no bit. The parts of the gradient that `layers` does not name are
    left as they are.
    """
    units = _Units(parameters, gradient, width, layers, centre)
    switches = Switches(fixed=fixed_x)
    running: dict[int, RunningSums] = {}

    def kernel(x: Array, y: Array) -> None:
        size = len(x)
        batch = running.get(size) or running.setdefault(size, RunningSums(size))
        place = switches.places(batch.fence(x), units.w, units.minus_b())
        r = batch.sum_lines(*units.lines(place, size), centre)
        np.subtract(r, y, r)
        units.write_gradient(batch.sum_residuals(), place)

    return kernel


def centre_of(x: Array) -> float:
    """m for points x, shape (n,): their mean if no point is more than half as far from it as it is from 0, else 0.

    Then |m| Σ |r_i| ≤ 2 Σ |r_i x_i|: what is rounded at m is never more than twice what is rounded at x.
    """
    mean = float(np.mean(x))
    return mean if 2 * float(np.abs(x - mean).max()) <= abs(mean) else 0.0


def search(fenced: Array, w: Array, minus_b: Array) -> tuple[Counts, Array, Booleans]:
    """(k, near, sides) of units of slopes w and biases −minus_b, shape (H,), among fenced sorted points.

    k: how many points are below the elbow, shape (H,). near: the points just below and just above it, and sides: whether
    the unit is active there, shape (2, H): (no, yes) for those that rise, (yes, no) for those that fall.

    The division misses by a point where the elbow lies on one or within rounding of it, and says nothing at slope 0, so the
    points on both sides are asked by the rule itself.
    """
    k = fenced[1:-1].searchsorted(minus_b / w)
    near = fenced.take(k + BELOW_AND_ABOVE)
    sides = np.not_equal(np.signbit(w), BELOW_AND_ABOVE)
    wrong = (near * w > minus_b) != sides
    if np.count_nonzero(wrong):
        astray = np.flatnonzero(wrong[0] | wrong[1])
        k[astray] = bisect(fenced[1:-1], w[astray], minus_b[astray])
        near = fenced.take(k + BELOW_AND_ABOVE)
    return k, near, sides


def bisect(x: Array, w: Array, minus_b: Array) -> Counts:
    """k by the rule alone, shape (H,): the most points that fit below the elbow, its binary digits from the highest on."""
    k, falls = np.zeros(len(w), dtype=np.intp), np.signbit(w)
    for digit in reversed(range(len(x).bit_length())):
        more = k + (1 << digit)
        last = x.take(np.minimum(more, len(x)) - 1)
        below = (w * last > minus_b) == falls
        k = np.where(below & (more <= len(x)), more, k)
    return k


class Switches:
    """Where units switch: `places` gives every unit's bin among B sorted points, k if it falls and B + 1 + k if it rises.

    fixed: the points are the same in every call. Then a unit is looked for again only after it passed one of them.
    """

    def __init__(self, *, fixed: bool) -> None:
        self._fixed = fixed
        self._known = False

    def places(self, fenced: Array, w: Array, minus_b: Array) -> Counts:
        """The bins, shape (H,), of units of slopes w and biases −minus_b; valid until the next call. fenced: as in `search`."""
        if not self._known:
            return self._search_all(fenced, w, minus_b)
        np.multiply(self._near, w, self._products)
        np.greater(self._products, minus_b, self._active)
        wrong = np.not_equal(self._active, self._sides, self._active)
        if np.count_nonzero(wrong):
            self._search_astray(np.flatnonzero(wrong[0] | wrong[1]), fenced, w, minus_b)
        return self._place

    def _search_all(self, fenced: Array, w: Array, minus_b: Array) -> Counts:
        k, self._near, self._sides = search(fenced, w, minus_b)
        self._place = bins(k, self._sides[1], fenced)
        if self._fixed:
            self._products, self._active, self._known = (
                np.empty_like(self._near),
                np.empty_like(self._sides),
                True,
            )
        return self._place

    def _search_astray(self, astray: Counts, fenced: Array, w: Array, minus_b: Array) -> None:
        k, self._near[:, astray], sides = search(fenced, w[astray], minus_b[astray])
        self._sides[:, astray] = sides
        self._place[astray] = bins(k, sides[1], fenced)


def bins(k: Counts, rises: Booleans, fenced: Array) -> Counts:
    return k + rises * (len(fenced) - 1)


def bin_sums(lines: Array, place: Counts, points: int) -> Array:
    """Of the lines in every bin, shape (2 (points + 1),)."""
    return np.bincount(place, lines, 2 * points + 2).astype(np.float64, copy=False)


class _Units:
    """The units' side of a step: from parameters to the lines that they put down, from sums of residuals to the gradient."""

    def __init__(
        self, parameters: Array, gradient: Array, width: int, layers: Layers, centre: float
    ) -> None:
        H = width
        self.w, self._b, self._v = parameters[: 3 * H].reshape(3, H)
        self._gradient_w, self._gradient_b, self._gradient_v = gradient[: 3 * H].reshape(3, H)
        self._parameters, self._zeros, self._gradient = (
            parameters,
            np.zeros(len(parameters)),
            gradient,
        )
        self._layers, self._centre = layers, centre
        self._b_centred = np.empty(H) if centre else self._b
        self._product, self._T = np.empty(H), np.empty((2, H))

    def minus_b(self) -> Array:
        """−b, shape (H,); valid until the next call of anything."""
        return np.negative(self._b, self._product)

    def lines(self, place: Counts, points: int) -> tuple[Array, Array, float]:
        """The sums of v w and of v (b + w m) in every bin, shape (2 (points + 1),) each, and c."""
        if self._centre:
            np.multiply(self.w, self._centre, self._b_centred)
            np.add(self._b, self._b_centred, self._b_centred)
        slopes = bin_sums(np.multiply(self.w, self._v, self._product), place, points)
        intercepts = bin_sums(np.multiply(self._b_centred, self._v, self._product), place, points)
        # 0 times inf or nan is nan: a unit that is not finite is felt even where it is active on no point.
        return slopes, intercepts, float(self._parameters[-1] + self._parameters.dot(self._zeros))

    def write_gradient(self, sums: Array, place: Counts) -> None:
        """The gradient from the sums of r and of r (x − m) over the active points of every bin, shape (2, bins)."""
        T0, T1 = sums.take(place, 1, self._T, "clip")
        if self._layers != "hidden":
            np.multiply(self._b_centred, T0, self._gradient_v)
            np.add(self._gradient_v, np.multiply(self.w, T1, self._product), self._gradient_v)
            self._gradient[-1] = sums[0, sums.shape[1] // 2 - 1]
        if self._layers != "output":
            np.multiply(T0, self._v, self._gradient_b)
            if self._centre:
                np.add(np.multiply(T0, self._centre, self._product), T1, T1)
            np.multiply(T1, self._v, self._gradient_w)


class RunningSums:
    """The points' side of a step: running sums over a batch of B sorted points, in arrays that are allocated once."""

    def __init__(self, points: int) -> None:
        B = points
        self._fenced, self._x, self._moments = (
            np.full(B + 2, LARGEST),
            np.empty(B),
            np.empty((2, B)),
        )
        self._fenced[0] = -LARGEST
        self._lines, self._sums = np.empty((2, B)), np.zeros((2, 2, B + 1))

    def fence(self, x: Array) -> Array:
        """x between its fences, shape (B + 2,)."""
        self._fenced[1:-1] = x
        return self._fenced

    def sum_lines(self, slopes: Array, intercepts: Array, c: float, centre: float) -> Array:
        """f at the points, shape (B,), from the lines in every bin; an array to turn into residuals before `sum_residuals`.

        Before the first point stand the rising lines of its bin and all falling ones that are active on a point. Lines that
        are active on none are in no sum, so that a unit with a far elbow cannot spoil the others.
        """
        B = len(self._x)
        s, t = self._lines
        for line, jumps in ((s, slopes), (t, intercepts)):
            np.subtract(jumps[B + 1 : -1], jumps[:B], line)
            line[0] = jumps[B + 1] + np.add.reduce(jumps[1 : B + 1])
        t[0] += c
        np.add.accumulate(self._lines, 1, None, self._lines)
        np.subtract(self._fenced[1:-1], centre, self._x)
        np.multiply(s, self._x, s)
        f: Array = np.add(s, t, self._moments[0])
        return f

    def sum_residuals(self) -> Array:
        """Σ r and Σ r (x − m) over the active points of a unit in every bin, shape (2, 2 (B + 1)); valid until the next call."""
        np.multiply(self._moments[0], self._x, self._moments[1])
        fall, rise = self._sums[:, 0], self._sums[:, 1]
        np.add.accumulate(self._moments, 1, None, fall[:, 1:])
        np.subtract(fall[:, -1:], fall, rise)
        return self._sums.reshape(2, -1)
