"""What runs differ in: the keys that make groups of them, and as few words as tell the groups apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from relusgd.config import flatten
from relusgd.config.dumping import dump
from relusgd.runs.run import Run
from relusgd.runs.titles import (
    FIRST,
    IGNORED,
    WAY,
    folder_words,
    telling_keys,
    value_words,
    ways_of,
)

SEEDS = ("seed", "network.seed", "training.seed", "data.seed")
"""Keys whose values make repetitions of the same experiment."""

FEW = 9
"""So many runs that differ in their seeds alone are compared one by one; of more only their spread tells something."""

CASE, TRAINING, DATA, RUN = "case", "training", "data", "run"
"""What groups are told apart by beside keys: a sweep's case by its name, method and layers and the points in words, the folder."""

POINTS = ("data.kind", "data.target", "data.path", "data.x", "data.y")
"""The keys that say which points are learned."""

Values = dict[str, list[object]]
"""Key → its value in each run; ABSENT where a run has no such key, or makes no use of it."""


class Absent:
    """The value of a key that means nothing to a run; null is a value like others."""

    def __repr__(self) -> str:
        return "–"


ABSENT = Absent()


def varied_keys(runs: Sequence[Run], cases: Sequence[str | None] | None = None) -> Values:
    """The keys in which the runs differ, seeds left out; cases: the name of each run's case in its sweep.

    FEW runs that differ in nothing else are told apart by their seeds, or if these are the same by their folders.
    """
    varied = differing(runs)
    groups = {key: values for key, values in varied.items() if key not in SEEDS}
    if groups and cases and all(cases):
        return {CASE: list(cases), **groups} if len(set(cases)) > 1 else groups
    if groups or not 1 < len(runs) <= FEW:
        return groups
    if len({tuple(map(repr, row)) for row in zip(*varied.values(), strict=True)}) == len(runs):
        return varied
    return {RUN: list(folder_words(runs))}


def differing(runs: Sequence[Run]) -> Values:
    """Every key in which runs that have it differ, seeds included, the best known first."""
    flat = [used_keys(run) for run in runs]
    keys = dict.fromkeys([*FIRST, *(key for values in flat for key in values)])
    table: Values = {
        key: [values.get(key, ABSENT) for values in flat]
        for key in keys
        if not key.startswith(IGNORED)
    }
    if "data.path" in table:
        table["data.path"] = _paths_by_content(runs, table["data.path"])
    return {key: values for key, values in table.items() if _distinct(values) > 1}


def _distinct(values: Sequence[object]) -> int:
    return len({repr(value) for value in values if value is not ABSENT})


def used_keys(run: Run) -> dict[str, object]:
    """Dotted key → value of what the run makes use of: ridge regression knows a penalty, and nothing of SGD."""
    ridge = run.config.training.method == "ridge"
    own = {"training.method", "training.penalty"} if ridge else None
    flat = flatten(run.config)
    if own:
        return {
            key: value
            for key, value in flat.items()
            if not key.startswith("training.") or key in own
        }
    return {key: value for key, value in flat.items() if key != "training.penalty"}


def _paths_by_content(runs: Sequence[Run], paths: Sequence[object]) -> list[object]:
    """A CSV counts by its content, not by where it lay: equal contents have the first one's path, others are marked."""
    named: dict[object, object] = {}
    for run, path in zip(runs, paths, strict=True):
        digest = run.facts.csv_sha256
        if digest not in named:
            named[digest] = f"{path}~{str(digest)[:6]}" if path in named.values() else path
    return [named[run.facts.csv_sha256] for run in runs]


def telling_words(
    runs: Sequence[Run], varied: Mapping[str, Sequence[object]]
) -> dict[str, list[str]]:
    """Heading → word for each run, by as few keys as tell apart what all of them do; widths first, then ways of training."""
    kept = telling_keys(_by_worth(runs, varied)) if varied else []
    words: dict[str, list[str]] = {}
    for key in sorted(kept, key=lambda key: (key != "network.hidden", kept.index(key))):
        if key in WAY:
            words[TRAINING] = ways_of(runs)
        elif key in POINTS:
            words[DATA] = _points_in_words(runs, varied)
        else:
            words[heading(key, kept)] = [short_words(value) for value in varied[key]]
    return words


def _points_in_words(runs: Sequence[Run], varied: Mapping[str, Sequence[object]]) -> list[str]:
    """The target, the CSV's name and column, or how many points are given."""
    words = []
    for number, run in enumerate(runs):
        data = run.config.data
        if data.kind == "csv":
            path = str(varied["data.path"][number]) if "data.path" in varied else data.path
            words.append(f"{path}: {data.y}" if "data.y" in varied else path)
        else:
            words.append(
                short_words(dump(data.target)) if data.kind == "target" else f"{len(data.x)} points"
            )
    return words


def _by_worth(
    runs: Sequence[Run], varied: Mapping[str, Sequence[object]]
) -> dict[str, Sequence[object]]:
    """The case and the points before all others; without the case where it only renames ways of training."""
    ways = set(zip(varied.get(CASE, ()), ways_of(runs), strict=False))
    renames = all(len({pair[side] for pair in ways}) == len(ways) for side in (0, 1))
    first = [key for key in (CASE, *POINTS) if key in varied and not (key == CASE and renames)]
    return {
        key: varied[key] for key in [*first, *(key for key in varied if key not in (CASE, *POINTS))]
    }


def heading(key: str, others: Sequence[str]) -> str:
    """The last part of a key in words, or all of it where another key ends in the same."""
    last = key.split(".")[-1]
    alone = sum(other.split(".")[-1] == last for other in others) <= 1
    return (last if alone else key).replace("_", " ")


def short_words(value: object, most: int = 28) -> str:
    """A value in words, cut where it is long."""
    words = repr(value) if value is ABSENT else value_words(value)
    return words if len(words) <= most else f"{words[: most - 1]}…"


def in_order(values: Sequence[object]) -> list[object]:
    """The distinct values: numbers, and lists of numbers, from the smallest; others as they come; ABSENT last."""
    distinct: list[object] = list({repr(value): value for value in values}.values())
    present = [value for value in distinct if value is not ABSENT]
    numbers = [_as_numbers(value) for value in present]
    if all(number is not None for number in numbers):
        present = [
            value
            for _, value in sorted(
                zip(numbers, present, strict=True), key=lambda pair: pair[0] or ()
            )
        ]
    return [*present, *(value for value in distinct if value is ABSENT)]


def _as_numbers(value: object) -> tuple[float, ...] | None:
    items = value if isinstance(value, tuple) else (value,)
    whole = bool(items) and all(
        isinstance(item, int | float) and not isinstance(item, bool) for item in items
    )
    return (float(len(items)), *map(float, items)) if whole else None
