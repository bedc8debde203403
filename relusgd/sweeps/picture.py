"""What summary.png shows: which key runs along the axis, which one colours the lines, and which
ones make the panels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from relusgd.config.key_words import key_words
from relusgd.config.naming import plain_text
from relusgd.config.values import is_number, single
from relusgd.errors import InputError
from relusgd.model.history import ERROR_NAMES
from relusgd.model.network import Array
from relusgd.pictures.charts.error_chart import Chart, Series
from relusgd.pictures.charts.sweep import (
    Dots,
    QuantilePicture,
    SweepPanel,
    SweepPicture,
    save_sweep_picture,
)
from relusgd.pictures.kit.number_text import with_minus_signs
from relusgd.pictures.kit.stills import check_still
from relusgd.pictures.pages.drawn_file import DrawnFile
from relusgd.runs.place import check_file_place
from relusgd.sweeps.rows import Row, varied_keys
from relusgd.sweeps.summary_file import SUMMARY_PICTURE
from relusgd.words import agreeing, counted

MOST_PANELS = 12
MOST_COLOURS = 9


def draw_summary(name: str, rows: Sequence[Row], path: Path) -> bool:
    """Draw the errors of a sweep's runs over what varies. Returns whether there was any to draw.

    Raises RelusgdError when the file cannot be written.
    """
    scene = scene_of(name, rows)
    if scene is None:
        return False
    save_sweep_picture(scene, path)
    return True


def plot_rows(folder: Path, rows: Sequence[Row], out: str | Path | None = None) -> DrawnFile:
    """Draw the summary of a sweep's rows, by default as summary.png in its folder.

    Raises InputError when no run is complete, or nothing can be written at that place.
    """
    if out is None:
        out = folder / SUMMARY_PICTURE
    path = DrawnFile(out)
    check_file_place(path)
    check_still(path)
    if not draw_summary(folder.resolve().name, rows, path):
        raise InputError(f"no run of {folder} is complete, so there is nothing to draw")
    return path


def scene_of(name: str, rows: Sequence[Row]) -> SweepPicture | QuantilePicture | None:
    """What the picture shows; None when no run is complete."""
    complete = [row for row in rows if _is_complete(row)]
    if not complete:
        return None
    error = _shown_error(complete)
    roles = find_roles(rows)
    if roles is None:
        return _picture_of_seeds(name, rows, complete, error)
    return _picture_of_roles(name, rows, roles, error)


def _is_complete(row: Row) -> bool:
    return row.result is not None and row.status == "complete"


def _shown_error(complete: Sequence[Row]) -> str:
    """test_mse where all runs have one, else train_mse."""
    have_test_errors = all(np.isfinite(error_of(row, "test_mse")) for row in complete)
    return "test_mse" if have_test_errors else "train_mse"


def _error_name(error: str) -> str:
    """What train_mse or test_mse is called in pictures."""
    return ERROR_NAMES[error.removesuffix("_mse")]


def _picture_of_seeds(
    name: str, rows: Sequence[Row], complete: Sequence[Row], error: str
) -> QuantilePicture:
    """The errors of runs that differ in their seeds alone, from the lowest to the highest."""
    errors = np.array([error_of(row, error) for row in complete])
    differ = agreeing(len(rows), "differs in its seed", "differ in their seeds")
    note = f"{counted(len(rows), 'run')} that {differ}; dashed: the median"
    lost = len(rows) - len(complete)
    if lost:
        note += f"; {lost:,} without result"
    return QuantilePicture(name, note, errors, _error_name(error))


def _picture_of_roles(name: str, rows: Sequence[Row], roles: Roles, error: str) -> SweepPicture:
    """The errors over the key along the axis, in a panel for each title."""
    panels = []
    for title, members in roles.rows_by_title(rows).items():
        panels.append(roles.panel(title, members, error))
    note = _note(rows)
    if len(panels) > MOST_PANELS:
        note += f"; {MOST_PANELS} of {len(panels)} panels"
    colours_title = "" if roles.colour_key is None else roles.words(roles.colour_key)
    return SweepPicture(
        name,
        note,
        panels[:MOST_PANELS],
        [axis_text(value) for value in roles.colours],
        colours_title,
        _error_name(error),
    )


def _note(rows: Sequence[Row]) -> str:
    """How many runs and seeds there are, and how many runs have no result."""
    note = counted(len(rows), "run")
    seeds = {row.varied.get("seed") for row in rows}
    if len(seeds) > 1:
        note += f", median and range of {counted(len(seeds), 'seed')}"
    lost = sum(not _is_complete(row) for row in rows)
    if lost:
        note += f"; {lost:,} without result (×)"
    return note


@dataclass(frozen=True)
class Roles:
    """Which varied key plays which part in the picture.

    x_key: along the axis, a number where one varies. x_values: its values, in order. colour_key:
    one line for each of its `colours`; None where there is one line. panel_keys: one panel for
    every combination of their values.
    """

    x_key: str
    x_values: tuple[object, ...]
    colour_key: str | None
    colours: tuple[object, ...]
    panel_keys: tuple[str, ...]

    @property
    def is_numeric(self) -> bool:
        """Whether the values along the axis are numbers."""
        return all(is_number(value) for value in self.x_values)

    def words(self, key: str) -> str:
        """One of the keys as people say it."""
        others = [self.x_key, *self.panel_keys]
        if self.colour_key is not None:
            others.append(self.colour_key)
        return key_words(key, others)

    def rows_by_title(self, rows: Sequence[Row]) -> dict[str, list[Row]]:
        """Title of a panel → its runs."""
        titled: dict[str, list[Row]] = {}
        for row in rows:
            settings = []
            for key in self.panel_keys:
                value = axis_text(value_of(row, key))
                settings.append(f"{self.words(key)} {value}")
            title = ", ".join(settings)
            titled.setdefault(title, []).append(row)
        return titled

    def panel(self, title: str, rows: Sequence[Row], error: str) -> SweepPanel:
        """One panel: for each colour its lines, the dots of its runs, and marks for the runs
        without a result.
        """
        series = []
        dots = []
        for number, colour in enumerate(self.colours or (None,)):
            members = [row for row in rows if self._has_colour(row, colour)]
            errors, lost = self._errors_by_place(members, error)
            for places in self._connected_places(errors):
                series.append(_series(places, errors, number))
            dots.append(_dots(errors, number, lost))
        x_texts = [axis_text(value) for value in self.x_values]
        chart = Chart(series, self.words(self.x_key), x_texts)
        return SweepPanel(title, chart, dots)

    def _has_colour(self, row: Row, colour: object) -> bool:
        return self.colour_key is None or value_of(row, self.colour_key) == colour

    def _errors_by_place(
        self,
        rows: Sequence[Row],
        error: str,
    ) -> tuple[list[Array], dict[int, int]]:
        """The errors of the complete runs at every place of the axis, and how many others there
        are: place → count.
        """
        errors = []
        lost = {}
        for place, value in enumerate(self.x_values):
            here = [row for row in rows if value_of(row, self.x_key) == value]
            complete = [row for row in here if row.status == "complete"]
            errors_here = [error_of(row, error) for row in complete]
            errors.append(np.array(errors_here))
            if len(complete) < len(here):
                lost[place] = len(here) - len(complete)
        return errors, lost

    def _connected_places(self, errors: Sequence[Array]) -> list[list[int]]:
        """The places that a line connects. Only along numbers does a line from one place to the
        next mean something.
        """
        filled = [place for place, values in enumerate(errors) if len(values)]
        if self.is_numeric and filled:
            return [filled]
        return [[place] for place in filled]


def find_roles(rows: Sequence[Row]) -> Roles | None:
    """The parts of the varied keys; None where the runs differ in their seeds alone."""
    varied = {}
    numeric = []
    for key in varied_keys(rows):
        values = distinct_values(rows, key)
        if key == "seed" or len(values) < 2:
            continue
        varied[key] = values
        if all(map(is_number, values)):
            numeric.append(key)
    if not varied:
        return None
    x_key = max(numeric or varied, key=lambda key: len(varied[key]))

    def colour_order(key: str) -> tuple[bool, bool, int, str]:
        """The key with the lowest order is best told by colours."""
        count = len(varied[key])
        return count > MOST_COLOURS, key in numeric, count, key

    others = sorted(set(varied) - {x_key}, key=colour_order)
    if not others:
        return Roles(x_key, varied[x_key], None, (), ())
    colour_key, *panel_keys = others
    return Roles(x_key, varied[x_key], colour_key, varied[colour_key], tuple(panel_keys))


def _series(places: Sequence[int], errors: Sequence[Array], colour: int) -> Series:
    """The median and the range of the errors at these places. errors: at every place."""
    errors_at_places = [errors[place] for place in places]
    median = np.array([np.median(values) for values in errors_at_places])
    lowest = np.array([np.min(values) for values in errors_at_places])
    highest = np.array([np.max(values) for values in errors_at_places])
    x = np.array(places, dtype=np.float64)
    return Series(x, median, lowest, highest, colour, points=True)


def _dots(errors: Sequence[Array], colour: int, lost: dict[int, int]) -> Dots:
    """A dot for each of the errors, which are given for every place."""
    places = np.arange(len(errors), dtype=np.float64)
    counts = [len(values) for values in errors]
    x = np.repeat(places, counts)
    y = np.concatenate([np.empty(0), *errors])
    return Dots(x, y, colour, lost)


def error_of(row: Row, name: str) -> float:
    """A row's error. name: train_mse or test_mse."""
    return float(getattr(row.result, name))


def value_of(row: Row, key: str) -> object:
    """A row's value of a varied key, as something that can be compared and hashed; a list of one is
    its item.
    """
    value = row.varied.get(key)
    if isinstance(value, dict):
        return plain_text(value)
    return single(value)


def distinct_values(rows: Sequence[Row], key: str) -> tuple[object, ...]:
    """The values of a key: numbers by size, others in the order in which they come."""
    values = dict.fromkeys(value_of(row, key) for row in rows)
    if all(map(is_number, values)):
        return tuple(sorted(values, key=lambda value: float(str(value))))
    return tuple(values)


def axis_text(value: object) -> str:
    """A value along an axis or in a legend."""
    text = with_minus_signs(plain_text(value))
    if isinstance(value, tuple):
        # The widths of several layers: 20x20.
        return text.replace("x", "×")
    return text
