"""Singular values of J, principal features, ranks, and what a learning rate learns of them."""

import numpy as np
import pytest
from small import small

import relusgd.diagnostics.decomposed_jacobian
from relusgd.diagnostics.features import features
from relusgd.diagnostics.learning_speed import learned_shares, phases_of, ridge_shares
from relusgd.diagnostics.singular_values import effective_rank, leading_triplets
from relusgd.errors import InputError
from relusgd.gradients.jacobian import jacobian
from relusgd.model.network import Network, parameter_count
from relusgd.training import prepare

SHAPES = [(1,), (30,), (7, 5), (4, 6, 3)]
X = np.sort(np.random.default_rng(2).uniform(-1, 1, 40))


def random_network(hidden, seed=0):
    vector = np.random.default_rng(seed).normal(size=parameter_count(hidden))
    return Network.from_parameters(vector, hidden)


@pytest.mark.parametrize("hidden", SHAPES)
def test_singular_values_and_features_are_those_of_the_matrix(hidden):
    network = random_network(hidden)
    U, s, _ = np.linalg.svd(jacobian(network, X), full_matrices=False)
    found = features(network, X)
    assert np.allclose(found.singular_values, s, rtol=0, atol=1e-13 * s[0])
    distinct = found.rank
    at_points = found.principal(X, distinct)
    expected = U[:, :distinct] * s[:distinct]
    # The vectors of neighbouring singular values are the worse conditioned the nearer these are.
    signs = np.sign(np.sum(at_points * expected, axis=0))
    assert np.allclose(at_points, signs * expected, rtol=0, atol=1e-9 * s[0])


def test_a_feature_is_positive_where_it_is_first_large():
    at_points = features(random_network((30,)), X).principal(X, 10)
    for values in at_points.T:
        size = np.abs(values)
        assert values[np.argmax(size >= 0.5 * size.max())] > 0


def test_features_between_the_points_change_f_as_their_direction_says():
    network = random_network((6,))
    found = features(network, X)
    between, step = np.array([-0.77, 0.123, 0.5]), 1e-6
    moved = network.parameters() + step * found.directions[:, 1]
    difference = Network.from_parameters(moved, (6,))(between) - network(between)
    assert np.allclose(difference / step, found.principal(between)[:, 1], atol=1e-5)


def test_points_in_any_order_have_the_same_features():
    network = random_network((6,))
    assert np.array_equal(
        features(network, X[::-1]).singular_values, features(network, X).singular_values
    )


@pytest.mark.parametrize("hidden", SHAPES)
def test_layers_add_up_to_the_kernel_of_all(hidden):
    network = random_network(hidden)
    last = len(hidden) + 1
    squares = [
        np.sum(features(network, X, layer=k).singular_values ** 2) for k in range(1, last + 1)
    ]
    assert sum(squares) == pytest.approx(np.sum(features(network, X).singular_values ** 2))
    (output,) = np.atleast_2d(features(network, X, "output").singular_values)
    assert np.allclose(output, features(network, X, layer=last).singular_values)


def test_every_unit_has_two_directions_by_its_three_parameters():
    """w ∂f/∂w + b ∂f/∂b = v ∂f/∂v, and one more for the output bias."""
    network = random_network((4,))
    elbows = np.array([-0.6, -0.2, 0.2, 0.6])
    placed = Network(network.weights, (-elbows * network.slope, network.biases[1]))
    assert features(placed, X).rank == 2 * 4 + 1


