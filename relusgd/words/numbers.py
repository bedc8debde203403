"""Numbers in words: so many digits as the reader needs, exactly, as ranges, as shapes."""

from __future__ import annotations

import math
from collections.abc import Sequence

DASH = "–"
"""Shown in place of a missing number."""

ROUNDS_TO_A_THOUSAND = 999.5
"""From here on three significant digits are 1,000."""

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float) -> str:
    """Three significant digits: 0.0123, 150, 31,400, 1.2e7; a dash for nan."""
    if math.isnan(value):
        return DASH
    if ROUNDS_TO_A_THOUSAND <= abs(value) < 1e6:
        return f"{value:,.0f}"
    return short_exponent(f"{value:.3g}")


def rounded_number(value: float) -> str:
    """Two significant digits, for what need not be known better: 0.0082, 150,000, 4e11."""
    if math.isnan(value) or abs(value) < 1e6:
        return number(float(f"{value:.2g}"))
    return short_exponent(f"{value:.2g}")


def exact_number(value: float) -> str:
    """The shortest text that YAML reads back as this number: 0.02, 1e-6, and 1 for 1.0."""
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    return short_exponent(repr(float(value)))


def significant(value: float, digits: int = 4) -> str:
    """This many significant digits, as print has them: 0.1235, −2, 1.25e−5; no zeros at the end."""
    text = f"{value + 0.0:.{digits}g}"  # adding 0.0 turns −0 into 0
    return short_exponent(text).replace("-", "−")


def plain_significant(value: float, digits: int = 4) -> str:
    """The same, but a number below ten million is written out: 18,394 and not 1.839e4."""
    if 10**digits <= abs(value) < 1e7:
        return f"{value:,.0f}".replace("-", "−")
    return significant(value, digits)


def superscript(number: int) -> str:
    """A whole number in raised digits: ², ⁻¹²."""
    return str(number).translate(SUPERSCRIPTS)


def dimensions(shape: Sequence[int]) -> str:
    """The shape of an array: 3, 3×2; empty for a single number."""
    return "×".join(str(size) for size in shape)


def short_exponent(text: str) -> str:
    """A number's text with its exponent as people and configs write it: 1e-6 for 1e-06, 2.1e215 for
    2.1e+215, 1 for 1.0.
    """
    mantissa, _, exponent = text.partition("e")
    mantissa = mantissa.removesuffix(".0")
    if not exponent:
        return mantissa
    return f"{mantissa}e{int(exponent)}"


def number_range(lowest: float, highest: float) -> tuple[str, str]:
    """Both ends of a range in as few digits as tell them apart, at most three."""
    ends = rounded_number(lowest), rounded_number(highest)
    if ends[0] == ends[1]:
        return number(lowest), number(highest)
    return ends


def index_ranges(indices: Sequence[int]) -> str:
    """Whole numbers in ascending order, neighbours as ranges: 0–3, 7, 9."""
    ranges: list[list[int]] = []
    for index in indices:
        if ranges and index == ranges[-1][1] + 1:
            ranges[-1][1] = index
        else:
            ranges.append([index, index])
    texts = []
    for first, last in ranges:
        is_alone = first == last
        texts.append(f"{first:,}" if is_alone else f"{first:,}–{last:,}")
    return ", ".join(texts)
