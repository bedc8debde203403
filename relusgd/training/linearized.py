"""The training of the linearised network: with the run's own method, rates, batches and noise.

Full-batch gradient descent has a closed form (`diagnostics.references.linearized`). Every other
training is done, step by step, on the linear model f_0 + J (θ − θ_0): its gradient on a batch is
that of the network with the activities of the units and the factors of the products at the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from relusgd.diagnostics.learning_speed import Phase, phases_of
from relusgd.diagnostics.references.linearized import FullBatchRule, linearized_descent
from relusgd.errors import InputError
from relusgd.gradients.jacobian import JacobianProducts, jacobian
from relusgd.model.network import Array, Integers, Network
from relusgd.training.descent import Descent
from relusgd.training.optimizers import Sgd
from relusgd.training.plan import Plan
from relusgd.training.replay import replay

MOST_POINTS = 5_000
"""Of more training points the linearised network is not made: J has a row for each."""

MOST_NUMBERS = 2**25
"""The largest J that is kept and decomposed, as points × parameters: 256 MB of float64."""


def linearized_parameters(plan: Plan, start: Network, steps: Integers) -> Array:
    """θ of the linearised network after each of these steps of the plan's training, shape (S, P).

    start: the network before the first step. steps: increasing, shape (S,). A training that
    diverges gives numbers that are not finite. Raises InputError for more than MOST_POINTS points.
    """
    check_points(len(plan.dataset.x_train))
    if plan.is_ridge:
        return _solved(plan, start, steps)
    with plan.one_thread():
        if has_closed_form(plan):
            return _in_closed_form(plan, start, steps)
        return _step_by_step(plan.descent, start, steps)


def check_points(count: int) -> None:
    """Raise InputError for more training points than the linearised network is made for."""
    if count > MOST_POINTS:
        raise InputError(
            f"the linearised network is made for at most {MOST_POINTS:,} training points, "
            f"and there are {count:,}",
            "the splines and the line have no such limit",
        )


def has_closed_form(plan: Plan) -> bool:
    """Whether the linearised network needs no steps: full-batch SGD on points without noise."""
    descent, optimizer = plan.descent, plan.descent.optimizer
    decays_evenly = optimizer.decay_biases or not optimizer.weight_decay
    is_plain = isinstance(optimizer, Sgd) and descent.is_full and not descent.noise
    return is_plain and decays_evenly and _fits(descent)


def _fits(descent: Descent) -> bool:
    """Whether J at all points is kept."""
    parameters = int(descent.learning.stop - descent.learning.start)
    return len(descent.x) * parameters <= MOST_NUMBERS


def _solved(plan: Plan, start: Network, steps: Integers) -> Array:
    """Ridge regression: of the output layer alone f is linear, so that its solution is the same."""
    theta = start.parameters()
    return np.stack([replay(plan, theta, step).parameters for step in steps.tolist()])


def _in_closed_form(plan: Plan, start: Network, steps: Integers) -> Array:
    descent, optimizer = plan.descent, plan.descent.optimizer
    assert isinstance(optimizer, Sgd)
    rule = FullBatchRule(
        list(phases_of(_rates(descent, int(steps[-1])))),
        optimizer.momentum,
        optimizer.nesterov,
        optimizer.weight_decay,
    )
    return linearized_descent(start, descent.x, descent.y, rule, steps, descent.learning)


def _rates(descent: Descent, steps: int) -> Iterator[Phase]:
    """The learning rates of so many full-batch steps, each of which is an epoch."""
    if descent.schedule.is_constant:
        yield descent.schedule.rate, steps
        return
    for epoch in range(1, steps + 1):
        yield descent.schedule.at(epoch), 1


def _step_by_step(descent: Descent, start: Network, steps: Integers) -> Array:
    theta = start.parameters()
    parameters = np.empty((len(steps), len(theta)))
    gradient = np.zeros_like(theta)
    learning = descent.learning
    memory = [np.zeros_like(theta[learning]) for _ in descent.optimizer.memory]
    update = descent.optimizer.make_update(
        theta[learning], gradient[learning], memory, descent.decay
    )
    write_gradient = _gradient_of_half_squares(descent, start, gradient[learning])
    theta_0 = start.parameters()[learning]
    steps_per_epoch = descent.order.steps_per_epoch
    done = 0
    with np.errstate(all="ignore"):
        for row, step in enumerate(steps.tolist()):
            for batch in _batches(descent, done, step):
                rate = descent.schedule.at(done // steps_per_epoch + 1)
                done += 1
                size = write_gradient(theta[learning] - theta_0, *batch)
                update(size, rate, done)
            parameters[row] = theta
    return parameters


Batch = tuple[Integers, Array, Array]
"""Which points are in a batch, and their x and y, with noise where there is some."""


def _batches(descent: Descent, first: int, stop: int) -> Iterator[Batch]:
    """The batches of the steps first + 1 … stop."""
    if descent.noise:
        for noisy in descent.noisy_batches(first, stop):
            rows = noisy.batches.split(noisy.batches.indices)
            for indices, (x, y) in zip(rows, noisy.points(), strict=True):
                yield indices, x, y
        return
    for batches in descent.order.batches(first, stop):
        for indices in batches.split(batches.indices):
            yield indices, descent.x[indices], descent.y[indices]


Gradient = Callable[[Array, Integers, Array, Array], int]
"""Writes the gradient of ½ Σ r² at θ − θ_0 over a batch, and gives the size of the batch."""


def _gradient_of_half_squares(descent: Descent, start: Network, gradient: Array) -> Gradient:
    """Jᵀ r over a batch, r = f_0 + J (θ − θ_0) − y; gradient: what it is written to."""
    learning = descent.learning

    def by_rows(moved: Array, indices: Integers, _: Array, y: Array) -> int:
        rows = J[indices]
        np.matmul(f_0[indices] - y + rows @ moved, rows, out=gradient)
        return len(y)

    def anew(moved: Array, _: Integers, x: Array, y: Array) -> int:
        rows = jacobian(start, x)[:, learning]
        np.matmul(start(x) - y + rows @ moved, rows, out=gradient)
        return len(y)

    def by_products(moved: Array, indices: Integers, _: Array, y: Array) -> int:
        residuals = np.zeros_like(f_0)
        np.add.at(residuals, indices, (f_0 + products.times(moved))[indices] - y)
        gradient[:] = products.transposed_times(residuals)
        return len(y)

    if descent.noise.on_x:
        return anew
    f_0 = start(descent.x)
    if _fits(descent):
        J = jacobian(start, descent.x)[:, learning]
        return by_rows
    products = JacobianProducts(start, descent.x, learning)
    return by_products
