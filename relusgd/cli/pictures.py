"""Commands that draw: animate, plot, view."""

from __future__ import annotations

import os
import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.completions import complete_sizes, lists_of, one_of
from relusgd.cli.options import OpenOption, RunsArgument
from relusgd.cli.terminal import print_path, typed_text, wrapped_for_stderr
from relusgd.cli.written_text import IntroOption, read_text
from relusgd.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relusgd.pictures.look import Look
    from relusgd.runs.run import Run


COUNT = re.compile(r"0*[1-9][0-9]{0,14}")


class Spacing(StrEnum):
    log = "log"
    linear = "linear"
    motion = "motion"


class OnOff(StrEnum):
    on = "on"
    off = "off"


class ThemeName(StrEnum):
    light = "light"
    dark = "dark"


class LayoutName(StrEnum):
    storeys = "storeys"
    panels = "panels"


FramesOption = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="How many snapshots are shown. [dim]\\[default: 151; .mp4: 301][/]",
        show_default=False,
    ),
]
FpsOption = Annotated[
    float | None,
    typer.Option(
        metavar="N", help="Frames a second. [dim]\\[default: 15; .mp4: 30][/]", show_default=False
    ),
]
SecondsOption = Annotated[
    float | None,
    typer.Option(
        metavar="S",
        help="How long the film moves; its first frame stands for one second, its last for two.",
        show_default=False,
    ),
]
FromOption = Annotated[
    int | None,
    typer.Option(
        "--from", metavar="EPOCH", min=0, help="The first epoch shown.", show_default=False
    ),
]
ToOption = Annotated[
    int | None,
    typer.Option("--to", metavar="EPOCH", min=0, help="The last epoch shown.", show_default=False),
]
SpacingOption = Annotated[
    Spacing,
    typer.Option(
        help="log: early changes fill the film; linear: epochs; motion: equal changes of f."
    ),
]
SizeOption = Annotated[
    str,
    typer.Option(
        metavar="WxH|NAME",
        help="Width and height in pixels; or slide, slide-4x3, 720p, 1080p, 1440p, 4k, square, "
        "portrait, a4.",
        autocompletion=complete_sizes,
    ),
]
TitleOption = Annotated[str | None, typer.Option(metavar="TEXT", help="A line above the picture.")]
CaptionsOption = Annotated[
    OnOff, typer.Option(help="Say in a line what happens: elbows gather, units die.")
]
ThemeOption = Annotated[
    ThemeName, typer.Option(help="Dark letters on light, or light ones on dark.")
]
ShowOption = Annotated[
    str,
    typer.Option(
        metavar="PARTS",
        help="The parts wanted, of units,loss,active,sharpness; or none.",
        autocompletion=lists_of("units", "loss", "active", "sharpness", alone="none"),
    ),
]
WithOption = Annotated[
    str,
    typer.Option(
        "--with",
        metavar="NAMES",
        help="References to compare with: line, spline, cubic, linearized, kernel.",
        autocompletion=lists_of("line", "spline", "cubic", "linearized", "kernel", alone="none"),
        show_default=False,
    ),
]
EVERYTHING = "units,loss,active"
LayoutOption = Annotated[
    LayoutName,
    typer.Option(
        help="storeys: the function above the paths of its elbows; panels: function, active units, "
        "errors."
    ),
]


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example:  relusgd animate outputs/notebook --seconds 20 --out lecture.mp4")(
        animate
    )
    app.command(epilog="Example:  relusgd plot outputs/notebook --epoch 200 --out epoch-200.svg")(
        plot
    )
    app.command(epilog="Example:  relusgd view outputs/notebook --out lecture.html")(view)


