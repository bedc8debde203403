"""A run's story in one still: the start, a few key moments and the end, and under them the paths of
the elbows over time."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from relusgd.model.breakpoints import breakpoints
from relusgd.model.network import Array, Booleans, Range
from relusgd.pictures.kit.axis import TimeAxis
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.number_text import error_text
from relusgd.pictures.kit.plain_matplotlib import Axes, LineCollection
from relusgd.pictures.kit.sheet import MOVING, Box, Sheet
from relusgd.pictures.kit.stack import (
    Cell,
    GridShape,
    Stack,
    axes_area,
    lay_cells,
    settle,
    widest,
)
from relusgd.pictures.kit.stills import draw_sheet, write_figure
from relusgd.pictures.kit.ticks import Ticks, even_ticks
from relusgd.pictures.moments.key_moments import key_moments, sampled_snapshots
from relusgd.pictures.panels.curve_panel import CurvePanel
from relusgd.pictures.panels.header import Field
from relusgd.pictures.panels.legend import curve_legend, draw_legend, legend_lines
from relusgd.pictures.panels.marks import pale, relative, sign_colours, x_limits
from relusgd.pictures.panels.panel_head import PanelHead
from relusgd.pictures.scenes.scales import Scales, errors_of, position_ticks
from relusgd.pictures.scenes.snapshot_view import bending, strongest
from relusgd.pictures.scenes.view import View

MOMENTS = 6
"""Snapshots that have a panel."""

MOST_PATHS = 100
"""Of more units, the elbows of those that bend the function most over the whole run are
followed."""

SAMPLES, WIDE_SAMPLES = 300, 40
"""Snapshots through which a path is drawn; fewer for very wide layers."""

PATHS = 0.34
"""The height of the paths, as a share of the picture's."""

LABEL = 1.4
"""The least distance of two moments on the axis of time, in heights of a letter."""

TIME_MARGIN = 0.03
"""Free paper at either end of the axis of time, as a share of its length."""

THINNEST, THICKER = 0.7, 2.6
"""The width of the weakest path, and by how much the strongest is wider, in pixels."""


def save_story(view: View, path: Path, look: Look | None = None) -> None:
    """Write the story of a run as .png, .svg or .pdf. Raises as `write_figure` does."""
    write_figure(draw_story(view, look), path)


def draw_story(view: View, look: Look | None = None) -> Sheet:
    """The story of a run as a figure."""
    return draw_sheet(lambda sheet: StoryBuilder(sheet, view).draw(), look)


