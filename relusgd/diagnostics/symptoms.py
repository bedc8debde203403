"""What is known of a training that learned nothing or diverged, and what happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from relusgd.config import Config
from relusgd.diagnostics.measures import dead_in_first_layer, dead_units
from relusgd.diagnostics.outcomes import best_constant_mse
from relusgd.model.network import Network
from relusgd.model.points import Dataset
from relusgd.words import counted, exact_number, number


@dataclass(frozen=True, eq=False)
class Symptoms:
    """What is known of a training that learned nothing or diverged.

    initial, last: the networks at the start and at the end, or before the numbers ceased to be
    finite. Errors are over the training points, in network units; final_mse may be infinite.
    learning_rate: the largest one that was in force. stable_rate, stable_rate_at_end: the largest
    stable ones at the start and at the end, None where they are unknown. steps: how many were
    taken.
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


def what_happened(symptoms: Symptoms) -> str:
    """The first half of the sentence: what the training led to, with its errors."""
    end = symptoms.original_mse(symptoms.final_mse)
    if symptoms.has_diverged:
        start = symptoms.original_mse(symptoms.initial_mse)
        constant = symptoms.original_mse(symptoms.constant_mse)
        return f"the train MSE grew from {start} to {end} (the best constant's is {constant})"
    if symptoms.constant_mse == 0:
        start = symptoms.original_mse(symptoms.initial_mse)
        return f"all y are equal, and the train MSE went from {start} to {end} alone"
    against = (
        f"train MSE {end}, the best constant's is {symptoms.original_mse(symptoms.constant_mse)}"
    )
    if symptoms.dead_layer is None:
        is_better = symptoms.final_mse < symptoms.constant_mse
        than = "hardly better" if is_better else "no better"
        return f"the learned function is {than} than a constant: {against}"
    value = symptoms.dataset.scaling.y_to_original(symptoms.last(symptoms.dataset.x_train[:1]))[0]
    hidden = symptoms.last.hidden
    units = f"all {counted(hidden[symptoms.dead_layer - 1], 'unit')}"
    if hidden[symptoms.dead_layer - 1] == 1:
        units = "the unit"
    if len(hidden) > 1:
        units += f" of hidden layer {symptoms.dead_layer}"
    verb = "is" if units.startswith("the unit") else "are"
    return (
        f"{units} {verb} dead, so the learned function is the constant {number(value)}: {against}"
    )
