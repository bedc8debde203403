"""Boxes, curves and labels of a graph in pixels, from sizes alone, such that nothing touches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from relusgd.graphs.layers import Columns, Key, arrange, both_ways

Size = tuple[float, float]
Point = tuple[float, float]

MARGIN = 10.0
"""Pixels around the whole."""

NARROWEST = 34.0
"""Pixels between columns, for edges without labels."""

BEND = 10.0
"""The room that an edge takes when it passes a column."""

ROUNDS = 40
"""Of settling rows."""

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
"""Pixels between boxes of a column, and a factor on those between columns; the first at which labels have room is taken."""


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
        apart_x = abs(self.x - other.x) >= (self.width + other.width) / 2 + room
        return not apart_x and abs(self.y - other.y) < (self.height + other.height) / 2 + room


@dataclass(frozen=True)
class Line:
    """An edge: points through which it goes, horizontally at each, and its label's place, if it has one."""

    points: tuple[Point, ...]
    label: Rectangle | None = None

    def at(self, piece: int, t: float) -> Point:
        """A point of the curve between two of its points; each piece is x = P(t), y = P(t) with P of degree 3."""
        (x0, y0), (x1, y1) = self.points[piece], self.points[piece + 1]
        smooth = 3 * t * t - 2 * t**3
        middle = (x0 + x1) / 2
        x = (
            (1 - t) ** 3 * x0
            + 3 * (1 - t) ** 2 * t * middle
            + 3 * (1 - t) * t * t * middle
            + t**3 * x1
        )
        return x, y0 + smooth * (y1 - y0)


@dataclass(frozen=True)
class Placement:
    """Where everything stands on a picture of this size."""

    width: float
    height: float
    boxes: Mapping[str, Rectangle]
    lines: tuple[Line, ...]
    tight: bool = False
    """Whether labels touch because no more room was to be found."""


@dataclass
class _Grid:
    """Columns with room between them, and rows that settle."""

    columns: Columns
    sizes: Mapping[Key, Size]
    room: float
    gaps: Sequence[float]
    y: dict[Key, float] = field(default_factory=dict)

    def settle(self) -> None:
        """Let every key move towards the mean of its neighbours, to and fro, as far as its column has room."""
        neighbours = both_ways(self.columns.links)
        for column in self.columns.columns:
            self._put(column, [0.0] * len(column))
        for round_ in range(ROUNDS):
            for column in self.columns.columns[:: 1 if round_ % 2 == 0 else -1]:
                wished = [self._wish(key, neighbours.get(key, [])) for key in column]
                self._put(column, wished)

    def _wish(self, key: Key, near: Sequence[Key]) -> float:
        return sum(self.y[other] for other in near) / len(near) if near else self.y[key]

    def _put(self, column: Sequence[Key], wished: Sequence[float]) -> None:
        """The places nearest to the wished ones, in their order from the top, that leave room: pools of neighbours that would touch."""
        offsets = [0.0]
        for above, below in pairwise(column):
            offsets.append(
                offsets[-1] + (self.sizes[above][1] + self.sizes[below][1]) / 2 + self.room
            )
        # with t = −y − offset the order asks for t to increase: isotonic regression by pooling adjacent violators
        pools: list[list[float]] = []
        for wish, offset in zip(wished, offsets, strict=True):
            pools.append([-wish - offset, 1.0])
            while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
                mean, count = pools.pop()
                before, weight = pools[-1]
                pools[-1] = [(before * weight + mean * count) / (weight + count), weight + count]
        levels = [mean for mean, count in pools for _ in range(int(count))]
        for key, level, offset in zip(column, levels, offsets, strict=True):
            self.y[key] = -(level + offset)

    def rectangles(self) -> dict[Key, Rectangle]:
        """Every key's place, columns centred one after the other."""
        found, x = {}, 0.0
        for column, gap in zip(self.columns.columns, [*self.gaps, 0.0], strict=True):
            wide = max(self.sizes[key][0] for key in column)
            for key in column:
                width, height = self.sizes[key]
                found[key] = Rectangle(
                    x + wide / 2, self.y[key], wide if not key[0] else width, height
                )
            x += wide + gap
        return found


def place(
    sizes: Mapping[str, Size],
    edges: Sequence[tuple[str, str]],
    labels: Sequence[Size | None],
    *,
    wanted_width: float = 0.0,
) -> Placement:
    """Place boxes of these sizes, parents first, with edges (parent, child) and their labels' sizes (None: no label).

    wanted_width: a picture that needs less is made so wide. Room grows until no label touches another or a box.
    """
    columns = arrange(list(sizes), edges)
    for room, stretch in ATTEMPTS:
        placed = _place_once(columns, sizes, labels, (room, stretch), wanted_width - 2 * MARGIN)
        if not placed.tight:
            break
    return _shifted(placed)


def _place_once(
    columns: Columns,
    sizes: Mapping[str, Size],
    labels: Sequence[Size | None],
    spread: tuple[float, float],
    wanted: float,
) -> Placement:
    room, stretch = spread
    keyed = {
        key: sizes[key[0]] if key[0] else (0.0, BEND)
        for column in columns.columns
        for key in column
    }
    gaps = _gaps(columns, labels, stretch)
    needed = sum(max(keyed[key][0] for key in column) for column in columns.columns) + sum(gaps)
    if gaps and needed < wanted:
        gaps = [gap + (wanted - needed) / len(gaps) for gap in gaps]
    grid = _Grid(columns, keyed, room, gaps)
    grid.settle()
    boxes = grid.rectangles()
    lines, tight = _lines(columns, boxes, labels)
    width = max(box.right for box in boxes.values())
    height = max(box.top for box in boxes.values()) - min(box.bottom for box in boxes.values())
    return Placement(
        width, height, {key[0]: box for key, box in boxes.items() if key[0]}, lines, tight
    )


