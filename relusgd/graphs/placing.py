"""Where the boxes, curves and labels of a graph stand, in pixels, so that nothing touches.

All follows from sizes alone. Columns come from `columns`; here rows settle, curves get their ends,
and labels their places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from relusgd.graphs.columns import Columns, Key, arrange, neighbours_by_key

Size = tuple[float, float]
Point = tuple[float, float]

MARGIN = 10.0
"""Pixels around the whole."""

NARROWEST_GAP = 34.0
"""Pixels between columns, for edges without labels."""

LABEL_ROOM = 16.0
"""Pixels that a gap has beside its widest label."""

BEND_HEIGHT = 10.0
"""Pixels that an edge takes in a column that it passes."""

PORT_DISTANCE, PORT_SHARE = 22.0, 0.8
"""Pixels between the ends of edges at a box, and the most of its height that they spread over."""

SETTLING_ROUNDS = 40

ATTEMPTS = (
    (14.0, 1.0),
    (14.0, 1.2),
    (14.0, 1.5),
    (18.0, 1.5),
    (18.0, 1.8),
    (26.0, 1.8),
    (36.0, 2.2),
    (50.0, 2.6),
)
"""Pixels between the boxes of a column, and a factor on the gaps between columns. The first pair
that leaves room for all labels is taken."""


@dataclass(frozen=True)
class Rectangle:
    """Centre and size; y goes upwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        return self.y - self.height / 2

    @property
    def top(self) -> float:
        return self.y + self.height / 2

    def touches(self, other: Rectangle, room: float = 0.0) -> bool:
        """Whether less than `room` is left between the two."""
        near_in_x = abs(self.x - other.x) < (self.width + other.width) / 2 + room
        near_in_y = abs(self.y - other.y) < (self.height + other.height) / 2 + room
        return near_in_x and near_in_y

    def moved(self, dx: float, dy: float) -> Rectangle:
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
        (x0, y0), (x1, y1) = self.points[piece], self.points[piece + 1]
        s = 1 - t
        middle = (x0 + x1) / 2
        x = s**3 * x0 + 3 * s**2 * t * middle + 3 * s * t * t * middle + t**3 * x1
        return x, y0 + (3 * t * t - 2 * t**3) * (y1 - y0)

    def moved(self, dx: float, dy: float) -> EdgeCurve:
        points = tuple((x + dx, y + dy) for x, y in self.points)
        return EdgeCurve(points, self.label.moved(dx, dy) if self.label else None)


@dataclass(frozen=True)
class Placement:
    """Where everything stands in a picture of this size.

    tight: whether labels touch something because no attempt had room for them.
    """

    width: float
    height: float
    boxes: Mapping[str, Rectangle]
    curves: tuple[EdgeCurve, ...]
    tight: bool


def place(
    sizes: Mapping[str, Size],
    edges: Sequence[tuple[str, str]],
    labels: Sequence[Size | None],
    *,
    wanted_width: float = 0.0,
) -> Placement:
    """Place boxes of these sizes, parents first, with edges (parent, child).

    labels: the sizes of the edges' labels, None for no label. wanted_width: a placement that needs
    less is spread to this width. Room grows until no label touches another or a box.
    """
    columns = arrange(list(sizes), edges)
    inner_width = wanted_width - 2 * MARGIN
    for room, stretch in ATTEMPTS:
        gaps = _gaps(columns, labels, stretch)
        placement = _place_once(columns, sizes, labels, room, gaps, inner_width)
        if not placement.tight:
            break
    return placement


def _gaps(columns: Columns, labels: Sequence[Size | None], stretch: float) -> list[float]:
    """Pixels between columns: right of each, for the widest label of the edges that begin there."""
    gaps = [NARROWEST_GAP] * (len(columns.columns) - 1)
    column_of: dict[Key, int] = {}
    for number, keys in enumerate(columns.columns):
        column_of.update(dict.fromkeys(keys, number))
    for chain, label in zip(columns.chains, labels, strict=True):
        if label is None:
            continue
        column, (width, _) = column_of[chain[0]], label
        gaps[column] = max(gaps[column], stretch * (width + LABEL_ROOM))
    return gaps


