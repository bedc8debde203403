"""What is known of a training, and what became of it: the numbers that causes are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from relusgd.config import Config
from relusgd.diagnostics.deep_snapshot import count_dead_and_always_on
from relusgd.diagnostics.evidence.bends import bend_errors
from relusgd.diagnostics.evidence.careful_steps import careful_mse, is_quickly_taken
from relusgd.diagnostics.evidence.course import ErrorCourse
from relusgd.diagnostics.evidence.crowding import bends_between_points
from relusgd.diagnostics.evidence.noise_level import NoiseLevel, noise_level
from relusgd.diagnostics.evidence.output_layer import best_output_layer_mse
from relusgd.diagnostics.measures import dead_in_first_layer, dead_units
from relusgd.diagnostics.outcomes import LEARNED, best_constant_mse
from relusgd.diagnostics.sharpness import sharpness
from relusgd.model.network import Array, Network
from relusgd.model.points import Dataset
from relusgd.words import agreeing, counted_part, exact_number, number

CAREFUL_STEPS = 200
"""At the end so many steps on the full batch are tried, ..."""

CAREFUL = 0.3
"""... at this share of the largest stable rate, ..."""

SHORT_WAY = 0.1
"""... for at most this share of the training's way: learning rate times steps."""

MOST_BENDS = 100
"""Lines of more bends are not looked for: wider networks count as if they had so many units."""

FIT_BY_NOISE = 1.5
"""A training error fits up to so many times that of the noise, ..."""

FIT_BY_ESTIMATE = 2.0
"""... or so many times where the noise is only estimated; ..."""

FIT_BY_SPREAD = 0.003
"""... and up to this share of the best constant's besides."""


@dataclass(frozen=True, eq=False)
class Symptoms:
    """What is known of a training.

    initial, last: the networks at the start and at the end, or before the numbers ceased to be
    finite. Errors are in network units; final_mse, over the training points, may be infinite, and
    test_mse is nan without test points. learning_rate: the largest one that was in force, end_rate
    the last one. stable_rate, stable_rate_at_end: the largest stable ones at the start and at the
    end, None where they are unknown. steps: how many were taken. is_planned: nothing was trained
    yet, steps are to be taken, and what stands for the end is the start. course: None where only
    the end is known.
    """

    config: Config
    dataset: Dataset
    initial: Network
    last: Network
    initial_mse: float
    final_mse: float
    learning_rate: float
    stable_rate: float | None
    stable_rate_at_end: float | None
    steps: int
    has_diverged: bool
    end_rate: float = float("nan")
    test_mse: float = float("nan")
    is_planned: bool = False
    is_adaptive: bool = False
    course: ErrorCourse | None = None

    @property
    def is_ridge(self) -> bool:
        return self.config.training.method == "ridge"

    @property
    def rate_words(self) -> str:
        """The learning rate as configs write it, without digits that only rounding made."""
        return exact_number(float(f"{self.learning_rate:.6g}"))

    @cached_property
    def constant_mse(self) -> float:
        """The error of the best constant."""
        return best_constant_mse(self.dataset.y_train)

    @property
    def has_failed(self) -> bool:
        """Whether the training diverged or ended no better than a constant."""
        return self.has_diverged or self.final_mse > LEARNED * self.constant_mse

    @cached_property
    def noise(self) -> NoiseLevel:
        """How much of the training y is noise."""
        return noise_level(self.dataset)

    @cached_property
    def fitting_mse(self) -> float:
        """The largest training error of a good fit."""
        factor = FIT_BY_ESTIMATE if self.noise.source == "neighbours" else FIT_BY_NOISE
        return factor * self.noise.mse + FIT_BY_SPREAD * self.constant_mse

    @property
    def missing_mse(self) -> float:
        """How far the training error is above that of the noise, 0 for a good fit; before the first
        step, how far the best constant's is.
        """
        error = self.constant_mse if self.is_planned else self.final_mse
        if error <= self.fitting_mse:
            return 0.0
        return max(error - self.noise.mse, 0.0)

    def explained(self, mse: float | None) -> float:
        """Which share of what is missing would be gained at this training error, 0 to 1."""
        if mse is None or not self.missing_mse > 0:
            return 0.0
        if not np.isfinite(self.missing_mse):
            return 1.0
        gained = 1.0 - (mse - self.noise.mse) / self.missing_mse
        return float(min(max(gained, 0.0), 1.0))

    @property
    def units(self) -> int:
        return sum(self.initial.hidden)

    @cached_property
    def bend_errors(self) -> Array:
        """The training errors of lines with 0, 1, … bends, placed well, up to one per unit."""
        most = min(self.units, MOST_BENDS)
        return bend_errors(self.dataset.x_train, self.dataset.y_train, most)

    def mse_of_bends(self, bends: int) -> float:
        """The training error of a line with so many bends, placed well."""
        errors = self.bend_errors
        most = len(errors) - 1
        return float(errors[min(max(bends, 0), most)])

    @property
    def reachable_mse(self) -> float:
        """What as many units could do: a bend each but for one, which makes the line."""
        return self.mse_of_bends(self.units - 1)

    @property
    def reachable_gain(self) -> float:
        """Which share of what is missing as many bends would gain, placed well."""
        return self.explained(self.reachable_mse)

    @cached_property
    def live_gain(self) -> float:
        """The same for as many bends as there are on the points at the end: what more or better
        steps gain without elbows that come from elsewhere.
        """
        live_bends = min(self.bends, self.units - 1)
        return self.explained(self.mse_of_bends(live_bends))

    @cached_property
    def bends(self) -> int:
        """Between how many neighbouring training x the function bends at the end."""
        return bends_between_points(self.last, self.dataset.x_train)

    @cached_property
    def safe_rate(self) -> float | None:
        """A safe rate of plain gradient descent at the end; None where there is none, or where it
        would take long to know.
        """
        if not is_quickly_taken(self.last, self.dataset, CAREFUL_STEPS):
            return None
        with np.errstate(all="ignore"):
            curvature = sharpness(self.last, self.dataset)
        if not np.isfinite(curvature) or curvature <= 0:
            return None
        return CAREFUL * 2 / curvature

    @cached_property
    def careful_gain(self) -> float:
        """Which share of what is missing a few careful steps gain at the end.

        They go a tenth of the way of the training at most, so that what they gain is no more time.
        """
        training = self.config.training
        if self.is_ridge or self.safe_rate is None or not np.isfinite(self.missing_mse):
            return 0.0
        way = self.learning_rate * self.steps / (1.0 - training.momentum)
        steps = CAREFUL_STEPS
        if not self.is_adaptive and training.method != "sign":
            steps = min(steps, int(SHORT_WAY * way / self.safe_rate))
        after = careful_mse(
            self.last,
            self.dataset,
            self.safe_rate,
            steps,
            layers=training.layers,
            output_bias=self.config.network.output_bias,
        )
        return self.explained(after)

    @cached_property
    def output_gain(self) -> float:
        """Which share of what is missing the best output layer gains with the bends at the end."""
        best = best_output_layer_mse(
            self.last,
            self.dataset,
            output_bias=self.config.network.output_bias,
        )
        return self.explained(best)

    @cached_property
    def fall(self) -> float | None:
        """By which share what was missing fell in the last third; None where that is unknown."""
        if self.course is None:
            return None
        return self.course.fall(self.noise.mse)

    @cached_property
    def dead_count(self) -> int:
        """How many units are dead at the end."""
        dead, _ = count_dead_and_always_on(self.last, self.dataset)
        return dead

    @cached_property
    def initial_dead_count(self) -> int:
        """How many units are dead at the start."""
        dead, _ = count_dead_and_always_on(self.initial, self.dataset)
        return dead

    @cached_property
    def always_on_count(self) -> int:
        """How many units are active on every training point at the end."""
        _, always_on = count_dead_and_always_on(self.last, self.dataset)
        return always_on

    @cached_property
    def dead_layer(self) -> int | None:
        """The first hidden layer, from 1 on, of which every unit is dead at the end."""
        return first_dead_layer(self.last, self.dataset)

    @cached_property
    def initial_dead_layer(self) -> int | None:
        """The first hidden layer, from 1 on, of which every unit is dead at the start."""
        return first_dead_layer(self.initial, self.dataset)

    def original_mse(self, mse: float) -> str:
        """An error in the square of the data's own units, in words."""
        return number(self.dataset.scaling.mse_to_original(mse))


