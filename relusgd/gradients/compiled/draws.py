"""Raw words of the random streams as machine code, bit for bit those of `numpy.random.Philox.random_raw`, at a third of its time.

Philox4x64-10 (Salmon et al. 2011): ten rounds over a counter of four words x under a key of two, k. A round is

    x ← (hi(M1 x2) ^ x1 ^ k0,  lo(M1 x2),  hi(M0 x0) ^ x3 ^ k1,  lo(M0 x0)),   then   k ← k + W

with the high and low halves of products of 128 bits. The n-th group of four words is that of counter + n + 1. LANES counters
go through every round side by side, so that a compiler may use vector instructions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relusgd.gradients.compiled.machine import compiled, inlined

Words = NDArray[np.uint64]

LANES = 64
ROUNDS = 10
M0, M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
W0, W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
LOW, HALF = np.uint64(2**32 - 1), np.uint64(32)


def words(seed: int, purpose: int, block: int, first: int, count: int) -> Words:
    """As `relusgd.training.streams.words`."""
    fours, skipped = divmod(first, 4)
    key, counter = (
        np.array([seed, purpose], dtype=np.uint64),
        np.array([fours, 0, block, 0], dtype=np.uint64),
    )
    found = np.empty((-(-(skipped + count) // (4 * LANES)), LANES, 4), dtype=np.uint64)
    fill(key, counter, np.empty((4, LANES), dtype=np.uint64), found)
    return found.reshape(-1)[skipped : skipped + count]


@inlined
def high(a: np.uint64, b: np.uint64) -> np.uint64:
    """The high word of a b, from products of half words, which processors have as vector instructions."""
    a0, a1, b0, b1 = a & LOW, a >> HALF, b & LOW, b >> HALF
    middle = a1 * b0 + (a0 * b0 >> HALF)
    return a1 * b1 + (middle >> HALF) + ((middle & LOW) + a0 * b1 >> HALF)


@compiled
def fill(key: Words, counter: Words, lanes: Words, found: Words) -> None:
    """Fill found, shape (groups, LANES, 4), with the words after counter; lanes: working memory, shape (4, LANES)."""
    x0, x1, x2, x3 = lanes[0], lanes[1], lanes[2], lanes[3]
    for group in range(len(found)):
        k0, k1 = key[0], key[1]
        for i in range(LANES):
            x0[i] = counter[0] + np.uint64(group * LANES + i + 1)
            x1[i], x2[i], x3[i] = counter[1], counter[2], counter[3]
        for _ in range(ROUNDS):
            for i in range(LANES):
                a, b = x0[i], x2[i]
                x0[i] = high(M1, b) ^ x1[i] ^ k0
                x1[i] = M1 * b
                x2[i] = high(M0, a) ^ x3[i] ^ k1
                x3[i] = M0 * a
            k0 += W0
            k1 += W1
        for i in range(LANES):
            found[group, i, 0], found[group, i, 1], found[group, i, 2], found[group, i, 3] = (
                x0[i],
                x1[i],
                x2[i],
                x3[i],
            )
