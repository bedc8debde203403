"""Runs as films and stills: histories, points and the files' places handed to the painter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from relusgd.errors import InputError
from relusgd.pictures.film import check_film, write_film
from relusgd.pictures.fonts import lacking_glyphs
from relusgd.pictures.group import Scene
from relusgd.pictures.look import Look
from relusgd.pictures.painter import save_still
from relusgd.pictures.spacing import choose_frames
from relusgd.pictures.story import save_story
from relusgd.pictures.timing import Timing
from relusgd.pictures.view import View
from relusgd.runs.run import Run
from relusgd.runs.scenes import as_list, checked_place, scene_of
from relusgd.runs.titles import panel_titles


@dataclass(frozen=True)
class Clock:
    """Which snapshots a film shows, and how fast: two of frames, fps and seconds; epochs from first to last; the spacing."""

    frames: int | None = None
    fps: float | None = None
    seconds: float | None = None
    first_epoch: int | None = None
    last_epoch: int | None = None
    spacing: str = "log"


@np.errstate(
    all="ignore"
)  # the numbers of a run that diverges leave the range of floats; what is not finite is not drawn
def animate(
    runs: Run | Sequence[Run],
    out: str | Path | None = None,
    *,
    clock: Clock | None = None,
    look: Look | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write the film of a run, by default as animation.gif in its folder, or of up to nine side by side, and give its path.

    Raises InputError for what cannot be drawn so, RelusgdError when a run is damaged or the film cannot be written.
    """
    path = checked_place(as_list(runs), out, "animation", ".gif")
    clock = clock or Clock()
    scene = scene_of(as_list(runs))
    timing = Timing.resolve(clock.frames, clock.fps, clock.seconds)
    check_film(path, timing.fps)
    indices = choose_frames(
        scene,
        timing.frames,
        clock.spacing,
        first_epoch=clock.first_epoch,
        last_epoch=clock.last_epoch,
    )
    timing = Timing.resolve(clock.frames, clock.fps, clock.seconds, available=len(indices))
    write_film(scene, path, look, indices=indices, fps=timing.fps, progress=progress)
    return path


@np.errstate(all="ignore")
def plot(
    runs: Run | Sequence[Run],
    out: str | Path | None = None,
    *,
    epoch: int | None = None,
    step: int | None = None,
    story: bool = False,
    look: Look | None = None,
) -> Path:
    """Write the picture of one moment, by default of the last one as plot.png in the run's folder, and give its path.

    story: a run from start to end in one picture, by default story.png. Of several runs each shows its last snapshot until
    the epoch. Raises InputError for a snapshot that was not recorded or a format that there is not, RelusgdError as `animate`.
    """
    listed = as_list(runs)
    path = checked_place(listed, out, "story" if story else "plot", ".png")
    if epoch is not None and step is not None:
        raise InputError("a snapshot has one place in time: give its epoch or its step, not both")
    if story and (len(listed) > 1 or epoch is not None or step is not None):
        raise InputError(
            "a story is that of one run from start to end",
            "give one run, and neither --epoch nor --step",
        )
    scene = scene_of(listed)
    if isinstance(scene, View) and story:
        save_story(scene, path, look)
    else:
        save_still(scene, moment_of(scene, epoch, step), path, look)
    return path


def lacking_characters(runs: Sequence[Run], look: Look) -> str:
    """The characters of a picture's words that no font of this system has, and for which boxes stand."""
    names = [name for run in runs for name in (run.data.x_name, run.data.y_name)]
    titles = panel_titles(runs)[0] if len(runs) > 1 else []
    return lacking_glyphs("".join([look.title or "", *names, *titles]))


def moment_of(scene: Scene, epoch: int | None, step: int | None) -> int:
    """The index of the moment at this epoch or step; the last one without either. Raises InputError when there is none."""
    if isinstance(scene, View):
        return scene.history.index(epoch=epoch, step=step)
    if step is not None:
        raise InputError(
            "several runs are shown at the same epoch; their steps differ", "give --epoch"
        )
    if epoch is None:
        return len(scene) - 1
    if epoch > scene.epoch[-1]:
        raise InputError(
            f"no run was recorded until epoch {epoch:,}",
            f"the last one recorded: {scene.epoch[-1]:,}",
        )
    return int(scene.epoch.searchsorted(epoch, side="right")) - 1
