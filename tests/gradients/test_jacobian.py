"""J = ∂f/∂θ and its products: against differences, backpropagation, the Hessian and torch."""

from itertools import pairwise

import numpy as np
import pytest

from relusgd.gradients.backprop import backprop, hessian_vector
from relusgd.gradients.jacobian import JacobianProducts, jacobian
from relusgd.model.network import (
    Network,
    layer_parameters,
    learning_parameters,
    parameter_count,
    split_parameters,
)

SHAPES = [(1,), (30,), (7, 5), (4, 6, 3)]


def random_network(hidden, seed=0):
    vector = np.random.default_rng(seed).normal(size=parameter_count(hidden))
    return Network.from_parameters(vector, hidden)


def random_numbers(*shape):
    return np.random.default_rng(1).normal(size=shape)


def relative(given, expected):
    return np.abs(given - expected).max() / max(np.abs(expected).max(), 1e-300)


def flat(weights, biases):
    return Network(weights, biases).parameters()


@pytest.mark.parametrize("hidden", SHAPES)
def test_products_are_those_of_the_matrix(hidden):
    network, x = random_network(hidden), random_numbers(50)
    J, products = jacobian(network, x), JacobianProducts(network, x)
    direction, numbers = random_numbers(J.shape[1]), random_numbers(50)
    assert products.shape == J.shape
    assert relative(products.times(direction), J @ direction) < 1e-13
    assert relative(products.transposed_times(numbers), J.T @ numbers) < 1e-13
    assert relative(products.kernel_times(numbers), J @ (J.T @ numbers)) < 1e-13


def test_products_far_from_zero_keep_their_digits():
    network = random_network((20,))
    years = 1950.0 + random_numbers(40)
    weights = (network.weights[0], network.weights[1])
    at_years = Network(weights, (-1950.0 * network.slope + network.bias, network.biases[1]))
    J, products = jacobian(at_years, years), JacobianProducts(at_years, years)
    numbers = random_numbers(40)
    assert relative(products.transposed_times(numbers), J.T @ numbers) < 1e-12


def test_products_with_units_that_are_dead_flat_or_on_an_elbow():
    slope = np.array([1.0, 0.0, 0.0, -1.0, 1.0, 1e-300])
    bias = np.array([-0.5, 1.0, -1.0, 0.5, -9.0, 1.0])
    weights = (slope[None], np.arange(1.0, 7.0)[:, None])
    network = Network(weights, (bias, np.array([0.3])))
    x = np.array([0.5, -0.5, 0.5, 2.0, 0.0])
    J, products = jacobian(network, x), JacobianProducts(network, x)
    assert np.allclose([products.times(d) for d in np.eye(19)], J.T, rtol=1e-13, atol=1e-15)
    assert np.allclose([products.transposed_times(u) for u in np.eye(5)], J, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("hidden", SHAPES)
def test_the_backward_product_with_residuals_is_the_gradient(hidden):
    network, x, y = random_network(hidden), random_numbers(50), random_numbers(50)
    gradient = backprop(network.weights, network.biases, x[:, None], y[:, None])
    residual = network(x) - y
    expected = flat(gradient.weights, gradient.biases)
    products = JacobianProducts(network, x)
    assert relative(2 / 50 * products.transposed_times(residual), expected) < 1e-13


@pytest.mark.parametrize("hidden", SHAPES)
def test_the_hessian_without_residuals_is_the_gauss_newton_matrix(hidden):
    network, x = random_network(hidden), random_numbers(50)
    direction = random_numbers(parameter_count(hidden))
    V, c = split_parameters(direction, hidden)
    y = network(x)
    product = hessian_vector(network.weights, network.biases, x[:, None], y[:, None], V, c)
    products = JacobianProducts(network, x)
    gauss_newton = 2 / 50 * products.transposed_times(products.times(direction))
    assert relative(gauss_newton, flat(*product)) < 1e-13


@pytest.mark.parametrize("hidden", SHAPES)
def test_a_layer_and_what_learns_are_columns_of_all(hidden):
    network, x = random_network(hidden), random_numbers(20)
    J = jacobian(network, x)
    last = len(hidden) + 1
    by_layer = [J[:, layer_parameters(hidden, layer)] for layer in range(1, last + 1)]
    assert np.array_equal(np.hstack(by_layer), J)
    columns = learning_parameters(hidden, "output", output_bias=False)
    products = JacobianProducts(network, x, columns)
    direction, numbers = random_numbers(products.shape[1]), random_numbers(20)
    assert relative(products.times(direction), J[:, columns] @ direction) < 1e-13
    assert relative(products.transposed_times(numbers), J[:, columns].T @ numbers) < 1e-13
    with pytest.raises(ValueError, match=f"layer must be 1 to {last}, not 0"):
        layer_parameters(hidden, 0)


def test_products_refuse_vectors_of_another_length():
    products = JacobianProducts(random_network((3,)), np.zeros(4))
    with pytest.raises(ValueError, match=r"a direction has the shape \(10,\), not \(4,\)"):
        products.times(np.zeros(4))
    with pytest.raises(ValueError, match=r"the points need the shape \(4,\), not \(10,\)"):
        products.transposed_times(np.zeros(10))


@pytest.mark.parametrize("hidden", SHAPES)
def test_the_jacobian_is_that_of_torch(hidden):
    torch = pytest.importorskip("torch")
    network, x = random_network(hidden), random_numbers(50)
    theta = torch.tensor(network.parameters())

    def f(vector):
        start, a = 0, torch.tensor(x)[:, None]
        for k, (fan_in, fan_out) in enumerate(pairwise([1, *hidden, 1])):
            stop = start + (fan_in + 1) * fan_out
            weight, bias = torch.split(vector[start:stop], [fan_in * fan_out, fan_out])
            z = a @ weight.reshape(fan_in, fan_out) + bias
            start, a = stop, torch.relu(z) if k < len(hidden) else z
        return a[:, 0]

    expected = torch.autograd.functional.jacobian(f, theta).numpy()
    assert relative(jacobian(network, x), expected) < 1e-12
