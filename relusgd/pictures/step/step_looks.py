"""How the lines and points of a step's picture are drawn."""

from __future__ import annotations

from relusgd.pictures.kit.sheet import LineLook, Sheet
from relusgd.pictures.panels.marks import looks_of
from relusgd.pictures.scenes.view import View


def step_looks(sheet: Sheet, view: View) -> dict[str, LineLook]:
    """How lines and points are drawn: as in every picture, and those that only a step has."""
    colours, points = sheet.colours, sheet.points
    looks = looks_of(sheet, view)
    dot: LineLook = {"linestyle": "", "marker": "o", "markersize": points(8.0)}
    looks["after"] = {"color": colours.learned, "linewidth": points(3.4)}
    looks["before"] = {"color": colours.faint, "linewidth": points(1.6)}
    looks["pulling"] = {
        "color": colours.train,
        "linewidth": points(1.1),
        "marker": "o",
        "markersize": points(8.0),
        "markeredgecolor": colours.paper,
        "markeredgewidth": points(0.8),
    }
    looks["silent"] = {
        **dot,
        "markersize": points(6.5),
        "markerfacecolor": "none",
        "markeredgecolor": colours.train,
        "markeredgewidth": points(1.2),
    }
    for name in ("positive", "negative", "neutral"):
        looks[f"elbow {name}"] = {**dot, "color": looks[name]["color"], "markeredgewidth": 0}
    return looks
