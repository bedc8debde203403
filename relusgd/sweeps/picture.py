"""summary.png: what of a sweep's table stands along the axis, in the colours and in the panels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from relusgd.config.naming import plain_text
from relusgd.model.history import ERROR_NAMES
from relusgd.model.network import Array
from relusgd.pictures.comparison_chart import Chart, Series
from relusgd.pictures.sweep_picture import Dots, Panel, Quantiles, SweepPicture, save_sweep_picture
from relusgd.sweeps.rows import Row, varied_keys
from relusgd.words import counted

MOST_PANELS = 12
MOST_COLOURS = 9


def draw_summary(name: str, rows: Sequence[Row], path: Path) -> bool:
    """Draw the errors of a sweep's runs over what varies; whether there was any error to draw.

    Raises RelusgdError when the file cannot be written.
    """
    scene = scene_of(name, rows)
    if scene is None:
        return False
    save_sweep_picture(scene, path)
    return True


def scene_of(name: str, rows: Sequence[Row]) -> SweepPicture | Quantiles | None:
    """What the picture shows; None when no run has ended with a number."""
    ended = [row for row in rows if row["status"] == "complete"]
    error = (
        "test_mse"
        if all(np.isfinite(row.get("test_mse", np.nan)) for row in ended)
        else "train_mse"
    )
    if not ended:
        return None
    words = ERROR_NAMES[error.removesuffix("_mse")]
    roles = Roles.of(rows)
    seeds = len({row.get("seed") for row in rows})
    note = (
        f"{counted(len(rows), 'run')}, median and range of {counted(seeds, 'seed')}"
        if seeds > 1
        else counted(len(rows), "run")
    )
    lost = len(rows) - len(ended)
    note += f"; {lost:,} without result (×)" if lost else ""
    if roles.x is None:
        note = f"{counted(len(rows), 'run')} that differ in their seeds; dashed: the median" + (
            f"; {lost:,} without result" if lost else ""
        )
        return Quantiles(name, note, np.array([row[error] for row in ended]), words)
    groups = roles.panels(rows)
    panels = [roles.panel(title, members, error) for title, members in groups.items()]
    if len(panels) > MOST_PANELS:
        note += f"; {MOST_PANELS} of {len(panels)} panels"
    return SweepPicture(
        name, note, panels[:MOST_PANELS], roles.colour_names, roles.colour or "", words
    )


@dataclass(frozen=True)
class Roles:
    """x: the key along the axis, a number where one varies; colour: the key of the colours; rest: those of the panels.

    places, colours: the values of the first two, in their order.
    """

    x: str | None
    colour: str | None
    rest: tuple[str, ...]
    places: tuple[object, ...] = ()
    colours: tuple[object, ...] = ()

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Roles:
        values = {key: distinct(rows, key) for key in varied_keys(rows) if key != "seed"}
        varied = {key: found for key, found in values.items() if len(found) > 1}
        if not varied:
            return cls(None, None, ())
        numbers = {key: found for key, found in varied.items() if all(map(is_number, found))}
        x = max(numbers or varied, key=lambda key: len(varied[key]))
        others = sorted(
            set(varied) - {x},
            key=lambda key: (
                len(varied[key]) > MOST_COLOURS,
                key in numbers,
                len(varied[key]),
                key,
            ),
        )
        colour = others[0] if others else None
        return cls(x, colour, tuple(others[1:]), varied[x], varied[colour] if colour else ())

    @property
    def is_line(self) -> bool:
        """Whether the places are numbers."""
        return bool(self.places) and all(map(is_number, self.places))

    @property
    def colour_names(self) -> list[str]:
        return [words(value) for value in self.colours]

    def panels(self, rows: Sequence[Row]) -> dict[str, list[Row]]:
        """Title → the runs of that panel."""
        found: dict[str, list[Row]] = {}
        for row in rows:
            title = ", ".join(f"{key} {words(single(row.get(key)))}" for key in self.rest)
            found.setdefault(title, []).append(row)
        return found

    def panel(self, title: str, rows: Sequence[Row], error: str) -> Panel:
        series, dots = [], []
        for number, colour in enumerate(self.colours or (None,)):
            members = [
                row for row in rows if self.colour is None or single(row.get(self.colour)) == colour
            ]
            by_place = [
                [row for row in members if single(row.get(str(self.x))) == value]
                for value in self.places
            ]
            errors = [
                np.array([row[error] for row in at if row["status"] == "complete"])
                for at in by_place
            ]
            lost = {
                place: len(at) - len(errors[place])
                for place, at in enumerate(by_place)
                if len(at) > len(errors[place])
            }
            filled = [place for place, values in enumerate(errors) if len(values)]
            # only along numbers does a line from one place to the next mean something
            for places in [filled] if self.is_line and filled else [[place] for place in filled]:
                series.append(_series(places, [errors[place] for place in places], number))
            dots.append(_dots(errors, number, lost))
        return Panel(
            title, Chart(series, str(self.x), [words(value) for value in self.places]), dots
        )


def _series(places: Sequence[int], errors: Sequence[Array], colour: int) -> Series:
    middle, low, high = (
        np.array([float(of(values)) for values in errors]) for of in (np.median, np.min, np.max)
    )
    return Series(np.array(places, dtype=np.float64), middle, low, high, colour, points=True)


def _dots(errors: Sequence[Array], colour: int, lost: dict[int, int]) -> Dots:
    x = np.repeat(np.arange(len(errors), dtype=np.float64), [len(values) for values in errors])
    return Dots(x, np.concatenate([np.empty(0), *errors]), colour, lost)


def distinct(rows: Sequence[Row], key: str) -> tuple[object, ...]:
    """The values of a key: numbers by size, others in the order in which they come."""
    found = dict.fromkeys(single(row.get(key)) for row in rows)
    return (
        tuple(sorted(found, key=lambda value: float(str(value))))
        if all(map(is_number, found))
        else tuple(found)
    )


def single(value: object) -> object:
    """A list of one as its item; what cannot be told apart by itself as a text."""
    if isinstance(value, tuple) and len(value) == 1:
        return value[0]
    return plain_text(value) if isinstance(value, dict) else value


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def words(value: object) -> str:
    """A value along an axis or in a legend."""
    return plain_text(value).replace("x", "×") if isinstance(value, tuple) else plain_text(value)
