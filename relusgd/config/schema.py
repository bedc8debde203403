"""The config's keys: what each takes, its default and what it means.

`docs/config.md` says the same at more length. A new key is one field here: its type says what is
taken, its description what it means. Messages, the JSON schema and the list of known keys come
from these models. What must hold between two keys stands in `checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, prod
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    model_validator,
)

from relusgd.config.dumping import changed_yaml
from relusgd.config.of_width import WidthExpression, at_width
from relusgd.config.section import BILLION, WHOLE, CountFromZero, Section, Text
from relusgd.config.source import Origin
from relusgd.config.start import Start
from relusgd.config.values import FrozenMapping, freeze
from relusgd.words import exact_number, shown

LARGEST_SEED = 2**64 - 1
MOST_STEPS = 10**15
"""The most steps of a training: their numbers are still exact as doubles."""

MAX_RUNS = 10**6
"""The most runs that one sweep may describe."""

HUGE = 1e100
"""The largest position or value: its square is still far from the end of the doubles."""

# Types of values


def _unsigned_zero(value: float) -> float:
    """−0 becomes 0, so that equal configs have equal texts."""
    return value + 0.0


def _increasing(ends: tuple[float, float]) -> tuple[float, float]:
    low, high = ends
    if not low < high:
        raise ValueError(
            f"must be two numbers [low, high] with low < high, not {shown([low, high])}"
        )
    if high - low < 1e-9 * max(abs(low), abs(high)):
        text = f"between {exact_number(low)} and {exact_number(high)} are too few doubles"
        raise ValueError(f"must be wider: {text}")
    return ends


def _as_list(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


UNSIGNED_ZERO = AfterValidator(_unsigned_zero)

Seed = Annotated[int, Field(ge=0, le=LARGEST_SEED), WHOLE]
Count = Annotated[int, Field(ge=1, le=BILLION), WHOLE]
Number = Annotated[float, Field(ge=-HUGE, le=HUGE), UNSIGNED_ZERO]
Scale = Annotated[float, Field(ge=0, le=HUGE), UNSIGNED_ZERO]
Positive = Annotated[float, Field(gt=0, le=HUGE)]
Share = Annotated[float, Field(ge=0, lt=1), UNSIGNED_ZERO]

# strict=False lets a tuple take the lists of YAML; the items stay strict. The titles are what
# messages call such a list.
Numbers = Annotated[
    tuple[Number, ...],
    Field(
        strict=False,
        fail_fast=True,
        min_length=1,
        max_length=10**8,
        title="a list of numbers",
    ),
]
Interval = Annotated[
    tuple[Number, Number],
    Field(strict=False, title="two numbers [low, high] with low < high"),
    AfterValidator(_increasing),
]
Width = Annotated[int, Field(ge=1, le=10**8), WHOLE]
WidthList = Annotated[
    tuple[Width, ...],
    Field(
        strict=False,
        fail_fast=True,
        min_length=1,
        max_length=100,
        title="a list of widths such as [40] or [20, 20]",
    ),
]
Widths = Annotated[WidthList, BeforeValidator(_as_list, json_schema_input_type=Width | WidthList)]

GridValues = Annotated[tuple[object, ...], Field(strict=False, min_length=1, max_length=10**8)]
Grid = Annotated[
    Mapping[str, GridValues],
    Field(title="a mapping of keys to lists of values"),
    AfterValidator(freeze),
]
Cases = Annotated[
    Mapping[str, Mapping[str, object]],
    Field(title="a mapping of names to keys and values"),
    AfterValidator(freeze),
]
NOTHING: Any = FrozenMapping({})
Expectations = Annotated[
    Mapping[str, object],
    Field(title="a mapping with the claims of a recipe"),
    AfterValidator(freeze),
]


def _kind(value: object, default: object) -> str | None:
    """The `kind` of a section, given as a mapping or as a model; None where it is not text."""
    if isinstance(value, Mapping):
        kind = value.get("kind", default)
    else:
        kind = getattr(value, "kind", default)
    return kind if isinstance(kind, str) else None


# data


Bootstrap = Annotated[
    bool,
    Field(
        description="draw as many training points from the training points, with replacement,"
        " by the top-level seed",
    ),
]


class KnotsTarget(Section):
    """A target that is linear between the points (x, y); x increases strictly."""

    x: Numbers = Field(description="positions of the knots, increasing")
    y: Numbers = Field(description="values at the knots, as many as x")


def _kind_of_target(value: object) -> str:
    return "knots" if isinstance(value, Mapping | KnotsTarget) else "text"


Target = Annotated[
    Annotated[Text, Tag("text")] | Annotated[KnotsTarget, Tag("knots")],
    Discriminator(_kind_of_target),
]


class TargetData(Section):
    """Training points drawn from a known function, with noise."""

    kind: Literal["target"] = Field(default="target", description="points sampled from a target")
    target: Target = Field(
        default="piecewise_linear",
        description="a name (piecewise_linear, sin20x, step, square, sawtooth), an expression in x,"
        " or knots {x: […], y: […]}",
    )
    domain: Interval = Field(default=(0.0, 1.0), description="the interval of x")
    samples: Count = Field(default=200, description="number of training points")
    positions: Literal["random", "even"] = Field(
        default="random", description="how the training x lie in the domain"
    )
    noise: Scale = Field(
        default=0.1, description="standard deviation of the noise on the training y"
    )
    test_samples: CountFromZero = Field(
        default=1000,
        description="number of evenly spaced, noise-free test points, joined with the training x",
    )
    train_domain: Interval | None = Field(
        default=None,
        description="training x come from here alone, test points from the whole domain;"
        " null = the domain",
    )
    standardize: bool = Field(
        default=False,
        description="train on x and y of mean 0 and deviation 1 over the training points",
    )
    bootstrap: Bootstrap = False
    seed: Seed | None = Field(
        default=1, description="seed of positions and noise; null = the top-level seed"
    )


class PointsData(Section):
    """Training points, and test points if wanted, written in the config."""

    kind: Literal["points"] = Field(description="points written here")
    x: Numbers = Field(description="positions of the training points")
    y: Numbers = Field(description="values of the training points, as many as x")
    test_x: Numbers | None = Field(
        default=None, description="positions of the test points; null = no test points"
    )
    test_y: Numbers | None = Field(
        default=None, description="values of the test points, as many as test_x"
    )
    standardize: bool = Field(
        default=False,
        description="train on x and y of mean 0 and deviation 1 over the training points",
    )
    bootstrap: Bootstrap = False


def at_home(path: str) -> FilePath:
    """The path with the home folder for `~`; as it stands where nobody has that name."""
    try:
        return FilePath(path).expanduser()
    except RuntimeError:
        return FilePath(path)


class CsvData(Section):
    """Training and test points from two columns of a CSV file."""

    kind: Literal["csv"] = Field(description="points from a CSV file")
    path: Text = Field(description="the CSV file, relative to the config file")
    x: Text | None = Field(
        default=None,
        description="name of the column of positions; null where two columns hold numbers",
    )
    y: Text | None = Field(default=None, description="name of the column of values; null as for x")
    test_fraction: Share = Field(
        default=0.2, description="share of the rows held out as test points"
    )
    standardize: bool = Field(
        default=True,
        description="train on x and y of mean 0 and deviation 1 over the training points",
    )
    missing: Literal["refuse", "skip"] = Field(
        default="refuse",
        description="what is done with rows in which x or y is missing: name them, or skip them",
    )
    decimal: Literal["point", "comma"] | None = Field(
        default=None, description="the sign before decimals; null where the file shows it"
    )
    bootstrap: Bootstrap = False
    seed: Seed | None = Field(
        default=1, description="seed of the choice of held-out rows; null = the top-level seed"
    )


def _kind_of_data(value: object) -> str | None:
    return _kind(value, default="target")


Data = Annotated[
    Annotated[TargetData, Tag("target")]
    | Annotated[PointsData, Tag("points")]
    | Annotated[CsvData, Tag("csv")],
    Discriminator(_kind_of_data),
]


# network


class NetworkSection(Section):
    """The network and how it begins."""

    hidden: Widths = Field(default=(40,), description="widths of the hidden layers; 40 means [40]")
    init: Literal["torch", "he_normal", "glorot_uniform", "normal", "uniform"] = Field(
        default="torch",
        description="the distribution that initial weights and biases are drawn from",
    )
    hidden_scale: Positive | WidthExpression = Field(
        default=1.0,
        description="normal, uniform: standard deviation or half-width of slopes and hidden biases;"
        " else a factor on them",
    )
    output_scale: Scale | WidthExpression = Field(
        default=1.0,
        description="normal, uniform: standard deviation or half-width of output weights;"
        " else a factor on the output layer",
    )
    antisymmetric: bool = Field(
        default=False,
        description="units in pairs with opposite output weights, so that the function starts at 0",
    )
    balanced: bool = Field(
        default=False, description="|output weight| = |(slope, bias)| for every unit"
    )
    output_bias: bool = Field(default=True, description="whether the output has a bias")
    elbows: Literal["uniform", "even", "keep"] | Number | Numbers = Field(
        default="uniform",
        description="where the first layer's units switch: drawn, evenly spaced, as init gives,"
        " at one position for all units, or at one per unit",
    )
    elbow_range: Interval | None = Field(
        default=None,
        description="interval of uniform and even elbows; null = the domain, for points and CSV"
        " the range of the training x",
    )
    slopes: Literal["signs"] | Number | Numbers | None = Field(
        default=None,
        description="the first layer's slopes: as init gives, one number for all units,"
        " one per unit, or signs: 1, -1, 1, …",
    )
    output_weights: Number | Numbers | None = Field(
        default=None,
        description="the output weights of one hidden layer: as init gives, one number for all"
        " units, or one per unit",
    )
    output_offset: Number | None = Field(
        default=None,
        description="where the output bias begins, in the units that the network sees;"
        " null = as init gives it",
    )
    start: Start = Field(
        default=None,
        description="the network to begin with, in place of what the other keys say: that of a run,"
        " or its parameters; null = as the other keys say",
    )
    seed: Seed | None = Field(
        default=None, description="seed of the initial network; null = the top-level seed"
    )


# training


class StepSchedule(Section):
    """The learning rate is multiplied by factor after every so many epochs."""

    kind: Literal["step"] = Field(description="lower the rate in steps")
    every: Count = Field(description="epochs between two changes")
    factor: Positive = Field(description="what the rate is multiplied by")


class CosineSchedule(Section):
    """The learning rate falls along half a cosine over the whole training."""

    kind: Literal["cosine"] = Field(description="lower the rate along half a cosine")
    minimum: Scale = Field(default=0.0, description="the rate at the end")


def _kind_of_schedule(value: object) -> str | None:
    return value if isinstance(value, str) else _kind(value, default=None)


Schedule = Annotated[
    Annotated[Literal["constant"], Tag("constant")]
    | Annotated[StepSchedule, Tag("step")]
    | Annotated[CosineSchedule, Tag("cosine")],
    Discriminator(_kind_of_schedule),
]


class Training(Section):
    """How the network learns."""

    method: Literal["sgd", "adam", "adamw", "rmsprop", "sign", "ridge"] = Field(
        default="sgd",
        description="the formula of the descent, or ridge regression of the output layer",
    )
    layers: Literal["all", "output", "hidden"] = Field(
        default="all", description="which parameters learn"
    )
    epochs: CountFromZero | None = Field(
        default=30000,
        description="length of the training; 0 records the initial network alone;"
        " null with steps or time",
    )
    steps: Annotated[int, Field(ge=0, le=MOST_STEPS), WHOLE] | None = Field(
        default=None, description="the length in steps, in place of epochs"
    )
    time: Scale | None = Field(
        default=None,
        description="the length as learning_rate times steps, in place of epochs;"
        " the steps are rounded up",
    )
    batch_size: Count | Literal["full"] = Field(default=40, description="points per step, or full")
    sampling: Literal["replacement", "shuffle"] = Field(
        default="replacement", description="how batches are drawn"
    )
    learning_rate: Annotated[float, Field(gt=0)] | WidthExpression = Field(
        default=0.02,
        description="step size of the descent, or an expression in width such as 0.2/width**0.5",
    )
    momentum: Share = Field(
        default=0.0,
        description="sgd, rmsprop: share of the last step that is kept; PyTorch's formula",
    )
    nesterov: bool = Field(default=False, description="sgd: Nesterov's momentum; PyTorch's formula")
    betas: Annotated[
        tuple[Share, Share], Field(strict=False, title="two numbers of at least 0 and below 1")
    ] = Field(default=(0.9, 0.999), description="adam, adamw: how slowly the two moments change")
    epsilon: Positive = Field(
        default=1e-8, description="adam, adamw, rmsprop: added to the root of the second moment"
    )
    alpha: Share = Field(default=0.99, description="rmsprop: how slowly the second moment changes")
    weight_decay: Scale = Field(default=0.0, description="PyTorch's weight decay")
    decay_biases: bool = Field(
        default=True, description="whether weight_decay applies to biases too"
    )
    schedule: Schedule = Field(
        default="constant",
        description="constant, {kind: step, every: EPOCHS, factor: F} or"
        " {kind: cosine, minimum: 0}",
    )
    warmup: CountFromZero = Field(
        default=0,
        description="epochs over which the rate rises linearly from learning_rate/warmup,"
        " before the schedule begins",
    )
    label_noise: Scale = Field(
        default=0.0,
        description="standard deviation, in the units of the data, of fresh noise on the y of every"
        " batch",
    )
    input_noise: Scale = Field(
        default=0.0,
        description="standard deviation, in the units of the data, of fresh noise on the x of every"
        " batch",
    )
    penalty: Scale = Field(default=1e-6, description="ridge: λ in Σ r² + λ·|(v, c)|²")
    seed: Seed | None = Field(
        default=None,
        description="seed of the batch order and of the noise in the loop;"
        " null = the top-level seed",
    )

    @model_validator(mode="before")
    @classmethod
    def _epochs_give_way(cls, values: Any) -> Any:
        """steps or time alone takes the place of the default of epochs."""
        if not isinstance(values, Mapping) or "epochs" in values:
            return values
        if values.get("steps") is None and values.get("time") is None:
            return values
        return {**values, "epochs": None}


class Snapshots(Section):
    """What is recorded, united; epoch 0 and the last step always are."""

    every: Count | None = Field(
        default=1,
        description="epochs between two snapshots; null = none of these,"
        " the default where per_decade is given",
    )
    per_decade: Annotated[int, Field(ge=1, le=10_000), WHOLE] | None = Field(
        default=None, description="N, to record the epochs round(10^(i/N))"
    )
    first_steps: CountFromZero = Field(
        default=0, description="N, to record the single steps 1 to N besides"
    )

    @model_validator(mode="before")
    @classmethod
    def _every_gives_way(cls, values: Any) -> Any:
        """per_decade alone takes the place of the default of every."""
        if not isinstance(values, Mapping) or "every" in values:
            return values
        if values.get("per_decade") is None:
            return values
        return {**values, "every": None}


class SweepSection(Section):
    """Many configs in one: every combination of the grid's values, the cases and the seeds."""

    grid: Grid = Field(default=NOTHING, description="dotted key → list of values")
    cases: Cases = Field(default=NOTHING, description="name → dotted key → value")
    repeat: Annotated[int, Field(ge=1, le=MAX_RUNS), WHOLE] = Field(
        default=1, description="number of seeds: seed, seed + 1, …"
    )

    @property
    def runs(self) -> int:
        """The number of runs: every combination of the grid's values, the cases and the seeds."""
        points = prod(len(values) for values in self.grid.values())
        return points * max(len(self.cases), 1) * self.repeat


