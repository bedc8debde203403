"""The data of a training by gradient descent: what is fixed, and what every step changes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np

from relusgd.gradients.dense import Layers
from relusgd.model.network import (
    Array,
    learning_parameters,
    parameter_count,
    split_parameters,
)
from relusgd.training.noise import NO_NOISE, Noise, NoisyBatches, noisy_batches
from relusgd.training.optimizers import Optimizer, Sgd
from relusgd.training.streams import Batches, BatchOrder, WordSource, random_words

Engine = Literal["numpy", "compiled"]
KernelName = Literal["dense", "comparisons", "prefix_sums", "tiles"]

BatchSource = Callable[[BatchOrder, int, int, WordSource], Iterator[Batches]]
"""A function like `drawn_batches`; a sweep has one that draws the batches of a seed once."""


def drawn_batches(order: BatchOrder, first: int, stop: int, words: WordSource) -> Iterator[Batches]:
    """The batches of an order, drawn now."""
    return order.batches(first, stop, words)


@dataclass(frozen=True)
class Schedule:
    """The learning rate, one value per epoch.

    warmup: over so many epochs at first the rate rises linearly, rate · epoch/warmup. After that
    the kind begins, and counts its epochs from there. constant: rate. step: rate · factor^⌊(epoch −
    1)/every⌋. cosine: from rate down to minimum along half a cosine (Loshchilov & Hutter 2017) of
    `epochs`; the minimum is reached after the last one.
    """

    rate: float
    kind: str = "constant"
    warmup: int = 0
    every: int = 1
    factor: float = 1.0
    minimum: float = 0.0
    epochs: int = 1

    @property
    def is_constant(self) -> bool:
        return self.kind == "constant" and not self.warmup

    def at(self, epoch: int) -> float:
        """The rate in force during this epoch, counted from 1; for epoch 0 that of epoch 1."""
        done = max(epoch - 1, 0)
        if done < self.warmup:
            return self.rate * (done + 1) / self.warmup
        done -= self.warmup
        if self.kind == "step":
            return self.rate * self.factor ** (done // self.every)
        if self.kind == "cosine":
            falling = 1.0 + math.cos(math.pi * done / self.epochs)
            return self.minimum + 0.5 * (self.rate - self.minimum) * falling
        return self.rate


@dataclass(frozen=True, eq=False)
class State:
    """All that continuing needs: steps done, every weight and bias, the optimizer's memory.

    parameters, and each vector of the memory by its name: shape (parameter_count,).
    """

    step: int
    parameters: Array
    memory: Mapping[str, Array]

    def is_finite(self) -> bool:
        """Whether training goes on: what is not finite never becomes finite again."""
        vectors = (self.parameters, *self.memory.values())
        return all(np.isfinite(vector).all() for vector in vectors)


@dataclass(frozen=True, eq=False)
class Descent:
    """What is fixed: points in network units, batches, learning rates, which parameters learn.

    x, y: shape (n,), sorted by x. engine, kernel: what takes the steps and computes the gradients.
    source: where compiled steps have their batches from.
    """

    x: Array
    y: Array
    hidden: tuple[int, ...]
    order: BatchOrder
    schedule: Schedule
    layers: Layers = "all"
    output_bias: bool = True
    optimizer: Optimizer = field(default_factory=Sgd)
    noise: Noise = NO_NOISE
    engine: Engine = "numpy"
    kernel: KernelName = "dense"
    source: BatchSource = drawn_batches

    @property
    def is_full(self) -> bool:
        """Whether every batch is all points."""
        return self.order.sampling == "full"

    @property
    def largest_batch(self) -> int:
        """The most points that a batch has."""
        return len(self.x) if self.is_full else self.order.batch_size

    def batches(self, first: int, stop: int, words: WordSource) -> Iterator[Batches]:
        """The batches of the steps first + 1 … stop, in a few pieces."""
        return self.source(self.order, first, stop, words)

    def noisy_batches(
        self,
        first: int,
        stop: int,
        words: WordSource = random_words,
    ) -> Iterator[NoisyBatches]:
        """The batches with noise of the steps first + 1 … stop, as the kernel takes them."""
        is_in_order = self.is_full and not self.noise.on_x
        is_to_be_sorted = self.kernel == "prefix_sums" and not is_in_order
        drawn = noisy_batches(self.x, self.y, self.order, self.noise, first, stop, words)
        for batches in drawn:
            yield batches.sorted_by_x() if is_to_be_sorted else batches

    @property
    def learning(self) -> slice:
        """The parameters that learn."""
        return learning_parameters(self.hidden, self.layers, output_bias=self.output_bias)

    @property
    def decay(self) -> Array | float:
        """The weight decay of the parameters that learn: one number, or one for each."""
        optimizer = self.optimizer
        if optimizer.decay_biases or not optimizer.weight_decay:
            return optimizer.weight_decay
        decay = np.full(parameter_count(self.hidden), optimizer.weight_decay)
        _, biases = split_parameters(decay, self.hidden)
        for bias in biases:
            bias[:] = 0.0
        return decay[self.learning]

    @cached_property
    def workspaces(self) -> dict[str, Any]:
        """By engine: kernels and working memory, kept from block to block, which change no bit."""
        return {}

    def start(self, parameters: Array) -> State:
        """The state before the first step."""
        memory = {name: np.zeros_like(parameters) for name in self.optimizer.memory}
        return State(0, parameters, memory)
