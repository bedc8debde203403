"""Strict YAML 1.2: plain values with the line of each, every fault named, nothing that can run code or grow.

The events of PyYAML's parser are put together here in one pass, without recursion. So tags, anchors and aliases (hence
alias bombs), duplicate keys and deep nesting are met as they come, before anything is built from them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import yaml

from relusgd.config.scalars import resolve
from relusgd.config.source import Fault, Path
from relusgd.config.values import MAX_LEVELS
from relusgd.errors import InputError
from relusgd.words import shown_key

MAX_BYTES = 1_000_000
TOO_DEEP = f"nested more than {MAX_LEVELS} levels deep here"

PARSER: Any = yaml.CLoader if yaml.__with_libyaml__ else yaml.Loader
"""Only the events are used; libyaml's parser gives the same ones, some ten times faster."""

UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

PLAIN_WORDS = {
    "mapping values are not allowed": "a second `: ` on one line; put a text that holds one in quotes, and keys on lines of their own",
    "could not find expected ':'": "this line has no `: ` between key and value",
    "did not find expected key": "a key was expected here; look at the indentation and at brackets and quotes that are not closed",
    "expected <block end>": "a key was expected here; look at the indentation and at brackets and quotes that are not closed",
    "found unexpected end of stream": "a quote opens here and nothing closes it",
    "did not find expected ',' or": "the list or mapping that opens here needs `, ` between its items and a closing bracket",
    "expected ',' or": "the list or mapping that opens here needs `, ` between its items and a closing bracket",
    "node content": "a value was expected here; look for brackets that are not closed",
    "cannot start any token": "a text that begins with such a character must be in quotes",
    "found undefined tag handle": "a YAML tag (a word that begins with `!`), which is not accepted; put a text that begins so in quotes",
}


class _TooDeepError(Exception):
    """The nesting is deeper than is read; the rest is not looked at."""


@dataclass
class Document:
    """What a text holds: plain values, the line of every path, faults, and the paths whose values could not be read."""

    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    broken: set[Path] = field(default_factory=set)
    is_empty: bool = True


def read_file(file: FilePath) -> bytes:
    """The bytes of a config file, at most one more than is accepted. Raises InputError when it cannot be read."""
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"{file}: there is no such file") from None
    except IsADirectoryError:
        raise InputError(f"{file}: this is a folder; a YAML file was expected") from None
    except (OSError, ValueError) as error:
        raise InputError(
            f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}"
        ) from None


def read_yaml(data: bytes | str) -> Document:
    """Read one YAML document. Faults are collected in the result, never raised."""
    document = Document()
    text = _decode(data, document) if len(data) <= MAX_BYTES else None
    if len(data) > MAX_BYTES:
        _fault(
            document,
            None,
            f"larger than {MAX_BYTES:,} bytes, too large for a config; long data belongs into a CSV (data.kind: csv)",
        )
    elif text is not None and _is_printable(text, document):
        _compose(text, document)
    return document


def _decode(data: bytes | str, document: Document) -> str | None:
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        _fault(
            document,
            line,
            f"the file is not UTF-8 text (byte 0x{data[error.start]:02x} at position {error.start:,})",
        )
        return None


def _is_printable(text: str, document: Document) -> bool:
    found = UNPRINTABLE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        _fault(
            document,
            line,
            f"the character U+{ord(found[0]):04X} does not belong into YAML; is this a text file?",
        )
    return found is None


def _fault(document: Document, line: int | None, text: str) -> None:
    document.faults.append(Fault((), text, line=line))


def _compose(text: str, document: Document) -> None:
    composer = _Composer(document)
    try:
        for event in yaml.parse(text, Loader=PARSER):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        _fault(document, _syntax_line(error), _syntax_words(error, text))
    except yaml.YAMLError as error:
        _fault(document, None, f"not valid YAML: {str(error).splitlines()[0]}")
    except _TooDeepError:
        pass


def _syntax_line(error: yaml.MarkedYAMLError) -> int | None:
    """Where the trouble shows, or where the bracket or quote was opened that nothing closes."""
    is_open = any(part in (error.problem or "") for part in ("end of stream", "expected ','"))
    mark = (error.context_mark if is_open else None) or error.problem_mark or error.context_mark
    return mark.line + 1 if mark else None


def _syntax_words(error: yaml.MarkedYAMLError, text: str) -> str:
    """PyYAML's problem in the words of somebody who has never heard of tokens."""
    problem, mark = error.problem or "", error.problem_mark
    if "maximum nesting" in problem:  # libyaml counts by itself from 0.2.6 on, and reads ahead
        return TOO_DEEP
    line = text.splitlines()[mark.line] if mark and mark.line < len(text.splitlines()) else ""
    if "\t" in problem or "\t" in line[: len(line) - len(line.lstrip())]:
        return "not valid YAML: a tab in the indentation; use spaces"
    for start, words in PLAIN_WORDS.items():
        if start in problem:
            return f"not valid YAML: {words}"
    return f"not valid YAML: {problem}" + (f" {error.context}" if error.context else "")