def first_dead_layer(network: Network, dataset: Dataset) -> int | None:
    """The first hidden layer, from 1 on, of which every unit is active on no training point."""
    if len(dead_in_first_layer(network, dataset)) == network.hidden[0]:
        return 1
    if len(network.hidden) == 1:
        return None
    for layer, dead in enumerate(dead_units(network, dataset), start=1):
        if len(dead) == network.hidden[layer - 1]:
            return layer
    return None


def beside_the_constant(symptoms: Symptoms) -> str:
    """The training error at the end, and that of the best constant."""
    end = symptoms.original_mse(symptoms.final_mse)
    constant = symptoms.original_mse(symptoms.constant_mse)
    return f"train MSE {end}, the best constant's is {constant}"


def what_happened(symptoms: Symptoms) -> str:
    """The first half of the sentence: what the training led to, with its errors."""
    end = symptoms.original_mse(symptoms.final_mse)
    start = symptoms.original_mse(symptoms.initial_mse)
    if symptoms.has_diverged:
        constant = symptoms.original_mse(symptoms.constant_mse)
        return f"the train MSE grew from {start} to {end} (the best constant's is {constant})"
    if symptoms.constant_mse == 0:
        return f"all y are equal, and the train MSE went from {start} to {end} alone"
    against = beside_the_constant(symptoms)
    if symptoms.dead_layer is None:
        is_better = symptoms.final_mse < symptoms.constant_mse
        than = "hardly better" if is_better else "no better"
        return f"the learned function is {than} than a constant: {against}"
    anywhere = symptoms.dataset.x_train[:1]
    value = symptoms.dataset.scaling.y_to_original(symptoms.last(anywhere))[0]
    units = units_of_layer(symptoms.last, symptoms.dead_layer)
    return f"{units} dead, so the learned function is the constant {number(value)}: {against}"


def units_of_layer(network: Network, layer: int) -> str:
    """A layer with its verb: the unit is; all 10 units of hidden layer 2 are."""
    width = network.hidden[layer - 1]
    units = counted_part(width, width, "unit")
    is_deep = len(network.hidden) > 1
    where = f" of hidden layer {layer}" if is_deep else ""
    return f"{units}{where} {agreeing(width, 'is', 'are')}"
