"""pydantic's errors in sentences: unknown keys with what was meant, missing keys, wrong values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from relusgd.config.expected import (
    Schema,
    alternatives,
    choice_hint,
    in_words,
    length_refusal,
    refusal,
)
from relusgd.config.json_schema import properties
from relusgd.config.keys import (
    is_tagged,
    keys_in,
    kinds_at,
    sections_at,
    sections_written,
    unknown_key,
    value_at,
    written_kind,
)
from relusgd.config.source import Fault, Path, dotted
from relusgd.words import or_list, shown


@dataclass(frozen=True)
class Broken:
    """A fault, and what to take out of the config so that the rest can be looked at."""

    fault: Fault
    remove: Path


@dataclass(frozen=True)
class _Problem:
    """One error of pydantic's: its type, and where in the value of a key it lies."""

    type: str
    inside: tuple[str | int, ...]
    context: Mapping[str, Any]


def translate(error: ValidationError, values: Mapping[str, object]) -> list[Broken]:
    """Every fault that pydantic found in these values, one per key."""
    problems: dict[Path, list[_Problem]] = {}
    for detail in error.errors(include_url=False, include_input=False):
        path, inside = _split(detail["loc"])
        problem = _Problem(detail["type"], inside, detail.get("ctx", {}))
        problems.setdefault(path, []).append(problem)
    return [_broken(path, found, values) for path, found in problems.items()]


def _split(location: tuple[str | int, ...]) -> tuple[Path, tuple[str | int, ...]]:
    """The path of a key, without pydantic's tags, and what lies inside its value."""
    path: Path = ()
    rest = location
    while rest and sections_at(path):
        path, rest = (*path, rest[0]), rest[1:]
        if rest and is_tagged(path):
            rest = rest[1:]
    return path, rest


def _broken(path: Path, problems: Sequence[_Problem], values: Mapping[str, object]) -> Broken:
    first = problems[0]
    given = value_at(values, path)
    if first.type == "extra_forbidden":
        return Broken(Fault(path, _unknown_key(path, values)), path)
    if first.type == "missing" and not first.inside:
        return Broken(Fault(path, _missing(path, values), also=((*path[:-1], "kind"),)), path[:-1])
    if first.type.startswith("union_tag") or first.type == "model_type":
        return Broken(_wrong_section(path, given, first), path)
    return Broken(Fault(path, _wrong_value(_schema(path, values), given, problems)), path)


def _schema(path: Path, values: Mapping[str, object]) -> Schema:
    """The JSON schema of a key, of the kind that is written in its block."""
    block, key = path[:-1], str(path[-1])
    tables = [properties(section) for section in sections_written(block, values)]
    return next(table[key] for table in tables if key in table)


def _unknown_key(path: Path, values: Mapping[str, object]) -> str:
    block, name = path[:-1], str(path[-1])
    kinds = kinds_at(block)
    owners = [kind for kind, section in kinds.items() if name in section.model_fields]
    if not owners:
        return unknown_key(name, block, keys_in(block, values))
    default = ", the default" if value_at(values, (*block, "kind")) is None else ""
    kind = written_kind(block, values)
    text = f"belongs to kind: {' or '.join(owners)}; this {block[-1]} is of kind: {kind}"
    return f"{text}{default}"


def _missing(path: Path, values: Mapping[str, object]) -> str:
    block = path[:-1]
    if kinds_at(block):
        return f"is missing; kind: {written_kind(block, values)} needs it"
    return "is missing"


def _wrong_section(path: Path, given: object, problem: _Problem) -> Fault:
    """The fault of a value that is no section, or one of an unknown kind."""
    schema = _schema(path, {}) if path else {}
    texts = [option["const"] for option in alternatives(schema) if "const" in option]
    if texts:
        hint = choice_hint(given, texts)
        return Fault(path, f"must be {schema['description']}, not {shown(given)}{hint}")
    if problem.type == "model_type":
        return Fault(path, _no_section(path, given))
    kinds = list(kinds_at(path))
    kind = value_at(given, ("kind",))
    text = f"must be {or_list(kinds)}, not {shown(kind)}{choice_hint(kind, kinds)}"
    return Fault((*path, "kind"), text)


def _no_section(path: Path, given: object) -> str:
    names = list(sections_at(path)[0].model_fields)
    keys = f"keys such as {', '.join(names[:3])}"
    if given is None:
        return f"has nothing below it; write {keys}, or leave {dotted(path)} out"
    return f"must be a block of {keys}, not {shown(given)}"


def _wrong_value(schema: Schema, given: object, problems: Sequence[_Problem]) -> str:
    """What is wrong with a value, or with an item of it."""
    own_words = next(_own_words(problems), None)
    if own_words is not None:
        return own_words
    if isinstance(given, Mapping) and "additionalProperties" in schema:
        return _wrong_entry(schema, given, problems)
    lists = [option for option in alternatives(schema) if option.get("type") == "array"]
    if isinstance(given, list) and lists:
        return _wrong_list(lists[0], given, problems)
    return refusal(schema, given)


def _own_words(problems: Sequence[_Problem]) -> Iterator[str]:
    """The sentences of our own validators."""
    for problem in problems:
        if problem.type == "value_error":
            yield str(problem.context["error"])


def _wrong_entry(schema: Schema, given: Mapping[str, object], problems: Sequence[_Problem]) -> str:
    key, *inside = problems[0].inside
    deeper = [_Problem(problems[0].type, tuple(inside), problems[0].context)]
    entry = _wrong_value(schema["additionalProperties"], given[str(key)], deeper)
    return f": {shown(key)} {entry}"


def _wrong_list(schema: Schema, given: Sequence[object], problems: Sequence[_Problem]) -> str:
    if "prefixItems" in schema and len(given) != len(schema["prefixItems"]):
        return f"must be {in_words(schema)}, not {shown(given)}"
    for problem in problems:
        indices = [part for part in problem.inside if isinstance(part, int)]
        if indices:
            index = indices[0]
            items = schema["items"] if "items" in schema else schema["prefixItems"][index]
            return f": item {index + 1} of the list {refusal(items, given[index])}"
    return length_refusal(schema, len(given))
