"""The panel of the sharpness over the steps, with the edge of stability that it is held against."""

from __future__ import annotations

import numpy as np

from relusgd.pictures.kit.sheet import Box, LineLook, Sheet
from relusgd.pictures.kit.ticks import Ticks
from relusgd.pictures.panels.error_panel import ErrorPanel
from relusgd.pictures.panels.legend import Entry
from relusgd.pictures.scenes.scales import step_axis
from relusgd.pictures.scenes.sharpness_course import SharpnessCourse
from relusgd.pictures.scenes.view import View


def sharpness_panel(
    sheet: Sheet, box: Box, view: View, course: SharpnessCourse, x_ticks: Ticks, y_ticks: Ticks
) -> ErrorPanel:
    """The panel; between the measured snapshots the sharpness is joined by straight lines."""
    axis, steps = course.axis, np.asarray(view.history.step)
    panel = ErrorPanel(sheet, box, step_axis(view), axis, steps, x_ticks, y_ticks)
    _draw_edge(panel, course)
    is_known = np.isfinite(course.sharpness) & (course.sharpness > 0)
    if is_known.any():
        places = panel.time.place(course.step[is_known])
        heights = axis.place(course.sharpness[is_known])
        panel.add_course(np.interp(panel.moments, places, heights), sharpness_look(sheet)["color"])
    return panel


def _draw_edge(panel: ErrorPanel, course: SharpnessCourse) -> None:
    if course.has_edge:
        places = panel.time.place(course.step)
        look = edge_look(panel.sheet)
        panel.axes.plot(places, panel.error.place(course.edge), **look, zorder=2.0)


def sharpness_entries(sheet: Sheet, course: SharpnessCourse) -> list[Entry]:
    """The legend of the panel."""
    entries = [Entry(sharpness_look(sheet), course.name, "sharpness")]
    if course.has_edge:
        entries.append(Entry(edge_look(sheet), "edge of stability", "edge"))
    return entries


def sharpness_look(sheet: Sheet) -> LineLook:
    """How the sharpness is drawn."""
    return {"color": sheet.colours.sharpness, "linewidth": sheet.points(2.2)}


def edge_look(sheet: Sheet) -> LineLook:
    """How the edge is drawn."""
    return {
        "color": sheet.colours.sharpness,
        "linewidth": sheet.points(1.2),
        "linestyle": (0, (5, 3)),
    }
