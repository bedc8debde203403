"""From a config to the parts of a training: points, initial network, descent, recording."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from relusgd.ceil_div import ceil_div
from relusgd.config import Config, CosineSchedule, CsvData, PointsData, StepSchedule, TargetData
from relusgd.errors import ConfigError, InputError
from relusgd.model.csv_points import csv_dataset
from relusgd.model.data_file.columns import read_columns
from relusgd.model.data_file.content import refuse_address
from relusgd.model.given_points import points_dataset
from relusgd.model.initial import InitialNetwork
from relusgd.model.network import Network, Range
from relusgd.model.points import Dataset, resampled, standardize
from relusgd.model.target_points import sample_dataset
from relusgd.model.targets import parse_target
from relusgd.training.auto_engine import choose_engine
from relusgd.training.descent import Descent, Engine, Schedule
from relusgd.training.engines import DEEP_KERNELS, choose_kernel
from relusgd.training.noise import Noise
from relusgd.training.optimizers import make_optimizer
from relusgd.training.recording import Recording
from relusgd.training.start import StartNetwork
from relusgd.training.streams import (
    BatchOrder,
    bootstrap_indices,
    held_out_order,
    network_generator,
)


def build_dataset(config: Config) -> Dataset:
    """The training and test points that a config describes, in the units that the network sees.

    Raises ConfigError with every fault of the data.
    """
    dataset = _original_dataset(config)
    if config.data.bootstrap:
        dataset = resampled(dataset, bootstrap_indices(config.seed, len(dataset.x_train)))
    if not config.data.standardize:
        return dataset
    with _faults_at(config, "data.standardize"):
        return standardize(dataset)


def _original_dataset(config: Config) -> Dataset:
    """The points that a config describes, in the units of the data."""
    data = config.data
    if isinstance(data, PointsData):
        return points_dataset(data.x, data.y, data.test_x or (), data.test_y or ())
    if isinstance(data, CsvData):
        with _faults_at(config, "data.path"):
            refuse_address(data.path)
            path = config.csv_path
            columns = read_columns(path, data.x, data.y, missing=data.missing, decimal=data.decimal)
            return csv_dataset(
                path,
                columns,
                test_fraction=data.test_fraction,
                split_order=lambda n: held_out_order(config.data_seed, n),
            )
    with _faults_at(config, "data.target"):
        return sample_dataset(
            parse_target(data.target),
            domain=data.domain,
            samples=data.samples,
            positions=data.positions,
            noise=data.noise,
            test_samples=data.test_samples,
            seed=config.data_seed,
            train_domain=data.train_domain,
        )


def with_column_names(config: Config, dataset: Dataset) -> Config:
    """The config with the names of the columns that its CSV left no choice about."""
    data = config.data
    if not isinstance(data, CsvData) or (data.x is not None and data.y is not None):
        return config
    names = {"x": dataset.x_name, "y": dataset.y_name}
    named_data = data.model_copy(update=names)
    return config.model_copy(update={"data": named_data})


@contextmanager
def _faults_at(config: Config, key: str) -> Iterator[None]:
    """Turn an InputError into a fault of this key; a ConfigError has its key already."""
    try:
        yield
    except ConfigError:
        raise
    except InputError as error:
        fault = config.origin.fault(key, f": {error.message}")
        raise ConfigError([fault], error.hint) from None


def build_initial(config: Config, dataset: Dataset, start: StartNetwork | None = None) -> Network:
    """The initial network. The config has positions in original units, the network in its own.

    start: the network to begin with in place of one that is drawn.
    """
    if start is not None:
        return start.fitted(dataset.scaling)
    with np.errstate(all="ignore"):
        return initial_law(config, dataset).draw(network_generator(config.network_seed))


def initial_law(config: Config, dataset: Dataset) -> InitialNetwork:
    """The law that the initial network is drawn from, in network units."""
    network = config.network
    elbows = network.elbows
    if not isinstance(elbows, str):
        positions = np.array(elbows, dtype=np.float64)
        elbows = dataset.scaling.x_to_network(positions).tolist()
    return InitialNetwork(
        hidden=tuple(network.hidden),
        elbow_range=_elbow_range(config, dataset),
        init=network.init,
        hidden_scale=config.hidden_scale,
        output_scale=config.output_scale,
        antisymmetric=network.antisymmetric,
        balanced=network.balanced,
        output_bias=network.output_bias,
        elbows=elbows,
        slopes=network.slopes,
        output_weights=network.output_weights,
        output_offset=network.output_offset,
    )


def _elbow_range(config: Config, dataset: Dataset) -> Range:
    """The interval of uniform and even elbows, in network units.

    It is the one in the config, or the domain of a target, or the range of the training x. Where
    all training x are equal it is the domain, which is wider.
    """
    ends = config.network.elbow_range
    if ends is None and not isinstance(config.data, TargetData):
        first = float(dataset.x_train[0])
        last = float(dataset.x_train[-1])
        if first < last:
            return first, last
    original = np.array(ends or dataset.domain, dtype=np.float64)
    low, high = dataset.scaling.x_to_network(original).tolist()
    return low, high


def build_descent(config: Config, dataset: Dataset, auto: Engine | None = None) -> Descent:
    """Gradient descent on these points, with the engine and the kernel that take the steps.

    auto: as for `choose_engine`.
    """
    training = config.training
    n = len(dataset.x_train)
    if training.batch_size == "full":
        order = BatchOrder(config.training_seed, n, n, "full")
    else:
        order = BatchOrder(config.training_seed, n, training.batch_size, training.sampling)
    hidden = tuple(config.network.hidden)
    engine = choose_engine(config, n, auto)
    noise = build_noise(config, dataset)
    if len(hidden) > 1:
        kernel = DEEP_KERNELS[engine]
    else:
        kernel = choose_kernel(engine, order.batch_size, hidden[0], n, noise)
    return Descent(
        x=dataset.x_train,
        y=dataset.y_train,
        hidden=hidden,
        order=order,
        schedule=build_schedule(config, order.steps_per_epoch),
        layers=training.layers,
        output_bias=config.network.output_bias,
        optimizer=make_optimizer(training),
        noise=noise,
        engine=engine,
        kernel=kernel,
    )


def build_noise(config: Config, dataset: Dataset) -> Noise:
    """The noise on every batch, from the units of the data to those of the network."""
    training, scaling = config.training, dataset.scaling
    return Noise(
        on_y=training.label_noise / scaling.y_deviation,
        on_x=training.input_noise / scaling.x_deviation,
    )


def build_schedule(config: Config, steps_per_epoch: int) -> Schedule:
    """The learning rate of every epoch."""
    rate = config.learning_rate
    schedule = config.training.schedule
    warmup = config.training.warmup
    if isinstance(schedule, StepSchedule):
        return Schedule(rate, "step", warmup, every=schedule.every, factor=schedule.factor)
    if isinstance(schedule, CosineSchedule):
        epochs = ceil_div(config.total_steps(steps_per_epoch), steps_per_epoch)
        falling = max(epochs - warmup, 1)
        return Schedule(rate, "cosine", warmup, minimum=schedule.minimum, epochs=falling)
    return Schedule(rate, warmup=warmup)


def build_recording(config: Config, steps_per_epoch: int) -> Recording:
    """Which steps are recorded; ridge has two, the initial network and the solution."""
    if config.training.method == "ridge":
        return Recording(steps=1)
    snapshots = config.snapshots
    return Recording(
        config.total_steps(steps_per_epoch),
        steps_per_epoch,
        snapshots.every,
        snapshots.per_decade,
        snapshots.first_steps,
    )
