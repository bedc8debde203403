"""Normal random numbers from raw words, by operations that round alike everywhere.

NumPy's generator of normal numbers may change from version to version, and the last digits of its
logarithm and cosine differ between processors. What stands here takes only sums, products,
quotients and square roots, whose bits IEEE 754 fixes.

Box & Muller (1958) make two independent normal numbers of two uniform ones:

    r = √(−2 ln U) with U in (0, 1],   z = r cos 4φ and r sin 4φ with φ in [−π/4, π/4)

where ln m of a mantissa m in [√½, √2) is 2 artanh s = 2 (s + s³/3 + s⁵/5 + …), s = (m − 1)/(m + 1),
|s| < 0.172; sin φ is its Taylor series, and cos 2φ = 1 − 2 sin²φ, sin 2φ = 2 sin φ cos φ twice.
Both series end where the next term is below rounding. |z| is at most √(106 ln 2) = 8.57.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array, Integers

ARTANH = [1 / (2 * k + 1) for k in range(11)]
"""The coefficients of s, s³, s⁵, … of artanh s."""

SINE = [(-1) ** k / math.factorial(2 * k + 1) for k in range(9)]
"""The coefficients of φ, φ³, φ⁵, … of sin φ."""

LN_2 = 0.6931471805599453

MANTISSA_BITS = 52
ROOT_HALF_BITS = np.float64(math.sqrt(0.5)).view(np.int64)

PAIRS_AT_ONCE = 2**13
"""So many pairs stay in the processor's cache between two operations."""


def normals(words: NDArray[np.uint64]) -> Array:
    """Independent normal numbers of mean 0 and deviation 1, as many as words.

    words: raw random words, shape (2 n,). The pair 2i, 2i + 1 of numbers is made of the same pair
    of words.
    """
    pairs_of_words = words.reshape(-1, 2)
    numbers = np.empty(pairs_of_words.shape)
    for first in range(0, len(numbers), PAIRS_AT_ONCE):
        here = slice(first, first + PAIRS_AT_ONCE)
        one, other = pairs_of_words[here].T
        first_numbers, second_numbers = _pairs(one, other)
        numbers[here, 0] = first_numbers
        numbers[here, 1] = second_numbers
    return numbers.ravel()


def _pairs(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> tuple[Array, Array]:
    """Two normal numbers of every pair of words."""
    numerators = _high_bits(one) + 1
    U = 2.0**-53 * numerators.astype(np.float64)
    radius = np.sqrt(-2.0 * natural_logarithm(U))
    turn = 2.0**-53 * _high_bits(other).astype(np.float64) - 0.5
    phi = turn * (0.5 * math.pi)
    sine = sine_near_zero(phi)
    cosine = np.sqrt(1.0 - sine * sine)
    cosine, sine = _of_the_double_angle(cosine, sine)
    cosine, sine = _of_the_double_angle(cosine, sine)
    return radius * cosine, radius * sine


def _high_bits(words: NDArray[np.uint64]) -> Integers:
    """The highest 53 bits of the words, as numbers 0 … 2^53 − 1, which are exact as doubles."""
    return (words >> np.uint64(11)).view(np.int64)


def _of_the_double_angle(cosine: Array, sine: Array) -> tuple[Array, Array]:
    return 1.0 - 2.0 * sine * sine, 2.0 * sine * cosine


def natural_logarithm(numbers: Array) -> Array:
    """ln of positive normal doubles."""
    bits = numbers.view(np.int64)
    exponents = (bits - ROOT_HALF_BITS) >> MANTISSA_BITS
    mantissa_bits = bits - (exponents << MANTISSA_BITS)
    m = mantissa_bits.view(np.float64)
    s = (m - 1.0) / (m + 1.0)
    return exponents * LN_2 + 2.0 * _odd_series(ARTANH, s)


def sine_near_zero(angles: Array) -> Array:
    """sin of angles in [−π/4, π/4]."""
    return _odd_series(SINE, angles)


def _odd_series(coefficients: Sequence[float], x: Array) -> Array:
    """c₀ x + c₁ x³ + c₂ x⁵ + …, by Horner's rule."""
    square = x * x
    total = np.full_like(x, coefficients[-1])
    # In place, because allocating memory takes longer than the arithmetic.
    for coefficient in reversed(coefficients[:-1]):
        total *= square
        total += coefficient
    total *= x
    return total
