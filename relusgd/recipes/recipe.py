"""A recipe: a config with an `expect:` block, as it is written in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from relusgd.config import Config, load_config
from relusgd.config.section import Section, Text
from relusgd.config.values import FrozenMapping, freeze, plain
from relusgd.errors import ConfigError, InputError
from relusgd.recipes.formula import parse_quantity
from relusgd.words import did_you_mean, shown

SEEDS = 5
"""On so many seeds a recipe is checked where it does not say."""

Relation = Literal["equal", "below", "above", "monotone", "exponent", "ratio"]
OVER_AN_AXIS: tuple[Relation, ...] = ("monotone", "exponent", "ratio")
"""Relations between the runs along an axis."""

Settings = Annotated[Mapping[str, object], AfterValidator(freeze)]
Variants = Annotated[Mapping[str, Settings], AfterValidator(freeze)]
Moments = (
    Literal["last", "all", "second half"] | int | Annotated[tuple[int, ...], Field(strict=False)]
)
NO_SETTINGS: Any = FrozenMapping({})


def _readable(text: str) -> str:
    try:
        parse_quantity(text)
    except InputError as error:
        raise ValueError(error.message) from None
    return text


class Claim(Section):
    """One line of what is expected.

    quantity: an expression. at: the snapshots that it sees. where: the runs that it is about, by
    keys of the sweep. over: run (every run by itself), seeds (all together, of which the claim
    takes the mean, median, smallest or largest), cases, or the key of the sweep along which runs
    are compared. relation, value, tolerance: equal to value ± tolerance; below, above value; along
    an axis monotone (value: falling or rising), exponent (of a power law) or ratio of neighbours,
    value ± tolerance.
    """

    quantity: Annotated[Text, AfterValidator(_readable)]
    at: Moments = "last"
    over: Text = "run"
    take: Literal["mean", "median", "smallest", "largest"] = "mean"
    where: Settings = NO_SETTINGS
    relation: Relation = "equal"
    value: float | Literal["falling", "rising"]
    tolerance: Annotated[float, Field(ge=0)] = 0.0

    @model_validator(mode="after")
    def _fits_together(self) -> Claim:
        is_direction = isinstance(self.value, str)
        if is_direction != (self.relation == "monotone"):
            raise ValueError("value is falling or rising for monotone, and a number for the others")
        along_runs = self.over not in ("run", "seeds")
        if along_runs != (self.relation in OVER_AN_AXIS):
            raise ValueError(
                "monotone, exponent and ratio compare runs over a key or cases; "
                "equal, below and above are about a run or about all seeds"
            )
        return self


def _claims(value: object) -> object:
    """One claim may stand without a list."""
    return (value,) if isinstance(value, Mapping) else value


class Expectation(Section):
    """The whole block.

    statement, source: what is claimed, and who found it. look: what to see in a picture of it.
    seeds: how many. networks: so many of them
    count as one seed, and leave no run folders. broken: name → keys under which it must fail.
    """

    statement: Text
    source: Text
    look: Text | None = None
    seeds: Annotated[int, Field(ge=1, le=10_000)] = SEEDS
    networks: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    claims: Annotated[
        tuple[Claim, ...], BeforeValidator(_claims), Field(strict=False, min_length=1)
    ]
    broken: Variants = NO_SETTINGS


@dataclass(frozen=True, eq=False)
class Recipe:
    """name: that of its file. path: as it was given."""

    name: str
    path: Path
    config: Config
    expectation: Expectation

    def broken_config(self, name: str) -> Config:
        """The config of a broken variant."""
        changes = plain(self.expectation.broken[name])
        assert isinstance(changes, dict)
        return load_config(self.path, {**changes})


def load_recipe(path: Path) -> Recipe:
    """The recipe in a file. Raises ConfigError with every fault of the config or of the block."""
    config = load_config(path)
    if config.expect is None:
        raise ConfigError(
            [f"{path} has no expect: block, so there is nothing to verify"],
            "docs/recipes.md shows one",
        )
    try:
        expectation = Expectation.model_validate(plain(config.expect))
    except ValidationError as error:
        faults = [_sentence(path, one) for one in error.errors()]
        raise ConfigError(faults) from None
    recipe = Recipe(path.stem, path, config, expectation)
    for name in expectation.broken:
        recipe.broken_config(name)  # raises where its keys are wrong
    return recipe


def _sentence(path: Path, error: ErrorDetails) -> str:
    """What is wrong with a key of the block."""
    parts = [str(part) for part in error["loc"]]
    place = ".".join(["expect", *parts])
    if error["type"] == "extra_forbidden":
        known = [*Expectation.model_fields, *Claim.model_fields]
        return f"{path}: {place} is not a known key{did_you_mean(parts[-1], known)}"
    if error["type"] == "missing":
        return f"{path}: {place} is missing"
    text = error["msg"].removeprefix("Value error, ")
    return f"{path}: {place} is {shown(error['input'])}: {text}"
