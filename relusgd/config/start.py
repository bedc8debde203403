"""`network.start`: the network of a run, or parameters written in the config, to begin with.

Parameters are called `weight_1`, `bias_1`, `weight_2` and so on. Their shapes are those of the
arrays in a run folder: weights have a row per input and a column per unit. Where one of both is 1,
the rows may be left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from relusgd.config.section import CountFromZero, Section, Text
from relusgd.config.values import freeze, is_number
from relusgd.words import agreeing, and_list, counted, exact_number, shown

NAME = re.compile(r"(weight|bias)_(?P<layer>[1-9]\d{0,2})")
"""How an array is called."""

LARGEST = 1e100
"""The largest size of a parameter."""

Row = Annotated[tuple[float, ...], Field(strict=False)]
Rows = Annotated[tuple[Row, ...], Field(strict=False)]


class RunStart(Section):
    """The network of a run, at the end of an epoch."""

    run: Text = Field(description="the run's folder, relative to the folder in which relusgd runs")
    epoch: CountFromZero | Literal["last"] = Field(
        default="last",
        description="the end of this epoch; last = the last snapshot",
    )


def read_parameters(written: object) -> object:
    """The arrays in their full shapes, in the order of the layers; no mapping is left as it is.

    Raises ValueError with the end of a sentence that begins with the key.
    """
    if not isinstance(written, Mapping):
        return written
    layers = _layers(written)
    arrays: dict[str, Row | Rows] = {}
    fan_in = 1
    for k in range(1, layers + 1):
        weight, bias = f"weight_{k}", f"bias_{k}"
        biases = _row(bias, written[bias])
        fan_out = len(biases)
        if k == layers and fan_out != 1:
            text = f": {bias} has {counted(fan_out, 'number')}; the output has one bias"
            raise ValueError(text)
        arrays[weight] = _rows(weight, written[weight], (fan_in, fan_out), bias)
        arrays[bias] = biases
        fan_in = fan_out
    return arrays


def hidden_widths(arrays: Mapping[str, object]) -> tuple[int, ...]:
    """The widths of the hidden layers of arrays that `read_parameters` gave."""
    layers = len(arrays) // 2
    widths = []
    for k in range(1, layers):
        bias = arrays[f"bias_{k}"]
        assert isinstance(bias, Sequence)
        widths.append(len(bias))
    return tuple(widths)


def _layers(written: Mapping[str, object]) -> int:
    """The number of layers, that of the output included. Raises ValueError unless all are there."""
    layers = 2
    for name in written:
        match = NAME.fullmatch(name)
        if match is None:
            known = "they are called weight_1, bias_1, weight_2, …"
            raise ValueError(f": {shown(name)} is no array of a network; {known}")
        layers = max(layers, int(match["layer"]))
    needed_names: list[str] = []
    for k in range(1, layers + 1):
        needed_names += [f"weight_{k}", f"bias_{k}"]
    missing = [name for name in needed_names if name not in written]
    if missing:
        verb = agreeing(len(missing), "is", "are")
        depth = counted(layers - 1, "hidden layer")
        needed = f"a network of {depth} has weight_1 to bias_{layers}"
        raise ValueError(f": {and_list(missing[:6])} {verb} missing; {needed}")
    return layers


def _row(name: str, value: object) -> Row:
    """A list of numbers, or a number alone."""
    items = value if isinstance(value, list | tuple) else [value]
    if not items:
        raise ValueError(f": {name} is an empty list; give one number per unit")
    return tuple(_number(name, item) for item in items)


def _number(name: str, value: object) -> float:
    if not is_number(value):
        raise ValueError(f": {name} must hold numbers, not {shown(value)}")
    if not -LARGEST <= value <= LARGEST:
        raise ValueError(f": {name} must hold finite numbers of at most 1e100, not {shown(value)}")
    return float(value) + 0.0


def _rows(name: str, value: object, shape: tuple[int, int], bias: str) -> Rows:
    """The rows of a weight. bias: the name of the array that decides on its columns."""
    fan_in, fan_out = shape
    items = value if isinstance(value, list | tuple) else [value]
    has_rows = any(isinstance(item, list | tuple) for item in items)
    if not has_rows:
        return _rows_left_out(name, _row(name, items), shape, bias)
    rows = [_row(name, item) for item in items]
    widths = sorted({len(row) for row in rows})
    if len(rows) != fan_in or widths != [fan_out]:
        lengths = " and ".join(map(exact_number, widths[:3]))
        given = f"{counted(len(rows), 'row')} of {lengths} numbers"
        raise ValueError(_wrong_shape(name, given, shape, bias))
    return tuple(rows)


def _rows_left_out(name: str, numbers: Row, shape: tuple[int, int], bias: str) -> Rows:
    """The rows of a weight that has one row or one column, from its numbers alone."""
    fan_in, fan_out = shape
    is_one_line = 1 in shape
    if not is_one_line or len(numbers) != fan_in * fan_out:
        given = counted(len(numbers), "number")
        raise ValueError(_wrong_shape(name, given, shape, bias))
    if fan_in == 1:
        return (numbers,)
    return tuple((number,) for number in numbers)


def _wrong_shape(name: str, given: str, shape: tuple[int, int], bias: str) -> str:
    fan_in, fan_out = shape
    needed = f"{counted(fan_in, 'row')} of {counted(fan_out, 'number')}"
    meaning = f"a column per number of {bias}"
    if name != "weight_1":
        meaning = f"a row per unit of the layer below and {meaning}"
    return f": {name} has {given}, and needs {needed}: {meaning}"


def _kind_of_start(value: object) -> str | None:
    if value is None:
        return "null"
    if isinstance(value, RunStart):
        return "run"
    if isinstance(value, Mapping):
        names_a_run = "run" in value or "epoch" in value
        return "run" if names_a_run else "parameters"
    return None


Parameters = Annotated[
    Mapping[str, float | Row | Rows], BeforeValidator(read_parameters), AfterValidator(freeze)
]
Start = Annotated[
    Annotated[RunStart, Tag("run")]
    | Annotated[Parameters, Tag("parameters")]
    | Annotated[None, Tag("null")],
    Discriminator(_kind_of_start),
    Field(title="{run: FOLDER, epoch: N} or {weight_1: …, bias_1: …, …}"),
]
"""What `network.start` takes."""
