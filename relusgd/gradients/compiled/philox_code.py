"""The machine code of Philox's rounds, in the language of LLVM, as `strip_code` is that of strips.

`philox.turn` says in Python what is computed. Here BESIDE vectors of counters go through all rounds
in registers: one alone would have to wait for its own products. A product of two words is put
together from those of half words, for which processors have vector instructions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import lower_builtin, type_callable

from relusgd.gradients.compiled.tile_code import INDEX, LANE, LANES, Value

BESIDE = 4
"""How many vectors of counters go through the rounds together."""

FOUR = 4
"""How many words a counter has, and how many words its turn gives."""

WORDS = ir.VectorType(INDEX, LANES)
NO_WORDS = ir.Constant(WORDS, ir.Undefined)

HALF = 32
"""The bits of half a word."""

LOW = 2**HALF - 1
"""The word whose lower half is all ones."""

WORD_BYTES = 8


def index_of(number: int) -> Value:
    """The number as an index."""
    return ir.Constant(INDEX, number)


def lane_numbers(numbers: Iterable[int]) -> Value:
    """The numbers of lanes, from which a shuffle takes the lanes of its result."""
    listed = list(numbers)
    kind = ir.VectorType(LANE, len(listed))
    return ir.Constant(kind, listed)


def constant(word: int) -> Value:
    """A vector with the word in every lane."""
    return ir.Constant(WORDS, [word] * LANES)


def spread_word(builder: Any, word: Value) -> Value:
    """A vector with a word in every lane that is known only when the code runs."""
    first_lane = ir.Constant(LANE, 0)
    first = builder.insert_element(NO_WORDS, word, first_lane)
    always_first = lane_numbers([0] * LANES)
    return builder.shuffle_vector(first, NO_WORDS, always_first)


def product(builder: Any, factor: int, words: Value) -> tuple[Value, Value]:
    """The high and the low words of a factor times words.

    With a = a1 2^32 + a0 and b = b1 2^32 + b0, as digits are multiplied on paper:

        a b = a1 b1 2^64 + (a0 b1 + a1 b0) 2^32 + a0 b0

    What a sum has above 32 bits is carried to the next one.
    """
    low_half = constant(LOW)
    half = constant(HALF)
    a0 = constant(factor & LOW)
    a1 = constant(factor >> HALF)
    b0 = builder.and_(words, low_half)
    b1 = builder.lshr(words, half)

    lowest = builder.mul(a0, b0)
    a0_b1 = builder.mul(a0, b1)
    carry_of_lowest = builder.lshr(lowest, half)
    middle = builder.add(a0_b1, carry_of_lowest)

    rest_of_middle = builder.and_(middle, low_half)
    a1_b0 = builder.mul(a1, b0)
    other_middle = builder.add(rest_of_middle, a1_b0)

    carry_of_middle = builder.lshr(middle, half)
    carry_of_other = builder.lshr(other_middle, half)
    carry = builder.add(carry_of_middle, carry_of_other)
    a1_b1 = builder.mul(a1, b1)
    high_words = builder.add(a1_b1, carry)

    upper_half = builder.shl(other_middle, half)
    lower_half = builder.and_(lowest, low_half)
    low_words = builder.or_(upper_half, lower_half)
    return high_words, low_words


def one_round(
    builder: Any,
    x: list[Value],
    key: tuple[Value, Value],
    factors: Sequence[int],
) -> list[Value]:
    """x ← (hi(M1 x2) ^ x1 ^ k0,  lo(M1 x2),  hi(M0 x0) ^ x3 ^ k1,  lo(M0 x0))."""
    x0, x1, x2, x3 = x
    k0, k1 = key
    M0, M1 = factors
    high_0, low_0 = product(builder, M0, x0)
    high_1, low_1 = product(builder, M1, x2)
    mixed_1 = builder.xor(high_1, x1)
    first = builder.xor(mixed_1, k0)
    mixed_0 = builder.xor(high_0, x3)
    third = builder.xor(mixed_0, k1)
    return [first, low_1, third, low_0]


def grown(
    builder: Any,
    key: tuple[Value, Value],
    steps: Sequence[int],
) -> tuple[Value, Value]:
    """k ← k + W: the key of the next round."""
    k0 = builder.add(key[0], constant(steps[0]))
    k1 = builder.add(key[1], constant(steps[1]))
    return k0, k1


def interleaved(builder: Any, x: list[Value]) -> Value:
    """The words of four vectors: of each lane the four together, one lane after the other."""
    x0, x1, x2, x3 = x
    in_order = lane_numbers(range(2 * LANES))
    first_two = builder.shuffle_vector(x0, x1, in_order)
    last_two = builder.shuffle_vector(x2, x3, in_order)
    by_lanes = []
    for lane in range(LANES):
        for part in range(FOUR):
            by_lanes.append(part * LANES + lane)
    return builder.shuffle_vector(first_two, last_two, lane_numbers(by_lanes))


class Lines:
    """Arrays of words while instructions about them are written."""

    def __init__(self, context: Any, builder: Any, kind: Any, array: Value) -> None:
        self._builder = builder
        proxy = cgutils.create_struct_proxy(kind)  # type: ignore[no-untyped-call]
        self._first = proxy(context, builder, array).data

    def word(self, index: int) -> Value:
        """The word at this index."""
        address = self._builder.gep(self._first, [index_of(index)])
        return self._builder.load(address)

    def write(self, words: Value, index: Value) -> None:
        """Write words from this index on."""
        address_of_word = self._builder.gep(self._first, [index])
        address = self._builder.bitcast(address_of_word, words.type.as_pointer())
        stored = self._builder.store(words, address)
        stored.align = WORD_BYTES


class CounterVectors:
    """The counters of a group while instructions about them are written.

    Counter n of a group, n = 0, 1, …, has begins + n + 1 as its first word, and the same three
    words behind it as all others.
    """

    def __init__(self, builder: Any, counter: Lines, group: Value, counters: int) -> None:
        self._builder = builder
        first_of_all = counter.word(0)
        counters_before = builder.mul(group, index_of(counters))
        self._begins = builder.add(first_of_all, counters_before)
        self._other_words = [spread_word(builder, counter.word(i)) for i in (1, 2, 3)]

    def from_place(self, place: Value) -> list[list[Value]]:
        """The next BESIDE vectors of counters from this one on, each as four vectors of words."""
        first_word = self._builder.add(self._begins, place)
        before = spread_word(self._builder, first_word)
        return [self._vector(before, vector) for vector in range(BESIDE)]

    def _vector(self, before: Value, vector: int) -> list[Value]:
        first = vector * LANES + 1
        ahead = list(range(first, first + LANES))
        first_words = self._builder.add(before, ir.Constant(WORDS, ahead))
        return [first_words, *self._other_words]


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
    at_once = BESIDE * LANES
    repetitions = lanes // at_once

    def result(_key: Any, _counter: Any, _group: Any, _words: Any) -> Any:
        return types.void

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Value:
        key_kind, counter_kind, group_kind, words_kind = signature.args
        key_value, counter_value, group_value, words_value = arguments
        key = Lines(context, builder, key_kind, key_value)
        counter = Lines(context, builder, counter_kind, counter_value)
        target = Lines(context, builder, words_kind, words_value)
        group = context.cast(builder, group_value, group_kind, types.int64)
        counters = CounterVectors(builder, counter, group, lanes)
        k0 = spread_word(builder, key.word(0))
        k1 = spread_word(builder, key.word(1))
        with cgutils.for_range(builder, index_of(repetitions)) as loop:
            place = builder.mul(loop.index, index_of(at_once))
            vectors = counters.from_place(place)
            round_key = (k0, k1)
            for _ in range(rounds):
                vectors = [one_round(builder, x, round_key, factors) for x in vectors]
                round_key = grown(builder, round_key, steps)
            for vector, x in enumerate(vectors):
                start = builder.mul(place, index_of(FOUR))
                offset = index_of(FOUR * LANES * vector)
                words = interleaved(builder, x)
                target.write(words, builder.add(start, offset))
        return context.get_dummy_value()

    type_callable(function)(lambda _context: result)
    kinds = types.Array, types.Array, types.Integer, types.Array
    lower_builtin(function, *kinds)(code)  # type: ignore[no-untyped-call]
