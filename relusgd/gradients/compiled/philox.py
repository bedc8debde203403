"""Random words and indices as machine code: those of `numpy.random.Philox.random_raw`, bit for bit.

They take a third of NumPy's time. Philox4x64-10 (Salmon et al. 2011): ten rounds over a counter of
four words x under a key of two words k. A round is

    x ← (hi(M1 x2) ^ x1 ^ k0,  lo(M1 x2),  hi(M0 x0) ^ x3 ^ k1,  lo(M0 x0)),   then   k ← k + W

where hi and lo are the high and low words of a product of 128 bits. The n-th group of four words is
that of counter + n + 1. LANES counters go through every round side by side, so that a compiler may
use vector instructions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relusgd.gradients.compiled.machine_code import compiled, inlined
from relusgd.model.network import Integers

Words = NDArray[np.uint64]

LANES = 64
ROUNDS = 10
M0, M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
W0, W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
LOW, HALF = np.uint64(2**32 - 1), np.uint64(32)


class CompiledWords:
    """Draws as `relusgd.training.streams.random_words`, indices each time into the same memory.

    To have fresh memory from the system takes longer than to fill it.
    """

    def __init__(self) -> None:
        self._lanes = np.empty((4, LANES), dtype=np.uint64)
        self._indices = np.empty((0, LANES, 4), dtype=np.uint64)

    def __call__(self, seed: int, purpose: int, block: int, first: int, count: int) -> Words:
        at = Place.of(seed, purpose, block, first, count)
        words = np.empty((at.groups, LANES, 4), dtype=np.uint64)
        fill_words(at.key, at.counter, self._lanes, words)
        return words.reshape(-1)[at.skipped : at.skipped + count]

    def indices(
        self, seed: int, purpose: int, block: int, first: int, count: int, n: int
    ) -> Integers:
        """Valid until the next call."""
        at = Place.of(seed, purpose, block, first, count)
        if len(self._indices) < at.groups:
            self._indices = np.empty((at.groups, LANES, 4), dtype=np.uint64)
        filled = self._indices[: at.groups]
        fill_indices(at.key, at.counter, np.uint64(n), self._lanes, filled)
        return filled.reshape(-1)[at.skipped : at.skipped + count].view(np.int64)


class Place(NamedTuple):
    """Where words lie in a stream: in so many groups of LANES fours, behind the skipped ones."""

    key: Words
    counter: Words
    skipped: int
    groups: int

    @staticmethod
    def of(seed: int, purpose: int, block: int, first: int, count: int) -> Place:
        """The place of the words first … first + count − 1 of a block."""
        fours, skipped = divmod(first, 4)
        key = np.array([seed, purpose], dtype=np.uint64)
        counter = np.array([fours, 0, block, 0], dtype=np.uint64)
        return Place(key, counter, skipped, -(-(skipped + count) // (4 * LANES)))


@inlined
def high(a: np.uint64, b: np.uint64) -> np.uint64:
    """The high word of a b.

    From products of half words, for which processors have vector instructions.
    """
    a0, a1 = a & LOW, a >> HALF
    b0, b1 = b & LOW, b >> HALF
    middle = a1 * b0 + (a0 * b0 >> HALF)
    return a1 * b1 + (middle >> HALF) + ((middle & LOW) + a0 * b1 >> HALF)


@inlined
def turn(key: Words, counter: Words, group: int, lanes: Words) -> None:
    """Write to `lanes`, shape (4, LANES), the words of a group of LANES counters."""
    x0, x1, x2, x3 = lanes[0], lanes[1], lanes[2], lanes[3]
    k0, k1 = key[0], key[1]
    for i in range(LANES):
        x0[i] = counter[0] + np.uint64(group * LANES + i + 1)
        x1[i] = counter[1]
        x2[i] = counter[2]
        x3[i] = counter[3]
    for _ in range(ROUNDS):
        for i in range(LANES):
            a, b = x0[i], x2[i]
            x0[i] = high(M1, b) ^ x1[i] ^ k0
            x1[i] = M1 * b
            x2[i] = high(M0, a) ^ x3[i] ^ k1
            x3[i] = M0 * a
        k0 += W0
        k1 += W1


@compiled
def fill_words(key: Words, counter: Words, lanes: Words, words: Words) -> None:
    """Fill `words`, shape (groups, LANES, 4), with those after the counter.

    lanes: working memory, shape (4, LANES).
    """
    for group in range(len(words)):
        turn(key, counter, group, lanes)
        for i in range(LANES):
            words[group, i, 0] = lanes[0, i]
            words[group, i, 1] = lanes[1, i]
            words[group, i, 2] = lanes[2, i]
            words[group, i, 3] = lanes[3, i]


@inlined
def index_of(word: np.uint64, n: np.uint64) -> np.uint64:
    """The high half of a word, as a fraction of 2^32, times n."""
    return (word >> HALF) * n >> HALF


@compiled
def fill_indices(key: Words, counter: Words, n: np.uint64, lanes: Words, indices: Words) -> None:
    """Fill `indices`, shape (groups, LANES, 4), with 0 … n − 1, one for each word.

    lanes: as in `fill_words`.
    """
    for group in range(len(indices)):
        turn(key, counter, group, lanes)
        for i in range(LANES):
            indices[group, i, 0] = index_of(lanes[0, i], n)
            indices[group, i, 1] = index_of(lanes[1, i], n)
            indices[group, i, 2] = index_of(lanes[2, i], n)
            indices[group, i, 3] = index_of(lanes[3, i], n)
