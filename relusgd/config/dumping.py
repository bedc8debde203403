"""A Config as YAML, and as a flat table of keys and values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from relusgd.config.schema import (
    Config,
    Section,
)
from relusgd.config.values import plain
from relusgd.words import quoted, value_text


def flatten(config: Config) -> dict[str, object]:
    """Dotted key → value, every default filled in, in the order of the models, without the sweep.

    Lists are tuples; knots and schedules are dicts.
    """
    flat: dict[str, object] = {}
    for name in Config.model_fields:
        value = getattr(config, name)
        if isinstance(value, Section) and name != "sweep":
            flat |= {f"{name}.{key}": dump(getattr(value, key)) for key in type(value).model_fields}
        elif name != "sweep":
            flat[name] = value
    return flat


def dump(value: object) -> object:
    """A value of a config without models: their fields as a dict."""
    if isinstance(value, Section):
        return {key: dump(getattr(value, key)) for key in type(value).model_fields}
    return value


def written(section: Section) -> dict[str, object]:
    """The keys that a config was given, as a file would hold them."""
    values = {}
    for key in type(section).model_fields:
        if key in section.model_fields_set:
            value = getattr(section, key)
            values[key] = written(value) if isinstance(value, Section) else plain(value)
    return values


def config_to_yaml(config: Config) -> str:
    """The config with every default filled in; it loads back to an equal one."""
    return "".join(_lines(dump(config), ""))


def _lines(block: object, indent: str) -> Iterator[str]:
    assert isinstance(block, Mapping)
    for key, value in block.items():
        if isinstance(value, Mapping) and value and _is_block(indent, key):
            yield f"{indent}{quoted(key)}:\n"
            yield from _lines(value, indent + "  ")
        elif not (key == "sweep" and not indent and value is None):
            yield f"{indent}{quoted(key)}: {value_text(value)}\n"


def _is_block(indent: str, key: str) -> bool:
    """Whether a mapping takes several lines, as sections, grids and cases do."""
    return not indent or key in ("grid", "cases")
