"""The reference backpropagation against a step worked by hand and against differences, any depth
and any sizes.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from relusgd.gradients.backprop import backprop, hessian_vector
from relusgd.model.network import forward

# n_in, hidden widths, n_out
SIZES = [
    [1, 7, 1],
    [1, 5, 4, 1],
    [1, 4, 6, 3, 1],
    [1, 3, 5, 4, 3, 1],
    [3, 6, 1],
    [1, 6, 2],
    [3, 5, 4, 2],
    [2, 4, 1, 5, 3],
    [2, 3],
]


def random_problem(sizes, seed=0, points=11):
    """Weights, biases, x and y."""
    generator = np.random.default_rng(seed)
    weights = [generator.normal(0, np.sqrt(2 / shape[0]), shape) for shape in pairwise(sizes)]
    biases = [generator.normal(0, 0.5, width) for width in sizes[1:]]
    return (
        weights,
        biases,
        generator.normal(size=(points, sizes[0])),
        generator.normal(size=(points, sizes[-1])),
    )


def moved(weights, biases, V, c, h):
    return [W + h * part for W, part in zip(weights, V, strict=True)], [
        b + h * part for b, part in zip(biases, c, strict=True)
    ]


def pattern(weights, biases, x):
    """The active hidden units, shape (points, all of them)."""
    nothing = np.empty((len(x), 0), dtype=bool)
    return np.hstack([nothing, *(a > 0 for a in forward(weights, biases, x).a[1:])])


def flat(weights, biases):
    return np.concatenate([part.ravel() for part in (*weights, *biases)])


def directions(weights, biases):
    """One for every parameter: 1 there and 0 elsewhere."""
    for kind in range(2):
        for k, part in enumerate((weights, biases)[kind]):
            for i in range(part.size):
                direction = [np.zeros_like(W) for W in weights], [np.zeros_like(b) for b in biases]
                direction[kind][k].flat[i] = 1.0
                yield direction


# Worked by hand


def test_one_step_equals_the_step_worked_out_by_hand():
    # W_1 = (1, −1), b_1 = (0, 1), W_2 = (3, 5)ᵀ, b_2 = −1 x = 2: z_1 = (2, −1), a_1 = (2, 0), f =
    # 3·2 − 1 = 5; y = 4, so r = 1 x = −1: z_1 = (−1, 2), a_1 = (0, 2), f = 5·2 − 1 = 9; y = 10, so
    # r = −1 loss = (1 + 1)/2 = 1, δ_2 = 2/2 r = (1, −1) ∂W_2 = 1·(2, 0) − 1·(0, 2) = (2, −2), ∂b_2
    # = 1 − 1 = 0 δ_1 = 1·(3, 0) for x = 2, −1·(0, 5) for x = −1; ∂W_1 = (2·3, −1·−5) = (6, 5), ∂b_1
    # = (3, −5)
    weights, biases = (
        [np.array([[1.0, -1.0]]), np.array([[3.0], [5.0]])],
        [np.array([0.0, 1.0]), np.array([-1.0])],
    )
    found = backprop(weights, biases, np.array([[2.0], [-1.0]]), np.array([[4.0], [10.0]]))
    assert found.loss == 1
    np.testing.assert_array_equal(found.weights[0], [[6, 5]])
    np.testing.assert_array_equal(found.biases[0], [3, -5])
    np.testing.assert_array_equal(found.weights[1], [[2], [-2]])
    np.testing.assert_array_equal(found.biases[1], [0])


def test_the_loss_is_the_mean_over_points_of_the_squared_distance():
    weights, biases, x, _ = random_problem([1, 2])
    f = forward(weights, biases, x).f
    assert backprop(weights, biases, x, f - [[3.0, 4.0]]).loss == pytest.approx(25, rel=1e-15)


# Differences


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_the_gradient_is_that_of_central_differences(sizes):
    # with the active units fixed the loss is quadratic in each parameter, so that only rounding is
    # left of the difference
    h, skipped, compared = 1e-4, 0, 0
    for seed in range(5):
        weights, biases, x, y = random_problem(sizes, seed)
        found = backprop(weights, biases, x, y)
        gradient = flat(found.weights, found.biases)
        for derivative, (V, c) in zip(gradient, directions(weights, biases), strict=True):
            plus, minus = moved(weights, biases, V, c, h), moved(weights, biases, V, c, -h)
            if not np.array_equal(pattern(*plus, x), pattern(*minus, x)):
                skipped += 1
                continue
            difference = (backprop(*plus, x, y).loss - backprop(*minus, x, y).loss) / (2 * h)
            assert difference == pytest.approx(
                derivative, rel=1e-7, abs=1e-9 * np.abs(gradient).max()
            )
            compared += 1
    assert skipped < 0.02 * compared


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_the_hessian_times_a_vector_is_the_difference_of_gradients(sizes):
    h = 1e-5
    for seed in range(5):
        weights, biases, x, y = random_problem(sizes, seed)
        V, c, _, _ = random_problem(sizes, seed + 100)
        plus, minus = moved(weights, biases, V, c, h), moved(weights, biases, V, c, -h)
        assert np.array_equal(pattern(*plus, x), pattern(*minus, x))
        plus_gradient, minus_gradient = backprop(*plus, x, y), backprop(*minus, x, y)
        difference = (flat(*plus_gradient[1:]) - flat(*minus_gradient[1:])) / (2 * h)
        product = flat(*hessian_vector(weights, biases, x, y, V, c))
        np.testing.assert_allclose(
            product, difference, rtol=1e-7, atol=1e-7 * np.abs(product).max()
        )


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_the_hessian_is_symmetric(sizes):
    weights, biases, x, y = random_problem(sizes)
    one, other = random_problem(sizes, 1)[:2], random_problem(sizes, 2)[:2]
    left = flat(*one) @ flat(*hessian_vector(weights, biases, x, y, *other))
    right = flat(*other) @ flat(*hessian_vector(weights, biases, x, y, *one))
    assert left == pytest.approx(right, rel=1e-12)


# What is active


def test_a_point_exactly_on_an_elbow_moves_nothing_in_its_unit():
    weights, biases = (
        [np.array([[2.0, 1.0]]), np.array([[1.0], [1.0]])],
        [np.array([-1.0, 0.0]), np.array([0.0])],
    )
    found = backprop(weights, biases, np.array([[0.5]]), np.array([[3.0]]))
    np.testing.assert_array_equal(found.weights[0][0] != 0, [False, True])
    np.testing.assert_array_equal(found.biases[0] != 0, [False, True])


def test_the_product_is_rounded_before_the_sum():
    # b = −fl(w x) where w x was rounded down: the float64 sum is 0, though w x + b > 0, which a
    # fused multiply-add would see
    generator = np.random.default_rng(0)
    x = 1.1
    candidates = generator.normal(size=200)
    w = np.array([w for w in candidates if Fraction(w) * Fraction(x) > Fraction(w * x)])
    assert len(w) > 50
    found = backprop(
        [w[None], np.ones((len(w), 1))],
        [-(w * x), np.zeros(1)],
        np.full((64, 1), x),
        np.ones((64, 1)),
    )
    np.testing.assert_array_equal(found.weights[0], 0)


# Shapes


@pytest.mark.parametrize("shape", [(11,), (11, 2), (1, 1), (10, 1)])
def test_other_shapes_of_y_are_refused_instead_of_broadcast(shape):
    weights, biases, x, _ = random_problem([1, 3, 1])
    with pytest.raises(ValueError, match="y must have the shape"):
        backprop(weights, biases, x, np.zeros(shape))


@pytest.mark.parametrize("shape", [(11,), (11, 2), (1, 11)])
def test_other_shapes_of_x_are_refused(shape):
    weights, biases, _, y = random_problem([1, 3, 1])
    with pytest.raises(ValueError, match="x must have the shape"):
        backprop(weights, biases, np.zeros(shape), y)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_derivatives_have_the_shapes_of_their_parameters(sizes):
    weights, biases, x, y = random_problem(sizes)
    gradient = backprop(weights, biases, x, y)
    products = hessian_vector(weights, biases, x, y, weights, biases)
    for parts in (gradient[1:], products):
        assert [part.shape for part in parts[0]] == [W.shape for W in weights]
        assert [part.shape for part in parts[1]] == [b.shape for b in biases]
