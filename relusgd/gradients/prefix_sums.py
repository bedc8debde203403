"""The gradient of one hidden layer in O(B + H log B), without the matrix of units × points.

Between two elbows the network is a straight line. In a batch sorted by x, a unit is active on a
tail (w ≥ +0: it rises) or on a head (w ≤ −0: it falls), so the number k_j of points below its elbow
says which. With x taken from a centre m,

    f(x_i) = s_i (x_i − m) + t_i,   r = f − y
    T0_j = Σ r_i,   T1_j = Σ r_i (x_i − m)   over the active points
    ∂w = v∘(T1 + m T0),   ∂b = v∘T0,   ∂v = w∘T1 + (b + w m)∘T0,   ∂c = Σ r      of ½ Σ r²

Slope s and intercept t are prefix sums of v w and v (b + w m), which are added where units switch.
With prefix sums R of the residuals, T_j is R[B] − R[k_j] for units that rise and R[k_j] for units
that fall.

"Active" means that the float64 value of w x + b, the product rounded before the sum, is > 0, as in
every kernel. A rounded sum is positive exactly where the exact sum is, so the test is w x > −b.
Rounding is monotone, so being active is monotone in x. The centre, which keeps the digits of x such
as years, is subtracted only after that.

The Hessian times a direction (ẇ, ḃ, v̇, ċ) takes the same sums. With R{·} the derivative along the
direction, R{r} = R{f} is again a straight line between elbows (Pearlmutter 1994); here with m = 0:

    R{f} = Σ over active units (v̇ w + v ẇ) x + (v̇ b + v ḃ) + ċ
    R{∂w} = v∘R{T1} + v̇∘T1,   R{∂b} = v∘R{T0} + v̇∘T0,   R{∂c} = Σ R{r}
    R{∂v} = w∘R{T1} + ẇ∘T1 + b∘R{T0} + ḃ∘T0
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from relusgd.gradients.dense import Kernel, Layers
from relusgd.model.network import Array, Booleans

Counts = NDArray[np.intp]

LARGEST = float(np.finfo(np.float64).max)
"""Sentinels at both ends of the points. They are finite so that 0 × sentinel is 0 and not nan; a
unit of slope 0 then fails the test of its neighbours and is placed by bisection.
"""

BELOW_AND_ABOVE = np.array([[0], [1]])
"""Where the points just below and above an elbow stand among fenced points, counted from k."""


def prefix_sum_kernel(
    parameters: Array,
    gradient: Array,
    width: int,
    layers: Layers = "all",
    *,
    centre: float = 0.0,
    fixed_x: bool = False,
) -> Kernel:
    """The kernel of one hidden layer for batches of any size, sorted by x.

    It reads `parameters` and writes `gradient`, both of shape (3 width + 1,). The parts of the
    gradient that `layers` does not name are not changed. centre: see `centre_of`. fixed_x: x is the
    same in every call, as in full batches; units that have passed no point since the last call are
    then not searched again, which changes no bit.
    """
    units = _Units(parameters, gradient, width, layers, centre)
    switches = Switches(fixed=fixed_x)
    sums_of_size = cache(PrefixSums)

    def kernel(x: Array, y: Array) -> None:
        size = len(x)
        sums = sums_of_size(size)
        place = switches.places(sums.fence(x), units.w, units.minus_b())
        slopes, intercepts, c = units.lines(place, size)
        r = sums.sum_lines(slopes, intercepts, c, centre)
        np.subtract(r, y, r)
        units.write_gradient(sums.sum_residuals(), place)

    return kernel


def centre_of(x: Array) -> float:
    """The centre m of points x, shape (n,).

    Their mean if no point is farther from it than half its own distance from 0, else 0.

    Then |m| Σ |r_i| ≤ 2 Σ |r_i x_i|: rounding at m costs at most twice what rounding at x does.
    """
    mean = float(np.mean(x))
    farthest = float(np.abs(x - mean).max())
    return mean if 2 * farthest <= abs(mean) else 0.0


def search(fenced: Array, w: Array, minus_b: Array) -> tuple[Counts, Array, Booleans]:
    """(k, near, sides) of units of slopes w and biases −minus_b, shape (H,).

    fenced: the sorted points between their sentinels.

    k: how many points are below the elbow, shape (H,). near: the points just below and just above
    it, and sides: whether the unit is active there, shape (2, H): (no, yes) for units that rise,
    (yes, no) for units that fall.

    The position by division may be wrong by a point where the elbow is within rounding of one, and
    means nothing at slope 0. So the rule itself is tested at both neighbours.
    """
    x = fenced[1:-1]
    k = x.searchsorted(minus_b / w)
    near = fenced.take(k + BELOW_AND_ABOVE)
    falls = np.signbit(w)
    sides = np.not_equal(falls, BELOW_AND_ABOVE)
    wrong = (near * w > minus_b) != sides
    if np.count_nonzero(wrong):
        misplaced = np.flatnonzero(wrong[0] | wrong[1])
        k[misplaced] = bisect(x, w[misplaced], minus_b[misplaced])
        near = fenced.take(k + BELOW_AND_ABOVE)
    return k, near, sides


def bisect(x: Array, w: Array, minus_b: Array) -> Counts:
    """k by the rule alone, shape (H,): its binary digits, from the highest one on."""
    B = len(x)
    falls = np.signbit(w)
    k = np.zeros(len(w), dtype=np.intp)
    for digit in reversed(range(B.bit_length())):
        more = k + (1 << digit)
        last_index = np.minimum(more, B) - 1
        last = x.take(last_index)
        last_is_below = (w * last > minus_b) == falls
        k = np.where(last_is_below & (more <= B), more, k)
    return k


class Switches:
    """Where units switch among B sorted points, as bins.

    With k points below its elbow, a unit that falls has bin k, and one that rises bin B + 1 + k.

    fixed: the points are the same in every call. Then a unit is searched again only after it passed
    one.
    """

    def __init__(self, *, fixed: bool) -> None:
        self._fixed = fixed
        self._known = False

    def places(self, fenced: Array, w: Array, minus_b: Array) -> Counts:
        """The bins, shape (H,), of units of slopes w and biases −minus_b.

        Valid until the next call.

        fenced: as in `search`.
        """
        if not self._known:
            return self._search_all(fenced, w, minus_b)
        np.multiply(self._near, w, self._products)
        np.greater(self._products, minus_b, self._active)
        wrong = np.not_equal(self._active, self._sides, self._active)
        if np.count_nonzero(wrong):
            moved = np.flatnonzero(wrong[0] | wrong[1])
            self._search_again(moved, fenced, w[moved], minus_b[moved])
        return self._place

    def _search_all(self, fenced: Array, w: Array, minus_b: Array) -> Counts:
        k, self._near, self._sides = search(fenced, w, minus_b)
        self._place = bins(k, self._sides[1], fenced)
        if self._fixed:
            self._products = np.empty_like(self._near)
            self._active = np.empty_like(self._sides)
            self._known = True
        return self._place

    def _search_again(self, moved: Counts, fenced: Array, w: Array, minus_b: Array) -> None:
        k, near, sides = search(fenced, w, minus_b)
        self._near[:, moved] = near
        self._sides[:, moved] = sides
        self._place[moved] = bins(k, sides[1], fenced)


def bins(k: Counts, rises: Booleans, fenced: Array) -> Counts:
    """The bins of units with k points below their elbows: see `Switches`."""
    return k + rises * (len(fenced) - 1)


def bin_sums(numbers: Array, place: Counts, points: int) -> Array:
    """The sum in every bin of a number of each unit, shape (2 (points + 1),)."""
    return np.bincount(place, numbers, 2 * points + 2).astype(np.float64, copy=False)


class _Units:
    """The units of the layer.

    Gives the sums of their lines from the parameters, and the gradient from sums of residuals.
    """

    def __init__(
        self,
        parameters: Array,
        gradient: Array,
        width: int,
        layers: Layers,
        centre: float,
    ) -> None:
        H = width
        self._parameters = parameters
        self._gradient = gradient
        self._layers = layers
        self._centre = centre
        self.w, self._b, self._v = parameters[: 3 * H].reshape(3, H)
        self._gradient_w, self._gradient_b, self._gradient_v = gradient[: 3 * H].reshape(3, H)
        # Memory for intermediate values.
        self._zeros = np.zeros(len(parameters))
        self._b_centred = np.empty(H) if centre else self._b
        self._product = np.empty(H)
        self._T = np.empty((2, H))

    def minus_b(self) -> Array:
        """−b, shape (H,); valid until the next call of any method."""
        return np.negative(self._b, self._product)

    def lines(self, place: Counts, points: int) -> tuple[Array, Array, float]:
        """(slopes, intercepts, c): the lines of the units, summed by the bins in `place`.

        slopes, intercepts: the sums of v w and of v (b + w m), shape (2 (points + 1),). c: the
        output bias.
        """
        if self._centre:
            np.multiply(self.w, self._centre, self._b_centred)
            np.add(self._b, self._b_centred, self._b_centred)
        np.multiply(self.w, self._v, self._product)
        slopes = bin_sums(self._product, place, points)
        np.multiply(self._b_centred, self._v, self._product)
        intercepts = bin_sums(self._product, place, points)
        # 0 times inf or nan is nan: a unit that is not finite makes every residual nan, even if it
        # is active on no point.
        c = self._parameters[-1] + self._parameters.dot(self._zeros)
        return slopes, intercepts, float(c)

    def write_gradient(self, sums: Array, place: Counts) -> None:
        """Write the gradient.

        sums: of r and of r (x − m) over the active points of every bin, shape (2, bins).
        """
        T0, T1 = sums.take(place, 1, self._T, "clip")
        if self._layers != "hidden":
            np.multiply(self._b_centred, T0, self._gradient_v)
            np.multiply(self.w, T1, self._product)
            np.add(self._gradient_v, self._product, self._gradient_v)
            # A unit that falls with all points below its elbow is active on all of them.
            all_points = sums.shape[1] // 2 - 1
            self._gradient[-1] = sums[0, all_points]
        if self._layers != "output":
            np.multiply(T0, self._v, self._gradient_b)
            if self._centre:
                np.multiply(T0, self._centre, self._product)
                np.add(self._product, T1, T1)
            np.multiply(T1, self._v, self._gradient_w)


def write_changes(jumps: Array, changes: Array) -> None:
    """Write the total at the first of B points, and then how it changes from point to point.

    jumps: the sum of a number of the units in every bin, shape (2 (B + 1),). changes: shape (B,).
    """
    bins_of_falling = len(changes) + 1
    falling = jumps[:bins_of_falling]
    rising = jumps[bins_of_falling:]
    np.subtract(rising[:-1], falling[:-1], changes)
    changes[0] = rising[0] + np.add.reduce(falling[1:])


class PrefixSums:
    """The points' side: prefix sums over B sorted points, in arrays that are allocated once."""

    def __init__(self, points: int) -> None:
        B = points
        self._fenced = np.full(B + 2, LARGEST)
        self._fenced[0] = -LARGEST
        self._x = np.empty(B)
        self._moments = np.empty((2, B))
        self._lines = np.empty((2, B))
        self._sums = np.zeros((2, 2, B + 1))

    def fence(self, x: Array) -> Array:
        """x between its sentinels, shape (B + 2,)."""
        self._fenced[1:-1] = x
        return self._fenced

    def sum_lines(self, slopes: Array, intercepts: Array, c: float, centre: float) -> Array:
        """f at the points, shape (B,), from the sums of lines in every bin.

        The caller turns it into residuals in place, before `sum_residuals`.

        At the first point the lines are those of units that rise before it and of units that fall
        behind it. Units that are active on no point are in no sum, so that one with a far elbow
        cannot cost the others digits.
        """
        s, t = self._lines
        write_changes(slopes, s)
        write_changes(intercepts, t)
        t[0] += c
        np.add.accumulate(self._lines, 1, None, self._lines)
        np.subtract(self._fenced[1:-1], centre, self._x)
        np.multiply(s, self._x, s)
        f: Array = np.add(s, t, self._moments[0])
        return f

    def sum_residuals(self) -> Array:
        """Σ r and Σ r (x − m) over the active points of a unit in every bin, shape (2, 2 (B + 1)).

        Valid until the next call.
        """
        np.multiply(self._moments[0], self._x, self._moments[1])
        return self._active_sums()

    def sum_numbers(self, u: Array, x: Array) -> Array:
        """Σ u and Σ u x over the active points of a unit in every bin, shape (2, 2 (B + 1)).

        u: any numbers of the points, shape (B,). x: the points from the centre. Valid until the
        next call.
        """
        self._moments[0] = u
        np.multiply(u, x, self._moments[1])
        return self._active_sums()

    def _active_sums(self) -> Array:
        falling = self._sums[:, 0]
        rising = self._sums[:, 1]
        np.add.accumulate(self._moments, 1, None, falling[:, 1:])
        np.subtract(falling[:, -1:], falling, rising)
        return self._sums.reshape(2, -1)


