"""Opening a page that was written, in the browser of who asked for it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer


def typed_in_terminal() -> bool:
    return sys.stdout.isatty()


def has_screen() -> bool:
    """Whether a browser would open in a window; one that takes over the terminal helps nobody."""
    if sys.platform == "darwin":
        return True
    return any(name in os.environ for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


def open_page(path: Path) -> None:
    """Show a file in the browser; if there is none, say so."""
    import webbrowser

    if not webbrowser.open(path.resolve().as_uri()):
        typer.echo("no browser was found; open the file by hand", err=True)
