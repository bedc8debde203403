"""Labels of groups: as few words as tell them apart, each under a heading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from relusgd.comparing.keys import ABSENT, CASE, POINTS, RUN, Values
from relusgd.config.dumping import dump
from relusgd.runs.run import Run
from relusgd.runs.titles import WAY, telling_keys, value_words, ways_of
from relusgd.words import counted

TRAINING = "training"
"""The heading of method and layers."""

DATA = "data"
"""The heading of the keys that say which points are learned."""

CLEAR_ALONE = (TRAINING, DATA, CASE, RUN)
"""Headings that a label leaves out, because their words are clear without them."""

LONGEST_WORD = 28
"""The most characters of a value in a label."""

Words = dict[str, str]
"""Heading → word: {"hidden": "10", "training": "ridge"}."""


def label(words: Mapping[str, str], without: Sequence[str] = ()) -> str:
    """The words in a line, some headings left out: "hidden 10, ridge"."""
    shown = []
    for name, word in words.items():
        if name not in without:
            shown.append(named(name, word))
    return ", ".join(shown)


def named(name: str, word: str) -> str:
    """The word behind its heading, where it needs one: hidden 10; ridge."""
    return word if name in CLEAR_ALONE else f"{name} {word}"


def telling_words(runs: Sequence[Run], varied: Values) -> dict[str, list[str]]:
    """Heading → word for each run, for as few keys as tell apart what all of them do.

    Widths come first, then ways of training.
    """
    if not varied:
        return {}
    kept = telling_keys(_by_worth(runs, varied))
    kept.sort(key=lambda key: key != "network.hidden")
    words: dict[str, list[str]] = {}
    for key in kept:
        if key in WAY:
            words[TRAINING] = ways_of(runs)
        elif key in POINTS:
            words[DATA] = _points_in_words(runs, varied)
        else:
            words[heading(key, kept)] = [short_words(value) for value in varied[key]]
    return words


def _by_worth(runs: Sequence[Run], varied: Values) -> Values:
    """The keys as labels prefer them: the case, the points, all others.

    The case is left out if it maps one to one to the way of training, which says more.
    """
    order = dict.fromkeys((CASE, *POINTS, *varied))
    by_worth = {key: varied[key] for key in order if key in varied}
    if CASE in varied and _are_one_to_one(varied[CASE], ways_of(runs)):
        del by_worth[CASE]
    return by_worth


def _are_one_to_one(names: Sequence[object], others: Sequence[object]) -> bool:
    pairs = set(zip(names, others, strict=True))
    return len(pairs) == len(set(names)) == len(set(others))


def _points_in_words(runs: Sequence[Run], varied: Values) -> list[str]:
    """The target, the CSV's name and column, or how many points are given."""
    words = []
    for number, run in enumerate(runs):
        data = run.config.data
        if data.kind == "target":
            words.append(short_words(dump(data.target)))
        elif data.kind == "points":
            words.append(counted(len(data.x), "point"))
        else:
            path: object = data.path
            if "data.path" in varied:
                path = varied["data.path"][number]
            column = f": {data.y}" if "data.y" in varied else ""
            words.append(f"{path}{column}")
    return words


def heading(key: str, others: Sequence[str] = ()) -> str:
    """The last part of a key in words, or all of it where two of the others end in the same.

    The key itself may be one of the others.
    """
    short, long = headings(key)
    endings = []
    for other in others:
        ending, _ = headings(other)
        endings.append(ending)
    return long if endings.count(short) > 1 else short


def varied_number(key: str) -> str:
    """What a number is that runs differ in, in words: number of hidden units; learning rate."""
    return "number of hidden units" if key == "network.hidden" else heading(key)


def headings(key: str) -> tuple[str, str]:
    """The last part of a key in words, and all of it."""
    long = key.replace("_", " ")
    return long.split(".")[-1], long


def short_words(value: object, most: int = LONGEST_WORD) -> str:
    """A value in words, cut to this many characters."""
    words = repr(value) if value is ABSENT else value_words(value)
    if len(words) <= most:
        return words
    return words[: most - 1] + "…"
