"""Every kernel of one hidden layer against long-double arithmetic, the rule for being active, and
differences.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from relusgd.gradients.backprop import backprop
from relusgd.gradients.dense import dense_kernel
from relusgd.gradients.prefix_sums import LARGEST, bisect, centre_of, prefix_sum_kernel, search
from relusgd.model.network import split_parameters

try:
    from relusgd.gradients import compiled
except ImportError:  # without the extra `fast`
    compiled = None


# The kernels, each as a function of parameters (3 H + 1,), sorted x, y and layers, giving the
# gradient of ½ Σ r²


def dense(parameters, x, y, layers="all", *, make=dense_kernel):
    gradient = np.full_like(parameters, 7.0)
    kernel = make(parameters, gradient, len(parameters) // 3, len(x), layers)
    return called(kernel, gradient, x, y)


def prefix_sums(parameters, x, y, layers="all", *, make=prefix_sum_kernel, centre=None, **options):
    gradient = np.full_like(parameters, 7.0)
    centre = centre_of(x) if centre is None else centre
    kernel = make(parameters, gradient, len(parameters) // 3, layers, centre=centre, **options)
    return called(kernel, gradient, x, y)


def called(kernel, gradient, x, y):
    with np.errstate(all="ignore"):
        kernel(x, y)
    return gradient


KERNELS = {
    "dense": dense,
    "prefix sums": prefix_sums,
    "prefix sums of fixed points": partial(prefix_sums, fixed_x=True),
}
if compiled:
    KERNELS["compiled dense"] = partial(dense, make=compiled.dense_kernel)
    KERNELS["comparisons"] = partial(dense, make=compiled.comparison_kernel)
    KERNELS["compiled prefix sums"] = partial(prefix_sums, make=compiled.prefix_sum_kernel)

every_kernel = pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)


# The reference


def activity(parameters, x):
    """The rule itself, shape (H, B): the float64 value of w x + b, product rounded before the sum,
    is > 0.
    """
    w, b, _ = parameters[:-1].reshape(3, -1, 1)
    with np.errstate(all="ignore"):
        product = w * x
        return product + b > 0


def reference(parameters, x, y):
    """The gradient of ½ Σ r², and the sum of the absolute terms of each of its components; in long
    double.
    """
    active = activity(parameters, x)
    exact = np.asarray(parameters, dtype=np.longdouble)
    w, b, v = exact[:-1].reshape(3, -1, 1)
    x, y, c = x.astype(np.longdouble), y.astype(np.longdouble), exact[-1]
    z = np.where(active, w * x + b, 0)
    r = (v * z).sum(axis=0) + c - y
    gradient = [
        v[:, 0] * (active * r * x).sum(1),
        v[:, 0] * (active * r).sum(1),
        (r * z).sum(1),
        r.sum(keepdims=True),
    ]
    m = (np.abs(v) * (np.abs(w * x) + np.abs(b))).sum(axis=0) + np.abs(c) + np.abs(y)
    w, b, v = np.abs([w[:, 0], b[:, 0], v[:, 0]])
    m0, m1 = m.sum(), (m * np.abs(x)).sum()
    return np.concatenate(gradient), np.concatenate([v * m1, v * m0, w * m1 + b * m0, [m0]])


# Networks and points


def scales():
    return st.sampled_from([1.0, 1.0, 1e-60, 1e-8, 1e3, 1e40])


def numbers(scale):
    return st.one_of(st.sampled_from([0.0, scale, -scale]), st.floats(-4 * scale, 4 * scale))


@st.composite
def sorted_points(draw, scale):
    """x, shape (1 … 12,), sorted, some of them equal; around 0, or far from it as years are."""
    origin = draw(st.sampled_from([0.0, 0.0, 1.0, -1.0, 700.0])) * scale
    distinct = draw(st.lists(numbers(scale), min_size=1, max_size=8))
    again = draw(st.lists(st.sampled_from(distinct), max_size=4))
    return origin + np.sort(np.array(distinct + again))


@st.composite
def units(draw, x, x_scale):
    """(w, b): anywhere, constant, with a slope that is nearly 0, or with its elbow on a point or
    the next float beside it.
    """
    kind = draw(st.sampled_from(["free", "on a point", "on a point", "constant", "subnormal"]))
    scale = draw(scales()) / x_scale
    if kind == "constant":
        return draw(st.sampled_from([0.0, -0.0])), draw(
            st.sampled_from([0.0, -0.0, 1.0, -1.0, 5e-324])
        )
    if kind == "subnormal":
        return 5e-324 * draw(st.integers(-3, 3)), draw(
            st.sampled_from([0.0, 1.0, -1.0, 5e-324, -5e-324])
        )
    w = draw(numbers(scale))
    if kind == "free":
        return w, draw(numbers(scale * x_scale))
    b = -(w * draw(st.sampled_from(x.tolist())))
    return w, draw(st.sampled_from([b, np.nextafter(b, -np.inf), np.nextafter(b, np.inf)]))


@st.composite
def problems(draw, most_units=6):
    """Parameters, shape (3 H + 1,), x and y."""
    x_scale, v_scale = (
        draw(st.sampled_from([1.0, 1.0, 1e-50, 1e-3, 1e5])),
        draw(st.sampled_from([1.0, 1e-20, 1e6])),
    )
    x = draw(sorted_points(x_scale))
    drawn = draw(
        st.lists(st.tuples(units(x, x_scale), numbers(v_scale)), min_size=1, max_size=most_units)
    )
    w, b, v = np.array([[*unit, v] for unit, v in drawn]).T
    y = np.array([draw(numbers(v_scale)) for _ in x])
    return np.concatenate([w, b, v, [draw(numbers(v_scale))]]), x, y


def ordinary(B, H, seed=0, low=0.0, high=1.0):
    """A network with slopes of both signs and units out of order, most of whose elbows lie among
    the points.
    """
    generator = np.random.default_rng(seed)
    x = np.sort(generator.uniform(low, high, B))
    w, elbow = generator.normal(size=H), generator.uniform(low, high, H)
    parameters = np.concatenate([w, -elbow * w, generator.normal(size=H) / np.sqrt(H), [0.3]])
    return parameters, x, generator.normal(size=B)


# Worked by hand


@every_kernel
def test_a_gradient_worked_by_hand(kernel):
    # f = 3 relu(2 x − 2) − relu(−x) + 5 at x = −1, 1, 2: z_1 = (off, 0 is off, 2), z_2 = (1, off,
    # off), f = (4, 5, 11) y = (2, 6, 8), so r = (2, −1, 3) ∂w = (3·3·2, −1·2·−1), ∂b = (3·3, −1·2),
    # ∂v = (3·2, 2·1), ∂c = 4
    parameters = np.array([2.0, -1.0, -2.0, 0.0, 3.0, -1.0, 5.0])
    found = kernel(parameters, np.array([-1.0, 1.0, 2.0]), np.array([2.0, 6.0, 8.0]))
    np.testing.assert_array_equal(found, [18, 2, 9, -2, 6, 2, 4])


# Long double


@every_kernel
@pytest.mark.parametrize(
    ("B", "H"),
    [
        *[(1, 1), (1, 50), (50, 1), (200, 7), (7, 200)],
        *[(30, 30), (40, 40), (48, 48), (47, 61), (400, 300)],
    ],
)
def test_away_from_minima_ten_digits_of_the_largest_component_hold(kernel, B, H):
    for seed in range(5):
        problem = ordinary(B, H, seed)
        wanted, _ = reference(*problem)
        assert np.abs(kernel(*problem) - wanted).max() <= 1e-13 * np.abs(wanted).max()


@every_kernel
def test_years_as_x_lose_no_digits(kernel):
    parameters, x, y = ordinary(100, 40, low=1871, high=1970)
    wanted, _ = reference(parameters, x, y)
    for part in np.split(np.arange(120), 3):
        assert (
            np.abs(kernel(parameters, x, y) - wanted)[part].max()
            <= 1e-12 * np.abs(wanted[part]).max()
        )


def test_from_a_centre_fewer_digits_are_lost():
    problem = ordinary(1000, 40, low=1871, high=1970)
    wanted, _ = reference(*problem)
    errors = [
        np.abs(prefix_sums(*problem, centre=centre) - wanted)[80:120].max()
        for centre in (0.0, centre_of(problem[1]))
    ]
    assert errors[1] < errors[0] / 4


@pytest.mark.parametrize(
    ("x", "centre"),
    [
        ([1, 2, 3], 2),
        ([-3, -2, -1], -2),
        ([-1, 2], 0),
        ([0, 1], 0),
        ([1, 4], 0),
        ([0], 0),
        ([7], 7),
    ],
)
def test_the_centre_is_the_mean_if_all_points_are_near_it(x, centre):
    assert centre_of(np.array(x, dtype=float)) == centre


# What is active


def active_sets(kernel, parameters, x):
    """Which points each unit is active on, shape (H, B), as its ∂b tells.

    With output weights 2^−600 and y_i = −2^i every residual is exactly 2^i, and ∂b_j/v_j the sum of
    those of its points.
    """
    H, B = len(parameters) // 3, len(x)
    probe = np.concatenate([parameters[: 2 * H], np.full(H, 2.0**-600), [0.0]])
    sums = kernel(probe, x, -(2.0 ** np.arange(B)))[H : 2 * H] / 2.0**-600
    return sums.astype(np.int64)[:, None] >> np.arange(B) & 1 == 1


ROUNDING = (np.array([1.0, 0.0, 1e-3, 0.0]), np.array([0.0, 1e6]), np.array([1e10, 0.0]))
FLAT_AND_STEEP = (
    np.array([0.0, -0.0, 0.0, -0.0, 0.0, -0.0, 1, 1, -1, -1, 0.0, 0.0, 1, 1, 1, 1, 1, 1, 0.0]),
    np.array([-1.0, 0, 2]),
    np.zeros(3),
)


@settings(max_examples=300)
@given(problems())
@example(ROUNDING)
@example(FLAT_AND_STEEP)
def test_of_any_network_gradient_active_sets_and_search_are_right(problem):
    # Together, because it takes longer to make up a network than to check it.
    check_that_the_gradient_is_exact_up_to_the_rounding_of_its_terms(*problem)
    parameters, x, _ = problem
    check_that_a_unit_is_active_where_its_rounded_value_is_positive(parameters, x)
    check_that_bisection_alone_finds_what_the_division_and_its_repair_find(parameters, x)


def check_that_the_gradient_is_exact_up_to_the_rounding_of_its_terms(parameters, x, y):
    wanted, terms = reference(parameters, x, y)
    for name, kernel in KERNELS.items():
        # 1e-250: products of such small numbers have lost digits to underflow
        assert (np.abs(kernel(parameters, x, y) - wanted) <= 1e-14 * terms + 1e-250).all(), name


def check_that_a_unit_is_active_where_its_rounded_value_is_positive(parameters, x):
    for name, kernel in KERNELS.items():
        np.testing.assert_array_equal(
            active_sets(kernel, parameters, x), activity(parameters, x), name
        )


def check_that_bisection_alone_finds_what_the_division_and_its_repair_find(parameters, x):
    w, b, _ = parameters[:-1].reshape(3, -1)
    fenced = np.concatenate([[-LARGEST], x, [LARGEST]])
    with np.errstate(all="ignore"):
        k, near, sides = search(fenced, w, -b)
    np.testing.assert_array_equal(bisect(x, w, -b), k)
    np.testing.assert_array_equal(near, fenced[[k, k + 1]])
    np.testing.assert_array_equal(sides, [np.signbit(w), ~np.signbit(w)])


@every_kernel
def test_of_elbows_that_were_put_on_points_every_side_is_the_right_one(kernel):
    generator = np.random.default_rng(0)
    x = np.sort(generator.uniform(-1, 3, 40))
    w = generator.normal(size=2000)
    b = -(w * generator.choice(x, 2000))
    parameters = np.concatenate([w, b, np.zeros(2001)])
    np.testing.assert_array_equal(active_sets(kernel, parameters, x), activity(parameters, x))


@every_kernel
def test_a_unit_that_is_active_on_no_point_stays_exactly_where_it_is(kernel):
    parameters, x, y = ordinary(50, 20)
    parameters[:4], parameters[20:24] = [1, -1, 0.0, -0.0], [-2.0, -1e-9, -1.0, 0.0]
    found = kernel(parameters, x, y)
    for part in range(3):
        np.testing.assert_array_equal(found[20 * part : 20 * part + 4], 0)
        assert found[20 * part + 4 : 20 * part + 20].any()


@every_kernel
def test_a_far_elbow_spoils_no_other_unit(kernel):
    parameters, x, y = ordinary(50, 20)
    alone = kernel(np.delete(parameters, [3, 23, 43]), x, y)
    for w in (1.0, -1.0):
        parameters[[3, 23]] = w, -1e30
        np.testing.assert_allclose(
            np.delete(kernel(parameters, x, y), [3, 23, 43]), alone, rtol=1e-12
        )


@every_kernel
def test_a_unit_counts_however_small_its_value_is(kernel):
    # z = 2^−1020 at x = 1, f = 2^1000 z, y = 0
    parameters = np.array([2.0**-1020, 0.0, 2.0**1000, 0.0])
    found = kernel(parameters, np.array([1.0]), np.array([0.0]))
    wanted = [2.0**980, 2.0**980, 2.0**-1040, 2.0**-20]
    np.testing.assert_allclose(found, wanted, rtol=1e-14, atol=0)


# Differences


@every_kernel
def test_the_gradient_is_that_of_central_differences(kernel):
    parameters, x, y = ordinary(30, 12, seed=3)

    def loss(vector):
        weights, biases = split_parameters(vector, (12,))
        return backprop(weights, biases, x[:, None], y[:, None]).loss * 15

    h, gradient, compared = 1e-5, kernel(parameters, x, y), 0
    for i, step in enumerate(h * np.eye(37)):
        if np.array_equal(activity(parameters + step, x), activity(parameters - step, x)):
            difference = (loss(parameters + step) - loss(parameters - step)) / (2 * h)
            assert difference == pytest.approx(gradient[i], rel=1e-7, abs=1e-8)
            compared += 1
    assert compared > 30


# One kernel, many calls


@pytest.mark.parametrize("layers", ["all", "output", "hidden"])
@pytest.mark.parametrize("reach", [1e-4, 1e-2, 1.0, 10.0])
def test_fixed_points_give_the_bits_of_points_that_are_looked_at_anew(reach, layers):
    generator = np.random.default_rng(1)
    parameters, x, y = ordinary(60, 30)
    x[10:13] = x[10]
    gradient = np.zeros_like(parameters)
    kernel = prefix_sum_kernel(parameters, gradient, 30, layers, fixed_x=True)
    for step in range(60):
        called(kernel, gradient, x, y)
        np.testing.assert_array_equal(
            gradient, np.where(gradient == 0, 0, prefix_sums(parameters, x, y, layers, centre=0.0))
        )
        parameters += reach * generator.normal(size=91)
        parameters[:6], parameters[30:36] = (
            generator.choice([0.0, -0.0, 5e-324, -5e-324, -1.0], 6),
            generator.choice([1.0, 0.0, -1.0], 6),
        )
        parameters[36 + step % 20] = -(parameters[6 + step % 20] * generator.choice(x))


@pytest.mark.parametrize("name", ["all", "output", "hidden"])
def test_batches_of_changing_size_do_not_meet(name):
    parameters, x, y = ordinary(60, 30)
    gradient = np.full_like(parameters, 7.0)
    kernel = prefix_sum_kernel(parameters, gradient, 30, name)
    for part in (slice(0, 40), slice(40, 60), slice(20, 60), slice(7, 8), slice(0, 20)):
        found = called(kernel, gradient, x[part], y[part])
        np.testing.assert_array_equal(
            found, prefix_sums(parameters, x[part], y[part], name, centre=0.0)
        )


@every_kernel
def test_only_the_layers_that_are_named_are_written_and_with_the_same_bits(kernel):
    for problem in (ordinary(40, 20), ordinary(40, 20, low=30, high=32)):
        whole, output, hidden = (kernel(*problem, layers) for layers in ("all", "output", "hidden"))
        np.testing.assert_array_equal(output, [*np.full(40, 7.0), *whole[40:]])
        np.testing.assert_array_equal(hidden, [*whole[:40], *np.full(21, 7.0)])


# Numbers that are none


@every_kernel
@pytest.mark.parametrize("layers", ["all", "output", "hidden"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_parameters_that_are_not_finite_give_a_gradient_that_is_not(kernel, layers, value):
    for index in range(16):
        parameters, x, y = ordinary(9, 5)
        parameters[index] = value
        assert not np.isfinite(kernel(parameters, x, y, layers)).all()