def _place_once(
    columns: Columns,
    sizes: Mapping[str, Size],
    labels: Sequence[Size | None],
    room: float,
    gaps: Sequence[float],
    wanted_width: float,
) -> Placement:
    """The placement with this room between boxes, its lower left corner at (MARGIN, MARGIN)."""
    key_sizes: dict[Key, Size] = {}
    for column in columns.columns:
        for key in column:
            key_sizes[key] = sizes[key[0]] if _is_node(key) else (0.0, BEND_HEIGHT)
    widths = [max(key_sizes[key][0] for key in column) for column in columns.columns]
    needed = sum(widths) + sum(gaps)
    if gaps and needed < wanted_width:
        gaps = [gap + (wanted_width - needed) / len(gaps) for gap in gaps]
    heights = {key: height for key, (_, height) in key_sizes.items()}
    y = _Rows(columns, heights, room).settle()

    rectangles: dict[Key, Rectangle] = {}
    x = 0.0
    for column, width, gap in zip(columns.columns, widths, [*gaps, 0.0], strict=True):
        for key in column:
            own_width = key_sizes[key][0] if _is_node(key) else width
            rectangles[key] = Rectangle(x + width / 2, y[key], own_width, heights[key])
        x += width + gap
    curves, tight = _labelled_curves(columns, rectangles, labels)
    boxes = {key[0]: box for key, box in rectangles.items() if _is_node(key)}
    return _framed(boxes, curves, max(box.right for box in rectangles.values()), tight)


def _framed(
    boxes: Mapping[str, Rectangle], curves: Sequence[EdgeCurve], width: float, tight: bool
) -> Placement:
    """The placement moved to leave a margin on all sides."""
    ends = [y for curve in curves for _, y in curve.points]
    low = min([box.bottom for box in boxes.values()] + ends)
    high = max([box.top for box in boxes.values()] + ends)
    dx, dy = MARGIN, MARGIN - low
    return Placement(
        width=width + 2 * MARGIN,
        height=high - low + 2 * MARGIN,
        boxes={name: box.moved(dx, dy) for name, box in boxes.items()},
        curves=tuple(curve.moved(dx, dy) for curve in curves),
        tight=tight,
    )


def _is_node(key: Key) -> bool:
    """Whether a key is a node's, and not the bend of an edge."""
    return key[0] != ""


@dataclass
class _Rows:
    """Heights within columns, which settle between their neighbours."""

    columns: Columns
    heights: Mapping[Key, float]
    room: float
    y: dict[Key, float] = field(default_factory=dict)

    def settle(self) -> dict[Key, float]:
        """Move every key to the mean of its neighbours, as far as its column has room.

        Columns take their turns from left to right and back.
        """
        neighbours = neighbours_by_key(self.columns.links)
        for column in self.columns.columns:
            self._put(column, [0.0] * len(column))
        for round_ in range(SETTLING_ROUNDS):
            walk = self.columns.columns if round_ % 2 == 0 else self.columns.columns[::-1]
            for column in walk:
                self._put(column, [self._mean(key, neighbours[key]) for key in column])
        return self.y

    def _mean(self, key: Key, near: Sequence[Key]) -> float:
        if not near:
            return self.y[key]
        return sum(self.y[other] for other in near) / len(near)

    def _put(self, column: Sequence[Key], wanted: Sequence[float]) -> None:
        """Put the keys as near to the wanted heights as their order and the room allow.

        With t = −y − offset, where offset is the least distance from the first key, the order asks
        for t to increase: isotonic regression, by pooling adjacent violators.
        """
        offsets = [0.0]
        for above, below in pairwise(column):
            distance = (self.heights[above] + self.heights[below]) / 2
            offsets.append(offsets[-1] + distance + self.room)
        pools: list[tuple[float, int]] = []  # mean t and count of keys that touch
        for height, offset in zip(wanted, offsets, strict=True):
            mean, count = -height - offset, 1
            while pools and pools[-1][0] > mean:
                other_mean, other_count = pools.pop()
                total = other_mean * other_count + mean * count
                count += other_count
                mean = total / count
            pools.append((mean, count))
        t = [mean for mean, count in pools for _ in range(count)]
        for key, level, offset in zip(column, t, offsets, strict=True):
            self.y[key] = -(level + offset)


