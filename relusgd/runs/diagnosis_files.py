"""The diagnosis of a run over time, as a page of charts or as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from relusgd.diagnostics.quantities import QUANTITIES
from relusgd.errors import InputError
from relusgd.model.network import Array, Integers
from relusgd.pictures.charts.time_charts import (
    TimeChart,
    TimeChartsPage,
    TimeCurve,
    save_time_charts,
)
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.stills import METADATA
from relusgd.runs.diagnosis import chosen_rows, quantities_over_time
from relusgd.runs.export import write_csv
from relusgd.runs.run import Run
from relusgd.words import counted, exact_number, or_list

TABLE_SUFFIX = ".csv"


@dataclass(frozen=True)
class ChartPlan:
    """What a chart shows: quantities by name, with the words of its legend.

    limits: those among them that the one before is held against. is_logarithmic: whether y is.
    """

    title: str
    words: Mapping[str, str]
    limits: tuple[str, ...] = ()
    is_logarithmic: bool = True


ERRORS = {"train": "training", "test": "test"}
CHARTS = (
    ChartPlan(
        "Sharpness and the edge",
        {
            "sharpness": "sharpness",
            "preconditioned_sharpness": "preconditioned",
            "edge": "edge",
        },
        limits=("edge",),
    ),
    ChartPlan(
        "Units",
        {
            "dead_units": "dead",
            "always_on_units": "always on",
            "out_of_domain_units": "outside",
        },
        is_logarithmic=False,
    ),
    ChartPlan(
        "Breakpoints, directions",
        {"breakpoints": "breakpoints", "direction_clusters": "clusters"},
        is_logarithmic=False,
    ),
    ChartPlan(
        "Bends and norms",
        {"half_square_norm": "½Σ(w²+v²)", "path_norm": "path norm", "slope_variation": "TV(f′)"},
        limits=("slope_variation",),
    ),
    ChartPlan(
        "Balance and way",
        {
            "imbalance": "imbalance",
            "balance_drift": "drift",
            "relative_move": "|θ − θ₀|/|θ₀|",
        },
    ),
    ChartPlan(
        "Features",
        {"feature_effective_rank": "effective rank", "feature_rank": "rank"},
        is_logarithmic=False,
    ),
    ChartPlan(
        "Distance of f from",
        {
            "linear_spline_distance": "linear spline",
            "cubic_spline_distance": "cubic spline",
            "line_distance": "line",
        },
    ),
    ChartPlan(
        "Distance from the linearised network", {"linearized_distance": "|f − f_lin|/|f − f₀|"}
    ),
    ChartPlan(
        "Error at frequency",
        {f"frequency_error_{k}": str(k) for k in (1, 2, 3, 5, 8)},
    ),
)


def check_diagnosis_file(path: Path) -> None:
    """Raise InputError if no diagnosis can be written to a path with this suffix."""
    suffixes = [*METADATA, TABLE_SUFFIX]
    if path.suffix.lower() not in suffixes:
        raise InputError(
            f"a diagnosis cannot be written as {path.name!r}",
            f"its name ends in {or_list(suffixes)}",
        )


def write_diagnosis(run: Run, path: Path, look: Look) -> None:
    """Write the page of charts, or with .csv the table.

    Raises InputError for another suffix and RelusgdError when the file cannot be written.
    """
    check_diagnosis_file(path)
    measured = MeasuredOverTime.of(run)
    if path.suffix.lower() == TABLE_SUFFIX:
        write_csv(measured.lines(), path)
    else:
        save_time_charts(measured.page(), path, look)


@dataclass(frozen=True, eq=False)
class MeasuredOverTime:
    """Quantities by name: at every snapshot, and those that take long at chosen rows."""

    run: Run
    everywhere: Mapping[str, Array]
    rows: Integers
    at_rows: Mapping[str, Array]

    @classmethod
    def of(cls, run: Run) -> MeasuredOverTime:
        hidden = run.history.hidden
        long = [name for name, quantity in QUANTITIES.items() if quantity.takes_long(hidden)]
        quick = [name for name in QUANTITIES if name not in long]
        rows = chosen_rows(run)
        at_rows = quantities_over_time(run, long, rows)
        everywhere = quantities_over_time(run, quick)
        for name in run.own_metrics:
            everywhere[name] = np.asarray(run.metrics[name])
        return cls(run, everywhere, rows, at_rows)

    def lines(self) -> Iterator[str]:
        """A line per snapshot; cells of quantities that were not measured there are empty."""
        history = self.run.history
        yield ",".join(["epoch", "step", *self.everywhere, *self.at_rows]) + "\n"
        index_of_row = {row: index for index, row in enumerate(self.rows.tolist())}
        for row in range(len(history)):
            cells = [str(history.epoch[row]), str(history.step[row])]
            for values in self.everywhere.values():
                cells.append(_cell(values[row]))
            index = index_of_row.get(row)
            for values in self.at_rows.values():
                cells.append("" if index is None else _cell(values[index]))
            yield ",".join(cells) + "\n"

    def page(self) -> TimeChartsPage:
        history = self.run.history
        note = f"{counted(len(history), 'snapshot')}"
        if len(self.rows) < len(history):
            note += f", and {len(self.rows)} of them for what takes long"
        planned = [self._chart(plan) for plan in CHARTS]
        charts = [self._error_chart(), *planned, self._own_chart()]
        shown = [chart for chart in charts if chart.curves]
        return TimeChartsPage(self.run.folder.name, note, shown)

    def _chart(self, plan: ChartPlan) -> TimeChart:
        curves = []
        for name, words in plan.words.items():
            x, y = self._points(name)
            curves.append(TimeCurve(words, x, y, is_limit=name in plan.limits))
        return _without_empty(plan.title, curves, is_logarithmic=plan.is_logarithmic)

    def _error_chart(self) -> TimeChart:
        metrics = self.run.original_metrics
        curves = []
        for name, words in ERRORS.items():
            errors = np.asarray(metrics[f"{name}_mse"])
            curves.append(TimeCurve(words, self.run.clock, errors, colour=name))
        return _without_empty("Errors", curves)

    def _own_chart(self) -> TimeChart:
        curves = []
        for name in self.run.own_metrics:
            x, y = self._points(name)
            curves.append(TimeCurve(name, x, y))
        return _without_empty("Metrics of your own", curves, is_logarithmic=False)

    def _points(self, name: str) -> tuple[Array, Array]:
        """Moments in epochs, and the values there."""
        clock = self.run.clock
        if name in self.everywhere:
            return clock, self.everywhere[name]
        nothing = np.full(len(self.rows), np.nan)
        return clock[self.rows], self.at_rows.get(name, nothing)


def _cell(value: float) -> str:
    return "" if np.isnan(value) else exact_number(float(value))


def _without_empty(
    title: str,
    curves: list[TimeCurve],
    *,
    is_logarithmic: bool = True,
) -> TimeChart:
    """The chart of the curves that have a value; on a logarithmic axis, one above 0."""
    shown = []
    for curve in curves:
        is_drawn = np.isfinite(curve.y)
        if is_logarithmic:
            is_drawn &= curve.y > 0
        if is_drawn.any():
            shown.append(curve)
    return TimeChart(title, shown, is_logarithmic)
