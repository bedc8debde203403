"""The config's keys: what each takes, its default and what it means. `docs/config.md` says the same at more length."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    model_validator,
)

from relusgd.config.list_readers import Anything, Bundles, Either, Interval, Several
from relusgd.config.origin import Origin
from relusgd.config.readers import Choice, Null, Number, Text, Truth, Whole
from relusgd.config.values import FrozenMapping

BILLION = 10**9
NOTHING: Any = FrozenMapping({})
SEED = Whole(0, 2**64 - 1)
COUNT = Whole(1, BILLION)
NUMBERS = Several(Number(), "numbers")
SCALE = Number(low=0)

Seed = Annotated[int, SEED]
OwnSeed = Annotated[int | None, Either(Null(), SEED)]
Count = Annotated[int, COUNT]
Numbers = Annotated[tuple[float, ...], NUMBERS]
Scale = Annotated[float, SCALE]
Flag = Annotated[bool, Truth()]
Label = Annotated[str, Text()]

Positions = Literal["random", "even"]
Init = Literal["torch", "he_normal", "glorot_uniform", "normal"]
Placement = Literal["uniform", "even", "keep"]
Method = Literal["sgd", "ridge"]
Layers = Literal["all", "output", "hidden"]
Sampling = Literal["replacement", "shuffle"]
Engine = Literal["auto", "numpy", "compiled"]
Full = Literal["full"]
Constant = Literal["constant"]


class Block(BaseModel):
    """Keys that belong together; immutable, and no others are taken."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=False
    )


class Knots(Block):
    """A target that is linear between the points (x, y); x increases strictly."""

    x: Numbers = Field(description="positions of the knots, increasing")
    y: Numbers = Field(description="values at the knots, as many as x")


def _kind_of_target(value: object) -> str:
    return "knots" if isinstance(value, Mapping | Knots) else "text"


TargetText = Annotated[Label, Tag("text")]
Target = Annotated[TargetText | Annotated[Knots, Tag("knots")], Discriminator(_kind_of_target)]


class TargetData(Block):
    """Training points drawn from a known function, with noise."""

    kind: Annotated[Literal["target"], Choice(Literal["target"])] = Field(
        default="target", description="points sampled from a target"
    )
    target: Target = Field(
        default="piecewise_linear",
        description="a name (piecewise_linear, sin20x, step, square, sawtooth), an expression in x, or knots {x: […], y: […]}",
    )
    domain: Annotated[tuple[float, float], Interval()] = Field(
        default=(0.0, 1.0), description="the interval of x"
    )
    samples: Count = Field(default=200, description="number of training points")
    positions: Annotated[Positions, Choice(Positions)] = Field(
        default="random", description="how the training x lie in the domain"
    )
    noise: Scale = Field(
        default=0.1, description="standard deviation of the noise on the training y"
    )
    test_samples: Annotated[int, Whole(0, BILLION)] = Field(
        default=1000,
        description="number of evenly spaced, noise-free test points, joined with the training x",
    )
    seed: OwnSeed = Field(
        default=1, description="seed of positions and noise; null = the top-level seed"
    )


class PointsData(Block):
    """Training points written in the config; there are no test points."""

    kind: Annotated[Literal["points"], Choice(Literal["points"])] = Field(
        description="points written here"
    )
    x: Numbers = Field(description="positions of the training points")
    y: Numbers = Field(description="values of the training points, as many as x")


class CsvData(Block):
    """Training and test points from two columns of a CSV file."""

    kind: Annotated[Literal["csv"], Choice(Literal["csv"])] = Field(
        description="points from a CSV file"
    )
    path: Label = Field(description="the CSV file, relative to the config file")
    x: Label = Field(default="x", description="name of the column of positions")
    y: Label = Field(default="y", description="name of the column of values")
    test_fraction: Annotated[float, Number(low=0, below=1)] = Field(
        default=0.2, description="share of the rows held out as test points"
    )
    standardize: Flag = Field(
        default=True,
        description="train on x and y of mean 0 and deviation 1 over the training points",
    )
    seed: OwnSeed = Field(
        default=1, description="seed of the choice of held-out rows; null = the top-level seed"
    )


DATA_KINDS: dict[str, type[Block]] = {"target": TargetData, "points": PointsData, "csv": CsvData}
SCHEDULE_TEXT = "constant"