# Curves


def _labelled_curves(
    columns: Columns, rectangles: Mapping[Key, Rectangle], labels: Sequence[Size | None]
) -> tuple[list[EdgeCurve], bool]:
    """The curves with their labels, and whether some label had no room.

    Every label takes the first place on its curve where it touches no box and no earlier label.
    """
    curves = _curves(columns, rectangles)
    taken = [box for key, box in rectangles.items() if _is_node(key)]
    labelled = []
    tight = False
    for curve, label in zip(curves, labels, strict=True):
        if label is None:
            labelled.append(curve)
            continue
        places = [Rectangle(*curve.at(piece, t), *label) for piece, t in _spots(curve, curves)]
        chosen = _first_free(places, taken)
        if chosen is None:
            chosen, tight = places[0], True
        taken.append(chosen)
        labelled.append(EdgeCurve(curve.points, chosen))
    return labelled, tight


def _first_free(places: Sequence[Rectangle], taken: Sequence[Rectangle]) -> Rectangle | None:
    for rectangle in places:
        if not any(rectangle.touches(other, 2.0) for other in taken):
            return rectangle
    return None


def _curves(columns: Columns, rectangles: Mapping[Key, Rectangle]) -> list[EdgeCurve]:
    """The curves, without labels; their ends are spread over the boxes' sides."""
    starts, ends = _ports(columns, rectangles)
    curves = []
    for chain, start, end in zip(columns.chains, starts, ends, strict=True):
        points = [(rectangles[chain[0]].right, start)]
        for bend in chain[1:-1]:
            passed = rectangles[bend]
            points += [(passed.left, passed.y), (passed.right, passed.y)]
        points.append((rectangles[chain[-1]].left, end))
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
        leaving[chain[0]].append((rectangles[chain[1]].y, number))
        entering[chain[-1]].append((rectangles[chain[-2]].y, number))
    starts, ends = [0.0] * len(columns.chains), [0.0] * len(columns.chains)
    for heights, edges_by_key in ((starts, leaving), (ends, entering)):
        for key, edges in edges_by_key.items():
            box, last = rectangles[key], len(edges) - 1
            spread = min(PORT_SHARE * box.height, PORT_DISTANCE * last)
            for rank, (_, number) in enumerate(sorted(edges)):
                share = rank / last - 0.5 if last else 0.0
                heights[number] = box.y + spread * share
    return starts, ends


def _spots(curve: EdgeCurve, curves: Sequence[EdgeCurve]) -> list[tuple[int, float]]:
    """Where a label may stand, best first: (piece, t) on the first or the last piece of a curve.

    The better end is the one near which fewer other curves begin or end.
    """
    at_start = sum(_near(other.points[0], curve.points[0]) for other in curves)
    at_end = sum(_near(other.points[-1], curve.points[-1]) for other in curves)
    wanted = 0.5
    if at_end > at_start:
        wanted = 0.36
    elif at_start > at_end:
        wanted = 0.64
    shares = [0.02 * step for step in range(5, 46)]
    shares.sort(key=lambda t: abs(t - wanted))
    last = len(curve.points) - 2
    pieces = [0] if last == 0 else [0, last]
    if at_start > at_end:
        pieces.reverse()
    return [(piece, t) for piece in pieces for t in shares]


def _near(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) < 1 and abs(one[1] - other[1]) < 60
