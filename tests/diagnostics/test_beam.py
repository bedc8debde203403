"""The eigenvalues of the hidden layer's outputs beside those of a beam."""

import numpy as np
import pytest

from relusgd.diagnostics.references.beam import beam_ratios


def hidden_outputs(slopes, *, points=200, length=1.0):
    """Outputs of units whose elbows stand in the middle of equal parts of the interval."""
    x = np.linspace(0, length, points)
    m = len(slopes)
    elbows = (np.arange(m) + 0.5) / m * length
    return np.maximum(slopes * (x[:, None] - elbows), 0.0)


SIGNS = np.tile([1.0, -1.0], 500)


def test_the_spectrum_of_units_of_slope_one_is_the_beams_without_a_free_constant():
    ratios = beam_ratios(hidden_outputs(SIGNS))
    assert ratios.mean() == pytest.approx(1, abs=0.03)
    assert ratios == pytest.approx(1, abs=0.06)


def test_it_scales_as_the_square_of_the_length():
    on_one = beam_ratios(hidden_outputs(SIGNS))
    on_three = beam_ratios(hidden_outputs(SIGNS, length=3.0), length=3.0)
    assert on_three == pytest.approx(on_one)


def test_other_slopes_have_the_spectrum_times_their_mean_square():
    slopes = np.random.default_rng(0).uniform(-1, 1, 1000)
    assert beam_ratios(hidden_outputs(slopes)).mean() == pytest.approx(1 / 3, abs=0.03)


def test_outputs_from_which_the_mean_is_taken_have_another_spectrum():
    Phi = hidden_outputs(SIGNS)
    assert beam_ratios(Phi - Phi.mean(axis=0)).mean() < 0.8


def test_k_is_among_the_singular_values():
    with pytest.raises(ValueError, match=r"k is 3 … 20 for outputs of shape \(20, 1000\)"):
        beam_ratios(hidden_outputs(SIGNS, points=20))
