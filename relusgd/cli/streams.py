"""The standard streams, as a command finds them: some closed, some in an encoding that lacks letters."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any

import typer

NAMES = ("stdin", "stdout", "stderr")


class Forgiving(io.FileIO):
    """Where words go that are lost when nobody can take them, because a log's disk is full or a terminal was closed."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError:
            return len(data)


def prepare_streams() -> None:
    """Open what the caller closed, lest a file of ours take its place; let a "?" stand for what stdout cannot encode.

    What is said on stderr is no result: a run goes on when it cannot be written.
    """
    for name in NAMES:
        if getattr(sys, name) is None:
            descriptor = os.open(
                os.devnull, os.O_RDWR
            )  # the lowest number that is free: that of the closed one
            setattr(sys, name, open(descriptor, "r" if name == "stdin" else "w", closefd=False))  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    if isinstance(sys.stderr, io.TextIOWrapper):
        raw = Forgiving(sys.stderr.fileno(), "w", closefd=False)
        sys.stderr = io.TextIOWrapper(
            io.BufferedWriter(raw), sys.stderr.encoding, sys.stderr.errors, line_buffering=True
        )


def print_path(path: Path) -> None:
    """Print a path on stdout byte for byte, so that the next command finds it whatever the terminal's encoding."""
    typer.echo(os.fsencode(path))


def can_print(text: str) -> bool:
    """Whether stdout can encode all of this text."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
