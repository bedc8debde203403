"""The names of run folders: the config's stem and what was set, or all that it says.

They are readable, need no quotes in a shell, and differ for runs that differ.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from relusgd.config.dumping import changed_keys, dump
from relusgd.config.schema import Config, SweepSection
from relusgd.config.section import BESIDE_THE_RUN
from relusgd.words import value_text

OTHER_CHARACTERS = re.compile(r"[^A-Za-z0-9._+-]")
OUTPUTS = Path("outputs")
"""Where runs and sweeps go when no other place is given."""

LONGEST_VALUE, LONGEST_STEM, LONGEST_NAME = 40, 100, 180


def default_folder(config: Config) -> Path:
    """Where a run goes when no other place is given."""
    return OUTPUTS / run_name(config)


def default_sweep_folder(config: Config) -> Path:
    """Where a sweep goes when no other place is given."""
    return OUTPUTS / sweep_name(config)


def run_name(config: Config) -> str:
    """The folder name of a run: "notebook,seed=3,training.learning_rate=0.05".

    The stem of the config's file and `,key=value` for every override, and for the case, by key. A
    config that was no file is named "run" and by every key that is not at its default, so that two
    of them never meet. `sweep` is not part of a run.
    """
    return join_name([stem_text(config.origin.stem or "run"), *_assignments(config)])


def sweep_name(config: Config) -> str:
    """The folder name of a sweep: that of a run for a config of a file.

    One that was no file is named "sweep", by its own keys and by what varies:
    "sweep,seed=3,training.method=sgd+ridge,repeat=5".
    """
    if config.origin.stem is not None:
        return run_name(config)
    return join_name(["sweep", *_assignments(config), *_varied(config.sweep)])


def _assignments(config: Config) -> list[str]:
    """`key=value` for all that was set, by key, and for the case."""
    origin = config.origin
    set_keys = changed_keys(config) if origin.stem is None else origin.overrides
    values: dict[str, object] = {}
    for key, value in set_keys.items():
        section, _, _ = key.partition(".")
        if section not in BESIDE_THE_RUN:
            values[key] = value
    if origin.case is not None:
        values["case"] = origin.case
    return [assignment(key, values[key]) for key in sorted(values)]


def _varied(sweep: SweepSection | None) -> Iterator[str]:
    """`key=value+value` for what a sweep varies, by key, then its cases and its repeat."""
    if sweep is None:
        return
    for key in sorted(sweep.grid):
        texts = [name_text(key, value) for value in sweep.grid[key]]
        text = "+".join(texts)
        is_ambiguous = len(text) > LONGEST_VALUE or any("+" in one for one in texts)
        if is_ambiguous:
            text = _with_digits(text, sweep.grid[key])
        yield f"{key}={text}"
    if sweep.cases:
        names = OTHER_CHARACTERS.sub("-", "+".join(sweep.cases))
        yield f"case={_with_digits(names, sweep.cases)}"
    if sweep.repeat != 1:
        yield f"repeat={sweep.repeat}"


def _with_digits(text: str, value: object) -> str:
    """A text, cut, with digits that stand for the value."""
    return f"{text[:LONGEST_VALUE]}~{_digits(_canonical(value))}"


def assignment(key: str, value: object) -> str:
    """A key with its value, as in "network.hidden=20x20"; value as the config has it."""
    return f"{key}={name_text(key, value)}"


def assignment_with_digits(key: str, value: object) -> str:
    """As `assignment`, with digits that tell the value from one that differs in capitals alone."""
    text = name_text(key, value)
    has_digits = "~" in text
    if not has_digits:
        text = _with_digits(text, dump(value))
    return f"{key}={text}"


def join_name(parts: Iterable[str]) -> str:
    """The parts of a folder name, joined by commas.

    A name too long for a disk is cut, and a hash of the whole added.
    """
    name = ",".join(parts)
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[:LONGEST_NAME]}~{_digits(name, 12)}"


def stem_text(stem: str) -> str:
    """The stem of a config's file; a leading dot would hide the folder."""
    visible = re.sub(r"^\.", "-", stem)
    text = OTHER_CHARACTERS.sub("-", visible)[:LONGEST_STEM] or "-"
    if text == stem:
        return text
    return f"{text}~{_digits(stem)}"


def name_text(key: str, value: object) -> str:
    """A value in a folder name: 0.02, 20x20, sin-6-x-~1a2b3c.

    A value that reads like another one that the same key takes gets a hash too: the list [2] of a
    key that also takes 2.
    """
    value = dump(value)
    written = plain_text(value)
    text = OTHER_CHARACTERS.sub("-", written)[:LONGEST_VALUE]
    is_ambiguous = isinstance(value, tuple) and len(value) == 1 and key != "network.hidden"
    if text and text == written and not is_ambiguous:
        return text
    return _with_digits(text, value)


def plain_text(value: object) -> str:
    """A value as people write it, on one line: 0.02, 20x20, sin(6*x)."""
    if isinstance(value, str):
        return value
    if not isinstance(value, Sequence):
        return value_text(value)
    is_nested = any(isinstance(item, Sequence | Mapping) for item in value)
    return value_text(value) if is_nested else "x".join(map(value_text, value))


def _canonical(value: object) -> str:
    """A text that differs for values that differ, in kind too."""
    return json.dumps(value, sort_keys=True, default=dict)


def _digits(text: str, count: int = 6) -> str:
    content = text.encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()[:count]
