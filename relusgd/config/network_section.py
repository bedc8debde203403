"""The keys of `network`: its widths, and how it begins."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from relusgd.config.of_width import WidthExpression
from relusgd.config.section import Section
from relusgd.config.start import Start
from relusgd.config.value_types import Interval, Number, Numbers, Positive, Scale, Seed, Widths


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
        default=False,
        description="|output weight| = |(slope, bias)| for every unit",
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
        default=None,
        description="seed of the initial network; null = the top-level seed",
    )
