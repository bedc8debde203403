"""Ridge regression against SGD on the output layer of the same networks.

With the hidden layers fixed, the training error is quadratic in the output layer, with the Hessian
(2/n) ΦᵀΦ of the features Φ. Along its eigenvector of eigenvalue λ, a step of gradient descent
multiplies the distance from the optimum by 1 − learning_rate·λ; SGD does so on average. So the
largest λ bounds the stable learning rate, and the smallest sets the time: 1/(learning_rate·λ) steps
for a factor e (Bottou, Curtis & Nocedal 2018, section 4). The condition number is the ratio of the
two. Ridge regression solves for all directions at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from relusgd.comparing.groups import Group, Result, Spread
from relusgd.comparing.labels import Words, label
from relusgd.config.training_section import Training
from relusgd.model.network import Array
from relusgd.runs.run import Run
from relusgd.training.building import build_schedule
from relusgd.training.ridge import output_curvatures

MOST_NETWORKS = 100
"""At most this many networks of each kind are measured."""

MOST_OPERATIONS = 3e10
"""The largest decomposition that is still made, as points · units · min(points, units): about ten
seconds."""


@dataclass(frozen=True, eq=False)
class Duel:
    """Both ways of training the output layer, on networks that begin alike.

    networks: how many; directions: output weights and, where there is one, the bias. The others are
    spreads over the networks: condition, the largest over the smallest eigenvalue of the Hessian
    that does not vanish; largest, the largest eigenvalue; flat, how many vanish; slowest_steps,
    the steps for a factor e along the slowest direction at SGD's learning rate; settled, the
    directions along which SGD's steps gave at least this factor.
    """

    ridge: Group
    sgd: Group
    networks: int
    directions: int
    condition: Spread
    largest: Spread
    flat: Spread
    slowest_steps: Spread
    settled: Spread

    @property
    def words(self) -> Words:
        """The words that both sides share, which tell this duel from others."""
        shared = {}
        for name, word in self.ridge.words.items():
            if self.sgd.words.get(name) == word:
                shared[name] = word
        return shared

    @property
    def label(self) -> str:
        return label(self.words)


def find_duels(ranked: Sequence[Group]) -> list[Duel]:
    """A duel for every kind of network and data that was trained in both ways.

    SGD with noise on x takes no part, because it has another optimum. ranked: groups from the
    lowest median error; the first one of each way takes part.
    """
    ridge: dict[str, Group] = {}
    sgd: dict[str, Group] = {}
    for group in ranked:
        training = group.typical.config.training
        if training.method == "ridge":
            ridge.setdefault(group.network_and_data, group)
        elif _has_the_optimum_of_ridge(training):
            sgd.setdefault(group.network_and_data, group)
    duels = []
    for kind, solved in ridge.items():
        duel = _duel(solved, sgd[kind]) if kind in sgd else None
        if duel is not None:
            duels.append(duel)
    return duels


def _has_the_optimum_of_ridge(training: Training) -> bool:
    is_sgd = training.method == "sgd" and training.layers == "output"
    return is_sgd and not training.input_noise


def _duel(ridge: Group, sgd: Group) -> Duel | None:
    """The duel of two groups, or None if no two of their networks begin alike."""
    pairs = list(islice(_pairs(ridge, sgd), MOST_NETWORKS))
    if not pairs:
        return None
    measured = [_measure(solved.run, descended) for solved, descended in pairs]
    spreads = {}
    for name in measured[0]:
        spreads[name] = Spread.of(numbers[name] for numbers in measured)
    network = ridge.typical.config.network
    directions = network.hidden[-1] + network.output_bias
    return Duel(ridge, sgd, networks=len(pairs), directions=directions, **spreads)


def _pairs(ridge: Group, sgd: Group) -> Iterator[tuple[Result, Result]]:
    """Runs of both ways that began with the same network on the same points."""
    descended = {_seeds(result.run): result for result in sgd.counted}
    for solved in ridge.counted:
        other = descended.get(_seeds(solved.run))
        if other is None or not _is_affordable(solved.run):
            continue
        if _begin_alike(solved.run, other.run):
            yield solved, other


def _seeds(run: Run) -> tuple[int, tuple[int | None, int | None]]:
    config = run.config
    return config.network_seed, config.point_seeds


def _is_affordable(run: Run) -> bool:
    points = run.facts.counts.training_points
    units = run.config.network.hidden[-1]
    operations = points * units * min(points, units)
    return bool(operations <= MOST_OPERATIONS)


def _begin_alike(one: Run, other: Run) -> bool:
    first = one.network(epoch=0).parameters()
    second = other.network(epoch=0).parameters()
    has_same_points = np.array_equal(one.data.x_train, other.data.x_train)
    return has_same_points and np.array_equal(first, second)


def _measure(solved: Run, descended: Result) -> dict[str, float]:
    """The spreads of a `Duel`, by their names, for one network: a number each."""
    output_bias = solved.config.network.output_bias
    initial = solved.network(epoch=0)
    curvatures = output_curvatures(initial, solved.data.x_train, output_bias=output_bias)
    curved: Array = curvatures[curvatures > 0]
    largest = float(curved[0])
    smallest = float(curved[-1])
    config = descended.run.config
    rate = config.learning_rate / (1 - config.training.momentum)
    is_settled = curved * summed_rates(descended) >= 1
    return {
        "condition": largest / smallest,
        "largest": largest,
        "flat": len(curvatures) - len(curved),
        "slowest_steps": 1 / (rate * smallest),
        "settled": int(np.count_nonzero(is_settled)),
    }


def summed_rates(result: Result) -> float:
    """The sum of SGD's learning rates over all steps of a run.

    Momentum m lengthens a step by the factor 1/(1 − m).
    """
    config = result.run.config
    per_epoch = result.run.facts.counts.steps_per_epoch
    schedule = build_schedule(config, per_epoch)
    epochs, rest = divmod(result.steps, per_epoch)
    if schedule.is_constant:
        rates = schedule.rate * epochs
    else:
        rates = sum(schedule.at(epoch) for epoch in range(1, epochs + 1))
    total = rates * per_epoch + rest * schedule.at(epochs + 1)
    return float(total / (1 - config.training.momentum))
