"""Which parameters learn, and how much each of them decays."""

from __future__ import annotations

from typing import NamedTuple

from relusgd.model.network import Array


class Learning(NamedTuple):
    """Of padded vectors, the parameters first … last − 1 learn.

    hidden_learns: whether the hidden units learn. decay: the weight decay of each parameter.
    """

    hidden_learns: bool
    first: int
    last: int
    decay: Array
