"""What there is to draw of runs, and where its file goes; `picture`, `film` and `page` draw it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from relusgd.advice import advice, flag, option
from relusgd.errors import InputError
from relusgd.pictures.kit.fonts import lacking_glyphs
from relusgd.pictures.kit.look import Look
from relusgd.pictures.moments.frames import Indices
from relusgd.pictures.scenes.reference_curve import ReferenceCurve
from relusgd.pictures.scenes.scene import RunGroup, Scene
from relusgd.pictures.scenes.sharpness_course import SharpnessCourse
from relusgd.pictures.scenes.view import View
from relusgd.runs.events import Events
from relusgd.runs.place import check_file_place
from relusgd.runs.recorded_training import RecordedTraining
from relusgd.runs.titles import RecordedRun, panel_titles, picture_place

# The numbers of a run that diverges leave the range of floats. What is not finite is not drawn.
quiet = np.errstate(all="ignore")


class DrawnRun(RecordedRun, RecordedTraining, Protocol):
    """A run that is drawn, with what its quantities are measured by."""


class ToldRun(DrawnRun, Protocol):
    """A run whose picture says what happens."""

    @property
    def events(self) -> Events: ...


def scene_of(
    runs: Sequence[DrawnRun],
    with_: str | Iterable[str] = (),
    *,
    shows_sharpness: bool = False,
) -> Scene:
    """What is drawn of the runs, with references of these names, and with the sharpness or without.

    Raises InputError when they are too many for one picture, and for a reference that a run cannot
    have.
    """
    views = []
    for run in runs:
        curves = _reference_curves(run, with_) if with_ else []
        course = _sharpness_course(run) if shows_sharpness else None
        views.append(View(run.history, run.data, curves, course))
    if len(views) == 1:
        return views[0]
    titles, short_titles = panel_titles(runs)
    return RunGroup(views, titles, short_titles)


def shows_sharpness_in(look: Look | None, runs: int, *, story: bool = False) -> bool:
    """Whether the look shows the sharpness. Raises InputError where the picture has no place."""
    if look is None or "sharpness" not in look.show:
        return False
    if story:
        raise InputError(
            "a story has no panel of the sharpness",
            advice("without {} the picture of the last snapshot has one", flag("story")),
        )
    check_one_sharpness(runs)
    if look.layout != "panels":
        raise InputError(
            "the sharpness is drawn in the layout of panels",
            advice("add {}", option("layout", "panels")),
        )
    return True


def check_one_sharpness(runs: int) -> None:
    """Raise InputError for more runs than one."""
    if runs > 1:
        raise InputError(f"the sharpness is drawn of one run, and there are {runs}", "give one run")


def train_references(scene: Scene, moments: Indices) -> None:
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


def _reference_curves(run: RecordedRun, with_: str | Iterable[str]) -> list[ReferenceCurve]:
    from relusgd.runs.references import reference_names, references

    named = references(run, reference_names(with_))
    return [reference.curve() for reference in named.values()]


def _sharpness_course(run: RecordedTraining) -> SharpnessCourse:
    from relusgd.runs.sharpness_course import sharpness_course

    return sharpness_course(run)


def checked_place(
    runs: Sequence[RecordedRun],
    out: str | Path | None,
    stem: str,
    suffix: str,
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


def lacking_characters(runs: Sequence[RecordedRun], look: Look) -> str:
    """The characters of a picture's words that no font of this system has; they become boxes."""
    words = [look.title or ""]
    for run in runs:
        words += [run.data.x_name, run.data.y_name]
    if len(runs) > 1:
        words += panel_titles(runs)[0]
    return lacking_glyphs("".join(words))