class Config(Section):
    """A relusgd config: data, network, training, snapshots, engine. Everything is optional."""

    seed: Seed = Field(default=0, description="seed of the initial network and the batch order")
    data: Data = Field(default=TargetData(), description="the points to learn from")
    network: NetworkSection = Field(
        default=NetworkSection(), description="the network and how it begins"
    )
    training: Training = Field(default=Training(), description="how the network learns")
    snapshots: Snapshots = Field(default=Snapshots(), description="which epochs are recorded")
    engine: Literal["auto", "numpy", "compiled"] = Field(
        default="auto",
        description="what computes the steps; auto: compiled where installed and worth it",
    )
    sweep: SweepSection | None = Field(
        default=None, description="for relusgd sweep alone: what varies"
    )
    expect: Expectations | None = Field(
        default=None, description="for relusgd verify alone: what must come out"
    )

    _origin: Origin = PrivateAttr(default_factory=Origin)

    @property
    def origin(self) -> Origin:
        """Where the config comes from; no part of what it says."""
        return self._origin

    @property
    def network_seed(self) -> int:
        """The seed of the initial network."""
        return self.seed if self.network.seed is None else self.network.seed

    @property
    def training_seed(self) -> int:
        """The seed of the batch order."""
        return self.seed if self.training.seed is None else self.training.seed

    @property
    def data_seed(self) -> int:
        """The seed of the sampled points, or of the held-out rows of a CSV."""
        own = None if isinstance(self.data, PointsData) else self.data.seed
        return self.seed if own is None else own

    @property
    def point_seeds(self) -> tuple[int | None, int | None]:
        """The seeds that the points depend on: of their draw or split, and of the bootstrap.

        None where there is none. Equal data and seeds give equal points.
        """
        drawn = None if isinstance(self.data, PointsData) else self.data_seed
        return drawn, self.seed if self.data.bootstrap else None

    @property
    def width(self) -> int:
        """The width of the first hidden layer, which expressions call `width`."""
        return self.network.hidden[0]

    @property
    def learning_rate(self) -> float:
        """training.learning_rate as a number, where it is an expression in width too."""
        return at_width(self.training.learning_rate, self.width)

    @property
    def hidden_scale(self) -> float:
        """network.hidden_scale as a number, where it is an expression in width too."""
        return at_width(self.network.hidden_scale, self.width)

    @property
    def output_scale(self) -> float:
        """network.output_scale as a number, where it is an expression in width too."""
        return at_width(self.network.output_scale, self.width)

    def total_steps(self, steps_per_epoch: int) -> int:
        """The length of the training in steps."""
        training = self.training
        if training.epochs is not None:
            return training.epochs * steps_per_epoch
        if training.time is None:
            return training.steps or 0
        # As decimals, so that 1.1/0.1 is 11 and not a little more.
        steps = Fraction(repr(training.time)) / Fraction(repr(self.learning_rate))
        return ceil(steps)

    @property
    def csv_path(self) -> FilePath:
        """The CSV file, for kind: csv. Raises ValueError for the other kinds."""
        if not isinstance(self.data, CsvData):
            raise ValueError(f"data of kind {self.data.kind} has no CSV file")
        return self.origin.folder / at_home(self.data.path)

    def __repr__(self) -> str:
        """The YAML of the keys that are not at their defaults; long lists are cut."""
        return changed_yaml(self).rstrip() or f"seed: {self.seed}"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        """Equal in every key, wherever the two come from."""
        return isinstance(other, Config) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, key) for key in Config.model_fields)
