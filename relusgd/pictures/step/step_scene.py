"""What there is to see of one training step, in the units of the data."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from relusgd.diagnostics.elbow_step import ElbowStep, UnitStep
from relusgd.model.history import History
from relusgd.model.network import Array, Booleans, Network, Range
from relusgd.model.points import Dataset
from relusgd.pictures.kit.robust_limits import robust_limits
from relusgd.pictures.scenes.contributions import active_ends, line_weight, unit_outputs
from relusgd.pictures.scenes.view import View

FARTHEST = 3.0
"""By how many times the range of data and f the axis of y is widened for the step's result."""


@dataclass(frozen=True, eq=False)
class StepScene:
    """What there is to see of a step, in the units of the data.

    view: the network before and after the step. x, y, f: the points of the batch and the function
    there, shape (B,); share: each one's part of all pulling. unit: the one that is drawn strong.
    """

    view: View
    step: ElbowStep
    x: Array
    y: Array
    f: Array
    share: Array
    unit: UnitStep | None

    @classmethod
    def of(cls, step: ElbowStep, dataset: Dataset, unit: UnitStep | None) -> StepScene:
        """The scene of a step. unit: the one whose votes count, in place of those on all units."""
        scaling = dataset.scaling
        x = scaling.x_to_original(step.x)
        low, high = dataset.domain
        domain = min(low, float(x.min())), max(high, float(x.max()))
        # The networks before and after the step are snapshots 0 and 1 of a history.
        vectors = np.stack([step.before.parameters(), step.after.parameters()])
        numbers = np.arange(2)
        history = History.from_parameters(numbers, numbers, vectors, step.before.hidden, {})
        return cls(
            view=View(history, replace(dataset, domain=domain)),
            step=step,
            x=x,
            y=scaling.y_to_original(step.y),
            f=scaling.y_to_original(step.f),
            share=step.votes if unit is None else unit.shares,
            unit=unit,
        )

    @property
    def y_limits(self) -> Range:
        """Limits of y around the data, the points of the batch and the function before the step.

        The function after it, and what a chosen unit adds, are held, too, unless they are far off.
        """
        view = self.view
        dataset = view.dataset
        training = dataset.scaling.y_to_original(dataset.y_train)
        before = view.curve(0).y
        after = view.curve(1).y
        whole = [self.y, self.f, before, training]
        if view.truth is not None:
            _, truth = view.truth
            whole.append(truth)
        values = np.concatenate(whole)
        finite = values[np.isfinite(values)]
        wished = [after]
        if self.unit is not None:
            for network in (self.step.before, self.step.after):
                _, heights = self.unit_line(network)
                wished.append(heights)
        ranges = [(heights.min(), heights.max()) for heights in wished if len(heights)]
        return robust_limits(finite, np.array(ranges), FARTHEST, margin=0.06)

    def unit_line(self, network: Network) -> tuple[Array, Array]:
        """The ends of the chosen unit's line in this network, as in `contributions`; or none."""
        assert self.unit is not None
        view, number = self.view, self.unit.number
        scaling = view.dataset.scaling
        domain = np.array([view.low, view.high])
        low, high = scaling.x_to_network(domain).tolist()
        slope = network.slope[[number]]
        bias = network.bias[[number]]
        ends = active_ends(slope, bias, low, high)
        (ends_of_unit,) = ends
        first, last = ends_of_unit
        is_active = first < last
        if not is_active:
            return np.empty(0), np.empty(0)
        (outputs,) = unit_outputs(slope, bias, ends)
        weight = line_weight(network)[number]
        return scaling.x_to_original(ends_of_unit), scaling.y_to_original(weight * outputs)

    @property
    def others(self) -> Booleans:
        """Which training points are not in the batch, shape (n,)."""
        dataset = self.view.dataset
        in_batch = set(zip(self.step.x.tolist(), self.step.y.tolist(), strict=True))
        training = zip(dataset.x_train.tolist(), dataset.y_train.tolist(), strict=True)
        return np.array([point not in in_batch for point in training])

    def elbows(self) -> tuple[Array, Array]:
        """The elbows before and after the step, shape (H1,) each; nan where there is none."""
        to_original = self.view.dataset.scaling.x_to_original
        return to_original(self.step.before.elbow), to_original(self.step.after.elbow)

    def change(self) -> tuple[Array, Array]:
        """x and the change of f where either function bends, and straight between."""
        before, after = self.view.curve(0), self.view.curve(1)
        x = np.union1d(before.x, after.x)
        y_before = np.interp(x, before.x, before.y)
        y_after = np.interp(x, after.x, after.y)
        return x, y_after - y_before

    def colour_name(self, number: int) -> str:
        """positive or negative, by the unit's output weight; neutral in deep networks."""
        if self.view.deep:
            return "neutral"
        weight = float(self.step.before.output_weight[number])
        return "negative" if weight < 0 else "positive"
