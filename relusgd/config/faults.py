"""pydantic's errors in sentences: unknown keys with what was meant, missing keys, wrong values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

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
from relusgd.config.section import control_character_fault
from relusgd.config.source import Fault, Path, dotted
from relusgd.words import or_list, shown


@dataclass(frozen=True)
class Broken:
    """A fault, and what to take out of the config so that the rest can be looked at."""

    fault: Fault
    remove: Path


Errors = Sequence[ErrorDetails]
"""pydantic's errors about one key; `loc` says where in its value each of them lies."""


def translate(error: ValidationError, values: Mapping[str, object]) -> list[Broken]:
    """Every fault that pydantic found in these values, one per key."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    by_path: dict[Path, list[ErrorDetails]] = {}
    for detail in details:
        path, inside = _split(detail["loc"])
        detail["loc"] = inside
        by_path.setdefault(path, []).append(detail)
    return [_broken(path, errors, values) for path, errors in by_path.items()]


def _split(location: tuple[str | int, ...]) -> tuple[Path, tuple[str | int, ...]]:
    """The path of a key, without pydantic's tags, and what lies inside its value."""
    path: Path = ()
    rest = location
    while rest and sections_at(path):
        key, *below = rest
        path = (*path, key)
        rest = tuple(below)
        if rest and is_tagged(path):
            rest = rest[1:]
    return path, rest


def _broken(path: Path, errors: Errors, values: Mapping[str, object]) -> Broken:
    first = errors[0]
    kind = first["type"]
    inside = first["loc"]
    given = value_at(values, path)
    if kind == "extra_forbidden":
        unknown = Fault(path, _unknown_key(path, values))
        return Broken(unknown, path)
    if kind == "missing" and not inside:
        block = path[:-1]
        kind_path = (*block, "kind")
        missing = Fault(path, _missing(block, values), also=(kind_path,))
        return Broken(missing, block)
    if kind == "model_type" or kind.startswith("union_tag"):
        return Broken(_wrong_section(path, given, kind), path)
    schema = _schema(path, values)
    wrong = Fault(path, _wrong_value(schema, given, errors))
    return Broken(wrong, path)


def _schema(path: Path, values: Mapping[str, object]) -> Schema:
    """The JSON schema of a key, of the kind that is written in its block."""
    block, key = _block_and_key(path)
    for section in sections_written(block, values):
        table = properties(section)
        if key in table:
            schema: Schema = table[key]
            return schema
    raise KeyError(key)


def _block_and_key(path: Path) -> tuple[Path, str]:
    *block, key = path
    return tuple(block), str(key)


def _unknown_key(path: Path, values: Mapping[str, object]) -> str:
    block, name = _block_and_key(path)
    kinds = kinds_at(block)
    owners = [kind for kind, section in kinds.items() if name in section.model_fields]
    if not owners:
        return unknown_key(name, block, keys_in(block, values))
    kind = written_kind(block, values)
    is_default = value_at(values, (*block, "kind")) is None
    own_kind = f"{kind}, the default" if is_default else kind
    return f"belongs to kind: {' or '.join(owners)}; this {block[-1]} is of kind: {own_kind}"


def _missing(block: Path, values: Mapping[str, object]) -> str:
    if kinds_at(block):
        return f"is missing; kind: {written_kind(block, values)} needs it"
    return "is missing"


def _wrong_section(path: Path, given: object, error: str) -> Fault:
    """The fault of a value that is not a section, or is one of an unknown kind."""
    schema = _schema(path, {})
    names = [option["const"] for option in alternatives(schema) if "const" in option]
    if names:
        hint = choice_hint(given, names)
        text = f"must be {schema['description']}, not {shown(given)}{hint}"
        return Fault(path, text)
    if error == "model_type":
        return Fault(path, _no_section(path, given))
    kinds = list(kinds_at(path))
    if not kinds:
        text = f"must be {schema['title']}, not {shown(given)}"
        return Fault(path, text)
    kind = value_at(given, ("kind",))
    hint = choice_hint(kind, kinds)
    text = f"must be {or_list(kinds)}, not {shown(kind)}{hint}"
    return Fault((*path, "kind"), text)


def _no_section(path: Path, given: object) -> str:
    section = sections_at(path)[0]
    names = list(section.model_fields)
    keys = f"keys such as {', '.join(names[:3])}"
    if given is None:
        return f"has nothing below it; write {keys}, or leave {dotted(path)} out"
    return f"must be a block of {keys}, not {shown(given)}"


def _wrong_value(schema: Schema, given: object, errors: Errors) -> str:
    """What is wrong with a value, or with an item of it."""
    for error in errors:
        if error["type"] == "value_error":  # our own validators say it in words
            return error["msg"].removeprefix("Value error, ")
        if error["type"] == "string_unicode":
            return control_character_fault(given)
    if isinstance(given, Mapping) and "additionalProperties" in schema:
        return _wrong_entry(schema["additionalProperties"], given, errors[0])
    lists = [option for option in alternatives(schema) if option.get("type") == "array"]
    if isinstance(given, list) and lists:
        return _wrong_list(lists[0], given, errors)
    return refusal(schema, given)


def _wrong_entry(schema: Schema, given: Mapping[str, object], error: ErrorDetails) -> str:
    """What is wrong with the value of one key of a mapping."""
    key = str(error["loc"][0])
    text = _wrong_value(schema, given[key], [error])
    return f": {shown(key)} {text}"


def _wrong_list(schema: Schema, given: Sequence[object], errors: Errors) -> str:
    """What is wrong with the first faulty item of a list, or with its length."""
    pair = schema.get("prefixItems")
    if pair and len(given) != len(pair):
        return f"must be {in_words(schema)}, not {shown(given)}"
    index = _faulty_item(errors)
    if index is None:
        return length_refusal(schema, len(given))
    schema_of_item = pair[index] if pair else schema["items"]
    text = refusal(schema_of_item, given[index])
    return f": item {index + 1} of the list {text}"


def _faulty_item(errors: Errors) -> int | None:
    """The index of the first item that is wrong; None where it is the list as a whole."""
    for error in errors:
        for part in error["loc"]:
            if isinstance(part, int):
                return part
    return None
