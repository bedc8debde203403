"""Keys that are set from outside a file's own block.

`--set KEY=VALUE`, `--grid KEY=V1,V2`, the overrides of Python and the cases of a sweep are all a
mapping of dotted keys to values, which `with_value` puts into the values of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import TypeVar

from relusgd.config.source import Fault, Path, Places, paths_below, split_key
from relusgd.config.target_text import TARGET, target_meant
from relusgd.config.value_types import MAX_RUNS
from relusgd.config.values import NotPlainError, plain
from relusgd.config.yaml_reader import read_yaml
from relusgd.errors import ConfigError
from relusgd.words import shown_key

RANGE = re.compile(r"\s*([+-]?\d{1,20})\.\.([+-]?\d{1,20})\s*")
OPENING, CLOSING, QUOTES = "([{", ")]}", "'\""

LENGTHS = ("training.epochs", "training.steps", "training.time")
"""The keys of which one says how long the training is."""

Value = TypeVar("Value")

# Reading options of the command line


def parse_override(text: str) -> tuple[str, object]:
    """From "training.learning_rate=1e-3" to ("training.learning_rate", 0.001).

    The value is read by the rules of the YAML files. Raises ConfigError when there is no "=" or
    the value is not YAML.
    """
    key, equals, value = text.partition("=")
    key = key.strip()
    if not equals or not key:
        expected = "expected KEY=VALUE, such as training.epochs=1000"
        raise ConfigError([f"--set {shown_key(text)}: {expected}"])
    if key == TARGET:
        _check_target(value)
    return key, parse_value(value, f"--set {shown_key(key)}")


def _check_target(text: str) -> None:
    """Raise ConfigError for an expression that YAML takes for something else, such as |x|."""
    meant = target_meant(text)
    if meant:
        raise ConfigError([f"--set {TARGET}: {meant}"])


def parse_grid(text: str) -> tuple[str, list[object]]:
    """From "network.hidden=10,[20,20]" to ("network.hidden", [10, [20, 20]]).

    "seed=0..2" gives ("seed", [0, 1, 2]). A comma inside brackets, parentheses or quotes does not
    separate values. Raises ConfigError.
    """
    key, equals, listed = text.partition("=")
    key = key.strip()
    if not equals or not key or not listed.strip():
        expected = "expected KEY=V1,V2,…, such as network.hidden=10,20,40 or seed=0..4"
        raise ConfigError([f"--grid {shown_key(text)}: {expected}"])
    label = f"--grid {shown_key(key)}"
    values: list[object] = []
    for part in _split_at_commas(listed):
        values += _grid_values(part, label)
    return key, values


def has_several_values(text: str) -> bool:
    """Whether a text holds several values as --grid takes them: "0.1,0.2" or "0..4"."""
    if RANGE.fullmatch(text) is not None:
        return True
    _, *others = _split_at_commas(text)
    return bool(others)


def parse_overrides(texts: Iterable[str]) -> dict[str, object]:
    """All of several KEY=VALUE; of the same key the last one counts.

    Raises ConfigError with every fault.
    """
    return _parse_all(texts, parse_override)


def parse_grids(texts: Iterable[str]) -> dict[str, list[object]]:
    """All of several KEY=V1,V2; of the same key the last one counts.

    Raises ConfigError with every fault.
    """
    return _parse_all(texts, parse_grid)


def _parse_all(texts: Iterable[str], parse: Callable[[str], tuple[str, Value]]) -> dict[str, Value]:
    parsed: dict[str, Value] = {}
    errors: list[ConfigError] = []
    for text in texts:
        try:
            key, value = parse(text)
            parsed[key] = value
        except ConfigError as error:
            errors.append(error)
    if errors:
        faults = list(chain.from_iterable(error.faults for error in errors))
        hints = [error.hint for error in errors if error.hint]
        first_hint = hints[0] if hints else None
        raise ConfigError(faults, first_hint)
    return parsed


def parse_value(text: str, label: str) -> object:
    """A value written on the command line. label: what begins the sentences of its faults.

    Raises ConfigError.
    """
    document = read_yaml(text)
    if document.faults:
        faults = [f"{label}: {fault.text.removeprefix(': ')}" for fault in document.faults]
        hint = "put the value in quotes if it is a text with special characters"
        raise ConfigError(faults, f"{hint}: --set \"KEY='VALUE'\"")
    if document.is_empty and text.strip().lower() not in ("null", "~"):
        fault = "there is no value behind the `=`; nothing at all is written null"
        raise ConfigError([f"{label}: {fault}"])
    return document.value


def _grid_values(text: str, label: str) -> Iterator[object]:
    match = RANGE.fullmatch(text)
    if match is None:
        yield parse_value(text, label)
        return
    first, last = int(match[1]), int(match[2])
    count = last - first + 1
    fault = None
    if count < 1:
        fault = "is empty; the smaller number comes first"
    elif count > MAX_RUNS:
        fault = f"has {count:,} values; at most {MAX_RUNS:,} are accepted"
    if fault is not None:
        raise ConfigError([f"{label}: the range {first}..{last} {fault}"])
    yield from range(first, last + 1)


def _split_at_commas(text: str) -> Iterator[str]:
    """The text split at the commas that are outside of brackets and quotes."""
    depth = 0
    quote = ""
    start = 0
    for place, character in enumerate(text):
        if quote:
            if character == quote:
                quote = ""
        elif character in QUOTES:
            quote = character
        elif character in OPENING:
            depth += 1
        elif character in CLOSING:
            depth -= 1
        elif character == "," and depth == 0:
            yield text[start:place]
            start = place + 1
    yield text[start:]


# Setting keys


def with_overrides(
    values: dict[str, object],
    overrides: Mapping[str, object],
    places: Places,
) -> dict[str, object]:
    """The values with these keys set, whole blocks before keys in them.

    `places` learns where they come from. Raises ConfigError for a value that no YAML could hold.
    """
    settings: dict[str, object] = {}
    for key in sorted(overrides):
        path = split_key(key)
        places.overrides[path] = key
        try:
            settings[key] = plain(overrides[key])
        except NotPlainError as error:
            fault = Fault((*path, *error.path), error.text)
            raise ConfigError([places.sentence(fault)]) from None
    return with_settings(values, settings)


def with_case(
    values: dict[str, object],
    bundle: Mapping[str, object],
    name: str,
    places: Places,
) -> dict[str, object]:
    """The values with the keys of a sweep's case set and the sweep left out.

    `places` then points into the case.
    """
    values = with_settings(without(values, ("sweep",)), bundle)
    for key in sorted(bundle):
        move_lines(places.lines, ("sweep", "cases", name, key), split_key(key))
    return values


def with_settings(values: dict[str, object], settings: Mapping[str, object]) -> dict[str, object]:
    """The values with these dotted keys set, whole blocks before keys in them.

    A length of the training that is set takes the place of the one that was there.
    """
    if any(settings.get(key) is not None for key in LENGTHS):
        for key in LENGTHS:
            values = without(values, split_key(key))
    for key in sorted(settings):
        values = with_value(values, split_key(key), plain(settings[key]))
    return values


def with_value(values: dict[str, object], path: Path, value: object) -> dict[str, object]:
    """A copy with the value at this path; what is not a mapping on the way there becomes one."""
    name = str(path[0])
    rest = path[1:]
    if not rest:
        return {**values, name: value}
    block = values.get(name)
    if not isinstance(block, dict):
        block = {}
    return {**values, name: with_value(block, rest, value)}


def without(values: dict[str, object], path: Path) -> dict[str, object]:
    """A copy without what stands at this path; an item of a list takes its whole list along."""
    name = str(path[0])
    rest = path[1:]
    if name not in values:
        return values
    block = values[name]
    if rest and isinstance(block, dict):
        return {**values, name: without(block, rest)}
    return {key: item for key, item in values.items() if key != name}


def move_lines(lines: dict[Path, int], source: Path, target: Path) -> None:
    """Give `target`, and what is below it, the lines of `source`."""
    moved = {}
    for path in paths_below(lines, source):
        below = path[len(source) :]
        moved[(*target, *below)] = lines[path]
    for path in list(paths_below(lines, target)):
        del lines[path]
    lines.update(moved)
