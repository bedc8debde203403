"""What callers in Python draw of several runs side by side: up to nine, on one clock.

Of one run, `Run.plot`, `Run.animate`, `Run.view` and `Run.figure` do the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from relusgd.errors import InputError
from relusgd.pictures.kit.drawn_figure import DrawnFigure
from relusgd.pictures.kit.look import Look
from relusgd.pictures.pages.drawn_file import DrawnFile
from relusgd.runs import film, page, picture
from relusgd.runs.find import load_run
from relusgd.runs.run import Run

Runs = Run | str | Path | Iterable[Run | str | Path]
"""A run or its folder, or several of them."""


def plot(
    runs: Runs,
    out: str | Path | None = None,
    *,
    epoch: int | None = None,
    step: int | None = None,
    story: bool = False,
    with_: str | Iterable[str] = (),
    **look: Any,
) -> DrawnFile:
    """Draw runs side by side, each at its last snapshot up to the epoch, and give the file's path.

    The path shows the picture in a notebook's cell. By default the file is in the nearest common
    folder of the runs, named by what they differ in. The panels are titled by that, too. look:
    size, title, theme and show; with_ and these are as for `Run.plot`. Raises InputError for what
    cannot be drawn so.
    """
    wanted = Look.of(**look)
    return picture.plot(
        _loaded(runs),
        out,
        epoch=epoch,
        step=step,
        story=story,
        look=wanted,
        with_=with_,
    )


def figure(
    runs: Runs,
    *,
    epoch: int | None = None,
    step: int | None = None,
    with_: str | Iterable[str] = (),
    **look: Any,
) -> DrawnFigure:
    """The picture that `plot` writes as a matplotlib Figure that pyplot does not know."""
    wanted = Look.of(**look)
    return picture.figure(_loaded(runs), epoch=epoch, step=step, look=wanted, with_=with_)


def animate(
    runs: Runs,
    out: str | Path | None = None,
    *,
    frames: int | None = None,
    fps: float | None = None,
    seconds: float | None = None,
    first_epoch: int | None = None,
    last_epoch: int | None = None,
    spacing: str = "log",
    build_up: bool = False,
    slow_motion: int | None = None,
    with_: str | Iterable[str] = (),
    captions: bool = True,
    interpolate: bool = False,
    progress: Callable[[int, int], None] | None = None,
    **look: Any,
) -> DrawnFile:
    """Film runs side by side, and give the file's path. The options are those of `Run.animate`."""
    return film.animate(
        _loaded(runs),
        out,
        frames=frames,
        fps=fps,
        seconds=seconds,
        first_epoch=first_epoch,
        last_epoch=last_epoch,
        spacing=spacing,
        build_up=build_up,
        slow_motion=slow_motion,
        look=Look.of(**look),
        with_=with_,
        captions=captions,
        interpolate=interpolate,
        progress=progress,
    )


def view(
    runs: Runs,
    out: str | Path | None = None,
    *,
    frames: int | None = None,
    title: str | None = None,
    theme: str | None = None,
    with_: str | Iterable[str] = (),
    show: str | Iterable[str] = (),
) -> DrawnFile:
    """Write the page of runs side by side. The options are those of `Run.view`."""
    return page.view(
        _loaded(runs),
        out,
        frames=frames,
        title=title,
        theme=theme,
        with_=with_,
        show=show,
    )


def _loaded(runs: Runs) -> list[Run]:
    """The runs. Raises InputError for a folder that holds none, and when there is none at all."""
    given = [runs] if isinstance(runs, Run | str | Path) else list(runs)
    if not given:
        raise InputError("there is no run to draw", "give a run, or a list of up to nine")
    return [run if isinstance(run, Run) else load_run(run) for run in given]
