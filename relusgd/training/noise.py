"""Noise in the loop: every batch sees its points with fresh normal noise on y, on x, or on both.

The noise of a step depends on its seed, the batch size and its number alone, as its batch does. The
normal numbers of step s are row s % K of block s // K of the streams LABEL_NOISE and INPUT_NOISE,
with K = max(1, 2^18 // B) rows of B numbers in a block; a shorter batch takes the first ones. They
belong to the points in the order in which these were drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Array
from relusgd.training.normals import normals
from relusgd.training.streams import (
    BLOCK_DRAWS,
    INPUT_NOISE,
    LABEL_NOISE,
    Batches,
    BatchOrder,
    WordSource,
    random_words,
)

PIECE_NUMBERS = 2**14
"""About how many numbers are drawn at a time, few enough to stay in the processor's cache."""


@dataclass(frozen=True)
class Noise:
    """The standard deviations of the noise on y and on x, in network units; 0 is no noise."""

    on_y: float = 0.0
    on_x: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.on_y or self.on_x)

    @property
    def numbers_per_point(self) -> int:
        """How many normal numbers every point of a batch takes."""
        return int(self.on_y > 0) + int(self.on_x > 0)


NO_NOISE = Noise()


@dataclass(frozen=True, eq=False)
class NoisyBatches:
    """Consecutive batches of points with noise: the j-th has x[bounds[j] : bounds[j + 1]], y too.

    batches: the same ones without noise.
    """

    batches: Batches
    x: Array
    y: Array

    def __len__(self) -> int:
        return len(self.batches)

    def sorted_by_x(self) -> NoisyBatches:
        """The same batches with the points of each in increasing order of x."""
        order = self.batches.order_by(self.x)
        indices = self.batches.indices[order]
        batches = Batches(indices, self.batches.bounds)
        return NoisyBatches(batches, self.x[order], self.y[order])

    def points(self) -> Iterator[tuple[Array, Array]]:
        """The x and y of one batch after the other."""
        parts_of_x = self.batches.split(self.x)
        parts_of_y = self.batches.split(self.y)
        return zip(parts_of_x, parts_of_y, strict=True)


def noisy_batches(
    x: Array,
    y: Array,
    order: BatchOrder,
    noise: Noise,
    first: int,
    stop: int,
    words: WordSource = random_words,
) -> Iterator[NoisyBatches]:
    """The batches of the steps first … stop − 1, counted from 0, in a few pieces.

    x, y: the training points without noise, shape (n,).
    """
    piece_steps = max(1, PIECE_NUMBERS // order.batch_size)
    while first < stop:
        last = min(first + piece_steps, stop)
        batches = next(order.batches(first, last, words))
        end = first + len(batches)
        batch_x = x[batches.indices]
        batch_y = y[batches.indices]
        if noise.on_x:
            batch_x += noise.on_x * _numbers(order, INPUT_NOISE, first, batches, words)
        if noise.on_y:
            batch_y += noise.on_y * _numbers(order, LABEL_NOISE, first, batches, words)
        yield NoisyBatches(batches, batch_x, batch_y)
        first = end


def _numbers(
    order: BatchOrder,
    purpose: int,
    first: int,
    batches: Batches,
    words: WordSource,
) -> Array:
    """The normal numbers of the batches of step `first` and those behind it, one for each point."""
    rows = normal_rows(order, purpose, first, first + len(batches), words)
    sizes = np.diff(batches.bounds)
    if (sizes == order.batch_size).all():
        return rows.ravel()
    # A shorter batch takes the first numbers of its row.
    is_taken = np.arange(order.batch_size) < sizes[:, None]
    return rows[is_taken]


def normal_rows(
    order: BatchOrder,
    purpose: int,
    first: int,
    stop: int,
    words: WordSource = random_words,
) -> Array:
    """A row of normal numbers for each of the steps first … stop − 1, shape (steps, batch_size)."""
    B = order.batch_size
    block_steps = max(1, BLOCK_DRAWS // B)
    parts = []
    while first < stop:
        block, row = divmod(first, block_steps)
        count = min(stop - first, block_steps - row)
        parts.append(_normals(order.seed, purpose, block, row * B, count * B, words))
        first += count
    return np.concatenate(parts).reshape(-1, B)


def _normals(
    seed: int,
    purpose: int,
    block: int,
    first: int,
    count: int,
    words: WordSource,
) -> Array:
    """The normal numbers first … first + count − 1 of a block; numbers come in pairs."""
    stop = first + count
    begin = first - first % 2
    end = stop + stop % 2
    pairs = normals(words(seed, purpose, block, begin, end - begin))
    return pairs[first - begin : stop - begin]
