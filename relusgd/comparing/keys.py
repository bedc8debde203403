"""The keys in which runs differ, and the order of their values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from relusgd.config import flatten
from relusgd.config.differences import differing_values
from relusgd.runs.run import Run
from relusgd.runs.titles import folder_words, known_first

SEEDS = ("seed", "network.seed", "training.seed", "data.seed")
"""Keys whose values make repetitions of the same experiment."""

FEW = 9
"""Up to this many runs that differ in their seeds alone are a row each; more are one row."""

CASE, RUN = "case", "run"
"""Keys of groups that are no keys of a config: the name of a sweep's case, and the run's folder."""

POINTS = ("data.kind", "data.target", "data.path", "data.x", "data.y")
"""The keys that say which points are learned."""

Values = dict[str, list[object]]
"""Key → its value in each run; ABSENT where a run has no such key, or makes no use of it."""


class Absent:
    """The value of a key that means nothing to a run. (null is a value like any other.)"""

    def __repr__(self) -> str:
        return "–"


ABSENT = Absent()


def varied_keys(runs: Sequence[Run], cases: Sequence[str | None] = ()) -> Values:
    """The keys in which the runs differ, seeds left out. cases: the name of each run's case.

    Up to FEW runs that differ in nothing else are told apart by their seeds; if these are the
    same, by their folders.
    """
    differing = differing_keys(runs)
    varied = {key: values for key, values in differing.items() if key not in SEEDS}
    if varied and all(cases) and len(set(cases)) > 1:
        return {CASE: list(cases), **varied}
    if varied or not 1 < len(runs) <= FEW:
        return varied
    combinations = {repr(row) for row in zip(*differing.values(), strict=True)}
    if len(combinations) == len(runs):
        return differing
    return {RUN: list(folder_words(runs))}


def differing_keys(runs: Sequence[Run]) -> Values:
    """Every key in which runs that use it differ, seeds included, the best known first."""
    used = [used_keys(run) for run in runs]
    _count_files_by_content(runs, used)
    differing = known_first(differing_values(used, missing=ABSENT))
    return {key: values for key, values in differing.items() if len(present(values)) > 1}


def used_keys(run: Run) -> dict[str, object]:
    """Dotted key → value, for keys that the run uses: ridge regression uses no key of SGD."""
    flat = flatten(run.config)
    if run.config.training.method == "sgd":
        del flat["training.penalty"]
        return flat
    own = ("training.method", "training.penalty")
    return {
        key: value for key, value in flat.items() if key in own or not key.startswith("training.")
    }


def _count_files_by_content(runs: Sequence[Run], used: Sequence[dict[str, object]]) -> None:
    """Give copies of a CSV the path of the first one.

    A file of another content at the same path is marked by the beginning of its SHA-256.
    """
    path_of: dict[str | None, object] = {}
    for run, values in zip(runs, used, strict=True):
        if "data.path" not in values:
            continue
        path, digest = values["data.path"], run.facts.csv_sha256
        if digest not in path_of:
            is_taken = path in path_of.values()
            path_of[digest] = f"{path}~{str(digest)[:6]}" if is_taken else path
        values["data.path"] = path_of[digest]


def present(values: Iterable[object]) -> list[object]:
    """The distinct values, as they come, without ABSENT."""
    # Schedules and knots are dicts, which have no hash.
    distinct = {repr(value): value for value in values if value is not ABSENT}
    return list(distinct.values())


def in_order(values: Sequence[object]) -> list[object]:
    """The distinct values: numbers, and lists of numbers, from the smallest; others as they come.

    ABSENT stands last.
    """
    ordered = present(values)
    if all(_is_numeric(value) for value in ordered):
        ordered.sort(key=_numeric_order)
    absent: list[object] = [ABSENT] if any(value is ABSENT for value in values) else []
    return ordered + absent


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_numeric(value: object) -> bool:
    """Whether this is a number, or a list of numbers."""
    if isinstance(value, tuple):
        return bool(value) and all(is_number(item) for item in value)
    return is_number(value)


def _numeric_order(value: object) -> tuple[float, ...]:
    """Short lists before long ones; a number counts as a list of one."""
    items = value if isinstance(value, tuple) else (value,)
    return (float(len(items)), *map(float, items))
