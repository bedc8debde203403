"""SGD steps by the compiled kernels of one hidden layer, thousands in a call. Importing this needs the extra `fast`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from relusgd.gradients.compiled import (
    NO_BOUNDS,
    NO_ROWS,
    Buffers,
    Points,
    Rows,
    Rule,
    descend_by_sums,
    descend_dense,
    make_buffers,
    make_points,
    pad,
    padded_units,
    unpad,
    with_features,
    words,
)
from relusgd.gradients.prefix_sums import centre_of
from relusgd.model.network import Array, Integers
from relusgd.training.sgd import Descent, State, sort_batches

CALL_STEPS = 2**16
"""At most so many full-batch steps in one call."""


def take_steps(
    descent: Descent, state: State, stop: int, recorded: Integers
) -> tuple[State, Array]:
    """As `sgd.advance`, compiled."""
    (width,) = descent.hidden
    theta, u = pad(state.parameters, width), pad(state.velocity, width)
    points, at = _points_and_buffers(descent, theta)
    descend = descend_by_sums if descent.kernel == "prefix_sums" else descend_dense
    rule, gradient, records = (
        make_rule(descent),
        np.zeros_like(theta),
        np.empty((len(recorded), len(theta))),
    )
    for part in _stretches(descent, state.step, stop):
        marks = slice(*np.searchsorted(recorded, [part.first, part.stop], side="right"))
        rates, inside = _rates(descent, part.first, part.stop), recorded[marks] - part.first
        descend(
            theta,
            u,
            gradient,
            points,
            rule,
            at,
            part.rows,
            part.bounds,
            rates,
            inside,
            records[marks],
        )
    return State(stop, unpad(theta, width), unpad(u, width)), unpad(records, width)


def _points_and_buffers(descent: Descent, theta: Array) -> tuple[Points, Buffers]:
    """Made for the first block and kept; made anew where units that do not learn are others than those they were made for."""
    prefix_sums, fixed = (
        descent.kernel == "prefix_sums",
        slice(0, len(theta) // 3 * 2 if descent.layers == "output" else 0),
    )
    kept = descent.tools.get("compiled")
    if kept is not None and np.array_equal(kept[0], theta[fixed]):
        return kept[1], kept[2]
    points = make_points(descent.x, descent.y, centre_of(descent.x) if prefix_sums else 0.0)
    if descent.layers == "output" and not (prefix_sums or descent.is_full):
        points = with_features(points, theta)
    at = make_buffers(points, theta, descent.largest_batch, prefix_sums=prefix_sums)
    descent.tools["compiled"] = (theta[fixed].copy(), points, at)
    return points, at


def make_rule(descent: Descent) -> Rule:
    """What the kernels must know of the descent, in padded vectors."""
    units = padded_units(descent.hidden[0])
    first = 2 * units if descent.layers == "output" else 0
    last = 2 * units if descent.layers == "hidden" else 3 * units + descent.output_bias
    moves = descent.layers != "output"
    return Rule(moves, first, last, descent.weight_decay, descent.momentum, descent.nesterov)


@dataclass(frozen=True, eq=False)
class Stretch:
    """The steps first + 1 … stop and their batches, rows[bounds[s] : bounds[s + 1]]; no rows and bounds: all points each."""

    first: int
    stop: int
    rows: Rows
    bounds: Integers


def _stretches(descent: Descent, first: int, stop: int) -> Iterator[Stretch]:
    if descent.is_full:
        for start in range(first, stop, CALL_STEPS):
            yield Stretch(start, min(start + CALL_STEPS, stop), NO_ROWS, NO_BOUNDS)
        return
    for drawn in descent.order.batches(first, stop, words):
        batches = sort_batches(drawn, len(descent.x)) if descent.kernel == "prefix_sums" else drawn
        yield Stretch(first, first + len(batches), batches.indices.view(np.uint64), batches.bounds)
        first += len(batches)


def _rates(descent: Descent, first: int, stop: int) -> Array:
    """The learning rate of each of the steps first + 1 … stop."""
    schedule, per_epoch = descent.schedule, descent.order.steps_per_epoch
    if schedule.kind == "constant":
        return np.full(stop - first, schedule.rate)
    begin, end = first // per_epoch, (stop - 1) // per_epoch + 1
    by_epoch = np.array([schedule.at(epoch) for epoch in range(begin + 1, end + 1)])
    return np.repeat(by_epoch, per_epoch)[first - begin * per_epoch : stop - begin * per_epoch]
