"""Commands that draw: animate, plot."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relusgd.cli.arguments import RunsArgument, flag
from relusgd.cli.boundary import guarded
from relusgd.cli.streams import print_path

if TYPE_CHECKING:
    from relusgd.pictures.look import Look


class Spacing(StrEnum):
    log = "log"
    linear = "linear"
    motion = "motion"


class ThemeName(StrEnum):
    light = "light"
    dark = "dark"


SizeOption = Annotated[str, typer.Option(metavar="WxH", help="Width and height in pixels.")]
TitleOption = Annotated[str | None, typer.Option(help="A line above the picture.")]
ThemeOption = Annotated[ThemeName, typer.Option(help="Dark letters on light, or light ones on dark.")]
ShowOption = Annotated[str, typer.Option(metavar="PARTS", help="The parts wanted, of units,loss,active; or none.")]
EVERYTHING = "units,loss,active"


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example:  relusgd animate outputs/notebook --seconds 20 --out lecture.mp4")(animate)
    app.command(epilog="Example:  relusgd plot outputs/notebook --epoch 200 --out epoch-200.svg")(plot)


@guarded
def animate(
    runs: RunsArgument,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A .gif or an .mp4. [dim]\\[default: RUN/animation.gif][/]", show_default=False)
    ] = None,
    frames: Annotated[
        int | None, typer.Option(min=1, help="How many snapshots are shown. [dim]\\[default: 151][/]", show_default=False)
    ] = None,
    fps: Annotated[float | None, typer.Option(help="Frames a second. [dim]\\[default: 15][/]", show_default=False)] = None,
    seconds: Annotated[float | None, typer.Option(help="How long the film lasts.", show_default=False)] = None,
    first: Annotated[int | None, typer.Option("--from", metavar="EPOCH", min=0, help="The first epoch shown.", show_default=False)] = None,
    last: Annotated[int | None, typer.Option("--to", metavar="EPOCH", min=0, help="The last epoch shown.", show_default=False)] = None,
    spacing: Annotated[
        Spacing, typer.Option(help="log: early changes fill the film; linear: epochs; motion: equal changes of f.")
    ] = Spacing.log,
    size: SizeOption = "1000x700",
    title: TitleOption = None,
    theme: ThemeOption = ThemeName.light,
    show: ShowOption = EVERYTHING,
) -> None:
    """Film the learned function, its units and elbows; several runs side by side. Prints the file."""
    from relusgd.cli.progress import drawing, stderr_console
    from relusgd.runs.drawing import Clock
    from relusgd.runs.drawing import animate as write
    from relusgd.runs.run import load_run

    look = make_look(size, title, theme, show)
    clock = Clock(frames, fps, seconds, first, last, spacing.value)
    loaded = [load_run(run) for run in runs]
    with drawing(stderr_console()) as progress:
        path = write(loaded, out, clock=clock, look=look, progress=progress)
    print_path(path)


@guarded
def plot(
    runs: RunsArgument,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A .png, .svg or .pdf. [dim]\\[default: RUN/plot.png][/]", show_default=False)
    ] = None,
    epoch: Annotated[int | None, typer.Option(min=0, help="The epoch shown. [dim]\\[default: the last][/]", show_default=False)] = None,
    step: Annotated[int | None, typer.Option(min=0, help="The step shown, in place of the epoch.", show_default=False)] = None,
    story: Annotated[bool, flag("--story", help="Start, key moments and end, and the paths of the elbows.")] = False,
    size: SizeOption = "1000x700",
    title: TitleOption = None,
    theme: ThemeOption = ThemeName.light,
    show: ShowOption = EVERYTHING,
) -> None:
    """Draw one snapshot, or several runs at one epoch. Prints the file."""
    from relusgd.runs.drawing import plot as write
    from relusgd.runs.run import load_run

    look = make_look(size, title, theme, show)
    print_path(write([load_run(run) for run in runs], out, epoch=epoch, step=step, story=story, look=look))


def make_look(size: str, title: str | None, theme: ThemeName, show: str) -> Look:
    """The look of a picture from what was typed."""
    from relusgd.errors import InputError
    from relusgd.pictures.look import Look

    width, _, height = size.lower().partition("x")
    if not (width.isascii() and width.isdigit() and height.isascii() and height.isdigit() and len(size) < 12):
        raise InputError(f"--size {size}: a size is WIDTHxHEIGHT in pixels", "try --size 1000x700")
    parts = {part.strip() for part in show.split(",")} - {"", "none"}
    return Look(size=(int(width), int(height)), title=title, theme=theme.value, show=frozenset(parts))
