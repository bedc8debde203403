"""The panel of a step's picture that shows where the elbows go."""

from __future__ import annotations

import numpy as np

from relusgd.pictures.kit.fonts import DPI
from relusgd.pictures.kit.plain_matplotlib import Axes
from relusgd.pictures.kit.sheet import Box, LineLook, Sheet
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

HIGHEST_LANE = 0.9
"""The upper end of the lanes; the panel is 1 high."""


class ElbowPanel:
    """A dot at every elbow, and an arrow to where it goes; arrows that would touch have lanes."""

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        axes: Axes,
        scene: StepScene,
        arrows: Arrows,
        looks: dict[str, LineLook],
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
        arrows = self.arrows
        self._draw_still()
        heights = self._lanes()
        ends = zip(arrows.start.tolist(), arrows.stop.tolist(), strict=True)
        for (start, stop), height, number in zip(
            ends, heights, arrows.number.tolist(), strict=True
        ):
            self._draw_arrow(start, stop, height, number)
        if arrows.outside:
            self._count_outside()

    def _draw_still(self) -> None:
        """A dot for each elbow without an arrow, unless there are very many."""
        rest = self.arrows.rest
        x = rest if len(rest) <= MOST_DOTS else rest[:0]
        look = {**self.looks["data"], "markersize": self.sheet.points(4.5)}
        self.axes.plot(x, np.full(len(x), STILL), **look, zorder=2.0)

    def _count_outside(self) -> None:
        """How many elbows are out of sight, in the upper right corner."""
        sheet = self.sheet
        pixels = 0.85 * sheet.scale.text
        sheet.text(
            self.box.right - 0.4 * pixels,
            self.box.top - 0.4 * pixels,
            f"{self.arrows.outside:,} outside",
            pixels=pixels,
            colour=sheet.colours.faint,
            ha="right",
            va="top",
            bbox={"facecolor": sheet.colours.paper, "edgecolor": "none", "pad": 1.0},
        )

    def _lanes(self) -> list[float]:
        """The height of every arrow, between 0 and 1: neighbours that would touch are apart.

        From the left each takes the first lane that is free, or the one that is free soonest.
        """
        arrows = self.arrows
        lane_pixels = LANE * self.sheet.scale.thick
        count = max(1, int(0.8 * self.box.height / lane_pixels))
        low, high = self.domain
        beside = lane_pixels * ((high - low) / self.box.width)
        left = np.minimum(arrows.start, arrows.stop) - beside
        right = np.maximum(arrows.start, arrows.stop) + beside
        taken_until = [-np.inf] * count
        lanes = np.zeros(len(left), dtype=np.int64)
        for arrow in np.argsort(left):
            free = [lane for lane in range(count) if taken_until[lane] <= left[arrow]]
            lane = free[0] if free else int(np.argmin(taken_until))
            lanes[arrow] = lane
            taken_until[lane] = float(right[arrow])
        used = int(lanes.max(initial=0)) + 1
        lowest = 2 * STILL if len(arrows.rest) else STILL
        spacing = (HIGHEST_LANE - lowest) / used
        return [float(lowest + (lane + 0.5) * spacing) for lane in lanes]

    def _draw_arrow(self, start: float, stop: float, height: float, number: int) -> None:
        """One elbow before the step, and an arrow to where it goes; pale beside a chosen one."""
        axes, sheet, unit = self.axes, self.sheet, self.scene.unit
        is_strong = unit is None or unit.number == number
        colour = self.looks[self.scene.colour_name(number)]["color"]
        ink = {"color": colour} if is_strong else pale(sheet, colour)
        axes.plot(
            [start],
            [height],
            marker="o",
            linestyle="",
            markersize=sheet.points(7.0 if is_strong else 4.5),
            markeredgewidth=0,
            zorder=2.5,
            **ink,
        )
        low, high = axes.get_xlim()
        end = min(max(stop, low), high)
        pixels = abs(end - start) / (high - low) * self.box.width
        if pixels < SHORTEST_ARROW * sheet.scale.thick:
            return
        head = min(HEAD * sheet.scale.thick, pixels)
        axes.annotate(
            "",
            (end, height),
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
