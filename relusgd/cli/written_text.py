"""Texts that a lecturer wrote for a page: an intro, challenges."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from relusgd.errors import InputError

MOST_BYTES = 20_000

IntroOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.md",
        help="A text above the picture that says what to look at.",
        show_default=False,
    ),
]


def read_text(path: Path | None, option: str) -> str:
    """The text of a file; empty without one. Raises InputError, naming the option."""
    if path is None:
        return ""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{option} {path} cannot be read: {error.strerror}") from None
    if len(content) > MOST_BYTES:
        raise InputError(f"{option} {path} has more than {MOST_BYTES:,} bytes; write a shorter one")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(f"{option} {path} is no text in UTF-8 (line {line})") from None
