"""The features of a recorded network, and what the run's own training learns of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from relusgd.config import Config
from relusgd.config.of_width import words_at_width
from relusgd.diagnostics.features import Features, features
from relusgd.diagnostics.learning_speed import Phase, learned_shares, phases_of, ridge_shares
from relusgd.errors import InputError
from relusgd.model.network import Array, Network
from relusgd.runs.titles import RecordedRun
from relusgd.training.building import build_schedule
from relusgd.training.optimizers import OPTIMIZERS
from relusgd.words import counted, exact_number

if TYPE_CHECKING:
    from relusgd.pictures.features.still import FeatureSnapshot
    from relusgd.pictures.kit.drawn_figure import DrawnFigure

LEARNED = 0.5
"""A direction counts as learned from this share on."""


@dataclass(frozen=True)
class Pace:
    """What a training does to every direction of a network that is linearised.

    layers: the parameters that learn, as in the config. words: the training in words. phases: its
    learning rates, each with its steps. momentum, nesterov: as in the config. penalty: that of
    ridge regression, else None.
    """

    layers: str
    output_bias: bool
    words: str
    phases: tuple[Phase, ...] | None = None
    momentum: float = 0.0
    nesterov: bool = False
    penalty: float | None = None

    @classmethod
    def of(cls, config: Config, steps: int, steps_per_epoch: int) -> Pace:
        """That of the first `steps` steps of a config's training."""
        training = config.training
        output_bias = config.network.output_bias
        if training.method == "ridge":
            words = f"ridge regression with penalty {exact_number(training.penalty)}"
            return cls("output", output_bias, words, penalty=training.penalty)
        rate = words_at_width(training.learning_rate, config.width)
        words = f"learning rate {rate} over {counted(steps, 'step')}"
        if training.method != "sgd":
            title = OPTIMIZERS[training.method].title
            return cls(training.layers, output_bias, f"{title} at {words}")
        if training.input_noise:
            return cls(training.layers, output_bias, f"SGD with noise on x at {words}")
        phases = phases_of(_rates(config, steps, steps_per_epoch))
        return cls(
            training.layers,
            output_bias,
            words,
            tuple(phases),
            training.momentum,
            training.nesterov,
        )

    def shares(self, found: Features) -> Array | None:
        """The share of each direction that is learned, nan where its error grows.

        None where no direction learns alone: for the methods that scale every parameter by itself,
        and with noise on x, whose features are others in every step.
        """
        if self.penalty is not None:
            return ridge_shares(found.singular_values, self.penalty)
        if self.phases is None:
            return None
        return learned_shares(found.curvatures, self.phases, self.momentum, nesterov=self.nesterov)


def _rates(config: Config, steps: int, steps_per_epoch: int) -> Iterator[Phase]:
    """The learning rate of every epoch with its number of steps; one pair where it is constant."""
    schedule = build_schedule(config, steps_per_epoch)
    if schedule.is_constant:
        yield schedule.rate, steps
        return
    for start in range(0, steps, steps_per_epoch):
        epoch = start // steps_per_epoch + 1
        yield schedule.at(epoch), min(steps_per_epoch, steps - start)