def hessian_product(parameters: Array, width: int, x: Array, y: Array) -> Callable[[Array], Array]:
    """The function direction → Hessian of 1/B Σ r² times direction.

    x, y: the points, sorted by x, shape (B,).

    Parameters, direction and product have the shape (3 width + 1,).
    """
    B = len(x)
    sums = PrefixSums(B)
    fenced = sums.fence(x)
    w, b, v = parameters[:-1].reshape(3, width)
    c = parameters[-1]
    k, _, (_, rises) = search(fenced, w, -b)
    place = bins(k, rises, fenced)

    def sum_lines(slopes: Array, intercepts: Array, constant: float) -> Array:
        slope_sums = bin_sums(slopes, place, B)
        intercept_sums = bin_sums(intercepts, place, B)
        return sums.sum_lines(slope_sums, intercept_sums, constant, 0.0)

    r = sum_lines(v * w, v * b, c)
    r -= y
    T0, T1 = sums.sum_residuals().take(place, 1)

    def product(direction: Array) -> Array:
        dw, db, dv = direction[:-1].reshape(3, width)
        dc = direction[-1]
        Rr = sum_lines(dv * w + v * dw, dv * b + v * db, dc)
        RT0, RT1 = sums.sum_residuals().take(place, 1)
        Rw = v * RT1 + dv * T1
        Rb = v * RT0 + dv * T0
        Rv = w * RT1 + dw * T1 + b * RT0 + db * T0
        Rc = [Rr.sum()]
        of_sum = np.concatenate([Rw, Rb, Rv, Rc])
        return 2.0 / B * of_sum

    return product
