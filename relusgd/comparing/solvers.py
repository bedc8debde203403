"""Ridge regression against SGD on the output layer of the same networks, and the condition number that decides between them.

With the hidden layers fixed the training error is quadratic in the output layer, with the Hessian (2/n) ΦᵀΦ of the features Φ. Along
its eigenvector of eigenvalue λ a step of gradient descent multiplies the distance from the optimum by 1 − learning_rate·λ; SGD does
so on average. So the stable learning rate is bound by the largest λ and the time by the smallest: 1/(learning_rate·λ) steps for a
factor e (Bottou, Curtis & Nocedal 2018, section 4). Ridge regression solves all directions at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.comparing.groups import Group, Result, Spread
from relusgd.comparing.keys import CASE
from relusgd.config import Config
from relusgd.model.network import Array
from relusgd.runs.run import Run
from relusgd.training.building import build_schedule
from relusgd.training.ridge import output_curvatures

MOST_NETWORKS = 100
"""Of each kind so many networks are looked into."""

MOST_OPERATIONS = 3e10
"""points · units · min(points, units) of a decomposition that is still made: some ten seconds."""


@dataclass(frozen=True, eq=False)
class Duel:
    """Both ways of training the output layer, on `networks` networks that begin alike.

    directions: output weights and, where there is one, the bias; the other numbers are spreads over the networks. condition:
    largest over smallest eigenvalue of the Hessian, the vanishing ones left out; flat: how many vanish; slowest_steps: steps in
    which the slowest direction comes nearer by a factor e at SGD's learning rate; settled: directions for which SGD's steps did
    that at least once.
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
    def words(self) -> dict[str, str]:
        """What tells this duel from others: the words that both sides share."""
        return {
            heading: word
            for heading, word in self.ridge.words.items()
            if self.sgd.words.get(heading) == word
        }

    @property
    def label(self) -> str:
        return ", ".join(f"{heading} {word}" for heading, word in self.words.items())


def find_duels(groups: Sequence[Group], error: str) -> list[Duel]:
    """A duel for every kind of network and data that was trained in both ways; of several groups of a way the best takes part."""
    kinds: dict[tuple[str, ...], list[Group]] = {}
    for group in groups:
        kinds.setdefault(_kind(group), []).append(group)
    duels = (_duel(members, error) for members in kinds.values())
    return [duel for duel in duels if duel]


def _kind(group: Group) -> tuple[str, ...]:
    return tuple(
        f"{key} {value!r}"
        for key, value in group.keys.items()
        if key != CASE and not key.startswith("training.")
    )


def _duel(groups: Sequence[Group], error: str) -> Duel | None:
    """One between the best of the groups of either way whose networks begin alike."""
    ridge = [
        group
        for group in groups
        if group.typical.config.training.method == "ridge" and group.counted
    ]
    sgd = [group for group in groups if _is_sgd_on_output(group.typical.config) and group.counted]
    if not (ridge and sgd):
        return None
    best = [
        min(side, key=lambda group: np.nan_to_num(group.spreads[error].median, nan=np.inf))
        for side in (ridge, sgd)
    ]
    pairs = list(_pairs(*best))
    if not pairs:
        return None
    measured = [_measure(solved.run, descended) for solved, descended in pairs]
    conditions, largest, flat, slowest, settled = (
        Spread.of(column) for column in zip(*measured, strict=True)
    )
    network = pairs[0][0].run.config.network
    directions = network.hidden[-1] + network.output_bias
    return Duel(
        best[0], best[1], len(pairs), directions, conditions, largest, flat, slowest, settled
    )


def _is_sgd_on_output(config: Config) -> bool:
    return config.training.method == "sgd" and config.training.layers == "output"


def _pairs(ridge: Group, sgd: Group) -> Iterator[tuple[Result, Result]]:
    """Runs of both ways that began with the same network on the same points, at most MOST_NETWORKS."""
    others = {_origin(result.run): result for result in sgd.counted}
    found = (
        (result, others[_origin(result.run)])
        for result in ridge.counted
        if _origin(result.run) in others
    )
    checked = (
        pair
        for pair in found
        if _is_affordable(pair[0].run) and _begin_alike(pair[0].run, pair[1].run)
    )
    yield from (pair for pair, _ in zip(checked, range(MOST_NETWORKS), strict=False))


def _origin(run: Run) -> tuple[int, int]:
    return run.config.network_seed, run.config.data_seed


def _is_affordable(run: Run) -> bool:
    points, units = run.facts.counts.training_points, run.config.network.hidden[-1]
    return bool(points * units * min(points, units) <= MOST_OPERATIONS)


def _begin_alike(one: Run, other: Run) -> bool:
    first, second = one.network(epoch=0), other.network(epoch=0)
    pairs = zip((*first.weights, *first.biases), (*second.weights, *second.biases), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs) and np.array_equal(
        one.data.x_train, other.data.x_train
    )


def _measure(solved: Run, descended: Result) -> tuple[float, float, float, float, float]:
    """Condition number, largest eigenvalue, vanishing ones, steps of the slowest direction, directions that settled."""
    curvatures = output_curvatures(
        solved.network(epoch=0), solved.data.x_train, output_bias=solved.config.network.output_bias
    )
    curved: Array = curvatures[curvatures > 0]
    training = descended.run.config.training
    rate = training.learning_rate / (1 - training.momentum)
    settled = int(np.count_nonzero(curved * way_gone(descended) >= 1))
    largest, smallest = float(curved[0]), float(curved[-1])
    return (
        largest / smallest,
        largest,
        len(curvatures) - len(curved),
        1 / (rate * smallest),
        settled,
    )


def way_gone(result: Result) -> float:
    """The sum of SGD's learning rates over all its steps; with momentum m steps grow to 1/(1 − m) times their size."""
    config, epochs = result.run.config, result.epochs
    schedule = build_schedule(config)
    rates = (
        schedule.rate * epochs
        if schedule.kind == "constant"
        else sum(schedule.at(epoch) for epoch in range(1, epochs + 1))
    )
    per_epoch = result.steps / epochs if epochs else 0
    return float(rates * per_epoch / (1 - config.training.momentum))
