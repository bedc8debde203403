"""How many deep ReLU networks are born dead: constant before they learn anything."""

from __future__ import annotations

import math


def born_dead_probability(width: int, depth: int) -> float:
    """The probability that a network with zero biases is constant on x > 0: 1 − (1 − 2^−N)^L.

    width: N, the units of every hidden layer. depth: L, the number of hidden layers. Weights are
    drawn independently and are as likely to be positive as negative. A unit is then off with
    probability ½, whatever the layer before gives, and f is constant once all N units of one layer
    are off (Lu, Shin, Su & Karniadakis 2020, Dying ReLU and initialization). Raises ValueError for
    a width or a depth below 1.
    """
    if width < 1 or depth < 1:
        raise ValueError(f"width and depth must be at least 1, not {width} and {depth}")
    all_off = 2.0**-width
    # The same as 1 − (1 − all_off)^depth, without the rounding of 1 − all_off.
    return -math.expm1(depth * math.log1p(-all_off))