def test_the_spectrum_of_ramps_is_that_of_a_beam():
    """d⁴/dx⁴ of the kernel of ramps of slope ±1 is δ: the eigenvalues are those of a beam with free
    ends, ((k − 3/2) π)⁻⁴, times 2 m for m units, without a free constant.
    """
    m = 800
    plan = prepare(
        small(
            data__samples=400,
            data__positions="even",
            data__noise=0,
            network__hidden=m,
            network__slopes=[1, -1] * (m // 2),
            network__elbows="even",
            training__batch_size=40,
        )
    )
    found = features(plan.initial, plan.dataset.x_train, "output")
    k = np.arange(8, 26)
    ratio = found.curvatures[k - 1] * ((k - 1.5) * np.pi) ** 4 / (2 * m)
    assert np.mean(ratio) == pytest.approx(1, abs=0.03)
    assert np.all(np.abs(ratio - 1) < 0.06)


def test_dead_units_have_columns_of_zeros():
    weights = (np.array([[1.0, 1.0]]), np.array([[1.0], [2.0]]))
    network = Network(weights, (np.array([-0.2, -5.0]), np.array([0.0])))
    found = features(network, X)
    assert found.flat_parameters == 3
    assert found.rank == 3
    assert np.isfinite(found.condition)
    assert np.all(found.singular_values[3:] < 1e-14)


def test_a_network_whose_parameters_all_stand_still_has_no_rank():
    network = Network((np.array([[1.0]]), np.array([[1.0]])), (np.array([-9.0]), np.zeros(1)))
    found = features(network, X, output_bias=False)
    assert found.rank == 0
    assert np.isnan(found.effective_rank)
    assert np.isnan(found.condition)
    assert np.array_equal(found.principal(X), np.zeros((40, 3)))


def test_one_training_point_has_one_direction_the_gradient():
    network, x = random_network((5,)), np.array([0.3])
    found = features(network, x)
    assert found.singular_values == pytest.approx([np.linalg.norm(jacobian(network, x))])
    assert (found.rank, found.condition) == (1, 1.0)
    assert found.effective_rank == pytest.approx(1)


def test_what_has_no_features_is_told_so():
    network = random_network((3, 2))
    with pytest.raises(InputError, match="the network has no layer 4"):
        features(network, X, layer=4)
    with pytest.raises(InputError, match="layer 1 does not learn: only the output layer does"):
        features(network, X, "output", layer=1)
    with pytest.raises(InputError, match="features are those of training points"):
        features(network, [])
    for bad in (np.nan, np.inf, 1e200, 1e308):
        vector = network.parameters()
        vector[:] = bad
        with pytest.raises(InputError, match="its derivatives are not finite"):
            features(Network.from_parameters(vector, (3, 2)), X)


def test_effective_rank_counts_equal_directions():
    assert effective_rank(np.array([2.0, 2.0, 2.0, 0.0])) == pytest.approx(3)
    assert effective_rank(np.array([1.0, 1e-320])) == pytest.approx(1)
    assert effective_rank(np.array([3.0, 1.0])) == pytest.approx(
        np.exp(-0.75 * np.log(0.75) - 0.25 * np.log(0.25))
    )


def test_leading_singular_values_are_those_of_the_whole(monkeypatch):
    network = random_network((20, 9))
    whole = features(network, X)
    monkeypatch.setattr(relusgd.diagnostics.decomposed_jacobian, "MOST_NUMBERS", 100)
    monkeypatch.setattr(relusgd.diagnostics.decomposed_jacobian, "LEADING", 8)
    leading = features(network, X)
    assert (leading.whole, len(leading.singular_values)) == (False, 8)
    assert np.allclose(leading.singular_values, whole.singular_values[:8], rtol=1e-11)
    assert np.allclose(leading.principal(X), whole.principal(X, 8), atol=1e-8)
    assert np.isnan(leading.effective_rank)


def test_leading_singular_values_of_equal_ones_are_all_found():
    class Identity:
        shape = (6, 6)
        times = transposed_times = staticmethod(lambda vector: vector.copy())

    assert np.allclose(leading_triplets(Identity(), 4).values, 1)


def test_shares_are_what_gradient_descent_learns_of_the_linearised_network():
    network, count = random_network((30,)), 6
    found = features(network, X)
    J, n = jacobian(network, X), len(X)
    rate = 1.5 / found.curvatures[0]
    u = found.principal(X, count) / found.singular_values[:count]
    y = u.sum(axis=1)
    for momentum, nesterov in ((0.0, False), (0.6, False), (0.6, True)):
        change, velocity = np.zeros(J.shape[1]), np.zeros(J.shape[1])
        for this_rate in [rate] * 7 + [0.3 * rate] * 4:
            g = 2 / n * J.T @ (J @ change - y)
            velocity = momentum * velocity + g
            change -= this_rate * (g + momentum * velocity if nesterov else velocity)
        learned = u.T @ (J @ change)
        phases = [(rate, 7), (0.3 * rate, 4)]
        curvatures = found.curvatures[:count]
        shares = learned_shares(curvatures, phases, momentum, nesterov=nesterov)
        has_grown = np.abs(1 - learned) > 1
        assert np.array_equal(np.isnan(shares), has_grown)
        assert np.allclose(shares[~has_grown], learned[~has_grown], rtol=1e-8)


def test_shares_where_little_is_learned_keep_their_digits_and_where_it_grows_are_none():
    shares = learned_shares(np.array([1e-9, 0.0, 100.0, 101.0]), [(0.02, 1000)])
    assert shares[0] == pytest.approx(2e-8, rel=1e-6)
    assert shares[1] == 0
    assert shares[2] == 0  # exactly at the edge: the error keeps its size
    assert np.isnan(shares[3])
    assert np.array_equal(learned_shares(np.array([1.0, 500.0]), []), [0, 0])


def test_phases_of_one_rate_are_joined():
    assert phases_of([(0.1, 5), (0.1, 5), (0.05, 5), (0.1, 2)]) == [(0.1, 10), (0.05, 5), (0.1, 2)]


def test_ridge_learns_what_its_penalty_leaves():
    assert ridge_shares(np.array([1.0, 1e-3, 0.0]), 1e-6) == pytest.approx([1 / 1.000001, 0.5, 0])
    assert np.array_equal(ridge_shares(np.array([2.0, 0.0]), 0.0), [1, 0])


@pytest.fixture
def large(monkeypatch):
    """Every J that is not tiny counts as large."""
    monkeypatch.setattr(relusgd.diagnostics.decomposed_jacobian, "MOST_NUMBERS", 40 * 26)
    monkeypatch.setattr(relusgd.diagnostics.decomposed_jacobian, "PART_NUMBERS", 100)


@pytest.mark.parametrize("layers", ["all", "hidden", "output"])
@pytest.mark.parametrize("output_bias", [True, False])
def test_wide_layers_are_compressed_to_their_sets_of_active_points(layers, output_bias, large):
    """Units in few places, some dead, some always on, some of slope 0."""
    rng = np.random.default_rng(3)
    slope = rng.normal(size=90)
    elbow = rng.choice([-0.5, -0.1, 0.1, 0.4, 0.8, 1.5, -1.5], size=90)
    bias = -elbow * slope
    slope[:2], bias[:2] = 0.0, [1.0, -1.0]
    network = Network((slope[None], rng.normal(size=(90, 1))), (bias, np.ones(1)))
    found = features(network, X, layers, output_bias=output_bias)
    J = jacobian(network, X)[:, found.columns]
    U, s, _ = np.linalg.svd(J, full_matrices=False)
    assert found.shape == J.shape
    assert found.whole
    assert np.allclose(found.singular_values, s, rtol=0, atol=1e-13 * s[0])
    assert found.rank == found.directions.shape[1] < 40
    at_points, k = found.principal(X), found.rank
    signs = np.sign(np.sum(at_points * U[:, :k], axis=0))
    assert np.allclose(at_points, signs * U[:, :k] * s[:k], rtol=0, atol=1e-8 * s[0])
    assert found.flat_parameters == np.count_nonzero(~J.any(axis=0))


def test_tall_matrices_are_decomposed_part_by_part(large):
    x = np.sort(np.random.default_rng(4).uniform(-1, 1, 300))
    for hidden in ((5,), (4, 3)):
        network = random_network(hidden)
        found, expected = features(network, x), np.linalg.svd(jacobian(network, x))[1]
        assert found.whole
        assert np.allclose(found.singular_values, expected, rtol=0, atol=1e-13 * expected[0])
        assert found.principal(x).shape == (300, parameter_count(hidden))
