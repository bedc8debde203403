"""How every picture is laid out: boxes one above the other, and grids of panels within a box.

A picture asks a Stack for its rows, from the top and from the bottom, and gives what is left to its
main panels. The heights of the panels decide on their ticks, and the labels of the ticks on the
room at the left; `settle` therefore lays out twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from relusgd.model.network import Range
from relusgd.pictures.kit.sheet import TICK_LETTERS, Box, Sheet
from relusgd.pictures.kit.text_fit import widest
from relusgd.pictures.kit.ticks import Ticks, even_ticks

RIGHT_MARGIN = 1.3
"""The free paper at the right, in heights of a letter."""

FIRST_LEFT = 5.0
"""The room at the left, in heights of a letter, with which a layout begins."""

BESIDE_LABELS = 2.7
"""The room at the left beside the labels of y, for the name of the axis, in heights of a letter."""

X_LABELS = 2.2
"""The room under axes for the labels and the name of x, in lines of text."""

BEST_ASPECT = 1.3
"""Width to height of a panel that shows a function well."""

EMPTY_PLACE = 0.5
"""What an empty place in a grid counts, against the logarithm of a panel's shape over the best
one."""


FEW_PANELS = 4
"""Up to this many panels in a grid, lines are nearly as thick as in the picture of one run."""


class Stack:
    """Boxes of one width, one above the other: taken from the top and from the bottom of a sheet,
    the rest between them."""

    def __init__(self, sheet: Sheet, left: float) -> None:
        self._sheet = sheet
        self.left = round(left)
        self.width = sheet.width - self.left - round(RIGHT_MARGIN * sheet.scale.text)
        self.top = sheet.height
        self.bottom = 0

    def take_top(self, height: int) -> Box:
        """The next box from the top, of this height."""
        self.top -= height
        return Box(self.left, self.top, self.width, height)

    def take_bottom(self, height: int) -> Box:
        """The next box from the bottom, of this height."""
        box = Box(self.left, self.bottom, self.width, height)
        self.bottom += height
        return box

    def take_title(self, lines: float = 1.2) -> Box | None:
        """The box of the title, if the user has given one."""
        if not self._sheet.look.title:
            return None
        return self.take_top(self._sheet.lines(lines))

    def skip_top(self, lines: float) -> None:
        """Leave free paper at the top, in lines of text."""
        self.top -= self._sheet.lines(lines)

    def skip_bottom(self, lines: float) -> None:
        """Leave free paper at the bottom, in lines of text."""
        self.bottom += self._sheet.lines(lines)

    def skip_x_labels(self) -> None:
        """Leave room for the labels and the name of the x axis of the axes that are taken next."""
        self.skip_bottom(X_LABELS)

    def rest(self) -> Box:
        """What has not been taken."""
        return Box(self.left, self.bottom, self.width, self.top - self.bottom)


def settle(sheet: Sheet, lay_out: Callable[[Stack], Iterable[str]]) -> None:
    """Lay a picture out twice, the second time with the room at the left that the first one's
    labels of y need.

    lay_out takes every box from the stack that it is given, and gives the labels of all y axes.
    """
    text = sheet.scale.text
    left = FIRST_LEFT * text
    for _ in range(2):
        labels = lay_out(Stack(sheet, left))
        left = widest(labels, TICK_LETTERS * text) + BESIDE_LABELS * text


@dataclass(frozen=True)
class Cell:
    """One panel of a grid: a box for its title and numbers, one for its axes, and which of its
    ticks are labelled."""

    head: Box
    axes: Box
    x_labels: bool
    y_labels: bool

    def x_ticks(self, ticks: Ticks) -> Ticks:
        """These ticks, as they stand along the x axis of this cell."""
        return ticks if self.x_labels else ticks.unlabelled()

    def y_ticks(self, ticks: Ticks) -> Ticks:
        """These ticks, as they stand along the y axis of this cell."""
        return ticks if self.y_labels else ticks.unlabelled()


UPRIGHT_NAMES = {1: ("",), 2: ("top", "bottom"), 3: ("top", "middle", "bottom")}
"""The names of the rows of a grid, by how many there are."""

ACROSS_NAMES = {1: ("",), 2: ("left", "right"), 3: ("left", "middle", "right")}
"""The names of its columns."""


@dataclass(frozen=True)
class GridShape:
    """The rows and columns of a grid of panels."""

    rows: int
    columns: int

    @classmethod
    def best(cls, count: int, area: Box, most: int = 3) -> GridShape:
        """Rows and columns, each at most `most`, for so many panels: few empty places, and panels
        of a good shape."""
        sides = range(1, most + 1)
        shapes = [cls(rows, columns) for rows, columns in product(sides, sides)]
        large_enough = [shape for shape in shapes if shape.places >= count]

        def badness(shape: GridShape) -> float:
            aspect = area.width / shape.columns / (area.height / shape.rows)
            from_best = abs(math.log(aspect / BEST_ASPECT))
            return from_best + EMPTY_PLACE * (shape.places - count)

        return min(large_enough, key=badness)

    @property
    def places(self) -> int:
        """The panels for which there is room."""
        return self.rows * self.columns

    def place_name(self, number: int) -> str:
        """Where a panel of at most three rows and columns stands, in words: left; top middle.

        number: of the panel, row by row from 0.
        """
        row, column = divmod(number, self.columns)
        upright = UPRIGHT_NAMES[self.rows][row]
        across = ACROSS_NAMES[self.columns][column]
        if upright == across:
            return upright
        return f"{upright} {across}".strip()

    @classmethod
    def of_columns(cls, count: int, columns: int) -> GridShape:
        """So many panels in rows of so many columns."""
        return cls(math.ceil(count / columns), columns)


def column_width(area: Box, shape: GridShape, gap: float) -> float:
    """The width of the panels in a grid whose columns are `gap` pixels apart."""
    return (area.width - gap * (shape.columns - 1)) / shape.columns


def lay_cells(
    area: Box, count: int, shape: GridShape, *, head: int, gap: float, row_gap: float
) -> list[Cell]:
    """The panels in the area, row by row.

    Only those at the left have labels of y, only those with none beneath them labels of x.
    head: pixels above the axes; gap, row_gap: pixels between columns and between rows.
    """
    width = column_width(area, shape, gap)
    height = (area.height - row_gap * (shape.rows - 1)) / shape.rows
    cells = []
    for number in range(count):
        row, column = divmod(number, shape.columns)
        left = round(area.left + column * (width + gap))
        top = round(area.top - row * (height + row_gap))
        axes = Box(left, round(top - height), round(width), round(height) - head)
        above = Box(left, axes.top, axes.width, head)
        has_none_beneath = number + shape.columns >= count
        cells.append(Cell(above, axes, x_labels=has_none_beneath, y_labels=column == 0))
    return cells


def panel_sheet(sheet: Sheet, count: int) -> Sheet:
    """The sheet as so many panels in a grid draw on it: with thinner lines and smaller letters."""
    return sheet.finer(0.8 if count <= FEW_PANELS else 0.62)


def panel_ticks(y_limits: Range, height: float, line: int) -> Ticks:
    """The ticks of y of a panel in a grid, of this height; line: the distance of two lines of
    text."""
    most = max(2, min(6, int(height / (2.2 * line))))
    return even_ticks(*y_limits, most)


def axes_area(cells: Sequence[Cell], area: Box) -> Box:
    """The part of the area from the lowest axes up: what the names of the axes of a whole grid are
    centred on."""
    bottom = min(cell.axes.bottom for cell in cells)
    return Box(area.left, bottom, area.width, area.top - bottom)


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of these."""
    left = min(box.left for box in boxes)
    right = max(box.right for box in boxes)
    bottom = min(box.bottom for box in boxes)
    top = max(box.top for box in boxes)
    return Box(left, bottom, right - left, top - bottom)


def flow(widths: Sequence[float], room: float, gap: float) -> list[list[int]]:
    """Which items stand on which line when they are set from left to right and wrapped at `room`
    pixels."""
    lines: list[list[int]] = [[]]
    used = 0.0
    for item, width in enumerate(widths):
        if lines[-1] and used + gap + width > room:
            lines.append([])
            used = 0.0
        if lines[-1]:
            used += gap
        used += width
        lines[-1].append(item)
    return lines