def _kind_of_data(value: object) -> str | None:
    """A block without `kind` is a target; None for a kind that is no text."""
    kind = (
        value.get("kind", "target")
        if isinstance(value, Mapping)
        else getattr(value, "kind", "target")
    )
    return kind if isinstance(kind, str) else None


Data = Annotated[
    Annotated[TargetData, Tag("target")]
    | Annotated[PointsData, Tag("points")]
    | Annotated[CsvData, Tag("csv")],
    Discriminator(_kind_of_data),
]


def _as_widths(value: int | tuple[int, ...]) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else value


WIDTH = Whole(1, 10**8)
WIDTHS = Several(WIDTH, "widths such as [40] or [20, 20]", longest=100)
Widths = Annotated[tuple[int, ...], Either(WIDTH, WIDTHS), AfterValidator(_as_widths)]
GRID = Bundles(Several(Anything(), "values"), "a mapping of keys to lists of values")
CASES = Bundles(
    Bundles(Anything(), "a mapping of keys to values"), "a mapping of names to keys and values"
)


class NetworkBlock(Block):
    """The network and how it begins."""

    hidden: Widths = Field(default=(40,), description="widths of the hidden layers; 40 means [40]")
    init: Annotated[Init, Choice(Init)] = Field(
        default="torch",
        description="the distribution that initial weights and biases are drawn from",
    )
    hidden_scale: Annotated[float, Number(above=0)] = Field(
        default=1.0,
        description="normal: standard deviation of slopes and hidden biases; else a factor on them",
    )
    output_scale: Scale = Field(
        default=1.0,
        description="normal: standard deviation of output weights; else a factor on the output layer",
    )
    antisymmetric: Flag = Field(
        default=False,
        description="units in pairs with opposite output weights, so that the function starts at 0",
    )
    balanced: Flag = Field(
        default=False, description="|output weight| = |(slope, bias)| for every unit"
    )
    output_bias: Flag = Field(default=True, description="whether the output has a bias")
    elbows: Annotated[Placement | tuple[float, ...], Either(Choice(Placement), NUMBERS)] = Field(
        default="uniform",
        description="where the first layer's units switch: drawn, evenly spaced, as init gives, or one position per unit",
    )
    elbow_range: Annotated[tuple[float, float] | None, Either(Null(), Interval())] = Field(
        default=None,
        description="interval of uniform and even elbows; null = the domain, for points and CSV the range of the training x",
    )
    slopes: Annotated[float | tuple[float, ...] | None, Either(Null(), Number(), NUMBERS)] = Field(
        default=None,
        description="the first layer's slopes: as init gives, one number for all units, or one per unit",
    )
    seed: OwnSeed = Field(
        default=None, description="seed of the initial network; null = the top-level seed"
    )


class StepSchedule(Block):
    """The learning rate is multiplied by factor after every so many epochs."""

    kind: Annotated[Literal["step"], Choice(Literal["step"])] = Field(
        description="lower the rate in steps"
    )
    every: Count = Field(description="epochs between two changes")
    factor: Annotated[float, Number(above=0)] = Field(description="what the rate is multiplied by")


class CosineSchedule(Block):
    """The learning rate falls along half a cosine over the whole training."""

    kind: Annotated[Literal["cosine"], Choice(Literal["cosine"])] = Field(
        description="lower the rate along half a cosine"
    )
    minimum: Scale = Field(default=0.0, description="the rate at the end")


SCHEDULE_KINDS: dict[str, type[Block]] = {"step": StepSchedule, "cosine": CosineSchedule}


def _kind_of_schedule(value: object) -> str | None:
    if isinstance(value, Mapping | Block):
        kind = value.get("kind") if isinstance(value, Mapping) else getattr(value, "kind", None)
        return kind if isinstance(kind, str) and kind in SCHEDULE_KINDS else None
    return "constant" if value == SCHEDULE_TEXT else None


ConstantSchedule = Annotated[Constant, Choice(Constant), Tag("constant")]
Schedule = Annotated[
    ConstantSchedule
    | Annotated[StepSchedule, Tag("step")]
    | Annotated[CosineSchedule, Tag("cosine")],
    Discriminator(_kind_of_schedule),
]


