"""The machine code of `strips`: each function writes the instructions for names of that module.

As in `tile_code`, the instructions are in the language of LLVM and are written when a kernel is
compiled. A strip is an array of vectors, and an operation is done with each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import lower_builtin, models, register_model, type_callable

from relusgd.gradients.compiled.tile_code import (
    DOUBLE,
    INDEX,
    LANES,
    VECTOR,
    FlatMatrix,
    Value,
    multiply_add,
    shuffled,
    spread,
)

BITS = ir.VectorType(ir.IntType(1), LANES)

Writer = Callable[..., Value]
"""From a builder and values to the instructions that make a value of them."""


class Strip(types.Type):
    """So many vectors of numbers."""

    def __init__(self, vectors: int) -> None:
        self.vectors = vectors
        super().__init__(name=f"Strip({vectors} x {LANES})")


class Mask(types.Type):
    """So many vectors of truth values."""

    def __init__(self, vectors: int) -> None:
        self.vectors = vectors
        super().__init__(name=f"Mask({vectors} x {LANES})")


@register_model(Strip)
class StripModel(models.PrimitiveModel):
    def __init__(self, manager: Any, strip: Strip) -> None:
        vectors = ir.ArrayType(VECTOR, strip.vectors)
        super().__init__(manager, strip, vectors)  # type: ignore[no-untyped-call]


@register_model(Mask)
class MaskModel(models.PrimitiveModel):
    def __init__(self, manager: Any, mask: Mask) -> None:
        vectors = ir.ArrayType(BITS, mask.vectors)
        super().__init__(manager, mask, vectors)  # type: ignore[no-untyped-call]


def declare(function: Callable[..., Any], result: Callable[..., Any]) -> None:
    """Let compiled code use a function; `result` gives the type of what it returns, or None.

    An operator keeps the meanings that it has for other types.
    """
    type_callable(function)(lambda _context: result)


def give_code(code: Writer, function: Callable[..., Any], *kinds: Any) -> None:
    """Let `code` write the instructions of a function for arguments of these kinds."""
    lower_builtin(function, *kinds)(code)  # type: ignore[no-untyped-call]


def common(*kinds: Any) -> Any:
    """The type of strips among numbers and strips that are equally long, or None."""
    others = {kind for kind in kinds if not isinstance(kind, types.Float)}
    if len(others) != 1:
        return None
    (only,) = others
    return only if isinstance(only, Strip) else None


def vectors_of(builder: Any, kind: Any, value: Value, count: int) -> list[Value]:
    """The vectors of a strip or a mask; of a number, as many with the number in every lane."""
    if isinstance(kind, types.Float):
        return [spread(builder, value)] * count
    return [builder.extract_value(value, i) for i in range(count)]


def joined(context: Any, builder: Any, kind: Any, vectors: Sequence[Value]) -> Value:
    """The strip or mask of these vectors."""
    value = context.get_constant_undef(kind)
    for i, vector in enumerate(vectors):
        value = builder.insert_value(value, vector, i)
    return value


def by_vectors(write: Writer) -> Writer:
    """Code that makes each vector of the result of the same vector of every argument."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Value:
        result = signature.return_type
        count = result.vectors
        vectors_by_argument = []
        for kind, value in zip(signature.args, arguments, strict=True):
            vectors_by_argument.append(vectors_of(builder, kind, value, count))
        vectors = []
        for operands in zip(*vectors_by_argument, strict=True):
            vectors.append(write(builder, *operands))
        return joined(context, builder, result, vectors)

    return code


MIXED = [(Strip, Strip), (Strip, types.Float), (types.Float, Strip)]
"""The kinds of two arguments of which one at least is a strip."""


def arithmetic(function: Callable[..., Any], write: Writer) -> None:
    """An operation of two strips, or of a strip and a number."""
    declare(function, lambda a, b: common(a, b))
    for kinds in MIXED:
        give_code(by_vectors(write), function, *kinds)


def comparison(function: Callable[..., Any], sign: str) -> None:
    """A comparison of two strips, or of a strip and a number; false for what is not a number."""

    def result(a: Any, b: Any) -> Any:
        strip = common(a, b)
        return Mask(strip.vectors) if strip else None

    declare(function, result)
    code = by_vectors(lambda builder, a, b: builder.fcmp_ordered(sign, a, b))
    for kinds in MIXED:
        give_code(code, function, *kinds)


def logic(function: Callable[..., Any], write: Writer) -> None:
    """An operation of two masks that are equally long."""

    def result(a: Any, b: Any) -> Any:
        return a if isinstance(a, Mask) and a == b else None

    declare(function, result)
    give_code(by_vectors(write), function, Mask, Mask)


def choice(function: Callable[..., Any]) -> None:
    """Of two strips, or of a strip and a number, what a mask says."""
    declare(function, lambda _mask, a, b: common(a, b))
    code = by_vectors(lambda builder, *values: builder.select(*values))
    for kinds in MIXED:
        give_code(code, function, Mask, *kinds)