@guarded
def animate(
    runs: RunsArgument,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A .gif or an .mp4. [dim]\\[default: RUN/animation.gif][/]",
            show_default=False,
        ),
    ] = None,
    frames: FramesOption = None,
    fps: FpsOption = None,
    seconds: SecondsOption = None,
    first: FromOption = None,
    last: ToOption = None,
    spacing: SpacingOption = Spacing.log,
    size: SizeOption = "1000x700",
    title: TitleOption = None,
    theme: ThemeOption = ThemeName.light,
    show: ShowOption = EVERYTHING,
    with_: WithOption = "",
    layout: LayoutOption = LayoutName.storeys,
    build_up: Annotated[
        bool,
        typer.Option(
            "--build-up", help="Put the network together first: one ReLU, three, their sum, all."
        ),
    ] = False,
    slow_motion: Annotated[
        int | None,
        typer.Option(
            metavar="STEP",
            min=0,
            help="After this step show the next one slowly: its batch, the residuals, the push.",
            show_default=False,
        ),
    ] = None,
    captions: CaptionsOption = OnOff.on,
    interpolate: Annotated[
        bool,
        typer.Option(
            "--interpolate",
            help="Move between snapshots where there are too few; the film says so.",
        ),
    ] = False,
) -> None:
    """Film the learned function, its units and elbows; several runs side by side. Prints the
    file.

    Without --to the film of one run ends when nothing but jitter is left, and says so.
    """
    from relusgd.cli.progress import frame_progress
    from relusgd.runs.film import animate as write
    from relusgd.runs.find import load_run

    look = make_look(size, title, theme, show, layout)
    loaded = [load_run(run) for run in runs]
    notes: list[str] = []
    with frame_progress() as progress:
        path = write(
            loaded,
            out,
            frames=frames,
            fps=fps,
            seconds=seconds,
            first_epoch=first,
            last_epoch=last,
            spacing=spacing.value,
            build_up=build_up,
            slow_motion=slow_motion,
            look=look,
            with_=with_,
            captions=captions is OnOff.on,
            interpolate=interpolate,
            tell=notes.append,
            progress=progress,
        )
    warn_of_boxes(loaded, look)
    say_notes(notes)
    print_path(path)


def say_notes(notes: Sequence[str]) -> None:
    """Say on stderr what a film or a page left out."""
    from relusgd.advice import in_shell

    for note in notes:
        typer.echo(wrapped_for_stderr(f"note: {in_shell(note)}"), err=True)


@guarded
def plot(
    runs: RunsArgument,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A .png, .svg or .pdf. [dim]\\[default: RUN/plot.png][/]",
            show_default=False,
        ),
    ] = None,
    epoch: Annotated[
        int | None,
        typer.Option(
            metavar="EPOCH",
            min=0,
            help="The epoch shown. [dim]\\[default: the last][/]",
            show_default=False,
        ),
    ] = None,
    step: Annotated[
        int | None,
        typer.Option(
            metavar="STEP", min=0, help="The step shown, in place of the epoch.", show_default=False
        ),
    ] = None,
    story: Annotated[
        bool,
        typer.Option("--story", help="Start, key moments and end, and the paths of the elbows."),
    ] = False,
    elbows: Annotated[
        bool,
        typer.Option(
            "--elbows", help="The elbows of many runs or of a sweep over time, as a density."
        ),
    ] = False,
    size: SizeOption = "1000x700",
    title: TitleOption = None,
    theme: ThemeOption = ThemeName.light,
    show: ShowOption = EVERYTHING,
    with_: WithOption = "",
    layout: LayoutOption = LayoutName.storeys,
) -> None:
    """Draw one snapshot, or several runs at one epoch. Prints the file."""
    from relusgd.runs.find import load_run
    from relusgd.runs.picture import plot as write

    look = make_look(size, title, theme, show, layout)
    if elbows:
        print_path(plot_elbows(runs, out, look, alone=not (story or epoch or step or with_)))
        return
    loaded = [load_run(run) for run in runs]
    path = write(loaded, out, epoch=epoch, step=step, story=story, look=look, with_=with_)
    warn_of_boxes(loaded, look)
    print_path(path)


