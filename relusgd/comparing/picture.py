"""A comparison as a picture: which groups stand where, and what is drawn of their errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from relusgd.comparing.compare import Comparison
from relusgd.comparing.groups import Group, Result
from relusgd.comparing.keys import heading
from relusgd.comparing.optima import Optimum, find_optima
from relusgd.model.network import Array
from relusgd.pictures import comparison as pictures
from relusgd.pictures.axis import TimeAxis
from relusgd.pictures.comparison_chart import Chart, Series
from relusgd.pictures.look import Look
from relusgd.pictures.loss_panel import summarise
from relusgd.pictures.painter import check_still
from relusgd.pictures.view import View
from relusgd.pictures.wording import error_text
from relusgd.runs.picture import checked_place
from relusgd.runs.run import Run
from relusgd.runs.titles import SHORT_WORDS, value_words

MOST_FUNCTIONS = 9
MOST_SCANS = 6
MOST_SEEDS = 30
"""Functions of other seeds behind the median one; of more every so many-th, by the error."""

ROWS_COLUMNS = 4
"""Groups that are told apart by two things stand in rows and columns up to this number of each."""

COLUMNS = 400
"""Places along the axis of time at which the spread is drawn."""


def draw(comparison: Comparison, out: str | Path, look: Look | None = None) -> Path:
    """Write the picture of a comparison as .png, .svg or .pdf, and give its path. Raises InputError for another place or suffix."""
    path = checked_place([comparison.groups[0].typical], out, "compare", ".png")
    check_still(path)
    pictures.save_comparison(scene(comparison), path, look)
    return path


def scene(comparison: Comparison) -> pictures.Comparison:
    """What the picture shows.

    Groups told apart by two things stand in rows and columns, others as fits. Of more than fit, those at the best value of a
    number that was varied, over a chart of the error against it; else the best.
    """
    if table := in_rows(comparison.groups):
        return _table_scene(comparison, table)
    if len(comparison.groups) > MOST_FUNCTIONS and (scan := longest_scan(comparison)):
        return _scan_scene(comparison, scan)
    few = (
        comparison.groups
        if len(comparison.groups) <= MOST_FUNCTIONS
        else comparison.ranked[:MOST_FUNCTIONS]
    )
    note = (
        f"the best {len(few)} of {len(comparison.groups)}"
        if len(few) < len(comparison.groups)
        else ""
    )
    panels = [panel(comparison, group, number) for number, group in enumerate(few)]
    chart = course_chart(comparison, few) or value_chart(comparison, few)
    return pictures.Comparison(
        panels, [chart] if chart.series else [], None, comparison.error_name, note
    )


def _table_scene(comparison: Comparison, table: Sequence[Sequence[Group]]) -> pictures.Comparison:
    """Rows and columns, with a chart of the errors over the epochs under each column, or one under all of them."""
    panels = [
        panel(comparison, group, row) for row, members in enumerate(table) for group in members
    ]
    columns = list(zip(*table, strict=True))
    charts = [
        chart for column in columns if (chart := course_chart(comparison, column)) and chart.series
    ]
    if len(charts) < len(columns):
        charts = [chart for chart in [value_chart(comparison, comparison.groups)] if chart.series]
    return pictures.Comparison(panels, charts, len(columns), comparison.error_name)


def _scan_scene(comparison: Comparison, scan: Sequence[Optimum]) -> pictures.Comparison:
    panels = [
        panel(comparison, optimum.groups[optimum.best], number)
        for number, optimum in enumerate(scan)
    ]
    note = f"at the best {heading(scan[0].key, [scan[0].key])}"
    return pictures.Comparison(
        panels, [number_chart(comparison, scan)], None, comparison.error_name, note
    )


def longest_scan(comparison: Comparison) -> list[Optimum]:
    """The number with the most values, over which the error is drawn; up to MOST_SCANS series. [] where there is none."""
    optima = find_optima(comparison.groups, comparison.error, "") if comparison.comparable else []
    if not optima:
        return []
    key = max(optima, key=lambda optimum: len(optimum.groups)).key
    series = [optimum for optimum in optima if optimum.key == key]
    return series if len(series) <= MOST_SCANS else []


def in_rows(groups: Sequence[Group]) -> list[list[Group]]:
    """Rows of groups, a column for each word under the first heading and a row for each under the second; [] if that does not fit."""
    if len(groups[0].words) != 2:
        return []
    first, second = groups[0].words
    places = {(group.words[second], group.words[first]): group for group in groups}
    rows, columns = (
        list(dict.fromkeys(group.words[name] for group in groups)) for name in (second, first)
    )
    full = len(places) == len(groups) == len(rows) * len(columns)
    if not full or not all(2 <= len(names) <= ROWS_COLUMNS for names in (rows, columns)):
        return []
    return [[places[row, column] for column in columns] for row in rows]


def panel(comparison: Comparison, group: Group, colour: int) -> pictures.Panel:
    """The function of the median seed over those of the others."""
    middle = group.middle(comparison.error) or group.results[0]
    ranked = sorted(
        (result for result in group.counted if result is not middle),
        key=lambda result: result.measures[comparison.error],
    )
    places: list[int] = (
        np.unique(np.linspace(0, len(ranked) - 1, MOST_SEEDS).round().astype(int)).tolist()
        if ranked
        else []
    )
    behind = [view(ranked[place].run) for place in places]
    return pictures.Panel(
        titles(group),
        view(middle.run),
        colour,
        behind,
        numbers(comparison, group),
        best=group is comparison.best,
    )


def titles(group: Group) -> tuple[str, str, str]:
    """The group's name, the same with ways of training in fewer words, and without headings."""
    brief = (
        {name: SHORT_WORDS.get(word, word) for name, word in group.words.items()}
        if len(group.words) > 1
        else group.words
    )
    return group.label, replace(group, words=brief).label, ", ".join(brief.values()) or group.label


