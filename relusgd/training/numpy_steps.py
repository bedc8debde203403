"""SGD steps in NumPy, one at a time, for networks of any depth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise, repeat

import numpy as np

from relusgd.gradients.backprop import backprop
from relusgd.gradients.dense import Kernel, dense_kernel
from relusgd.gradients.features import feature_kernel, features_fit
from relusgd.gradients.prefix_sums import centre_of, prefix_sum_kernel
from relusgd.model.network import Array, Integers, Network, learning_parameters, split_parameters
from relusgd.training.sgd import Descent, State, sort_batches

Batch = tuple[Array, Array]
Gradient = Callable[..., object]


def take_steps(
    descent: Descent, state: State, stop: int, recorded: Integers
) -> tuple[State, Array]:
    """As `sgd.advance`, in NumPy."""
    bench = _workbench(descent, state)
    parameters, write_gradient, update = bench.parameters, bench.write_gradient, bench.update
    rows = np.empty((len(recorded), len(parameters)))
    row, marks = 0, [*recorded.tolist(), -1]
    step, rate, rate_ends = state.step, 0.0, -1
    with np.errstate(all="ignore"):
        for size, batch in bench.batches(step, stop):
            if step >= rate_ends:
                epoch = step // descent.order.steps_per_epoch + 1
                rate, rate_ends = descent.schedule.at(epoch), epoch * descent.order.steps_per_epoch
            write_gradient(*batch)
            update(size, rate)
            step += 1
            if step == marks[row]:
                rows[row] = parameters
                row += 1
    return State(stop, parameters.copy(), bench.velocity.copy()), rows


class Workbench:
    """Kernels with the vectors that they read and write, kept over the blocks of a training."""

    def __init__(self, descent: Descent, start: Array) -> None:
        self.start, self._descent = start, descent
        self.parameters, self.velocity, gradient = (
            start.copy(),
            np.zeros_like(start),
            np.zeros_like(start),
        )
        self.write_gradient: Gradient = _kernel(descent, self.parameters, gradient)
        self.update = _update(descent, self.parameters, gradient, self.velocity)

    def batches(self, first: int, stop: int) -> Iterator[tuple[int, tuple[object, ...]]]:
        """For each of the steps first + 1 … stop the size of its batch and what the kernel is called with."""
        descent = self._descent
        if uses_features(descent):
            return (
                (descent.largest_batch if rows is None else len(rows), (rows,))
                for rows in _rows(descent, first, stop)
            )
        return ((len(x), (x, y)) for x, y in _batches(descent, first, stop))


def _workbench(descent: Descent, state: State) -> Workbench:
    """The training's workbench, set to a state; a new one for the first state, and where features belong to other hidden layers."""
    fixed = learning_parameters(descent.hidden, "hidden") if uses_features(descent) else slice(0, 0)
    bench: Workbench | None = descent.tools.get("numpy")
    if bench is None or not np.array_equal(bench.start[fixed], state.parameters[fixed]):
        bench = descent.tools["numpy"] = Workbench(descent, state.parameters)
    bench.parameters[:], bench.velocity[:] = state.parameters, state.velocity
    return bench


def _kernel(descent: Descent, parameters: Array, gradient: Array) -> Gradient:
    """What writes the gradient of a batch."""
    if uses_features(descent):
        return feature_kernel(
            Network.from_parameters(parameters, descent.hidden),
            descent.x,
            descent.y,
            parameters,
            gradient,
        )
    return _point_kernel(descent, parameters, gradient)


def uses_features(descent: Descent) -> bool:
    """Whether only the output layer learns, from features that are worth keeping."""
    return (
        descent.layers == "output"
        and descent.kernel == "dense"
        and features_fit(len(descent.x), descent.hidden[-1])
    )


def _point_kernel(descent: Descent, parameters: Array, gradient: Array) -> Kernel:
    if len(descent.hidden) > 1:
        return deep_kernel(parameters, gradient, descent.hidden)
    (width,) = descent.hidden
    if descent.kernel == "prefix_sums":
        centre = centre_of(descent.x)
        return prefix_sum_kernel(
            parameters, gradient, width, descent.layers, centre=centre, fixed_x=descent.is_full
        )
    kernels: dict[int, Kernel] = {}

    def kernel(x: Array, y: Array) -> None:
        size = len(x)
        chosen = kernels.get(size) or kernels.setdefault(
            size, dense_kernel(parameters, gradient, width, size, descent.layers)
        )
        chosen(x, y)

    return kernel


def _rows(descent: Descent, first: int, stop: int) -> Iterator[Integers | None]:
    """The points of the steps first + 1 … stop by their numbers; None for all of them."""
    if descent.is_full:
        yield from repeat(None, stop - first)
        return
    for batches in descent.order.batches(first, stop):
        for start, until in pairwise(batches.bounds.tolist()):
            yield batches.indices[start:until]


def _batches(descent: Descent, first: int, stop: int) -> Iterator[Batch]:
    """The points of the steps first + 1 … stop, sorted where the kernel wants them so."""
    if descent.is_full:
        yield from repeat((descent.x, descent.y), stop - first)
        return
    for drawn in descent.order.batches(first, stop):
        batches = sort_batches(drawn, len(descent.x)) if descent.kernel == "prefix_sums" else drawn
        begin, end = batches.bounds[0], batches.bounds[-1]
        chosen = batches.indices[begin:end]
        x, y = descent.x[chosen], descent.y[chosen]
        if len(chosen) == len(batches) * descent.order.batch_size:
            yield from zip(x.reshape(len(batches), -1), y.reshape(len(batches), -1), strict=True)
        else:
            for start, until in pairwise((batches.bounds - begin).tolist()):
                yield x[start:until], y[start:until]


def _update(
    descent: Descent, parameters: Array, gradient: Array, velocity: Array
) -> Callable[[int, float], None]:
    """A function that takes one SGD step by the gradient of ½ Σ r² over so many points, at this rate, in place."""
    learning = descent.learning
    theta, g, u = parameters[learning], gradient[learning], velocity[learning]
    decay, momentum, nesterov = descent.weight_decay, descent.momentum, descent.nesterov
    scaled = np.empty_like(g)
    multiply, add, subtract = np.multiply, np.add, np.subtract

    def plain(size: int, rate: float) -> None:
        multiply(g, rate * 2.0 / size, scaled)
        subtract(theta, scaled, theta)

    def full(size: int, rate: float) -> None:
        multiply(g, 2.0 / size, g)
        multiply(theta, decay, scaled)
        add(g, scaled, g)
        multiply(u, momentum, u)
        add(u, g, u)
        multiply(u, momentum if nesterov else 1.0, scaled)
        if nesterov:
            add(scaled, g, scaled)
        multiply(scaled, rate, scaled)
        subtract(theta, scaled, theta)

    return full if momentum or decay else plain


def deep_kernel(parameters: Array, gradient: Array, hidden: tuple[int, ...]) -> Kernel:
    """The kernel of a network of any depth, by the reference backpropagation."""
    weights, biases = split_parameters(parameters, hidden)
    weight_gradients, bias_gradients = split_parameters(gradient, hidden)

    def kernel(x: Array, y: Array) -> None:
        result = backprop(weights, biases, x[:, None], y[:, None])
        for target, part in zip(
            (*weight_gradients, *bias_gradients), (*result.weights, *result.biases), strict=True
        ):
            np.multiply(part, 0.5 * len(x), target)

    return kernel
