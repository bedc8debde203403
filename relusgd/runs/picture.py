"""What is drawn of runs: films, stills and pages. Chooses snapshots, words and the file's place."""

from __future__ import annotations

import operator
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np

from relusgd.advice import Advice, advice, flag, option
from relusgd.config import config_to_yaml
from relusgd.diagnostics.events import Event
from relusgd.diagnostics.interpolated_history import with_snapshots_between
from relusgd.errors import InputError
from relusgd.files import write_whole
from relusgd.model.history import History
from relusgd.pictures.captions import by_weight, captions_of
from relusgd.pictures.drawn_figure import DrawnFigure
from relusgd.pictures.drawn_file import DrawnFile
from relusgd.pictures.film import HOLD, USUAL_FPS, check_film, write_film
from relusgd.pictures.fonts import lacking_glyphs
from relusgd.pictures.frames import FPS, Indices, Timing, choose_frames
from relusgd.pictures.look import Look
from relusgd.pictures.page import in_iframe, page_html
from relusgd.pictures.page_data import Start
from relusgd.pictures.painter import save_still, still_figure
from relusgd.pictures.reference_curve import ReferenceCurve
from relusgd.pictures.scene import RunGroup, Scene
from relusgd.pictures.slow_motion.real_step import check_slow_motion
from relusgd.pictures.storeys.build_up import check_build_up
from relusgd.pictures.storeys.elbows_of_many import save_elbows
from relusgd.pictures.storeys.numbered_moments import save_moments
from relusgd.pictures.story import save_story
from relusgd.pictures.view import View
from relusgd.runs.diagnosis import RecordedTraining
from relusgd.runs.events import Events
from relusgd.runs.explanation import ExplainableRun, first_sentence
from relusgd.runs.film_ending import film_ending
from relusgd.runs.lab import lab_target, lab_training
from relusgd.runs.place import check_file_place
from relusgd.runs.references import reference_names, references
from relusgd.runs.sharpness_course import sharpness_course
from relusgd.runs.slowed_step import ReplayedRun, slowed_step
from relusgd.runs.titles import RecordedRun, panel_titles, picture_place
from relusgd.words import counted

# The numbers of a run that diverges leave the range of floats. What is not finite is not drawn.
quiet = np.errstate(all="ignore")


class DrawnRun(RecordedRun, RecordedTraining, Protocol):
    """A run that is drawn, with what its quantities are measured by."""


class FilmedRun(DrawnRun, ReplayedRun, Protocol):
    """A run whose film says what happens, and can show one of its steps slowly."""

    @property
    def events(self) -> Events: ...


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
    shows_sharpness = _shows_sharpness(look, len(runs))
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
    ending = film_ending(runs[0].history, runs[0].events) if len(runs) == 1 else None
    is_cut = last_epoch is None and ending is not None and ending.epoch > (first_epoch or 0)
    last = ending.epoch if is_cut and ending else last_epoch
    if is_cut and real_step and isinstance(scene, View):
        last = max(last or 0.0, _epoch_of(scene.history, real_step.number))
    indices = choose_frames(scene, timing.frames, spacing, first_epoch=first_epoch, last_epoch=last)
    if real_step and isinstance(scene, View):
        indices = _until_step(scene.history, indices, real_step.number)
    timing = Timing.resolve(frames, fps, seconds, available=len(indices), usual_fps=usual_fps)
    told = _captions(runs, scene, indices, timing.fps) if captions else ()
    _train_references(scene, indices)
    write_film(
        scene,
        path,
        look,
        indices=indices,
        fps=timing.fps,
        build_up=build_up,
        slow_motion=real_step,
        captions=told,
        progress=progress,
    )
    if is_cut and ending and tell:
        tell(ending.note)
    return DrawnFile(path)


def _epoch_of(history: History, step: int) -> float:
    """The epoch, with its fraction, of the last snapshot until a step."""
    return float(history.clock[np.searchsorted(history.step, step, side="right") - 1])


