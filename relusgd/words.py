"""Words for people: numbers, counts, durations, sizes, lists, values, and what somebody may have
meant by a name.

Every sentence and table of relusgd takes its words from here. Nothing heavy is imported, so that
the command line starts at once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

DASH = "–"
"""Shown in place of a missing number."""

LONGEST_LISTING = 30
"""The most names that one sentence lists."""

LONGEST_SHOWN = 60
"""The most characters of a user's value that a message repeats."""

LONG_INTEGER = 10**40
"""From here on, a whole number is shown as its count of digits."""

PLAIN_TEXT = re.compile(r"[A-Za-z_][A-Za-z0-9_./]*", re.ASCII)
RESERVED_TEXT = frozenset({"null", "true", "false"})

NUMBER_IN_NAME = re.compile(r"((?:(?<==)-)?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)")

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

# From here on three significant digits are 1,000.
_ROUNDS_TO_A_THOUSAND = 999.5


# Numbers


def number(value: float) -> str:
    """Three significant digits: 0.0123, 150, 31,400, 1.2e7; a dash for nan."""
    if math.isnan(value):
        return DASH
    if _ROUNDS_TO_A_THOUSAND <= abs(value) < 1e6:
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


def with_capital(text: str) -> str:
    """The text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def as_sentence(text: str) -> str:
    """The text with a capital letter at its beginning and a full stop at its end."""
    return f"{with_capital(text)}."


def without_capital(text: str) -> str:
    """The text with a small letter at its beginning."""
    return text[:1].lower() + text[1:]


# Counts, ratios, sizes and durations


def counted(count: int, noun: str) -> str:
    """1 step, 5 steps, 30,000 steps."""
    plural = "" if count == 1 else "s"
    return f"{count:,} {noun}{plural}"


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
        if size < _ROUNDS_TO_A_THOUSAND:
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


# Lists and names


def natural_order(name: str) -> tuple[object, ...]:
    """A key that sorts names as people do: hidden=5 before hidden=10, rate=0.005 before 0.01."""
    parts: list[tuple[int, float, str]] = []
    for place, part in enumerate(NUMBER_IN_NAME.split(name)):
        is_number = place % 2 == 1
        key = (1, float(part), "") if is_number else (0, 0.0, part)
        parts.append(key)
    return (*parts, name)


def comma_list(names: Iterable[str]) -> str:
    """The names with commas, at most LONGEST_LISTING of them."""
    given = list(names)
    text = ", ".join(given[:LONGEST_LISTING])
    if len(given) > LONGEST_LISTING:
        return f"{text}, … ({len(given)} in all)"
    return text


def and_list(names: Sequence[str]) -> str:
    """a; a and b; a, b and c."""
    return _joined_list(names, "and")


def or_list(names: Sequence[str]) -> str:
    """a; a or b; a, b or c."""
    return _joined_list(names, "or")


def _joined_list(names: Sequence[str], conjunction: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {conjunction} {names[-1]}"


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """The end of a sentence: "; did you mean sin?" when a choice is near the name, else "; known: "
    and the choices.
    """
    known = list(choices)
    near = nearest(name, known)
    if near is None:
        return f"; known: {comma_list(known)}"
    return f"; did you mean {near}?"


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """The choice that is most like the name, whatever the case of letters; None when none is like
    it.
    """
    by_lower_case: dict[str, str] = {}
    for choice in choices:
        by_lower_case.setdefault(choice.lower(), choice)
    near = get_close_matches(name[:100].lower(), by_lower_case, n=1)
    return by_lower_case[near[0]] if near else None


# Values as YAML writes them, and as messages repeat them


def value_text(value: object) -> str:
    """A value on one line of YAML: null, true, 0.02, 'sin(6*x)', [20, 20], {kind: cosine, minimum:
    0}.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return exact_number(value)
    if isinstance(value, Mapping):
        pairs = [f"{quoted(str(key))}: {value_text(item)}" for key, item in value.items()]
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = [value_text(item) for item in value]
        return "[" + ", ".join(items) + "]"
    return quoted(str(value))


def quoted(text: str) -> str:
    """A text as YAML reads it back: bare where nothing can be taken for something else, otherwise
    in quotes.
    """
    if PLAIN_TEXT.fullmatch(text) and text.lower() not in RESERVED_TEXT:
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    return f"\\U{ord(character):08x}"


def shown(value: object) -> str:
    """A user's value for a message: one printable line, about LONGEST_SHOWN characters at most."""
    if isinstance(value, str):
        return cut_short(f"'{_printable_start(value)}'")
    if isinstance(value, int) and abs(value) >= LONG_INTEGER:
        digits = int(value.bit_length() * math.log10(2)) + 1
        return f"a whole number of about {digits:,} digits"
    if isinstance(value, list | tuple):
        items = [shown(item) for item in value[:8]]
        return _shown_items("list", "[", items, "]", len(value))
    if isinstance(value, Mapping):
        first_pairs = list(value.items())[:8]
        items = [f"{shown_key(str(key))}: {shown(item)}" for key, item in first_pairs]
        return _shown_items("mapping", "{", items, "}", len(value))
    return cut_short(value_text(value))


def _shown_items(kind: str, start: str, items: list[str], end: str, count: int) -> str:
    text = ", ".join(items)
    if count > len(items) or len(text) > LONGEST_SHOWN:
        return f"a {kind} of {count:,}: {start}{cut_short(text)}{end}"
    return f"{start}{text}{end}"


def shown_kind(value: object) -> str:
    """What kind of thing a value is, for messages: None, an object of type int."""
    return "None" if value is None else f"an object of type {type(value).__name__}"


def shown_key(key: str) -> str:
    """A key for a message: printable and not too long."""
    return cut_short(_printable_start(key))


def cut_short(text: str) -> str:
    """The text, cut with an ellipsis behind LONGEST_SHOWN characters."""
    if len(text) <= LONGEST_SHOWN:
        return text
    return text[: LONGEST_SHOWN - 1] + "…"


def _printable_start(text: str) -> str:
    """As much of the text as a message may need, with escapes for what no terminal should get."""
    start = text[: LONGEST_SHOWN + 1]
    return "".join(_printable(character) for character in start)


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape", "surrogatepass").decode()
