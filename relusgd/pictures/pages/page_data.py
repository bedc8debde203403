"""What a page is told of its runs: chosen snapshots, points, limits and colours, as JSON with
base64 of little-endian float32.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from relusgd.config import Config, config_to_yaml
from relusgd.evenly_chosen import evenly_chosen
from relusgd.model.network import Array, Integers
from relusgd.model.points import Dataset
from relusgd.pictures.kit.axis import SOFT_START
from relusgd.pictures.moments.frames import Indices
from relusgd.pictures.pages.page_moments import MOST_POINTS, choose_moments, is_binned
from relusgd.pictures.panels.reference_lines import DASHES
from relusgd.pictures.scenes.reference_curve import ReferenceCurve
from relusgd.pictures.scenes.scales import Scales, error_axis, errors_of, noise_level
from relusgd.pictures.scenes.scene import RunGroup, Scene
from relusgd.pictures.scenes.sharpness_course import SharpnessCourse
from relusgd.pictures.scenes.snapshot_view import BARS, MOST_UNITS
from relusgd.pictures.scenes.view import View

DEFAULT_CONFIG = config_to_yaml(Config())
"""The config of a run of which nothing is said."""

METRICS = ("learning_rate", "dead_units", "always_on_units", "breakpoints")
"""The columns of metrics.csv that a page is told, beside the errors."""


@dataclass(frozen=True)
class Start:
    """How training goes on from a snapshot on the page, until the reader changes it.

    training: keys of a config with other values than the usual ones; data: keys of a target's data,
    None where the points are all that is known; standardize: of such points; output_bias: whether
    there is one; config: of the run as YAML, a key in every line, which the page copies with the
    numbers of a changed network.
    """

    training: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] | None = None
    standardize: bool = False
    output_bias: bool = True
    config: str = DEFAULT_CONFIG


def page_data(scene: Scene, starts: Sequence[Start], frames: int | None) -> dict[str, Any]:
    """All that a page is told, to be written as JSON.

    starts: one for each run of the scene; frames: how many moments, as for `choose_moments`. Raises
    InputError when the page would be too large to open.
    """
    if isinstance(scene, RunGroup):
        views, errors, noise = scene.views, scene.error_axis, scene.noise
        titles = list(zip(scene.titles, scene.short, strict=True))
        steps_per_epoch, compared_error = scene.steps_per_epoch, scene.error_name
    else:
        views, errors, noise = (scene,), error_axis(scene), noise_level(scene)
        titles = [("", "")]
        steps_per_epoch, compared_error = None, None
    datasets = _distinct([view.dataset for view in views])
    configs = sum(len(start.config) for start in starts)
    moments = choose_moments(scene, views, datasets, frames, configs)
    scales = Scales.of(views)
    runs = []
    for view, (title, short), start in zip(views, titles, starts, strict=True):
        rows = moments if view is scene else np.unique(_rows(scene, view)[moments])
        run = {
            "title": title,
            "short": short,
            "data": _number_of(view.dataset, datasets),
            "start": asdict(start),
            **_run_data(view, rows),
        }
        runs.append(run)
    return {
        "epoch": clock_numbers(scene.clock[moments]),
        "steps_per_epoch": steps_per_epoch,
        "recorded": len(scene),
        "soft_start": SOFT_START,
        "limits": {"x": scales.x, "y": scales.y, "error": errors.limits},
        "scales": {"unit": scales.unit, "kink": scales.kink, "bend": scales.bend},
        "noise": noise,
        "error": compared_error,
        "sizes": {"bars": BARS, "units": MOST_UNITS},
        "data": [_points_data(view_of(views, dataset)) for dataset in datasets],
        "runs": runs,
    }


def pack(values: ArrayLike) -> str:
    """The numbers in C order as base64 of little-endian float32; those beyond its range become
    infinite.
    """
    with np.errstate(over="ignore"):
        numbers = np.asarray(values).astype("<f4")
    return base64.b64encode(numbers.tobytes()).decode("ascii")


def clock_numbers(clock: Array) -> list[float]:
    """Moments in epochs; whole ones are written without a fraction, which makes pages smaller."""
    return [int(moment) if moment.is_integer() else moment for moment in clock.tolist()]


def _number_of(dataset: Dataset, datasets: Sequence[Dataset]) -> int:
    """Where a dataset that is drawn alike is among these."""
    for number, other in enumerate(datasets):
        if _are_drawn_alike(other, dataset):
            return number
    raise AssertionError("every dataset is drawn like one of the distinct ones")


def _rows(scene: Scene, view: View) -> Integers:
    """The snapshot of a run that is shown at each moment of the scene."""
    return scene.rows(view) if isinstance(scene, RunGroup) else np.arange(len(view))


def _run_data(view: View, rows: Indices) -> dict[str, Any]:
    """The snapshots of these rows: clock, metrics, and the parameters (or, of very wide layers,
    what they add up to).
    """
    history = view.history
    metrics = {name: pack(history.metrics[name][rows]) for name in METRICS}
    network = _cells_data(view, rows) if is_binned(view) else _parameter_data(view, rows)
    return {
        "hidden": history.hidden,
        "epoch": clock_numbers(view.clock[rows]),
        "step": history.step[rows].tolist(),
        "metrics": metrics,
        "errors": {name: _error_data(column, rows) for name, column in errors_of(view).items()},
        "references": [_reference_data(reference, rows) for reference in view.references],
        "sharpness": None if view.sharpness is None else _sharpness_data(view, view.sharpness),
        **network,
    }


def _sharpness_data(view: View, course: SharpnessCourse) -> dict[str, Any]:
    """The sharpness at the snapshots at which it was measured, and the edge where there is one."""
    rows = np.searchsorted(view.history.step, course.step)
    axis = course.axis
    return {
        "name": course.name,
        "epoch": clock_numbers(view.clock[rows]),
        "limits": (axis.low, axis.high),
        "sharpness": pack(course.sharpness),
        "edge": pack(course.edge) if course.has_edge else None,
    }


def _reference_data(reference: ReferenceCurve, rows: Indices) -> dict[str, Any]:
    """A reference's places and heights: at every snapshot where these differ. colour: its number
    among the references' colours.
    """
    shown = rows if reference.moves else rows[:1]
    heights = [reference.at(row) for row in shown.tolist()]
    return {
        "name": reference.name,
        "title": reference.title,
        "short": reference.short,
        "moves": reference.moves,
        "colour": list(DASHES).index(reference.name),
        "x": pack(reference.x),
        "y": pack(np.stack(heights)),
    }


def _parameter_data(view: View, rows: Indices) -> dict[str, Any]:
    history = view.history
    return {
        "weights": [pack(weight[rows]) for weight in history.weights],
        "biases": [pack(bias[rows]) for bias in history.biases],
    }


def _cells_data(view: View, rows: Indices) -> dict[str, Any]:
    """The function at the edges of cells, in original units, how many units are active in each, and
    how much they bend it.
    """
    columns: dict[str, list[Any]] = {"y": [], "active": [], "up": [], "down": [], "inside": []}
    for row in rows.tolist():
        bends = view.bends(row)
        _, active = view.active(row)
        columns["y"].append(view.curve(row).y)
        columns["active"].append(active)
        columns["up"].append(bends.up)
        columns["down"].append(bends.down)
        columns["inside"].append(view.elbows_inside(row))
    return {"cells": {name: pack(np.stack(column)) for name, column in columns.items()}}


def _error_data(column: Array, rows: Indices) -> dict[str, str]:
    """The errors of these rows, and the lowest and highest around each where rows were left out."""
    values = {"value": pack(column[rows])}
    if len(rows) == len(column):
        return values
    # Around a row is what is nearer to it than to its neighbours.
    middles = (rows[1:] + rows[:-1] + 1) // 2
    first = np.concatenate([[0], middles])
    lowest = np.fmin.reduceat(column, first)
    highest = np.fmax.reduceat(column, first)
    return {**values, "low": pack(lowest), "high": pack(highest)}


def view_of(views: Sequence[View], dataset: Dataset) -> View:
    """The first view of this dataset."""
    return next(view for view in views if view.dataset is dataset)


def _points_data(view: View) -> dict[str, Any]:
    """The points in network units, and the truth over the domain in original ones; both names, the
    domain and the scaling.
    """
    dataset = view.dataset
    columns = {
        "train": (dataset.x_train, dataset.y_train),
        "test": (dataset.x_test, dataset.y_test),
    }
    points = {}
    for name, (x, y) in columns.items():
        shown = evenly_chosen(len(x), MOST_POINTS)
        points[name] = {"of": len(x), "x": pack(x[shown]), "y": pack(y[shown])}
    return {
        "points": points,
        "test_shown": view.shows_test_points,
        "truth": None if view.truth is None else pack(view.truth[1]),
        "domain": (view.low, view.high),
        "scaling": asdict(dataset.scaling),
        "names": (dataset.x_name, dataset.y_name),
        "dates": dataset.x_is_date,
    }


def _distinct(datasets: Sequence[Dataset]) -> list[Dataset]:
    """Of datasets that are drawn alike, the first."""
    found: list[Dataset] = []
    for dataset in datasets:
        if not any(_are_drawn_alike(dataset, other) for other in found):
            found.append(dataset)
    return found


def _are_drawn_alike(one: Dataset, other: Dataset) -> bool:
    """Whether two datasets have the same points, domain, units, names and noise."""
    for name in ("domain", "scaling", "x_name", "y_name", "noise"):
        if getattr(one, name) != getattr(other, name):
            return False
    for own_column, other_column in zip(one.columns, other.columns, strict=True):
        if not np.array_equal(own_column, other_column):
            return False
    return True
