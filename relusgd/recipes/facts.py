"""What claims may speak of besides quantities: facts of a run, and independent references."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from relusgd.config import Config
from relusgd.diagnostics.references import convex_optimum as convex
from relusgd.diagnostics.references import least_trace as trace
from relusgd.diagnostics.references.beam import beam_ratios
from relusgd.diagnostics.references.born_dead import born_dead_probability
from relusgd.diagnostics.references.input_noise import noisy_optimum
from relusgd.diagnostics.references.line import least_squares_line
from relusgd.diagnostics.references.single_unit import best_single_unit
from relusgd.diagnostics.references.spectral_filter import early_stopped, ridge_at_step
from relusgd.diagnostics.references.splines import natural_cubic_spline
from relusgd.model.network import Array, Integers, parameter_count
from relusgd.runs.recorded_training import RecordedTraining
from relusgd.training.ridge import output_regressors, solve


class TrainedRun(RecordedTraining, Protocol):
    """A run with its config, recorded in a folder or kept in memory."""

    @property
    def config(self) -> Config: ...


Fact = Callable[[TrainedRun], float]

FACTS: dict[str, Fact] = {}
"""By name, the facts and references."""

NEEDS: dict[str, Callable[[], None]] = {"least_trace": trace.check_installed}
"""By name, what raises InputError where a reference lacks what it needs."""


def fact(measure: Fact) -> Fact:
    """Make a function a name of claims."""
    FACTS[measure.__name__] = measure
    return measure


# What the config says


@fact
def width(run: TrainedRun) -> float:
    """Units of the first hidden layer."""
    return run.config.width


@fact
def units(run: TrainedRun) -> float:
    """Units of all hidden layers."""
    return sum(run.config.network.hidden)


@fact
def depth(run: TrainedRun) -> float:
    """Hidden layers."""
    return len(run.config.network.hidden)


@fact
def parameters(run: TrainedRun) -> float:
    """Weights and biases."""
    return parameter_count(run.config.network.hidden)


@fact
def points(run: TrainedRun) -> float:
    """Training points."""
    return len(run.data.x_train)


@fact
def weight_decay(run: TrainedRun) -> float:
    return run.config.training.weight_decay


@fact
def noise_variance(run: TrainedRun) -> float:
    """noise² of the training y, in network units."""
    noise = run.data.noise or 0.0
    return (noise / run.scaling.y_deviation) ** 2


# References: what something else than this training gives on the same points


@fact
def line_mse(run: TrainedRun) -> float:
    """Training error of the straight line of least squares."""
    x, y = run.data.x_train, run.data.y_train
    line = least_squares_line(x, y)
    return _mse(line(x), y)


@fact
def constant_mse(run: TrainedRun) -> float:
    """Training error of the best constant."""
    return float(np.var(run.data.y_train))


@fact
def spline_test_mse(run: TrainedRun) -> float:
    """Test error of the natural cubic spline through the training points."""
    data = run.data
    spline = natural_cubic_spline(data.x_train, data.y_train)
    return _mse(spline(data.x_test), data.y_test)


def _mse(values: Array, y: Array) -> float:
    return float(np.mean(np.square(values - y)))


@fact
def best_unit_mse(run: TrainedRun) -> float:
    """Least training error of any single unit, without an output bias."""
    return best_single_unit(run.data.x_train, run.data.y_train).mse


@fact
def convex_optimum(run: TrainedRun) -> float:
    """Least training error + weight_decay/2 · |θ|² of any network without an output bias."""
    decay = run.config.training.weight_decay
    optimum = convex.convex_optimum(run.data.x_train, run.data.y_train, decay)
    return optimum.objective


@fact
def least_trace(run: TrainedRun) -> float:
    """Least (2/n) Σ |∇f(x_i)|² of any network through the points. Needs the extra `verify`."""
    trace.check_installed()
    return trace.least_trace(run.data.x_train, run.data.y_train).trace


@fact
def born_dead(run: TrainedRun) -> float:
    """The probability that a network of this width and depth is constant on x > 0."""
    hidden = run.config.network.hidden
    return born_dead_probability(hidden[0], len(hidden))


@fact
def beam_ratio(run: TrainedRun) -> float:
    """The mean ratio of eigenvalues of the initial features to those of a vibrating beam."""
    features = run.plan.initial.activations(run.data.x_train)[-1]
    return float(np.mean(beam_ratios(features)))


# References that go with the steps

CourseOf = Callable[[TrainedRun, Integers], Array]

COURSES: dict[str, CourseOf] = {}
"""By name, what has a value at every snapshot; given the rows that are asked for."""


def course(measure: CourseOf) -> CourseOf:
    """Make a function a name of claims."""
    COURSES[measure.__name__] = measure
    return measure


@course
def filter_distance(run: TrainedRun, rows: Integers) -> Array:
    """The largest |f − filtered y| at the training points.

    The filter is what full-batch descent on the output layer alone, from output weights of 0, is in
    closed form.
    """
    data = run.data
    history = run.history.select(rows)
    Phi = _output_features(run, data.x_train)
    filtered = early_stopped(Phi, data.y_train, run.config.learning_rate, history.step)
    distances = np.abs(history.values(data.x_train) - filtered)
    return np.asarray(np.max(distances, axis=1))


@course
def early_ridge_mse(run: TrainedRun, rows: Integers) -> Array:
    """The test error of ridge regression with the penalty n/(2 · rate · step)."""
    data = run.data
    rate = run.config.learning_rate
    Phi = _output_features(run, data.x_train)
    test_Phi = _output_features(run, data.x_test)
    errors = []
    for step in run.history.step[rows].tolist():
        found = ridge_at_step(Phi, data.y_train, rate, step, test_Phi, data.y_test)
        errors.append(found.test_error)
    return np.array(errors)


@course
def input_noise_distance(run: TrainedRun, rows: Integers) -> Array:
    """How far f is from the function of the least expected loss under the run's noise on x.

        |f − f*| / |f_0 − f*| at the training points

    f*: with the output weights of the least expected loss; f_0: with those of least squares without
    noise, so that 1 is as far as training without noise ends. nan for several hidden layers, and
    without noise on x.
    """
    plan = run.plan
    deviation = plan.descent.noise.on_x
    if len(plan.hidden) > 1 or deviation == 0:
        return np.full(len(rows), np.nan)
    x, y = run.data.x_train, run.data.y_train
    Phi = _output_features(run, x)
    has_bias = run.config.network.output_bias
    best_weights = noisy_optimum(plan.initial, x, y, deviation, output_bias=has_bias)
    least_squares = solve(Phi, y, 0.0)
    f_star = Phi @ best_weights
    f_0 = Phi @ least_squares
    f = run.history.select(rows).values(x)
    distances = np.linalg.norm(f - f_star, axis=1)
    return np.asarray(distances / np.linalg.norm(f_0 - f_star))


def _output_features(run: TrainedRun, x: Array) -> Array:
    """The inputs of the output layer at x, of the network at the start."""
    return output_regressors(run.plan.initial, x, output_bias=run.config.network.output_bias)