class Training(Block):
    """How the network learns."""

    method: Annotated[Method, Choice(Method)] = Field(
        default="sgd", description="descent, or ridge regression of the output layer"
    )
    layers: Annotated[Layers, Choice(Layers)] = Field(
        default="all", description="which parameters learn"
    )
    epochs: Annotated[int, Whole(0, BILLION)] = Field(
        default=30000, description="length of the training; 0 records the initial network alone"
    )
    batch_size: Annotated[int | Full, Either(COUNT, Choice(Full))] = Field(
        default=40, description="points per step, or full"
    )
    sampling: Annotated[Sampling, Choice(Sampling)] = Field(
        default="replacement", description="how batches are drawn"
    )
    learning_rate: Annotated[float, Number(above=0, high=float("inf"))] = Field(
        default=0.02, description="step size of the descent"
    )
    momentum: Annotated[float, Number(low=0, below=1)] = Field(
        default=0.0, description="share of the last step that is kept; PyTorch's formula"
    )
    nesterov: Flag = Field(default=False, description="Nesterov's momentum; PyTorch's formula")
    weight_decay: Scale = Field(default=0.0, description="PyTorch's weight decay, biases included")
    schedule: Schedule = Field(
        default="constant",
        description="constant, {kind: step, every: EPOCHS, factor: F} or {kind: cosine, minimum: 0}",
    )
    penalty: Scale = Field(default=1e-6, description="ridge: λ in Σ r² + λ·|(v, c)|²")
    seed: OwnSeed = Field(
        default=None, description="seed of the batch order; null = the top-level seed"
    )


class Snapshots(Block):
    """Which epochs are recorded; epoch 0 and the last one always are."""

    every: Annotated[int | None, Either(Null(), COUNT)] = Field(
        default=1, description="epochs between two snapshots; null with per_decade"
    )
    per_decade: Annotated[int | None, Either(Null(), Whole(1, 10_000))] = Field(
        default=None, description="instead of every: N, to record the epochs round(10^(i/N))"
    )

    @model_validator(mode="before")
    @classmethod
    def _every_gives_way(cls, values: Any) -> Any:
        """per_decade alone takes the place of the default of every."""
        if (
            isinstance(values, Mapping)
            and values.get("per_decade") is not None
            and "every" not in values
        ):
            return {**values, "every": None}
        return values


class Sweep(Block):
    """Many configs in one: every combination of the grid's values, the cases and the seeds."""

    grid: Annotated[Mapping[str, tuple[object, ...]], GRID] = Field(
        default=NOTHING, description="dotted key → list of values"
    )
    cases: Annotated[Mapping[str, Mapping[str, object]], CASES] = Field(
        default=NOTHING, description="name → dotted key → value"
    )
    repeat: Annotated[int, Whole(1, 10**6)] = Field(
        default=1, description="number of seeds: seed, seed + 1, …"
    )

    @property
    def runs(self) -> int:
        """The number of runs: every combination of the grid's values, the cases and the seeds."""
        return (
            prod(len(values) for values in self.grid.values())
            * max(len(self.cases), 1)
            * self.repeat
        )


class Config(Block):
    """A relusgd config: data, network, training, snapshots, engine. Everything is optional."""

    seed: Seed = Field(default=0, description="seed of the initial network and the batch order")
    data: Data = Field(default=TargetData(), description="the points to learn from")
    network: NetworkBlock = Field(
        default=NetworkBlock(), description="the network and how it begins"
    )
    training: Training = Field(default=Training(), description="how the network learns")
    snapshots: Snapshots = Field(default=Snapshots(), description="which epochs are recorded")
    engine: Annotated[Engine, Choice(Engine)] = Field(
        default="auto", description="what computes the steps; auto: compiled where installed"
    )
    sweep: Sweep | None = Field(default=None, description="for relusgd sweep alone: what varies")

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
    def csv_path(self) -> FilePath:
        """The CSV file, for kind: csv. Raises ValueError for the other kinds."""
        if not isinstance(self.data, CsvData):
            raise ValueError(f"data of kind {self.data.kind} has no CSV file")
        return self.origin.folder / self.data.path

    def __eq__(self, other: object) -> bool:
        """Equal in every key, wherever the two come from."""
        return isinstance(other, Config) and all(
            getattr(self, key) == getattr(other, key) for key in Config.model_fields
        )

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, key) for key in Config.model_fields))
