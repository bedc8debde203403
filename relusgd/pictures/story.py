"""A run's story in one still: the start, a few key moments and the end, and under them the paths of the elbows over time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from numpy.typing import NDArray

from relusgd.model.breakpoints import breakpoints
from relusgd.model.network import Array
from relusgd.pictures.axis import Ticks, TimeAxis, even_ticks, fitting_ticks
from relusgd.pictures.composition import label_height, write_title, write_upright
from relusgd.pictures.curve_panel import CurvePanel, Manner
from relusgd.pictures.grid import Cell, lay_cells, write_head
from relusgd.pictures.header import Field
from relusgd.pictures.layout import Box
from relusgd.pictures.legend import curve_legend, draw_legend, legend_lines
from relusgd.pictures.look import Look
from relusgd.pictures.marks import x_limits
from relusgd.pictures.painter import write_figure
from relusgd.pictures.panels import relative, sign_colours, with_alpha
from relusgd.pictures.scales import Scales, errors_of
from relusgd.pictures.sheet import STYLE, Sheet
from relusgd.pictures.spacing import choose_frames, distinct, nearest, wanted_epochs
from relusgd.pictures.view import View, bending, strongest
from relusgd.pictures.wording import error_text, shortened, text_width

MOMENTS = 6
MOST_PATHS = 100
"""Of more units the elbows of those that bend the function most, over the whole run, are followed."""

SAMPLES = 300
"""Moments through which a path is drawn; of very wide layers fewer."""


def save_story(view: View, path: Path, look: Look | None = None) -> None:
    """Write the story of a run as .png, .svg or .pdf. Raises as `save_still` does."""
    with matplotlib.rc_context(STYLE):
        sheet = Sheet(look or Look())
        Story(sheet, view).draw()
    write_figure(sheet, path)


class Story:
    """The picture while it is put together. rows: the snapshots that are shown."""

    def __init__(self, sheet: Sheet, view: View) -> None:
        self.sheet, self.view = sheet, view
        self.fine = sheet.finer(0.7, 0.93)
        self.rows = choose_frames(view, MOMENTS, "motion")
        self.scales = Scales.of([view])
        self.time = TimeAxis(float(view.epoch[0]), float(view.epoch[-1]))
        self.text, self.line = sheet.scale.text, sheet.scale.line
        self.entries = curve_legend(self.fine, [view])

    def draw(self) -> None:
        self._place()
        for row, cell in zip(self.rows, self.grid, strict=True):
            self._draw_moment(int(row), cell)
        self._draw_paths()
        self._write_words()

    def _place(self) -> None:
        """Boxes and ticks, which depend on each other: the height gives the ticks, their labels the room at the left."""
        left = 5.0 * self.text
        for _ in range(2):
            self._stack(round(left), round(self.sheet.width - left - 1.3 * self.text))
            self._set_ticks()
            left = self._label_room() + 2.7 * self.text

    def _stack(self, left: int, inner: int) -> None:
        """Title and legend from the top, the paths at the bottom, the moments between."""
        height, line = self.sheet.height, self.line
        top = height - round(0.4 * line)
        self.title = (
            Box(left, top - round(1.3 * line), inner, round(1.3 * line))
            if self.sheet.look.title
            else None
        )
        top = self.title.bottom if self.title else top
        legend = legend_lines(self.sheet, self.entries, inner) * line
        self.legend = Box(left, top - legend, inner, legend)
        self.paths = Box(left, round(2.55 * line), inner, round(0.34 * height))
        self.area = Box(
            left,
            self.paths.top + round(2.6 * line),
            inner,
            self.legend.bottom - self.paths.top - round(2.8 * line),
        )

    def _set_ticks(self) -> None:
        fine = self.fine.scale.text
        self.x_ticks = fitting_ticks(*self.scales.x, self.area.width / 3 - 3 * self.text, fine)
        widest = max(text_width(label, fine) for label in self.x_ticks.labels)
        self.grid = lay_cells(
            self.fine, self.area, len(self.rows), max(1.2 * self.text, widest + 0.3 * self.text)
        )
        self.y_ticks = even_ticks(
            *self.scales.y, max(2, min(5, int(self.grid[0].curve.height / (2.0 * self.line))))
        )

    def _label_room(self) -> float:
        labels = [*self.y_ticks.labels, *(f"{self.view.epoch[row]:,}" for row in self.rows)]
        return max(text_width(label, 0.93 * self.text) for label in labels)

    def _draw_moment(self, row: int, cell: Cell) -> None:
        view = self.view
        manner = Manner(cell.manner.x_labels, cell.manner.y_labels)
        panel = CurvePanel(
            self.fine, cell.curve, view, self.scales, (self.x_ticks, self.y_ticks), manner
        )
        panel.show(row)
        name = "test" if "test" in errors_of(view) else "train"
        error = error_text(float(errors_of(view)[name][row]))
        numbers = [
            [Field(f"{name} MSE", lambda _: error, error, self.fine.scale.text)],
            [Field(name, lambda _: error, error, self.fine.scale.text)],
        ]
        head = write_head(
            self.fine,
            cell.head,
            None,
            [f"epoch {view.epoch[row]:,}"],
            numbers,
            cells=False,
            lines=1,
        )
        head.show(row)

    def _draw_paths(self) -> None:
        """Epochs upwards; at the moments of the panels above a thin line and their epoch."""
        axes = self.sheet.axes(self.paths)
        axes.set(xlim=x_limits(self.scales.x), ylim=self.time.limits(0.03))
        ticks = fitting_ticks(*self.scales.x, self.paths.width, self.text)
        self.sheet.set_ticks(axes, "x", ticks)
        self.sheet.set_ticks(axes, "y", self._labelled_epochs())
        for row in self.rows:
            axes.axhline(
                float(self.time.place(self.view.epoch[row])),
                color=self.sheet.colours.faint,
                linewidth=self.sheet.points(0.9),
                zorder=1.6,
            )
        if self.view.deep:
            draw_breakpoints(self.sheet, axes, self.view, self.time)
        else:
            draw_elbows(self.sheet, axes, self.view, self.time, self.scales)

    def _labelled_epochs(self) -> Ticks:
        """The epochs of the panels, from the last one down, where their labels stay apart."""
        low, high = self.time.limits(0.03)
        chosen: list[tuple[float, str]] = []
        for row in [self.rows[-1], self.rows[0], *self.rows[-2:0:-1]]:
            place = float(self.time.place(self.view.epoch[row]))
            apart = [abs(place - other) / (high - low) * self.paths.height for other, _ in chosen]
            if not apart or min(apart) > 1.1 * self.text:
                chosen.append((place, f"{self.view.epoch[row]:,}"))
        return Ticks(tuple(place for place, _ in chosen), tuple(label for _, label in chosen))

    def _write_words(self) -> None:
        sheet, view, text = self.sheet, self.view, self.text
        write_title(sheet, self.title)
        draw_legend(sheet, self.legend, self.entries)
        middle = self.paths.left + self.paths.width / 2
        x_name = shortened(view.dataset.x_name, text, self.paths.width)
        sheet.text(
            middle,
            label_height(sheet, self.paths),
            x_name,
            pixels=text,
            ha="center",
            va="center_baseline",
        )
        sheet.text(
            self.paths.left,
            self.paths.top + 0.4 * text,
            paths_name(view),
            pixels=0.93 * text,
            colour=sheet.colours.faint,
        )
        write_upright(sheet, self.paths, "epoch", text)
        bottom = min(cell.curve.bottom for cell in self.grid)
        area = Box(self.area.left, bottom, self.area.width, self.area.top - bottom)
        write_upright(sheet, area, shortened(view.dataset.y_name, text, area.height), text)


def paths_name(view: View) -> str:
    if view.deep:
        return "breakpoints over time, by layer"
    which = f"{MOST_PATHS} strongest elbows" if view.history.hidden[0] > MOST_PATHS else "elbows"
    return f"{which} over time"


def sampled_rows(view: View) -> NDArray[np.int64]:
    """Snapshots, evenly spaced along the axis of time."""
    most = SAMPLES if max(view.history.hidden) <= 5000 else 40
    if len(view) <= most:
        return np.arange(len(view))
    epoch = view.epoch.astype(np.float64)
    return distinct(nearest(epoch, wanted_epochs(epoch[0], epoch[-1], most, "log")), len(epoch))


def draw_elbows(sheet: Sheet, axes: Axes, view: View, time: TimeAxis, scales: Scales) -> None:
    """Each unit's elbow over time, coloured by the sign of its output weight, strong where it bends the function much."""
    rows = sampled_rows(view)
    strength = np.stack([bending(view.history.network(row)) for row in rows])
    units = strongest(np.nan_to_num(strength.mean(axis=0)), MOST_PATHS)
    strength = strength[:, units]
    x = view.dataset.scaling.x_to_original(
        np.stack([view.history.elbow[row][units] for row in rows])
    )
    v = np.stack([view.history.network(row).output_weight[units] for row in rows])
    slope = np.stack([view.history.slope[row][units] for row in rows])
    y = np.broadcast_to(time.place(view.epoch[rows])[:, None], x.shape)
    segments = np.stack(
        [np.stack([x[:-1], y[:-1]], axis=-1), np.stack([x[1:], y[1:]], axis=-1)], axis=2
    )
    # an elbow whose slope changes sign has gone through infinity, not through the picture
    whole = (
        np.isfinite(segments).all(axis=(2, 3))
        & (slope[:-1] * slope[1:] > 0)
        & _near(segments[..., 0], scales.x)
    )
    amount = relative(strength[1:], _full(strength, scales, view))[whole]
    order = np.argsort(amount, kind="stable")
    colours = with_alpha(sign_colours(sheet, v[1:][whole][order]), 0.25 + 0.7 * amount[order])
    widths = sheet.points(1.0) * (0.7 + 2.6 * amount[order])
    axes.add_collection(
        LineCollection(
            list(segments[whole][order]), colors=colours, linewidths=widths, capstyle="round"
        ),
        autolim=False,
    )


