"""The training loop: a generator of blocks of snapshots, each with the state to continue from."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from relusgd.ceil_div import ceil_div
from relusgd.config import Config, Source
from relusgd.diagnostics.snapshot_metrics import SnapshotMetrics
from relusgd.model.history import COUNTS, History
from relusgd.model.network import Array, Integers, Network, parameter_count
from relusgd.model.points import Dataset
from relusgd.one_thread import one_thread
from relusgd.training.descent import State
from relusgd.training.divergence import count_finite, divergence
from relusgd.training.ending import raise_if_exploded
from relusgd.training.engines import advance
from relusgd.training.plan import Plan, prepare
from relusgd.training.ridge import ridge
from relusgd.words import counted

BLOCK_SECONDS = 0.2
FIRST_BLOCK_STEPS = 16
BLOCK_BYTES = 32 * 2**20


@dataclass(frozen=True, eq=False, repr=False)
class Block:
    """One stretch of a training: its snapshots (perhaps none) and the state after it."""

    history: History
    state: State

    def __repr__(self) -> str:
        return f"<Block: {counted(len(self.history), 'snapshot')} until step {self.state.step:,}>"


def train(
    config: Config | Source,
    dataset: Dataset | None = None,
    start: State | None = None,
    *,
    block_steps: int | None = None,
) -> Iterator[Block]:
    """Train as the config says.

    config: a Config, or a dict or file as `load_config` takes it. dataset: in place of the config's
    own points. start: where to go on, in place of the initial network.

    The first block of a fresh training is the snapshot of epoch 0. Every other block ends after
    about 0.2 s, 32 MB of snapshots or `block_steps` steps; where blocks end never changes a bit of
    what they hold. Raises ConfigError before the first block, with every fault of config and data.
    Raises DivergedError after the last finite snapshot, or after the last one of a training that
    ended far worse than it began.
    """
    yield from training_blocks(prepare(config, dataset), start, block_steps=block_steps)


def training_blocks(
    plan: Plan,
    start: State | None = None,
    *,
    block_steps: int | None = None,
) -> Iterator[Block]:
    """As `train`, for a plan that is prepared already."""
    recorder = Recorder(plan)
    state = start
    if state is None:
        state = plan.initial_state()
        yield Block(recorder.snapshot(0, state.parameters), state)
    descent = _solve if plan.is_ridge else _descend
    for block in descent(plan, recorder, state, block_steps):
        state = block.state
        yield block
    raise_if_exploded(plan, state, final_mse(recorder, state))


def final_mse(recorder: Recorder, state: State) -> float:
    """The training error after the last step, as the snapshot of that step has it."""
    final = recorder.snapshot(state.step, state.parameters)
    return float(final.metrics["train_mse"][0])


class Recorder:
    """Turns parameters into histories; a snapshot's metrics come from that snapshot alone."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._measure = SnapshotMetrics(plan.dataset, plan.hidden)

    def history(self, steps: Integers, vectors: Array) -> History:
        """The history of these steps, shape (S,).

        vectors: the parameters after them, shape (S, parameter_count).
        """
        plan = self._plan
        per_epoch = plan.steps_per_epoch
        rows = np.array(self._measure.rows(vectors), dtype=np.float64)
        # The copy has contiguous rows: one for each metric.
        train_mse, test_mse, *counts = rows.reshape(-1, 2 + len(COUNTS)).T.copy()
        # A step's rate is that of the epoch in which it was taken.
        rates = [plan.learning_rate(ceil_div(step, per_epoch)) for step in steps.tolist()]
        metrics: dict[str, Array | Integers] = {
            "learning_rate": np.array(rates, dtype=np.float64),
            "train_mse": train_mse,
            "test_mse": test_mse,
        }
        for name, column in zip(COUNTS, counts, strict=True):
            metrics[name] = column.astype(np.int64)
        return History.from_parameters(
            steps // per_epoch,
            steps,
            vectors,
            plan.hidden,
            metrics,
            steps_per_epoch=per_epoch,
        )

    def snapshot(self, step: int, parameters: Array) -> History:
        """The history of one step."""
        return self.history(np.array([step], dtype=np.int64), parameters[None])


def _solve(
    plan: Plan,
    recorder: Recorder,
    state: State,
    block_steps: int | None,  # noqa: ARG001 - one step
) -> Iterator[Block]:
    """Ridge regression: step 1, and so epoch 1, is the solution."""
    if state.step >= plan.steps:
        return
    network = Network.from_parameters(state.parameters, plan.hidden)
    with one_thread():
        solution = ridge(
            network,
            plan.dataset.x_train,
            plan.dataset.y_train,
            plan.config.training.penalty,
            output_bias=plan.config.network.output_bias,
        )
        parameters = solution.parameters()
    yield Block(recorder.snapshot(1, parameters), State(1, parameters, state.memory))


def _descend(
    plan: Plan,
    recorder: Recorder,
    state: State,
    block_steps: int | None,
) -> Iterator[Block]:
    """Gradient descent, block after block, until the last step or a divergence."""
    steps = block_steps or FIRST_BLOCK_STEPS
    while state.step < plan.steps:
        started = time.perf_counter()
        stop, recorded = next_stop(plan, state.step, steps)
        with one_thread():
            after, vectors = advance(plan.descent, state, stop, recorded)
            history = recorder.history(recorded, vectors)
        finite = count_finite(history, vectors)
        if finite < len(history) or not after.is_finite():
            yield Block(history.select(slice(0, finite)), state)
            raise divergence(plan, state, after, history, finite)
        if block_steps is None:
            seconds = time.perf_counter() - started
            steps = steps_of_a_block(steps, stop - state.step, seconds)
        state = after
        yield Block(history, state)


def steps_of_a_block(last: int, taken: int, seconds: float) -> int:
    """How many steps take about BLOCK_SECONDS, after a block of `taken` steps that took so long.

    At most eight times as many as were meant for the last block.
    """
    wanted = taken * BLOCK_SECONDS / max(seconds, 1e-6)
    bounded = int(min(wanted, 8 * last))
    return max(1, bounded)


def next_stop(plan: Plan, step: int, steps: int) -> tuple[int, Integers]:
    """Where the block after `step` ends, and the recorded steps in it.

    It ends at most `steps` later, and holds at most BLOCK_BYTES of snapshots.
    """
    stop = min(step + steps, plan.steps)
    recorded = plan.recording.between(step, stop)
    bytes_of_a_snapshot = 8 * parameter_count(plan.hidden)
    limit = max(1, BLOCK_BYTES // bytes_of_a_snapshot)
    if len(recorded) > limit:
        recorded = recorded[:limit]
        stop = int(recorded[-1])
    return stop, recorded
