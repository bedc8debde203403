"""The plan of a training: everything before the first step, including faults and warnings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from relusgd.config import Config, Source, TargetData, as_config
from relusgd.config.checks import cross_faults, output_bias_fault
from relusgd.config.source import Fault, dotted
from relusgd.config.sweep_checks import varied_paths
from relusgd.config.training_section import Training
from relusgd.diagnostics.measures import dead_in_first_layer, train_mse
from relusgd.diagnostics.snapshot_metrics import SnapshotMetrics
from relusgd.errors import ConfigError
from relusgd.model.network import Network, parameter_count
from relusgd.model.points import Dataset
from relusgd.training.building import (
    build_dataset,
    build_descent,
    build_initial,
    build_recording,
    with_column_names,
)
from relusgd.training.descent import Descent, Engine, KernelName, State
from relusgd.training.engines import check_installed, engine_faults, step_nanoseconds
from relusgd.training.kept_batches import KeptBatches
from relusgd.training.memory import memory_faults
from relusgd.training.recording import Recording
from relusgd.training.start import StartNetwork, parameters_digest, read_start
from relusgd.words import and_list, counted, exact_number

RUN_SECONDS = 3e-3
"""What a run takes, however short it is."""

SNAPSHOT_SECONDS = 6e-5
"""What a snapshot takes."""

NAMED_UNITS = 5
"""The most units that a warning names."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A training, ready to start.

    initial_mse: the training error of the initial network. warnings: sentences that the user should
    read first. start: the network that the config's `network.start` gave, which `initial` then is
    in the units of these points.
    """

    config: Config
    dataset: Dataset
    initial: Network
    descent: Descent
    recording: Recording
    initial_mse: float
    warnings: tuple[str, ...] = ()
    start: StartNetwork | None = None

    @cached_property
    def start_sha256(self) -> str | None:
        """What the config's `network.start` counts by: the digest of the initial parameters."""
        return None if self.start is None else parameters_digest(self.initial)

    @property
    def hidden(self) -> tuple[int, ...]:
        return self.initial.hidden

    @property
    def engine(self) -> Engine:
        return self.descent.engine

    @property
    def kernel(self) -> KernelName:
        return self.descent.kernel

    def keeping(self, engine: Engine, kernel: KernelName) -> Plan:
        """The same training by the engine and the kernel that a run began with.

        Raises InputError when that engine is no longer installed.
        """
        check_installed(engine)
        return self.with_engine(engine, kernel)

    def with_engine(self, engine: Engine, kernel: KernelName) -> Plan:
        """The same training by this engine and kernel, even if the engine is not installed here."""
        return replace(self, descent=replace(self.descent, engine=engine, kernel=kernel))

    def drawing_from(self, kept: KeptBatches) -> Plan:
        """The same training with batches that other trainings may have drawn already."""
        return replace(self, descent=replace(self.descent, source=kept.batches))

    @property
    def is_ridge(self) -> bool:
        return self.config.training.method == "ridge"

    @property
    def steps(self) -> int:
        return self.recording.steps

    @property
    def steps_per_epoch(self) -> int:
        return self.recording.steps_per_epoch

    @property
    def epochs(self) -> int:
        """The epochs that are complete after the last step."""
        return self.steps // self.steps_per_epoch

    @property
    def snapshot_bytes(self) -> int:
        """Bytes on disk of one snapshot: epoch, step, elbow, slope, every weight and bias."""
        return 8 * (2 + 2 * self.hidden[0] + parameter_count(self.hidden))

    @property
    def history_bytes(self) -> int:
        """Bytes on disk of all snapshots of the whole run."""
        return self.recording.count() * self.snapshot_bytes

    @property
    def expected_seconds(self) -> float:
        """About how long the training takes on one core.

        Good enough to start the longest runs first.
        """
        if self.is_ridge:
            training = 1e-9 * len(self.dataset.x_train) * self.hidden[-1] ** 2
        else:
            training = 1e-9 * step_nanoseconds(self.descent) * self.steps
        recording = SNAPSHOT_SECONDS * self.recording.count()
        return RUN_SECONDS + recording + training

    def learning_rate(self, epoch: int) -> float:
        """The rate in force during an epoch; nan for ridge, which has none."""
        return float("nan") if self.is_ridge else self.descent.schedule.at(epoch)

    @property
    def largest_rate(self) -> float:
        """The largest learning rate that is ever in force; nan for ridge, which has none.

        Schedules only lower it once the warmup, if there is one, has raised it.
        """
        warm = min(self.descent.schedule.warmup + 1, max(self.epochs, 1))
        return self.learning_rate(warm)

    def initial_state(self) -> State:
        return self.descent.start(self.initial.parameters())

    def describe(self) -> str:
        """The training in one line: points, batches, epochs, steps."""
        points = counted(len(self.dataset.x_train), "point")
        if self.is_ridge:
            penalty = exact_number(self.config.training.penalty)
            return f"{points}: the output layer by ridge regression, penalty {penalty}"
        descent = self.descent
        batches = f"batches of {descent.order.batch_size:,}"
        if descent.is_full:
            batches = "the full batch"
        batches += noise_words(self.config.training)
        steps = f"{counted(self.steps, 'step')} ({descent.optimizer.title} iterations)"
        length = f"{counted(self.epochs, 'epoch')} = {steps}"
        if self.steps % self.steps_per_epoch:
            length = f"{steps} = {self.steps / self.steps_per_epoch:,.6g} epochs"
        per_epoch = f"{counted(self.steps_per_epoch, 'step')} an epoch"
        return f"{points}, {batches}: {per_epoch}, {length}"