def _full(strength: Array, scales: Scales, view: View) -> float:
    return float(np.nanquantile(strength, 0.95)) or 1.0 if view.wide else scales.unit


def _near(x: Array, domain: tuple[float, float]) -> NDArray[np.bool_]:
    """Segments, shape (…, 2), that are not wholly beyond one end of the domain."""
    low, high = domain
    return np.asarray((x.max(axis=-1) >= low) & (x.min(axis=-1) <= high))


def draw_breakpoints(sheet: Sheet, axes: Axes, view: View, time: TimeAxis) -> None:
    """The breakpoints of a deep network over time, coloured by the layer whose unit switches there."""
    rows, most = sampled_rows(view), len(sheet.colours.layers)
    found = [breakpoints(view.history.network(row)) for row in rows]
    x = view.dataset.scaling.x_to_original(np.concatenate([points.x for points in found]))
    y = np.concatenate(
        [
            np.full(len(points), time.place(view.epoch[row]))
            for points, row in zip(found, rows, strict=True)
        ]
    )
    layer = np.minimum(np.concatenate([points.layer for points in found]), most)
    for number, colour in enumerate(sheet.colours.layers, 1):
        chosen = (layer == number) & (x >= view.low) & (x <= view.high)
        dot: dict[str, Any] = {
            "marker": "o",
            "markersize": sheet.points(2.2),
            "markeredgewidth": 0,
            "linestyle": "",
            "color": colour,
        }
        axes.plot(x[chosen], y[chosen], **dot, alpha=0.8, rasterized=True)
