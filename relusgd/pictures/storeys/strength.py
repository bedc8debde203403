"""How strongly a unit bends the function, as widths and colours on one scale for a whole film."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array, Integers
from relusgd.pictures.kit.contrast import blend
from relusgd.pictures.kit.plain_matplotlib import to_rgba_array
from relusgd.pictures.kit.sheet import Sheet

SHADES = 24
"""So many steps of strength are told apart: more cannot be seen, and fewer make long lines."""


def bend_colours(sheet: Sheet, sign: Array, amount: Array) -> Array:
    """Opaque colours (n, 4) of bends up (sign > 0) and down, and of 0, which has no sign.

    amount: from 0 to 1, shape (n,). What is weaker is paler, down to the contrast that still tells
    it from the paper. They are opaque, so that lines that cross do not add up to a strong one.
    """
    colours = sheet.colours
    by_sign = colours.negative, colours.neutral, colours.positive
    number = np.sign(sign).astype(np.intp) + 1
    return _shades(sheet, by_sign)[number, _nearest_shade(amount)]


def layer_colours(sheet: Sheet, layer: Integers, amount: Array) -> Array:
    """The same for breakpoints, by the hidden layer, from 1, whose unit switches there."""
    names = sheet.colours.layers
    number = np.minimum(layer, len(names)).astype(np.intp) - 1
    return _shades(sheet, names)[number, _nearest_shade(amount)]


def _nearest_shade(amount: Array) -> NDArray[np.intp]:
    """The number of the shade, from 0 to SHADES, that is nearest to an amount from 0 to 1."""
    return np.rint(amount * SHADES).astype(np.intp)


def _shades(sheet: Sheet, names: tuple[str, ...]) -> Array:
    """Colours by name and shade, shape (names, SHADES + 1, 4)."""
    palest = tuple(sheet.least_opacity(name) for name in names)
    return _table(names, sheet.colours.paper, palest)


@cache
def _table(names: tuple[str, ...], paper: str, palest: tuple[float, ...]) -> Array:
    """The same, made once. palest: the opacity on paper of each colour's first shade."""
    strengths = np.arange(SHADES + 1) / SHADES
    rows = []
    for name, least in zip(names, palest, strict=True):
        opacities = least + (1 - least) * strengths
        row = [blend(name, paper, opacity) for opacity in opacities]
        rows.append(to_rgba_array(row))
    return np.stack(rows)