class StoryBuilder:
    """The picture while it is put together. rows: the snapshots that have a panel."""

    def __init__(self, sheet: Sheet, view: View) -> None:
        self.sheet = sheet
        self.view = view
        self.fine = sheet.finer(0.7)
        self.rows = key_moments(view, MOMENTS, self._label_share())
        self.scales = Scales.of([view])
        self.time = TimeAxis(float(view.clock[0]), float(view.clock[-1]))
        self.entries = curve_legend(self.fine, [view])
        settle(sheet, self._lay_out)

    @property
    def _paths_height(self) -> int:
        return round(PATHS * self.sheet.height)

    def _label_share(self) -> float:
        """The part of the axis of time that a label takes."""
        axis = self._paths_height / (1 + 2 * TIME_MARGIN)
        return LABEL * self.sheet.scale.text / axis

    def _lay_out(self, stack: Stack) -> list[str]:
        """Title and legend from the top, the paths from the bottom, and the moments in the rest."""
        sheet = self.sheet
        line = sheet.scale.line
        stack.skip_top(0.4)
        self.title = stack.take_title(1.3)
        lines = legend_lines(sheet, self.entries, stack.width)
        self.legend = stack.take_top(lines * line)
        stack.skip_top(0.21)
        stack.skip_bottom(2.55)
        self.paths = stack.take_bottom(self._paths_height)
        stack.skip_bottom(2.6)
        self.area = stack.rest()
        self._place_moments()
        labels_with_room = int(self.cells[0].axes.height / (2.0 * line))
        most = max(2, min(5, labels_with_room))
        self.y_ticks = even_ticks(*self.scales.y, most)
        epochs = [self._moment(row) for row in self.rows]
        return [*self.y_ticks.labels, *epochs]

    def _place_moments(self) -> None:
        """The places of the panels, and the ticks of x under them."""
        count = len(self.rows)
        area = self.area
        text = self.sheet.scale.text
        letters = self.fine.scale.text
        room = area.width / 3 - 3 * text
        self.x_ticks = position_ticks([self.view], self.scales.x, room, letters)
        two_halves = widest(self.x_ticks.labels, letters) + 0.3 * text
        self.cells = lay_cells(
            area,
            count,
            GridShape.best(count, area),
            head=self.fine.lines(1.15),
            gap=max(1.2 * text, two_halves),
            row_gap=0.35 * self.fine.scale.line,
        )

    def _moment(self, row: int) -> str:
        """When the snapshot was taken, in epochs: a whole number at the end of one."""
        clock = float(self.view.clock[row])
        return f"{clock:,.0f}" if clock.is_integer() else f"{clock:,.3g}"

    def _moment_words(self, row: int) -> str:
        """The same in words; within an epoch the step."""
        if float(self.view.clock[row]).is_integer():
            return f"epoch {self._moment(row)}"
        return f"step {self.view.history.step[row]:,}"

    def draw(self) -> None:
        """Draw everything."""
        moments = zip(self.rows, self.cells, strict=True)
        for number, (row, cell) in enumerate(moments, start=1):
            self._draw_moment(number, row, cell)
        self._draw_paths()
        self._write_title_and_names()

    def _draw_moment(self, number: int, row: int, cell: Cell) -> None:
        """The panel of a snapshot; over it its number in a circle, when it was, and its error."""
        curve = CurvePanel(
            self.fine,
            cell.axes,
            self.view,
            self.scales,
            cell.x_ticks(self.x_ticks),
            cell.y_ticks(self.y_ticks),
        )
        curve.show(row)
        head = cell.head
        letters = self.fine.scale.text
        across = head.left + 0.65 * letters
        height = head.bottom + 0.47 * head.height
        self._write_number(number, across, height, 0.9 * letters)
        taken = round(1.7 * letters)
        beside = Box(head.left + taken, head.bottom, head.width - taken, head.height)
        words = PanelHead(self.fine, beside, 1, None)
        header = words.draw(self._moment_words(row), self._error_options(row))
        header.show(row)

    def _error_options(self, row: int) -> list[list[Field]]:
        """The compared error of a snapshot in ever fewer words, and last none."""
        letters = self.fine.scale.text
        errors = errors_of(self.view)
        name = "test" if "test" in errors else "train"
        error = error_text(float(errors[name][row]))
        return [
            [Field.fixed(f"{name} MSE", error, letters)],
            [Field.fixed(name, error, letters)],
            [Field.fixed("", "", letters)],
        ]

    def _write_number(self, number: int, x: float, y: float, letters: float) -> None:
        """The number of a moment in a circle around pixel (x, y)."""
        colours = self.sheet.colours
        circle = {
            "boxstyle": "circle,pad=0.22",
            "facecolor": colours.paper,
            "edgecolor": colours.ink,
            "linewidth": self.sheet.points(1.1),
        }
        self.sheet.text(
            x,
            y,
            f"{number}",
            pixels=letters,
            bold=True,
            ha="center",
            va="center_baseline",
            bbox=circle,
            zorder=MOVING + 1,
        )

    def _draw_paths(self) -> None:
        """Epochs downwards; at the moments of the panels above a thin line, their number and their
        epoch."""
        sheet = self.sheet
        view = self.view
        axes = sheet.axes(self.paths)
        first, last = self.time.limits(TIME_MARGIN)
        axes.set(xlim=x_limits(self.scales.x), ylim=(last, first))
        x_ticks = position_ticks([view], self.scales.x, self.paths.width, sheet.scale.text)
        sheet.set_ticks(axes, "x", x_ticks)
        sheet.set_ticks(axes, "y", self._epoch_ticks())
        for row in self.rows:
            axes.axhline(
                self._place_of(row),
                color=sheet.colours.faint,
                linewidth=sheet.points(0.9),
                zorder=1.6,
            )
        if view.deep:
            draw_breakpoints(sheet, axes, view, self.time)
        else:
            draw_elbows(sheet, axes, view, self.time, self.scales)
        self._number_lines()

    def _number_lines(self) -> None:
        """The numbers of the moments at the right ends of their lines."""
        paths = self.paths
        letters = 0.8 * self.sheet.scale.text
        first, last = self.time.limits(TIME_MARGIN)
        for number, row in enumerate(self.rows, start=1):
            share_down = (self._place_of(row) - first) / (last - first)
            height = paths.top - share_down * paths.height
            self._write_number(number, paths.right, height, letters)

    def _place_of(self, row: int) -> float:
        """The place of a snapshot on the axis of time."""
        return float(self.time.place(self.view.clock[row]))

    def _epoch_ticks(self) -> Ticks:
        """The epochs of the panels, where their labels stay apart: first those of both ends."""
        low, high = self.time.limits(TIME_MARGIN)
        pixels = self.paths.height / (high - low)
        least = 1.1 * self.sheet.scale.text
        first, *later = self.rows
        *inner, last = later or self.rows
        by_rank = [last, first, *reversed(inner)]
        labels: dict[float, str] = {}
        for row in by_rank:
            place = self._place_of(row)
            distances = [abs(place - other) for other in labels]
            is_apart = all(distance * pixels > least for distance in distances)
            if is_apart:
                labels[place] = self._moment(row)
        return Ticks(tuple(labels), tuple(labels.values()))

    def _write_title_and_names(self) -> None:
        """The user's title, the legend, and the names of the axes and of the paths."""
        sheet = self.sheet
        dataset = self.view.dataset
        paths = self.paths
        text = sheet.scale.text
        sheet.write_title(self.title)
        draw_legend(sheet, self.legend, self.entries)
        sheet.name_x(paths, dataset.x_name, room=paths.width)
        sheet.text(
            paths.left,
            paths.top + 0.4 * text,
            paths_name(self.view),
            pixels=0.93 * text,
            colour=sheet.colours.faint,
        )
        sheet.name_y(paths, "epoch")
        area = axes_area(self.cells, self.area)
        sheet.name_y(area, dataset.y_name, room=area.height)


