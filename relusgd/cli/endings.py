"""What a person is told of how a training ended: whether it learned, why not, and what helps."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from relusgd.advice import tried_words
from relusgd.words import counted_part, number

if TYPE_CHECKING:
    from relusgd.runs.run import Run
    from relusgd.training.ending import Ending
    from relusgd.training.plan import Plan

OUTCOMES = {"learned": "learned", "diverged": "diverged", "nothing": "learned nothing"}
"""Outcomes as run.json has them → in words."""

MANY_DEAD = 0.5
"""A training in which more than this share of the units died is told."""

OVERFITTED = 1.5
"""A test error at the end that is this many times the lowest one is told."""


@dataclass(frozen=True)
class TrainCommand:
    """`relusgd train` as it was typed. source: CONFIG|RUN; changes: the values of --set."""

    source: Path
    changes: Sequence[str] = ()
    case: str | None = None
    out: Path | None = None

    def with_advice(self, advice: Mapping[str, object], folder: Path) -> str:
        """The command that makes these changes too, and keeps the run in `folder`."""
        from relusgd.advice import in_shell, settings
        from relusgd.config.overrides import LENGTHS
        from relusgd.runs.identity import free_folder_name

        replaced = set(advice)
        if replaced & set(LENGTHS):
            replaced |= set(LENGTHS)
        words = ["relusgd", "train", str(self.source)]
        if self.case is not None:
            words += ["--case", self.case]
        for change in self.changes:
            key, _, _ = change.partition("=")
            if key.strip() not in replaced:
                words += ["--set", change]
        command = f"{shlex.join(words)} {in_shell(settings(advice))}"
        if self.out is not None or self.source.is_dir():
            free = free_folder_name(folder)
            command += f" --out {shlex.quote(str(free))}"
        return command


class Advised(Protocol):
    """Something with advice: how a training ended, or a cause of it."""

    @property
    def advice(self) -> Mapping[str, object]: ...

    @property
    def tried(self) -> str: ...


def advice_lines(ending: Advised, command: TrainCommand, folder: Path) -> list[str]:
    """What to type after a training that failed; nothing where nothing is known to help."""
    if not ending.advice:
        return []
    better = command.with_advice(ending.advice, folder)
    return [f"try:   {better}", f"       ({tried_words(ending.tried)})"]


def ending_warning(ending: Ending) -> str:
    """The sentence on a training that came to its end and learned nothing; empty for others."""
    if ending.outcome != "nothing":
        return ""
    return f"learned nothing: {ending.reason}"


def ending_notes(run: Run, plan: Plan, command: TrainCommand) -> Iterator[str]:
    """What is worth knowing of a training that learned: units that died, overfitting, and a better
    output layer.
    """
    yield from _note_on_dead_units(run, plan)
    yield from _note_on_overfitting(run)
    yield from _note_on_output_layer(run, plan, command)


def _note_on_dead_units(run: Run, plan: Plan) -> Iterator[str]:
    from relusgd.diagnostics.unusual_data import unusual_sizes

    units = sum(plan.hidden)
    died = run.result.dead_units - int(run.metrics["dead_units"][0])
    if died <= MANY_DEAD * units:
        return
    note = f"{counted_part(died, units, 'unit')} died"
    sizes = "" if plan.config.data.standardize else unusual_sizes(plan.dataset)
    if sizes:
        note += f"; {sizes}: try --set data.standardize=true"
    yield note


def _note_on_overfitting(run: Run) -> Iterator[str]:
    result = run.result
    if result.best_test_mse > 0 and result.test_mse > OVERFITTED * result.best_test_mse:
        best = number(result.best_test_mse)
        end = number(result.test_mse)
        folder = shlex.quote(str(run.folder))
        yield (
            f"the test MSE was lowest in epoch {result.best_epoch:,}, {best}, and rose to {end}: "
            f"relusgd plot {folder} --epoch {result.best_epoch}"
        )


def _note_on_output_layer(run: Run, plan: Plan, command: TrainCommand) -> Iterator[str]:
    from relusgd.training.trials import better_output_layer

    solved = better_output_layer(plan, float(run.metrics["train_mse"][-1]))
    if solved is not None:
        best = number(run.scaling.mse_to_original(solved))
        ridge = command.with_advice({"training.method": "ridge"}, run.folder)
        yield (
            f"on the initial elbows the best output layer alone has train MSE {best}, "
            f"{number(run.result.train_mse)} is far from it: {ridge}"
        )
