"""The page of a run, or of several side by side, as a file and in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from relusgd.config import config_to_yaml
from relusgd.errors import InputError
from relusgd.files import write_whole
from relusgd.pictures.pages.drawn_file import DrawnFile
from relusgd.pictures.pages.iframe import in_iframe
from relusgd.pictures.pages.page import page_html
from relusgd.pictures.pages.page_data import Start
from relusgd.runs.drawn_scene import (
    DrawnRun,
    check_one_sharpness,
    checked_place,
    scene_of,
)
from relusgd.runs.explanation import ExplainableRun, first_sentence
from relusgd.runs.lab import lab_target, lab_training
from relusgd.runs.place import check_page_name
from relusgd.runs.titles import RecordedRun, panel_titles


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
    nothing was said of frames. title: by default the name of the run, or what the runs differ in.
    theme: light or dark; None is what the reader's system prefers. with_: names of references to
    draw. show: "sharpness" adds a panel of it for one run. intro: a text above the picture, in a
    little Markdown, that says what to look at.

    Raises InputError for what cannot be drawn so, RelusgdError when a run is damaged, OSError when
    the page cannot be written; it appears whole or not at all.
    """
    path = checked_place(runs, out, "view", ".html")
    check_page_name(path)
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
        check_one_sharpness(len(runs))
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
