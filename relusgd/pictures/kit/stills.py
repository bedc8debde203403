"""Pictures as files: .png, .svg and .pdf."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from relusgd.errors import InputError, RelusgdError
from relusgd.files import write_whole
from relusgd.pictures.kit.fonts import DPI
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.plain_matplotlib import plain_style
from relusgd.pictures.kit.sheet import Sheet
from relusgd.words import or_list

METADATA: dict[str, dict[str, Any]] = {
    ".png": {},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}
"""By suffix, what keeps matplotlib from writing the time into a file: equal pictures are equal
files."""


def check_still(path: Path) -> None:
    """Raise InputError if no still can be written to a path with this suffix."""
    if path.suffix.lower() not in METADATA:
        raise InputError(
            f"a still cannot be written as {path.name!r}",
            f"its name ends in {or_list([*METADATA])}",
        )


def draw_sheet(draw: Callable[[Sheet], object], look: Look | None = None) -> Sheet:
    """A sheet on which `draw` has drawn."""
    with plain_style:
        sheet = Sheet(look or Look())
        draw(sheet)
    return sheet


def write_figure(sheet: Sheet, path: Path) -> None:
    """Write a figure in the format of the path's suffix.

    Raises InputError for another suffix, RelusgdError when the file cannot be written; what stood
    at path is then untouched.
    """
    check_still(path)
    suffix = path.suffix.lower()
    # A full disk must be met when the file is written, not inside matplotlib.
    content = io.BytesIO()
    with plain_style:
        sheet.figure.savefig(content, format=suffix[1:], dpi=DPI, metadata=METADATA[suffix])
    try:
        write_whole(path, content.getvalue())
    except OSError as error:
        raise RelusgdError(f"{path} could not be written: {error.strerror or error}") from error
