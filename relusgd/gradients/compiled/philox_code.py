"""The machine code of Philox's rounds, in the language of LLVM, as `strip_code` is that of strips.

`philox.turn` says in Python what is computed. Here BESIDE vectors of counters go through all rounds
in registers: one alone would have to wait for its own products. A product of two words is put
together from those of half words, for which processors have vector instructions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import lower_builtin, type_callable

from relusgd.gradients.compiled.tile_code import INDEX, LANE, LANES, Value

BESIDE = 4

WORDS = ir.VectorType(INDEX, LANES)
NO_WORDS = ir.Constant(WORDS, ir.Undefined)
LOW, HALF = 2**32 - 1, 32


def constant(word: int) -> Value:
    """A vector with the word in every lane."""
    return ir.Constant(WORDS, [word] * LANES)


def spread_word(builder: Any, word: Value) -> Value:
    """A vector with a word in every lane that is known only when the code runs."""
    first = builder.insert_element(NO_WORDS, word, ir.Constant(LANE, 0))
    nowhere = ir.Constant(ir.VectorType(LANE, LANES), [0] * LANES)
    return builder.shuffle_vector(first, NO_WORDS, nowhere)


def product(builder: Any, factor: int, words: Value) -> tuple[Value, Value]:
    """The high and the low words of a factor times words."""
    low, half = constant(LOW), constant(HALF)
    a0, a1 = constant(factor & LOW), constant(factor >> HALF)
    b0, b1 = builder.and_(words, low), builder.lshr(words, half)
    lowest = builder.mul(a0, b0)
    middle = builder.add(builder.mul(a0, b1), builder.lshr(lowest, half))
    other = builder.add(builder.and_(middle, low), builder.mul(a1, b0))
    carried = builder.add(builder.lshr(middle, half), builder.lshr(other, half))
    high_words = builder.add(builder.mul(a1, b1), carried)
    low_words = builder.or_(builder.shl(other, half), builder.and_(lowest, low))
    return high_words, low_words


def one_round(
    builder: Any, x: list[Value], key: tuple[Value, Value], factors: Sequence[int]
) -> list[Value]:
    """x ← (hi(M1 x2) ^ x1 ^ k0,  lo(M1 x2),  hi(M0 x0) ^ x3 ^ k1,  lo(M0 x0))."""
    high_0, low_0 = product(builder, factors[0], x[0])
    high_1, low_1 = product(builder, factors[1], x[2])
    first = builder.xor(builder.xor(high_1, x[1]), key[0])
    third = builder.xor(builder.xor(high_0, x[3]), key[1])
    return [first, low_1, third, low_0]


def interleaved(builder: Any, x: list[Value]) -> Value:
    """The words of four vectors: of each lane the four together, one lane after the other."""
    in_order = ir.Constant(ir.VectorType(LANE, 2 * LANES), list(range(2 * LANES)))
    halves = [builder.shuffle_vector(x[i], x[i + 1], in_order) for i in (0, 2)]
    by_lanes = [part * LANES + lane for lane in range(LANES) for part in range(4)]
    mask = ir.Constant(ir.VectorType(LANE, 4 * LANES), by_lanes)
    return builder.shuffle_vector(halves[0], halves[1], mask)


class Lines:
    """Arrays of words while instructions about them are written."""

    def __init__(self, context: Any, builder: Any, kind: Any, array: Value) -> None:
        self._builder = builder
        proxy = cgutils.create_struct_proxy(kind)  # type: ignore[no-untyped-call]
        self._first = proxy(context, builder, array).data

    def word(self, index: int) -> Value:
        """The word at this index."""
        return self._builder.load(self._builder.gep(self._first, [ir.Constant(INDEX, index)]))

    def write(self, words: Value, index: Value) -> None:
        """Write words from this index on."""
        address = self._builder.gep(self._first, [index])
        stored = self._builder.store(words, self._builder.bitcast(address, words.type.as_pointer()))
        stored.align = 8


def give_turn(
    function: Callable[..., Any],
    lanes: int,
    rounds: int,
    factors: Sequence[int],
    steps: Sequence[int],
) -> None:
    """Let compiled code use `philox.turn`.

    lanes: how many counters a group has. factors: M0 and M1; steps: what the key grows by.
    """
    type_callable(function)(lambda _context: lambda _key, _counter, _group, _words: types.void)
    at_once = BESIDE * LANES

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Value:
        kinds = signature.args
        key = Lines(context, builder, kinds[0], arguments[0])
        counter = Lines(context, builder, kinds[1], arguments[1])
        target = Lines(context, builder, kinds[3], arguments[3])
        group = context.cast(builder, arguments[2], kinds[2], types.int64)
        begins = builder.add(counter.word(0), builder.mul(group, ir.Constant(INDEX, lanes)))
        fixed = [spread_word(builder, counter.word(i)) for i in (1, 2, 3)]
        first_key = spread_word(builder, key.word(0)), spread_word(builder, key.word(1))
        with cgutils.for_range(builder, ir.Constant(INDEX, lanes // at_once)) as loop:
            place = builder.mul(loop.index, ir.Constant(INDEX, at_once))
            before = spread_word(builder, builder.add(begins, place))
            counters = []
            for vector in range(BESIDE):
                ahead = [vector * LANES + lane + 1 for lane in range(LANES)]
                numbers = builder.add(before, ir.Constant(WORDS, ahead))
                counters.append([numbers, *fixed])
            turned_key = first_key
            for _ in range(rounds):
                counters = [one_round(builder, x, turned_key, factors) for x in counters]
                k0 = builder.add(turned_key[0], constant(steps[0]))
                turned_key = k0, builder.add(turned_key[1], constant(steps[1]))
            for vector, x in enumerate(counters):
                start = builder.mul(place, ir.Constant(INDEX, 4))
                offset = ir.Constant(INDEX, 4 * LANES * vector)
                target.write(interleaved(builder, x), builder.add(start, offset))
        return context.get_dummy_value()

    kinds = types.Array, types.Array, types.Integer, types.Array
    lower_builtin(function, *kinds)(code)  # type: ignore[no-untyped-call]
