"""The Hessian product of one hidden layer in O(B + H) against the reference with matrices."""

import numpy as np
import pytest

from relusgd.gradients.backprop import hessian_vector
from relusgd.gradients.prefix_sums import hessian_product
from relusgd.model.network import Network, split_parameters


@pytest.mark.parametrize(("B", "H"), [(1, 1), (1, 9), (9, 1), (50, 20), (20, 50)])
def test_it_is_the_product_of_the_reference(B, H):
    for seed in range(5):
        generator = np.random.default_rng(seed)
        x, y = np.sort(generator.uniform(-1, 2, B)), generator.normal(size=B)
        parameters, *directions = generator.normal(size=(4, 3 * H + 1))
        parameters[H] = -(parameters[0] * x[0])
        with np.errstate(all="ignore"):
            product = hessian_product(parameters, H, x, y)
        for direction in directions:
            parts = (split_parameters(vector, [H]) for vector in (parameters, direction))
            (weights, biases), (V, c) = parts
            wanted = Network(
                *hessian_vector(weights, biases, x[:, None], y[:, None], V, c)
            ).parameters()
            np.testing.assert_allclose(
                product(direction), wanted, rtol=0, atol=1e-13 * np.abs(wanted).max()
            )
