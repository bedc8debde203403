"""The training of the linearised network: with the run's own method, rates, batches and noise.

Full-batch gradient descent has a closed form (`diagnostics.references.linearized`). Every other
training is done, step by step, on the linear model f_0 + J (θ − θ_0): its gradient on a batch is
that of the network with the activities of the units and the factors of the products at the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from relusgd.diagnostics.learning_speed import Phase, phases_of
from relusgd.diagnostics.references.linearized import FullBatchRule, LinearizedDescent
from relusgd.errors import InputError
from relusgd.gradients.jacobian import JacobianProducts, jacobian
from relusgd.model.network import Array, Integers, Network
from relusgd.one_thread import one_thread
from relusgd.training.descent import Descent
from relusgd.training.optimizers import Sgd
from relusgd.training.plan import Plan
from relusgd.training.replay import Replay

MOST_POINTS = 5_000
"""Of more training points the linearised network is not made: J has a row for each."""

MOST_NUMBERS = 2**25
"""The largest J that is kept and decomposed, as points × parameters: 256 MB of float64."""


class LinearizedTraining:
    """A plan's training of the linearised network.

    start: the network before the first step. Raises InputError for more than MOST_POINTS points.
    """

    def __init__(self, plan: Plan, start: Network) -> None:
        check_points(len(plan.dataset.x_train))
        self._plan = plan
        self._start = start
        self._way: _Solution | LinearizedDescent | _Steps
        if plan.is_ridge:
            self._way = _Solution(plan, start)
            return
        with one_thread():
            if has_closed_form(plan):
                self._way = _closed_form(plan, start)
            else:
                self._way = _Steps(plan.descent, start)

    def parameters(self, step: int) -> Array:
        """θ after a step of the training, shape (P,); not finite where it diverges.

        Later steps go on from where the last question ended.
        """
        with one_thread():
            return self._way.parameters(step)


def expected_seconds(plan: Plan, steps: int) -> float:
    """About how long the linearised network takes for so many steps, on one core."""
    if plan.is_ridge:
        return 0.0
    descent = plan.descent
    n = len(descent.x)
    p = int(descent.learning.stop - descent.learning.start)
    decomposition = 1e-9 * n * p * min(n, p)
    if has_closed_form(plan):
        return decomposition
    if _fits(descent) and not descent.noise.on_x:
        return steps * (25e-6 + 1.5e-9 * descent.largest_batch * p)
    return steps * (1e-4 + 3e-8 * (n + p))


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
    descent = plan.descent
    optimizer = descent.optimizer
    decays_evenly = optimizer.decay_biases or not optimizer.weight_decay
    is_plain = isinstance(optimizer, Sgd) and descent.is_full and not descent.noise
    return is_plain and decays_evenly and _fits(descent)


def _fits(descent: Descent) -> bool:
    """Whether J at all points is kept."""
    parameters = int(descent.learning.stop - descent.learning.start)
    return len(descent.x) * parameters <= MOST_NUMBERS


class _Solution:
    """Ridge regression: of the output layer alone f is linear, so that its solution is the same."""

    def __init__(self, plan: Plan, start: Network) -> None:
        self._replay = Replay(plan, start.parameters())

    def parameters(self, step: int) -> Array:
        return self._replay.state(step).parameters


def _closed_form(plan: Plan, start: Network) -> LinearizedDescent:
    descent = plan.descent
    optimizer = descent.optimizer
    assert isinstance(optimizer, Sgd)
    phases = phases_of(_rates(descent, plan.steps))
    rule = FullBatchRule(
        phases,
        optimizer.momentum,
        optimizer.nesterov,
        optimizer.weight_decay,
    )
    return LinearizedDescent(start, descent.x, descent.y, rule, descent.learning)


def _rates(descent: Descent, steps: int) -> Iterator[Phase]:
    """The learning rates of so many full-batch steps, each of which is an epoch."""
    if descent.schedule.is_constant:
        yield descent.schedule.rate, steps
        return
    for epoch in range(1, steps + 1):
        yield descent.schedule.at(epoch), 1


class _Steps:
    """The linear model, trained step by step."""

    def __init__(self, descent: Descent, start: Network) -> None:
        self._descent = descent
        self._theta_0 = start.parameters()
        self._theta = self._theta_0.copy()
        gradient = np.zeros_like(self._theta)
        learning = descent.learning
        self._memory = [np.zeros_like(self._theta[learning]) for _ in descent.optimizer.memory]
        self._update = descent.optimizer.make_update(
            self._theta[learning],
            gradient[learning],
            self._memory,
            descent.decay,
        )
        self._write_gradient = _gradient_of_half_squares(descent, start, gradient[learning])
        self._step = 0

    def parameters(self, step: int) -> Array:
        if step < self._step:
            self._begin()
        with np.errstate(all="ignore"):
            self._advance(step)
        return self._theta.copy()

    def _begin(self) -> None:
        self._theta[:] = self._theta_0
        for vector in self._memory:
            vector[:] = 0.0
        self._step = 0

    def _advance(self, step: int) -> None:
        descent = self._descent
        steps_per_epoch = descent.order.steps_per_epoch
        theta = self._theta[descent.learning]
        theta_0 = self._theta_0[descent.learning]
        for batch in _batches(descent, self._step, step):
            epoch = self._step // steps_per_epoch + 1
            rate = descent.schedule.at(epoch)
            self._step += 1
            size = self._write_gradient(theta - theta_0, *batch)
            self._update(size, rate, self._step)


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
        r = f_0[indices] - y + rows @ moved
        np.matmul(r, rows, out=gradient)
        return len(y)

    def anew(moved: Array, _: Integers, x: Array, y: Array) -> int:
        rows = jacobian(start, x)[:, learning]
        r = start(x) - y + rows @ moved
        np.matmul(r, rows, out=gradient)
        return len(y)

    def by_products(moved: Array, indices: Integers, _: Array, y: Array) -> int:
        f = f_0 + products.times(moved)
        # A point may be in a batch several times.
        r_of_points = np.zeros_like(f_0)
        np.add.at(r_of_points, indices, f[indices] - y)
        gradient[:] = products.transposed_times(r_of_points)
        return len(y)

    if descent.noise.on_x:
        return anew
    f_0 = start(descent.x)
    if _fits(descent):
        J = jacobian(start, descent.x)[:, learning]
        return by_rows
    products = JacobianProducts(start, descent.x, learning)
    return by_products
