"""Strict YAML 1.2: plain values with the line of each, every fault named, no code run.

The values are made of the events of PyYAML's parser, and not of its node trees: a tree no longer
says where a tag, an anchor or an alias stood, and there is none for a text with a syntax error,
whose other faults are reported too. Nesting is limited before anything is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import yaml

from relusgd.config.plain_lines import read_plain_lines
from relusgd.config.scalars import resolve
from relusgd.config.source import Fault, Path
from relusgd.config.values import MAX_LEVELS
from relusgd.errors import InputError
from relusgd.words import shown_key

MAX_BYTES = 1_000_000
USUAL_BYTES = 10_000
TOO_LARGE = (
    f"larger than {MAX_BYTES:,} bytes, too large for a config;"
    " long data belongs into a CSV (data.kind: csv)"
)
TOO_DEEP = f"nested more than {MAX_LEVELS} levels deep here"

PARSER: Any = yaml.CLoader if yaml.__with_libyaml__ else yaml.Loader
"""Only the events are used; libyaml's parser gives the same ones, some ten times faster."""

UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

KEY_EXPECTED = (
    "a key was expected here; look at the indentation"
    " and at brackets and quotes that are not closed"
)
BRACKET_OPEN = (
    "the list or mapping that opens here needs `, ` between its items and a closing bracket"
)
PLAIN_WORDS = {
    "mapping values are not allowed": "a second `: ` on one line; put a text that holds one"
    " in quotes, and keys on lines of their own",
    "could not find expected ':'": "this line has no `: ` between key and value",
    "did not find expected key": KEY_EXPECTED,
    "expected <block end>": KEY_EXPECTED,
    "found unexpected end of stream": "a quote opens here and nothing closes it",
    "did not find expected ',' or": BRACKET_OPEN,
    "expected ',' or": BRACKET_OPEN,
    "node content": "a value was expected here; look for brackets that are not closed",
    "cannot start any token": "a text that begins with such a character must be in quotes",
    "found undefined tag handle": "a YAML tag (a word that begins with `!`), which is not accepted;"
    " put a text that begins so in quotes",
}
"""A part of PyYAML's problem → what to say instead."""


class _TooDeepError(Exception):
    """The nesting is deeper than is read; the rest is not looked at."""


@dataclass
class Document:
    """What a text holds: plain values, the line of every path, and faults.

    broken: the paths whose values could not be read.
    """

    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    broken: set[Path] = field(default_factory=set)
    is_empty: bool = True

    def add_fault(self, line: int | None, text: str) -> None:
        """Add a fault of the text as a whole."""
        self.faults.append(Fault((), text, line=line))


def read_file(file: FilePath) -> bytes:
    """The bytes of a config file, at most one more than is accepted.

    Raises InputError when it cannot be read.
    """
    try:
        with file.open("rb") as stream:
            # Memory is taken for as much as is asked for.
            beginning = stream.read(USUAL_BYTES)
            if len(beginning) < USUAL_BYTES:
                return beginning
            return beginning + stream.read(MAX_BYTES + 1 - USUAL_BYTES)
    except FileNotFoundError:
        raise InputError(f"{file}: there is no such file") from None
    except IsADirectoryError:
        raise InputError(f"{file}: this is a folder; a YAML file was expected") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{file}: cannot be read: {reason}") from None


def read_yaml(data: bytes | str) -> Document:
    """Read one YAML document. Faults are collected in the result, never raised."""
    document = Document()
    if len(data) > MAX_BYTES:
        document.add_fault(None, TOO_LARGE)
        return document
    text = data if isinstance(data, str) else _decode(data, document)
    if text is None:
        return document
    plain = read_plain_lines(text)
    if plain is not None:
        value, lines = plain
        return Document(value, lines, is_empty=False)
    if _is_printable(text, document):
        read_events(text, document)
    return document


def _decode(data: bytes, document: Document) -> str | None:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"byte 0x{data[error.start]:02x} at position {error.start:,}"
        document.add_fault(line, f"the file is not UTF-8 text ({byte})")
        return None


def _is_printable(text: str, document: Document) -> bool:
    match = UNPRINTABLE.search(text)
    if match is None:
        return True
    line = text.count("\n", 0, match.start()) + 1
    character = f"the character U+{ord(match[0]):04X}"
    document.add_fault(line, f"{character} does not belong into YAML; is this a text file?")
    return False


def read_events(text: str, document: Document) -> None:
    """Read a text by the parser of YAML, which takes all of it."""
    try:
        _EventReader(document, yaml.parse(text, Loader=PARSER)).read()
    except yaml.MarkedYAMLError as error:
        document.add_fault(_syntax_line(error), _syntax_words(error, text))
    except yaml.YAMLError as error:
        document.add_fault(None, f"not valid YAML: {str(error).splitlines()[0]}")
    except _TooDeepError:
        pass  # the document has the fault


def _syntax_line(error: yaml.MarkedYAMLError) -> int | None:
    """Where the trouble shows, or where the bracket or quote was opened that nothing closes."""
    problem = error.problem or ""
    is_open = "end of stream" in problem or "expected ','" in problem
    mark = error.problem_mark or error.context_mark
    if is_open and error.context_mark:
        mark = error.context_mark
    return mark.line + 1 if mark else None


