"""What is drawn of runs, in films, stills and pages alike, and where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from relusgd.errors import InputError
from relusgd.pictures.group import Group, Scene
from relusgd.pictures.view import View
from relusgd.runs.run import Run
from relusgd.runs.titles import panel_titles, picture_place


def as_list(runs: Run | Sequence[Run]) -> list[Run]:
    return [runs] if isinstance(runs, Run) else list(runs)


def scene_of(runs: Sequence[Run]) -> Scene:
    """What is drawn of the runs. Raises InputError when they are too many for one picture."""
    views = [View(run.history, run.data) for run in runs]
    return views[0] if len(views) == 1 else Group(views, *panel_titles(runs))


def checked_place(runs: Sequence[Run], out: str | Path | None, stem: str, suffix: str) -> Path:
    """Where a picture goes; InputError when there is no such folder, or a folder stands in its place."""
    usual = (
        runs[0].folder / f"{stem}{suffix}" if len(runs) == 1 else picture_place(runs, stem, suffix)
    )
    path = Path(out) if out is not None else usual
    if not path.parent.is_dir():
        raise InputError(
            f"{path} cannot be written: there is no folder {path.parent}",
            "make it first, or choose another place",
        )
    if path.is_dir():
        raise InputError(f"{path} is a folder", "give the name of a file")
    return path
