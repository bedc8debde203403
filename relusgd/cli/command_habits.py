"""Commands by the names that other tools and people give them, corrected to ours.

`relusgd help train`, `relusgd run c.yaml`, `relusgd c.yaml` and misspelt names are errors, and the
error shows the line to copy.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from pathlib import Path

from relusgd.errors import InputError

COMMAND_WORDS = {
    "train": ("run", "fit", "learn", "start", "resume", "continue"),
    "sweep": ("grid", "search", "tune", "multirun", "batch"),
    "animate": ("animation", "film", "movie", "video", "gif", "mp4"),
    "plot": ("draw", "picture", "figure", "image", "render"),
    "view": ("open", "page", "html", "dashboard", "ui"),
    "show": ("info", "status", "inspect", "describe", "summary"),
    "list": ("ls", "dir", "runs"),
    "compare": ("diff",),
    "new": ("init", "create", "config"),
    "predict": ("eval", "evaluate", "apply", "infer"),
    "verify": ("check", "reproduce", "recipes"),
    "lesson": ("lessons", "course", "teach"),
    "lab": ("playground",),
    "explain": ("why",),
    "export": ("csv", "dump"),
}
"""Our commands, and what people call them."""

MEANT = {word: command for command, words in COMMAND_WORDS.items() for word in words}

VERSION_OPTIONS = ("-V", "-v", "-version", "--ver")


def meant_command(arguments: Sequence[str], commands: Collection[str]) -> InputError | None:
    """The error that shows what was probably meant by a line whose command does not exist.

    arguments: the words behind `relusgd`. commands: those that there are. None where nobody knows.
    """
    word, *rest = arguments
    line = _meant_line(word, rest, commands)
    if line is None:
        return None
    return InputError(
        f"{word} is not a command of relusgd",
        f"try: {shlex.join(['relusgd', *line])}",
    )


def meant_option(option: str) -> InputError | None:
    """The error for an option that stands where a command does."""
    if option not in VERSION_OPTIONS:
        return None
    return InputError(f"{option} is not an option of relusgd", "try: relusgd --version")


def _meant_line(word: str, rest: list[str], commands: Collection[str]) -> list[str] | None:
    """The words behind `relusgd` that were probably meant; None where nobody knows."""
    lower = word.lower()
    if lower == "help":
        about = [name for name in rest[:1] if name in commands]
        return [*about, "--help"]
    if lower == "version":
        return ["--version"]
    path = Path(word)
    if path.exists():
        return _line_of_path(path, word, rest)
    near = get_close_matches(lower, [*commands, *MEANT], 1, 0.7)
    known = lower if lower in MEANT else next(iter(near), None)
    if known is None:
        return None
    return [MEANT.get(known, known), *rest]


def _line_of_path(path: Path, word: str, rest: list[str]) -> list[str]:
    """What is done with a file or folder that stands alone."""
    if path.is_dir():
        from relusgd.run_files.finding import is_run_folder

        return ["show" if is_run_folder(path) else "list", word, *rest]
    if path.suffix.lower() in (".yaml", ".yml"):
        return ["train", word, *rest]
    return ["new", str(path.with_suffix(".yaml")), "--data", word, *rest]