def _syntax_words(error: yaml.MarkedYAMLError, text: str) -> str:
    """PyYAML's problem in the words of somebody who has never heard of tokens."""
    problem = error.problem or ""
    if "maximum nesting" in problem:  # libyaml counts by itself from 0.2.6 on, and reads ahead
        return TOO_DEEP
    if "\t" in problem or "\t" in _indentation_at(error.problem_mark, text):
        return "not valid YAML: a tab in the indentation; use spaces"
    for start, words in PLAIN_WORDS.items():
        if start in problem:
            return f"not valid YAML: {words}"
    return f"not valid YAML: {problem} {error.context or ''}".rstrip()


def _indentation_at(mark: yaml.Mark | None, text: str) -> str:
    """The blanks before the line of a mark; empty where there is no such line."""
    lines = text.splitlines()
    if mark is None or mark.line >= len(lines):
        return ""
    line = lines[mark.line]
    content = line.lstrip()
    return line.removesuffix(content)


class _EventReader:
    """Makes plain values of parser events; its recursion is as deep as the nesting may be."""

    def __init__(self, document: Document, events: Iterator[Any]) -> None:
        self._document = document
        self._events = events
        self._has_anchors = False

    def read(self) -> None:
        """Read the one document that a text may hold."""
        document = self._document
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                document.value = self._value(next(self._events), (), 0)
                document.is_empty = document.value is None
                break
        for event in self._events:  # those behind the first document
            if isinstance(event, yaml.DocumentStartEvent):
                text = "a second document begins here (`---`); a config is one document"
                document.add_fault(_line(event), text)
                break

    def _value(self, event: Any, path: Path, level: int) -> object:
        self._document.lines.setdefault(path, _line(event))
        self._refuse_marks(event, path)
        if isinstance(event, yaml.AliasEvent):
            return None
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if level == MAX_LEVELS:
            self._document.add_fault(_line(event), TOO_DEEP)
            raise _TooDeepError
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path, level + 1)
        items: list[object] = []
        for index, item in enumerate(self._until(yaml.SequenceEndEvent)):
            items.append(self._value(item, (*path, index), level + 1))
        return items

    def _until(self, end: type) -> Iterator[Any]:
        """The events up to the end of the list or mapping that is being read."""
        for event in self._events:
            if isinstance(event, end):
                return
            yield event

    def _scalar(self, event: Any, path: Path) -> object:
        text: str = event.value
        is_plain = not event.style
        if not is_plain:
            return text
        try:
            return resolve(text)
        except ValueError:
            self._refuse(f"a number of {len(text):,} characters is too long", path, _line(event))
            return None

    def _mapping(self, path: Path, level: int) -> dict[str, object]:
        """A mapping; of two equal keys the first one counts."""
        mapping: dict[str, object] = {}
        for event in self._until(yaml.MappingEndEvent):
            key = self._key(event, path, level)
            if key is None:  # its fault has been told; that of its value may be another one
                self._value(next(self._events), (*path, ""), level)
                continue
            key_path = (*path, key)
            is_new = key not in mapping
            if is_new:
                self._document.lines.setdefault(key_path, _line(event))
            else:
                self._refuse_duplicate(key_path, _line(event))
            value = self._value(next(self._events), key_path, level)
            if is_new:
                mapping[key] = value
        return mapping

    def _key(self, event: Any, path: Path, level: int) -> str | None:
        """A key, which is text whatever it looks like; None for what cannot be one."""
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_marks(event, path)
            return str(event.value)
        if isinstance(event, yaml.AliasEvent):
            self._refuse_marks(event, path)
            return None
        text = "a list or mapping cannot be a key; put a text that begins with a bracket in quotes"
        self._refuse(text, path, _line(event))
        self._value(event, (*path, ""), level)
        return None

    def _refuse(self, text: str, path: Path, line: int) -> None:
        self._document.broken.add(path)
        if path:
            text = f": {text}"
        self._document.faults.append(Fault(path, text, line=line))

    def _refuse_duplicate(self, path: Path, line: int) -> None:
        first = self._document.lines.get(path)
        text = f"stands here a second time (first in line {first})"
        self._document.faults.append(Fault(path, text, line=line))

    def _refuse_marks(self, event: Any, path: Path) -> None:
        """Refuse the tag, anchor or alias of an event; anchors once a text, which has many."""
        tag = getattr(event, "tag", None)
        if tag is not None:
            name = shown_key(tag.replace("tag:yaml.org,2002:", "!!"))
            text = f"the tag {name} is not accepted; a config holds plain values"
            self._refuse(text, path, _line(event))
        elif event.anchor is not None and self._has_anchors:
            self._document.broken.add(path)
        elif event.anchor is not None:
            self._has_anchors = True
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            text = (
                f"{shown_key(sign + event.anchor)} is an anchor or alias; they are not accepted,"
                " write values out (and a text that begins so in quotes)"
            )
            self._refuse(text, path, _line(event))


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