@dataclass(frozen=True, eq=False, repr=False)
class RunFeatures(Features):
    """The features of a run's network at one snapshot, by the parameters that learn.

    epoch, step: when it was recorded. pace: the run's own training, over all the steps that it has
    taken. layer: the one layer whose parameters count; None for all that learn.
    """

    run: RecordedRun = field(kw_only=True)
    epoch: int = field(kw_only=True)
    step: int = field(kw_only=True)
    pace: Pace = field(kw_only=True)
    layer: int | None = field(kw_only=True)

    @property
    def moment(self) -> str:
        """When it was recorded, in words: epoch 30,000; within an epoch, step 57."""
        steps_per_epoch = self.run.history.steps_per_epoch or 1
        if self.step == self.epoch * steps_per_epoch:
            return f"epoch {self.epoch:,}"
        return f"step {self.step:,}"

    @cached_property
    def learned(self) -> Array | None:
        """The share of each direction that the run's training learns, were J to stay as here.

        Shape (m,); nan where its error grows. None where no direction learns alone: see
        `Pace.shares`.
        """
        return self.pace.shares(self)

    @property
    def learned_directions(self) -> int | None:
        """How many of them are learned to more than a half."""
        if self.learned is None:
            return None
        return int(np.count_nonzero(self.learned > LEARNED))

    @property
    def unstable_directions(self) -> int:
        """Along how many directions the error grows, because the learning rate is too large."""
        if self.learned is None:
            return 0
        return int(np.count_nonzero(np.isnan(self.learned)))

    @property
    def stable_rate(self) -> float:
        """n/s_1²: the largest rate at which full-batch steps on the linearised network are stable.

        Infinite where all directions are flat.
        """
        with np.errstate(divide="ignore"):
            return float(2.0 / self.curvatures[0])

    @cached_property
    def by_layer(self) -> dict[int, Features]:
        """The features by the parameters of every layer that learns; the output layer is the last.

        Their kernels JJᵀ add up to that of all.
        """
        if self.layer is not None:
            return {self.layer: self}
        found = {}
        for layer in range(1, len(self.network.hidden) + 2):
            try:
                found[layer] = _features(self.network, self.x, self.pace, layer)
            except InputError:  # a layer that does not learn
                continue
        return found

    @property
    def for_picture(self) -> FeatureSnapshot:
        """What a picture shows of them."""
        from relusgd.pictures.features.still import FeatureSnapshot

        return FeatureSnapshot(self, self.moment, self.by_layer, self.learned, self.run.data)

    def figure(self, *, top: int = 10, theme: str = "light") -> DrawnFigure:
        """The derivatives, the principal features ψ_1 … ψ_top and the singular values, drawn.

        A matplotlib Figure that pyplot does not know, so that nothing has to be closed.
        """
        from relusgd.pictures.features.still import SIZE, still_features
        from relusgd.pictures.kit.look import Look

        with np.errstate(all="ignore"):
            return still_features([self.for_picture], Look(size=SIZE, theme=theme), top=top)

    def _repr_png_(self) -> bytes:
        """The same picture, in a notebook's cell."""
        return self.figure()._repr_png_()


def run_features(
    run: RecordedRun,
    *,
    epoch: int | None = None,
    step: int | None = None,
    layer: int | None = None,
) -> RunFeatures:
    """The features of a run at an epoch or a step, by default at its last snapshot.

    layer: by the parameters of one layer alone. Raises InputError when nothing was recorded there,
    when the network is not finite, or when the layer does not exist or does not learn.
    """
    history = run.history
    row = history.index(epoch=epoch, step=step)
    steps_per_epoch = history.steps_per_epoch or 1
    pace = Pace.of(run.config, int(history.step[-1]), steps_per_epoch)
    return features_of_row(run, row, pace, layer)


def features_of_row(
    run: RecordedRun,
    row: int,
    pace: Pace,
    layer: int | None = None,
) -> RunFeatures:
    """The features of the snapshot with this index. Raises as `run_features` does."""
    history = run.history
    parameters = history.network(row).parameters()
    network = Network.from_parameters(parameters, history.hidden)
    found = _features(network, run.data.x_train, pace, layer)
    return RunFeatures(
        found.network,
        found.x,
        found.columns,
        found.singular_values,
        found.directions,
        found.whole,
        run=run,
        epoch=int(history.epoch[row]),
        step=int(history.step[row]),
        pace=pace,
        layer=layer,
    )


def _features(network: Network, x: Array, pace: Pace, layer: int | None) -> Features:
    return features(network, x, pace.layers, output_bias=pace.output_bias, layer=layer)
