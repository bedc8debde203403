"""Single keys set from outside the file: KEY=VALUE of the command line, dicts of Python, the cases of a sweep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from relusgd.config.source import Fault, Path, Places, covers, paths_below, split_key
from relusgd.config.values import plain
from relusgd.config.yaml_reader import read_yaml
from relusgd.errors import ConfigError
from relusgd.words import shown_key


def parse_override(text: str) -> tuple[str, object]:
    """From "training.learning_rate=1e-3" to ("training.learning_rate", 0.001), the value by the rules of the YAML files.

    Raises ConfigError when there is no "=" or the value is no YAML.
    """
    key, equals, value = text.partition("=")
    key = key.strip()
    if not equals or not key:
        raise ConfigError(
            [f"--set {shown_key(text)}: expected KEY=VALUE, such as training.epochs=1000"]
        )
    return key, parse_value(value, f"--set {shown_key(key)}")


def parse_value(text: str, label: str) -> object:
    """A value written on the command line. label: what begins the sentences of its faults. Raises ConfigError."""
    document = read_yaml(text)
    if document.is_empty and not document.faults and text.strip().lower() not in ("null", "~"):
        raise ConfigError(
            [f"{label}: there is no value behind the `=`; nothing at all is written null"]
        )
    if document.faults:
        faults = [f"{label}: {fault.text.removeprefix(': ')}" for fault in document.faults]
        raise ConfigError(
            faults,
            "put the value in quotes if it is a text with special characters: --set \"KEY='VALUE'\"",
        )
    return document.value


def parse_overrides(texts: Iterable[str]) -> dict[str, object]:
    """All of several KEY=VALUE; of the same key the last one counts. Raises ConfigError with every fault."""
    overrides: dict[str, object] = {}
    faults: list[str] = []
    hint: str | None = None
    for text in texts:
        try:
            key, value = parse_override(text)
            overrides[key] = value
        except ConfigError as error:
            faults.extend(error.faults)
            hint = hint or error.hint
    if faults:
        raise ConfigError(faults, hint)
    return overrides


def with_overrides(
    values: dict[str, object], overrides: Mapping[str, object], places: Places
) -> dict[str, object]:
    """The values with these keys set, whole blocks before keys in them; `places` learns where they come from.

    Raises ConfigError for a value that no YAML could hold.
    """
    for key in sorted(overrides):
        path = split_key(key)
        places.overrides[path] = key
        try:
            values = with_value(values, path, plain(overrides[key]))
        except ValueError as error:
            raise ConfigError([places.sentence(Fault(path, str(error)))]) from None
    return values


def with_value(values: dict[str, object], path: Path, value: object) -> dict[str, object]:
    """A copy with the value at this path; what is no mapping on the way there becomes one."""
    name, rest = str(path[0]), path[1:]
    if not rest:
        return {**values, name: value}
    block = values.get(name)
    return {**values, name: with_value(block if isinstance(block, dict) else {}, rest, value)}


def without(values: dict[str, object], path: Path) -> dict[str, object]:
    """A copy without what stands at this path; an item of a list takes its whole list along."""
    name, rest = path[0], path[1:]
    if name not in values:
        return values
    block = values[str(name)]
    if rest and isinstance(block, dict):
        return {**values, str(name): without(block, rest)}
    return {key: item for key, item in values.items() if key != name}


def with_case(
    values: dict[str, object], bundle: Mapping[str, object], name: str, places: Places
) -> dict[str, object]:
    """The values with the bundle of a sweep's case merged in and the sweep left out; places point into the case."""
    values = without(values, ("sweep",))
    for key in sorted(bundle):
        path, written = split_key(key), ("sweep", "cases", name, key)
        values = with_value(values, path, bundle[key])
        move_lines(places.lines, written, path)
    return values


def move_lines(lines: dict[Path, int], source: Path, target: Path) -> None:
    """Let what is written at `source` be the place of `target`."""
    moved = {(*target, *path[len(source) :]): lines[path] for path in paths_below(lines, source)}
    for path in [path for path in lines if covers(target, path)]:
        del lines[path]
    lines.update(moved)