def view(run: Run) -> View:
    return View(run.history, run.data)


def numbers(comparison: Comparison, group: Group) -> list[tuple[str, str]]:
    """The median error, and how many did not end well."""
    lost = [
        (state, f"{group.counts[state]}/{group.runs}")
        for state in ("diverged", "failed", "unfinished")
        if group.counts[state]
    ]
    best = [("best", "")] if group is comparison.best else []
    return [
        (comparison.error_words, error_text(group.spreads[comparison.error].median)),
        *lost[:1],
        *best,
    ]


def level(comparison: Comparison) -> float | None:
    """noise², where it is known, the same everywhere and above 0."""
    return comparison.noise_squared if comparison.noise_squared > 0 else None


def course_chart(comparison: Comparison, groups: Sequence[Group]) -> Chart | None:
    """Errors over the epochs; None where nothing is trained step by step. What ridge regression gives at once stays as it is."""
    last = max((result.epochs for group in groups for result in group.counted), default=0)
    if last <= 1:
        return None
    series = [
        course(comparison, group, colour, TimeAxis(0.0, last))
        for colour, group in enumerate(groups)
        if group.counted
    ]
    return Chart(series, "epoch", (), level(comparison))


def course(comparison: Comparison, group: Group, colour: int, time: TimeAxis) -> Series:
    """The error over the epochs, until the last one of the whole chart."""
    curves = [run_course(result, comparison.error, time) for result in group.counted]
    x, _ = max(curves, key=lambda curve: curve[0][-1])
    with np.errstate(all="ignore"):
        errors = np.array([np.interp(x, *curve, right=np.nan) for curve in curves])
    if group.typical.config.training.method == "ridge":
        x, errors = np.array([1.0, time.last]), errors[:, [-1, -1]]
    return Series(
        x,
        np.nanmedian(errors, axis=0),
        np.nanmin(errors, axis=0),
        np.nanmax(errors, axis=0),
        colour,
    )


def run_course(result: Result, error: str, time: TimeAxis) -> tuple[Array, Array]:
    """Epochs and errors of one run, thinned to what can be seen along the axis: medians of many snapshots."""
    metrics = result.run.original_metrics
    summary = summarise(time.place(metrics["epoch"]), metrics[error], COLUMNS)
    return time.first + time.softness * np.expm1(summary.x), summary.middle


def value_chart(comparison: Comparison, groups: Sequence[Group]) -> Chart:
    """The errors of runs that have no course: over the number that varies, else a place for each group."""
    optima = [
        optimum
        for optimum in longest_scan(comparison)
        if all(group in groups for group in optimum.groups)
    ]
    covered = [group for optimum in optima for group in optimum.groups]
    if len(covered) == len(groups):
        return number_chart(comparison, optima)
    series = [
        spread_series(comparison, [group], [place], place)
        for place, group in enumerate(groups)
        if group in comparison.ranked
    ]
    return Chart(
        series,
        ", ".join(groups[0].words),
        [titles(group)[-1] for group in groups],
        level(comparison),
    )


def number_chart(comparison: Comparison, optima: Sequence[Optimum]) -> Chart:
    """The error over the values of a number, evenly placed; a series for everything else that varies."""
    values = sorted({value for optimum in optima for value in optimum.values})
    series = [
        spread_series(
            comparison,
            optimum.groups,
            [values.index(value) for value in optimum.values],
            number,
            optimum.best,
        )
        for number, optimum in enumerate(optima)
    ]
    return Chart(
        series,
        heading(optima[0].key, [optima[0].key]),
        [value_words(value) for value in values],
        level(comparison),
    )


def spread_series(
    comparison: Comparison,
    groups: Sequence[Group],
    places: Sequence[int],
    colour: int,
    best: int | None = None,
) -> Series:
    spreads = [group.spreads[comparison.error] for group in groups]
    columns = (
        np.array([getattr(spread, part) for spread in spreads])
        for part in ("median", "lowest", "highest")
    )
    middle, low, high = columns
    return Series(
        np.array(places, dtype=np.float64), middle, low, high, colour, points=True, best=best
    )
