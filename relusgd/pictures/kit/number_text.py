"""Numbers in pictures, in a fixed number of digits and with a real minus sign.

Sentences and tables round with `relusgd.words`, which drops trailing zeros. In a film or beside an
axis the digits must not come and go, so these keep them.
"""

from __future__ import annotations

import math
import re

from relusgd.words import DASH

ALMOST_ONE = 1.0001
"""A spacing of 0.0999999 counts as 0.1."""


HYPHEN_AS_MINUS = re.compile(r"(?<![\w.])-(?=[\d.])|(?<=\de)-(?=\d)")
"""A hyphen before a number or in its exponent; not one within a word or a name."""


def with_minus_signs(words: str) -> str:
    """The words with real minus signs in their numbers: −0.5 and 1e−8, but torch-like."""
    return HYPHEN_AS_MINUS.sub("−", words)


def error_text(value: float) -> str:
    """A mean squared error in three digits: 0.0140, 15,300, 1.23e−7."""
    if not math.isfinite(value):
        return DASH
    if value == 0 or 1e-3 <= abs(value) < 1e3:
        return f"{value:#.3g}".rstrip(".").replace("-", "−")
    if 1e3 <= abs(value) < 1e7:
        return f"{value:,.0f}".replace("-", "−")
    return _scientific(value, 2)


def tick_text(value: float, spacing: float, largest: float) -> str:
    """The number at a tick, with as many decimals as its distance to the next tick asks for.

    largest: the largest absolute value on the axis; all ticks of an axis are written alike. Years
    keep their four digits without a comma.
    """
    if abs(value) < spacing * 1e-6:
        value = 0.0
    first_decimal = math.floor(math.log10(spacing * ALMOST_ONE))
    if not 1e-4 < largest < 1e6:
        if value == 0:
            return "0"
        digits = math.floor(math.log10(max(abs(value), spacing))) - first_decimal
        return _scientific(value, min(max(digits, 0), 12))
    decimals = max(0, -first_decimal)
    if abs(round(spacing, decimals) - spacing) > spacing * 1e-3:
        decimals += 1
    grouping = "," if largest >= 1e4 else ""
    text = f"{abs(value):{grouping}.{decimals}f}"
    rounds_to_zero = float(text.replace(",", "")) == 0
    return text if value >= 0 or rounds_to_zero else f"−{text}"


def _scientific(value: float, digits: int) -> str:
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−")
