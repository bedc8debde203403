"""Steps of gradient descent by the compiled kernels, thousands in one call.

Importing this module needs Numba, the extra `fast`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from relusgd.gradients.compiled import (
    NO_BOUNDS,
    NO_ROWS,
    Buffers,
    ComparisonBuffers,
    CompiledWords,
    DeepBuffers,
    DeepPadding,
    Learning,
    NewPoints,
    OneLayerPadding,
    Padding,
    PairedPoints,
    Points,
    Rows,
    aligned_zeros,
    descend_by_comparisons,
    descend_by_prefix_sums,
    descend_deep,
    descend_dense,
    descend_on_new_points,
    make_buffers,
    make_comparison_buffers,
    make_deep_buffers,
    make_new_points,
    make_paired_points,
    make_points,
    make_rule,
    with_activations,
    with_last_outputs,
)
from relusgd.gradients.prefix_sums import centre_of
from relusgd.model.network import Array, Integers, Network, parameter_count
from relusgd.training.descent import Descent, State
from relusgd.training.noise import NoisyBatches

CALL_STEPS = 2**16
"""The most full-batch steps in one call, so that the list of their rates stays small."""


def take_steps(
    descent: Descent,
    state: State,
    stop: int,
    recorded: Integers,
) -> tuple[State, Array]:
    """As `engines.advance`, compiled."""
    padding = padding_of(descent)
    theta = padding.pad(state.parameters)
    memory = aligned_zeros(len(state.memory), len(theta))
    for vector, padded in zip(state.memory.values(), memory, strict=True):
        padded[:] = padding.pad(vector)
    gradient = aligned_zeros(len(theta))
    records = np.empty((len(recorded), len(theta)))
    workspace = _workspace(descent, padding, theta)
    learning = make_learning(descent, padding)
    rule = make_rule(descent.optimizer.name, descent.optimizer.constants)
    descend = _kernel(descent)
    for part in _stretches(descent, workspace, state.step, stop):
        start, end = np.searchsorted(recorded, [part.first, part.stop], side="right")
        descend(
            theta,
            memory,
            gradient,
            part.points,
            learning,
            rule,
            workspace.buffers,
            part.rows,
            part.bounds,
            _rates(descent, part.first, part.stop),
            recorded[start:end] - part.first,
            records[start:end],
        )
    vectors = dict(zip(state.memory, padding.unpad(memory), strict=True))
    return State(stop, padding.unpad(theta), vectors), padding.unpad(records)


def padding_of(descent: Descent) -> Padding:
    """Where the kernel has the parameters in padded vectors."""
    if descent.kernel == "tiles":
        return DeepPadding.of(descent.hidden)
    (width,) = descent.hidden
    return OneLayerPadding(width)


def _kernel(descent: Descent) -> Callable[..., None]:
    """The function that takes the steps."""
    if descent.kernel == "tiles":
        return descend_deep
    if descent.kernel == "dense":
        return descend_dense
    if descent.kernel == "comparisons":
        return descend_by_comparisons
    # By prefix sums. With noise, the points of a batch are none of the sorted training points.
    return descend_on_new_points if descent.noise else descend_by_prefix_sums


AnyPoints = Points | PairedPoints
AnyBuffers = Buffers | ComparisonBuffers | DeepBuffers


@dataclass(frozen=True, eq=False)
class CompiledWorkspace:
    """Points, buffers and what draws, kept from block to block.

    fixed: the parameters that points and buffers depend on.
    """

    fixed: Array
    points: AnyPoints
    buffers: AnyBuffers
    words: CompiledWords


def _workspace(descent: Descent, padding: Padding, theta: Array) -> CompiledWorkspace:
    """The descent's workspace.

    It is made anew if it depends on hidden units that do not learn, and these are others.
    """
    only_output = descent.layers == "output"
    fixed = theta[: padding.output] if only_output else theta[:0]
    kept: CompiledWorkspace | None = descent.workspaces.get("compiled")
    if kept is not None and np.array_equal(kept.fixed, fixed):
        return kept
    memory: tuple[AnyPoints, AnyBuffers]
    if isinstance(padding, DeepPadding):
        memory = _deep_memory(descent, padding, theta)
    elif descent.kernel == "comparisons":
        memory = _comparison_memory(descent)
    else:
        memory = _one_layer_memory(descent, theta)
    points, buffers = memory
    made = CompiledWorkspace(fixed.copy(), points, buffers, CompiledWords())
    descent.workspaces["compiled"] = made
    return made


def _one_layer_memory(descent: Descent, theta: Array) -> tuple[Points, Buffers]:
    """Points and buffers of the kernels of one hidden layer."""
    prefix_sums = descent.kernel == "prefix_sums"
    centre = centre_of(descent.x) if prefix_sums else 0.0
    points = make_points(descent.x, descent.y, centre)
    takes_rows = not (prefix_sums or descent.is_full or descent.noise)
    if descent.layers == "output" and takes_rows:
        # The outputs of the hidden layer never change, so batches take theirs from here.
        points = with_activations(points, theta)
    buffers = make_buffers(points, theta, descent.largest_batch, prefix_sums=prefix_sums)
    return points, buffers


def _comparison_memory(descent: Descent) -> tuple[PairedPoints, ComparisonBuffers]:
    """Points and buffers of the steps by comparisons."""
    points = make_paired_points(descent.x, descent.y)
    # Of points that noise moves nobody knows beforehand which one is the lowest.
    lowest = -np.inf if descent.noise.on_x else float(descent.x[0])
    (width,) = descent.hidden
    buffers = make_comparison_buffers(points, width, descent.largest_batch, lowest)
    return points, buffers


def _deep_memory(
    descent: Descent,
    padding: DeepPadding,
    theta: Array,
) -> tuple[Points, DeepBuffers]:
    """Points and buffers of the kernel of deep networks."""
    points = make_points(descent.x, descent.y, 0.0)
    if descent.layers == "output" and not descent.noise:
        network = Network.from_parameters(padding.unpad(theta), descent.hidden)
        points = with_last_outputs(points, network)
    return points, make_deep_buffers(padding, descent.largest_batch)


def make_learning(descent: Descent, padding: Padding) -> Learning:
    """Which parameters learn; positions are those in padded vectors."""
    decay = np.zeros(parameter_count(descent.hidden))
    decay[descent.learning] = descent.decay
    first = 0
    if descent.layers == "output":
        first = padding.output
    # The output bias is the last parameter.
    last = padding.output_bias + descent.output_bias
    if descent.layers == "hidden":
        last = padding.output
    return Learning(
        hidden_learns=descent.layers != "output",
        first=first,
        last=last,
        decay=padding.pad(decay),
    )


@dataclass(frozen=True, eq=False)
class Stretch:
    """The steps first + 1 … stop and their batches: rows[bounds[s] : bounds[s + 1]] of the points.

    Without rows and bounds every batch is all points.
    """

    first: int
    stop: int
    points: AnyPoints | NewPoints
    rows: Rows
    bounds: Integers


def _stretches(
    descent: Descent,
    workspace: CompiledWorkspace,
    first: int,
    stop: int,
) -> Iterator[Stretch]:
    """The steps first + 1 … stop in parts, one for each call of a kernel."""
    if descent.noise:
        yield from _noisy_stretches(descent, workspace, first, stop)
        return
    points = workspace.points
    if descent.is_full:
        for start in range(first, stop, CALL_STEPS):
            end = min(start + CALL_STEPS, stop)
            yield Stretch(start, end, points, NO_ROWS, NO_BOUNDS)
        return
    for batches in descent.batches(first, stop, workspace.words):
        if descent.kernel == "prefix_sums":
            batches = batches.sorted(len(descent.x))
        end = first + len(batches)
        rows = batches.indices.view(np.uint64)
        yield Stretch(first, end, points, rows, batches.bounds)
        first = end


def _noisy_stretches(
    descent: Descent,
    workspace: CompiledWorkspace,
    first: int,
    stop: int,
) -> Iterator[Stretch]:
    """The steps first + 1 … stop in parts, where noise gives every batch points of its own."""
    for noisy in descent.noisy_batches(first, stop, workspace.words):
        end = first + len(noisy)
        points, rows = _noisy_points(descent, workspace.points, noisy)
        yield Stretch(first, end, points, rows, noisy.batches.bounds)
        first = end


def _noisy_points(
    descent: Descent,
    points: AnyPoints,
    noisy: NoisyBatches,
) -> tuple[AnyPoints | NewPoints, Rows]:
    """The points of all these batches as the kernel needs them, and which rows the batches are."""
    every_row = np.arange(len(noisy.x), dtype=np.uint64)
    if isinstance(points, PairedPoints):
        return make_paired_points(noisy.x, noisy.y), every_row
    if descent.kernel == "prefix_sums":
        bounds = noisy.batches.bounds
        return make_new_points(noisy.x, noisy.y, bounds, points.centre), NO_ROWS
    return points._replace(x=noisy.x, y=noisy.y), every_row


def _rates(descent: Descent, first: int, stop: int) -> Array:
    """What changes from step to step in the steps first + 1 … stop, shape (steps, numbers)."""
    steps = np.arange(first + 1, stop + 1)
    learning_rates = _learning_rates(descent, first, stop)
    return descent.optimizer.rates(learning_rates, steps)


def _learning_rates(descent: Descent, first: int, stop: int) -> Array:
    """The learning rate of each of the steps first + 1 … stop."""
    schedule = descent.schedule
    if schedule.is_constant:
        return np.full(stop - first, schedule.rate)
    epochs = np.arange(first, stop) // descent.order.steps_per_epoch + 1
    first_epoch = int(epochs[0])
    last_epoch = int(epochs[-1])
    rates = [schedule.at(epoch) for epoch in range(first_epoch, last_epoch + 1)]
    return np.array(rates)[epochs - first_epoch]
