"""Numbers that are written as text, read many at once and to the last bit.

Eight characters are eight digits in one 64-bit word, and one multiplication joins neighbours: to
pairs, fours, eights. What a field writes is then a whole number below 10^19 over a power of ten.
Where a long double has 64 binary digits, both are exact, and their quotient is rounded once. As a
float it is rounded again. That gives the nearest float, unless the quotient lies exactly in the
middle of two. Such fields, and those in any other form, are left to the caller.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from relusgd.ceil_div import ceil_div

Array = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Integers = NDArray[np.int64]
Words = NDArray[np.uint64]

WORD = 8
"""The characters of a word."""

MOST_WORDS = 3
"""Fields are read up to so many words of digits behind the point."""

EIGHT_ZEROS = np.uint64(0x3030303030303030)
"""Eight times the character 0; a digit differs from it by its value."""

TO_SEVEN_BITS = np.uint64(0x7676767676767676)
"""What added to a byte leaves its highest bit 0 if, and only if, the byte is below 10."""

HIGHEST_BITS = np.uint64(0x8080808080808080)
"""The highest bit of each byte."""

PAIRS_OF_FOUR = np.uint64(0x000000FF000000FF)
"""The first pair of digits of each half of a word."""

JOIN_FIRST_PAIRS = np.uint64(100 + (10**6 << 32))
JOIN_SECOND_PAIRS = np.uint64(1 + (10**4 << 32))
"""Times these, the upper half of a word holds the sum of its two pairs, each at its power of ten:
the first and third pair of eight digits times 10^6 and 100, the second and fourth times 10^4 and 1.
"""

MIDDLE_OF_TWO_FLOATS = np.uint64(0x400)
"""The last eleven bits of a long double in the middle of two floats."""

ELEVEN_BITS = np.uint64(0x7FF)

MOST_DIGITS = 19
"""All whole numbers of so many digits are below 2^64."""

POWERS = 10 ** np.arange(MOST_DIGITS, dtype=np.uint64)


class DecimalText:
    """A text in which numbers are read. content: its bytes."""

    def __init__(self, content: bytes) -> None:
        padded = b"0" * (WORD * MOST_WORDS) + content
        self.characters = np.frombuffer(content, np.uint8)
        # The word at each place is the eight characters before it; words may lie anywhere.
        places = len(padded) - WORD + 1
        self._words = np.ndarray((places,), np.dtype("<u8"), padded, strides=(1,))

    def whole_numbers(self, begins: Integers, ends: Integers) -> tuple[Array, Booleans]:
        """The numbers of fields of one to eight digits, and which fields are that; shape (n,)."""
        lengths = ends - begins
        numbers, are_digits = self._number(ends, np.clip(lengths, 0, WORD))
        is_read = are_digits & (lengths >= 1) & (lengths <= WORD)
        return numbers.astype(np.float64), is_read

    def fractions(self, begins: Integers, ends: Integers) -> tuple[Array, Booleans]:
        """The numbers of fields such as 0.25 and 3.0, one digit before the point, and which fields
        are that and read to the last bit; shape (n,).
        """
        if not has_wide_long_double():
            return np.zeros(len(begins)), np.zeros(len(begins), np.bool_)
        behind_point = ends - begins - 2
        counts = np.clip(behind_point, 0, WORD * MOST_WORDS)
        last = len(self.characters) - 1
        whole = self.characters[np.minimum(begins, last)] - np.uint8(ord("0"))
        point = self.characters[np.minimum(begins + 1, last)]
        is_read = (whole < 10) & (point == ord(".")) & (behind_point >= 1)
        is_read &= behind_point <= WORD * MOST_WORDS
        digits = self._digits_behind_point(ends, counts, is_read)
        # With a whole part, the digits of both have to be below 10^19.
        is_read &= (whole == 0) | (counts < MOST_DIGITS)
        digits += whole * POWERS[np.minimum(counts, MOST_DIGITS - 1)]
        quotients = digits.astype(np.longdouble) / _long_powers()[counts]
        significands = quotients.view(np.uint64)[::2]
        is_read &= significands & ELEVEN_BITS != MIDDLE_OF_TWO_FLOATS
        return quotients.astype(np.float64), is_read

    def _digits_behind_point(self, ends: Integers, counts: Integers, is_read: Booleans) -> Words:
        """The whole numbers of the last `counts` digits, 0 to 24, of fields, shape (n,).

        is_read becomes False where they are no digits, or a number of 10^19 or more.
        """
        digits = np.zeros(len(ends), np.uint64)
        words = ceil_div(int(counts.max(initial=0)), WORD)
        for word in reversed(range(words)):
            behind = word * WORD
            number, are_digits = self._number(ends - behind, np.clip(counts - behind, 0, WORD))
            is_read &= are_digits
            if behind + WORD > MOST_DIGITS:
                is_read &= number < POWERS[MOST_DIGITS - behind]
            digits += number * POWERS[behind]
        return digits

    def _number(self, ends: Integers, counts: Integers) -> tuple[Words, Booleans]:
        """The number of the last `counts` characters before each end, 0 to 8, and whether all of
        them are digits; shape (n,).
        """
        # In place, because the next number would wait for new memory longer than for its digits.
        digits = self._words[ends + WORD * (MOST_WORDS - 1)]
        digits ^= EIGHT_ZEROS
        digits &= _masks()[counts]
        has_other = digits + TO_SEVEN_BITS
        has_other |= digits
        has_other &= HIGHEST_BITS
        # Neighbouring digits become pairs, and the four pairs one number.
        pairs = digits * np.uint64(10)
        digits >>= np.uint64(8)
        pairs += digits
        second_pairs = pairs >> np.uint64(16)
        second_pairs &= PAIRS_OF_FOUR
        second_pairs *= JOIN_SECOND_PAIRS
        pairs &= PAIRS_OF_FOUR
        pairs *= JOIN_FIRST_PAIRS
        pairs += second_pairs
        pairs >>= np.uint64(32)
        return pairs, has_other == 0


@lru_cache(maxsize=1)
def has_wide_long_double() -> bool:
    """Whether a long double has 64 binary digits, as on x86, also in what is computed."""
    if np.finfo(np.longdouble).nmant != 63 or np.dtype(np.longdouble).itemsize != 16:
        return False
    large = np.full(1, 2**63, np.uint64).astype(np.longdouble)
    return bool(((large + 1) - large == 1).all())


@lru_cache(maxsize=1)
def _masks() -> Words:
    """Number of characters → the bytes of a word that hold its last ones."""
    all_bytes = 2**64 - 1
    masks = [all_bytes << 8 * (WORD - count) & all_bytes for count in range(WORD + 1)]
    return np.array(masks, np.uint64)


@lru_cache(maxsize=1)
def _long_powers() -> NDArray[np.longdouble]:
    """k → 10^k, exact up to 10^27."""
    tens = np.full(WORD * MOST_WORDS + 1, 10, np.longdouble)
    tens[0] = 1
    return np.cumprod(tens)
