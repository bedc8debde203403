"""What is wrong with a sweep block by itself, before any of its runs is planned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from relusgd.config.faults import translate
from relusgd.config.keys import known_keys, not_known
from relusgd.config.overrides import with_settings, without
from relusgd.config.schema import Config, SweepSection
from relusgd.config.section import BESIDE_THE_RUN
from relusgd.config.source import Fault, Path, covers, split_key
from relusgd.config.synonyms import key_meant
from relusgd.config.value_types import MAX_RUNS
from relusgd.words import shown


def sweep_faults(sweep: SweepSection, values: dict[str, object]) -> Iterator[Fault]:
    """Unknown and doubly varied keys, values that their key does not take, too many runs.

    values: the config as written.
    """
    base = without(values, ("sweep",))
    for key, listed in sweep.grid.items():
        yield from _grid_faults(key, listed, base, sweep)
    for name, bundle in sweep.cases.items():
        yield from _case_faults(name, bundle, base, sweep)
    yield from _run_faults(sweep)


def varied_paths(sweep: SweepSection | None) -> set[Path]:
    """The paths whose values differ from run to run.

    Faults between these keys and others are reported for each run.
    """
    if sweep is None:
        return set()
    keys = set(sweep.grid).union(*sweep.cases.values())
    return {split_key(key) for key in keys}


def _grid_faults(
    key: str,
    listed: tuple[object, ...],
    base: dict[str, object],
    sweep: SweepSection,
) -> Iterator[Fault]:
    """What is wrong with one key of the grid, and with its values."""
    path: Path = ("sweep", "grid", key)
    unknown = _unknown(key)
    if unknown is not None:
        yield Fault(path, unknown)
    elif not (key.startswith("data.") and _varies_kind(sweep)):
        for value in listed:
            for _, text in _value_faults({key: value}, base):
                yield Fault(path, f": {text}")
    seen: dict[object, int] = {}
    for i, value in enumerate(listed, start=1):
        # 1 and true are equal in Python.
        typed_value = (type(value), value)
        first = seen.setdefault(typed_value, i)
        if first != i:
            yield Fault(path, f"lists {shown(value)} twice, as items {first} and {i}")


def _case_faults(
    name: str,
    bundle: Mapping[str, object],
    base: dict[str, object],
    sweep: SweepSection,
) -> Iterator[Fault]:
    """What is wrong with the keys of one case, and with their values."""
    path: Path = ("sweep", "cases", name)
    known = {}
    for key, value in bundle.items():
        unknown = _unknown(key)
        if unknown is not None:
            yield Fault((*path, key), unknown)
        else:
            known[key] = value
    for key, text in _value_faults(known, base):
        yield Fault((*path, key), f": {text}")
    for key in bundle:
        if key in sweep.grid:
            yield Fault((*path, key), "is in the grid too; vary it in one of them")
        elif key == "seed" and sweep.repeat > 1:
            text = "is set, but repeat counts the seeds up; leave one of them out"
            yield Fault((*path, key), text)


def _unknown(key: str) -> str | None:
    """The fault of a key that cannot be varied."""
    path = split_key(key)
    if path[0] == "sweep":
        return "cannot vary the sweep itself"
    if path[0] == "expect":
        return "cannot vary what a recipe expects"
    known = [one for one in known_keys() if one not in BESIDE_THE_RUN]
    if any(covers(split_key(one), path) for one in known):
        return None
    block, _, name = key.rpartition(".")
    return not_known(key, key_meant(name, block), known)


def _varies_kind(sweep: SweepSection) -> bool:
    """Whether the kind of data, and so which keys it has, differs from run to run."""
    bundles = (sweep.grid, *sweep.cases.values())
    return any("data.kind" in bundle for bundle in bundles)


def _value_faults(
    settings: Mapping[str, object],
    base: dict[str, object],
) -> Iterator[tuple[str, str]]:
    """Key and fault of every setting that its key does not take.

    Other faults of the config are reported elsewhere.
    """
    values = with_settings(base, settings)
    try:
        Config.model_validate(values)
    except ValidationError as error:
        for broken in translate(error, values):
            for key in settings:
                if covers(split_key(key), broken.fault.path):
                    yield key, broken.fault.text.removeprefix(": ")


def _run_faults(sweep: SweepSection) -> Iterator[Fault]:
    """Seeds that are given in two ways, and too many runs."""
    if "seed" in sweep.grid and sweep.repeat > 1:
        text = "lists seeds, but repeat counts them up too; leave one of them out"
        yield Fault(("sweep", "grid", "seed"), text)
    if sweep.runs > MAX_RUNS:
        text = f"describes {sweep.runs:,} runs; at most {MAX_RUNS:,} are accepted"
        yield Fault(("sweep",), text)
