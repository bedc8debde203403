"""Errors over time as a picture: which groups share a panel, and which colour each one has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from relusgd.comparing.courses import Course, Courses, quantile
from relusgd.comparing.groups import Group, Result, folder_of_all, runs_of_each
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
    courses: Courses,
    out: str | Path | None = None,
    look: Look | None = None,
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
    stepwise = [course for course in courses.courses if not course.is_ridge]
    ends = [float(course.times(courses.over)[-1]) for course in stepwise]
    last = max(ends, default=1.0)
    panels = list(arranged.panels.values())
    # With more panels than fit side by side, the error that ranks has all the room.
    names = courses.names if len(panels) <= COLUMNS else courses.names[:1]
    rows = []
    for name in names:
        charts = [_chart(courses, panel, name, arranged.colours, last) for panel in panels]
        title = ERROR_NAMES[name.removesuffix("_mse")]
        rows.append(CourseRow(title, charts))
    given_title = look.title if look is not None else None
    return CoursePicture(
        title=given_title or _title(courses),
        note=_note(courses) + arranged.note,
        titles=list(arranged.panels),
        rows=rows,
        names=arranged.names,
        names_title=arranged.names_title,
    )


def arrange(courses: Courses) -> Arrangement:
    """A panel for each word under the other headings, a colour for each under one of them.

    The heading with the colours is the last one that has few enough words. Groups that no such
    heading tells apart are in one panel. Of too many, the best ones are shown.
    """
    heading = _heading_of_colours(courses.courses)
    if heading is not None:
        arrangement = _in_panels(courses.courses, heading)
        if len(arrangement.panels) <= MOST_PANELS:
            return arrangement
    return _in_one_panel(courses)


def _heading_of_colours(courses: Sequence[Course]) -> str | None:
    """The last of several headings with few enough words to have a colour each."""
    headings = list(courses[0].group.words)
    if len(headings) < 2:
        return None
    for heading in reversed(headings):
        if 1 < len(_words_under(courses, heading)) <= MOST_COLOURS:
            return heading
    return None


def _in_panels(courses: Sequence[Course], heading: str) -> Arrangement:
    """Colours for the words under this heading, panels for the other words."""
    names = _words_under(courses, heading)
    panels: dict[str, list[Course]] = {}
    colours = {}
    for course in courses:
        words = course.group.words
        title = label(words, without=[heading])
        panels.setdefault(title, []).append(course)
        colours[course.group] = names.index(words[heading])
    return Arrangement(panels, colours, names, _heading(heading))


def _in_one_panel(courses: Courses) -> Arrangement:
    """A colour for each group; of too many, for the best ones."""
    best = _best(courses)
    count = len(courses.courses)
    note = "" if len(best) == count else f"; the best {len(best)} of {count} rows"
    colours = {course.group: number for number, course in enumerate(best)}
    headings = list(best[0].group.words)
    names = [label(course.group.words) for course in best]
    title = ""
    if len(headings) == 1:
        (heading,) = headings
        names = [course.group.words[heading] for course in best]
        title = _heading(heading)
    return Arrangement({"": best}, colours, names, title, note)


def _words_under(courses: Sequence[Course], heading: str) -> list[str]:
    """The distinct words of the groups under a heading, as they come."""
    words = [course.group.words[heading] for course in courses]
    return list(dict.fromkeys(words))


def _heading(name: str) -> str:
    """The heading before its words, where they need one."""
    return "" if named(name, "") == "" else name


def _best(courses: Courses) -> list[Course]:
    """At most MOST_COLOURS courses, those that end lowest, in the order of the groups."""
    name = courses.names[0]
    ends = {}
    for course in courses.courses:
        medians = quantile(course.errors[name], 50)
        ends[course] = float(medians[-1])
    lowest = sorted(courses.courses, key=ends.__getitem__)[:MOST_COLOURS]
    return [course for course in courses.courses if course in lowest]


def _chart(
    courses: Courses,
    panel: Sequence[Course],
    name: str,
    colours: dict[Group, int],
    last: float,
) -> Chart:
    series = []
    for course in panel:
        colour = colours[course.group]
        series.append(_series(courses, course, name, colour, last))
    return Chart(series, courses.over, last=last)


def _series(
    courses: Courses,
    course: Course,
    name: str,
    colour: int,
    last: float,
) -> Series:
    """The band of a row over time, as far as its median is finite, thinned to what is seen."""
    errors = course.errors[name]
    low, middle, high = [quantile(errors, percent) for percent in courses.percents]
    x = course.times(courses.over)
    if course.is_ridge:
        # Solved at once: a level along the axis.
        x = np.array([min(1.0, last), last])
        low = np.full(2, low[-1])
        middle = np.full(2, middle[-1])
        high = np.full(2, high[-1])
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
    results: list[Result] = []
    for course in courses.courses:
        results += course.results
    return folder_of_all(results) or f"errors over {courses.over}"
