"""Amounts in words: counts of things, ratios, sizes of files, durations."""

from __future__ import annotations

import math

from relusgd.words.numbers import DASH, ROUNDS_TO_A_THOUSAND, number, rounded_number


def counted(count: int, noun: str) -> str:
    """1 step, 5 steps, 30,000 steps."""
    plural = "" if count == 1 else "s"
    return f"{count:,} {noun}{plural}"


def counted_part(part: int, whole: int, noun: str) -> str:
    """A part of several things: the unit, both units, all 40 units, 1 of 40 units."""
    if part < whole:
        return f"{part:,} of {counted(whole, noun)}"
    if whole == 1:
        return f"the {noun}"
    if whole == 2:
        return f"both {noun}s"
    return f"all {counted(whole, noun)}"


def agreeing(count: int, of_one: str, of_many: str) -> str:
    """The form of a word that agrees with a count, such as its verb: 1 unit is, 2 units are."""
    return of_one if count == 1 else of_many


def ratio_words(factor: float) -> str:
    """A ratio: 1.2 times, 45 times."""
    return f"{rounded_number(factor)} times"


def below(lower: float, higher: float) -> str:
    """How far one error lies below another: 8 % below, 3.2 times below, less than 0.1 % below."""
    if higher < 1.001 * lower:
        return "less than 0.1 % below"
    if higher < 2 * lower:
        return f"{rounded_number(100 * (1 - lower / higher))} % below"
    return f"{ratio_words(higher / lower)} below"


def byte_size(size: float) -> str:
    """A size in the unit that keeps it below 1,000: 12 bytes, 4.1 kB, 49 MB."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < ROUNDS_TO_A_THOUSAND:
            return f"{number(size)} {unit}"
        size /= 1000
    return f"{number(size)} TB"


def duration(seconds: float) -> str:
    """A duration as people say it: 3.4 s, 2 min 05 s, 1 h 02 min."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s"


def brief_duration(seconds: float) -> str:
    """A duration in at most seven characters, for columns: 61 µs, 2 ms, 0.12 s, 34 s, 12 min, 3.5
    h.
    """
    if math.isnan(seconds):
        return DASH
    if 0 < seconds < 1e-4:
        return f"{1e6 * seconds:.2g} µs"
    if seconds < 0.1:
        return f"{1000 * seconds:.2g} ms"
    if seconds < 100:
        return f"{seconds:.2g} s"
    if seconds < 5970:
        return f"{seconds / 60:.2g} min"
    return f"{seconds / 3600:,.3g} h"
