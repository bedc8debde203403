"""The design of a graph's picture: the words of its boxes, the font that fits, and all places."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from relusgd.errors import InputError
from relusgd.graphs.edge_curves import Size
from relusgd.graphs.graph import Evaluated
from relusgd.graphs.placing import Placement, place
from relusgd.graphs.text import FORMS, BoxForm, TextLine, box_lines, label_text
from relusgd.pictures.kit.look import LARGEST, SMALLEST, Look, size_text
from relusgd.pictures.kit.text_fit import text_width

WIDTH, HEIGHT = 1000, 640
"""Pixels of the room for a graph; a picture grows where the smallest font needs more."""

FONT_HEIGHTS = (17.0, 16.0, 15.0)
"""In pixels. The largest with which a graph fits WIDTH and HEIGHT is taken, or the smallest."""

SMALLEST_FONT = 9.5
"""In pixels, where the size of the picture is given."""

LETTERS = 45
"""No letters are smaller than this part of the picture's height, if a form of the boxes has room.
"""

SLIDE = 9 / 16
"""Height to width of what a picture is shown on."""

LARGER, SMALLER = 1.6, 0.96
"""Where the size of the picture is given, fonts are tried from LARGER times the usual one on, each
SMALLER times the last one.
"""

ROOM_FOR_EDGES = 0.98
"""What the largest font that fits is made smaller by."""

Legend = Sequence[tuple[str, str]]
"""Words, and their role: ink, faint or derivative."""

BoxWords = Callable[[Evaluated, str, BoxForm], list[TextLine]]
"""The lines of a node's box in a state."""

MOST_NODES_WITH_LETTERS = 12
"""In graphs of at most this many nodes, local derivatives are shown in letters as well."""


@dataclass(frozen=True)
class Design:
    """The words of a graph and where they stand.

    lines: of every box. labels: of every edge. text: the height of the font in pixels. form: how
    values and derivatives stand in boxes. legend: words and their roles; () is the usual one.
    formula: a derivative that stands beside the title, or the legend, where there is room.
    """

    placement: Placement
    lines: Mapping[str, Sequence[TextLine]]
    labels: Sequence[str]
    text: float
    look: Look
    form: BoxForm = "usual"
    legend: Legend = ()
    formula: str = ""

    @classmethod
    def of(
        cls,
        states: Sequence[Evaluated],
        theme: str = "light",
        title: str | None = None,
        *,
        even: bool = False,
        size: tuple[int, int] | None = None,
        words: BoxWords = box_lines,
        legend: Legend = (),
    ) -> Design:
        """The design for the first state, with room for the words of all.

        Boxes have the form with the largest letters beside a slide, of those whose letters are at
        least the LETTERS-th part of the picture's height.

        words: what stands in a box. even: with an even number of pixels on both sides, as films
        need. size: width and height in pixels; None is as large as the graph needs.
        Raises InputError for a graph too large to draw.
        """
        designs: list[Design] = []
        for form in FORMS:
            try:
                design = cls._of_form(
                    form,
                    states,
                    words,
                    theme=theme,
                    title=title,
                    even=even,
                    size=size,
                )
            except InputError:
                if form == FORMS[-1] and not designs:
                    raise
                continue
            designs.append(design)
            if design._worth >= (1 / LETTERS, 1 / LETTERS):
                break
        best = max(designs, key=lambda design: design._worth)
        return replace(best, legend=legend)

    @property
    def _worth(self) -> tuple[float, float]:
        """The height of the smallest letters, as a share of that of the picture, where more than
        the LETTERS-th part is as good; and of that of a slide with the picture.
        """
        width, height = self.look.size
        letters = label_pixels(self.text)
        return min(letters / height, 1 / LETTERS), letters / max(height, width * SLIDE)

    @classmethod
    def _of_form(
        cls,
        form: BoxForm,
        states: Sequence[Evaluated],
        words: BoxWords,
        *,
        theme: str,
        title: str | None,
        even: bool,
        size: tuple[int, int] | None,
    ) -> Design:
        first = states[0]
        names = [node.name for node in first.graph.nodes]
        lines = {name: words(first, name, form) for name in names}
        all_lines: dict[str, list[TextLine]] = {name: [] for name in names}
        for state in states:
            for name in names:
                all_lines[name] += words(state, name, form)
        heights = {name: len(of_box) for name, of_box in lines.items()}
        labels = edge_labels(first)
        multiple = 2 if even else 1
        if size is None:
            text, placement = _largest_fit(first, all_lines, labels, heights)
            look = _look(placement, theme, title, text, multiple=multiple)
        else:
            look = Look(size=_multiples(size, multiple), theme=theme, title=title)
            text, placement = _fit_into(look, first, all_lines, labels, heights)
        return cls(placement, lines, labels, text, look, form)


