"""A measured quantity as a picture: its median and range for every group, along what varies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from relusgd.comparing.course_picture import MOST_COLOURS
from relusgd.comparing.groups import Spread, runs_of_each
from relusgd.comparing.labels import label
from relusgd.comparing.measured import MeasuredGroup, MeasuredGroups
from relusgd.errors import InputError
from relusgd.pictures.charts.courses import CoursePicture, CourseRow, save_courses
from relusgd.pictures.charts.error_chart import Chart, Series
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.stills import check_still
from relusgd.pictures.pages.drawn_file import DrawnFile
from relusgd.runs.drawn_scene import checked_place


def draw_measured(
    measured: MeasuredGroups,
    out: str | Path | None = None,
    look: Look | None = None,
) -> DrawnFile:
    """Write the picture as .png, .svg or .pdf, and give its path.

    By default it is in the nearest common folder of the runs. Raises InputError for another place
    or suffix, for several quantities, and for one without positive values.
    """
    runs = [row.group.typical for row in measured.rows]
    path = checked_place(runs, out, "measured", ".png")
    check_still(path)
    save_courses(scene(measured, look), path, look)
    return DrawnFile(path)


def scene(measured: MeasuredGroups, look: Look | None = None) -> CoursePicture:
    """What the picture shows: places along the first heading, colours for the rest."""
    if len(measured.quantities) != 1:
        raise InputError(
            f"a picture shows one quantity, and {len(measured.quantities)} are given",
            "draw them one by one",
        )
    (quantity,) = measured.quantities
    spreads = {row: row.spread(quantity.name) for row in measured.rows}
    if not any(spread.highest > 0 for spread in spreads.values()):
        raise InputError(f"{quantity.name} has no value above 0 that could be drawn")
    heading = next(iter(measured.rows[0].group.words), "")
    words = [row.group.words.get(heading, "") for row in measured.rows]
    places = list(dict.fromkeys(words))
    by_colour = _by_colour(measured, heading)
    series = []
    for colour, rows in enumerate(by_colour.values()):
        series.append(_series(rows, spreads, places, heading, colour))
    chart = Chart(series, heading or "all runs", places)
    title = look.title if look is not None else None
    runs = runs_of_each(len(row.group.counted) for row in measured.rows)
    return CoursePicture(
        title=title or f"{quantity.title}: {quantity.formula}",
        note=f"median and range of {runs}",
        titles=[""],
        rows=[CourseRow(quantity.title, [chart])],
        names=list(by_colour),
        names_title="",
    )


def _by_colour(measured: MeasuredGroups, heading: str) -> dict[str, list[MeasuredGroup]]:
    """The rows by their words under the other headings; of too many, the first ones."""
    rows: dict[str, list[MeasuredGroup]] = {}
    for row in measured.rows:
        words = label(row.group.words, without=[heading])
        rows.setdefault(words, []).append(row)
    first_words = list(rows)[:MOST_COLOURS]
    return {words: rows[words] for words in first_words}


def _series(
    rows: Sequence[MeasuredGroup],
    spreads: dict[MeasuredGroup, Spread],
    places: Sequence[str],
    heading: str,
    colour: int,
) -> Series:
    """The median and range of rows, each at the place of its word under the heading."""
    x = [places.index(row.group.words.get(heading, "")) for row in rows]
    of_rows = [spreads[row] for row in rows]
    return Series(
        np.array(x, dtype=np.float64),
        np.array([spread.median for spread in of_rows]),
        np.array([spread.lowest for spread in of_rows]),
        np.array([spread.highest for spread in of_rows]),
        colour,
        points=True,
    )
