"""The command lab: a page on which a network is built, trained and taken apart, without Python."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.network_source import SourceArgument, choose_network
from relusgd.cli.opening import has_screen, open_page, typed_in_terminal
from relusgd.cli.options import OpenOption, SetOption, run_folder_of
from relusgd.cli.picture_options import ThemeName
from relusgd.cli.terminal import print_path, typed_text
from relusgd.cli.written_text import IntroOption, read_text

EPILOG = "Examples:  relusgd lab  ·  relusgd lab outputs/sine --out exercise.html"


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog=EPILOG)(lab)


@guarded
def lab(
    source: SourceArgument = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="An .html. [dim]\\[default: lab.html, in the run's folder if there is one][/]",
            show_default=False,
        ),
    ] = None,
    changes: SetOption = None,
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The page's title.", show_default=False)
    ] = None,
    theme: Annotated[
        ThemeName | None,
        typer.Option(help="Without it, what the reader's system prefers.", show_default=False),
    ] = None,
    intro: IntroOption = None,
    challenges: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Challenges of your own, with which the page opens (see docs/lab.md).",
            show_default=False,
        ),
    ] = None,
    show_it: OpenOption = None,
) -> None:
    """Make one HTML file on which a network is built, trained and taken apart, without Python; it
    works offline. Prints the file.
    """
    from relusgd.runs.lab import LabTexts, write_lab

    exercise = _exercise(source, changes)
    texts = LabTexts(
        title=typed_text(title) or _usual_title(source),
        intro=read_text(intro, "--intro"),
        challenges=read_text(challenges, "--challenges"),
    )
    theme_name = theme.value if theme else None
    path = write_lab(out or _usual_place(source), exercise, texts, theme_name)
    print_path(path)
    if show_it is None:
        show_it = typed_in_terminal() and has_screen()
    if show_it:
        open_page(path)


def _exercise(source: Path | None, changes: list[str] | None) -> dict[str, Any] | None:
    """What the page begins with; None is the notebook's network."""
    from relusgd.errors import InputError
    from relusgd.runs.lab import lab_exercise

    if source is None:
        if changes:
            raise InputError("--set changes a config, and none is given")
        return None
    found = choose_network(source, changes, None)
    return lab_exercise(found.config, found.dataset, found.network)


def _usual_place(source: Path | None) -> Path:
    name = Path("lab.html")
    if source is None:
        return name
    folder = run_folder_of(source)
    return folder / name if folder.is_dir() else name


def _usual_title(source: Path | None) -> str:
    """The name of the run's folder, or of the config without its ending."""
    if source is None:
        return "relusgd lab"
    path = run_folder_of(source).resolve()
    return path.name if path.is_dir() else path.stem
