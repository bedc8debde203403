"""Steps of gradient descent in NumPy, one at a time, for networks of any depth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import repeat

import numpy as np

from relusgd.gradients.backprop import backprop
from relusgd.gradients.dense import Kernel, Layers, activations_fit, dense_kernel, output_kernel
from relusgd.gradients.prefix_sums import centre_of, prefix_sum_kernel
from relusgd.model.network import Array, Integers, Network, learning_parameters, split_parameters
from relusgd.training.descent import Descent, State

Points = tuple[Array, Array]


def take_steps(
    descent: Descent,
    state: State,
    stop: int,
    recorded: Integers,
) -> tuple[State, Array]:
    """As `engines.advance`, in NumPy."""
    workspace = _workspace(descent, state)
    parameters = workspace.parameters
    update = workspace.update
    write_gradient = workspace.write_gradient
    records = np.empty((len(recorded), len(parameters)))
    # Behind the last recorded step stands a number that no step has.
    recorded_steps = [*recorded.tolist(), -1]
    row = 0
    steps_per_epoch = descent.order.steps_per_epoch
    step = state.step
    rate = 0.0
    epoch_end = -1
    with np.errstate(all="ignore"):
        for batch_size, batch in workspace.batches(step, stop):
            if step >= epoch_end:
                epoch = step // steps_per_epoch + 1
                rate = descent.schedule.at(epoch)
                epoch_end = epoch * steps_per_epoch
            write_gradient(*batch)
            step += 1
            update(batch_size, rate, step)
            if step == recorded_steps[row]:
                records[row] = parameters
                row += 1
    return workspace.state(stop), records


class NumpyWorkspace:
    """A kernel and an update with the vectors that they read and write, kept from block to block.

    A kernel takes a batch as points (x, y), or as rows of the training points if the outputs of the
    hidden layers are kept.
    """

    def __init__(self, descent: Descent, start: Array) -> None:
        self._descent = descent
        self.start = start
        self.parameters = start.copy()
        self.memory = {name: np.zeros_like(start) for name in descent.optimizer.memory}
        gradient = np.zeros_like(start)
        learning = descent.learning
        self.update = descent.optimizer.make_update(
            self.parameters[learning],
            gradient[learning],
            [vector[learning] for vector in self.memory.values()],
            descent.decay,
        )
        self.write_gradient = _kernel(descent, self.parameters, gradient)

    def set(self, state: State) -> None:
        """Go on from this state."""
        self.parameters[:] = state.parameters
        for name, vector in self.memory.items():
            vector[:] = state.memory[name]

    def state(self, step: int) -> State:
        """The state after a step, which is now."""
        memory = {name: vector.copy() for name, vector in self.memory.items()}
        return State(step, self.parameters.copy(), memory)

    def batches(self, first: int, stop: int) -> Iterator[tuple[int, tuple[object, ...]]]:
        """For each of the steps first + 1 … stop its batch size and the arguments of the kernel."""
        descent = self._descent
        if keeps_activations(descent):
            for rows in _row_batches(descent, first, stop):
                batch_size = descent.largest_batch if rows is None else len(rows)
                yield batch_size, (rows,)
        else:
            for points in _point_batches(descent, first, stop):
                yield len(points[0]), points


def _workspace(descent: Descent, state: State) -> NumpyWorkspace:
    """The descent's workspace, set to a state.

    It is made anew if the outputs that it keeps are those of other hidden layers.
    """
    if keeps_activations(descent):
        fixed = learning_parameters(descent.hidden, "hidden")
    else:
        fixed = slice(0, 0)
    kept: NumpyWorkspace | None = descent.workspaces.get("numpy")
    if kept is None or not np.array_equal(kept.start[fixed], state.parameters[fixed]):
        kept = NumpyWorkspace(descent, state.parameters)
        descent.workspaces["numpy"] = kept
    kept.set(state)
    return kept


def keeps_activations(descent: Descent) -> bool:
    """Whether the hidden layers' outputs are kept: they never change and are not too large.

    With noise every batch has points of its own.
    """
    return (
        descent.layers == "output"
        and not descent.noise
        and descent.kernel != "prefix_sums"
        and activations_fit(len(descent.x), descent.hidden[-1])
    )


def _kernel(descent: Descent, parameters: Array, gradient: Array) -> Callable[..., object]:
    """The function that writes the gradient of a batch."""
    x, y, hidden = descent.x, descent.y, descent.hidden
    if keeps_activations(descent):
        network = Network.from_parameters(parameters, hidden)
        return output_kernel(network, x, y, parameters, gradient)
    if len(hidden) > 1:
        return deep_kernel(parameters, gradient, hidden)
    (width,) = hidden
    if descent.kernel == "prefix_sums":
        return prefix_sum_kernel(
            parameters,
            gradient,
            width,
            descent.layers,
            centre=centre_of(x),
            fixed_x=descent.is_full and not descent.noise.on_x,
        )
    return _dense_kernels(parameters, gradient, width, descent.layers)


def _dense_kernels(parameters: Array, gradient: Array, width: int, layers: Layers) -> Kernel:
    """The dense kernel for batches of any size; matrices are allocated for each size once."""

    @cache
    def kernel_of_size(batch_size: int) -> Kernel:
        return dense_kernel(parameters, gradient, width, batch_size, layers)

    return lambda x, y: kernel_of_size(len(x))(x, y)


def deep_kernel(parameters: Array, gradient: Array, hidden: tuple[int, ...]) -> Kernel:
    """The kernel of a network of any depth, by the reference backpropagation."""
    weights, biases = split_parameters(parameters, hidden)
    weight_gradients, bias_gradients = split_parameters(gradient, hidden)
    targets = (*weight_gradients, *bias_gradients)

    def kernel(x: Array, y: Array) -> None:
        found = backprop(weights, biases, x[:, None], y[:, None])
        derivatives = (*found.weights, *found.biases)
        # From the derivative of 1/B Σ r² to that of ½ Σ r², which all kernels give.
        factor = 0.5 * len(x)
        for target, derivative in zip(targets, derivatives, strict=True):
            np.multiply(derivative, factor, target)

    return kernel


def _row_batches(descent: Descent, first: int, stop: int) -> Iterator[Integers | None]:
    """The batches of the steps first + 1 … stop as rows of the points; None for all points."""
    if descent.is_full:
        yield from repeat(None, stop - first)
        return
    for batches in descent.order.batches(first, stop):
        yield from batches.split(batches.indices)


def _point_batches(descent: Descent, first: int, stop: int) -> Iterator[Points]:
    """The batches of the steps first + 1 … stop as points, sorted by x for prefix sums."""
    if descent.noise:
        for noisy in descent.noisy_batches(first, stop):
            yield from noisy.points()
        return
    if descent.is_full:
        yield from repeat((descent.x, descent.y), stop - first)
        return
    for batches in descent.order.batches(first, stop):
        if descent.kernel == "prefix_sums":
            batches = batches.sorted(len(descent.x))
        x = descent.x[batches.indices]
        y = descent.y[batches.indices]
        yield from zip(batches.split(x), batches.split(y), strict=True)


def batch_points(descent: Descent, step: int) -> Points:
    """The batch of the step after `step`, as points of shape (B,) each."""
    return next(_point_batches(descent, step, step + 1))