def plot_elbows(folders: Sequence[Path], out: Path | None, look: Look, *, alone: bool) -> Path:
    """Draw the elbows of runs, and of the runs of sweeps.

    alone: whether no option was given that goes with another picture.
    """
    from relusgd.run_files.finding import is_run_folder
    from relusgd.runs.find import load_run
    from relusgd.runs.picture import plot_elbows as write
    from relusgd.sweeps.sweep import load_sweep

    if not alone:
        raise InputError(
            "--elbows shows runs from start to end",
            "leave out --story, --epoch, --step and --with",
        )
    runs: list[Run] = []
    for folder in folders:
        runs += [load_run(folder)] if is_run_folder(folder) else load_sweep(folder).runs
    if out is None and len(folders) == 1:
        out = folders[0] / "elbows.png"
    return write(runs, out, look=look)


def warn_of_boxes(runs: Sequence[Run], look: Look) -> None:
    """Say on stderr which characters were drawn as boxes, because no font has them."""
    from relusgd.runs.drawn_scene import lacking_characters

    lacking = lacking_characters(runs, look)
    if not lacking:
        return
    names = [f"{character} (U+{ord(character):04X})" for character in lacking[:5]]
    more = " and others" if len(lacking) > len(names) else ""
    typer.echo(
        f"warning: no font of this system has {', '.join(names)}{more}: drawn as boxes; "
        "install a font that has them, say Noto",
        err=True,
    )


def make_look(
    size: str,
    title: str | None,
    theme: ThemeName,
    show: str,
    layout: LayoutName = LayoutName.storeys,
) -> Look:
    """The look of a picture from what was typed."""
    from relusgd.pictures.look import Look

    return Look.of(
        size=size, title=typed_text(title), theme=theme.value, show=show, layout=layout.value
    )


@guarded
def view(
    runs: RunsArgument,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="An .html. [dim]\\[default: RUN/view.html][/]", show_default=False
        ),
    ] = None,
    frames: Annotated[
        str | None,
        typer.Option(
            metavar="N|all",
            help="How many snapshots go along. [dim]\\[default: at most 300 in at most 2 MB][/]",
            autocompletion=one_of("all"),
            show_default=False,
        ),
    ] = None,
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The page's title.", show_default=False)
    ] = None,
    theme: Annotated[
        ThemeName | None,
        typer.Option(help="Without it, what the reader's system prefers.", show_default=False),
    ] = None,
    with_: WithOption = "",
    show: Annotated[
        str,
        typer.Option(
            metavar="PARTS",
            help="sharpness: a panel of it over time, beside the edge of stability.",
            autocompletion=one_of("sharpness", "none"),
            show_default=False,
        ),
    ] = "",
    intro: IntroOption = None,
    show_it: OpenOption = None,
) -> None:
    """Make one HTML file on which training can be scrubbed and changed by hand; it works offline.
    Prints the file.
    """
    from relusgd.runs.find import load_run
    from relusgd.runs.page import view as write

    notes: list[str] = []
    path = write(
        [load_run(run) for run in runs],
        out,
        frames=frame_count(frames),
        title=typed_text(title),
        theme=theme.value if theme else None,
        with_=with_,
        show=show,
        intro=read_text(intro, "--intro"),
        tell=notes.append,
    )
    say_notes(notes)
    print_path(path)
    if show_it is None:
        show_it = typed_in_terminal() and has_screen()
    if show_it:
        open_page(path)


def frame_count(text: str | None) -> int | None:
    """What was typed for --frames: a number, all, or nothing."""
    if text is None:
        return None
    if text == "all":
        return sys.maxsize
    if not COUNT.fullmatch(text):
        raise InputError(
            f"--frames {text}: a whole number above 0, or all",
            "without it a page has at most 300 snapshots",
        )
    return int(text)


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
