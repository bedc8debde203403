"""Random words and indices as machine code: those of `numpy.random.Philox.random_raw`, bit for bit.

They take a quarter of NumPy's time. Philox4x64-10 (Salmon et al. 2011): ten rounds over a counter
of four words x under a key of two words k. A round is

    x ← (hi(M1 x2) ^ x1 ^ k0,  lo(M1 x2),  hi(M0 x0) ^ x3 ^ k1,  lo(M0 x0)),   then   k ← k + W

where hi and lo are the high and low words of a product of 128 bits. The n-th group of four words is
that of counter + n + 1. LANES counters make a group, which is turned by vector instructions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relusgd.ceil_div import ceil_div
from relusgd.gradients.compiled.machine_code import compiled
from relusgd.gradients.compiled.philox_code import give_turn
from relusgd.model.network import Integers

Words = NDArray[np.uint64]

LANES = 64
GROUP_WORDS = 4 * LANES
"""How many words LANES counters give."""

ROUNDS = 10
FACTORS: Words = np.array([[0xD2E7470EE14C6C93], [0xCA5A826395121157]], dtype=np.uint64)
STEPS: Words = np.array([[0x9E3779B97F4A7C15], [0xBB67AE8584CAA73B]], dtype=np.uint64)
"""M0 and M1, and what the key W grows by, each as a column."""
LOW, HALF = np.uint64(2**32 - 1), np.uint64(32)


class CompiledWords:
    """Draws as `relusgd.training.streams.random_words`, indices each time into the same memory.

    To have fresh memory from the system takes longer than to fill it.
    """

    def __init__(self) -> None:
        self._indices = np.empty((0, GROUP_WORDS), dtype=np.uint64)

    def __call__(self, seed: int, purpose: int, block: int, first: int, count: int) -> Words:
        at = Place.of(seed, purpose, block, first, count)
        words = np.empty((at.groups, GROUP_WORDS), dtype=np.uint64)
        fill_words(at.key, at.counter, words)
        return at.part_of(words, count)

    def indices(
        self, seed: int, purpose: int, block: int, first: int, count: int, n: int
    ) -> Integers:
        """Valid until the next call."""
        at = Place.of(seed, purpose, block, first, count)
        if len(self._indices) < at.groups:
            self._indices = np.empty((at.groups, GROUP_WORDS), dtype=np.uint64)
        filled = self._indices[: at.groups]
        fill_indices(at.key, at.counter, np.uint64(n), filled)
        return at.part_of(filled, count).view(np.int64)


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
        groups = ceil_div(skipped + count, GROUP_WORDS)
        return Place(key, counter, skipped, groups)

    def part_of(self, groups: Words, count: int) -> Words:
        """The words from this place on, of its groups, shape (groups, 4 LANES)."""
        words = groups.ravel()
        return words[self.skipped : self.skipped + count]


def high(a: Words, b: Words) -> Words:
    """The high word of a b, from products of half words: see `philox_code.product`."""
    a0, a1 = a & LOW, a >> HALF
    b0, b1 = b & LOW, b >> HALF
    lowest = a0 * b0
    middle = a0 * b1 + (lowest >> HALF)
    other_middle = a1 * b0 + (middle & LOW)
    carry = (middle >> HALF) + (other_middle >> HALF)
    words: Words = a1 * b1 + carry
    return words


def turn(key: Words, counter: Words, group: int, words: Words) -> None:
    """Write to `words`, shape (4 LANES,), those of a group of LANES counters, one after the other.

    `philox_code` has the machine code.
    """
    first_ahead = group * LANES + 1
    ahead = np.arange(first_ahead, first_ahead + LANES, dtype=np.uint64)
    x = np.repeat(counter[:, None], LANES, axis=1)
    x[0] += ahead
    k = key[:, None].copy()
    for _ in range(ROUNDS):
        x0_x2, x3_x1 = x[::2], x[::-2]
        k1_k0 = k[::-1]
        low_0, low_1 = FACTORS * x0_x2
        third, first = high(FACTORS, x0_x2) ^ x3_x1 ^ k1_k0
        x = np.stack([first, low_1, third, low_0])
        k += STEPS
    words[:] = x.T.ravel()


give_turn(turn, LANES, ROUNDS, FACTORS.ravel().tolist(), STEPS.ravel().tolist())


@compiled
def fill_words(key: Words, counter: Words, words: Words) -> None:
    """Fill `words`, shape (groups, 4 LANES), with those after the counter."""
    for group in range(len(words)):
        turn(key, counter, group, words[group])


@compiled
def fill_indices(key: Words, counter: Words, n: np.uint64, indices: Words) -> None:
    """Fill `indices`, shape (groups, 4 LANES), with 0 … n − 1, one for each word.

    The high half of a word, as a fraction of 2^32, times n.
    """
    for group in range(len(indices)):
        turned = indices[group]
        turn(key, counter, group, turned)
        for i in range(len(turned)):
            high_half = turned[i] >> HALF
            turned[i] = high_half * n >> HALF
