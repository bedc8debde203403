"""The keys of the models: which there are, in which sections, and which one is meant by a name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any, get_args

from pydantic import Discriminator

from relusgd.config.schema import Config
from relusgd.config.section import BESIDE_THE_RUN, Section
from relusgd.config.source import Path, dotted
from relusgd.config.synonyms import key_meant
from relusgd.words import did_you_mean

DEFAULT_KIND = "target"
"""The kind of data where none is written."""


def sections_at(path: Path) -> tuple[type[Section], ...]:
    """The models that may stand at this path, one per kind; none where a plain value stands."""
    sections: tuple[type[Section], ...] = (Config,)
    for part in path:
        below: list[type[Section]] = []
        for section in sections:
            field = section.model_fields.get(str(part))
            if field is not None:
                below += _sections_in(field.annotation)
        sections = tuple(below)
    return sections


def _sections_in(annotation: Any) -> Iterator[type[Section]]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for part in get_args(annotation):
        yield from _sections_in(part)


def kinds_at(path: Path) -> dict[str, type[Section]]:
    """Kind → model of a section whose keys depend on its `kind`; empty for other paths."""
    kinds = {}
    for section in sections_at(path):
        field = section.model_fields.get("kind")
        if field is not None:
            (kind,) = get_args(field.annotation)
            kinds[kind] = section
    return kinds


def is_tagged(path: Path) -> bool:
    """Whether pydantic puts a tag behind this path: its value is of one of several kinds."""
    *block, key = path
    for section in sections_at(tuple(block)):
        field = section.model_fields.get(str(key))
        if field is None:
            continue
        if any(isinstance(item, Discriminator) for item in field.metadata):
            return True
    return False


@cache
def known_keys() -> tuple[str, ...]:
    """Every dotted key, of every kind of data, in the order of the models; sweep is one key."""
    return tuple(dict.fromkeys(_dotted_keys()))


def _dotted_keys() -> Iterator[str]:
    for name in Config.model_fields:
        sections = () if name in BESIDE_THE_RUN else sections_at((name,))
        if not sections:
            yield name
        for section in sections:
            yield from (f"{name}.{key}" for key in section.model_fields)


def value_at(values: object, path: Path) -> object:
    """What is written at this path; None where nothing is."""
    for part in path:
        if not isinstance(values, Mapping):
            return None
        values = values.get(str(part))
    return values


def written_kind(block: Path, values: Mapping[str, object]) -> str:
    """The kind of data or of schedule that is written in this block."""
    kind = value_at(values, (*block, "kind"))
    return DEFAULT_KIND if kind is None else str(kind)


def sections_written(block: Path, values: Mapping[str, object]) -> tuple[type[Section], ...]:
    """The model of the kind that is written in this block, or the models of all its kinds."""
    of_kind = kinds_at(block).get(written_kind(block, values))
    return sections_at(block) if of_kind is None else (of_kind,)


def keys_in(block: Path, values: Mapping[str, object]) -> list[str]:
    """The keys that this block takes, of the kind that is written in it."""
    return [key for section in sections_written(block, values) for key in section.model_fields]


def is_switch(key: str) -> bool:
    """Whether this dotted key takes true or false."""
    *block, name = key.split(".")
    for section in sections_at(tuple(block)):
        field = section.model_fields.get(name)
        if field is not None and field.annotation is bool:
            return True
    return False


def key_named(name: str) -> str | None:
    """The dotted key that a bare name stands for, here or in other tools.

    Examples: training.epochs for epochs, training.learning_rate for lr.
    """
    if name in known_keys():
        return name
    return _key_meant(name, "", tuple(Config.model_fields))


def unknown_key(name: str, block: Path, siblings: Collection[str]) -> str:
    """The fault of a key that its block does not have, with the key that was meant."""
    if not block and name in known_keys():
        outer, _, inner = name.partition(".")
        return f"is two keys, one in the other; write {outer}: {{{inner}: …}}"
    meant = _key_meant(name, dotted(block), siblings)
    return not_known(name, meant, siblings)


def not_known(key: str, meant: str | None, known: Collection[str]) -> str:
    """The fault of a key that is not known. meant: what it is elsewhere, if it is anything."""
    hint = did_you_mean(key, known) if meant is None else f"; did you mean {meant}?"
    return f"is not a known key{hint}"


def _key_meant(name: str, block: str, siblings: Collection[str]) -> str | None:
    """A key of this block that other tools call so, else a key of another block of this name."""
    meant = key_meant(name, block)
    is_here = False
    if meant is not None:
        meant_block, _, own_name = meant.rpartition(".")
        is_here = meant_block == block
        if is_here and own_name in siblings:
            return own_name
    elsewhere = [key for key in known_keys() if key.endswith(f".{name}")]
    if len(elsewhere) == 1:
        return elsewhere[0]
    return None if is_here else meant
