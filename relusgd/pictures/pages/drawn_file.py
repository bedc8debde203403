"""The file of a picture, film or page: a path that shows what it holds in a notebook's cell."""

from __future__ import annotations

import base64
import html
from pathlib import Path, PosixPath

from relusgd.pictures.pages.iframe import in_iframe

LARGEST_SHOWN = 64_000_000
"""Notebooks keep what a cell shows. A larger file, in bytes, is shown by its path."""

FILMS = {".gif": "image/gif", ".mp4": "video/mp4"}


class DrawnFile(PosixPath):
    """A `pathlib.Path` to a file that relusgd drew.

    As the last value of a notebook's cell it is shown: a picture, a film or a page. A file that is
    gone, or too large, is shown by its path.
    """

    def _repr_png_(self) -> bytes | None:
        return _content(self) if _has_suffix(self, ".png") else None

    def _repr_svg_(self) -> str | None:
        content = _content(self) if _has_suffix(self, ".svg") else None
        return None if content is None else content.decode("utf-8", "replace")

    def _repr_pdf_(self) -> bytes | None:
        return _content(self) if _has_suffix(self, ".pdf") else None

    def _repr_html_(self) -> str | None:
        if not _has_suffix(self, ".gif", ".mp4", ".html", ".htm"):
            return None
        content = _content(self)
        if content is None:
            return None
        if _has_suffix(self, ".html", ".htm"):
            return in_iframe(content.decode("utf-8", "replace"), self.name)
        return _film(content, self)


def _has_suffix(path: Path, *suffixes: str) -> bool:
    return path.suffix.lower() in suffixes


def _content(path: Path) -> bytes | None:
    """What the file holds; None when it cannot be read, or is too large."""
    try:
        return path.read_bytes() if path.stat().st_size <= LARGEST_SHOWN else None
    except OSError:
        return None


def _film(content: bytes, path: Path) -> str:
    """A film as an element that plays; its bytes go along, so that the notebook can be mailed."""
    kind = FILMS[path.suffix.lower()]
    address = f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
    name = html.escape(path.name)
    if kind.startswith("image/"):
        return f'<img src="{address}" alt="{name}" style="max-width: 100%">'
    return (
        f'<video src="{address}" title="{name}" controls autoplay loop muted '
        'style="max-width: 100%"></video>'
    )