def noise_words(training: Training) -> str:
    """What is added to every batch, in the units of the data; nothing where nothing is."""
    parts = []
    if training.label_noise:
        parts.append(f"{exact_number(training.label_noise)} on y")
    if training.input_noise:
        parts.append(f"{exact_number(training.input_noise)} on x")
    return f" with fresh noise of {' and '.join(parts)}" if parts else ""


def prepare(
    config: Config | Source,
    dataset: Dataset | None = None,
    start: StartNetwork | None = None,
    *,
    auto: Engine | None = None,
) -> Plan:
    """The plan of this config, on its own data or on `dataset` (as kept in a run folder).

    config: a Config, or a dict or file as `load_config` takes it. start: the network that the
    config's `network.start` stands for, where it is known and the run that it names need not be
    read. auto: what `engine: auto` stands for where that is decided for many trainings together.
    Reads a CSV and the run of `network.start`, writes nothing. Raises ConfigError with every fault
    that data and config have together, and TypeError for what is no config.
    """
    config = as_config(config)
    start, fault = _found_start(config, start)
    points = _checked_points(config, dataset, fault)
    config = with_column_names(config, points)
    initial = build_initial(config, points, start)
    if start is not None and not config.network.output_bias:
        _refuse_output_bias(config, initial)
    descent = build_descent(config, points, auto)
    initial_mse = _initial_mse(initial, points)
    if not np.isfinite(initial_mse):
        text = (
            ": the initial network is not finite on the training points; "
            "make its scales or slopes smaller"
        )
        raise ConfigError([config.origin.fault("network", text)])
    recording = build_recording(config, descent.order.steps_per_epoch)
    warnings = tuple(_dead_unit_warnings(config, initial, points))
    return Plan(
        config,
        points,
        initial,
        descent,
        recording,
        initial_mse,
        warnings,
        start,
    )


def _found_start(
    config: Config,
    known: StartNetwork | None,
) -> tuple[StartNetwork | None, ConfigError | None]:
    """The network to begin with, or the error that says why it cannot be read."""
    try:
        return known or read_start(config), None
    except ConfigError as error:
        return None, error


def _refuse_output_bias(config: Config, initial: Network) -> None:
    """Raise ConfigError for an output bias that would be there for ever."""
    text = output_bias_fault(initial.output_bias)
    if text is not None:
        raise ConfigError([config.origin.fault("network.start", text)])


