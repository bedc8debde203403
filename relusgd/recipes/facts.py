"""What claims may speak of besides quantities: facts of a run, and independent references."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from relusgd.config import Config
from relusgd.diagnostics.references.line import least_squares_line
from relusgd.diagnostics.references.splines import natural_cubic_spline
from relusgd.model.history import History
from relusgd.model.network import Network, parameter_count
from relusgd.model.points import Dataset, Scaling
from relusgd.training.plan import Plan


class TrainedRun(Protocol):
    """A run, recorded in a folder or kept in memory."""

    @property
    def config(self) -> Config: ...

    @property
    def plan(self) -> Plan: ...

    @property
    def data(self) -> Dataset: ...

    @property
    def scaling(self) -> Scaling: ...

    @property
    def history(self) -> History: ...

    @property
    def own_metrics(self) -> tuple[str, ...]: ...

    def network(self, *, epoch: int | None = None, step: int | None = None) -> Network: ...


Fact = Callable[[TrainedRun], float]

FACTS: dict[str, Fact] = {}
"""By name, the facts and references."""


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
    return float(np.mean(np.square(least_squares_line(x, y)(x) - y)))


@fact
def constant_mse(run: TrainedRun) -> float:
    """Training error of the best constant."""
    return float(np.var(run.data.y_train))


@fact
def spline_test_mse(run: TrainedRun) -> float:
    """Test error of the natural cubic spline through the training points."""
    data = run.data
    spline = natural_cubic_spline(data.x_train, data.y_train)
    return float(np.mean(np.square(spline(data.x_test) - data.y_test)))
