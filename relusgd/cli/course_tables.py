"""Errors over time on a terminal: two lines for each row, the medians and their bands."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from relusgd.cli.terminal import (
    PIPE_COLUMNS,
    SENTENCE_WIDTH,
    print_table,
    printable,
    stdout_console,
)
from relusgd.comparing.courses import Course, Courses
from relusgd.comparing.findings.courses import course_findings
from relusgd.comparing.table_columns import word_columns
from relusgd.words import DASH, number, number_range

INFINITE = "∞"


def print_courses(courses: Courses) -> None:
    """Print a table for each error, and the sentences, on stdout, as wide as the terminal."""
    console = stdout_console()
    for name in courses.names:
        if courses.courses:
            print_table(course_table(courses, name, console.width))
            console.print()
    width = 10 * PIPE_COLUMNS
    if sys.stdout.isatty():
        width = min(console.width, SENTENCE_WIDTH)
    sentences = [finding.text for finding in course_findings(courses)]
    for place, sentence in enumerate(sentences):
        if place:
            console.print()
        console.print(Text(printable(sentence)), width=width, soft_wrap=False)


def course_table(courses: Courses, name: str, width: int) -> Table:
    """Medians at a few moments, the band beneath; of a narrow terminal, the last moments."""
    groups = [course.group for course in courses.courses]
    words = word_columns(groups)
    moments = {}
    for time in courses.chosen_times:
        moments[time] = [_cell(courses, course, name, time) for course in courses.courses]
    width_of_words = sum(column.width + 1 for column in words)
    shown = fitting_moments(moments, width - width_of_words)
    error = name.replace("_mse", " MSE")
    unit = courses.over.removesuffix("s")
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for column in words:
        table.add_column(printable(column.heading), vertical="top")
    for place, time in enumerate(shown):
        above = f"{error}\n{unit} " if place == 0 else "\n"
        table.add_column(f"{above}{time:,.6g}", justify="right", no_wrap=True)
    for row in range(len(groups)):
        names = [Text(printable(column.cells[row])) for column in words]
        errors = [moments[time][row] for time in shown]
        table.add_row(*names, *errors)
    return table


def fitting_moments(moments: dict[float, list[Text]], room: int) -> list[float]:
    """The moments whose columns fit: the first and the last ones."""
    widths = {time: _width(time, cells) + 1 for time, cells in moments.items()}
    shown = list(moments)
    while len(shown) > 2 and sum(widths[time] for time in shown) > room:
        del shown[1]
    return shown


def _width(time: float, cells: Sequence[Text]) -> int:
    lines = [f"test MSE{time:,.6g}"]
    for cell in cells:
        lines += cell.plain.split("\n")
    return max(map(len, lines))


def _cell(courses: Courses, course: Course, name: str, time: float) -> Text:
    """The median, and its band beneath where there are several runs."""
    low, median, high = [
        course.at(name, percent, courses.over, time) for percent in courses.percents
    ]
    cell = Text(_words(median))
    if len(course.results) > 1 and not math.isnan(median):
        band = (_words(low), _words(high))
        if math.isfinite(high):
            band = number_range(low, high)
        cell.append(printable(f"\n{'–'.join(band)}"), style="dim")
    return cell


def _words(error: float) -> str:
    if math.isnan(error):
        return DASH
    return printable(INFINITE) if math.isinf(error) else number(error)
