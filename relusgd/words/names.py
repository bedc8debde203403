"""Names: the order in which people read them, and which one somebody may have meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from relusgd.words.lists import comma_list

NUMBER_IN_NAME = re.compile(r"((?:(?<==)-)?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)")


def natural_order(name: str) -> tuple[object, ...]:
    """A key that sorts names as people do: hidden=5 before hidden=10, rate=0.005 before 0.01."""
    parts: list[tuple[int, float, str]] = []
    for place, part in enumerate(NUMBER_IN_NAME.split(name)):
        is_number = place % 2 == 1
        key = (1, float(part), "") if is_number else (0, 0.0, part)
        parts.append(key)
    # Names of equal parts, such as 5 and 05, have an order, too.
    return (tuple(parts), name)


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
