"""What one training step did to the elbows: a table, formulas, sentences, JSON, a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from relusgd.advice import advice, option
from relusgd.config.values import is_number
from relusgd.diagnostics.elbow_step import ElbowStep, UnitStep
from relusgd.diagnostics.step_formulas import Formula, unit_formulas
from relusgd.diagnostics.step_words import StepWords
from relusgd.diagnostics.unit_words import UnitWords
from relusgd.diagnostics.update_rule import UpdateRule
from relusgd.errors import InputError
from relusgd.graphs.network_graph import choose_sample
from relusgd.model.points import Dataset
from relusgd.pictures.kit.look import Look
from relusgd.pictures.pages.drawn_file import DrawnFile
from relusgd.runs.place import check_file_place
from relusgd.runs.step_facts import step_facts, unit_facts
from relusgd.runs.step_table import StepTable, formulas_html, points_table, units_table
from relusgd.training import Plan, State
from relusgd.training.one_step import step_on_batch, step_on_sample
from relusgd.words import counted, exact_number, plain_significant, shown, significant


@dataclass(frozen=True, eq=False, repr=False)
class StepReport:
    """A step on the elbows. In a notebook's cell it is a table with sentences.

    step: the numbers of all units; rule: how parameters were changed; both in network units.
    dataset: the points of the training. epoch: after which the step was taken; number: how many
    steps training has taken after it. where: which point or batch it was taken on, in words.
    """

    step: ElbowStep
    rule: UpdateRule
    dataset: Dataset
    epoch: int
    number: int
    where: str

    def __repr__(self) -> str:
        return f"<StepReport: {self.header[0]}>"

    def unit(self, number: int) -> UnitReport:
        """One unit with its formulas and all its points. Raises InputError if there is none."""
        return UnitReport(self, self.step.unit(number))

    @property
    def header(self) -> list[str]:
        """What step this is, a sentence each."""
        rate = f"learning rate {exact_number(self.step.rate)}"
        loss = self._in_data_units(self.step.loss)
        after = self._in_data_units(self.step.loss_after)
        lines = [
            f"after epoch {self.epoch:,}, step {self.number:,} on {self.where}",
            f"{self._method}, {rate}; loss ℓ there {loss} → {after}",
        ]
        if len(self.step.x) == 1:
            lines.append(self._at_the_point)
        return lines

    @property
    def _at_the_point(self) -> str:
        """What happens to f at the only point of the batch."""
        in_network_units = np.array([self.step.f[0], self.step.f_after[0]])
        f, f_after = self.dataset.scaling.y_to_original(in_network_units)
        by_f = float(self.step.by_f[0])
        return (
            f"f(x) {plain_significant(f)} → {plain_significant(f_after)}; "
            f"∂ℓ/∂f = 2 (f − y) = {significant(by_f)}"
        )

    def _in_data_units(self, mse: float) -> str:
        original = self.dataset.scaling.mse_to_original(mse)
        return plain_significant(float(original))

    @property
    def _method(self) -> str:
        if self.rule.is_plain:
            return "a plain gradient step"
        if not self.rule.is_sgd:
            return self.rule.title
        return f"{self.rule.title} with {self.rule.extras}"

    @property
    def notes(self) -> list[str]:
        """What the units of the numbers are, and what a deep network's derivatives mean."""
        notes = []
        if self.dataset.in_original_units is not self.dataset:
            notes.append(
                "Points, elbows and ℓ are in the units of the data; slopes, biases, output weights "
                "and derivatives are in the standardised units of the network."
            )
        if self.step.is_deep:
            notes.append(
                "The units are those of the first layer. Their outputs reach f through later "
                "layers, so ∂ℓ/∂f · ∂f/∂a, by backpropagation, takes the place of ∂ℓ/∂f · v."
            )
        return notes

    @property
    def sentences(self) -> list[str]:
        """What moved and who pulled."""
        return StepWords(self.rule, self.dataset.scaling).of_step(self.step)

    def table(self) -> StepTable:
        """A line per unit."""
        return units_table(self.step, self.dataset)

    def facts(self) -> dict[str, Any]:
        """Every number, as JSON has it."""
        return step_facts(self.step, self.rule, self.dataset, self.epoch, self.number)

    def plot(
        self,
        out: str | Path = "step.png",
        *,
        unit: int | None = None,
        **look: Any,
    ) -> DrawnFile:
        """Draw the function before and after the step and the elbows' moves; gives the file's path.

        out: a .png, .svg or .pdf. unit: the one that is drawn strong, with its contribution. look:
        size, title and theme, as for `Run.plot`. Raises InputError for what cannot be drawn so.
        """
        from relusgd.pictures.step.elbow_step import save_elbow_step

        path = Path(out)
        check_file_place(path)
        wanted = Look.of(**look)
        chosen = None if unit is None else self.step.unit(unit)
        save_elbow_step(
            self.step,
            self.dataset,
            path,
            wanted,
            words=self.header,
            unit=chosen,
        )
        return DrawnFile(path)

    def _repr_html_(self) -> str:
        return self.table().html(self.header, [*self.sentences, *self.notes])


