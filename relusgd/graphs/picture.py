"""A computation graph as a picture: boxes with names, values and, in red, derivatives; curves with local derivatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.artist import Artist
from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.path import Path as Outline
from matplotlib.transforms import Affine2D

from relusgd.errors import InputError
from relusgd.graphs.graph import Evaluated
from relusgd.graphs.placing import Line, Placement, Rectangle, place
from relusgd.graphs.text import TextLine, box_lines, label_text, printed
from relusgd.pictures.look import LARGEST, SMALLEST, Look
from relusgd.pictures.sheet import STYLE, Sheet
from relusgd.pictures.stills import check_still, write_figure
from relusgd.pictures.text_fit import text_width

WIDTH = 1000
"""Pixels of a picture, unless the graph needs more."""

TEXTS = (17.0, 15.0, 13.0, 12.0, 11.0, 10.0, 9.5)
"""Heights of the font in pixels; the largest is taken in which a graph fits into WIDTH and HEIGHT, or else the least."""

HEIGHT = 640

RED = {"light": "#c1272d", "dark": "#ff6f6f"}
"""Of derivatives, on light and on dark paper."""

FILL = {"light": "#f5f7f9", "dark": "#20252c"}
SOURCE = {"light": "#e3eef7", "dark": "#1d3142"}
SINK = {"light": "#fbe9e4", "dark": "#43262a"}

LETTERS_UP_TO = 12
"""Graphs of so many nodes have their local derivatives in letters as well."""


@dataclass(frozen=True)
class Design:
    """A graph's words and where they stand. lines: of every box; labels: of every edge; text: height of the font."""

    placement: Placement
    lines: Mapping[str, Sequence[TextLine]]
    labels: Sequence[str]
    text: float
    look: Look

    @classmethod
    def of(
        cls,
        states: Sequence[Evaluated],
        theme: str = "light",
        title: str | None = None,
        *,
        even: bool = False,
    ) -> Design:
        """The design for the first state, with room for the words of all. even: with even sides, as films need them.

        Raises InputError for a graph too large to draw.
        """
        first = states[0]
        lines = {node.name: box_lines(first, node.name) for node in first.graph.nodes}
        labels = edge_labels(first)
        every_line = {
            name: [line for state in states for line in box_lines(state, name)] for name in lines
        }
        # what does not fit in the smallest letters fits in none, and is the dearest to lay out
        text, placement = TEXTS[-1], _placed(first, every_line, labels, TEXTS[-1])
        larger = TEXTS[:-1] if _fits(placement) else ()
        for size in larger:
            placed = _placed(first, every_line, labels, size)
            if _fits(placed):
                text, placement = size, placed
                break
        return cls(
            placement, lines, labels, text, _look(placement, theme, title, text, 2 if even else 1)
        )


def _fits(placement: Placement) -> bool:
    return placement.width <= WIDTH + 1 and placement.height <= HEIGHT


