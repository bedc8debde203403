"""The curves of edges between boxes, their arrowheads, and the places of their labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from relusgd.graphs.columns import Columns, Key, is_node

Size = tuple[float, float]
"""Width and height."""

Point = tuple[float, float]

PORT_DISTANCE = 22.0
"""Pixels between the ends of edges at a box."""

PORT_SHARE = 0.8
"""The most of a box's height that the ends of edges spread over."""

LABEL_ROOM = 2.0
"""The least free paper between a label and a box or another label, in pixels."""

HALF_HEAD = 3 / 7
"""Half of the width of an arrowhead, in its lengths."""

BACKWARD_SHIFT = -0.5
"""From an edge's curve up to the one along which derivatives flow back, in lengths of heads."""

NEAR = 60.0
"""The ends of two curves at a column are near each other below this distance, in pixels."""

HALF_WAY, NEARER_TO_START, NEARER_TO_END = 0.5, 0.36, 0.64
"""Where on a piece of a curve a label stands best: away from the end that others share."""

SHARES = [0.02 * step for step in range(5, 46)]
"""Where on a piece of a curve a label may stand."""


@dataclass(frozen=True)
class Rectangle:
    """Centre and size; y goes upwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        """x of the left edge."""
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        """x of the right edge."""
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        """y of the lower edge."""
        return self.y - self.height / 2

    @property
    def top(self) -> float:
        """y of the upper edge."""
        return self.y + self.height / 2

    def touches(self, other: Rectangle, room: float = 0.0) -> bool:
        """Whether less than `room` is left between the two."""
        least_in_x = (self.width + other.width) / 2 + room
        least_in_y = (self.height + other.height) / 2 + room
        is_near_in_x = abs(self.x - other.x) < least_in_x
        is_near_in_y = abs(self.y - other.y) < least_in_y
        return is_near_in_x and is_near_in_y

    def moved(self, dx: float, dy: float) -> Rectangle:
        """The same, so many pixels to the right and up."""
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True)
class EdgeCurve:
    """The points of an edge's curve, which is horizontal at each, and the place of its label."""

    points: tuple[Point, ...]
    label: Rectangle | None = None

    def at(self, piece: int, t: float) -> Point:
        """A point of the Bézier curve between two points, 0 ≤ t ≤ 1.

        Its control points are (x0, y0), (m, y0), (m, y1), (x1, y1), with m half way.
        """
        x0, y0 = self.points[piece]
        x1, y1 = self.points[piece + 1]
        m = (x0 + x1) / 2
        s = 1 - t
        x = s**3 * x0 + 3 * s**2 * t * m + 3 * s * t * t * m + t**3 * x1
        share_of_rise = 3 * t * t - 2 * t**3
        y = y0 + share_of_rise * (y1 - y0)
        return x, y

    def heads(self, length: float) -> tuple[Rectangle, Rectangle]:
        """What the arrowheads cover: the one at the child, and that of the way back, at the parent.

        length: of a head, in pixels.
        """
        enters_x, enters_y = self.points[-1]
        leaves_x, leaves_y = self.points[0]
        back_y = leaves_y + BACKWARD_SHIFT * length
        width = 2 * HALF_HEAD * length
        return (
            Rectangle(enters_x - length / 2, enters_y, length, width),
            Rectangle(leaves_x + length / 2, back_y, length, width),
        )

    def moved(self, dx: float, dy: float) -> EdgeCurve:
        """The same with its label, so many pixels to the right and up."""
        points = [(x + dx, y + dy) for x, y in self.points]
        label = self.label.moved(dx, dy) if self.label else None
        return EdgeCurve(tuple(points), label)


def labelled_curves(
    columns: Columns,
    rectangles: Mapping[Key, Rectangle],
    labels: Sequence[Size | None],
    head_length: float,
) -> tuple[list[EdgeCurve], bool]:
    """The curves with their labels, and whether some label had no room.

    Every label takes the first place on its curve where it touches no box, no arrowhead and no
    earlier label.
    """
    curves = _curves(columns, rectangles)
    taken = [box for key, box in rectangles.items() if is_node(key)]
    for curve in curves:
        taken += curve.heads(head_length)
    labelled = []
    is_tight = False
    for curve, size in zip(curves, labels, strict=True):
        if size is None:
            labelled.append(curve)
            continue
        places = _label_places(curve, curves, size)
        chosen = _first_free(places, taken)
        if chosen is None:
            chosen = places[0]
            is_tight = True
        taken.append(chosen)
        labelled.append(EdgeCurve(curve.points, chosen))
    return labelled, is_tight