@dataclass(frozen=True, eq=False, repr=False)
class UnitReport:
    """One unit in a step: its formulas with numbers, why it moved, and who pulled."""

    report: StepReport
    step: UnitStep

    def __repr__(self) -> str:
        return f"<UnitReport: unit {self.step.number} {self.report.header[0]}>"

    @property
    def formulas(self) -> list[Formula]:
        """The lines that a student would write, in network units."""
        return unit_formulas(self.step, self.report.rule)

    @property
    def sentences(self) -> list[str]:
        """Why it moved, and which points pulled."""
        words = UnitWords(self.report.rule, self.report.dataset.scaling)
        return words.of_unit(self.step)

    def points(self) -> StepTable:
        """A line per point at which the unit is active, the strongest pull first."""
        return points_table(self.step, self.report.dataset)

    def facts(self) -> dict[str, Any]:
        """Every number, as JSON has it."""
        facts = self.report.facts()
        facts["units"] = [unit_facts(self.step, self.report.dataset.scaling)]
        facts["formulas"] = [vars(line) for line in self.formulas]
        facts["why"] = self.sentences
        return facts

    def plot(self, out: str | Path = "step.png", **look: Any) -> DrawnFile:
        """As `StepReport.plot`, with this unit drawn strong."""
        return self.report.plot(out, unit=self.step.number, **look)

    def _repr_html_(self) -> str:
        header = [*self.report.header, f"unit {self.step.number}"]
        return formulas_html(self.formulas, header, [*self.sentences, *self.report.notes])


Sample = float | Sequence[float]
"""(x, y), or x alone for the nearest training point; in the units of the data."""


def take_step(
    plan: Plan,
    state: State,
    *,
    at: Sample | None = None,
    rate: float | None = None,
) -> StepReport:
    """The report of the step from this state: on a sample, or on the batch that training draws.

    at: as for `relusgd.step`. rate: a learning rate in place of the one in force. Raises InputError
    for a sample or a rate that cannot be, and as `step_on_batch` does.
    """
    if rate is not None:
        check_rate(rate)
    if at is None:
        taken = step_on_batch(plan, state, rate)
        where = _batch_words(plan, taken.step, taken.number)
    else:
        sample = choose_sample(plan.dataset, _sample(at))
        taken = step_on_sample(plan, state, sample.x, sample.y, rate)
        where = sample.words + _outside(plan.dataset, sample.x)
    epoch = state.step // plan.steps_per_epoch
    return StepReport(taken.step, taken.rule, plan.dataset, epoch, taken.number, where)


def check_rate(rate: float) -> None:
    """Raise InputError unless this can be a learning rate."""
    if not (is_number(rate) and 0 < rate < np.inf):
        raise InputError(
            f"a learning rate is a number above 0, not {shown(rate)}",
            advice("try {}", option("rate", 0.02)),
        )


def _sample(at: Sample) -> list[float]:
    """The numbers of a sample. Raises InputError for what are none, or are not finite."""
    try:
        numbers = np.atleast_1d(np.asarray(at, dtype=np.float64))
    except (TypeError, ValueError):
        numbers = np.full(1, np.nan)
    if numbers.ndim != 1 or not np.isfinite(numbers).all():
        raise InputError(
            f"a sample is (x, y), or x alone for the nearest training point, not {shown(at)}",
            "give finite numbers in the units of the data",
        )
    return [float(number) for number in numbers]


def _outside(dataset: Dataset, x: float) -> str:
    """A remark where a sample lies outside the domain."""
    low, high = dataset.domain
    place = float(dataset.scaling.x_to_original(np.array(x)))
    if low <= place <= high:
        return ""
    return f" (outside the domain {significant(low)} … {significant(high)})"


def _batch_words(plan: Plan, step: ElbowStep, number: int) -> str:
    """Which batch the step was taken on."""
    points = np.column_stack([step.x, step.y])
    different = len(np.unique(points, axis=0))
    repeats = f" ({different} different)" if different < len(points) else ""
    which = "the full" if plan.descent.is_full else "its"
    noise = " with fresh noise" if plan.descent.noise else ""
    batch = f"{which} batch of {counted(len(points), 'point')}{repeats}{noise}"
    if number > plan.steps:
        return f"{batch}, if training went on"
    return batch
