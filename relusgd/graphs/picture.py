"""A computation graph as a picture: boxes for nodes, curves for edges, derivatives in red.

A box holds a node's name, formula, value and derivative; a curve carries its local derivative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from relusgd.graphs.chain_rule import input_line
from relusgd.graphs.design import (
    Design,
    Legend,
    head_pixels,
    header_height,
    is_bold,
    label_pixels,
    line_height,
    piece_width,
)
from relusgd.graphs.edge_curves import BACKWARD_SHIFT, HALF_HEAD, EdgeCurve, Point, Rectangle
from relusgd.graphs.graph import Evaluated
from relusgd.graphs.text import TextLine, printed
from relusgd.pictures.kit.plain_matplotlib import (
    Affine2D,
    Artist,
    FancyBboxPatch,
    Outline,
    Patch,
    PathPatch,
    plain_style,
)
from relusgd.pictures.kit.sheet import Sheet
from relusgd.pictures.kit.stills import check_still, write_figure
from relusgd.pictures.kit.text_fit import fitting_height, text_width

RED = {"light": "#c1272d", "dark": "#ff6f6f"}
"""Of derivatives, on light and on dark paper."""

COMPUTED = {"light": "#f5f7f9", "dark": "#20252c"}
SOURCE = {"light": "#e3eef7", "dark": "#1d3142"}
SINK = {"light": "#fbe9e4", "dark": "#43262a"}

FORMULA_GAP = 2.0
"""Between other words and the formula beside them, in font heights."""

FORWARD_THICKNESS, BACKWARD_THICKNESS = 0.1, 0.085
"""Of an edge's curve and of the red one, along which derivatives flow back, in font heights."""

BOX_MARGIN = 0.7
"""Free room at the left of a box's lines, in font heights."""

HEADER_MARGIN = 1.3
"""Free paper at the left and right of title and legend, in font heights."""

TITLE_LETTERS, LEGEND_LETTERS = 1.2, 0.95
"""The heights of their letters, in font heights."""