def _until_step(history: History, indices: Indices, step: int) -> Indices:
    """The moments of a film with the last snapshot until a step among them.

    Raises InputError for a step that is not between the first and the last moment.
    """
    row = int(np.searchsorted(history.step, step, side="right")) - 1
    if not indices[0] <= row <= indices[-1]:
        first, last = (int(history.step[index]) for index in (indices[0], indices[-1]))
        raise InputError(
            f"the film goes from step {first:,} to {last:,}, and step {step:,} is not in it",
            Advice(
                "choose first_epoch and last_epoch around it", "choose --from and --to around it"
            ),
        )
    return np.union1d(indices, [row])


def _check_interpolation(with_: str | Iterable[str], *, shows_sharpness: bool) -> None:
    """Raise InputError for what is known at the recorded snapshots alone."""
    if shows_sharpness or reference_names(with_):
        raise InputError(
            "references and the sharpness are those of recorded snapshots, between which nothing "
            "is known of them",
            advice("leave out {}", flag("interpolate")),
        )


def _interpolated(
    runs: Sequence[FilmedRun], scene: Scene, look: Look, frames: int
) -> tuple[Scene, Look]:
    """The scene with moments between the snapshots for so many frames, and a title that says so.

    Both as they are where enough was recorded.
    """
    histories = [with_snapshots_between(run.history, run.data, 2 * frames) for run in runs]
    if all(map(operator.eq, map(len, histories), (len(run.history) for run in runs))):
        return scene, look
    views = [View(history, run.data) for history, run in zip(histories, runs, strict=True)]
    recorded = counted(max(len(run.history) for run in runs), "recorded snapshot")
    words = f"interpolated between {recorded}"
    title = f"{look.title} · {words}" if look.title else f"{words[0].upper()}{words[1:]}"
    moved = views[0] if len(views) == 1 else RunGroup(views, *panel_titles(runs))
    return moved, replace(look, title=title)


def _captions(
    runs: Sequence[FilmedRun], scene: Scene, indices: Indices, fps: float
) -> Sequence[str]:
    """The captions of a film, one for every moment; of several runs, each with its run's title."""
    if isinstance(scene, View):
        events = [_at_rows_of(scene.history, event) for event in runs[0].events]
    else:
        events = _events_of_group(runs, scene)
    texts = [""] * len(scene)
    shown = captions_of(events, indices, fps, HOLD)
    for row, text in zip(indices.tolist(), shown, strict=True):
        texts[row] = text
    return texts


def _events_of_group(runs: Sequence[FilmedRun], group: RunGroup) -> list[Event]:
    """The events of all runs at the moments of their group, captions with the titles of the runs.

    They stand as they would be told by turns: the first of each run, then the second ones.
    """
    told: list[tuple[int, Event]] = []
    for run, view, title in zip(runs, group.views, group.short, strict=True):
        for order, event in enumerate(by_weight([*run.events])):
            told.append((order, _in_group(event, view, group, title)))
    return [event for _, event in sorted(told, key=operator.itemgetter(0))]


def _in_group(event: Event, view: View, group: RunGroup, title: str) -> Event:
    """The event of a view with the moments of its group, and a caption that says whose it is."""
    at = _at_rows_of(view.history, event)
    moments = group.clock.searchsorted(view.clock)
    end = None if at.end_row is None else int(moments[at.end_row])
    caption = f"{title}: {event.caption[0].lower()}{event.caption[1:]}"
    return replace(event, row=int(moments[at.row]), end_row=end, caption=caption)


def _at_rows_of(history: History, event: Event) -> Event:
    """The event with the rows that its steps have in a history."""
    row = int(np.searchsorted(history.step, event.step))
    if event.end_step is None:
        return replace(event, row=row)
    return replace(event, row=row, end_row=int(np.searchsorted(history.step, event.end_step)))


