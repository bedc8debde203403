"""Text fitted to a terminal: broken lines, hanging indents, and the course of an error as a sparkline."""

from __future__ import annotations

import math
import shutil
import sys
import textwrap
from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], width: int = 16) -> str:
    """The course of positive values on a logarithmic scale, at most `width` characters."""
    shown = min(width, len(values))
    chosen = [values[round(i * (len(values) - 1) / max(shown - 1, 1))] for i in range(shown)]
    logs = [math.log(value) if 0 < value < math.inf else math.nan for value in chosen]
    finite = [value for value in logs if value == value]
    if not finite:
        return ""
    low, span = min(finite), max(max(finite) - min(finite), 1e-9)
    return "".join(
        " " if value != value else BLOCKS[round((value - low) / span * (len(BLOCKS) - 1))]
        for value in logs
    )


def at_commas(name: str, width: int) -> str:
    """The name of a run folder on lines of at most `width` characters, broken at its commas where it has some."""
    lines = [""]
    for part in name.replace(",", ",\n").splitlines():
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def for_stderr(text: str) -> str:
    """Sentences as stderr takes them: a terminal gets lines broken between words, a file or a pipe has them whole."""
    return broken(text, shutil.get_terminal_size().columns) if sys.stderr.isatty() else text


def broken(text: str, width: int) -> str:
    """The text with its long lines broken between words, never within one; an indented line stays indented."""
    lines = []
    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        lines += textwrap.wrap(
            line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return "\n".join(lines)


def hanging(name: str, text: str) -> str:
    """A name and what it is: a line, which a terminal gets broken between words and indented."""
    line = f"{name:<12} {text}"
    return (
        textwrap.fill(line, shutil.get_terminal_size().columns, subsequent_indent=" " * 13)
        if sys.stdout.isatty()
        else line
    )
