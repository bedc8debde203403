"""Training that is kept in memory, because the run is probably short."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from relusgd.config import config_to_yaml
from relusgd.errors import DivergedError
from relusgd.model.history import concatenate
from relusgd.runs.contents import RunContents, history_arrays
from relusgd.runs.facts import new_facts
from relusgd.training import Block, Plan
from relusgd.training.ending import Ending, ending_of


class InMemoryTraining:
    """The first blocks of a training, kept in memory.

    kept: the blocks so far; the first is the snapshot of epoch 0. rest: the training, which goes
    on. error: that of a training that diverged.
    """

    def __init__(self, blocks: Iterator[Block]) -> None:
        self.kept: list[Block] = []
        self.rest = blocks
        self.error: DivergedError | None = None
        self._started = time.perf_counter()

    def __iter__(self) -> Iterator[Block]:
        """Every block, those in memory first; each is released when the next is asked for."""
        while self.kept:
            yield self.kept.pop(0)
        yield from self.rest

    @property
    def seconds(self) -> float:
        """Seconds since training began."""
        return time.perf_counter() - self._started

    @property
    def bytes(self) -> int:
        """The size of the snapshots in memory."""
        size = 0
        for block in self.kept:
            arrays = history_arrays(block.history)
            size += sum(array.nbytes for array in arrays.values())
        return size

    def take(self, seconds: float = float("inf"), limit: float = float("inf")) -> bool:
        """Train to the end, or for about `seconds`, or until the snapshots take `limit` bytes.

        Returns whether the training ended.
        """
        try:
            for block in self.rest:
                self.kept.append(block)
                if self.seconds > seconds or self.bytes > limit:
                    return False
        except DivergedError as error:
            self.error = error
        return True

    def contents(self, plan: Plan, notes: Mapping[str, Any]) -> RunContents:
        """The run folder of a training that has ended. notes: what else run.json says."""
        history = concatenate([block.history for block in self.kept])
        state = self.kept[-1].state
        if self.error is not None:
            ending = Ending.of_divergence(self.error)
        else:
            final_mse = float(history.metrics["train_mse"][-1])
            ending = ending_of(plan, state, final_mse)
        facts = new_facts(plan, notes=notes).at_end(
            "diverged" if self.error else "complete",
            steps=state.step,
            snapshots=len(history),
            seconds=round(self.seconds, 4),
            ending=ending,
        )
        return RunContents(config_to_yaml(plan.config), facts, plan.dataset, history, state)
