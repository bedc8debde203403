"""Random streams: what is drawn depends on (seed, purpose, position) alone.

A run therefore sees the same batches when it is cut into blocks, resumed or computed by another
engine, and a checkpoint needs no generator state. The bits come from Philox (Salmon et al. 2011), a
counter-based generator whose raw output never changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from relusgd.ceil_div import ceil_div
from relusgd.model.network import Array, Integers

Number = TypeVar("Number", np.float64, np.int64)
Words = NDArray[np.uint64]


class WordSource(Protocol):
    """What draws like `random_words`; the compiled engine has one that draws the same faster."""

    def __call__(self, seed: int, purpose: int, block: int, first: int, count: int) -> Words:
        """The raw words first … first + count − 1 in a block of a stream, shape (count,)."""
        ...

    def indices(
        self,
        seed: int,
        purpose: int,
        block: int,
        first: int,
        count: int,
        n: int,
    ) -> Integers:
        """An index 0 … n − 1 for each of the same words, shape (count,); see `index_of_each`.

        The indices may be valid until the next call only: a source may use its memory again.
        """
        ...


INITIAL_NETWORK, BATCH_ORDER, HELD_OUT, LABEL_NOISE, INPUT_NOISE, BOOTSTRAP = range(6)
"""The purposes of a seed; each has its own stream."""

BLOCK_DRAWS = 2**18
"""About how many indices come from one block of a stream."""

PIECE_DRAWS = 2**16
"""About how many of them are drawn at a time, few enough to stay in the processor's cache."""


def stream(seed: int, purpose: int, block: int = 0, fours: int = 0) -> np.random.Philox:
    """The generator of one block of one purpose under a seed of 0 … 2^64 − 1.

    fours: so many groups of four words are skipped at its beginning.
    """
    key = np.array([seed, purpose], dtype=np.uint64)
    counter = np.array([fours, 0, block, 0], dtype=np.uint64)
    return np.random.Philox(key=key, counter=counter)


class RandomWords:
    """Raw words by NumPy."""

    def __call__(self, seed: int, purpose: int, block: int, first: int, count: int) -> Words:
        fours, skipped = divmod(first, 4)
        drawn: Words = stream(seed, purpose, block, fours).random_raw(skipped + count)
        return drawn[skipped:]

    def indices(
        self,
        seed: int,
        purpose: int,
        block: int,
        first: int,
        count: int,
        n: int,
    ) -> Integers:
        return index_of_each(self(seed, purpose, block, first, count), n)


random_words = RandomWords()


def network_generator(seed: int) -> np.random.RandomState:
    """The generator of the initial network.

    RandomState is frozen by NumPy's promise, so its numbers are the same in every version.
    """
    return np.random.RandomState(stream(seed, INITIAL_NETWORK))


def permutations(
    seed: int,
    purpose: int,
    block: int,
    rows: int,
    n: int,
    *,
    first: int = 0,
    words: WordSource = random_words,
) -> Integers:
    """Random permutations of range(n), shape (rows, n): rows from `first` on of a block.

    Each is made by sorting n raw words that carry their index in the low bits.
    """
    index_bits = max(1, (n - 1).bit_length())
    u = words(seed, purpose, block, first * n, rows * n).reshape(rows, n)
    # In place, because allocating memory takes longer than the arithmetic.
    u &= np.uint64(2**64 - 2**index_bits)
    u |= np.arange(n, dtype=np.uint64)
    u.sort(axis=1)
    u &= np.uint64(2**index_bits - 1)
    return u.view(np.int64)


def held_out_order(seed: int, n: int) -> Integers:
    """The permutation of range(n) whose first part is held out as test points."""
    return permutations(seed, HELD_OUT, 0, 1, n).ravel()


def index_of_each(u: Words, n: int) -> Integers:
    """An index 0 … n − 1 for each raw word: its high half, as a fraction of 2^32, times n.

    In place: the words are changed.
    """
    u >>= np.uint64(32)
    u *= np.uint64(n)
    u >>= np.uint64(32)
    return u.view(np.int64)


def bootstrap_indices(seed: int, n: int) -> Integers:
    """n of the indices 0 … n − 1, drawn with replacement, in increasing order (Efron 1979)."""
    return np.sort(random_words.indices(seed, BOOTSTRAP, 0, 0, n, n))