@dataclass
class _Frame:
    """A mapping or list that is open; key: the key of a mapping whose value comes next; is_dropped: a duplicate's value."""

    container: dict[str, object] | list[object]
    path: Path
    key: str | None = None
    is_dropped: bool = False

    @property
    def awaits_key(self) -> bool:
        return isinstance(self.container, dict) and self.key is None

    def next_path(self) -> Path:
        return (
            *self.path,
            len(self.container) if isinstance(self.container, list) else str(self.key),
        )

    def add(self, value: object) -> None:
        if isinstance(self.container, list):
            self.container.append(value)
        else:
            if not self.is_dropped:
                self.container[str(self.key)] = value
            self.key, self.is_dropped = None, False


class _Composer:
    """Puts events together to plain values."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._open: list[_Frame] = []
        self._documents = 0
        self._has_anchors = False

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._start_document(line)
        elif self._documents > 1:
            return
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._start(event, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            frame = self._open.pop()
            self._finish(frame.container)
        elif isinstance(event, yaml.AliasEvent):
            self._refuse_anchors(f"*{event.anchor}", line)
            self._value_or_key("")

    def _start_document(self, line: int) -> None:
        self._documents += 1
        if self._documents == 2:
            _fault(
                self._document,
                line,
                "a second document begins here (`---`); a config is one document",
            )

    def _next_path(self) -> Path:
        return (
            self._open[-1].next_path()
            if self._open and not self._open[-1].awaits_key
            else self._block_path()
        )

    def _block_path(self) -> Path:
        return self._open[-1].path if self._open else ()

    def _refuse(self, text: str, line: int) -> None:
        path = self._next_path()
        self._document.broken.add(path)
        self._document.faults.append(Fault(path, f": {text}" if path else text, line=line))

    def _check_marks(self, event: Any, line: int) -> None:
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse(
                f"the tag {shown_key(tag)} is not accepted; a config holds plain values", line
            )
        elif event.anchor is not None:
            self._refuse_anchors(f"&{event.anchor}", line)

    def _refuse_anchors(self, mark: str, line: int) -> None:
        """Told once a file: where there is one there are many."""
        if self._has_anchors:
            self._document.broken.add(self._next_path())
            return
        self._has_anchors = True
        self._refuse(
            f"{shown_key(mark)} is an anchor or alias; they are not accepted, write values out (and a text that begins so in quotes)",
            line,
        )

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        self._check_marks(event, line)
        if self._open and self._open[-1].awaits_key:
            self._key(event.value, line)
            return
        self._note_line(line)
        is_plain = event.style is None or event.style == ""
        self._value_or_key(self._resolve(event.value, line) if is_plain else event.value)

    def _resolve(self, text: str, line: int) -> object:
        try:
            return resolve(text)
        except ValueError:
            self._refuse(f"a number of {len(text):,} characters is too long", line)
            return None

    def _note_line(self, line: int) -> None:
        self._document.lines.setdefault(self._next_path(), line)

    def _key(self, key: str, line: int) -> None:
        frame = self._open[-1]
        path = (*frame.path, key)
        assert isinstance(frame.container, dict)
        if key in frame.container:
            frame.is_dropped = True
            first = self._document.lines.get(path)
            self._document.faults.append(
                Fault(path, f"stands here a second time (first in line {first})", line=line)
            )
        frame.key = key
        self._document.lines.setdefault(path, line)

    def _start(self, event: Any, line: int) -> None:
        self._check_marks(event, line)
        if len(self._open) >= MAX_LEVELS:
            _fault(self._document, line, TOO_DEEP)
            raise _TooDeepError
        if self._open and self._open[-1].awaits_key:
            self._refuse(
                "a list or mapping cannot be a key; put a text that begins with a bracket in quotes",
                line,
            )
        else:
            self._note_line(line)
        container: dict[str, object] | list[object] = (
            {} if isinstance(event, yaml.MappingStartEvent) else []
        )
        self._open.append(_Frame(container, self._next_path()))

    def _finish(self, value: object) -> None:
        self._value_or_key("" if self._open and self._open[-1].awaits_key else value)

    def _value_or_key(self, value: object) -> None:
        if not self._open:
            self._document.value, self._document.is_empty = value, value is None
        elif self._open[-1].awaits_key:
            self._open[-1].key, self._open[-1].is_dropped = str(value), True
        else:
            self._open[-1].add(value)
