"""Words for messages: what a person may have meant by a name that nobody knows, lists, counts."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LISTED = 30


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """The end of a sentence: "; did you mean sin?" when a choice is near the name, else "; known: " and the choices."""
    known = list(choices)
    near = nearest(name, known)
    return f"; did you mean {near}?" if near else f"; known: {listing(known)}"


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """The choice that is most like the name, whatever the case of letters; None when none is like it."""
    by_lower_case: dict[str, str] = {}
    for choice in choices:
        by_lower_case.setdefault(choice.lower(), choice)
    near = get_close_matches(name[:100].lower(), by_lower_case, n=1)
    return by_lower_case[near[0]] if near else None


def listing(names: Iterable[str]) -> str:
    """The names with commas, at most LISTED of them."""
    given = list(names)
    more = f", … ({len(given)} in all)" if len(given) > LISTED else ""
    return ", ".join(given[:LISTED]) + more


def counted(count: int, noun: str) -> str:
    """1 step, 5 steps, 30,000 steps."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