def _initial_mse(initial: Network, points: Dataset) -> float:
    """The training error of the initial network.

    With one hidden layer by the metrics, which need no matrix of points × units. Those of deep
    networks count breakpoints, too, which would take longest of all.
    """
    if len(initial.hidden) > 1:
        return train_mse(initial, points)
    error, *_ = SnapshotMetrics(points, initial.hidden)(initial.parameters())
    return error


def _checked_points(config: Config, dataset: Dataset | None, other: ConfigError | None) -> Dataset:
    """The points to train on. Raises ConfigError with every fault of data and config.

    other: one that was found before.
    """
    # A sweep may vary the keys of a fault, or a Config may be made without `load_config`.
    found = list(cross_faults(config))
    faults = config.origin.places.sentences(found)
    hint = _sweep_hint(config, found)
    if other is not None:
        faults += other.faults
        hint = other.hint or hint
    data = config.data
    if dataset is None and isinstance(data, TargetData):
        # Faults of the sizes are found before so many points are drawn.
        sizes = _size_faults(config, data.samples, data.samples + data.test_samples)
        if sizes:
            raise ConfigError([*faults, *sizes], hint)
    if any(fault.path[0] == "data" for fault in found):
        raise ConfigError(faults, hint)
    try:
        points = dataset or build_dataset(config)
    except ConfigError as error:
        raise ConfigError([*faults, *error.faults], error.hint or hint) from None
    faults += _size_faults(config, len(points.x_train), len(points.x_test))
    if faults:
        raise ConfigError(faults, hint)
    return points


def _sweep_hint(config: Config, found: Sequence[Fault]) -> str | None:
    """What to do about faults between keys that the config's sweep varies; None for others."""
    varied = varied_paths(config.sweep)
    keys: list[str] = []
    for fault in found:
        for path in (fault.path, *fault.also):
            key = dotted(path)
            if path in varied and key not in keys:
                keys.append(key)
    if not keys:
        return None
    return f"the sweep varies {and_list(keys)}; set a value to have one of its runs"


def _size_faults(config: Config, training_points: int, test_points: int) -> list[str]:
    """Everything that is wrong with a training on so many points."""
    return [
        *engine_faults(config),
        *_batch_faults(config, training_points),
        *memory_faults(config, training_points, test_points),
    ]


def _batch_faults(config: Config, n: int) -> Iterator[str]:
    """Shuffling cuts the points into batches, so a batch cannot be larger than all of them."""
    training = config.training
    if training.method == "ridge" or training.sampling != "shuffle":
        return
    if training.batch_size != "full" and training.batch_size > n:
        text = (
            f": {training.batch_size:,} is larger than the {n:,} training points, "
            "which sampling: shuffle cannot cut; give at most that many, or full"
        )
        yield config.origin.fault("training.batch_size", text)


def _dead_unit_warnings(config: Config, initial: Network, points: Dataset) -> Iterator[str]:
    """A unit that is active on no training point learns nothing.

    Worth a warning where the user placed the elbows, or if the whole first layer is dead.
    """
    if config.training.method == "ridge" or config.training.epochs == 0:
        return  # there is nothing to learn
    dead = dead_in_first_layer(initial, points).tolist()
    are_all = len(dead) == config.network.hidden[0]
    if not dead or not (are_all or _places_elbows(config)):
        return
    positions = points.scaling.x_to_original(initial.elbow)
    names = [f"unit {j} (elbow {positions[j]:g})" for j in dead[:NAMED_UNITS]]
    text = ", ".join(names)
    unnamed = len(dead) - len(names)
    if unnamed:
        text += f" and {unnamed:,} more"
    yield f"active on no training point, so never learning: {text}"


def _places_elbows(config: Config) -> bool:
    """Whether the user says where the elbows begin."""
    network = config.network
    if network.start is not None:
        return False
    return network.elbow_range is not None or not isinstance(network.elbows, str)