def _label_places(curve: EdgeCurve, curves: Sequence[EdgeCurve], size: Size) -> list[Rectangle]:
    """Where a label of this size may stand on its curve, best first."""
    places = []
    for piece, t in _spots(curve, curves):
        x, y = curve.at(piece, t)
        places.append(Rectangle(x, y, *size))
    return places


def _first_free(places: Sequence[Rectangle], taken: Sequence[Rectangle]) -> Rectangle | None:
    """The first place that keeps clear of all that are taken."""
    for place in places:
        is_taken = any(place.touches(other, LABEL_ROOM) for other in taken)
        if not is_taken:
            return place
    return None


def _curves(columns: Columns, rectangles: Mapping[Key, Rectangle]) -> list[EdgeCurve]:
    """The curves, without labels; their ends are spread over the boxes' sides."""
    starts, ends = _ports(columns, rectangles)
    curves = []
    for chain, start, end in zip(columns.chains, starts, ends, strict=True):
        parent, *bends, child = chain
        leaves = (rectangles[parent].right, start)
        enters = (rectangles[child].left, end)
        points = [leaves]
        for bend in bends:
            passed = rectangles[bend]
            points.append((passed.left, passed.y))
            points.append((passed.right, passed.y))
        points.append(enters)
        curves.append(EdgeCurve(tuple(points)))
    return curves


def _ports(
    columns: Columns, rectangles: Mapping[Key, Rectangle]
) -> tuple[list[float], list[float]]:
    """The heights at which every edge leaves its parent and enters its child.

    At a box, edges are in the order of the heights of what they lead to.
    """
    leaving: dict[Key, list[tuple[float, int]]] = defaultdict(list)
    entering: dict[Key, list[tuple[float, int]]] = defaultdict(list)
    for number, chain in enumerate(columns.chains):
        parent, after_parent, *_ = chain
        *_, before_child, child = chain
        height_after = rectangles[after_parent].y
        height_before = rectangles[before_child].y
        leaving[parent].append((height_after, number))
        entering[child].append((height_before, number))
    edges = len(columns.chains)
    starts = _spread(leaving, rectangles, edges)
    ends = _spread(entering, rectangles, edges)
    return starts, ends


def _spread(
    edges_at: Mapping[Key, Sequence[tuple[float, int]]],
    rectangles: Mapping[Key, Rectangle],
    edges_in_all: int,
) -> list[float]:
    """The height of every edge's end, spread around the middle of the box where it is.

    edges_at: for every box its edges, each with the height of what it leads to and its number.
    """
    heights = [0.0] * edges_in_all
    for key, edges in edges_at.items():
        box = rectangles[key]
        last = len(edges) - 1
        room = PORT_SHARE * box.height
        whole = min(room, PORT_DISTANCE * last)
        from_below = sorted(edges)
        for rank, (_, number) in enumerate(from_below):
            # A single edge is in the middle.
            from_middle = rank / last - 0.5 if last else 0.0
            heights[number] = box.y + whole * from_middle
    return heights


def _spots(curve: EdgeCurve, curves: Sequence[EdgeCurve]) -> list[tuple[int, float]]:
    """Where a label may stand, best first: (piece, t) on the first or the last piece of a curve.

    The better end is the one near which fewer other curves begin or end.
    """
    start, *_ = curve.points
    *_, end = curve.points
    at_start = sum(_near(other.points[0], start) for other in curves)
    at_end = sum(_near(other.points[-1], end) for other in curves)
    wanted = HALF_WAY
    if at_end > at_start:
        wanted = NEARER_TO_START
    elif at_start > at_end:
        wanted = NEARER_TO_END
    shares = sorted(SHARES, key=lambda t: abs(t - wanted))
    last = len(curve.points) - 2
    pieces = [0] if last == 0 else [0, last]
    if at_start > at_end:
        pieces.reverse()
    return list(product(pieces, shares))


def _near(one: Point, other: Point) -> bool:
    """Whether two curves begin, or end, at the same column and near each other."""
    x, y = one
    other_x, other_y = other
    is_same_column = abs(x - other_x) < 1
    is_near = abs(y - other_y) < NEAR
    return is_same_column and is_near
