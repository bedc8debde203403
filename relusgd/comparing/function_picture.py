"""The spread of functions as a picture: which groups have a panel, and the chart beneath."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from relusgd.comparing.functions import FunctionSpread, FunctionSpreads
from relusgd.comparing.groups import Group, Result, folder_of_all, runs_of_each
from relusgd.config.key_words import key_words
from relusgd.config.values import is_number, single
from relusgd.evenly_chosen import evenly_chosen
from relusgd.model.network import Array
from relusgd.pictures.charts.error_chart import Chart, Series
from relusgd.pictures.charts.function_spread import (
    FunctionBand,
    FunctionPanel,
    FunctionPicture,
    save_functions,
)
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.stills import check_still
from relusgd.pictures.pages.drawn_file import DrawnFile
from relusgd.runs.drawn_scene import checked_place
from relusgd.runs.run import Run
from relusgd.runs.titles import value_words

MOST_PANELS = 6
"""Of more groups, so many are shown, evenly chosen."""

ENOUGH_VALUES = 3
"""Errors are drawn over a number that has so many values."""

CHART_NAMES = ("bias²", "variance", "bias² + variance")


def draw_spreads(
    functions: FunctionSpreads,
    out: str | Path | None = None,
    look: Look | None = None,
) -> DrawnFile:
    """Write the picture of the functions as .png, .svg or .pdf, and give its path.

    By default it is in the nearest common folder of the runs, named by what the groups differ in.
    Raises InputError for another place or suffix.
    """
    runs = [spread.group.typical for spread in functions.learned]
    path = checked_place(runs, out, "functions", ".png")
    check_still(path)
    save_functions(scene(functions), path, look)
    return DrawnFile(path)


def scene(functions: FunctionSpreads) -> FunctionPicture:
    """What the picture shows."""
    shown = _shown_groups(functions)
    data = shown[0].typical.data
    chart = _chart(functions)
    return FunctionPicture(
        _title(functions),
        _note(functions, len(shown)),
        [_panel(functions, group) for group in shown],
        data.x_name,
        data.y_name,
        chart,
        CHART_NAMES if chart is not None else (),
    )


def _shown_groups(functions: FunctionSpreads) -> list[Group]:
    groups = [spread.group for spread in functions.learned]
    return [groups[place] for place in evenly_chosen(len(groups), MOST_PANELS)]


def _panel(functions: FunctionSpreads, group: Group) -> FunctionPanel:
    bands = []
    for spread in functions.spreads:
        if spread.group is group:
            colour = functions.kinds.index(spread.kind)
            bands.append(_band(spread, colour))
    first = next(spread for spread in functions.spreads if spread.group is group)
    truth = None if first.truth is None else (first.x, first.truth)
    title = group.label if functions.keys else ""
    return FunctionPanel(title, bands, shared_points(group), truth)


def _band(spread: FunctionSpread, colour: int) -> FunctionBand:
    low, high = spread.limits
    return FunctionBand(
        spread.title,
        spread.x,
        spread.mean,
        spread.median,
        low,
        high,
        colour,
    )


def shared_points(group: Group) -> tuple[Array, Array] | None:
    """The training points (x, y) in the units of the data; None where the runs have others."""
    first, *others = [_points(result.run) for result in group.counted]
    first_x, first_y = first
    for x, y in others:
        if not (np.array_equal(x, first_x) and np.array_equal(y, first_y)):
            return None
    return first_x, first_y


def _points(run: Run) -> tuple[Array, Array]:
    """The training points (x, y) of a run in the units of the data."""
    x, y, *_ = run.data.in_original_units.columns
    return x, y


def _chart(functions: FunctionSpreads) -> Chart | None:
    """bias², variance and their sum over the number that alone tells the groups apart."""
    rows = functions.learned
    if not functions.knows_truth or len(functions.keys) != 1 or len(rows) < ENOUGH_VALUES:
        return None
    (key,) = functions.keys
    values = [single(spread.group.keys[key]) for spread in rows]
    if not all(map(is_number, values)):
        return None
    bias = np.array([spread.bias_squared for spread in rows])
    variance = np.array([spread.variance for spread in rows])
    # The colours before these are those of the panels.
    colour = len(functions.kinds)
    series = [
        _line(bias, colour),
        _line(variance, colour + 1),
        _line(bias + variance, colour + 2),
    ]
    places = [value_words(value) for value in values]
    return Chart(series, key_words(key), places, _noise(rows))


def _line(errors: Array, colour: int) -> Series:
    x = np.arange(len(errors), dtype=np.float64)
    return Series(x, errors, errors, errors, colour)


def _noise(rows: Sequence[FunctionSpread]) -> float | None:
    """noise², where it is the same in all rows and above 0."""
    levels = {spread.noise_squared for spread in rows}
    level = levels.pop()
    return level if not levels and level > 0 else None


def _note(functions: FunctionSpreads, shown: int) -> str:
    """What a band is, of how many runs, and how many rows are shown."""
    runs = runs_of_each(len(spread.values) for spread in functions.spreads)
    note = f"{functions.band_words}, {runs}"
    rows = len(functions.learned)
    if shown < rows:
        note += f"; {shown} of {rows} rows"
    return note


def _title(functions: FunctionSpreads) -> str:
    """The name of the folder that all runs are in."""
    results: list[Result] = []
    for spread in functions.learned:
        results += spread.group.counted
    return folder_of_all(results) or "functions"
