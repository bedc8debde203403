"""The machine code of `tiles`: each function gives the instructions for one of its names.

Numba has no type for a vector of numbers, and by itself it does not keep a block of a matrix in
registers. So the instructions are written here, in the language of LLVM, by which Numba compiles.
`codegen` in each function writes them when a kernel is compiled; Python's loops in it are over the
rows, vectors and lanes of one tile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.codegen import get_host_cpu_features
from numba.extending import intrinsic, models, register_model

Value = Any
"""A value of LLVM: a number, a vector, an address or a tile."""


def processor_features() -> set[str]:
    """What the processor has for which Numba compiles, by LLVM's names.

    It is this one, unless NUMBA_CPU_FEATURES names those of another. Numba keeps machine code by
    these names, so kept code always has the lanes of those who read it.
    """
    named: str | None = numba.config.CPU_FEATURES  # type: ignore[attr-defined]
    listed = get_host_cpu_features() if named is None else named  # type: ignore[no-untyped-call]
    return {name[1:] for name in listed.split(",") if name.startswith("+")}


def lanes_of(features: set[str]) -> int:
    """How many numbers a register of a processor with these features holds."""
    if "avx512f" in features:
        return 8
    return 4 if "avx" in features else 2


LANES = lanes_of(processor_features())
ROWS = 4

INDEX = ir.IntType(64)
LANE = ir.IntType(32)
DOUBLE = ir.DoubleType()
VECTOR = ir.VectorType(DOUBLE, LANES)
PAIR = ir.VectorType(DOUBLE, 2)
NO_VECTOR = ir.Constant(VECTOR, ir.Undefined)
ALIGNMENT = 8
"""Rows begin at any number, so an address is a multiple of no more than a number's bytes."""


class Tile(types.Type):
    """ROWS rows of so many vectors, one row after the other."""

    def __init__(self, vectors: int) -> None:
        self.vectors = vectors
        super().__init__(name=f"Tile({ROWS}, {vectors} x {LANES})")


@register_model(Tile)
class TileModel(models.PrimitiveModel):
    def __init__(self, manager: Any, tile: Tile) -> None:
        vectors = ir.ArrayType(VECTOR, ROWS * tile.vectors)
        super().__init__(manager, tile, vectors)  # type: ignore[no-untyped-call]


class FlatMatrix:
    """A flat vector in memory, while instructions about it are written."""

    def __init__(self, context: Any, builder: Any, array_type: Any, array: Value) -> None:
        self._builder = builder
        proxy = cgutils.create_struct_proxy(array_type)  # type: ignore[no-untyped-call]
        self._first = proxy(context, builder, array).data

    def _address(self, index: Value, offset: int) -> Value:
        place = self._builder.add(index, ir.Constant(INDEX, offset))
        return self._builder.gep(self._first, [place])

    def _vector_address(self, index: Value, vector: int) -> Value:
        address = self._address(index, vector * LANES)
        return self._builder.bitcast(address, VECTOR.as_pointer())

    def number(self, index: Value) -> Value:
        """The number at this index."""
        address = self._address(index, 0)
        return self._builder.load(address)

    def vector(self, index: Value, vector: int = 0) -> Value:
        """So many vectors behind this index, the vector there."""
        loaded = self._builder.load(self._vector_address(index, vector))
        loaded.align = ALIGNMENT
        return loaded

    def pair(self, index: Value) -> Value:
        """The two numbers from this index on."""
        address_of_first = self._address(index, 0)
        address = self._builder.bitcast(address_of_first, PAIR.as_pointer())
        loaded = self._builder.load(address)
        loaded.align = ALIGNMENT
        return loaded

    def write(self, value: Value, index: Value, vector: int = 0) -> None:
        """Write a vector where `vector` reads it."""
        address = self._vector_address(index, vector)
        stored = self._builder.store(value, address)
        stored.align = ALIGNMENT


def instructions(function: Callable[..., Any]) -> Any:
    """A function of compiled code, from one that gives its types and the writer of its code."""
    return intrinsic(function)


def row_start(builder: Any, start: Value, stride: Value, row: int) -> Value:
    """The index at which a row begins."""
    return builder.add(start, builder.mul(stride, ir.Constant(INDEX, row)))


def shuffled(builder: Any, first: Value, second: Value, chosen: Sequence[int]) -> Value:
    """A vector of the chosen lanes of two vectors, those of the second one counted on."""
    mask = ir.Constant(ir.VectorType(LANE, len(chosen)), list(chosen))
    return builder.shuffle_vector(first, second, mask)


def spread(builder: Any, number: Value) -> Value:
    """A vector with the number in every lane."""
    first_lane = ir.Constant(LANE, 0)
    first = builder.insert_element(NO_VECTOR, number, first_lane)
    return shuffled(builder, first, NO_VECTOR, [0] * LANES)


