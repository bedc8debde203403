"""What pydantic finds, in sentences: unknown keys with what was meant, missing ones, wrong values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import ValidationError

from relusgd.config.places import Fault, Path, dotted
from relusgd.config.schema import (
    DATA_KINDS,
    SCHEDULE_KINDS,
    Block,
    Config,
    Knots,
    NetworkBlock,
    Snapshots,
    Sweep,
    Training,
)
from relusgd.config.synonyms import key_meant
from relusgd.words import did_you_mean, nearest, shown

TAGGED: tuple[Path, ...] = (("data",), ("data", "target"), ("training", "schedule"))
"""Keys of several kinds; pydantic puts the kind's name behind them."""

BLOCKS: dict[Path, Sequence[type[Block]]] = {
    (): (Config,),
    ("data",): tuple(DATA_KINDS.values()),
    ("data", "target"): (Knots,),
    ("network",): (NetworkBlock,),
    ("training",): (Training,),
    ("training", "schedule"): tuple(SCHEDULE_KINDS.values()),
    ("snapshots",): (Snapshots,),
    ("sweep",): (Sweep,),
}

KINDS: dict[Path, dict[str, type[Block]]] = {
    ("data",): DATA_KINDS,
    ("training", "schedule"): SCHEDULE_KINDS,
}
"""Blocks whose keys depend on their `kind`."""


@dataclass(frozen=True)
class Broken:
    """A fault, and what to take out of the config so that the rest can be looked at."""

    fault: Fault
    remove: Path


@cache
def known_keys() -> tuple[str, ...]:
    """Every dotted key, of every kind of data, in the order of the models; sweep is one key."""
    keys = dict.fromkeys(_leaf_keys())
    return tuple(keys)


def _leaf_keys() -> Iterator[str]:
    for name in Config.model_fields:
        blocks = BLOCKS.get((name,), ()) if name != "sweep" else ()
        for block in blocks:
            yield from (f"{name}.{key}" for key in block.model_fields)
        if not blocks:
            yield name


def translate(error: ValidationError, values: Mapping[str, object]) -> list[Broken]:
    """Every fault that pydantic found in these values."""
    details = error.errors(include_url=False, include_context=True, include_input=True)
    return [_translate(detail, values) for detail in details]


def _translate(detail: Any, values: Mapping[str, object]) -> Broken:
    path, kind, given = _untagged(detail["loc"]), detail["type"], detail["input"]
    if kind == "extra_forbidden":
        return Broken(Fault(path, _unknown_key(path, values)), path)
    if kind == "missing":
        return Broken(Fault(path, _missing(path, values), also=((*path[:-1], "kind"),)), path[:-1])
    if kind.startswith("union_tag"):
        return _wrong_kind(path, given)
    if kind == "value_error":
        return Broken(Fault(path, str(detail["ctx"]["error"])), path)
    return Broken(Fault(path, _wrong_block(path, given)), path)


def _untagged(location: tuple[str | int, ...]) -> Path:
    path: Path = ()
    is_tag = False
    for part in location:
        if is_tag:
            is_tag = False
            continue
        path = (*path, part)
        is_tag = path in TAGGED
    return path


def _kind(path: Path, values: Mapping[str, object]) -> str:
    """The kind of data or of schedule that is written at this block."""
    block: object = values
    for part in path:
        block = block.get(str(part)) if isinstance(block, Mapping) else None
    kind = block.get("kind") if isinstance(block, Mapping) else None
    return str(kind) if kind is not None else "target"


def _siblings(block: Path, values: Mapping[str, object]) -> list[str]:
    kinds = KINDS.get(block)
    models = (
        [kinds[_kind(block, values)]]
        if kinds and _kind(block, values) in kinds
        else BLOCKS.get(block, ())
    )
    return [key for model in models for key in model.model_fields]


def _unknown_key(path: Path, values: Mapping[str, object]) -> str:
    block, name = path[:-1], str(path[-1])
    if block == ("data",):
        owners = [kind for kind, model in DATA_KINDS.items() if name in model.model_fields]
        if owners:
            default = (
                ""
                if isinstance(data := values.get("data"), Mapping) and "kind" in data
                else ", the default"
            )
            return f"belongs to kind: {' or '.join(owners)}; this data is of kind: {_kind(block, values)}{default}"
    siblings = _siblings(block, values)
    meant = _key_meant(name, dotted(block), siblings)
    return "is not a known key" + (
        f"; did you mean {meant}?" if meant else did_you_mean(name, siblings)
    )


def key_named(name: str) -> str | None:
    """The dotted key that a bare name stands for, here or elsewhere: training.epochs for epochs, training.learning_rate for lr."""
    return name if name in known_keys() else _key_meant(name, "", _siblings((), {}))


def _key_meant(name: str, block: str, siblings: Collection[str]) -> str | None:
    """A key of this block that goes by this name elsewhere, or one of another block that has this name or goes by it."""
    meant = key_meant(name, block)
    here = meant.rpartition(".")[2] if meant and meant.rpartition(".")[0] == block else None
    if here in siblings:
        return here
    elsewhere = [key for key in known_keys() if "." in key and key.split(".")[-1] == name]
    return elsewhere[0] if len(elsewhere) == 1 else None if here else meant


def _missing(path: Path, values: Mapping[str, object]) -> str:
    block = path[:-1]
    if block in KINDS:
        return f"is missing; kind: {_kind(block, values)} needs it"
    return "is missing"


def _wrong_kind(path: Path, given: object) -> Broken:
    if path == ("data",):
        kinds = tuple(DATA_KINDS)
        kind = given.get("kind") if isinstance(given, Mapping) else given
        text = f"must be {kinds[0]}, {kinds[1]} or {kinds[2]}, not {shown(kind)}{_near_hint(kind, kinds)}"
        return Broken(Fault(("data", "kind"), text), path)
    text = (
        "must be constant, {kind: step, every: EPOCHS, factor: F} or {kind: cosine, minimum: 0}, not "
        + shown(given)
    )
    return Broken(Fault(path, text + _near_hint(given, ("constant",))), path)


def _near_hint(given: object, choices: Collection[str]) -> str:
    near = nearest(given, choices) if isinstance(given, str) else None
    return f"; did you mean {near}?" if near else ""


def _wrong_block(path: Path, given: object) -> str:
    names = [key for model in BLOCKS.get(path, ())[:1] for key in model.model_fields]
    keys = f" such as {', '.join(names[:3])}" if names else ""
    if given is None:
        return f"has nothing below it; write keys{keys}, or leave {dotted(path)} out"
    return f"must be a block of keys{keys}, not {shown(given)}"