def paths_name(view: View) -> str:
    """The title of the paths."""
    if view.deep:
        return "breakpoints over time, by layer"
    if view.history.hidden[0] > MOST_PATHS:
        return f"{MOST_PATHS} strongest elbows over time"
    return "elbows over time"


def draw_elbows(sheet: Sheet, axes: Axes, view: View, time: TimeAxis, scales: Scales) -> None:
    """Draw each unit's elbow over time.

    Its colour is the sign of the output weight; it is stronger where the unit bends the function
    more.
    """
    history = view.history
    rows = sampled_snapshots(view, SAMPLES, WIDE_SAMPLES)
    networks = [history.network(row) for row in rows]
    every_strength = np.stack([bending(network) for network in networks])
    mean_strength = np.nan_to_num(every_strength.mean(axis=0))
    units = strongest(mean_strength, MOST_PATHS)
    strength = every_strength[:, units]
    elbow = np.stack([history.elbow[row][units] for row in rows])
    slope = np.stack([history.slope[row][units] for row in rows])
    weight = np.stack([network.output_weight[units] for network in networks])
    x = view.dataset.scaling.x_to_original(elbow)
    place = time.place(view.clock[rows])
    y = np.broadcast_to(place[:, None], x.shape)
    segments = segments_between(x, y)
    x_of_segments = segments[..., 0]
    # When the slope of a unit changes sign, its elbow passes infinity and not the picture.
    keeps_sign = slope[:-1] * slope[1:] > 0
    is_finite = np.isfinite(segments).all(axis=(2, 3))
    is_drawn = is_finite & keeps_sign & reaches_into(x_of_segments, scales.x)
    # A piece looks like the snapshot at its end.
    full = full_strength(strength, scales, view)
    amount = relative(strength[1:], full)[is_drawn]
    sign = np.sign(weight[1:][is_drawn])
    weak_first = np.argsort(amount, kind="stable")
    amount = amount[weak_first]
    widths = THINNEST + THICKER * amount
    paths = LineCollection(
        list(segments[is_drawn][weak_first]),
        colors=sign_colours(sheet, sign[weak_first], amount),
        linewidths=sheet.points(1.0) * widths,
        capstyle="round",
    )
    axes.add_collection(paths, autolim=False)


def full_strength(strength: Array, scales: Scales, view: View) -> float:
    """The strength that is drawn at full opacity and width.

    For units it is that of the panels, for a wide layer that of its strongest few paths.
    """
    if not view.wide:
        return scales.unit
    return float(np.nanquantile(strength, 0.95)) or 1.0


def segments_between(x: Array, y: Array) -> Array:
    """Straight pieces from each row of points to the next: from shape (n, units) to (n − 1, units,
    2 ends, 2 coordinates)."""
    points = np.stack([x, y], axis=-1)
    starts = points[:-1]
    ends = points[1:]
    return np.stack([starts, ends], axis=2)


def reaches_into(x: Array, domain: Range) -> Booleans:
    """Whether segments, shape (…, 2), have a part in the domain."""
    low, high = domain
    left = x.min(axis=-1)
    right = x.max(axis=-1)
    return np.asarray((right >= low) & (left <= high))


def draw_breakpoints(sheet: Sheet, axes: Axes, view: View, time: TimeAxis) -> None:
    """The breakpoints of a deep network over time, coloured by the layer whose unit switches
    there."""
    rows = sampled_snapshots(view, SAMPLES, WIDE_SAMPLES)
    found = [breakpoints(view.history.network(row)) for row in rows]
    x_in_network = np.concatenate([points.x for points in found])
    x = view.dataset.scaling.x_to_original(x_in_network)
    layer = np.concatenate([points.layer for points in found])
    counts = [len(points) for points in found]
    place = time.place(view.clock[rows])
    y = np.repeat(place, counts)
    is_inside = (x >= view.low) & (x <= view.high)
    # The last colour stands for all the layers from its own on.
    colours = sheet.colours.layers
    number_of_colour = np.minimum(layer, len(colours))
    for number, colour in enumerate(colours, start=1):
        is_drawn = is_inside & (number_of_colour == number)
        axes.plot(
            x[is_drawn],
            y[is_drawn],
            **pale(sheet, colour),
            marker="o",
            markersize=sheet.points(2.2),
            markeredgewidth=0,
            linestyle="",
            rasterized=True,
        )
