"""The keys in which runs differ, and the order of their values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from relusgd.config import flatten
from relusgd.config.differences import differing_values
from relusgd.config.network_section import NetworkSection
from relusgd.config.start import RunStart
from relusgd.config.values import is_number
from relusgd.runs.identity import start_digest
from relusgd.runs.run import Run
from relusgd.runs.titles import folder_words, known_first
from relusgd.training.optimizers import unused_keys

SEEDS = ("seed", "network.seed", "training.seed", "data.seed")
"""Keys whose values make repetitions of the same experiment."""

FEW = 9
"""Up to this many runs that differ in their seeds alone are a row each; more are one row."""

CASE, RUN = "case", "run"
"""Keys of groups that are not keys of a config: a sweep's case by its name, and the folder."""

USED_WITH_A_START = {"network.hidden", "network.output_bias", "network.start"}
"""The keys of the network that count where it begins with given parameters."""

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
    differing = differing_used_keys(runs)
    varied = {key: values for key, values in differing.items() if key not in SEEDS}
    if varied:
        has_cases = all(cases) and len(set(cases)) > 1
        return {CASE: list(cases), **varied} if has_cases else varied
    if not 1 < len(runs) <= FEW:
        return {}
    seeds_of_runs = set(zip(*differing.values(), strict=True))
    seeds_tell_all_apart = len(seeds_of_runs) == len(runs)
    if seeds_tell_all_apart:
        return differing
    return {RUN: list(folder_words(runs))}


def differing_used_keys(runs: Sequence[Run]) -> Values:
    """Every key in which runs that use it differ, seeds included, the best known first."""
    used = [used_keys(run) for run in runs]
    _name_files_by_content(runs, used)
    _name_starts_by_content(runs, used)
    keys = known_first(differing_values(used, missing=ABSENT))
    differing = {}
    for key, values in keys.items():
        if len(present(values)) > 1:
            differing[key] = values
    return differing


def used_keys(run: Run) -> dict[str, object]:
    """Dotted key → value, for keys that the run uses.

    Ridge regression uses no key of SGD, and a network to begin with stands in place of what the
    other keys of the network say.
    """
    config = run.config
    unused = {f"training.{key}" for key in unused_keys(config.training.method)}
    if config.network.start is not None:
        keys_of_network = {f"network.{key}" for key in NetworkSection.model_fields}
        unused |= keys_of_network - USED_WITH_A_START
    return {key: value for key, value in flatten(config).items() if key not in unused}


def _name_files_by_content(runs: Sequence[Run], used: Sequence[dict[str, object]]) -> None:
    """Give runs on copies of a CSV the path of the first copy.

    used: the keys and values of each run, which are changed in place. A file of another content at
    the same path is marked by the beginning of its SHA-256.
    """
    path_of: dict[str, object] = {}
    for run, values in zip(runs, used, strict=True):
        if "data.path" not in values:
            continue
        digest = str(run.facts.csv_sha256)
        if digest not in path_of:
            path = values["data.path"]
            is_taken = path in path_of.values()
            path_of[digest] = f"{path}~{digest[:6]}" if is_taken else path
        values["data.path"] = path_of[digest]


def _name_starts_by_content(runs: Sequence[Run], used: Sequence[dict[str, object]]) -> None:
    """Give runs that begin with the same parameters the same words for them, in `used`. In place.

    Other parameters from the same place are marked by the beginning of their SHA-256.
    """
    words_of: dict[str, str] = {}
    for run, values in zip(runs, used, strict=True):
        digest = start_digest(run)
        if digest is None:
            continue
        words = _start_words(run)
        if words in words_of.values():
            words = f"{words}~{digest[:6]}"
        values["network.start"] = words_of.setdefault(digest, words)


def _start_words(run: Run) -> str:
    """The network that a run began with, in words."""
    start = run.config.network.start
    if not isinstance(start, RunStart):
        return "written parameters"
    facts = run.facts.start
    epoch = start.epoch
    if facts is not None and facts.epoch is not None:
        epoch = facts.epoch
    return f"{start.run} at epoch {epoch}"


def present(values: Iterable[object]) -> list[object]:
    """The distinct values, as they come, without ABSENT."""
    distinct = {}
    for value in values:
        if value is not ABSENT:
            # By their text, because schedules and knots are dicts, which have no hash.
            distinct[repr(value)] = value
    return list(distinct.values())


def in_order(values: Sequence[object]) -> list[object]:
    """The distinct values: numbers, and lists of numbers, from the smallest; others as they come.

    ABSENT stands last.
    """

    def lengths_first(value: object) -> tuple[int, tuple[Any, ...]]:
        items = _items(value)
        return len(items), items

    ordered = present(values)
    if all(_are_numbers(value) for value in ordered):
        ordered.sort(key=lengths_first)
    if any(value is ABSENT for value in values):
        ordered.append(ABSENT)
    return ordered


def _are_numbers(value: object) -> bool:
    return all(is_number(item) for item in _items(value))


def _items(value: object) -> tuple[Any, ...]:
    """The items of a list; a single value counts as a list of one."""
    return value if isinstance(value, tuple) else (value,)
