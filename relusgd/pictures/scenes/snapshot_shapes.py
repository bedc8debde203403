"""What a picture shows of a snapshot: a curve, the lines of units, bends. Original units."""

from __future__ import annotations

from dataclasses import dataclass

from relusgd.model.network import Array, Integers


@dataclass(frozen=True, eq=False)
class LearnedCurve:
    """The learned function: straight lines between the points (x, y), shape (n,).

    kink: |change of slope| at the inner points, in network units, shape (n − 2,); sign: 1 where the
    function bends up, −1 where it bends down; layer: the hidden layer, from 1, whose unit switches
    there.
    """

    x: Array
    y: Array
    kink: Array
    sign: Array
    layer: Integers


@dataclass(frozen=True, eq=False)
class UnitLines:
    """The lines of units on their active sides inside the domain: shape (n, 2 ends, 2 coordinates).
    elbow: x, shape (n,), nan outside.

    strength: how much the unit bends the function, shape (n,); sign: of its output weight, 0 where
    that has no single one.
    """

    lines: Array
    elbow: Array
    strength: Array
    sign: Array


@dataclass(frozen=True, eq=False)
class Bends:
    """How much a wide layer bends the function, in equal parts of the domain.

    edges: x, shape (bars + 1,). up, down: the sum of |slope change| over the units with positive,
    with negative output weight whose elbow lies in the part, shape (bars,); in deep networks, whose
    units have no single sign, all of it is up.
    """

    edges: Array
    up: Array
    down: Array
