"""What commands print, and where: standard streams as they are found, tables, JSON, and text fitted
to a terminal.
"""

from __future__ import annotations

import io
import json
import math
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from relusgd.model.network import Array

BLOCKS = "▁▂▃▄▅▆▇█"

PIPE_COLUMNS = 1000
"""The width of tables where no terminal limits it."""

SENTENCE_WIDTH = 100
"""Sentences are broken at this width on a wider terminal, where longer lines are hard to read."""

MODES = {"stdin": "r", "stdout": "w", "stderr": "w"}


# Standard streams


class ForgivingStream(io.FileIO):
    """A stream whose text is lost without an error when nobody can take it: a log's disk is full, a
    terminal was closed.
    """

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError:
            return len(data)


def prepare_streams() -> None:
    """Open the standard streams that the caller closed, so that no file of ours takes their place.

    What stdout cannot encode becomes a "?". What is said on stderr is not a result: a run goes on
    when it cannot be written.
    """
    for name, mode in MODES.items():
        if getattr(sys, name) is None:
            # The system gives the lowest free number, which is that of the closed stream.
            descriptor = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, open(descriptor, mode, closefd=False))  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    if isinstance(sys.stderr, io.TextIOWrapper):
        raw = ForgivingStream(sys.stderr.fileno(), "w", closefd=False)
        sys.stderr = io.TextIOWrapper(
            io.BufferedWriter(raw),
            sys.stderr.encoding,
            sys.stderr.errors,
            line_buffering=True,
        )


def can_print(text: str) -> bool:
    """Whether stdout can encode all of this text."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


# Results, on stdout


def print_path(path: Path) -> None:
    """Print a path byte for byte, so that the next command finds it whatever the terminal's
    encoding.
    """
    typer.echo(os.fsencode(path))


def print_parts(parts: Iterable[str]) -> None:
    """Print the text of a table part by part, in UTF-8 whatever the terminal's encoding, because a
    program reads it.
    """
    stream = typer.get_binary_stream("stdout")
    for part in parts:
        stream.write(part.encode(errors="surrogateescape"))
    stream.flush()


def print_json(value: object) -> None:
    """Print JSON that any parser takes: a number that is not finite becomes null."""
    plain = _without_nan(value)
    text = json.dumps(plain, indent=2, ensure_ascii=False)
    if not can_print(text):
        text = json.dumps(plain, indent=2)
    typer.echo(text)


def _without_nan(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def print_table(table: RenderableType) -> None:
    """Print a table. In a file or a pipe, lines are as long as they need and end with their last
    letter.
    """
    console = stdout_console()
    if sys.stdout.isatty():
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    lines = [line.rstrip() for line in captured.get().splitlines()]
    typer.echo("\n".join(lines))


def print_sentences(sentences: Sequence[str]) -> None:
    """Print sentences under a table, each after an empty line; whole in a file or a pipe."""
    from rich.text import Text

    console = stdout_console()
    width = 10 * PIPE_COLUMNS
    if sys.stdout.isatty():
        width = min(console.width, SENTENCE_WIDTH)
    for sentence in sentences:
        console.print()
        console.print(Text(printable(sentence)), width=width, soft_wrap=False)


def stdout_console() -> Console:
    """The console for results: as wide as the terminal, or as wide as they need."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else PIPE_COLUMNS
    return Console(highlight=False, width=width)


def stderr_console() -> Console:
    """The console for everything that is not a result."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())


def say_beside(files: Iterable[Path]) -> None:
    """Name on stderr the files that were written beside a result because it needs them."""
    for file in files:
        typer.echo(printable(f"beside it:  {file}"), err=True)


# Text


def typed_text(text: str | None) -> str | None:
    """A text as it was typed, in UTF-8, where the locale (LC_ALL=C) has taken its bytes apart."""
    if text is None:
        return None
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def printable(text: str) -> str:
    """The text without control characters: in a hostile file name or title they would steer the
    terminal.
    """
    return "".join(map(_printable_character, text))


def _printable_character(character: str) -> str:
    is_printable = character.isprintable() or character == "\n"
    return character if is_printable else "�"


def sparkline(values: Sequence[float] | Array, width: int = 16) -> str:
    """The course of positive values on a logarithmic scale, at most `width` characters."""
    logs = [_log(value) for value in _thinned(values, width)]
    finite = [value for value in logs if not math.isnan(value)]
    if not finite:
        return ""
    low = min(finite)
    span = max(max(finite) - low, 1e-9)
    heights = [(value - low) / span for value in logs]
    return "".join(map(_block, heights))


def _thinned(values: Sequence[float] | Array, count: int) -> list[float]:
    """At most so many values, evenly spaced, the first and the last among them."""
    if len(values) <= count:
        return list(values)
    last = len(values) - 1
    places = [round(i * last / (count - 1)) for i in range(count)]
    return [values[place] for place in places]


def _log(value: float) -> float:
    return math.log(value) if 0 < value < math.inf else math.nan


def _block(height: float) -> str:
    """The block of this height from 0 to 1; a blank for nan."""
    if math.isnan(height):
        return " "
    return BLOCKS[round(height * (len(BLOCKS) - 1))]


def break_at_commas(name: str, width: int) -> str:
    """The name of a run folder on lines of at most `width` characters, broken at its commas where
    it has some.
    """
    parts = name.replace(",", ",\n").splitlines()
    lines = []
    line = ""
    for part in parts:
        if line and len(line) + len(part) > width:
            lines.append(line)
            line = ""
        line += part
    return "\n".join([*lines, line])


def wrapped_for_stderr(text: str) -> str:
    """Sentences for stderr: broken between words on a terminal, whole in a file or a pipe."""
    if not sys.stderr.isatty():
        return text
    return wrapped(text, shutil.get_terminal_size().columns)


def stdout_width() -> int:
    """The columns of the terminal; in a file or a pipe, as many as lines may need."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPE_COLUMNS


def wrapped(text: str, width: int) -> str:
    """The text with its long lines broken between words, never within one; an indented line stays
    indented.
    """
    lines = []
    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        parts = textwrap.wrap(
            line,
            width,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        lines += parts or [""]
    return "\n".join(lines)


def definitions(meanings: Mapping[str, str]) -> Iterator[str]:
    """A line for each name and what it is, the texts in one column.

    A terminal gets lines broken between words and indented.
    """
    longest = max(len(name) for name in meanings)
    indent = " " * (longest + 2)
    for name, text in meanings.items():
        line = f"{name:<{longest}}  {text}"
        if sys.stdout.isatty():
            columns = shutil.get_terminal_size().columns
            line = textwrap.fill(line, columns, subsequent_indent=indent)
        yield line