def _look(placement: Placement, theme: str, title: str | None, text: float, multiple: int) -> Look:
    width = -(-max(round(placement.width), WIDTH) // multiple) * multiple
    height = (
        -(-max(round(placement.height + header_height(title, text)), SMALLEST[1]) // multiple)
        * multiple
    )
    if width > LARGEST[0] or height > LARGEST[1]:
        raise InputError(
            f"this graph needs a picture of {width:,} × {height:,} pixels, and the largest is {LARGEST[0]:,} × {LARGEST[1]:,}",
            "draw a smaller one, write it as .dot, or leave --out away for a table",
        )
    return Look(size=(width, height), theme=theme, title=title)


def edge_labels(state: Evaluated) -> list[str]:
    """The local derivatives, in letters as well where the graph is small."""
    letters = len(state.graph.nodes) <= LETTERS_UP_TO
    return [label_text(edge, letters=letters) for edge in state.edges]


def header_height(title: str | None, text: float) -> float:
    """Of the title and the legend."""
    return (2.0 if title else 0.0) * text + 2.6 * text


def piece_width(words: str, role: str, text: float) -> float:
    return text_width(words, text, bold=role in ("name", "value"))


def _placed(
    state: Evaluated, lines: Mapping[str, Sequence[TextLine]], labels: Sequence[str], text: float
) -> Placement:
    """lines: all that may ever stand in a box."""
    sizes = {}
    for name, every in lines.items():
        wide = max(
            sum(piece_width(piece.text, piece.role, text) for piece in line) for line in every
        )
        sizes[name] = (
            wide + 1.4 * text,
            line_height(text) * len(box_lines(state, name)) + 0.9 * text,
        )
    edges = [(edge.parent, edge.child) for edge in state.edges]
    unused = [node.name for node in state.graph.nodes if node.name not in state.derivatives]
    edges += [(name, state.graph.sink) for name in unused if name != state.graph.sink]
    label_sizes = [
        (text_width(label, label_pixels(text)) + 6, 1.35 * label_pixels(text)) if label else None
        for label in labels
    ]
    return place(
        sizes, edges, [*label_sizes, *([None] * (len(edges) - len(labels)))], wanted_width=WIDTH
    )


def line_height(text: float) -> float:
    return 1.38 * text


def label_pixels(text: float) -> float:
    return max(9.0, 0.86 * text)


class GraphPicture:
    """The artists of a graph, by what they belong to: boxes and values by node, derivatives by node, curves and labels by edge."""

    def __init__(self, state: Evaluated, design: Design) -> None:
        self.design, self.state = design, state
        with matplotlib.rc_context(STYLE):
            self.sheet = Sheet(design.look)
            theme = design.look.theme
            self._red, self._colours = RED[theme], self.sheet.colours
            self.boxes: dict[str, Any] = {}
            self.values: dict[str, list[Any]] = {}
            self.derivatives: dict[str, list[Any]] = {}
            self.labels: dict[int, Any] = {}
            self.forward: list[list[Artist]] = []
            self.backward: list[list[Artist]] = []
            self.caption: Any = None
            self._draw()

    def _draw(self) -> None:
        placement = self.design.placement
        offset = (self.sheet.width - placement.width) / 2
        room = self.sheet.height - header_height(self.design.look.title, self.design.text)
        self._offset = offset, (room - placement.height) / 2
        for line, label in zip(placement.lines, self.design.labels, strict=False):
            self._draw_edge(line, label)
        for name, box in placement.boxes.items():
            self._draw_box(name, box)
        self._draw_header()

    def _to_figure(self) -> Any:
        return (
            Affine2D().scale(1 / self.sheet.width, 1 / self.sheet.height)
            + self.sheet.figure.transFigure
        )

    def _draw_box(self, name: str, box: Rectangle) -> None:
        theme, graph, text = self.design.look.theme, self.state.graph, self.design.text
        x, y = self._offset
        node = graph.node(name)
        fill = SINK if name == graph.sink else FILL if node.operation else SOURCE
        patch = FancyBboxPatch(
            (box.left + x, box.bottom + y),
            box.width,
            box.height,
            boxstyle=f"round,pad=0,rounding_size={0.45 * text}",
            facecolor=fill[theme],
            edgecolor=self._colours.faint,
            linewidth=self.sheet.points(1.0),
            transform=self._to_figure(),
            zorder=3,
        )
        self.boxes[name] = self.sheet.figure.add_artist(patch)
        self.values[name], self.derivatives[name] = [], []
        self.write_box(name, self.design.lines[name])

    def frame_box(self, name: str, *, reached: bool, moving: bool, dim: float) -> None:
        """Let a box be pale before it is reached, and red while its value moves."""
        box = self.boxes[name]
        box.set(
            alpha=1.0 if reached else dim, edgecolor=self._red if moving else self._colours.faint
        )
        box.set_linewidth(self.sheet.points(2.0 if moving else 1.0))

    def write_box(self, name: str, lines: Sequence[TextLine]) -> None:
        """Write these lines into a node's box, in place of those that it holds; fewer than at first leave its lower ones empty."""
        for words in (*self.values[name], *self.derivatives[name]):
            words.remove()
        self.values[name], self.derivatives[name] = [], []
        box, text = self.design.placement.boxes[name], self.design.text
        x, y = self._offset
        height = line_height(text)
        first = box.y + y + height * (len(self.design.lines[name]) - 1) / 2
        for row, line in enumerate(lines):
            at = box.left + x + 0.7 * text
            for piece in line:
                written = (
                    self.derivatives[name] if piece.role == "derivative" else self.values[name]
                )
                written.append(self._words(at, first - row * height, piece.text, piece.role))
                at += piece_width(piece.text, piece.role, text)

    def _words(self, x: float, y: float, words: str, role: str) -> Any:
        colour = {"derivative": self._red, "faint": self._colours.faint}.get(
            role, self._colours.ink
        )
        return self.sheet.text(
            x,
            y,
            words,
            pixels=self.design.text,
            colour=colour,
            bold=role in ("name", "value"),
            va="center_baseline",
            zorder=4,
        )

    def _draw_edge(self, line: Line, label: str) -> None:
        forward = [
            self._curve(line, 0.0, self._colours.faint, 1.2),
            self._head(line, self._colours.faint, back=False),
        ]
        backward = [self._curve(line, -3.5, self._red, 1.0), self._head(line, self._red, back=True)]
        if line.label:
            self.labels[len(self.forward)] = self._write_label(line.label, label)
            forward.append(self.labels[len(self.forward)])
        self.forward.append(forward)
        self.backward.append(backward)

    def _write_label(self, place: Rectangle, label: str) -> Any:
        x, y = self._offset
        ground = {
            "facecolor": self._colours.paper,
            "edgecolor": "none",
            "pad": self.sheet.points(1.5),
        }
        options: dict[str, Any] = {
            "ha": "center",
            "va": "center_baseline",
            "zorder": 2.5,
            "bbox": ground,
        }
        return self.sheet.text(
            place.x + x, place.y + y, label, pixels=label_pixels(self.design.text), **options
        )

    def _curve(self, line: Line, shift: float, colour: str, thick: float) -> Artist:
        """The curve of an edge, this many pixels higher."""
        x, y = self._offset
        points = [(px + x, py + y + shift) for px, py in line.points]
        vertices, codes = [points[0]], [Outline.MOVETO]
        for (x0, y0), (x1, y1) in pairwise(points):
            middle = (x0 + x1) / 2
            vertices += [(middle, y0), (middle, y1), (x1, y1)]
            codes += [Outline.CURVE4] * 3
        patch = PathPatch(
            Outline(vertices, codes),
            facecolor="none",
            edgecolor=colour,
            linewidth=self.sheet.points(thick),
            transform=self._to_figure(),
            zorder=2 if shift == 0 else 1.5,
        )
        return self.sheet.figure.add_artist(patch)

    def _head(self, line: Line, colour: str, *, back: bool) -> Artist:
        """The head of an arrow: at the child, or of the red one at the parent."""
        x, y = self._offset
        (px, py), side = (line.points[0], 1) if back else (line.points[-1], -1)
        px, py = px + x, py + y - (3.5 if back else 0)
        outline = Outline(
            [(px, py), (px + 7 * side, py + 3), (px + 7 * side, py - 3), (px, py)], closed=True
        )
        patch = PathPatch(
            outline, facecolor=colour, edgecolor="none", transform=self._to_figure(), zorder=2.2
        )
        return self.sheet.figure.add_artist(patch)

    def _draw_header(self) -> None:
        """Title and legend."""
        text, x = self.design.text, 1.3 * self.design.text
        y = self.sheet.height - 1.6 * text
        if self.design.look.title:
            self.caption = self.sheet.text(
                x, y, self.design.look.title, pixels=1.2 * text, bold=True, va="center_baseline"
            )
            y -= 2.0 * text
        sink = printed(self.state.graph.sink)
        legend = (
            ("value, from left to right", self._colours.ink),
            ("on an edge: ∂child/∂parent", self._colours.faint),
            (f"∂{sink}/∂node, flowing back", self._red),
        )
        for words, colour in legend:
            self.sheet.text(x, y, words, pixels=0.95 * text, colour=colour, va="center_baseline")
            x += text_width(words, 0.95 * text) + 2.2 * text


def draw_graph(
    state: Evaluated, path: Path, *, theme: str = "light", title: str | None = None
) -> None:
    """Write the picture of an evaluated graph as .svg, .png or .pdf.

    Raises InputError for another suffix or a graph too large to draw, RelusgdError when the file cannot be written.
    """
    check_still(path)
    design = Design.of([state], theme, title)
    write_figure(GraphPicture(state, design).sheet, path)
