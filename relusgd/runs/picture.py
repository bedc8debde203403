"""Stills of runs: one snapshot, a story of several, or the elbows of many runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from relusgd.advice import advice, option
from relusgd.errors import InputError
from relusgd.pictures.films.painter import save_still, still_figure
from relusgd.pictures.kit.drawn_figure import DrawnFigure
from relusgd.pictures.kit.look import Look
from relusgd.pictures.pages.drawn_file import DrawnFile
from relusgd.pictures.panels.story import save_story
from relusgd.pictures.scenes.scene import Scene
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.elbows_of_many import save_elbows
from relusgd.pictures.storeys.numbered_moments import save_moments
from relusgd.runs.drawn_scene import (
    DrawnRun,
    ToldRun,
    checked_place,
    quiet,
    scene_of,
    shows_sharpness_in,
)


@quiet
def plot(
    runs: Sequence[ToldRun],
    out: str | Path | None = None,
    *,
    epoch: int | None = None,
    step: int | None = None,
    story: bool = False,
    look: Look | None = None,
    with_: str | Iterable[str] = (),
) -> DrawnFile:
    """Write the picture of one moment, by default the last one, and give its path.

    By default it is plot.png in the run's folder. Of several runs each shows its last snapshot up
    to the epoch. story: a run from start to end in one picture, by default story.png. with_: as for
    `animate`. Raises InputError for a snapshot that was not recorded or an unknown format,
    RelusgdError as `animate`.
    """
    stem = "story" if story else "plot"
    path = checked_place(runs, out, stem, ".png")
    if story and (len(runs) > 1 or epoch is not None or step is not None):
        raise InputError(
            "a story is that of one run from start to end",
            advice("give one run, and neither {} nor {}", option("epoch"), option("step")),
        )
    shows_sharpness = shows_sharpness_in(look, len(runs), story=story)
    scene = scene_of(runs, with_, shows_sharpness=shows_sharpness)
    if isinstance(scene, View) and story:
        _save_story(runs[0], scene, path, look or Look())
    else:
        save_still(scene, _moment(scene, epoch, step), path, look)
    return DrawnFile(path)


def _save_story(run: ToldRun, view: View, path: Path, look: Look) -> None:
    if look.layout == "panels":
        save_story(view, path, look)
    else:
        save_moments(view, path, look, run.events)


@quiet
def plot_elbows(
    runs: Sequence[DrawnRun],
    out: str | Path | None = None,
    *,
    look: Look | None = None,
) -> DrawnFile:
    """Write the elbows of many runs over time as a density, and give the file's path.

    runs: any number; those without a snapshot are left out. By default the file is elbows.png in
    the folder of the one run, or in the nearest common folder of several. Raises as `plot` does,
    and InputError where no run has a snapshot.
    """
    views = [View(run.history, run.data) for run in runs if len(run.history)]
    if not views:
        raise InputError("no run has a snapshot: there are no elbows to draw")
    if out is None and len(runs) > 1:
        common = os.path.commonpath([run.folder.resolve().parent for run in runs])
        out = Path(common) / "elbows.png"
    path = checked_place(runs[:1], out, "elbows", ".png")
    save_elbows(views, path, look)
    return DrawnFile(path)


@quiet
def figure(
    runs: Sequence[DrawnRun],
    *,
    epoch: int | None = None,
    step: int | None = None,
    look: Look | None = None,
    with_: str | Iterable[str] = (),
) -> DrawnFigure:
    """The picture that `plot` writes as a figure of matplotlib's. Raises as `plot` does."""
    scene = scene_of(runs, with_, shows_sharpness=shows_sharpness_in(look, len(runs)))
    return still_figure(scene, _moment(scene, epoch, step), look)


def _moment(scene: Scene, epoch: int | None, step: int | None) -> int:
    """The index of the moment at this epoch or step, by default of the last one.

    Raises InputError when there is none.
    """
    if isinstance(scene, View):
        return scene.history.index(epoch=epoch, step=step)
    if step is not None:
        raise InputError(
            "several runs are shown at the same epoch; their steps differ",
            advice("give {}", option("epoch")),
        )
    if epoch is None:
        return len(scene) - 1
    last = scene.clock[-1]
    if epoch > last:
        raise InputError(
            f"no run was recorded until epoch {epoch:,}",
            f"the last one recorded: {int(last):,}",
        )
    return int(scene.clock.searchsorted(epoch, side="right")) - 1
