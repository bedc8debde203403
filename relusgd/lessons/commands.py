"""The commands of a lesson: lines that its reader can copy, and that draw or print."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import PurePosixPath

from relusgd.errors import InputError
from relusgd.lessons.file_names import PICTURES
from relusgd.pictures.kit.sizes import is_picture_size
from relusgd.words import or_list, shown

STILLS = (".png", ".svg")
FILM = ".gif"
STILL_SIZE, FILM_SIZE = "1280x720", "960x540"
"""Both are 16:9."""

LOOKING = (
    *("animate", "compare", "compose", "diagnose", "explain", "features", "gradcheck", "graph"),
    *("list", "plot", "predict", "show", "step"),
)
"""Commands that draw or print and change nothing else: a lesson file may be somebody else's."""

ALWAYS_DRAW = ("animate", "plot")
IN_QUOTES = re.compile(r"'[^']*'|\"[^\"]*\"")
OF_A_SHELL = re.compile(r"[*?{}|<>;&$`!~\\]")

EXAMPLE = "relusgd plot runs/notebook --out pictures/fit.png"


@dataclass(frozen=True)
class LessonCommand:
    """A command as the lesson shows it, with the size of its picture.

    text: what a reader types in the lesson's folder. out: its picture, relative to that folder;
    None where it prints.
    """

    text: str
    out: PurePosixPath | None

    @property
    def arguments(self) -> list[str]:
        """What relusgd is given."""
        return shlex.split(self.text)[1:]

    @property
    def is_film(self) -> bool:
        return self.out is not None and self.out.suffix == FILM

    @property
    def dark_out(self) -> PurePosixPath | None:
        """The picture for a dark page."""
        if self.out is None:
            return None
        return self.out.with_stem(f"{self.out.stem}-dark")

    @property
    def dark_arguments(self) -> list[str]:
        """The same command for the dark picture."""
        light = str(self.out)
        dark = str(self.dark_out)
        swapped = [dark if part == light else part for part in self.arguments]
        return [*swapped, "--theme", "dark"]


@lru_cache
def read_command(text: str) -> LessonCommand:
    """The command of a line. Raises InputError for what is none that a lesson can run."""
    _refuse_shell(text)
    parts = _parts(text)
    if len(parts) < 2 or parts[0] != "relusgd":
        raise InputError(f"{shown(text)} is not a relusgd command, such as {EXAMPLE}")
    if parts[1] not in LOOKING:
        raise InputError(
            f"{shown(text)}: the commands of a lesson are {or_list(LOOKING)}; "
            "its runs are trained by `runs:`"
        )
    out = _out(parts)
    if out is None:
        if parts[1] in ALWAYS_DRAW:
            raise InputError(
                f"{shown(text)} does not say where its picture goes, such as {EXAMPLE}"
            )
        return LessonCommand(text, None)
    _check_picture(text, parts, out)
    if not any(is_picture_size(value) for value in _values_of("--size", parts)):
        size = FILM_SIZE if out.suffix == FILM else STILL_SIZE
        text = f"{text} --size {size}"
    return LessonCommand(text, out)


def _refuse_shell(text: str) -> None:
    """Raise InputError for signs outside of quotes that mean something to a shell."""
    bare = IN_QUOTES.sub("", text)
    special = OF_A_SHELL.search(bare)
    if special:
        raise InputError(
            f"{shown(text)} holds {special[0]}, which a shell would act on; a lesson has no shell: "
            "put it in quotes, or write the names out"
        )


def _check_picture(text: str, parts: list[str], out: PurePosixPath) -> None:
    """Raise InputError unless the picture is one of a lesson, in both themes."""
    if "--theme" in parts:
        raise InputError(f"{shown(text)}: a lesson draws both themes; leave --theme out")
    if out.parent != PurePosixPath(PICTURES) or out.suffix not in (*STILLS, FILM):
        endings = or_list([*STILLS, FILM])
        raise InputError(
            f"{shown(text)}: a lesson's picture is {PICTURES}/NAME with {endings}, not {out}"
        )


def _parts(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        raise InputError(f"{shown(text)} opens a quote and does not close it") from None


def _out(parts: list[str]) -> PurePosixPath | None:
    given = _values_of("--out", parts)
    return PurePosixPath(given[0]) if given else None


def _values_of(option: str, parts: list[str]) -> list[str]:
    """What follows an option, each time that it is given."""
    return [value for part, value in pairwise(parts) if part == option]
