"""The plan of a training: everything that follows from a config and its data before the first step, faults included."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from threadpoolctl import ThreadpoolController

from relusgd.config import Config, CosineSchedule, CsvData, PointsData, StepSchedule, TargetData
from relusgd.diagnostics import SnapshotMetrics, dead_in_first_layer, train_mse
from relusgd.errors import ConfigError, InputError
from relusgd.model.initial import InitialNetwork
from relusgd.model.network import Network, parameter_count
from relusgd.model.points import Dataset, csv_dataset, points_dataset, sample_dataset
from relusgd.model.targets import parse_target
from relusgd.training.engines import (
    INSTALL,
    choose_engine,
    choose_kernel,
    engine_faults,
    numba_is_installed,
)
from relusgd.training.memory import memory_faults
from relusgd.training.recording import Recording
from relusgd.training.sgd import Descent, Engine, KernelName, Schedule, State
from relusgd.training.streams import BatchOrder, held_out_order, network_generator
from relusgd.words import counted, exact_number


@dataclass(frozen=True, eq=False)
class Plan:
    """A training, ready to start. warnings: sentences that the user should read first."""

    config: Config
    dataset: Dataset
    initial: Network
    descent: Descent
    recording: Recording
    warnings: tuple[str, ...] = ()

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

        Raises InputError when that engine is not installed any more.
        """
        if engine == "compiled" and self.engine != engine and not numba_is_installed():
            problem = "this run began with engine: compiled, which needs Numba, and Numba is not installed"
            raise InputError(
                problem, f"{INSTALL} lets it go on; --overwrite trains it anew without"
            )
        return self.with_engine(engine, kernel)

    def with_engine(self, engine: Engine, kernel: KernelName) -> Plan:
        """The same training by this engine and kernel, wherever it is going to be done."""
        return replace(self, descent=replace(self.descent, engine=engine, kernel=kernel))

    @property
    def is_ridge(self) -> bool:
        return self.config.training.method == "ridge"

    @property
    def epochs(self) -> int:
        return self.recording.epochs

    @property
    def steps_per_epoch(self) -> int:
        return 1 if self.is_ridge else self.descent.order.steps_per_epoch

    @property
    def steps(self) -> int:
        return self.epochs * self.steps_per_epoch

    @property
    def snapshot_bytes(self) -> int:
        """Bytes on disk of one snapshot: epoch, step, elbow, slope, every weight and bias."""
        return 8 * (2 + 2 * self.hidden[0] + parameter_count(self.hidden))

    @property
    def history_bytes(self) -> int:
        """Bytes on disk of all snapshots of the whole run."""
        return self.recording.count() * self.snapshot_bytes

    def learning_rate(self, epoch: int) -> float:
        """The rate in force during an epoch; nan for ridge, which has none."""
        return float("nan") if self.is_ridge else self.descent.schedule.at(epoch)

    def initial_state(self) -> State:
        return self.descent.start(self.initial.parameters())

    @cached_property
    def _threads(self) -> ThreadpoolController:
        return ThreadpoolController()

    @contextmanager
    def one_thread(self) -> Iterator[None]:
        """Matrix products on one thread, so that the number of cores never changes a bit."""
        with self._threads.limit(limits=1):
            yield

    def describe(self) -> str:
        """The training in a line: points, batches, epochs, steps."""
        points = counted(len(self.dataset.x_train), "point")
        if self.is_ridge:
            return f"{points}: the output layer by ridge regression, penalty {exact_number(self.config.training.penalty)}"
        batch, per_epoch = self.descent.order.batch_size, self.steps_per_epoch
        batches = (
            "the full batch" if self.descent.order.sampling == "full" else f"batches of {batch:,}"
        )
        steps = counted(self.steps, "step")
        return f"{points}, {batches}: {counted(per_epoch, 'step')} an epoch, {counted(self.epochs, 'epoch')} = {steps} (SGD iterations)"


def prepare(config: Config, dataset: Dataset | None = None) -> Plan:
    """The plan of this config, on its own data or on `dataset` (as kept in a run folder). Reads a CSV, writes nothing.

    Raises ConfigError with every fault that data and config have together, and TypeError for a config that is not loaded.
    """
    if not isinstance(config, Config):
        raise TypeError(
            f"a Config is expected, as relusgd.load_config makes it of a file or a dict, not {type(config).__name__}"
        )
    if dataset is None and isinstance(config.data, TargetData):
        _raise_faults(config, config.data.samples, config.data.samples + config.data.test_samples)
    points = dataset or build_dataset(config)
    _raise_faults(config, len(points.x_train), len(points.x_test))
    with np.errstate(all="ignore"):
        initial = initial_recipe(config, points).draw(network_generator(config.network_seed))
    if not np.isfinite(_start_mse(initial, points)):
        text = ": the initial network is not finite on the training points; make its scales or slopes smaller"
        raise ConfigError([config.origin.fault("network", text)])
    plan = Plan(config, points, initial, build_descent(config, points), build_recording(config))
    return replace(plan, warnings=tuple(_placed_dead_units(plan)))


def _start_mse(initial: Network, points: Dataset) -> float:
    """The training error of the initial network: by running sums, or in deep networks without their costly breakpoints."""
    if len(initial.hidden) > 1:
        return train_mse(initial, points)
    return SnapshotMetrics(points, initial.hidden)(initial.parameters())[0]