def edge_labels(state: Evaluated) -> list[str]:
    """The local derivatives, in letters as well where the graph is small."""
    letters = len(state.graph.nodes) <= MOST_NODES_WITH_LETTERS
    return [label_text(edge, letters=letters) for edge in state.edges]


def _largest_fit(
    state: Evaluated,
    lines: Mapping[str, Sequence[TextLine]],
    labels: Sequence[str],
    heights: Mapping[str, int],
) -> tuple[float, Placement]:
    """The largest font with which the graph fits, or else the smallest; and its placement."""
    *larger, smallest = FONT_HEIGHTS
    # What does not fit in the smallest font fits in none, and takes longest to lay out.
    fallback = _placed(state, lines, labels, heights, smallest)
    if _fits(fallback):
        for text in larger:
            placement = _placed(state, lines, labels, heights, text)
            if _fits(placement):
                return text, placement
    return smallest, fallback


def _fit_into(
    look: Look,
    state: Evaluated,
    lines: Mapping[str, Sequence[TextLine]],
    labels: Sequence[str],
    heights: Mapping[str, int],
) -> tuple[float, Placement]:
    """The largest font with which the graph fits a picture of this size, and its placement."""
    width, height = look.size
    text = LARGER * FONT_HEIGHTS[0] * max(1.0, min(width / WIDTH, height / HEIGHT))
    while text >= SMALLEST_FONT:
        placement = _placed(state, lines, labels, heights, text, width - 2 * text)
        room = height - header_height(look.title, text)
        if placement.width <= width and placement.height <= room:
            # A little smaller, so that the edges have some room.
            text *= ROOM_FOR_EDGES
            return text, _placed(state, lines, labels, heights, text, width - 2 * text)
        text *= SMALLER
    smallest = _largest_fit(state, lines, labels, heights)[1]
    raise InputError(
        f"this graph does not fit into {size_text(look.size)} pixels with letters that can be read",
        f"leave --size out: it needs about {smallest.width:,.0f} × {smallest.height:,.0f} pixels",
    )


def _multiples(size: tuple[int, int], multiple: int) -> tuple[int, int]:
    """The size, rounded up to multiples."""
    width, height = (multiple * math.ceil(side / multiple) for side in size)
    return width, height


def _fits(placement: Placement) -> bool:
    return placement.width <= WIDTH + 1 and placement.height <= HEIGHT


def _placed(
    state: Evaluated,
    lines: Mapping[str, Sequence[TextLine]],
    labels: Sequence[str],
    heights: Mapping[str, int],
    text: float,
    wanted_width: float = WIDTH,
) -> Placement:
    """The placement in this font. lines: all that may ever stand in a box; heights: how many at a
    time.
    """
    sizes: dict[str, Size] = {}
    for name, of_box in lines.items():
        width = max(line_width(line, text) for line in of_box)
        height = line_height(text) * heights[name]
        sizes[name] = width + 1.4 * text, height + 0.9 * text
    edges = [(edge.parent, edge.child) for edge in state.edges]
    label_sizes = [_label_size(label, text) for label in labels]
    sink = state.graph.sink
    for name in sizes:
        if name not in state.derivatives:  # the sink does not need it; it stands on its left
            edges.append((name, sink))
            label_sizes.append(None)
    return place(sizes, edges, label_sizes, wanted_width=wanted_width)


def _label_size(label: str, text: float) -> Size | None:
    if not label:
        return None
    pixels = label_pixels(text)
    return text_width(label, pixels) + 6, 1.35 * pixels


def _look(
    placement: Placement,
    theme: str,
    title: str | None,
    text: float,
    *,
    multiple: int,
) -> Look:
    """The look of a picture with room for all; its sides are multiples of `multiple`."""
    height = placement.height + header_height(title, text)
    size = (
        multiple * math.ceil(max(round(placement.width), WIDTH) / multiple),
        multiple * math.ceil(max(round(height), SMALLEST[1]) / multiple),
    )
    if size[0] > LARGEST[0] or size[1] > LARGEST[1]:
        raise InputError(
            f"this graph needs a picture of {size[0]:,} × {size[1]:,} pixels, "
            f"and the largest is {LARGEST[0]:,} × {LARGEST[1]:,}",
            "draw a smaller one, write it as .dot, or omit --out for a table",
        )
    return Look(size=size, theme=theme, title=title)


# Sizes of words


def header_height(title: str | None, text: float) -> float:
    """Of the title and the legend."""
    return (2.0 if title else 0.0) * text + 2.6 * text


def line_height(text: float) -> float:
    return 1.38 * text


def label_pixels(text: float) -> float:
    return 0.93 * text


def is_bold(role: str) -> bool:
    return role in ("name", "value")


def piece_width(words: str, role: str, text: float) -> float:
    return text_width(words, text, bold=is_bold(role))


def line_width(line: TextLine, text: float) -> float:
    return sum(piece_width(piece.text, piece.role, text) for piece in line)
