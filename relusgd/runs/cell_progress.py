"""What a notebook's cell shows while a run is recorded."""

from __future__ import annotations

from pathlib import Path

from relusgd.cell_bar import CellBar
from relusgd.runs.identity import Found
from relusgd.training import Block, Plan
from relusgd.words import number


class CellObserver:
    """Watches a run being recorded, and moves the bar with every block."""

    command = "relusgd train"
    wants_advice = False

    def __init__(self, bar: CellBar) -> None:
        self._bar = bar
        self._error = ""

    def begins(self, plan: Plan, folder: Path, found: Found) -> None: ...

    def block(self, plan: Plan, block: Block) -> None:
        if len(block.history):
            error = float(block.history.metrics["train_mse"][-1])
            self._error = f"train MSE {number(error)}"
        self._bar.move(block.state.step, plan.steps, self._error)

    def signal(self) -> int | None:
        return None