def build_dataset(config: Config) -> Dataset:
    """The training and test points that a config describes. Raises ConfigError with every fault of the data."""
    data = config.data
    if isinstance(data, PointsData):
        return points_dataset(data.x, data.y)
    if isinstance(data, CsvData):
        return _located(
            config,
            "data.path",
            lambda: csv_dataset(
                config.csv_path,
                x=data.x,
                y=data.y,
                test_fraction=data.test_fraction,
                standardize=data.standardize,
                split_order=lambda n: held_out_order(config.data_seed, n),
            ),
        )
    return _located(
        config,
        "data.target",
        lambda: sample_dataset(
            parse_target(data.target),
            domain=data.domain,
            samples=data.samples,
            positions=data.positions,
            noise=data.noise,
            test_samples=data.test_samples,
            seed=config.data_seed,
        ),
    )


def _located(config: Config, key: str, work: Callable[[], Dataset]) -> Dataset:
    """Do the work; an InputError of it becomes a fault with the place of this key, but for faults that have a place of their own."""
    try:
        return work()
    except ConfigError:
        raise
    except InputError as error:
        raise ConfigError([config.origin.fault(key, f": {error.message}")], error.hint) from None


def initial_recipe(config: Config, dataset: Dataset) -> InitialNetwork:
    """How the initial network is made; positions in the config are in original units, here in network units."""
    network, scaling = config.network, dataset.scaling
    elbows = network.elbows
    if not isinstance(elbows, str):
        elbows = tuple(scaling.x_to_network(np.array(elbows, dtype=np.float64)).tolist())
    return InitialNetwork(
        hidden=tuple(network.hidden),
        elbow_range=_elbow_range(config, dataset),
        init=network.init,
        hidden_scale=network.hidden_scale,
        output_scale=network.output_scale,
        antisymmetric=network.antisymmetric,
        balanced=network.balanced,
        output_bias=network.output_bias,
        elbows=elbows,
        slopes=network.slopes,
    )


def _elbow_range(config: Config, dataset: Dataset) -> tuple[float, float]:
    """The interval of uniform and even elbows in network units; where all training x are one, the domain, which is wider."""
    low, high = float(dataset.x_train[0]), float(dataset.x_train[-1])
    if (
        config.network.elbow_range is None
        and not isinstance(config.data, TargetData)
        and low < high
    ):
        return low, high
    ends = dataset.scaling.x_to_network(
        np.array(config.network.elbow_range or dataset.domain, dtype=np.float64)
    )
    return float(ends[0]), float(ends[1])


def build_descent(config: Config, dataset: Dataset) -> Descent:
    """SGD as the config says, on these points."""
    training, n = config.training, len(dataset.x_train)
    full = training.batch_size == "full"
    order = BatchOrder(
        config.training_seed,
        n,
        n if full else int(training.batch_size),
        "full" if full else training.sampling,
    )
    engine, hidden = choose_engine(config), tuple(config.network.hidden)
    return Descent(
        x=dataset.x_train,
        y=dataset.y_train,
        hidden=hidden,
        order=order,
        schedule=build_schedule(config),
        layers=training.layers,
        output_bias=config.network.output_bias,
        momentum=training.momentum,
        nesterov=training.nesterov,
        weight_decay=training.weight_decay,
        engine=engine,
        kernel=choose_kernel(engine, order.batch_size, hidden[0], n)
        if len(hidden) == 1
        else "dense",
    )


def build_schedule(config: Config) -> Schedule:
    """The learning rate of every epoch."""
    rate, schedule = config.training.learning_rate, config.training.schedule
    if isinstance(schedule, StepSchedule):
        return Schedule(rate, "step", every=schedule.every, factor=schedule.factor)
    if isinstance(schedule, CosineSchedule):
        return Schedule(
            rate, "cosine", minimum=schedule.minimum, epochs=max(config.training.epochs, 1)
        )
    return Schedule(rate)


def build_recording(config: Config) -> Recording:
    """Which epochs are recorded; ridge has two, the initial network and the solution."""
    if config.training.method == "ridge":
        return Recording(epochs=1)
    return Recording(config.training.epochs, config.snapshots.every, config.snapshots.per_decade)


def _raise_faults(config: Config, training_points: int, test_points: int) -> None:
    """Raise ConfigError with everything that is wrong with a training of so many points."""
    faults = [
        *engine_faults(config),
        *_batch_faults(config, training_points),
        *memory_faults(config, training_points, test_points),
    ]
    if faults:
        raise ConfigError(faults)


def _batch_faults(config: Config, n: int) -> list[str]:
    training = config.training
    if (
        training.method == "ridge"
        or training.sampling != "shuffle"
        or training.batch_size == "full"
        or training.batch_size <= n
    ):
        return []
    text = (
        f": {training.batch_size:,} is larger than the {n:,} training points, which sampling: shuffle cannot cut; "
        "give at most that many, or full"
    )
    return [config.origin.fault("training.batch_size", text)]


def _placed_dead_units(plan: Plan) -> Iterator[str]:
    """Units that were put where they are active on no training point learn nothing: worth a warning; and so is a whole dead layer."""
    network = plan.config.network
    dead = dead_in_first_layer(plan.initial, plan.dataset)
    is_placed = network.elbow_range is not None or not isinstance(network.elbows, str)
    if len(dead) and (is_placed or len(dead) == network.hidden[0]):
        positions = plan.dataset.scaling.x_to_original(plan.initial.elbow)
        named = ", ".join(f"unit {j} (elbow {positions[j]:g})" for j in dead[:5].tolist())
        named += f" and {len(dead) - 5:,} more" if len(dead) > 5 else ""
        yield f"active on no training point, so never learning: {named}"
