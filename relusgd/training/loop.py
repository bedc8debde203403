"""The training loop: a generator of blocks, each the snapshots that fell into it and the state that continuing needs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from relusgd.config import Config
from relusgd.diagnostics import SnapshotMetrics
from relusgd.model.history import History
from relusgd.model.network import Array, Integers, Network, parameter_count
from relusgd.model.points import Dataset
from relusgd.training.divergence import count_finite, divergence
from relusgd.training.plan import Plan, prepare
from relusgd.training.ridge import ridge
from relusgd.training.sgd import State, advance
from relusgd.words import counted

BLOCK_SECONDS = 0.2
BLOCK_BYTES = 32 * 2**20


@dataclass(frozen=True, eq=False, repr=False)
class Block:
    """What one stretch of training gave: its snapshots (perhaps none) and the state after it."""

    history: History
    state: State

    def __repr__(self) -> str:
        return f"<Block: {counted(len(self.history), 'snapshot')} until step {self.state.step:,}>"


def train(
    config: Config,
    dataset: Dataset | None = None,
    start: State | None = None,
    *,
    block_steps: int | None = None,
) -> Iterator[Block]:
    """Train as the config says, on its data or on `dataset`, from the initial network or from `start`.

    The first block of a fresh training is the snapshot of epoch 0. A block then ends after about 0.2 s, 32 MB of snapshots
    or `block_steps` steps; where blocks end never changes a bit of what they hold. Raises ConfigError before the first
    block, with every fault of config and data, and DivergedError after the last finite snapshot.
    """
    yield from training_blocks(prepare(config, dataset), start, block_steps=block_steps)


def training_blocks(
    plan: Plan, start: State | None = None, *, block_steps: int | None = None
) -> Iterator[Block]:
    """`train` for a plan that is made already."""
    recorder = Recorder(plan)
    state = start
    if state is None:
        state = plan.initial_state()
        yield Block(recorder.history(np.zeros(1, dtype=np.int64), state.parameters[None]), state)
    if plan.is_ridge:
        yield from _solve(plan, recorder, state)
    else:
        yield from _descend(plan, recorder, state, block_steps)


class Recorder:
    """Turns parameter vectors into histories with metrics, each snapshot's metrics from that snapshot alone."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._measure = SnapshotMetrics(plan.dataset, plan.hidden)

    def history(self, epochs: Integers, vectors: Array) -> History:
        """The history of these epochs (S,) with these parameters (S, parameter_count)."""
        measured = self._measure.rows(vectors)
        train_mse, test_mse, *counts = zip(*measured, strict=True) if measured else ((),) * 5
        metrics = {
            "learning_rate": np.array(
                [self._plan.learning_rate(int(epoch)) for epoch in epochs], dtype=np.float64
            ),
            "train_mse": np.array(train_mse, dtype=np.float64),
            "test_mse": np.array(test_mse, dtype=np.float64),
        }
        for name, column in zip(
            ("dead_units", "always_on_units", "breakpoints"), counts, strict=True
        ):
            metrics[name] = np.array(column, dtype=np.int64)
        return History.from_parameters(
            epochs, epochs * self._plan.steps_per_epoch, vectors, self._plan.hidden, metrics
        )


def _solve(plan: Plan, recorder: Recorder, state: State) -> Iterator[Block]:
    """Ridge regression: epoch 1 is the solution."""
    if state.step >= plan.steps:
        return
    training = plan.config.training
    with plan.one_thread():
        solved = ridge(
            Network.from_parameters(state.parameters, plan.hidden),
            plan.dataset.x_train,
            plan.dataset.y_train,
            training.penalty,
            output_bias=plan.config.network.output_bias,
        ).parameters()
    yield Block(
        recorder.history(np.ones(1, dtype=np.int64), solved[None]), State(1, solved, state.velocity)
    )


@dataclass
class Pace:
    """How many steps make a block of about BLOCK_SECONDS, from how long the last block took."""

    fixed: int | None = None
    steps: int = 16
    started: float = field(default_factory=time.perf_counter)

    def next(self) -> int:
        self.started = time.perf_counter()
        return self.fixed or self.steps

    def done(self, taken: int) -> None:
        seconds = max(time.perf_counter() - self.started, 1e-6)
        wanted = taken * BLOCK_SECONDS / seconds
        self.steps = max(1, int(min(wanted, 8 * self.steps)))


def _descend(
    plan: Plan, recorder: Recorder, state: State, block_steps: int | None
) -> Iterator[Block]:
    pace = Pace(block_steps)
    while state.step < plan.steps:
        stop, epochs = next_stop(plan, state.step, pace.next())
        with plan.one_thread():
            after, rows = advance(plan.descent, state, stop, epochs * plan.steps_per_epoch)
            history = recorder.history(epochs, rows)
        finite = count_finite(history, rows)
        if finite < len(history) or not after.is_finite():
            yield Block(history.select(slice(0, finite)), state)
            raise divergence(plan, state, after, history, finite)
        pace.done(stop - state.step)
        state = after
        yield Block(history, state)


def next_stop(plan: Plan, step: int, steps: int) -> tuple[int, Integers]:
    """Where the block after `step` ends, at most `steps` later, and the recorded epochs in it, at most BLOCK_BYTES of them."""
    stop = min(step + steps, plan.steps)
    epochs = plan.recording.between(step // plan.steps_per_epoch, stop // plan.steps_per_epoch)
    limit = max(1, BLOCK_BYTES // (8 * parameter_count(plan.hidden)))
    if len(epochs) > limit:
        epochs = epochs[:limit]
        stop = int(epochs[-1]) * plan.steps_per_epoch
    return stop, epochs
