import numpy as np
import pytest

from relusgd.errors import RelusgdError
from relusgd.model.initial import InitialNetwork
from relusgd.model.network import Network
from relusgd.model.target_points import sample_dataset
from relusgd.model.targets import parse_target
from relusgd.training.ridge import output_curvatures, ridge, solve


def features_and_targets(rank=5):
    generator = np.random.default_rng(0)
    features = generator.normal(size=(30, rank)) @ generator.normal(size=(rank, 8))
    return features, generator.normal(size=30)


@pytest.mark.parametrize("penalty", [1e-6, 1e-2, 3.0])
def test_the_solution_fulfils_the_normal_equations(penalty):
    features, y = features_and_targets()
    a = solve(features, y, penalty)
    np.testing.assert_allclose(features.T @ (features @ a - y) + penalty * a, 0, atol=1e-10)


def test_without_penalty_it_is_the_least_squares_solution_of_minimum_norm():
    features, y = features_and_targets(rank=5)  # 8 columns: infinitely many solutions
    np.testing.assert_allclose(
        solve(features, y, 0.0), np.linalg.pinv(features, rcond=1e-12) @ y, atol=1e-10
    )


def test_more_units_than_points_are_solved_as_well():
    features, y = features_and_targets()
    wide, few = features.T, y[:8]
    np.testing.assert_allclose(
        solve(wide, few, 0.5),
        np.linalg.solve(wide.T @ wide + 0.5 * np.eye(30), wide.T @ few),
        atol=1e-10,
    )


def test_the_network_keeps_its_hidden_layers_and_takes_the_solution():
    network = InitialNetwork((6, 4), (0.0, 1.0)).draw(np.random.RandomState(0))
    x = np.linspace(0, 1, 25)
    y = np.sin(5 * x)
    solved = ridge(network, x, y, 1e-3)
    assert all(
        np.array_equal(a, b) for a, b in zip(solved.weights[:-1], network.weights[:-1], strict=True)
    )
    features = np.column_stack([network.activations(x)[-1], np.ones(25)])
    np.testing.assert_allclose(solved(x), features @ solve(features, y, 1e-3), atol=1e-12)
    unbiased = ridge(network, x, y, 1e-3, output_bias=False)
    assert unbiased.output_bias == 0.0
    np.testing.assert_allclose(unbiased.output_weight, solve(features[:, :-1], y, 1e-3), atol=1e-12)


def test_ten_elbows_placed_at_the_targets_knots_recover_it():
    dataset = sample_dataset(
        parse_target("piecewise_linear"),
        domain=(0.0, 1.0),
        samples=200,
        positions="random",
        noise=0.1,
        test_samples=1000,
        seed=1,
    )
    placed = InitialNetwork(
        (10,), (0.0, 1.0), elbows=tuple(k / 10 for k in range(10)), slopes=1.0
    ).draw(np.random.RandomState(0))
    solved = ridge(placed, dataset.x_train, dataset.y_train, 1e-6)
    test_mse = np.mean((solved(dataset.x_test) - dataset.y_test) ** 2)
    assert test_mse == pytest.approx(0.0005, abs=0.00025)


def test_features_that_are_not_finite_are_an_error():
    with pytest.raises(RelusgdError, match="not finite"):
        solve(np.array([[np.inf]]), np.ones(1), 1.0)


def test_the_curvatures_of_two_points_are_those_worked_out_by_hand():
    network = Network((np.array([[1.0]]), np.array([[0.0]])), (np.array([0.0]), np.array([0.0])))
    # Φ = [[0, 1], [1, 1]] at x = −1, 1, and (2/2) ΦᵀΦ = [[1, 1], [1, 2]]
    np.testing.assert_allclose(
        output_curvatures(network, np.array([-1.0, 1.0])),
        [(3 + 5**0.5) / 2, (3 - 5**0.5) / 2],
        rtol=1e-14,
    )
    np.testing.assert_allclose(
        output_curvatures(network, np.array([-1.0, 1.0]), output_bias=False), [1.0], rtol=1e-14
    )


def test_directions_along_which_nothing_changes_have_no_curvature():
    network = InitialNetwork((8,), (0.0, 1.0)).draw(np.random.RandomState(0))
    network.weights[0][0, 3] = network.biases[0][3] = 0.0  # a unit whose output is 0 everywhere
    curvatures = output_curvatures(network, np.linspace(0, 1, 5))
    assert curvatures.shape == (9,)
    assert (np.diff(curvatures) <= 0).all()
    assert np.count_nonzero(curvatures) <= 5
