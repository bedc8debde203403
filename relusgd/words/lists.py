"""Lists of names in sentences, and the letters with which sentences begin and end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LONGEST_LISTING = 30
"""The most names that one sentence lists."""


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


def with_capital(text: str) -> str:
    """The text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def as_sentence(text: str) -> str:
    """The text with a capital letter at its beginning and a full stop at its end."""
    return f"{with_capital(text)}."


def without_capital(text: str) -> str:
    """The text with a small letter at its beginning."""
    return text[:1].lower() + text[1:]
