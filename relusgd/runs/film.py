"""Films of runs: their snapshots, their timing, and the step that is shown slowly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Protocol

import numpy as np

from relusgd.advice import Advice, advice, flag
from relusgd.cell_bar import cell_bar
from relusgd.diagnostics.interpolated_history import with_snapshots_between
from relusgd.diagnostics.replayed_snapshot import with_snapshot
from relusgd.errors import InputError
from relusgd.model.history import History
from relusgd.pictures.films.build_up import check_build_up
from relusgd.pictures.films.film import USUAL_FPS, check_film, write_film
from relusgd.pictures.films.slow_motion.real_step import RealStep, check_slow_motion
from relusgd.pictures.kit.look import Look
from relusgd.pictures.moments.frames import FPS, Indices, Timing, choose_frames
from relusgd.pictures.pages.drawn_file import DrawnFile
from relusgd.pictures.scenes.scene import RunGroup, Scene
from relusgd.pictures.scenes.view import View
from relusgd.runs.drawn_scene import (
    ToldRun,
    checked_place,
    quiet,
    scene_of,
    shows_sharpness_in,
    train_references,
)
from relusgd.runs.film_captions import captions_of_runs
from relusgd.runs.film_ending import FilmEnding, film_ending
from relusgd.runs.slowed_step import ReplayedRun, slowed_step
from relusgd.runs.titles import panel_titles
from relusgd.words import counted, with_capital

HELD = 8 << 20
"""The bytes of runs that a film holds, or those of one frame where they are more."""

MAPPED_AROUND = 1 << 18
"""About the bytes of a file that Linux maps when one of them is looked at."""


class FilmedRun(ToldRun, ReplayedRun, Protocol):
    """A run whose film can show one of its steps slowly, and which is read while it is filmed."""

    def give_back_pages(self) -> None: ...


@quiet
def animate(
    runs: Sequence[FilmedRun],
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
    look: Look | None = None,
    with_: str | Iterable[str] = (),
    captions: bool = True,
    interpolate: bool = False,
    tell: Callable[[str], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> DrawnFile:
    """Write the film of a run, or of up to nine side by side, and give its path.

    By default it is animation.gif in the run's folder. frames, fps, seconds: at most two of them;
    slow_motion: the step after which the film shows the next one slowly, and then goes on;
    with_: names of references to draw; captions: whether the film says what happens;
    interpolate: move between the snapshots where there are too few, which the title then says;
    progress(done, of) is called after every frame. Without last_epoch, the film of one run ends
    when nothing but jitter is left, and tell(sentence) is called for that. Raises InputError for
    what cannot be drawn so, RelusgdError when a run is damaged or the film cannot be written.
    """
    path = checked_place(runs, out, "animation", ".gif")
    usual_fps = USUAL_FPS.get(path.suffix.lower(), FPS)
    timing = Timing.resolve(frames, fps, seconds, usual_fps=usual_fps)
    check_film(path, timing.fps)
    shows_sharpness = shows_sharpness_in(look, len(runs))
    scene = scene_of(runs, with_, shows_sharpness=shows_sharpness)
    if interpolate:
        _check_interpolation(with_, shows_sharpness=shows_sharpness)
        scene, look = _interpolated(runs, scene, look or Look(), timing.frames)
    if build_up:
        check_build_up(scene, look or Look())
    real_step = None
    if slow_motion is not None:
        check_slow_motion(scene, look or Look())
        real_step = slowed_step(runs[0], slow_motion)
        scene = _with_state_before(real_step, scene)
    ending = _ending(runs, first_epoch) if last_epoch is None else None
    last = last_epoch if ending is None else _last_moment(ending, scene, real_step)
    indices = choose_frames(scene, timing.frames, spacing, first_epoch=first_epoch, last_epoch=last)
    if real_step and isinstance(scene, View):
        indices = _with_moment_of(real_step.number, scene.history, indices)
    timing = Timing.resolve(frames, fps, seconds, available=len(indices), usual_fps=usual_fps)
    told = captions_of_runs(runs, scene, indices, timing.fps) if captions else ()
    train_references(scene, indices)
    with cell_bar("frame") as bar:
        write_film(
            scene,
            path,
            look,
            indices=indices,
            fps=timing.fps,
            build_up=build_up,
            slow_motion=real_step,
            captions=told,
            progress=progress or (bar.move if bar else None),
            give_back=_giving_back(runs),
        )
    if ending and tell:
        tell(ending.note)
    return DrawnFile(path)


def _giving_back(runs: Sequence[FilmedRun]) -> Callable[[], None]:
    """What is called after every frame. It gives back the memory of what was read of the runs:
    after the first frame, and then whenever it may have come to HELD.
    """
    read_for_a_frame = sum(_bytes_around_a_snapshot(run.history) for run in runs)
    frames_between = max(1, HELD // read_for_a_frame)
    numbers = count()

    def give_back() -> None:
        if next(numbers) % frames_between:
            return
        for run in runs:
            run.give_back_pages()

    return give_back


def _bytes_around_a_snapshot(history: History) -> int:
    """What the system maps at most when a snapshot is looked at."""
    arrays = (history.elbow, history.slope, *history.weights, *history.biases)
    return sum(array[0].nbytes + MAPPED_AROUND for array in arrays)


def _ending(runs: Sequence[FilmedRun], first_epoch: int | None) -> FilmEnding | None:
    """Where the film of one run ends before its record does; None where it does not."""
    if len(runs) > 1:
        return None
    ending = film_ending(runs[0].history, runs[0].events)
    if ending is None or ending.epoch <= (first_epoch or 0):
        return None
    return ending


def _with_state_before(step: RealStep, scene: Scene) -> Scene:
    """The scene with the state before a step as a moment, so that errors and paths are there, too.

    The scene itself with references: they are known at recorded snapshots alone.
    """
    if not isinstance(scene, View) or scene.references:
        return scene
    parameters = step.step.before.parameters()
    history = with_snapshot(scene.history, scene.dataset, step.number, parameters)
    return scene if history is scene.history else View(history, scene.dataset)


def _last_moment(ending: FilmEnding, scene: Scene, real_step: RealStep | None) -> float:
    """Where a film ends that ends early: not before the step that it shows slowly."""
    if real_step is None or not isinstance(scene, View):
        return ending.epoch
    row = scene.history.last_until(real_step.number)
    return max(ending.epoch, float(scene.history.clock[row]))


def _with_moment_of(step: int, history: History, indices: Indices) -> Indices:
    """The moments of a film with the last snapshot until a step among them.

    Raises InputError for a step that is not between the first and the last moment.
    """
    row = history.last_until(step)
    if not indices[0] <= row <= indices[-1]:
        first = int(history.step[indices[0]])
        last = int(history.step[indices[-1]])
        raise InputError(
            f"the film goes from step {first:,} to {last:,}, and step {step:,} is not in it",
            Advice(
                "choose first_epoch and last_epoch around it",
                "choose --from and --to around it",
            ),
        )
    return np.union1d(indices, [row])


def _check_interpolation(with_: str | Iterable[str], *, shows_sharpness: bool) -> None:
    """Raise InputError for what is known at the recorded snapshots alone."""
    if shows_sharpness or _names_references(with_):
        raise InputError(
            "references and the sharpness are those of recorded snapshots, between which nothing "
            "is known of them",
            advice("leave out {}", flag("interpolate")),
        )


def _names_references(with_: str | Iterable[str]) -> bool:
    """Whether there is a reference to draw. Raises InputError for a name that is none."""
    if not with_:
        return False
    from relusgd.runs.references import reference_names

    return bool(reference_names(with_))


def _interpolated(
    runs: Sequence[FilmedRun],
    scene: Scene,
    look: Look,
    frames: int,
) -> tuple[Scene, Look]:
    """The scene with moments between the snapshots for so many frames, and a title that says so.

    Both as they are where enough was recorded.
    """
    views = []
    recorded = 0
    has_new_moments = False
    for run in runs:
        history = with_snapshots_between(run.history, run.data, 2 * frames)
        views.append(View(history, run.data))
        recorded = max(recorded, len(run.history))
        has_new_moments |= len(history) != len(run.history)
    if not has_new_moments:
        return scene, look
    words = f"interpolated between {counted(recorded, 'recorded snapshot')}"
    title = f"{look.title} · {words}" if look.title else with_capital(words)
    look = replace(look, title=title)
    if len(views) == 1:
        return views[0], look
    titles, short_titles = panel_titles(runs)
    return RunGroup(views, titles, short_titles), look
