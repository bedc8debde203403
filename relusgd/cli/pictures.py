"""Commands that draw: animate, plot, view."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.completions import one_of
from relusgd.cli.opening import has_screen, open_page, typed_in_terminal
from relusgd.cli.options import OpenOption, RunsArgument
from relusgd.cli.picture_options import (
    CaptionsOption,
    FpsOption,
    FramesOption,
    FromOption,
    LayoutName,
    LayoutOption,
    OnOff,
    SecondsOption,
    ShowOption,
    SizeOption,
    Spacing,
    SpacingOption,
    ThemeName,
    ThemeOption,
    TitleOption,
    ToOption,
    WithOption,
    make_look,
)
from relusgd.cli.terminal import print_path, typed_text, wrapped_for_stderr
from relusgd.cli.written_text import IntroOption, read_text
from relusgd.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relusgd.pictures.kit.look import Look
    from relusgd.runs.run import Run


COUNT = re.compile(r"0*[1-9][0-9]{0,14}")


EVERYTHING = "units,loss,active"


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
            "--build-up",
            help="Put the network together first: one ReLU, three, their sum, all.",
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
    from relusgd.cli.frame_progress import frame_progress
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
            metavar="STEP",
            min=0,
            help="The step shown, in place of the epoch.",
            show_default=False,
        ),
    ] = None,
    story: Annotated[
        bool,
        typer.Option("--story", help="Start, key moments and end, and the paths of the elbows."),
    ] = False,
    elbows: Annotated[
        bool,
        typer.Option(
            "--elbows",
            help="The elbows of many runs or of a sweep over time, as a density.",
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
        alone = not (story or epoch or step or with_)
        print_path(plot_elbows(runs, out, look, alone=alone))
        return
    loaded = [load_run(run) for run in runs]
    path = write(
        loaded,
        out,
        epoch=epoch,
        step=step,
        story=story,
        look=look,
        with_=with_,
    )
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
        if folder.is_dir() and not is_run_folder(folder):
            runs += load_sweep(folder).runs
        else:
            runs.append(load_run(folder))
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


@guarded
def view(
    runs: RunsArgument,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="An .html. [dim]\\[default: RUN/view.html][/]",
            show_default=False,
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
