"""Random streams: what is drawn depends on (seed, purpose, position) alone.

A run cut into blocks, resumed, or computed by another engine therefore sees the same batches, and a checkpoint needs no
generator state. The bits come from Philox (Salmon et al. 2011), a counter-based generator, whose raw output never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Integers

Words = NDArray[np.uint64]
WordSource = Callable[[int, int, int, int, int], Words]
"""What gives `words`: this module in NumPy, or the compiled engine the same words faster."""

INITIAL_NETWORK, BATCH_ORDER, HELD_OUT = 0, 1, 2
"""The purposes that one seed serves, each with a stream of its own."""

BLOCK_DRAWS = 2**18
"""About this many indices come from one block of a stream."""

PIECE_DRAWS = 2**16
"""About this many of them are drawn at a time: what stays in the processor's cache."""


def stream(seed: int, purpose: int, block: int = 0, fours: int = 0) -> np.random.Philox:
    """The generator of one block of one purpose under a seed of 0 … 2^64 − 1, past its first so many fours of words."""
    key = np.array([seed, purpose], dtype=np.uint64)
    counter = np.array([fours, 0, block, 0], dtype=np.uint64)
    return np.random.Philox(key=key, counter=counter)


def words(seed: int, purpose: int, block: int, first: int, count: int) -> Words:
    """The raw words first … first + count − 1 of a block of a stream, shape (count,)."""
    fours, skipped = divmod(first, 4)
    drawn: Words = stream(seed, purpose, block, fours).random_raw(skipped + count)
    return drawn[skipped:]


def network_generator(seed: int) -> np.random.RandomState:
    """The generator of the initial network; RandomState's methods are frozen, so the same numbers in every NumPy."""
    return np.random.RandomState(stream(seed, INITIAL_NETWORK))


def permutations(
    seed: int,
    purpose: int,
    block: int,
    rows: int,
    n: int,
    *,
    first: int = 0,
    words: WordSource = words,
) -> Integers:
    """Random permutations of range(n), shape (rows, n): raw words sorted, each carrying its index in the low bits.

    They are the rows first … first + rows − 1 of the block.
    """
    m = max(1, (n - 1).bit_length())
    u = words(seed, purpose, block, first * n, rows * n).reshape(rows, n)
    u &= np.uint64(
        2**64 - 2**m
    )  # in place: to ask for fresh memory takes longer than the arithmetic
    u |= np.arange(n, dtype=np.uint64)
    u.sort(axis=1)
    u &= np.uint64(2**m - 1)
    return u.view(np.int64)


def held_out_order(seed: int, n: int) -> Integers:
    """The permutation of range(n) whose first part is held out as test points."""
    return permutations(seed, HELD_OUT, 0, 1, n).ravel()


@dataclass(frozen=True)
class Batches:
    """Consecutive batches: the j-th one is indices[bounds[j] : bounds[j + 1]]."""

    indices: Integers
    bounds: Integers

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

    def batches(self, first: int, stop: int, words: WordSource = words) -> Iterator[Batches]:
        """The batches of the steps first … stop − 1, counted from 0, in a few pieces; not for `full`, which draws nothing."""
        piece = self._replacement_piece if self.sampling == "replacement" else self._shuffle_piece
        while first < stop:
            batches = piece(first, stop, words)
            yield batches
            first += len(batches)

    def _replacement_piece(self, first: int, stop: int, words: WordSource) -> Batches:
        """The batches from step `first` to `stop`, to the end of its block of draws or of a piece."""
        B, rows = self.batch_size, max(1, BLOCK_DRAWS // self.batch_size)
        block, row = divmod(first, rows)
        count = min(rows - row, stop - first, max(1, PIECE_DRAWS // B))
        u = words(self.seed, BATCH_ORDER, block, row * B, count * B)
        u >>= np.uint64(32)
        u *= np.uint64(self.n)
        u >>= np.uint64(32)
        return Batches(u.view(np.int64), np.arange(count + 1) * B)

    def _shuffle_piece(self, first: int, stop: int, words: WordSource) -> Batches:
        """The same for batches cut from permutations, of whole epochs but for the first and the last of them."""
        n, rows, per_epoch = self.n, max(1, BLOCK_DRAWS // self.n), self.steps_per_epoch
        epoch, step = divmod(first, per_epoch)
        block, row = divmod(epoch, rows)
        epochs = min(rows - row, -(-(step + stop - first) // per_epoch), max(1, PIECE_DRAWS // n))
        starts = np.arange(epochs)[:, None] * n + np.arange(per_epoch) * self.batch_size
        bounds = np.append(starts, epochs * n)[step : step + stop - first + 1]
        indices = permutations(
            self.seed, BATCH_ORDER, block, epochs, n, first=row, words=words
        ).ravel()
        return Batches(indices[bounds[0] : bounds[-1]], bounds - bounds[0])
