"""Steps of networks with any number of hidden layers: the arithmetic of `backprop`.

A point is a column here, so that points are neighbours in memory. With a row of ones below every
a_k, and the biases as a last row of W_{k+1},

    a_{k+1} = relu(W_{k+1}ᵀ a_k),   δ_k = (W_{k+1} δ_{k+1}) ∘ [a_k > 0],   ∂W_{k+1} = a_k δ_{k+1}ᵀ

of ½ Σ r², where δ_{L+1} = r. Biases are added last, so the product w x of the first layer is
rounded before the sum. A batch passes through the layers in parts, whose gradients are added. A
part has `count` points and room for P, which fill vectors; what stands in that room is never used.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from relusgd.gradients.compiled.arrays import Points
from relusgd.gradients.compiled.deep_arrays import LARGEST_PART, DeepBuffers, LayerTable
from relusgd.gradients.compiled.elbow_search import Rows
from relusgd.gradients.compiled.formulas.learning import Learning
from relusgd.gradients.compiled.machine_code import called, compiled, inlined
from relusgd.gradients.compiled.products import add_product, by_rows, transposed, write_transposed
from relusgd.gradients.compiled.tile_code import LANES, ROWS
from relusgd.gradients.compiled.update import record, update
from relusgd.model.network import Array, Integers


@inlined
def round_up(size: int, unit: int) -> int:
    """The least multiple of the unit that is not below the size."""
    return (size + unit - 1) // unit * unit


@inlined
def size_of_parts(B: int) -> int:
    """How many points of a batch pass through the layers together: about the same in all parts."""
    parts = (B + LARGEST_PART - 1) // LARGEST_PART
    return round_up((B + parts - 1) // parts, LANES)


@inlined
def fill(part: Array, value: float) -> None:
    """Write the value to all of it."""
    for i in range(len(part)):
        part[i] = value


@inlined
def row_of(rows: Rows, i: int) -> np.uint64:
    """The i-th of the rows; without rows the batch is all points."""
    return rows[i] if len(rows) > 0 else np.uint64(i)


@called
def gather_points(
    points: Points,
    rows: Rows,
    start: int,
    count: int,
    x: Array,
    y: Array,
) -> None:
    """Copy so many points of a batch to x and y."""
    for i in range(count):
        t = row_of(rows, start + i)
        x[i] = points.x[t]
        y[i] = points.y[t]


@called
def gather_outputs(
    points: Points,
    rows: Rows,
    start: int,
    count: int,
    P: int,
    at: DeepBuffers,
) -> None:
    """Copy y of so many points of a batch, and the kept outputs, as inputs of the output layer."""
    columns = points.activations.shape[1]
    for i in range(count):
        t = row_of(rows, start + i)
        at.y[i] = points.y[t]
        begins = i * columns
        copied = at.by_points[begins : begins + columns]
        for j in range(len(copied)):
            copied[j] = points.activations[t, j]
    output_layer = len(at.layers.inputs) - 1
    first_row = at.layers.inputs[output_layer]
    outputs = by_rows(at.by_points, 0, columns)
    inputs = by_rows(at.inputs, first_row * P, P)
    write_transposed(outputs, inputs, P, columns)


@inlined
def apply_relu(z: Array) -> None:
    """In place. What is not a number stays so, as in the reference."""
    for i in range(len(z)):
        z[i] = 0.0 if z[i] <= 0.0 else z[i]


@inlined
def mask(delta: Array, a: Array) -> None:
    """δ ∘ [a > 0], in place."""
    for i in range(len(delta)):
        delta[i] = delta[i] if a[i] > 0.0 else 0.0


@called
def forward(
    theta: Array,
    layers: LayerTable,
    inputs: Array,
    f: Array,
    P: int,
    lowest: int,
) -> None:
    """From the inputs of the lowest layer to those of all above, and to f."""
    last = len(layers.fan_in) - 1
    for k in range(lowest, last + 1):
        fan_in = layers.fan_in[k]
        fan_out = layers.fan_out[k]
        first_row = layers.inputs[k]
        ones = (first_row + fan_in) * P
        fill(inputs[ones : ones + P], 1.0)
        W = by_rows(theta, layers.weights[k], layers.columns[k])
        a = by_rows(inputs, first_row * P, P)
        z = by_rows(f, 0, P) if k == last else by_rows(inputs, layers.inputs[k + 1] * P, P)
        room = round_up(fan_out, ROWS) * P
        fill(z.numbers[z.start : z.start + room], 0.0)
        add_product(transposed(W), a, z, fan_out, P, fan_in + 1)
        if k < last:
            size = fan_out * P
            apply_relu(inputs[z.start : z.start + size])


@called
def backward(theta: Array, g: Array, at: DeepBuffers, count: int, P: int, lowest: int) -> None:
    """Add the gradient of all layers from the lowest one to g.

    The residuals of the output stand in the first row of at.deltas.
    """
    layers = at.layers
    inputs = at.inputs
    deltas = at.deltas
    below = at.below
    last = len(layers.fan_in) - 1
    for k in range(last, lowest - 1, -1):
        fan_in = layers.fan_in[k]
        fan_out = layers.fan_out[k]
        columns = layers.columns[k]
        start = layers.inputs[k] * P
        a = by_rows(inputs, start, P)
        delta = by_rows(deltas, 0, P)
        delta_by_points = by_rows(at.by_points, 0, columns)
        # So that padding stays 0: no result depends on it, but numbers near 0 would be slow.
        padding = deltas[fan_out * P : columns * P]
        fill(padding, 0.0)
        write_transposed(delta, delta_by_points, columns, P)
        gradient = by_rows(g, layers.weights[k], columns)
        add_product(a, delta_by_points, gradient, fan_in + 1, columns, count)
        if k > lowest:
            W = by_rows(theta, layers.weights[k], columns)
            room = round_up(fan_in, ROWS) * P
            fill(below[:room], 0.0)
            add_product(W, delta, by_rows(below, 0, P), fan_in, P, fan_out)
            size = fan_in * P
            mask(below[:size], inputs[start : start + size])
            deltas, below = below, deltas


@compiled
def descend_deep(
    theta: Array,
    memory: Array,
    g: Array,
    points: Points,
    learning: Learning,
    rule: Any,
    at: DeepBuffers,
    rows: Rows,
    bounds: Integers,
    rates: Array,
    recorded: Integers,
    records: Array,
) -> None:
    """Steps of a deep network. Without bounds every batch is all points.

    If the points have activations, these are the outputs of the last hidden layer, which never
    change.
    """
    layers = at.layers
    x = at.inputs
    y = at.y
    f = at.deltas
    output = len(layers.fan_in) - 1
    has_outputs = len(points.activations) > 0
    first = output if has_outputs else 0
    lowest = 0 if learning.hidden_learns else output
    start = 0
    B = len(points.x)
    row = 0
    for s in range(len(rates)):
        if len(bounds) > 0:
            start = bounds[s]
            B = bounds[s + 1] - start
        fill(g, 0.0)
        size = size_of_parts(B)
        for part in range(0, B, size):
            count = min(size, B - part)
            P = round_up(count, LANES)
            if has_outputs:
                gather_outputs(points, rows, start + part, count, P, at)
            else:
                gather_points(points, rows, start + part, count, x, y)
            forward(theta, layers, at.inputs, f, P, first)
            for i in range(count):
                f[i] -= y[i]
            backward(theta, g, at, count, P, lowest)
        update(theta, memory, g, rates, s, B, learning, rule)
        if row < len(recorded) and recorded[row] == s + 1:
            record(theta, records, row)
            row += 1