def fused(function: Callable[..., Any]) -> None:
    """a b + c for a number b, of strips and numbers, or of numbers alone."""

    def result(a: Any, b: Any, c: Any) -> Any:
        return types.float64 if isinstance(c, types.Float) else common(a, b, c)

    def of_vectors(builder: Any, a: Value, b: Value, c: Value) -> Value:
        operation = multiply_add(builder)
        return operation(a, b, c)

    def of_numbers(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Value:
        operation = intrinsic_of(builder, "llvm.fmuladd.f64", DOUBLE, 3)
        return operation(*arguments)

    declare(function, result)
    by_lanes = by_vectors(of_vectors)
    for kind in (Strip, types.Float):
        give_code(by_lanes, function, kind, types.Float, Strip)
    give_code(of_numbers, function, types.Float, types.Float, types.Float)


def alone(function: Callable[..., Any], write: Writer) -> None:
    """An operation of one strip."""
    declare(function, lambda a: common(a))
    give_code(by_vectors(write), function, Strip)


def absolute(builder: Any, vector: Value) -> Value:
    """The absolute values of a vector."""
    operation = intrinsic_of(builder, f"llvm.fabs.v{LANES}f64", VECTOR, 1)
    return operation(vector)


def intrinsic_of(builder: Any, name: str, kind: Any, count: int) -> Callable[..., Value]:
    """An operation of LLVM, from so many values of a kind to one."""
    signature = ir.FunctionType(kind, [kind] * count)
    module = builder.module
    declared = cgutils.get_or_insert_function
    function = declared(module, signature, name)  # type: ignore[no-untyped-call]
    return lambda *values: builder.call(function, values)


def load(function: Callable[..., Any], vectors: int) -> None:
    """The strip of so many vectors that begins at an index."""
    declare(function, lambda _array, _start: Strip(vectors))

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Value:
        return loaded(context, builder, signature.return_type, signature.args, arguments)

    give_code(code, function, types.Array, types.Integer)


def load_alike(function: Callable[..., Any]) -> None:
    """The strip that begins at an index and is as long as another one."""
    declare(function, lambda strip, _array, _start: strip)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Value:
        place = signature.args[1:]
        return loaded(context, builder, signature.return_type, place, arguments[1:])

    give_code(code, function, Strip, types.Array, types.Integer)


def loaded(context: Any, builder: Any, strip: Strip, kinds: Any, values: Any) -> Value:
    """The strip that begins at an index of an array.

    kinds, values: of the array and of the index.
    """
    source, index = place_of(context, builder, kinds, values)
    vectors = [source.vector(index, vector) for vector in range(strip.vectors)]
    return joined(context, builder, strip, vectors)


def load_of_pairs(function: Callable[..., Any], place: int) -> None:
    """The strip of the first numbers of chosen pairs (place 0), or of the second ones (1).

    A pair is read as a whole. Where both are asked for, it is read once.
    """
    every_second = range(place, 2 * LANES, 2)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Value:
        source = FlatMatrix(context, builder, signature.args[0], arguments[0])
        rows, start = place_of(context, builder, signature.args[1:], arguments[1:])
        pairs = [pair_of_row(builder, source, rows, start, lane) for lane in range(LANES)]
        low, high = two_halves(builder, pairs)
        vector = shuffled(builder, low, high, every_second)
        return joined(context, builder, signature.return_type, [vector])

    declare(function, lambda _pairs, _rows, _start: Strip(1))
    give_code(code, function, types.Array, types.Array, types.Integer)


def pair_of_row(
    builder: Any,
    source: FlatMatrix,
    rows: FlatMatrix,
    start: Value,
    lane: int,
) -> Value:
    """The pair for a lane: that of the row which stands so many places behind the start."""
    place = builder.add(start, ir.Constant(INDEX, lane))
    row = rows.number(place)
    twice_row = builder.shl(row, ir.Constant(INDEX, 1))
    return source.pair(twice_row)


def two_halves(builder: Any, vectors: list[Value]) -> list[Value]:
    """Two vectors with the numbers of all these, whose count is a power of 2, in their order."""
    while len(vectors) > 2:
        vectors = [side_by_side(builder, *neighbours) for neighbours in in_twos(vectors)]
    return vectors


def in_twos(values: list[Value]) -> list[list[Value]]:
    """The values two by two."""
    return [values[i : i + 2] for i in range(0, len(values), 2)]


def side_by_side(builder: Any, first: Value, second: Value) -> Value:
    """The vector of the numbers of two shorter ones."""
    return shuffled(builder, first, second, range(2 * first.type.count))


def store(function: Callable[..., Any]) -> None:
    """Writing a strip to where it begins."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Value:
        strip = signature.args[0]
        target, index = place_of(context, builder, signature.args[1:], arguments[1:])
        vectors = vectors_of(builder, strip, arguments[0], strip.vectors)
        for vector, value in enumerate(vectors):
            target.write(value, index, vector)
        return context.get_dummy_value()

    declare(function, lambda _strip, _array, _start: types.void)
    give_code(code, function, Strip, types.Array, types.Integer)


def place_of(context: Any, builder: Any, kinds: Any, values: Any) -> tuple[FlatMatrix, Value]:
    """An array and an index in it, from their kinds and their values."""
    array_kind, index_kind = kinds
    array, given_index = values
    index = context.cast(builder, given_index, index_kind, types.int64)
    return FlatMatrix(context, builder, array_kind, array), index


def fill(function: Callable[..., Any]) -> None:
    """A strip as long as another one, with a number in every lane."""
    declare(function, lambda strip, _number: common(strip))
    code = by_vectors(lambda _builder, _vector, number: number)
    give_code(code, function, Strip, types.Float)


def everywhere(function: Callable[..., Any]) -> None:
    """Whether a mask of one vector is true in all lanes."""
    word = ir.IntType(LANES)
    all_ones = ir.Constant(word, 2**LANES - 1)

    def result(mask: Any) -> Any:
        return types.boolean if mask == Mask(1) else None

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Value:
        vector = builder.extract_value(arguments[0], 0)
        bits = builder.bitcast(vector, word)
        return builder.icmp_unsigned("==", bits, all_ones)

    declare(function, result)
    give_code(code, function, Mask)
