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
    make_points,
    make_rule,
    with_activations,
    with_last_outputs,
)
from relusgd.gradients.prefix_sums import centre_of
from relusgd.model.network import Array, Integers, Network, parameter_count
from relusgd.training.descent import Descent, State

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
    return descend_on_new_points if descent.noise else descend_by_prefix_sums


AnyBuffers = Buffers | ComparisonBuffers | DeepBuffers


@dataclass(frozen=True, eq=False)
class CompiledWorkspace:
    """Points, buffers and what draws, kept from block to block.

    fixed: the parameters that points and buffers depend on.
    """

    fixed: Array
    points: Points
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
    memory: tuple[Points, AnyBuffers]
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
    if descent.layers == "output" and not (prefix_sums or descent.is_full or descent.noise):
        points = with_activations(points, theta)
    return points, make_buffers(points, theta, descent.largest_batch, prefix_sums=prefix_sums)


def _comparison_memory(descent: Descent) -> tuple[Points, ComparisonBuffers]:
    """Points and buffers of the steps by comparisons."""
    points = make_points(descent.x, descent.y, 0.0)
    # Of points that noise moves nobody knows beforehand which one is the lowest.
    lowest = -np.inf if descent.noise.on_x else float(descent.x[0])
    (width,) = descent.hidden
    return points, make_comparison_buffers(points, width, descent.largest_batch, lowest)


def _deep_memory(
    descent: Descent, padding: DeepPadding, theta: Array
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
    with_output = padding.output_bias + descent.output_bias
    return Learning(
        hidden_learns=descent.layers != "output",
        first=padding.output if descent.layers == "output" else 0,
        last=padding.output if descent.layers == "hidden" else with_output,
        decay=padding.pad(decay),
    )


@dataclass(frozen=True, eq=False)
class Stretch:
    """The steps first + 1 … stop and their batches: rows[bounds[s] : bounds[s + 1]] of the points.

    Without rows and bounds every batch is all points.
    """

    first: int
    stop: int
    points: Points | NewPoints
    rows: Rows
    bounds: Integers


def _stretches(
    descent: Descent,
    workspace: CompiledWorkspace,
    first: int,
    stop: int,
) -> Iterator[Stretch]:
    """The steps first + 1 … stop in parts, one for each call of a kernel."""
    points, words = workspace.points, workspace.words
    if descent.noise:
        yield from _noisy_stretches(descent, workspace, first, stop)
        return
    if descent.is_full:
        for start in range(first, stop, CALL_STEPS):
            yield Stretch(start, min(start + CALL_STEPS, stop), points, NO_ROWS, NO_BOUNDS)
        return
    for batches in descent.batches(first, stop, words):
        if descent.kernel == "prefix_sums":
            batches = batches.sorted(len(descent.x))
        end = first + len(batches)
        yield Stretch(first, end, points, batches.indices.view(np.uint64), batches.bounds)
        first = end


def _noisy_stretches(
    descent: Descent,
    workspace: CompiledWorkspace,
    first: int,
    stop: int,
) -> Iterator[Stretch]:
    """The steps first + 1 … stop in parts, where noise gives every batch points of its own."""
    points = workspace.points
    for noisy in descent.noisy_batches(first, stop, workspace.words):
        end, bounds = first + len(noisy), noisy.batches.bounds
        if descent.kernel == "prefix_sums":
            new_points = make_new_points(noisy.x, noisy.y, bounds, points.centre)
            yield Stretch(first, end, new_points, NO_ROWS, bounds)
        else:
            all_points = points._replace(x=noisy.x, y=noisy.y)
            yield Stretch(first, end, all_points, np.arange(len(noisy.x), dtype=np.uint64), bounds)
        first = end


def _rates(descent: Descent, first: int, stop: int) -> Array:
    """What changes from step to step in the steps first + 1 … stop, shape (steps, numbers)."""
    steps = np.arange(first + 1, stop + 1)
    return descent.optimizer.rates(_learning_rates(descent, first, stop), steps)


def _learning_rates(descent: Descent, first: int, stop: int) -> Array:
    """The learning rate of each of the steps first + 1 … stop."""
    schedule = descent.schedule
    if schedule.is_constant:
        return np.full(stop - first, schedule.rate)
    epochs_before = np.arange(first, stop) // descent.order.steps_per_epoch
    start, end = int(epochs_before[0]), int(epochs_before[-1])
    by_epoch = np.array([schedule.at(epoch + 1) for epoch in range(start, end + 1)])
    return np.asarray(by_epoch[epochs_before - start])
