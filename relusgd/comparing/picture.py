"""A comparison as a picture: which groups stand where, and what is drawn of their errors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from relusgd.comparing.best_values import Optimum, by_key, find_optima
from relusgd.comparing.compared_runs import ComparedRuns
from relusgd.comparing.groups import Group, Result
from relusgd.comparing.labels import CLEAR_ALONE, Words, label, varied_number
from relusgd.config.key_words import key_words
from relusgd.evenly_chosen import evenly_chosen
from relusgd.model.network import Array
from relusgd.pictures.charts.comparison import ComparisonPanel, ComparisonPicture, save_comparison
from relusgd.pictures.charts.error_chart import Chart, Series
from relusgd.pictures.kit.axis import TimeAxis
from relusgd.pictures.kit.band import summarise
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.number_text import error_text
from relusgd.pictures.kit.stills import check_still
from relusgd.pictures.pages.drawn_file import DrawnFile
from relusgd.pictures.scenes.view import View
from relusgd.runs.drawn_scene import checked_place
from relusgd.runs.run import Run
from relusgd.runs.titles import SHORT_WORDS, value_words

SHORT_HEADINGS = {"learning rate": "rate", "batch size": "batch", "weight decay": "decay"}
"""Headings in one word, for titles that have little room."""

MOST_PANELS = 9
"""At most this many groups have a panel, where they do not stand in rows and columns."""

MOST_SERIES = 6
"""A chart of the error over a number has at most this many series."""

MOST_SEEDS = 30
"""At most this many functions of other seeds are drawn behind the median one, evenly by error."""

ROWS_COLUMNS = 4
"""Groups that two headings tell apart stand in at most this many rows, and columns."""

TIME_PLACES = 400
"""Places along the axis of time at which the spread is drawn."""


def draw(
    compared: ComparedRuns,
    out: str | Path | None = None,
    look: Look | None = None,
) -> DrawnFile:
    """Write the picture of a comparison as .png, .svg or .pdf, and give its path.

    By default it is in the nearest common folder of the runs, named by what the groups differ in.
    Raises InputError for another place or suffix.
    """
    path = checked_place([group.typical for group in compared.groups], out, "compare", ".png")
    check_still(path)
    save_comparison(scene(compared), path, look)
    return DrawnFile(path)


def scene(compared: ComparedRuns) -> ComparisonPicture:
    """What the picture shows.

    Groups that two headings tell apart stand in rows and columns, others as fits. Of too many
    groups, it shows those at the best values of a number over a chart of the error against it, or
    else the best groups.
    """
    groups = compared.groups
    rows = in_rows(groups)
    if rows:
        return _table_scene(compared, rows)
    if len(groups) <= MOST_PANELS:
        return _plain_scene(compared, groups)
    optima = longest_series(compared)
    if optima:
        return _best_values_scene(compared, optima)
    best = compared.ranked[:MOST_PANELS]
    note = f"the best {len(best)} of {len(groups)}"
    return _plain_scene(compared, best, note)


def _table_scene(compared: ComparedRuns, rows: Sequence[Sequence[Group]]) -> ComparisonPicture:
    """Rows and columns, with a chart of the errors over the epochs under each column.

    Where a column has no such chart, one chart stands under all of them.
    """
    panels = []
    for number, row in enumerate(rows):
        panels += [panel(compared, group, number) for group in row]
    columns = list(zip(*rows, strict=True))
    courses = [course_chart(compared, column) for column in columns]
    charts = [chart for chart in courses if chart]
    if len(charts) < len(columns):
        charts = value_charts(compared, compared.groups)
    return ComparisonPicture(panels, charts, len(columns), compared.error_name)


def _plain_scene(
    compared: ComparedRuns,
    groups: Sequence[Group],
    note: str = "",
) -> ComparisonPicture:
    """Panels as fit, over a chart of all of them."""
    panels = [panel(compared, group, number) for number, group in enumerate(groups)]
    courses = course_chart(compared, groups)
    charts = [courses] if courses else value_charts(compared, groups)
    return ComparisonPicture(panels, charts, None, compared.error_name, note)


def _best_values_scene(compared: ComparedRuns, optima: Sequence[Optimum]) -> ComparisonPicture:
    """The groups at the best values of a number, over a chart of the error over its values."""
    panels = []
    for number, optimum in enumerate(optima):
        panels.append(panel(compared, optimum.best_group, number))
    chart = number_chart(compared, optima)
    note = f"at the best {varied_number(optima[0].key)}"
    return ComparisonPicture(panels, [chart], None, compared.error_name, note)


def longest_series(compared: ComparedRuns) -> list[Optimum]:
    """The optima of the number with the most values. [] where there is none, or too many series."""
    # All keys, also those of the network and the data.
    optima = find_optima(compared.measured, compared.error, block="")
    if not optima or not compared.comparable:
        return []
    longest = max(optima, key=lambda optimum: len(optimum.groups))
    series = by_key(optima)[longest.key]
    if len(series) > MOST_SERIES:
        return []
    return series


def in_rows(groups: Sequence[Group]) -> list[list[Group]]:
    """A column for each word under the first heading, a row for each under the second.

    [] where there are not two headings, not all combinations, or too many of them.
    """
    if len(groups[0].words) != 2:
        return []
    heading_of_columns, heading_of_rows = groups[0].words
    group_at = {}
    for group in groups:
        row = group.words[heading_of_rows]
        column = group.words[heading_of_columns]
        group_at[row, column] = group
    # Each word once, in the order of the groups.
    rows = dict.fromkeys(row for row, _ in group_at)
    columns = dict.fromkeys(column for _, column in group_at)
    is_full = len(group_at) == len(groups) == len(rows) * len(columns)
    has_few_rows = 2 <= len(rows) <= ROWS_COLUMNS
    has_few_columns = 2 <= len(columns) <= ROWS_COLUMNS
    if not (is_full and has_few_rows and has_few_columns):
        return []
    return [[group_at[row, column] for column in columns] for row in rows]


def panel(compared: ComparedRuns, group: Group, colour: int) -> ComparisonPanel:
    """The function of the median seed over those of the others."""
    middle = group.median_result(compared.error) or group.results[0]
    others = [result for result in group.counted if result is not middle]
    others.sort(key=lambda result: result.measures[compared.error])
    return ComparisonPanel(
        panel_titles(group),
        view(middle.run),
        colour,
        others=[view(result.run) for result in _thinned(others)],
        numbers=panel_texts(compared, group),
        best=group is compared.best,
    )


def _thinned(results: Sequence[Result]) -> list[Result]:
    """MOST_SEEDS of the results, evenly spaced; all of them if they are fewer."""
    return [results[place] for place in evenly_chosen(len(results), MOST_SEEDS)]


def panel_titles(group: Group) -> tuple[str, str, str, str]:
    """The group's label, then shorter ones: ways of training in fewer words, headings of one word
    (rate, batch), and no heading where all of the values but one are clear without it.
    """
    words = _short_words(group)
    if not words:
        return group.label, group.label, group.label, group.label
    in_short = {SHORT_HEADINGS.get(name, name): word for name, word in words.items()}
    short_label = label(in_short)
    needed = [name for name in words if name not in CLEAR_ALONE]
    shortest = _values(group) if len(needed) <= 1 else short_label
    return group.label, label(words), short_label, shortest


def _short_words(group: Group) -> Words:
    """Heading → word, with ways of training in fewer words where they are not alone."""
    if len(group.words) == 1:
        return group.words
    return {name: SHORT_WORDS.get(word, word) for name, word in group.words.items()}


def _values(group: Group) -> str:
    """The words of a group without their headings."""
    return ", ".join(_short_words(group).values()) or group.label


def view(run: Run) -> View:
    return View(run.history, run.data)


def panel_texts(compared: ComparedRuns, group: Group) -> list[tuple[str, str]]:
    """Words and texts: the median error, the runs that did not end well, and a mark for the best.

    Of several kinds of runs that did not end well, the first one counts.
    """
    texts = [(compared.error_words, error_text(compared.median(group)))]
    for state in ("diverged", "failed", "unfinished"):
        count = group.counts[state]
        if count:
            texts.append((state, f"{count}/{group.runs}"))
            break
    if group is compared.best:
        texts.append(("best", ""))
    return texts


def shared_noise(compared: ComparedRuns) -> float | None:
    """noise², where it is known, the same everywhere and above 0."""
    noise_squared = compared.noise_squared
    return noise_squared if noise_squared > 0 else None


def course_chart(compared: ComparedRuns, groups: Sequence[Group]) -> Chart | None:
    """Errors over the epochs; None if no run has more than one step, as with ridge regression."""
    counted: list[Result] = []
    for group in groups:
        counted += group.counted
    if all(result.steps <= 1 for result in counted):
        return None
    last = max(result.run.clock[-1] for result in counted)
    time = TimeAxis(0.0, last)
    series = []
    for colour, group in enumerate(groups):
        if group.counted:
            series.append(group_course(compared, group, colour, time))
    return Chart(series, "epoch", level=shared_noise(compared))


def group_course(
    compared: ComparedRuns,
    group: Group,
    colour: int,
    time: TimeAxis,
) -> Series:
    """The error over the epochs; ridge regression's is the same from epoch 1 to the chart's end."""
    curves = [run_course(result, compared.error, time) for result in group.counted]
    # A run that is shorter than the longest one has no error behind its end.
    x, _ = max(curves, key=lambda curve: curve[0][-1])
    errors = np.array([np.interp(x, *curve, right=np.nan) for curve in curves])
    if group.typical.config.training.method == "ridge":
        solved = min(1.0, time.last)
        x = np.array([solved, time.last])
        errors = errors[:, [-1, -1]]
    middle = np.nanmedian(errors, axis=0)
    low = np.nanmin(errors, axis=0)
    high = np.nanmax(errors, axis=0)
    return Series(x, middle, low, high, colour)


def run_course(result: Result, error: str, time: TimeAxis) -> tuple[Array, Array]:
    """Epochs and errors of one run; of many snapshots, medians at TIME_PLACES along the axis."""
    errors = result.run.original_metrics[error]
    places = time.place(result.run.clock)
    summary = summarise(places, errors, TIME_PLACES)
    epochs = time.first + time.softness * np.expm1(summary.x)
    return epochs, summary.middle


def value_charts(compared: ComparedRuns, groups: Sequence[Group]) -> list[Chart]:
    """A chart of the errors of runs that are not trained step by step; none if no error is known.

    Over the number that varies; if none does, each group has a place with its name.
    """
    optima = []
    for optimum in longest_series(compared):
        if set(optimum.groups).issubset(groups):
            optima.append(optimum)
    shown = sum(len(optimum.groups) for optimum in optima)
    if shown == len(groups):
        return [number_chart(compared, optima)]
    series = []
    for place, group in enumerate(groups):
        if group in compared.measured:
            series.append(spread_series(compared, [group], [place], place))
    if not series:
        return []
    names = []
    for group in groups:
        names.append(_values(group))
    x_name = ", ".join(groups[0].words)
    return [Chart(series, x_name, names, shared_noise(compared))]


def number_chart(compared: ComparedRuns, optima: Sequence[Optimum]) -> Chart:
    """The error over the values of a number, evenly placed, with a series for each optimum."""
    distinct: set[float] = set()
    for optimum in optima:
        distinct.update(optimum.values)
    values = sorted(distinct)
    series = []
    for colour, optimum in enumerate(optima):
        places = [values.index(value) for value in optimum.values]
        series.append(spread_series(compared, optimum.groups, places, colour, optimum.best))
    names = [value_words(value) for value in values]
    return Chart(series, key_words(optima[0].key), names, shared_noise(compared))


def spread_series(
    compared: ComparedRuns,
    groups: Sequence[Group],
    places: Sequence[int],
    colour: int,
    best: int | None = None,
) -> Series:
    """The spread of the error of each group, at its place. best: the group that is marked."""
    spreads = [group.spreads[compared.error] for group in groups]
    return Series(
        np.array(places, dtype=np.float64),
        np.array([spread.median for spread in spreads]),
        np.array([spread.lowest for spread in spreads]),
        np.array([spread.highest for spread in spreads]),
        colour,
        points=True,
        best=best,
    )
