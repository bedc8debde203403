"""Random streams: what is drawn depends on (seed, purpose, position) alone.

A run cut into blocks, resumed, or computed by another engine therefore sees the same batches, and a checkpoint needs no
generator state. The bits come from Philox (Salmon et al. 2011), a counter-based generator, whose raw output never changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]

INITIAL_NETWORK, BATCH_ORDER, HELD_OUT = 0, 1, 2
"""The purposes that one seed serves, each with a stream of its own."""

BLOCK_DRAWS = 2**18
"""About this many indices are drawn at a time."""


def stream(seed: int, purpose: int, block: int = 0) -> np.random.Philox:
    """The generator of one block of one purpose under a seed of 0 … 2^64 − 1."""
    key = np.array([seed, purpose], dtype=np.uint64)
    counter = np.array([0, 0, block, 0], dtype=np.uint64)
    return np.random.Philox(key=key, counter=counter)


def network_generator(seed: int) -> np.random.RandomState:
    """The generator of the initial network; RandomState's methods are frozen, so the same numbers in every NumPy."""
    return np.random.RandomState(stream(seed, INITIAL_NETWORK))


def permutations(seed: int, purpose: int, block: int, rows: int, n: int) -> Indices:
    """Random permutations of range(n), shape (rows, n): raw bits sorted, each carrying its index in the low bits."""
    m = max(1, (n - 1).bit_length())
    u: NDArray[np.uint64] = stream(seed, purpose, block).random_raw(rows * n).reshape(rows, n)
    high_bits, low_bits = np.uint64(2**64 - 2**m), np.uint64(2**m - 1)
    tagged = np.sort((u & high_bits) | np.arange(n, dtype=np.uint64), axis=1)
    return (tagged & low_bits).astype(np.int64)


def held_out_order(seed: int, n: int) -> Indices:
    """The permutation of range(n) whose first part is held out as test points."""
    return permutations(seed, HELD_OUT, 0, 1, n).ravel()


@dataclass(frozen=True)
class Batches:
    """Consecutive batches: the j-th one is indices[bounds[j] : bounds[j + 1]]."""

    indices: Indices
    bounds: Indices

    def __len__(self) -> int:
        return len(self.bounds) - 1


@dataclass(frozen=True)
class BatchOrder:
    """Which training points each step sees; n: training points, batch_size: at most n under shuffle.

    replacement: every batch is drawn anew, a point may appear twice. shuffle: every epoch is a permutation cut into
    batches, of which the last may be shorter. full: every batch is all points in their order; nothing is drawn.
    """

    seed: int
    n: int
    batch_size: int
    sampling: Literal["replacement", "shuffle", "full"]

    @property
    def steps_per_epoch(self) -> int:
        """ceil(n / batch_size), under every sampling."""
        return -(-self.n // self.batch_size)

    def batches(self, first: int, stop: int) -> Iterator[Batches]:
        """The batches of the steps first … stop − 1, counted from 0, in a few pieces; not for `full`, which draws nothing."""
        piece = self._replacement_piece if self.sampling == "replacement" else self._shuffle_piece
        while first < stop:
            batches = piece(first, stop)
            yield batches
            first += len(batches)

    def _replacement_piece(self, first: int, stop: int) -> Batches:
        """The batches from step `first` to `stop` or to the end of its block of draws; of the block only what leads there is drawn."""
        rows = max(1, BLOCK_DRAWS // self.batch_size)
        block, row = divmod(first, rows)
        until = min(rows, stop - block * rows)
        u = stream(self.seed, BATCH_ORDER, block).random_raw(until * self.batch_size)[row * self.batch_size :]
        u >>= np.uint64(32)  # in place: to ask for fresh memory takes longer than the arithmetic
        u *= np.uint64(self.n)
        u >>= np.uint64(32)
        return Batches(u.view(np.int64), np.arange(until - row + 1) * self.batch_size)

    def _shuffle_piece(self, first: int, stop: int) -> Batches:
        """The same for batches cut from permutations."""
        rows, per_epoch = max(1, BLOCK_DRAWS // self.n), self.steps_per_epoch
        block, step = divmod(first, rows * per_epoch)
        until = min(rows * per_epoch, stop - block * rows * per_epoch)
        epochs = -(-until // per_epoch)
        starts = np.arange(epochs)[:, None] * self.n + np.arange(per_epoch) * self.batch_size
        bounds = np.append(starts, epochs * self.n)[step : until + 1]
        indices = permutations(self.seed, BATCH_ORDER, block, epochs, self.n).ravel()
        return Batches(indices[bounds[0] : bounds[-1]], bounds - bounds[0])
