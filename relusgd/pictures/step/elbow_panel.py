"""The panel of a step's picture that shows where the elbows go."""

from __future__ import annotations

from typing import Any

import numpy as np

from relusgd.pictures.kit.fonts import DPI
from relusgd.pictures.kit.plain_matplotlib import Axes
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.panels.marks import pale
from relusgd.pictures.step.elbow_arrows import Arrows
from relusgd.pictures.step.step_scene import StepScene

MOST_DOTS = 400
"""Of more elbows that have no arrow, none is drawn."""

LANE = 9.0
"""The distance of two lanes of elbows, in pixels of a picture 1000 wide."""

HEAD = 20.0
"""The length of an arrow's head, in pixels of a picture 1000 wide."""

SHORTEST_ARROW = 3.0
"""Shorter arrows are not drawn, in pixels of a picture 1000 wide."""

STILL = 0.15
"""The height of the elbows that do not move."""


class ElbowPanel:
    """A dot at every elbow, and an arrow to where it goes; arrows that would touch have lanes."""

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        axes: Axes,
        scene: StepScene,
        arrows: Arrows,
        looks: dict[str, dict[str, Any]],
    ) -> None:
        self.sheet = sheet
        self.box = box
        self.axes = axes
        self.scene = scene
        self.domain = scene.view.low, scene.view.high
        self.arrows = arrows
        self.looks = looks

    def draw(self) -> None:
        """A dot at every elbow, and an arrow to where it goes."""
        axes, arrows, sheet = self.axes, self.arrows, self.sheet
        heights = self._lanes()
        rest = arrows.rest if len(arrows.rest) <= MOST_DOTS else arrows.rest[:0]
        still: dict[str, Any] = {**self.looks["data"], "markersize": sheet.points(4.5)}
        axes.plot(rest, np.full(len(rest), STILL), **still, zorder=2.0)
        for start, stop, height, number in zip(
            arrows.start, arrows.stop, heights, arrows.number.tolist(), strict=True
        ):
            self._draw_arrow(float(start), float(stop), height, number)
        if arrows.outside:
            self._count_outside()

    def _count_outside(self) -> None:
        """How many elbows are out of sight, in the upper right corner."""
        sheet = self.sheet
        words = f"{self.arrows.outside:,} outside"
        pixels = 0.85 * sheet.scale.text
        right, top = self.box.right, self.box.top
        ground = {"facecolor": sheet.colours.paper, "edgecolor": "none", "pad": 1.0}
        sheet.text(
            right - 0.4 * pixels,
            top - 0.4 * pixels,
            words,
            pixels=pixels,
            colour=sheet.colours.faint,
            ha="right",
            va="top",
            bbox=ground,
        )

    def _lanes(self) -> list[float]:
        """The height of every arrow, between 0 and 1: neighbours that would touch are apart."""
        sheet, arrows = self.sheet, self.arrows
        count = max(1, int(0.8 * self.box.height / (LANE * sheet.scale.thick)))
        low, high = self.domain
        a_pixel = (high - low) / self.box.width
        room = LANE * sheet.scale.thick * a_pixel
        left = np.minimum(arrows.start, arrows.stop) - room
        right = np.maximum(arrows.start, arrows.stop) + room
        ends = [-np.inf] * count
        lanes = np.zeros(len(left), dtype=np.int64)
        for i in np.argsort(left):
            free = [lane for lane in range(count) if ends[lane] <= left[i]]
            lane = free[0] if free else int(np.argmin(ends))
            lanes[i], ends[lane] = lane, float(right[i])
        used = int(lanes.max(initial=0)) + 1
        lowest = 0.3 if len(arrows.rest) else 0.15
        spacing = (0.9 - lowest) / used
        return [float(lowest + (lane + 0.5) * spacing) for lane in lanes]

    def _draw_arrow(self, start: float, stop: float, height: float, number: int) -> None:
        """One elbow before the step, and an arrow to where it goes; pale beside a chosen one."""
        axes, sheet, unit = self.axes, self.sheet, self.scene.unit
        name = self.scene.colour_name(number)
        is_strong = unit is None or unit.number == number
        colour = self.looks[name]["color"]
        ink = {"color": colour} if is_strong else pale(sheet, colour)
        size = 7.0 if is_strong else 4.5
        axes.plot(
            [start],
            [height],
            marker="o",
            linestyle="",
            markersize=sheet.points(size),
            markeredgewidth=0,
            zorder=2.5,
            **ink,
        )
        low, high = axes.get_xlim()
        stop = min(max(stop, low), high)
        pixels = abs(stop - start) / (high - low) * self.box.width
        head = min(HEAD * sheet.scale.thick, pixels)
        if pixels < SHORTEST_ARROW * sheet.scale.thick:
            return
        axes.annotate(
            "",
            (stop, height),
            (start, height),
            arrowprops={
                "arrowstyle": f"-|>,head_length={0.36 * head:.2f},head_width={0.2 * head:.2f}",
                "mutation_scale": 72 / DPI,
                "linewidth": sheet.points(2.0 if is_strong else 1.2),
                "shrinkA": 0,
                "shrinkB": 0,
                "joinstyle": "miter",
                **ink,
            },
            annotation_clip=False,
            zorder=2.6,
        )
