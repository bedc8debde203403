import math

import numpy as np

from relusgd.config import load_config
from relusgd.training import prepare


def notebook_target(x):
    """The notebook's formula: weights by floor and ceil, between values sin(12345 k) at k/10."""
    low, high = math.floor(10 * x), math.ceil(10 * x)
    return (high - 10 * x) * math.sin(12345 * low) + (10 * x - low) * math.sin(12345 * high)


def test_the_default_training_data_are_the_notebooks():
    dataset = prepare(load_config({"seed": 0})).dataset
    generator = np.random.RandomState(1)
    x = np.sort(generator.rand(200))
    y = np.array([notebook_target(value) for value in x]) + 0.1 * generator.randn(200)
    assert dataset.x_train.tobytes() == x.tobytes()
    np.testing.assert_allclose(dataset.y_train, y, rtol=0, atol=1e-14)
    assert (
        dataset.x_test.tobytes() == np.sort(np.concatenate([x, np.linspace(0, 1, 1000)])).tobytes()
    )
