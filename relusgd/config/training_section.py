"""The keys of `training`: how the network learns, and its schedules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from relusgd.config.of_width import WidthExpression
from relusgd.config.section import WHOLE, CountFromZero, Section
from relusgd.config.value_types import MOST_STEPS, Count, Positive, Scale, Seed, Share, kind_of


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
    return value if isinstance(value, str) else kind_of(value, default=None)


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
        default="all",
        description="which parameters learn",
    )
    epochs: CountFromZero | None = Field(
        default=30000,
        description="length of the training; 0 records the initial network alone;"
        " null with steps or time",
    )
    steps: Annotated[int, Field(ge=0, le=MOST_STEPS), WHOLE] | None = Field(
        default=None,
        description="the length in steps, in place of epochs",
    )
    time: Scale | None = Field(
        default=None,
        description="the length as learning_rate times steps, in place of epochs;"
        " the steps are rounded up",
    )
    batch_size: Count | Literal["full"] = Field(default=40, description="points per step, or full")
    sampling: Literal["replacement", "shuffle"] = Field(
        default="replacement",
        description="how batches are drawn",
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
        default=1e-8,
        description="adam, adamw, rmsprop: added to the root of the second moment",
    )
    alpha: Share = Field(default=0.99, description="rmsprop: how slowly the second moment changes")
    weight_decay: Scale = Field(default=0.0, description="PyTorch's weight decay")
    decay_biases: bool = Field(
        default=True,
        description="whether weight_decay applies to biases too",
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
