"""The derivatives of everything that expressions may hold, by every argument: numbers and letters.

At kinks and jumps: relu′(0) = abs′(0) = 0, the derivative of what is constant between jumps (floor,
sign, comparisons) is 0 everywhere, and equal arguments of min and max have half of it each. These
are the conventions of PyTorch's autograd.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from relusgd.model.network import Array

Partials = tuple[Array | float, ...]


def _power(a: Array, n: Array, value: Array) -> Partials:
    """n a^(n−1) and log(a) aⁿ; a = 0 with n ≥ 0 has no slope along n."""
    by_base = np.where(n == 0, 0.0, n * np.power(a, n - 1))
    by_exponent = np.where((a == 0) & (n >= 0), 0.0, np.log(a) * value)
    return by_base, by_exponent


PARTIALS: dict[str, Callable[..., Partials]] = {
    "+": lambda a, b, _: (1.0, 1.0),
    "-": lambda a, b, _: (1.0, -1.0),
    "*": lambda a, b, _: (b, a),
    "/": lambda a, b, value: (1.0 / b, -value / b),
    "//": lambda a, b, _: (0.0, 0.0),
    "%": lambda a, b, _: (1.0, -np.floor(a / b)),
    "**": _power,
    "negative": lambda a, _: (-1.0,),
    "sin": lambda a, _: (np.cos(a),),
    "cos": lambda a, _: (-np.sin(a),),
    "tan": lambda a, value: (1.0 + value**2,),
    "asin": lambda a, _: (1.0 / np.sqrt(1.0 - a**2),),
    "acos": lambda a, _: (-1.0 / np.sqrt(1.0 - a**2),),
    "atan": lambda a, _: (1.0 / (1.0 + a**2),),
    "sinh": lambda a, _: (np.cosh(a),),
    "cosh": lambda a, _: (np.sinh(a),),
    "tanh": lambda a, value: (1.0 - value**2,),
    "exp": lambda a, value: (value,),
    "log": lambda a, _: (1.0 / a,),
    "log2": lambda a, _: (1.0 / (a * math.log(2)),),
    "log10": lambda a, _: (1.0 / (a * math.log(10)),),
    "sqrt": lambda a, value: (0.5 / value,),
    "abs": lambda a, _: (np.sign(a),),
    "sign": lambda a, _: (0.0,),
    "floor": lambda a, _: (0.0,),
    "ceil": lambda a, _: (0.0,),
    "round": lambda a, _: (0.0,),
    "relu": lambda a, _: (np.heaviside(a, 0.0),),
    "step": lambda a, _: (0.0,),
    "min": lambda a, b, _: (np.heaviside(b - a, 0.5), np.heaviside(a - b, 0.5)),
    "max": lambda a, b, _: (np.heaviside(a - b, 0.5), np.heaviside(b - a, 0.5)),
    "where": lambda condition, a, b, _: (0.0, 1.0 * (condition != 0), 1.0 * (condition == 0)),
}
"""By the name in FUNCTIONS or OPERATORS, a function of the arguments and the value that gives the
derivative by every argument."""

SYMBOLS: dict[str, tuple[str, ...]] = {
    "+": ("1", "1"),
    "-": ("1", "−1"),
    "*": ("{1}", "{0}"),
    "/": ("1/{1}", "−{0}/{1}²"),
    "negative": ("−1",),
    "sin": ("cos({0})",),
    "cos": ("−sin({0})",),
    "exp": ("exp({0})",),
    "log": ("1/{0}",),
    "relu": ("[{0} > 0]",),
    "abs": ("sign({0})",),
}
"""The derivatives that are short in letters, with {0}, {1} for the arguments; others are shown as
numbers alone."""