@quiet
def plot(
    runs: Sequence[FilmedRun],
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
    path = checked_place(runs, out, "story" if story else "plot", ".png")
    if story and (len(runs) > 1 or epoch is not None or step is not None):
        raise InputError(
            "a story is that of one run from start to end",
            advice("give one run, and neither {} nor {}", option("epoch"), option("step")),
        )
    shows_sharpness = _shows_sharpness(look, len(runs), story=story)
    scene = scene_of(runs, with_, shows_sharpness=shows_sharpness)
    if isinstance(scene, View) and story:
        _save_story(runs[0], scene, path, look or Look())
    else:
        save_still(scene, _moment(scene, epoch, step), path, look)
    return DrawnFile(path)


def _save_story(run: FilmedRun, view: View, path: Path, look: Look) -> None:
    if look.layout == "panels":
        save_story(view, path, look)
    else:
        save_moments(view, path, look, run.events)


@quiet
def plot_elbows(
    runs: Sequence[DrawnRun], out: str | Path | None = None, *, look: Look | None = None
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
    scene = scene_of(runs, with_, shows_sharpness=_shows_sharpness(look, len(runs)))
    return still_figure(scene, _moment(scene, epoch, step), look)


class ShownRun(DrawnRun, ExplainableRun, Protocol):
    """A run whose page says why it fits or does not."""


def view(
    runs: Sequence[ShownRun],
    out: str | Path | None = None,
    *,
    frames: int | None = None,
    title: str | None = None,
    theme: str | None = None,
    with_: str | Iterable[str] = (),
    show: str | Iterable[str] = (),
    intro: str = "",
    tell: Callable[[str], None] | None = None,
) -> DrawnFile:
    """Write the page of a run, or of up to nine side by side, and give its path.

    By default it is view.html in the run's folder. frames: at most so many snapshots; None is 300,
    or as many as 2 MB have room for. tell: called with a sentence where some are left out though
    nothing was said of frames.
    title: by default the name of the run, or what the runs differ in. theme: light or dark; None is
    what the reader's system prefers. with_: as for `animate`. show: "sharpness" adds a panel of it
    for one run. intro: a text above the picture, in a little Markdown, that says what to look at.
    Raises InputError for what cannot be drawn so,
    RelusgdError when a run is damaged, OSError when the page cannot be written; it appears whole or
    not at all.
    """
    path = checked_place(runs, out, "view", ".html")
    if path.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"a page cannot be written as {path.name!r}", "its name ends in .html")
    page = _page(
        runs,
        frames=frames,
        title=title,
        theme=theme,
        with_=with_,
        show=show,
        intro=intro,
        tell=tell,
    )
    write_whole(path, page)
    return DrawnFile(path)


def notebook_cell(run: ShownRun) -> str:
    """The page as an element that a notebook shows in a cell."""
    return in_iframe(_page([run]), _usual_title([run]))


def _page(
    runs: Sequence[ShownRun],
    *,
    frames: int | None = None,
    title: str | None = None,
    theme: str | None = None,
    with_: str | Iterable[str] = (),
    show: str | Iterable[str] = (),
    intro: str = "",
    tell: Callable[[str], None] | None = None,
) -> str:
    shows_sharpness = _page_shows_sharpness(show)
    if shows_sharpness:
        _check_one_sharpness(len(runs))
    return page_html(
        scene_of(runs, with_, shows_sharpness=shows_sharpness),
        title or _usual_title(runs),
        theme=theme,
        frames=frames,
        starts=[_start(run) for run in runs],
        explanation=first_sentence(runs[0]) if len(runs) == 1 else "",
        intro=intro,
        tell=tell,
    )


def _usual_title(runs: Sequence[RecordedRun]) -> str:
    """The name of the run's folder; for several runs, what they differ in."""
    if len(runs) == 1:
        return runs[0].folder.resolve().name
    return " · ".join(panel_titles(runs)[1])


def _start(run: RecordedRun) -> Start:
    """How the page trains on from a snapshot: as this run was trained."""
    config = run.config
    return Start(
        training=lab_training(config, len(run.data.x_train)),
        data=lab_target(config),
        standardize=bool(config.data.standardize),
        output_bias=config.network.output_bias,
        config=config_to_yaml(config.model_copy(update={"sweep": None})),
    )


def scene_of(
    runs: Sequence[DrawnRun], with_: str | Iterable[str] = (), *, shows_sharpness: bool = False
) -> Scene:
    """What is drawn of the runs, with references of these names, and with the sharpness or without.

    Raises InputError when they are too many for one picture, and for a reference that a run cannot
    have.
    """
    names = reference_names(with_)
    views = [
        View(
            run.history,
            run.data,
            _reference_curves(run, names),
            sharpness_course(run) if shows_sharpness else None,
        )
        for run in runs
    ]
    return views[0] if len(views) == 1 else RunGroup(views, *panel_titles(runs))


def _shows_sharpness(look: Look | None, runs: int, *, story: bool = False) -> bool:
    """Whether the look shows the sharpness. Raises InputError where the picture has no place."""
    if look is None or "sharpness" not in look.show:
        return False
    if story:
        raise InputError(
            "a story has no panel of the sharpness",
            advice("without {} the picture of the last snapshot has one", flag("story")),
        )
    _check_one_sharpness(runs)
    if look.layout != "panels":
        raise InputError(
            "the sharpness is drawn in the layout of panels",
            advice("add {}", option("layout", "panels")),
        )
    return True


def _page_shows_sharpness(show: str | Iterable[str]) -> bool:
    """Whether a page shows the sharpness. Raises InputError for parts that it cannot add."""
    names = show.split(",") if isinstance(show, str) else show
    parts = {name.strip() for name in names} - {"", "none"}
    if unknown := sorted(parts - {"sharpness"}):
        raise InputError(
            f"{unknown[0]!r} cannot be added to a page",
            "it has units, errors and active units already; sharpness can be added",
        )
    return bool(parts)


def _check_one_sharpness(runs: int) -> None:
    """Raise InputError for more runs than one."""
    if runs > 1:
        raise InputError(f"the sharpness is drawn of one run, and there are {runs}", "give one run")


def _train_references(scene: Scene, moments: Indices) -> None:
    """Ask the references that move for these moments in their order: they train along, and remember
    what they were asked for. A film is not painted in that order.
    """
    views = scene.views if isinstance(scene, RunGroup) else (scene,)
    for view in views:
        rows = scene.rows(view)[moments] if isinstance(scene, RunGroup) else moments
        for reference in view.references:
            if reference.moves:
                for row in np.unique(rows).tolist():
                    reference.at(row)


def _reference_curves(run: RecordedRun, names: Sequence[str]) -> list[ReferenceCurve]:
    return [reference.curve() for reference in references(run, names).values()]


def checked_place(
    runs: Sequence[RecordedRun], out: str | Path | None, stem: str, suffix: str
) -> Path:
    """Where a picture of the runs goes. Raises InputError when it cannot be written there."""
    if out is not None:
        path = Path(out)
    elif len(runs) == 1:
        path = runs[0].folder / f"{stem}{suffix}"
    else:
        path = picture_place(runs, stem, suffix)
    check_file_place(path)
    return path


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
            f"no run was recorded until epoch {epoch:,}", f"the last one recorded: {int(last):,}"
        )
    return int(scene.clock.searchsorted(epoch, side="right")) - 1


def lacking_characters(runs: Sequence[RecordedRun], look: Look) -> str:
    """The characters of a picture's words that no font of this system has; they become boxes."""
    words = [look.title or ""]
    for run in runs:
        words += [run.data.x_name, run.data.y_name]
    if len(runs) > 1:
        words += panel_titles(runs)[0]
    return lacking_glyphs("".join(words))
