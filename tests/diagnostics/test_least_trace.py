"""The least trace by hand, and against other networks through the same points."""

import numpy as np
import pytest

from relusgd.diagnostics.references import least_trace as module
from relusgd.diagnostics.references.least_trace import least_trace
from relusgd.errors import InputError
from relusgd.gradients.jacobian import jacobian
from relusgd.model.network import Network

X = np.array([-1, -0.6, -0.2, 0.2, 0.6, 1])
Y = np.array([0, 0.45, 0.75, 0.8, 0.5, 0.1])


@pytest.fixture
def scipy():
    return pytest.importorskip("scipy")


def trace(network, x):
    return 2 / len(x) * np.sum(jacobian(network, x) ** 2)


def test_the_network_goes_through_the_points_and_has_the_trace(scipy):
    best = least_trace(X, Y, 1000)
    assert best.network(X) == pytest.approx(Y, abs=1e-9)
    assert trace(best.network, X) == pytest.approx(best.trace, rel=1e-9)


def test_a_constant_needs_the_output_bias_alone(scipy):
    assert least_trace(np.array([0.5]), np.array([3.0]), 100).trace == pytest.approx(2)
    assert least_trace(X, np.full(6, -4.0), 100).trace == pytest.approx(2)


@pytest.mark.parametrize(
    ("x", "expected"),
    [((-1, 1), 2 + 2 * np.sqrt(2)), ((0, 1), 4), ((3, 1), 2 + 2 * np.sqrt(2))],
)
def test_two_points_worked_out_by_hand(scipy, x, expected):
    """A unit that is active at x alone and bends f by 1 there adds (4/2) √(x² + 1), however far its
    elbow is; the point nearer to 0 is the cheaper one. The output bias adds 2."""
    assert least_trace(np.array(x, float), np.array([0.0, 1.0]), 1000).trace == pytest.approx(
        expected
    )


def test_label_noise_leaves_the_mean_of_points_that_share_an_x(scipy):
    noisy = least_trace(np.tile(X, 2), np.concatenate([Y + 0.4, Y - 0.4]), 1000)
    assert noisy.trace == pytest.approx(least_trace(X, Y, 1000).trace)


def test_more_directions_hardly_change_it(scipy):
    few, many = (least_trace(X, Y, directions).trace for directions in (500, 4000))
    assert many == pytest.approx(few, rel=1e-7)
    assert many <= few + 1e-9


def test_no_other_network_through_the_points_has_less(scipy):
    least = least_trace(X, Y, 2000).trace
    generator = np.random.default_rng(0)
    for _ in range(300):
        slope, bias = generator.normal(size=(2, 30))
        outputs = np.maximum(np.outer(X, slope) + bias, 0.0)
        c = generator.normal()
        v = np.linalg.lstsq(outputs, Y - c, rcond=None)[0]
        network = Network((slope[None, :], v[:, None]), (bias, np.array([c])))
        if np.abs(network(X) - Y).max() < 1e-9:
            assert trace(network, X) > least


def test_moving_the_best_network_through_the_points_has_more(scipy):
    """New directions and scales; the output weights are solved anew."""
    best = least_trace(X, Y, 2000)
    generator = np.random.default_rng(0)
    for change in (1e-1, 1e-2, 1e-3):
        for _ in range(50):
            factor = np.exp(change * generator.normal(size=best.network.hidden))
            slope = best.network.slope * factor
            bias = best.network.bias * factor + change * generator.normal(size=len(slope))
            outputs = np.maximum(np.outer(X, slope) + bias, 0.0)
            regressors = np.column_stack([outputs, np.ones(6)])
            solved = np.linalg.lstsq(regressors, Y, rcond=None)[0]
            network = Network((slope[None, :], solved[:-1, None]), (bias, solved[-1:]))
            if np.abs(network(X) - Y).max() < 1e-9:
                assert trace(network, X) > best.trace * (1 - 1e-6)


def test_without_scipy_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="needs SciPy") as caught:
        least_trace(X, Y)
    assert caught.value.hint == "pip install 'relusgd[verify]' installs it"
