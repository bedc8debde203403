"""Runs as a page: histories, points and what their configs say of going on, handed to the page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from relusgd.errors import InputError
from relusgd.files import write_whole
from relusgd.pictures.page import in_iframe, page_html
from relusgd.pictures.page_data import Start
from relusgd.runs.run import Run
from relusgd.runs.scenes import as_list, checked_place, scene_of
from relusgd.runs.titles import panel_titles


def view(
    runs: Run | Sequence[Run],
    out: str | Path | None = None,
    *,
    frames: int | None = None,
    title: str | None = None,
    theme: str | None = None,
) -> Path:
    """Write the page of a run, by default as view.html in its folder, or of up to nine side by side, and give its path.

    frames: at most so many snapshots; None is 300. title: by default the name of the run, or what the runs differ in. theme:
    light or dark; None is what the reader's system prefers. Raises InputError for what cannot be drawn so, RelusgdError when
    a run is damaged, OSError when the page cannot be written; it appears whole or not at all.
    """
    listed = as_list(runs)
    path = checked_place(listed, out, "view", ".html")
    if path.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"a page cannot be written as {path.name!r}", "its name ends in .html")
    write_whole(path, page_of(listed, frames=frames, title=title, theme=theme))
    return path


def page_of(
    runs: Sequence[Run],
    *,
    frames: int | None = None,
    title: str | None = None,
    theme: str | None = None,
) -> str:
    """The page as text."""
    scene = scene_of(runs)
    return page_html(
        scene,
        title or usual_title(runs),
        theme=theme,
        frames=frames,
        starts=[start_of(run) for run in runs],
    )


def notebook_cell(run: Run) -> str:
    """The page as an element that a notebook shows in a cell."""
    return in_iframe(page_of([run]), usual_title([run]))


def usual_title(runs: Sequence[Run]) -> str:
    """The name of the run's folder; for several, what they differ in."""
    if len(runs) == 1:
        return runs[0].folder.resolve().name
    return " · ".join(panel_titles(runs)[1])


def start_of(run: Run) -> Start:
    """What going on from a snapshot begins with: as this run was trained."""
    training = run.config.training
    size = None if training.batch_size == "full" else int(training.batch_size)
    return Start(training.layers, size, training.penalty, run.config.network.output_bias)