def _gaps(columns: Columns, labels: Sequence[Size | None], stretch: float) -> list[float]:
    """Pixels between columns: for the widest label of the edges that begin or end there."""
    gaps = [NARROWEST] * (len(columns.columns) - 1)
    number = {key: column for column, keys in enumerate(columns.columns) for key in keys}
    for chain, label in zip(columns.chains, labels, strict=True):
        for piece in (
            {number[chain[0]], number[chain[-1]] - 1}
            if label and len(chain) == 2
            else {number[chain[0]]}
            if label
            else ()
        ):
            assert label is not None
            gaps[piece] = max(gaps[piece], stretch * (label[0] + 16.0))
    return gaps


def _lines(
    columns: Columns, boxes: Mapping[Key, Rectangle], labels: Sequence[Size | None]
) -> tuple[tuple[Line, ...], bool]:
    """The curves with ends spread over the boxes' sides, and labels on them; whether some had no room."""
    ends = _ports(columns, boxes)
    curves = []
    for number, chain in enumerate(columns.chains):
        points: list[Point] = [(boxes[chain[0]].right, ends[number, 0])]
        for bend in chain[1:-1]:
            points += [(boxes[bend].left, boxes[bend].y), (boxes[bend].right, boxes[bend].y)]
        curves.append(Line((*points, (boxes[chain[-1]].left, ends[number, 1]))))
    nodes = [box for key, box in boxes.items() if key[0]]
    return _labelled(curves, labels, nodes)


def _ports(columns: Columns, boxes: Mapping[Key, Rectangle]) -> dict[tuple[int, int], float]:
    """The heights at which edges leave (·, 0) and enter (·, 1), in the order of what they lead to."""
    sides: dict[tuple[Key, int], list[tuple[float, int]]] = {}
    for number, chain in enumerate(columns.chains):
        sides.setdefault((chain[0], 0), []).append((boxes[chain[1]].y, number))
        sides.setdefault((chain[-1], 1), []).append((boxes[chain[-2]].y, number))
    ports = {}
    for (key, side), leading in sides.items():
        box, count = boxes[key], len(leading)
        spread = min(0.8 * box.height, 22.0 * (count - 1))
        for rank, (_, number) in enumerate(sorted(leading)):
            ports[number, side] = box.y + (
                spread * (rank / (count - 1) - 0.5) if count > 1 else 0.0
            )
    return ports


def _labelled(
    curves: Sequence[Line], labels: Sequence[Size | None], nodes: Sequence[Rectangle]
) -> tuple[tuple[Line, ...], bool]:
    """Every label at the first place on its curve where it touches nothing, near the end where its curve has fewer neighbours."""
    placed: list[Rectangle] = []
    done: dict[int, Line] = {}
    tight = False
    for number, (curve, label) in enumerate(zip(curves, labels, strict=True)):
        if label is None:
            done[number] = curve
            continue
        spots = [Rectangle(*curve.at(piece, t), *label) for piece, t in _candidates(curve, curves)]
        free = [
            spot
            for spot in spots
            if not any(spot.touches(other, 2.0) for other in (*placed, *nodes))
        ]
        tight |= not free
        chosen = free[0] if free else spots[0]
        placed.append(chosen)
        done[number] = Line(curve.points, chosen)
    return tuple(done[number] for number in range(len(curves))), tight


def _candidates(curve: Line, curves: Sequence[Line]) -> list[tuple[int, float]]:
    """Places on a curve's first or last piece, best first: where fewer other curves run along."""
    leaving = sum(_near(other.points[0], curve.points[0]) for other in curves)
    entering = sum(_near(other.points[-1], curve.points[-1]) for other in curves)
    wanted = 0.5 if leaving == entering else 0.36 if entering > leaving else 0.64
    places = sorted((0.02 * step for step in range(5, 46)), key=lambda t: abs(t - wanted))
    last = len(curve.points) - 2
    pieces = (0,) if last == 0 else (0, last) if entering >= leaving else (last, 0)
    return [(piece, t) for piece in pieces for t in places]


def _near(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) < 1 and abs(one[1] - other[1]) < 60


def _shifted(placement: Placement) -> Placement:
    """The same with its lower left corner at (MARGIN, MARGIN)."""
    low = min(box.bottom for box in placement.boxes.values())
    low = min([low, *(y for line in placement.lines for _, y in line.points)])
    high = max(
        [box.top for box in placement.boxes.values()]
        + [y for line in placement.lines for _, y in line.points]
    )

    def moved(box: Rectangle) -> Rectangle:
        return Rectangle(box.x + MARGIN, box.y - low + MARGIN, box.width, box.height)

    lines = tuple(
        Line(
            tuple((x + MARGIN, y - low + MARGIN) for x, y in line.points),
            moved(line.label) if line.label else None,
        )
        for line in placement.lines
    )
    boxes = {name: moved(box) for name, box in placement.boxes.items()}
    return Placement(
        placement.width + 2 * MARGIN, high - low + 2 * MARGIN, boxes, lines, placement.tight
    )
