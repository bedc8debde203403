"""The YAML that relusgd writes: `key: value` on every line, sections indented by two.

Such a text needs no parser of YAML, and is read ten times faster without one. Nothing is decided
here: a text with anything else in it, be it a comment, is left to `yaml_reader`, which reads these
texts to the same values and lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from relusgd.config.scalars import resolve
from relusgd.config.source import Path

Lines = dict[Path, int]
"""Path → line, counted from 1."""

Offsets = list[tuple[Path, int]]
"""Paths within a value, each with the number of lines below the value's own key."""

_KEY = r"[A-Za-z_][A-Za-z0-9_]{0,60}"
_PLAIN = r"(?:[A-Za-z0-9]|[+-]?\.?[0-9])[A-Za-z0-9_./+-]*"
_QUOTED = r"'[ -&(-~]*'"
_LIST = rf"\[{_PLAIN}(?:, {_PLAIN})*\]"
_MAP = rf"\{{{_KEY}: {_PLAIN}(?:, {_KEY}: {_PLAIN})*\}}"
_VALUE = rf"(?:{_PLAIN}|{_QUOTED}|{_LIST}|{_MAP})"

_BLOCK = re.compile(rf"({_KEY}):(?: ({_VALUE})\n|\n((?:  {_KEY}: {_VALUE}\n)+))")
"""A key at the left with its value, or with the lines of its section."""

_LINE = re.compile(rf"  ({_KEY}): ({_VALUE})\n")

LONGEST_KEPT = 4_000
"""Sections up to this length are kept: the runs of a sweep differ in one of them."""


class _OtherYamlError(Exception):
    """The text holds what only the parser of YAML can judge."""


def read_plain_lines(text: str) -> tuple[dict[str, object], Lines] | None:
    """The values of a text of plain lines, and the line of every path; None for any other text."""
    values: dict[str, object] = {}
    lines: Lines = {(): 1}
    position, line = 0, 1
    try:
        while position < len(text):
            block = _BLOCK.match(text, position)
            if block is None or block[1] in values:
                return None
            key = block[1]
            value, offsets = _block_content(block)
            values[key] = value
            for path, offset in offsets:
                lines[(key, *path)] = line + offset
            position = block.end()
            line += text.count("\n", block.start(), position)
    except _OtherYamlError:
        return None
    return (values, lines) if values else None


def _block_content(block: re.Match[str]) -> tuple[object, Offsets]:
    """The value of a key at the left, and its offsets; the caller may change the value."""
    _, alone, section = block.groups()
    if alone is not None:
        return _value(alone)
    if len(section) > LONGEST_KEPT:
        return _section(section)
    kept, offsets = _kept_section(section)
    values = {key: _copied(value) for key, value in kept.items()}
    return values, offsets


def _section(text: str) -> tuple[dict[str, object], Offsets]:
    values: dict[str, object] = {}
    offsets: Offsets = [((), 0)]
    for offset, (key, value_text) in enumerate(_LINE.findall(text), start=1):
        if key in values:
            raise _OtherYamlError
        value, below = _value(value_text)
        values[key] = value
        offsets += [((key, *path), offset) for path, _ in below]
    return values, offsets


_kept_section = lru_cache(maxsize=256)(_section)


def _copied(value: object) -> object:
    """A list or mapping of its own; neither holds another one."""
    return value.copy() if isinstance(value, list | dict) else value


def _value(text: str) -> tuple[object, Offsets]:
    """A value on one line, and its own place with those of its items."""
    first = text[0]
    inner = text[1:-1]
    if first == "'":
        return inner, [((), 0)]
    if first == "[":
        items = [_scalar(item) for item in inner.split(", ")]
        return items, _on_one_line(range(len(items)))
    if first == "{":
        pairs = [pair.split(": ") for pair in inner.split(", ")]
        mapping = {key: _scalar(item) for key, item in pairs}
        if len(mapping) < len(pairs):
            raise _OtherYamlError
        return mapping, _on_one_line(mapping)
    return _scalar(text), [((), 0)]


def _on_one_line(items: Iterable[str | int]) -> Offsets:
    """The place of a value and those of its items, which stand on the line of its key."""
    below: Offsets = [((item,), 0) for item in items]
    return [((), 0), *below]


def _scalar(text: str) -> object:
    try:
        return resolve(text)
    except ValueError:
        raise _OtherYamlError from None
