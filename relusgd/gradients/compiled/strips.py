"""Strips: some vectors of numbers side by side, which stay in registers while sums are taken.

A vector has LANES numbers. The lanes are independent of each other, so the order of every sum is
the written one. Strips are added, multiplied and compared as NumPy does it, and the functions here
say in NumPy what they do; `strip_code` has the machine code.
"""

from __future__ import annotations

import operator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from relusgd.gradients.compiled import strip_code
from relusgd.gradients.compiled.elbow_search import Rows
from relusgd.gradients.compiled.tile_code import LANES
from relusgd.model.network import Array

Strip = Array
Mask = NDArray[np.bool_]
Summand = TypeVar("Summand", float, Strip)
Number = TypeVar("Number", bound=np.generic)

WIDEST = 5 if LANES == 8 else 2
"""The most vectors of a strip for which registers have room, together with four sums for each."""


def inside(array: NDArray[Number], start: int, size: int) -> NDArray[Number]:
    """So many numbers from `start` on, all of which have to be in the array.

    Machine code would read what lies behind it; NumPy would take a shorter part. Here it is an
    error, so that plain Python tells of it.
    """
    return array[start : start + size].reshape(size)


def load_1(array: Array, start: int) -> Strip:
    """The strip of one vector that begins at `start`."""
    return inside(array, start, LANES).copy()


def load_2(array: Array, start: int) -> Strip:
    """The strip of two vectors there."""
    return inside(array, start, 2 * LANES).copy()


def load_3(array: Array, start: int) -> Strip:
    """The strip of three vectors there."""
    return inside(array, start, 3 * LANES).copy()


def load_4(array: Array, start: int) -> Strip:
    """The strip of four vectors there."""
    return inside(array, start, 4 * LANES).copy()


def load_5(array: Array, start: int) -> Strip:
    """The strip of five vectors there."""
    return inside(array, start, 5 * LANES).copy()


def load_alike(strip: Strip, array: Array, start: int) -> Strip:
    """The strip there that is as long as this one."""
    return inside(array, start, len(strip)).copy()


def firsts(pairs: Array, rows: Rows, start: int) -> Strip:
    """Of pairs side by side the first numbers, of the pairs in these rows from `start` on."""
    chosen = inside(rows, start, LANES)
    return pairs[2 * chosen]


def seconds(pairs: Array, rows: Rows, start: int) -> Strip:
    """The second numbers of the same pairs."""
    chosen = inside(rows, start, LANES)
    return pairs[2 * chosen + 1]


def store(strip: Strip, array: Array, start: int) -> None:
    """Write the strip to where it begins in the array."""
    array[start : start + len(strip)] = strip


def filled(strip: Strip, number: float) -> Strip:
    """A strip as long as this one, with the number in every lane."""
    return np.full_like(strip, number)


def where(mask: Mask, a: Strip | float, b: Strip | float) -> Strip:
    """The numbers of a where the mask is true, and those of b elsewhere."""
    return np.where(mask, a, b)


def fused(a: Any, b: float, c: Summand) -> Summand:
    """a b + c, in one rounding where the processor has an instruction for that."""
    total: Summand = a * b + c
    return total


def everywhere(mask: Mask) -> bool:
    """Whether the mask of a strip of one vector is true in all lanes."""
    return bool(mask.all())


# What operators and the names above mean in machine code.

strip_code.arithmetic(operator.add, lambda builder, a, b: builder.fadd(a, b))
strip_code.arithmetic(operator.sub, lambda builder, a, b: builder.fsub(a, b))
strip_code.arithmetic(operator.mul, lambda builder, a, b: builder.fmul(a, b))
strip_code.arithmetic(operator.truediv, lambda builder, a, b: builder.fdiv(a, b))
strip_code.comparison(operator.gt, ">")
strip_code.comparison(operator.ge, ">=")
strip_code.comparison(operator.lt, "<")
strip_code.comparison(operator.le, "<=")
strip_code.comparison(operator.eq, "==")
strip_code.logic(operator.and_, lambda builder, a, b: builder.and_(a, b))
strip_code.logic(operator.or_, lambda builder, a, b: builder.or_(a, b))
strip_code.logic(operator.xor, lambda builder, a, b: builder.xor(a, b))
strip_code.alone(operator.neg, lambda builder, a: builder.fneg(a))
strip_code.alone(abs, strip_code.absolute)
strip_code.load(load_1, 1)
strip_code.load(load_2, 2)
strip_code.load(load_3, 3)
strip_code.load(load_4, 4)
strip_code.load(load_5, 5)
strip_code.load_alike(load_alike)
strip_code.load_of_pairs(firsts, 0)
strip_code.load_of_pairs(seconds, 1)
strip_code.store(store)
strip_code.fill(filled)
strip_code.choice(where)
strip_code.fused(fused)
strip_code.everywhere(everywhere)
