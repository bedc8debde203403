"""Targets: the noise-free functions to learn, given by a name, an expression in x, or knots."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from relusgd.errors import InputError
from relusgd.model.expression_parser import meant_by, parse_expression
from relusgd.model.expressions import CONSTANTS, FUNCTIONS
from relusgd.model.network import Array
from relusgd.words import agreeing, did_you_mean, or_list

LABEL_CHARACTERS = 40


class KnotsLike(Protocol):
    """Anything with the positions and values of knots."""

    @property
    def x(self) -> Sequence[float]: ...

    @property
    def y(self) -> Sequence[float]: ...


TargetSource = str | Mapping[str, object] | KnotsLike


@dataclass(frozen=True)
class Target:
    """A function of x with a short text for labels.

    Called with an array of any shape, it gives one of that shape.
    """

    text: str
    function: Callable[[Array], Array]

    def __call__(self, x: ArrayLike) -> Array:
        """The values at x in float64; inf and nan are given without a warning."""
        positions = np.asarray(x, dtype=np.float64)
        with np.errstate(all="ignore"):
            values = self.function(positions)
        return np.asarray(values, dtype=np.float64)


def piecewise_linear(x: Array) -> Array:
    """Linear between the knots k/10, where it is sin(12345 k), for every integer k.

    f(x) = (1 − u) sin(12345 k) + u sin(12345 (k + 1))   with k = floor(10 x), u = 10 x − k
    """
    k = np.floor(10 * x)
    u = 10 * x - k
    left = np.sin(12345 * k)
    right = np.sin(12345 * (k + 1))
    return np.asarray((1 - u) * left + u * right)


def sin20x(x: Array) -> Array:
    """f(x) = sin(20 x)."""
    return np.asarray(np.sin(20 * x))


def step(x: Array) -> Array:
    """f(x) = 0 for x < 1/2, 1 from there on."""
    return np.heaviside(x - 0.5, 1.0)


def square(x: Array) -> Array:
    """f(x) = 1 where u < 1/4 or u ≥ 3/4, else −1, with u = 2 x − floor(2 x).

    The sign of cos(4πx), of period 1/2, with the four jumps at exactly 1/8, 3/8, 5/8, 7/8 and none
    at the ends of [0, 1].
    """
    u = 2 * x - np.floor(2 * x)
    is_high = (u < 0.25) | (u >= 0.75)
    wave = np.where(is_high, 1.0, -1.0)
    return np.where(np.isnan(u), np.nan, wave)


def sawtooth(x: Array) -> Array:
    """f(x) = 2 u where u < 1/2, else 2 u − 2, with u = 2 x − floor(2 x).

    Rises from −1 to 1 with slope 4 and period 1/2; 0 at the ends of [0, 1], with jumps at exactly
    1/4 and 3/4.
    """
    u = 2 * x - np.floor(2 * x)
    return np.where(u < 0.5, 2 * u, 2 * u - 2)


NAMED_TARGETS: dict[str, Callable[[Array], Array]] = {
    "piecewise_linear": piecewise_linear,
    "sin20x": sin20x,
    "step": step,
    "square": square,
    "sawtooth": sawtooth,
}


@dataclass(frozen=True)
class Knots:
    """Linear between the points (x, y), constant beyond the ends; x increases strictly."""

    x: tuple[float, ...]
    y: tuple[float, ...]

    def __call__(self, x: Array) -> Array:
        return np.asarray(np.interp(x, self.x, self.y))


def parse_target(target: TargetSource) -> Target:
    """The target that a config means.

    It is a name of NAMED_TARGETS, an expression in x, or knots {x: […], y: […]}.

    Knots may come as a mapping or as an object with the attributes x and y. Raises InputError.
    """
    if isinstance(target, str):
        return _parse_text(target.strip(" \t\r\n"))
    knots = _parse_knots(target)
    return Target(f"{len(knots.x)} knots", knots)


def _parse_text(text: str) -> Target:
    if text in NAMED_TARGETS:
        return Target(text, NAMED_TARGETS[text])
    is_name = text.isascii() and text.isidentifier()
    if is_name and text not in ("x", *CONSTANTS):
        raise InputError(f"{text[:60]!r} is not a known target{_name_hint(text)}")
    expression = parse_expression(text)
    label = text
    if len(label) > LABEL_CHARACTERS:
        label = label[: LABEL_CHARACTERS - 1] + "…"
    return Target(" ".join(label.split()), expression)


def _name_hint(name: str) -> str:
    meant = meant_by(name)
    if meant:
        return f"; write {or_list(meant)}"
    if name in FUNCTIONS:
        return f"; {name} is a function, use it in an expression such as {name}(x)"
    return did_you_mean(name, NAMED_TARGETS) + " (or an expression in x such as sin(6*x))"


def _parse_knots(knots: Mapping[str, object] | KnotsLike) -> Knots:
    if not isinstance(knots, Mapping):
        knots = {key: getattr(knots, key, None) for key in ("x", "y")}
    unknown = [str(key) for key in knots if key not in ("x", "y")]
    if unknown:
        raise InputError(f"knots need exactly the two lists x and y, not {', '.join(unknown)}")
    if knots.get("x") is None or knots.get("y") is None:
        raise InputError("knots need exactly the two lists x and y")
    x = _numbers("x", knots["x"])
    y = _numbers("y", knots["y"])
    if len(x) != len(y):
        raise InputError(f"knots need as many y as x; there are {len(x)} x and {len(y)} y")
    if len(x) < 2:
        verb = agreeing(len(x), "is", "are")
        raise InputError(f"a target needs at least 2 knots; there {verb} {len(x)}")
    for left, right in pairwise(x):
        if not left < right:
            raise InputError(f"the x of knots must increase: {right!r} comes after {left!r}")
    return Knots(x, y)


def _numbers(key: str, values: object) -> tuple[float, ...]:
    if not isinstance(values, Iterable) or isinstance(values, str | bytes | Mapping):
        raise InputError(f"{key} of knots must be a list of numbers such as [0, 0.5, 1]")
    return tuple(_number(key, value) for value in values)


def _number(key: str, value: object) -> float:
    # In Python, True and False are numbers.
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        shown = str(value)[:40]
        raise InputError(f"{key} of knots must hold numbers, not {shown!r}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"{key} of knots must be finite; one is {number!r} in double precision")
    return number
