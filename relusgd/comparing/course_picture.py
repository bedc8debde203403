"""Errors over time as a picture: which groups share a panel, and which colour each one has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from relusgd.comparing.courses import Course, Courses, quantile
from relusgd.comparing.groups import Group, folder_of_all, runs_of_each
from relusgd.comparing.labels import label, named
from relusgd.errors import InputError
from relusgd.model.history import ERROR_NAMES
from relusgd.pictures.charts.courses import COLUMNS, CoursePicture, CourseRow, save_courses
from relusgd.pictures.charts.error_chart import Chart, Series
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.stills import check_still
from relusgd.pictures.pages.drawn_file import DrawnFile
from relusgd.runs.drawn_scene import checked_place

MOST_COLOURS = 6
"""A panel has at most so many lines: more bands could not be told apart."""

MOST_PANELS = 9

MOST_PLACES = 400
"""A line has at most so many moments, evenly spaced on the axis."""


def draw_over_time(
    courses: Courses, out: str | Path | None = None, look: Look | None = None
) -> DrawnFile:
    """Write the picture of the courses as .png, .svg or .pdf, and give its path.

    By default it is in the nearest common folder of the runs, named by what the groups differ in.
    Raises InputError for another place or suffix, and where there is nothing to draw.
    """
    runs = [group.typical for group in courses.compared.groups]
    path = checked_place(runs, out, f"compare-{courses.over}", ".png")
    check_still(path)
    if not courses.courses:
        raise InputError("no row has a result that could be drawn over time")
    save_courses(scene(courses, look), path, look)
    return DrawnFile(path)


@dataclass(frozen=True)
class Arrangement:
    """Which groups are drawn, and where.

    panels: title → its courses. colours: group → number of its colour. names: of the colours;
    names_title: what they are. note: which groups these are, where there are others.
    """

    panels: dict[str, list[Course]]
    colours: dict[Group, int]
    names: list[str]
    names_title: str
    note: str = ""


def scene(courses: Courses, look: Look | None = None) -> CoursePicture:
    """What the picture shows."""
    arranged = arrange(courses)
    ends = [course.times(courses.over)[-1] for course in courses.courses if not course.is_ridge]
    last = float(max(ends, default=1.0))
    panels = list(arranged.panels.values())
    # With more panels than fit side by side, the error that ranks has all the room.
    names = courses.names if len(panels) <= COLUMNS else courses.names[:1]
    rows = []
    for name in names:
        charts = [_chart(courses, panel, name, arranged.colours, last) for panel in panels]
        rows.append(CourseRow(ERROR_NAMES[name.removesuffix("_mse")], charts))
    note = _note(courses) + arranged.note
    title = (look and look.title) or _title(courses)
    titles = list(arranged.panels)
    return CoursePicture(title, note, titles, rows, arranged.names, arranged.names_title)


def arrange(courses: Courses) -> Arrangement:
    """A panel for each word under the other headings, a colour for each under one of them.

    The heading with the colours is the last one that has few enough words. Groups that no such
    heading tells apart are in one panel. Of too many, the best ones are shown.
    """
    shown = list(courses.courses)
    headings = list(shown[0].group.words)
    words_of = {}
    for name in headings:
        words_of[name] = _distinct([course.group.words[name] for course in shown])
    fitting = [name for name in headings if 1 < len(words_of[name]) <= MOST_COLOURS]
    if len(headings) > 1 and fitting:
        by_name = fitting[-1]
        names = words_of[by_name]
        panels: dict[str, list[Course]] = {}
        colours = {}
        for course in shown:
            words = course.group.words
            panels.setdefault(label(words, without=[by_name]), []).append(course)
            colours[course.group] = names.index(words[by_name])
        if len(panels) <= MOST_PANELS:
            return Arrangement(panels, colours, names, _heading(by_name))
    best = _best(courses)
    note = "" if len(best) == len(shown) else f"; the best {len(best)} of {len(shown)} rows"
    colours = {course.group: number for number, course in enumerate(best)}
    names = [label(course.group.words) for course in best]
    title = ""
    if len(headings) == 1:
        names = [course.group.words[headings[0]] for course in best]
        title = _heading(headings[0])
    return Arrangement({"": best}, colours, names, title, note)


def _distinct(words: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _heading(name: str) -> str:
    """The heading before its words, where they need one."""
    return "" if named(name, "") == "" else name


def _best(courses: Courses) -> list[Course]:
    """At most MOST_COLOURS courses, those that end lowest, in the order of the groups."""
    name = courses.names[0]
    ends = {course: float(quantile(course.errors[name], 50)[-1]) for course in courses.courses}
    lowest = sorted(courses.courses, key=ends.__getitem__)[:MOST_COLOURS]
    return [course for course in courses.courses if course in lowest]


def _chart(
    courses: Courses,
    panel: Sequence[Course],
    name: str,
    colours: dict[Group, int],
    last: float,
) -> Chart:
    series = [_series(courses, course, name, colours[course.group], last) for course in panel]
    return Chart(series, courses.over, last=last)


def _series(courses: Courses, course: Course, name: str, colour: int, last: float) -> Series:
    low, middle, high = (quantile(course.errors[name], share) for share in courses.percents)
    x = course.times(courses.over)
    if course.is_ridge:
        # Solved at once: a level along the axis.
        x = np.array([min(1.0, last), last])
        low, middle, high = (np.full(2, values[-1]) for values in (low, middle, high))
    middle = np.where(np.isinf(middle), np.nan, middle)
    kept = _thinned(x, last)
    return Series(x[kept], middle[kept], low[kept], high[kept], colour)


def _thinned(x: np.ndarray, last: float) -> np.ndarray:
    """The indices of MOST_PLACES moments, evenly spaced on the axis; all of them if fewer."""
    if len(x) <= MOST_PLACES:
        return np.arange(len(x))
    axis = Chart([], "", last=last).time
    places = axis.place(x)
    wanted = np.linspace(0, float(places[-1]), MOST_PLACES)
    chosen = np.searchsorted(places, wanted).clip(0, len(x) - 1)
    return np.unique(chosen)


def _note(courses: Courses) -> str:
    """How many runs make a line, and what its band is."""
    counts = [len(course.results) for course in courses.courses]
    if max(counts) == 1:
        return "one run a line"
    return f"median and {courses.band_words} of {runs_of_each(counts)}"


def _title(courses: Courses) -> str:
    """The name of the folder that all runs are in."""
    results = [result for course in courses.courses for result in course.results]
    return folder_of_all(results) or f"errors over {courses.over}"
