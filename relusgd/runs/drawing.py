"""Runs as films and stills: a run's history, points and the files' places handed to the painter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from relusgd.errors import InputError
from relusgd.pictures.film import check_film, write_film
from relusgd.pictures.look import Look
from relusgd.pictures.painter import save_still
from relusgd.pictures.spacing import choose_frames
from relusgd.pictures.timing import Timing
from relusgd.runs.run import Run


@dataclass(frozen=True)
class Clock:
    """Which snapshots a film shows, and how fast: two of frames, fps and seconds; epochs from first to last; the spacing."""

    frames: int | None = None
    fps: float | None = None
    seconds: float | None = None
    first_epoch: int | None = None
    last_epoch: int | None = None
    spacing: str = "log"


def animate(
    run: Run,
    out: str | Path | None = None,
    *,
    clock: Clock | None = None,
    look: Look | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write the film of a run, by default as animation.gif in its folder, and give its path.

    Raises InputError for what cannot be drawn so, RelusgdError when the run is damaged or the film cannot be written.
    """
    path = checked_place(run, out, "animation.gif")
    clock = clock or Clock()
    history, dataset = run.history, run.data
    timing = Timing.resolve(clock.frames, clock.fps, clock.seconds)
    check_film(path, timing.fps)
    indices = choose_frames(
        history,
        timing.frames,
        clock.spacing,
        first_epoch=clock.first_epoch,
        last_epoch=clock.last_epoch,
        points=dataset.x_test if len(dataset.x_test) else dataset.x_train,
    )
    timing = Timing.resolve(clock.frames, clock.fps, clock.seconds, available=len(indices))
    write_film(history, dataset, path, look, indices=indices, fps=timing.fps, progress=progress)
    return path


def plot(run: Run, out: str | Path | None = None, *, epoch: int | None = None, step: int | None = None, look: Look | None = None) -> Path:
    """Write the picture of one snapshot, by default of the last one as plot.png in the run's folder, and give its path.

    Raises InputError for a snapshot that was not recorded or a format that there is not, RelusgdError as `animate` does.
    """
    path = checked_place(run, out, "plot.png")
    if epoch is not None and step is not None:
        raise InputError("a snapshot has one place in time: give its epoch or its step, not both")
    index = run.history.index(epoch=epoch, step=step)
    save_still(run.history, run.data, index, path, look)
    return path


def checked_place(run: Run, out: str | Path | None, name: str) -> Path:
    """Where a picture goes; InputError when there is no such folder, or a folder stands in its place."""
    path = Path(out) if out is not None else run.folder / name
    if not path.parent.is_dir():
        raise InputError(f"{path} cannot be written: there is no folder {path.parent}", "make it first, or choose another place")
    if path.is_dir():
        raise InputError(f"{path} is a folder", "give the name of a file")
    return path