def multiply_add(builder: Any) -> Callable[[Value, Value, Value], Value]:
    """a b + c of vectors, in one rounding where the processor has an instruction for that."""
    signature = ir.FunctionType(VECTOR, [VECTOR] * 3)
    name = f"llvm.fmuladd.v{LANES}f64"
    module = builder.module
    declared = cgutils.get_or_insert_function
    function = declared(module, signature, name)  # type: ignore[no-untyped-call]
    return lambda a, b, c: builder.call(function, [a, b, c])


def load(vectors: int) -> Any:
    """The function that reads a tile, so many vectors wide, from a matrix."""

    @instructions
    def read(_: Any, matrix: Any, start: Any, stride: Any) -> Any:
        tile = Tile(vectors)

        def codegen(context: Any, builder: Any, _signature: Any, arguments: Any) -> Value:
            array, start, stride = arguments
            source = FlatMatrix(context, builder, matrix, array)
            loaded = context.get_constant_undef(tile)
            for row in range(ROWS):
                index = row_start(builder, start, stride, row)
                for vector in range(vectors):
                    value = source.vector(index, vector)
                    place = row * vectors + vector
                    loaded = builder.insert_value(loaded, value, place)
            return loaded

        return tile(matrix, types.int64, types.int64), codegen

    return read


load_1, load_2, load_3 = load(1), load(2), load(3)


@instructions
def store(_: Any, tile: Any, matrix: Any, start: Any, stride: Any) -> Any:
    def codegen(context: Any, builder: Any, _signature: Any, arguments: Any) -> Value:
        stored, array, start, stride = arguments
        target = FlatMatrix(context, builder, matrix, array)
        for row in range(ROWS):
            index = row_start(builder, start, stride, row)
            for vector in range(tile.vectors):
                place = row * tile.vectors + vector
                value = builder.extract_value(stored, place)
                target.write(value, index, vector)
        return context.get_dummy_value()

    return types.void(tile, matrix, types.int64, types.int64), codegen


@instructions
def add_products(
    _: Any,
    tile: Any,
    left: Any,
    start: Any,
    stride: Any,
    right: Any,
    row: Any,
) -> Any:
    def codegen(context: Any, builder: Any, _signature: Any, arguments: Any) -> Value:
        sums, left_array, start, stride, right_array, right_start = arguments
        column = FlatMatrix(context, builder, left, left_array)
        right_row = FlatMatrix(context, builder, right, right_array)
        factors = [right_row.vector(right_start, vector) for vector in range(tile.vectors)]
        fused = multiply_add(builder)
        for row in range(ROWS):
            index = row_start(builder, start, stride, row)
            number = spread(builder, column.number(index))
            for vector, factor in enumerate(factors):
                place = row * tile.vectors + vector
                sum_so_far = builder.extract_value(sums, place)
                added = fused(number, factor, sum_so_far)
                sums = builder.insert_value(sums, added, place)
        return sums

    signature = tile(tile, left, types.int64, types.int64, right, types.int64)
    return signature, codegen


@instructions
def transpose_block(
    _: Any,
    matrix: Any,
    start: Any,
    stride: Any,
    transposed: Any,
    place: Any,
    width: Any,
) -> Any:
    def codegen(context: Any, builder: Any, _signature: Any, arguments: Any) -> Value:
        array, start, stride, other, place, width = arguments
        source = FlatMatrix(context, builder, matrix, array)
        target = FlatMatrix(context, builder, transposed, other)
        rows = []
        for row in range(LANES):
            index = row_start(builder, start, stride, row)
            rows.append(source.vector(index))
        columns = transposed_vectors(builder, rows)
        for row, column in enumerate(columns):
            index = row_start(builder, place, width, row)
            target.write(column, index)
        return context.get_dummy_value()

    indices = [types.int64] * 2
    return types.void(matrix, *indices, transposed, *indices), codegen


def transposed_vectors(builder: Any, vectors: list[Value]) -> list[Value]:
    """The columns of a square block, whose rows are these vectors.

    A row is interleaved with the one half of the block below it. Each time, the numbers of a column
    come to stand in half as many rows, until they stand in one.
    """
    half = LANES // 2
    lower_halves = []
    for lane in range(half):
        lower_halves += [lane, LANES + lane]
    upper_halves = [lane + half for lane in lower_halves]
    rows_of_column = LANES
    while rows_of_column > 1:
        interleaved = []
        for first, second in zip(vectors[:half], vectors[half:], strict=True):
            interleaved.append(shuffled(builder, first, second, lower_halves))
            interleaved.append(shuffled(builder, first, second, upper_halves))
        vectors = interleaved
        rows_of_column //= 2
    return vectors
