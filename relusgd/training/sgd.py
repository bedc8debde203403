"""Stochastic gradient descent: what a training is, and how it gets from one step to another, recording on the way.

PyTorch's formulas: with gradient g of the batch's mean squared error, weight decay d, momentum μ and learning rate η,

    g ← g + d θ,   u ← μ u + g,   θ ← θ − η u   (Nesterov: θ ← θ − η (g + μ u))

Two engines take the steps, each with the kernels of one hidden layer: `numpy_steps` and `compiled_steps`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from relusgd.gradients.dense import Layers
from relusgd.model.network import Array, Integers, learning_parameters
from relusgd.training.streams import Batches, BatchOrder

Engine = Literal["numpy", "compiled"]
KernelName = Literal["dense", "prefix_sums"]


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
            return self.minimum + 0.5 * (self.rate - self.minimum) * (
                1.0 + math.cos(math.pi * done / self.epochs)
            )
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
    """One training by SGD, fixed: points in network units, batches, rates, which parameters learn, what takes the steps."""

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
    engine: Engine = "numpy"
    kernel: KernelName = "dense"

    @property
    def is_full(self) -> bool:
        """Whether every batch is all points."""
        return self.order.sampling == "full"

    @property
    def largest_batch(self) -> int:
        """The most points that a batch has."""
        return len(self.x) if self.is_full else self.order.batch_size

    @property
    def learning(self) -> slice:
        """The parameters that learn."""
        return learning_parameters(self.hidden, self.layers, output_bias=self.output_bias)

    @cached_property
    def tools(self) -> dict[str, Any]:
        """The engine's kernels and working memory, made once and kept from block to block; they never change a bit."""
        return {}

    def start(self, parameters: Array) -> State:
        """The state before the first step."""
        return State(0, parameters, np.zeros_like(parameters))


def advance(descent: Descent, state: State, stop: int, recorded: Integers) -> tuple[State, Array]:
    """Take the steps after `state` up to and including step `stop`.

    Gives the state there and the parameters after each step in `recorded` (increasing, in state.step + 1 … stop), shape
    (len(recorded), parameter_count). Where the work is cut into calls never changes a bit. `state` is left as it is.
    """
    if descent.engine == "compiled":
        from relusgd.training.compiled_steps import (
            take_steps,
        )  # Numba is loaded by those who use it
    else:
        from relusgd.training.numpy_steps import take_steps
    return take_steps(descent, state, stop, recorded)


def sort_batches(batches: Batches, n: int) -> Batches:
    """The same batches of 0 … n − 1, each in increasing order."""
    begin, end = int(batches.bounds[0]), int(batches.bounds[-1])
    bounds, chosen = batches.bounds - begin, batches.indices[begin:end]
    sizes = np.diff(bounds)
    if (sizes == sizes[0]).all():
        return Batches(np.sort(chosen.reshape(len(sizes), -1), axis=1).ravel(), bounds)
    offset = np.repeat(n * np.arange(len(sizes)), sizes)
    return Batches(np.sort(offset + chosen) - offset, bounds)
