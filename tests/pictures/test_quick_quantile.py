"""Quantiles without numpy.quantile."""

import numpy as np
import pytest

from relusgd.pictures.kit.quick_quantile import quantile


@pytest.mark.parametrize("count", [1, 2, 3, 40, 1001])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.85, 0.95, 1.0])
def test_a_quick_quantile_is_numpys_to_the_last_bits(count, share):
    values = np.random.default_rng(count).normal(size=count)
    assert quantile(values, share) == pytest.approx(np.quantile(values, share), rel=1e-15)


def test_one_nan_makes_the_quantile_nan():
    assert np.isnan(quantile(np.array([1.0, np.nan, 2.0, 3.0]), 0.02))


def test_values_stay_in_their_order():
    values = np.array([3.0, 1.0, 2.0])
    quantile(values, 0.5)
    assert values.tolist() == [3.0, 1.0, 2.0]
