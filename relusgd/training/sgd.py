"""Stochastic gradient descent: from one step to another, recording the parameters on the way.

PyTorch's formulas: with gradient g of the batch's mean squared error, weight decay d, momentum μ and learning rate η,

    g ← g + d θ,   u ← μ u + g,   θ ← θ − η u   (Nesterov: θ ← θ − η (g + μ u))
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise, repeat

import numpy as np

from relusgd.gradients.backprop import backprop
from relusgd.gradients.dense import Kernel, Layers, dense_kernel
from relusgd.model.history import Integers
from relusgd.model.network import Array, parameter_count, split_parameters
from relusgd.training.streams import BatchOrder


@dataclass(frozen=True)
class Schedule:
    """The learning rate of every epoch, one value per epoch.

    constant: rate. step: rate · factor^⌊(epoch − 1)/every⌋. cosine: from rate down to minimum along half a cosine
    (Loshchilov & Hutter 2017), `minimum` being reached after the last epoch.
    """

    rate: float
    kind: str = "constant"
    every: int = 1
    factor: float = 1.0
    minimum: float = 0.0
    epochs: int = 1

    def at(self, epoch: int) -> float:
        """The rate in force during this epoch, counted from 1; epoch 0, before the first step, stands with epoch 1."""
        done = max(epoch - 1, 0)
        if self.kind == "step":
            return self.rate * self.factor ** (done // self.every)
        if self.kind == "cosine":
            return self.minimum + 0.5 * (self.rate - self.minimum) * (1.0 + math.cos(math.pi * done / self.epochs))
        return self.rate


@dataclass(frozen=True, eq=False)
class State:
    """All that continuing needs: steps done, every weight and bias, momentum. Vectors of shape (parameter_count,)."""

    step: int
    parameters: Array
    velocity: Array

    def is_finite(self) -> bool:
        return bool(np.isfinite(self.parameters).all())


@dataclass(frozen=True, eq=False)
class Descent:
    """One training by SGD, fixed: points in network units, batches, rates and which parameters learn."""

    x: Array
    y: Array
    hidden: tuple[int, ...]
    order: BatchOrder
    schedule: Schedule
    layers: Layers = "all"
    output_bias: bool = True
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0

    @property
    def learning(self) -> slice:
        """The parameters that learn; they are always neighbours, because the output layer comes last."""
        size = parameter_count(self.hidden)
        output = size - self.hidden[-1] - 1
        first = output if self.layers == "output" else 0
        last = output if self.layers == "hidden" else size - (not self.output_bias)
        return slice(first, last)

    def start(self, parameters: Array) -> State:
        """The state before the first step."""
        return State(0, parameters, np.zeros_like(parameters))


def advance(descent: Descent, state: State, stop: int, recorded: Integers) -> tuple[State, Array]:
    """Take the steps after `state` up to and including step `stop`.

    Gives the state there and the parameters after each step in `recorded` (increasing, in state.step + 1 … stop), shape
    (len(recorded), parameter_count). Where the work is cut into calls never changes a bit. `state` is left as it is.
    """
    parameters, velocity = state.parameters.copy(), state.velocity.copy()
    rows = np.empty((len(recorded), len(parameters)))
    take = _step(descent, parameters, velocity)
    row, steps_per_epoch = 0, descent.order.steps_per_epoch
    marks = [*recorded.tolist(), -1]
    step, rate, rate_ends = state.step, 0.0, -1
    with np.errstate(all="ignore"):
        for x, y in _batches(descent, state.step, stop):
            if step >= rate_ends:
                epoch = step // steps_per_epoch + 1
                rate, rate_ends = descent.schedule.at(epoch), epoch * steps_per_epoch
            take(x, y, rate)
            step += 1
            if step == marks[row]:
                rows[row] = parameters
                row += 1
    return State(stop, parameters, velocity), rows


def _batches(descent: Descent, first: int, stop: int) -> Iterator[tuple[Array, Array]]:
    """The points of the steps first + 1 … stop."""
    if descent.order.sampling == "full":
        yield from repeat((descent.x, descent.y), stop - first)
        return
    for batches in descent.order.batches(first, stop):
        begin, end = batches.bounds[0], batches.bounds[-1]
        chosen = batches.indices[begin:end]
        x, y = descent.x[chosen], descent.y[chosen]
        if len(chosen) == len(batches) * descent.order.batch_size:
            yield from zip(x.reshape(len(batches), -1), y.reshape(len(batches), -1), strict=True)
        else:
            for start, until in pairwise((batches.bounds - begin).tolist()):
                yield x[start:until], y[start:until]


def _step(descent: Descent, parameters: Array, velocity: Array) -> Callable[[Array, Array, float], None]:
    """A function that takes one SGD step on a batch, changing `parameters` and `velocity` in place."""
    gradient = np.zeros_like(parameters)
    learning = descent.learning
    theta, g, u = parameters[learning], gradient[learning], velocity[learning]
    decay, momentum, nesterov = descent.weight_decay, descent.momentum, descent.nesterov
    scaled = np.empty_like(g)
    kernels: dict[int, Kernel] = {}
    multiply, add, subtract = np.multiply, np.add, np.subtract

    def kernel_for(size: int) -> Kernel:
        if len(descent.hidden) == 1:
            return dense_kernel(parameters, gradient, descent.hidden[0], size, descent.layers)
        return deep_kernel(parameters, gradient, descent.hidden)

    def plain(x: Array, y: Array, rate: float) -> None:
        size = len(x)
        kernel = kernels.get(size) or kernels.setdefault(size, kernel_for(size))
        kernel(x, y)
        multiply(g, rate * 2.0 / size, scaled)
        subtract(theta, scaled, theta)

    def full(x: Array, y: Array, rate: float) -> None:
        size = len(x)
        kernel = kernels.get(size) or kernels.setdefault(size, kernel_for(size))
        kernel(x, y)
        multiply(g, 2.0 / size, g)
        multiply(theta, decay, scaled)
        add(g, scaled, g)
        multiply(u, momentum, u)
        add(u, g, u)
        multiply(u, momentum if nesterov else 1.0, scaled)
        if nesterov:
            add(scaled, g, scaled)
        multiply(scaled, rate, scaled)
        subtract(theta, scaled, theta)

    return full if momentum or decay else plain


def deep_kernel(parameters: Array, gradient: Array, hidden: tuple[int, ...]) -> Kernel:
    """The kernel of a network of any depth, by the reference backpropagation."""
    weights, biases = split_parameters(parameters, hidden)
    weight_gradients, bias_gradients = split_parameters(gradient, hidden)

    def kernel(x: Array, y: Array) -> None:
        result = backprop(weights, biases, x[:, None], y[:, None])
        for target, part in zip((*weight_gradients, *bias_gradients), (*result.weights, *result.biases), strict=True):
            np.multiply(part, 0.5 * len(x), target)

    return kernel
