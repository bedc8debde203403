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

BESIDE_WORDS, ABOVE_WORDS = 1.4, 0.9
"""By how much a box is wider and higher than its lines, in font heights."""

HEAD_LENGTH = 0.55
"""Of an arrow, in font heights."""

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
        height_on_slide = max(height, width * SLIDE)
        return min(letters / height, 1 / LETTERS), letters / height_on_slide

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
        """The design with boxes of one form; the arguments are those of `of`.

        Boxes are as wide as the words of any state need, and as high as those of the first.
        """
        first = states[0]
        names = [node.name for node in first.graph.nodes]
        lines = {name: words(first, name, form) for name in names}
        line_counts = {name: len(of_box) for name, of_box in lines.items()}
        lines_of_all: dict[str, list[TextLine]] = {name: [] for name in names}
        for state in states:
            for name in names:
                lines_of_all[name] += words(state, name, form)
        labels = edge_labels(first)
        multiple = 2 if even else 1
        if size is None:
            text, placement = _largest_fit(first, lines_of_all, labels, line_counts)
            look = _look(placement, theme, title, text, multiple=multiple)
        else:
            look = Look(size=_multiples(size, multiple), theme=theme, title=title)
            text, placement = _fit_into(look, first, lines_of_all, labels, line_counts)
        return cls(placement, lines, labels, text, look, form)


def edge_labels(state: Evaluated) -> list[str]:
    """The local derivatives, in letters as well where the graph is small."""
    letters = len(state.graph.nodes) <= MOST_NODES_WITH_LETTERS
    return [label_text(edge, letters=letters) for edge in state.edges]


def _largest_fit(
    state: Evaluated,
    lines: Mapping[str, Sequence[TextLine]],
    labels: Sequence[str],
    line_counts: Mapping[str, int],
) -> tuple[float, Placement]:
    """The largest font with which the graph fits, or else the smallest; and its placement."""
    *larger, smallest = FONT_HEIGHTS
    # What does not fit in the smallest font fits in none, and takes longest to lay out.
    fallback = _placed(state, lines, labels, line_counts, smallest)
    if _fits(fallback):
        for text in larger:
            placement = _placed(state, lines, labels, line_counts, text)
            if _fits(placement):
                return text, placement
    return smallest, fallback


def _fit_into(
    look: Look,
    state: Evaluated,
    lines: Mapping[str, Sequence[TextLine]],
    labels: Sequence[str],
    line_counts: Mapping[str, int],
) -> tuple[float, Placement]:
    """The largest font with which the graph fits a picture of this size, and its placement."""
    width, height = look.size
    text = LARGER * FONT_HEIGHTS[0] * max(1.0, min(width / WIDTH, height / HEIGHT))
    while text >= SMALLEST_FONT:
        placement = _placed(state, lines, labels, line_counts, text, width - 2 * text)
        room = height - header_height(look.title, text)
        if placement.width <= width and placement.height <= room:
            # A little smaller, so that the edges have some room.
            text *= ROOM_FOR_EDGES
            return text, _placed(state, lines, labels, line_counts, text, width - 2 * text)
        text *= SMALLER
    smallest = _largest_fit(state, lines, labels, line_counts)[1]
    raise InputError(
        f"this graph does not fit into {size_text(look.size)} pixels with letters that can be read",
        f"leave --size out: it needs about {smallest.width:,.0f} × {smallest.height:,.0f} pixels",
    )


def _multiples(size: tuple[int, int], multiple: int) -> tuple[int, int]:
    """The size, rounded up to multiples."""
    width, height = (multiple * math.ceil(side / multiple) for side in size)
    return width, height


def _fits(placement: Placement) -> bool:
    """Whether a placement is no larger than the picture of a small graph."""
    return placement.width <= WIDTH + 1 and placement.height <= HEIGHT


def _placed(
    state: Evaluated,
    lines: Mapping[str, Sequence[TextLine]],
    labels: Sequence[str],
    line_counts: Mapping[str, int],
    text: float,
    wanted_width: float = WIDTH,
) -> Placement:
    """The placement in this font.

    lines: all that may ever stand in a box; line_counts: how many stand in it at a time.
    """
    sizes: dict[str, Size] = {}
    for name, of_box in lines.items():
        width = max(line_width(line, text) for line in of_box)
        height = line_height(text) * line_counts[name]
        sizes[name] = width + BESIDE_WORDS * text, height + ABOVE_WORDS * text
    edges = [(edge.parent, edge.child) for edge in state.edges]
    label_sizes = [_label_size(label, text) for label in labels]
    sink = state.graph.sink
    for name in sizes:
        if name not in state.derivatives:  # the sink does not need it; it stands on its left
            edges.append((name, sink))
            label_sizes.append(None)
    return place(
        sizes,
        edges,
        label_sizes,
        head_length=head_pixels(text),
        wanted_width=wanted_width,
    )


def _label_size(label: str, text: float) -> Size | None:
    """The pixels that a label takes, with some paper around it; None without a label."""
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
    _, lowest = SMALLEST
    needed = round(placement.height + header_height(title, text))
    sides = max(round(placement.width), WIDTH), max(needed, lowest)
    width, height = _multiples(sides, multiple)
    widest, highest = LARGEST
    if width > widest or height > highest:
        raise InputError(
            f"this graph needs a picture of {width:,} × {height:,} pixels, "
            f"and the largest is {widest:,} × {highest:,}",
            "draw a smaller one, write it as .dot, or omit --out for a table",
        )
    return Look(size=(width, height), theme=theme, title=title)


# Sizes of words


def header_height(title: str | None, text: float) -> float:
    """The pixels of the title, if there is one, and the legend."""
    of_title = 2.0 if title else 0.0
    return of_title * text + 2.6 * text


def line_height(text: float) -> float:
    """The pixels from one line of a box to the next."""
    return 1.38 * text


def label_pixels(text: float) -> float:
    """The height of the letters on edges."""
    return 0.93 * text


def is_bold(role: str) -> bool:
    """Whether pieces with this role are written in bold letters."""
    return role in ("name", "value")


def head_pixels(text: float) -> float:
    """The length of an arrowhead beside letters of this height."""
    return HEAD_LENGTH * text


def piece_width(words: str, role: str, text: float) -> float:
    """The pixels that a piece of a line takes."""
    return text_width(words, text, bold=is_bold(role))


def line_width(line: TextLine, text: float) -> float:
    """The pixels that a line of a box takes."""
    return sum(piece_width(piece.text, piece.role, text) for piece in line)