@dataclass(frozen=True)
class Batches:
    """Consecutive batches of points: the j-th one has the indices[bounds[j] : bounds[j + 1]]."""

    indices: Integers
    bounds: Integers

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def split(self, values: NDArray[Number]) -> Iterator[NDArray[Number]]:
        """The values of each batch; `values` has one for each of the indices."""
        if self._have_one_size:
            # Taking rows of a matrix is faster than slicing a vector.
            return iter(self._rows(values))
        return (values[start:end] for start, end in pairwise(self.bounds.tolist()))

    def order_by(self, values: Array) -> Integers:
        """Where the values of each batch stand in increasing order, equal ones as they came.

        values: one for each of the indices; the bounds begin at 0.
        """
        if self._have_one_size:
            within = np.argsort(self._rows(values), axis=1, kind="stable")
            return (within + self.bounds[:-1, None]).ravel()
        batch_of_each = self._of_each_point(np.arange(len(self)))
        return np.lexsort((values, batch_of_each))

    def sorted(self, n: int) -> Batches:
        """The same batches of points 0 … n − 1, each in increasing order."""
        bounds = self.bounds - self.bounds[0]
        if self._have_one_size:
            rows = np.sort(self._rows(self.indices), axis=1)
            return Batches(rows.ravel(), bounds)
        # An offset for each batch keeps the batches apart, so that one sort of all indices does it.
        offset = self._of_each_point(n * np.arange(len(self)))
        apart = offset + self._within_bounds(self.indices)
        return Batches(np.sort(apart) - offset, bounds)

    @property
    def _have_one_size(self) -> bool:
        sizes = np.diff(self.bounds)
        return bool((sizes == sizes[0]).all())

    def _within_bounds(self, values: NDArray[Number]) -> NDArray[Number]:
        """The values from the first batch's beginning to the last one's end."""
        return values[self.bounds[0] : self.bounds[-1]]

    def _rows(self, values: NDArray[Number]) -> NDArray[Number]:
        """Batches of one size as the rows of a matrix."""
        return self._within_bounds(values).reshape(len(self), -1)

    def _of_each_point(self, of_batches: Integers) -> Integers:
        """A number of each batch as one of each of its points."""
        return np.repeat(of_batches, np.diff(self.bounds))


@dataclass(frozen=True)
class BatchOrder:
    """Which training points each step sees.

    n: training points; batch_size: at most n under shuffle.

    replacement: every batch is drawn anew, and a point may appear twice. shuffle: every epoch is a
    permutation cut into batches, the last of which may be shorter. full: every batch is all points
    in their order; nothing is drawn.
    """

    seed: int
    n: int
    batch_size: int
    sampling: Literal["replacement", "shuffle", "full"]

    @property
    def steps_per_epoch(self) -> int:
        """ceil(n / batch_size), under every sampling."""
        return ceil_div(self.n, self.batch_size)

    def batches(self, first: int, stop: int, words: WordSource = random_words) -> Iterator[Batches]:
        """The batches of the steps first … stop − 1, counted from 0, in a few pieces.

        The bounds of each piece begin at 0. A piece is valid as long as its indices are: see
        `WordSource`.
        """
        while first < stop:
            if self.sampling == "replacement":
                batches = self._replacement_piece(first, stop, words)
            elif self.sampling == "shuffle":
                batches = self._shuffle_piece(first, stop, words)
            else:
                batches = self._full_piece(first, stop)
            yield batches
            first += len(batches)

    def _replacement_piece(self, first: int, stop: int, words: WordSource) -> Batches:
        """The batches from `first` to `stop`, or to the end of the block of draws or of a piece."""
        B = self.batch_size
        block_steps = max(1, BLOCK_DRAWS // B)
        piece_steps = max(1, PIECE_DRAWS // B)
        block, row = divmod(first, block_steps)
        left_of_block = block_steps - row
        count = min(stop - first, left_of_block, piece_steps)
        indices = words.indices(self.seed, BATCH_ORDER, block, row * B, count * B, self.n)
        bounds = np.arange(count + 1) * B
        return Batches(indices, bounds)

    def _full_piece(self, first: int, stop: int) -> Batches:
        """Batches of all points, for which nothing is drawn."""
        piece_steps = max(1, PIECE_DRAWS // self.n)
        count = min(stop - first, piece_steps)
        indices = np.tile(np.arange(self.n), count)
        bounds = np.arange(count + 1) * self.n
        return Batches(indices, bounds)

    def _shuffle_piece(self, first: int, stop: int, words: WordSource) -> Batches:
        """Batches cut from permutations of all points, which are drawn for whole epochs."""
        n, per_epoch = self.n, self.steps_per_epoch
        block_epochs = max(1, BLOCK_DRAWS // n)
        piece_epochs = max(1, PIECE_DRAWS // n)
        epoch, step = divmod(first, per_epoch)
        block, row = divmod(epoch, block_epochs)
        # Counted from the first step of the epoch.
        last_step = step + stop - first
        epochs = min(ceil_div(last_step, per_epoch), block_epochs - row, piece_epochs)
        indices = permutations(
            self.seed,
            BATCH_ORDER,
            block,
            epochs,
            n,
            first=row,
            words=words,
        ).ravel()
        starts_of_epochs = np.arange(epochs)[:, None] * n
        starts = starts_of_epochs + np.arange(per_epoch) * self.batch_size
        # Of the first and the last epoch only the steps that were asked for.
        bounds = np.append(starts, epochs * n)[step : last_step + 1]
        return Batches(indices[bounds[0] : bounds[-1]], bounds - bounds[0])
