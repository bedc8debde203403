"""Numbers in words, for tables and sentences; light enough for the command line to import."""

from __future__ import annotations

LARGEST_OF_THREE_DIGITS = 999.5
"""From here on three significant digits are 1,000."""


def number(value: float) -> str:
    """Three significant digits, no exponent up to a million; a dash for what does not exist."""
    if value != value:
        return "–"
    return f"{value:,.0f}" if LARGEST_OF_THREE_DIGITS <= abs(value) < 1e6 else plain_exponent(f"{value:.3g}")


def plain_exponent(text: str) -> str:
    """A number's text with its exponent as people and configs write it: 1e-6 for 1e-06, 2.1e215 for 2.1e+215."""
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else text


def bytes_in_words(size: float) -> str:
    """A size in the unit that keeps it below 1,000."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < LARGEST_OF_THREE_DIGITS:
            return f"{number(size)} {unit}"
        size /= 1000
    return f"{number(size)} TB"


def rounded(value: float) -> str:
    """Two significant digits, for what need not be known better: 0.0082, 150,000, 4e11."""
    if value != value or abs(value) < 1e6:
        return number(float(f"{value:.2g}"))
    return plain_exponent(f"{value:.2g}")


def brief_duration(seconds: float) -> str:
    """A duration in at most seven characters: 61 µs, 2 ms, 0.12 s, 34 s, 12 min, 3.5 h."""
    if 0 < seconds < 1e-4:
        return f"{1e6 * seconds:.2g} µs"
    if seconds < 0.1:
        return f"{1000 * seconds:.2g} ms"
    if seconds < 100:
        return f"{seconds:.2g} s"
    return f"{seconds / 60:.2g} min" if seconds < 5970 else f"{seconds / 3600:,.3g} h"


def listed(words: list[str]) -> str:
    """a; a and b; a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def times(factor: float) -> str:
    """A ratio of two errors: 1.2 times, 45 times."""
    return f"{rounded(factor)} times"


def below(lower: float, higher: float) -> str:
    """How far one error lies below another: 8 % below, 3.2 times below, less than 0.1 % below."""
    if higher < 1.001 * lower:
        return "less than 0.1 % below"
    return f"{rounded(100 * (1 - lower / higher))} % below" if higher < 2 * lower else f"{times(higher / lower)} below"


def ends(lowest: float, highest: float) -> tuple[str, str]:
    """Both ends of a range in as few digits as tell them apart, at most three."""
    few = rounded(lowest), rounded(highest)
    return few if few[0] != few[1] else (number(lowest), number(highest))