class GraphPicture:
    """The artists of a graph, by what they belong to.

    By node: boxes, values and derivatives. By the number of the edge: labels, and the artists of
    the forward and of the backward curve.
    """

    @plain_style
    def __init__(self, state: Evaluated, design: Design) -> None:
        self.design, self.state = design, state
        self.sheet = Sheet(design.look)
        self._red, self._colours = RED[design.look.theme], self.sheet.colours
        self.boxes: dict[str, Any] = {}
        self.values: dict[str, list[Any]] = {}
        self.derivatives: dict[str, list[Any]] = {}
        self.labels: dict[int, Any] = {}
        self.forward: list[list[Artist]] = []
        self.backward: list[list[Artist]] = []
        self.caption: Any = None
        self.formula: Any = None
        self._draw()

    def _draw(self) -> None:
        design, placement = self.design, self.design.placement
        header = header_height(design.look.title, design.text)
        room = self.sheet.height - header
        # The lower left corner of the placement, which stands in the middle under the header.
        self._x0 = (self.sheet.width - placement.width) / 2
        self._y0 = (room - placement.height) / 2
        # The last curves may be those of nodes that the sink does not need; they are not drawn.
        for curve, label in zip(placement.curves, design.labels, strict=False):
            self._draw_edge(curve, label)
        for name, box in placement.boxes.items():
            self._draw_box(name, box)
        self._draw_header()

    def _add_patch(self, patch: Patch) -> Artist:
        """Add a patch whose coordinates are pixels."""
        to_unit_square = Affine2D().scale(1 / self.sheet.width, 1 / self.sheet.height)
        patch.set_transform(to_unit_square + self.sheet.figure.transFigure)
        return self.sheet.figure.add_artist(patch)

    # Boxes

    def _draw_box(self, name: str, box: Rectangle) -> None:
        patch = FancyBboxPatch(
            (box.left + self._x0, box.bottom + self._y0),
            box.width,
            box.height,
            boxstyle=f"round,pad=0,rounding_size={0.45 * self.design.text}",
            facecolor=self._fill(name),
            edgecolor=self._colours.faint,
            linewidth=self.sheet.points(1.0),
            zorder=3,
        )
        self.boxes[name] = self._add_patch(patch)
        self.values[name], self.derivatives[name] = [], []
        self.write_box(name, self.design.lines[name])

    def _fill(self, name: str) -> str:
        theme, graph = self.design.look.theme, self.state.graph
        if name == graph.sink:
            return SINK[theme]
        return COMPUTED[theme] if graph.node(name).operation else SOURCE[theme]

    def frame_box(self, name: str, *, reached: bool, moving: bool, dim: float) -> None:
        """Make a box pale before it is reached, and its frame red while its value moves."""
        box = self.boxes[name]
        alpha = 1.0 if reached else dim
        colour = self._red if moving else self._colours.faint
        pixels = 2.0 if moving else 1.0
        box.set_alpha(alpha)
        box.set_edgecolor(colour)
        box.set_linewidth(self.sheet.points(pixels))

    def write_box(self, name: str, lines: Sequence[TextLine]) -> None:
        """Write these lines into a node's box, in place of its old ones.

        Fewer lines than at first leave the lower part of the box empty.
        """
        for words in (*self.values[name], *self.derivatives[name]):
            words.remove()
        self.values[name], self.derivatives[name] = [], []
        box, text = self.design.placement.boxes[name], self.design.text
        left, middle = box.left + self._x0, box.y + self._y0
        height = line_height(text)
        lines_at_first = len(self.design.lines[name])
        first_y = middle + height * (lines_at_first - 1) / 2
        for row, line in enumerate(lines):
            x = left + BOX_MARGIN * text
            y = first_y - row * height
            for piece in line:
                is_derivative = piece.role == "derivative"
                written = self.derivatives[name] if is_derivative else self.values[name]
                written.append(self._write_piece(x, y, piece.text, piece.role))
                x += piece_width(piece.text, piece.role, text)

    def _write_piece(self, x: float, y: float, words: str, role: str) -> Any:
        return self.sheet.text(
            x,
            y,
            words,
            pixels=self.design.text,
            colour=self._role_colour(role),
            bold=is_bold(role),
            va="center_baseline",
            zorder=4,
        )

    def _role_colour(self, role: str) -> str:
        colours = {"derivative": self._red, "faint": self._colours.faint}
        return colours.get(role, self._colours.ink)

    # Edges

    def redden_edge(self, number: int) -> None:
        """Draw an edge's forward curve and its head in red."""
        curve, head, *_ = self.forward[number]
        curve.set(edgecolor=self._red, linewidth=self.sheet.points(2.0))
        head.set(facecolor=self._red)

    def hide_backward_edges(self) -> None:
        for artists in self.backward:
            for artist in artists:
                artist.set_visible(False)

    def _draw_edge(self, curve: EdgeCurve, label: str) -> None:
        """An edge with its arrow and its label, and the red one that flows back above it."""
        faint, red = self._colours.faint, self._red
        points = [(x + self._x0, y + self._y0) for x, y in curve.points]
        forward = [
            self._draw_curve(points, faint, thick=FORWARD_THICKNESS, zorder=2),
            self._draw_head(points[-1], -1, faint),
        ]
        shift = BACKWARD_SHIFT * head_pixels(self.design.text)
        shifted = [(x, y + shift) for x, y in points]
        backward = [
            self._draw_curve(shifted, red, thick=BACKWARD_THICKNESS, zorder=1.5),
            self._draw_head(shifted[0], 1, red),
        ]
        if curve.label:
            words = self._write_label(curve.label, label)
            number = len(self.forward)
            self.labels[number] = words
            forward.append(words)
        self.forward.append(forward)
        self.backward.append(backward)

    def _write_label(self, place: Rectangle, label: str) -> Any:
        """The local derivative on an edge, on paper of its own so that the curve ends beside it."""
        ground = {
            "facecolor": self._colours.paper,
            "edgecolor": "none",
            "pad": self.sheet.points(1.5),
        }
        return self.sheet.text(
            place.x + self._x0,
            place.y + self._y0,
            label,
            pixels=label_pixels(self.design.text),
            ha="center",
            va="center_baseline",
            zorder=2.5,
            bbox=ground,
        )

    def _draw_curve(
        self,
        points: Sequence[Point],
        colour: str,
        *,
        thick: float,
        zorder: float,
    ) -> Artist:
        """A curve through the points, horizontal at each. thick: in font heights."""
        vertices, codes = [points[0]], [Outline.MOVETO]
        for (x0, y0), (x1, y1) in pairwise(points):
            middle = (x0 + x1) / 2
            vertices += [(middle, y0), (middle, y1), (x1, y1)]
            codes += [Outline.CURVE4] * 3
        patch = PathPatch(
            Outline(vertices, codes),
            facecolor="none",
            edgecolor=colour,
            linewidth=self.sheet.points(thick * self.design.text),
            zorder=zorder,
        )
        return self._add_patch(patch)

    def _draw_head(self, tip: Point, side: int, colour: str) -> Artist:
        """The head of an arrow. side: −1 if it lies left of its tip, 1 if right."""
        x, y = tip
        length = head_pixels(self.design.text)
        half_width = HALF_HEAD * length
        base = x + length * side
        upper, lower = (base, y + half_width), (base, y - half_width)
        outline = Outline([tip, upper, lower, tip], closed=True)
        return self._add_patch(PathPatch(outline, facecolor=colour, edgecolor="none", zorder=2.2))

    # Title and legend

    def _draw_header(self) -> None:
        """The title, if there is one, what the colours are, and the formula where it has room."""
        text = self.design.text
        left, height = HEADER_MARGIN * text, self.sheet.height - 1.6 * text
        title = self.design.look.title
        if title:
            room = self.sheet.width - 2 * left
            pixels = fitting_height(title, TITLE_LETTERS * text, room, bold=True)
            self.caption = self.sheet.text(
                left,
                height,
                title,
                pixels=pixels,
                bold=True,
                va="center_baseline",
            )
            self._write_formula(height, left + text_width(title, pixels, bold=True))
            height -= 2.0 * text
        end_of_legend = self._write_legend(left, height)
        self._write_formula(height, end_of_legend)

    def _write_legend(self, left: float, height: float) -> float:
        """What the colours are, word beside word; gives where the next one would stand."""
        text = self.design.text
        sink = printed(self.state.graph.sink)
        usual: Legend = (
            ("value, from left to right", "ink"),
            ("on an edge: ∂child/∂parent", "faint"),
            (f"∂{sink}/∂node, flowing back", "derivative"),
        )
        legend = self.design.legend or usual
        gap = 2.2 * text
        room = self.sheet.width - 2 * left - gap * (len(legend) - 1)
        all_words = " ".join(words for words, _ in legend)
        pixels = fitting_height(all_words, LEGEND_LETTERS * text, room)
        for words, role in legend:
            self.sheet.text(
                left,
                height,
                words,
                pixels=pixels,
                colour=self._role_colour(role),
                va="center_baseline",
            )
            left += text_width(words, pixels) + gap
        return left

    def _write_formula(self, y: float, taken: float) -> None:
        """Write the formula at the right end of a line, if it is not there yet and has room.

        taken: pixels from the left that other words take.
        """
        text, words = self.design.text, self.design.formula
        if self.formula is not None or not words:
            return
        right = self.sheet.width - HEADER_MARGIN * text
        needed = FORMULA_GAP * text + text_width(words, text)
        if taken + needed > right:
            return
        self.formula = self.sheet.text(
            right,
            y,
            words,
            pixels=text,
            colour=self._red,
            ha="right",
            va="center_baseline",
        )


def draw_graph(
    state: Evaluated,
    path: Path,
    *,
    theme: str = "light",
    title: str | None = None,
    size: tuple[int, int] | None = None,
) -> None:
    """Write the picture of an evaluated graph as .svg, .png or .pdf.

    size: width and height in pixels; None is as large as the graph needs.
    Raises InputError for another suffix or a graph too large to draw, RelusgdError when the file
    cannot be written.
    """
    check_still(path)
    design = replace(Design.of([state], theme, title, size=size), formula=input_line(state) or "")
    write_figure(GraphPicture(state, design).sheet, path)
