"""A Config as YAML, and as a flat table of keys and values: all of them, or what was changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from relusgd.config.section import BESIDE_THE_RUN, Section
from relusgd.config.values import plain
from relusgd.words import quoted, value_text

LONGEST_LIST = 24


def flatten(config: Section) -> dict[str, object]:
    """Dotted key → value, every default filled in, in the order of the models.

    Without the sweep and what a recipe expects.

    Lists are tuples; knots and schedules are dicts.
    """
    flat: dict[str, object] = {}
    for name in type(config).model_fields:
        value = getattr(config, name)
        if name in BESIDE_THE_RUN:
            continue
        if isinstance(value, Section):
            for key in type(value).model_fields:
                flat[f"{name}.{key}"] = dump(getattr(value, key))
        else:
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
        if key not in section.model_fields_set:
            continue
        value = getattr(section, key)
        values[key] = written(value) if isinstance(value, Section) else plain(value)
    return values


def changed(section: Section) -> dict[str, object]:
    """The keys that are not at their defaults, sections as dicts; those without a default too."""
    values: dict[str, object] = {}
    for key, field in type(section).model_fields.items():
        value = getattr(section, key)
        if value == field.default:
            continue
        is_block = isinstance(value, Section) and isinstance(field.default, Section)
        values[key] = changed(value) if is_block else dump(value)
    return values


def changed_keys(config: Section) -> dict[str, object]:
    """Dotted key → value, for the keys of a run that are not at their defaults."""
    flat: dict[str, object] = {}
    for name, value in changed(config).items():
        if name in BESIDE_THE_RUN:
            continue
        if isinstance(value, dict):
            flat |= {f"{name}.{key}": item for key, item in value.items()}
        else:
            flat[name] = value
    return flat


def config_to_yaml(config: Section) -> str:
    """The config with every default filled in; it loads back to an equal one.

    What a recipe expects is left out: it is about many runs.
    """
    values = dump(config)
    assert isinstance(values, dict)
    values.pop("expect", None)
    return mapping_to_yaml(values)


def changed_yaml(config: Section) -> str:
    """The keys of a config that are not at their defaults; empty where all of them are.

    For people: of a list longer than LONGEST_LIST the first and last items are shown.
    """
    values = _shortened(changed(config))
    assert isinstance(values, Mapping)
    return mapping_to_yaml(values)


def mapping_to_yaml(values: Mapping[str, object]) -> str:
    """Keys and values of plain values as a config file holds them, a section a block."""
    return "".join(_lines(values, indent=""))


def _shortened(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _shortened(item) for key, item in value.items()}
    if not isinstance(value, tuple) or len(value) <= LONGEST_LIST:
        return value
    left_out = len(value) - 6
    return (*value[:3], f"… {left_out:,} more …", *value[-3:])


def _lines(block: Mapping[str, object], indent: str) -> Iterator[str]:
    for key, value in block.items():
        is_on_top = not indent
        # Sections, grids and cases take several lines.
        takes_lines = is_on_top or key in ("grid", "cases")
        if isinstance(value, Mapping) and value and takes_lines:
            yield f"{indent}{quoted(key)}:\n"
            yield from _lines(value, indent + "  ")
            continue
        is_left_out = is_on_top and key in BESIDE_THE_RUN and value is None
        if not is_left_out:
            yield f"{indent}{quoted(key)}: {value_text(value)}\n"
