"""The output layer's step on hidden outputs that never change, against the reference
backpropagation.
"""

import numpy as np
import pytest

from relusgd.gradients.backprop import backprop
from relusgd.gradients.dense import ACTIVATION_BYTES, activations_fit, output_kernel
from relusgd.model.network import Network, parameter_count, split_parameters

ROWS = {
    "a batch": np.array([3, 4, 8, 15]),
    "in any order": np.array([9, 0, 5]),
    "with repetitions": np.array([2, 2, 2, 19]),
    "one point": np.array([7]),
    "all points": None,
}


def problem(hidden):
    """Parameters, x and y of 20 points."""
    generator = np.random.default_rng(5)
    x = np.sort(generator.uniform(-1, 1, 20))
    return generator.normal(size=parameter_count(hidden)), x, generator.normal(size=20)


def kernel_of(hidden):
    parameters, x, y = problem(hidden)
    gradient = np.full_like(parameters, 7.0)
    return (
        output_kernel(
            Network.from_parameters(parameters.copy(), hidden), x, y, parameters, gradient
        ),
        parameters,
        gradient,
    )


@pytest.mark.parametrize("hidden", [(1,), (6,), (5, 4)])
@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
def test_the_gradient_is_that_of_backpropagation(hidden, rows):
    kernel, parameters, gradient = kernel_of(hidden)
    _, x, y = problem(hidden)
    kernel(rows)
    chosen = slice(None) if rows is None else rows
    weights, biases = split_parameters(parameters, hidden)
    wanted = backprop(weights, biases, x[chosen, None], y[chosen, None])
    expected = np.append(wanted.weights[-1].ravel(), wanted.biases[-1]) * len(x[chosen]) / 2
    np.testing.assert_allclose(
        gradient[-len(expected) :], expected, rtol=1e-13, atol=1e-14 * np.abs(expected).max()
    )
    np.testing.assert_array_equal(gradient[: -len(expected)], 7)


def test_it_reads_the_output_layer_of_the_moment_and_keeps_nothing_of_the_call_before():
    kernel, parameters, gradient = kernel_of((6,))
    for rows in (ROWS["a batch"], None, ROWS["with repetitions"], ROWS["a batch"]):
        parameters[-7:] += 1.0
        fresh, others, wanted = kernel_of((6,))
        others[:] = parameters
        kernel(rows)
        fresh(rows)
        np.testing.assert_array_equal(gradient, wanted)


def test_activations_that_would_fill_the_memory_do_not_fit():
    assert activations_fit(200, 40)
    assert activations_fit(ACTIVATION_BYTES // 8, 0)
    assert not activations_fit(ACTIVATION_BYTES // 8 + 1, 0)
    assert not activations_fit(ACTIVATION_BYTES // 8, 1)
