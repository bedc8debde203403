"""The numbers by which causes are judged: bends, noise, careful steps, courses, crowds."""

import numpy as np
import pytest

from relusgd.config import load_config
from relusgd.diagnostics.evidence.bends import bend_errors
from relusgd.diagnostics.evidence.careful_steps import careful_mse
from relusgd.diagnostics.evidence.course import ErrorCourse
from relusgd.diagnostics.evidence.crowding import bends_between_points, crowded_place
from relusgd.diagnostics.evidence.noise_level import equal_x_mse, noise_level
from relusgd.diagnostics.evidence.output_layer import best_output_layer_mse
from relusgd.diagnostics.evidence.slow_directions import slow_directions
from relusgd.diagnostics.measures import train_mse
from relusgd.diagnostics.unusual_data import outliers
from relusgd.gradients.jacobian import jacobian
from relusgd.model.network import Network
from relusgd.training import prepare

KNOTS = np.array([0.0, 0.2, 0.5, 0.8, 1.0])
X = np.linspace(0, 1, 101)
ZIGZAG = np.interp(X, KNOTS, [0, 1, -1, 2, 0])


def dataset_of(x, y):
    points = {"kind": "points", "x": list(map(float, x)), "y": list(map(float, y))}
    return prepare(load_config({"data": points})).dataset


def units_at(elbows):
    """A network with a unit of slope 1 and output weight 1 at each elbow."""
    elbows = np.array(elbows)
    ones = np.ones(len(elbows))
    return Network((ones[None], ones[:, None]), (-elbows, np.zeros(1)))


def test_as_many_bends_as_the_target_has_fit_it_and_the_line_is_that_of_least_squares():
    errors = bend_errors(X, ZIGZAG, 10)
    line = np.polyval(np.polyfit(X, ZIGZAG, 1), X)
    assert errors[0] == pytest.approx(np.mean((ZIGZAG - line) ** 2))
    assert errors[2] > 0.01
    assert errors[3] < 1e-20
    assert (np.diff(errors) < 0).all()


def test_bends_of_one_gap_between_points_count_once():
    x = np.array([0.0, 1.0, 2.0, 3.0])
    assert bends_between_points(units_at([0.2, 0.4, 0.6, 2.5]), x) == 2
    assert bends_between_points(units_at([-1.0, 5.0]), x) == 0


def test_a_crowd_is_where_most_bends_are_within_a_tenth_of_the_range():
    crowd = crowded_place(units_at([0.1, 0.50, 0.52, 0.55, 0.9]), X)
    assert crowd == pytest.approx((0.50, 0.55, 0.6))
    assert crowded_place(units_at([-1.0, 2.0]), X) is None


def test_noise_is_that_of_the_target_where_it_is_known():
    dataset = prepare(load_config({"data": {"target": "sin(3*x)", "noise": 0.3}})).dataset
    noise = dataset.y_train - np.sin(3 * dataset.x_train)
    assert noise_level(dataset) == (pytest.approx(np.mean(noise**2)), "target")


def test_noise_is_what_points_of_one_x_differ_by():
    x, y = np.array([0.0, 0.0, 1.0, 1.0]), np.array([1.0, 3.0, 5.0, 5.0])
    assert equal_x_mse(x, y) == pytest.approx(0.5)  # 1, 1, 0 and 0 are the squares
    assert noise_level(dataset_of(x, y)) == (pytest.approx(0.5), "equal x")


def test_noise_of_points_beside_each_other_is_estimated_without_bias_on_a_line():
    noise = np.random.RandomState(0).randn(4000)
    x = np.sort(np.random.RandomState(1).rand(4000))
    level = noise_level(dataset_of(x, 2 * x + 0.5 * noise))
    assert level.source == "neighbours"
    assert level.mse == pytest.approx(0.25, rel=0.1)
    assert noise_level(dataset_of(X, 3 * X - 1)).mse < 1e-28


def test_an_outlier_changes_the_estimate_little():
    noise = 0.1 * np.random.RandomState(0).randn(len(X))
    noise[50] = 100
    assert noise_level(dataset_of(X, noise)).mse < 0.02
    assert outliers(dataset_of(X, noise)).tolist() == [50]
    assert len(outliers(dataset_of(X, np.where(X > 0.5, 1.0, 0.0)))) == 0


def test_a_careful_step_is_a_gradient_step():
    """On f = a x + c with one always-on unit: worked out by hand."""
    dataset = dataset_of([1.0, 2.0], [0.0, 0.0])
    network = units_at([0.0])
    # r = (1, 2): loss 2.5; over the output layer g_v = 2/2 Σ r x = 5, g_c = Σ r = 3
    after = careful_mse(network, dataset, 0.1, 1, layers="output")
    v, c = 1 - 0.5, 0 - 0.3
    assert after == pytest.approx(((v + c) ** 2 + (2 * v + c) ** 2) / 2)
    assert careful_mse(network, dataset, 0.1, 0) == 2.5


def test_the_best_output_layer_is_that_of_least_squares():
    network = units_at([0.0, 0.2, 0.5, 0.8])
    dataset = dataset_of(X, ZIGZAG)
    assert best_output_layer_mse(network, dataset) < 1e-20
    assert best_output_layer_mse(units_at([2.0]), dataset) == pytest.approx(np.var(ZIGZAG))
    assert train_mse(network, dataset) > 0.9


def test_steps_and_condition_follow_from_the_singular_values():
    network, dataset = units_at([0.1, 0.6]), dataset_of(X, ZIGZAG)
    slow = slow_directions(network, dataset, 0.01)
    s = np.linalg.svd(jacobian(network, X), compute_uv=False)
    s = s[s > 1e-10]
    assert slow.condition == pytest.approx((s[0] / s[-1]) ** 2)
    steps = 1 / (0.01 * 2 / len(X) * s**2)
    assert np.isclose(steps, slow.steps_of_next).any()


def test_a_course_tells_by_how_much_the_error_fell_and_how_long_it_takes_to_halve():
    step = np.arange(0, 1001, 10)
    missing = np.exp(-step / 500)
    nothing = np.full(len(step), np.nan)
    course = ErrorCourse(step, 0.5 + missing, nothing, nothing)
    assert course.fall(0.5) == pytest.approx(1 - np.exp(-300 / 500), rel=0.02)
    assert course.steps_to_halve(0.5) == pytest.approx(500 * np.log(2), rel=0.03)
    assert course.best_test() is None
    flat = ErrorCourse(step, np.full(len(step), 0.7), nothing, nothing)
    assert flat.fall(0.5) == 0
    assert flat.steps_to_halve(0.5) is None
    assert ErrorCourse(step[:5], missing[:5], nothing[:5], nothing[:5]).fall(0.0) is None
