"""The config's keys: what each takes, its default and what it means.

`docs/config.md` says the same at more length. A new key is one field here, or in the module of its
section: its type says what is taken, its description what it means. Messages, the JSON schema and
the list of known keys come from these models. What must hold between two keys stands in `checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, prod
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, model_validator

from relusgd.config.data_section import CsvData, Data, PointsData, TargetData, at_home
from relusgd.config.dumping import changed_yaml
from relusgd.config.network_section import NetworkSection
from relusgd.config.of_width import at_width
from relusgd.config.section import WHOLE, CountFromZero, Section
from relusgd.config.source import Origin
from relusgd.config.training_section import Training
from relusgd.config.value_types import MAX_RUNS, NOTHING, Cases, Count, Expectations, Grid, Seed


class Snapshots(Section):
    """What is recorded, united; epoch 0 and the last step always are."""

    every: Count | None = Field(
        default=1,
        description="epochs between two snapshots; null = none of these,"
        " the default where per_decade is given",
    )
    per_decade: Annotated[int, Field(ge=1, le=10_000), WHOLE] | None = Field(
        default=None,
        description="N, to record the epochs round(10^(i/N))",
    )
    first_steps: CountFromZero = Field(
        default=0,
        description="N, to record the single steps 1 to N besides",
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
        default=1,
        description="number of seeds: seed, seed + 1, …",
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
        default=NetworkSection(),
        description="the network and how it begins",
    )
    training: Training = Field(default=Training(), description="how the network learns")
    snapshots: Snapshots = Field(default=Snapshots(), description="which epochs are recorded")
    engine: Literal["auto", "numpy", "compiled"] = Field(
        default="auto",
        description="what computes the steps; auto: compiled where installed and worth it",
    )
    sweep: SweepSection | None = Field(
        default=None,
        description="for relusgd sweep alone: what varies",
    )
    expect: Expectations | None = Field(
        default=None,
        description="for relusgd verify alone: what must come out",
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
        of_bootstrap = self.seed if self.data.bootstrap else None
        return drawn, of_bootstrap

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
            return training.steps or 0  # None of the three is a fault that a check finds.
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
