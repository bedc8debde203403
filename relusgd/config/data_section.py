"""The keys of `data`: where the points come from, for each of its kinds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from relusgd.config.section import CountFromZero, Section, Text
from relusgd.config.value_types import Count, Interval, Numbers, Scale, Seed, Share, kind_of

Standardize = Annotated[
    bool,
    Field(description="train on x and y of mean 0 and deviation 1 over the training points"),
]

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
        default="random",
        description="how the training x lie in the domain",
    )
    noise: Scale = Field(
        default=0.1,
        description="standard deviation of the noise on the training y",
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
    standardize: Standardize = False
    bootstrap: Bootstrap = False
    seed: Seed | None = Field(
        default=1,
        description="seed of positions and noise; null = the top-level seed",
    )


class PointsData(Section):
    """Training points, and test points if wanted, written in the config."""

    kind: Literal["points"] = Field(description="points written here")
    x: Numbers = Field(description="positions of the training points")
    y: Numbers = Field(description="values of the training points, as many as x")
    test_x: Numbers | None = Field(
        default=None,
        description="positions of the test points; null = no test points",
    )
    test_y: Numbers | None = Field(
        default=None,
        description="values of the test points, as many as test_x",
    )
    standardize: Standardize = False
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
        default=0.2,
        description="share of the rows held out as test points",
    )
    standardize: Standardize = True
    missing: Literal["refuse", "skip"] = Field(
        default="refuse",
        description="what is done with rows in which x or y is missing: name them, or skip them",
    )
    decimal: Literal["point", "comma"] | None = Field(
        default=None,
        description="the sign before decimals; null where the file shows it",
    )
    bootstrap: Bootstrap = False
    seed: Seed | None = Field(
        default=1,
        description="seed of the choice of held-out rows; null = the top-level seed",
    )


def _kind_of_data(value: object) -> str | None:
    return kind_of(value, default="target")


Data = Annotated[
    Annotated[TargetData, Tag("target")]
    | Annotated[PointsData, Tag("points")]
    | Annotated[CsvData, Tag("csv")],
    Discriminator(_kind_of_data),
]
