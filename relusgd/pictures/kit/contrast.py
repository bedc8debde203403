"""How well a colour is told from the paper behind it, by WCAG 2.2.

A colour is #rrggbb. Its relative luminance L weighs linear red, green and blue; the contrast of two
is (L₁ + 0.05)/(L₂ + 0.05), from 1 (alike) to 21 (black on white). What carries meaning in a picture
needs 3, words need 4.5.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

MEANINGFUL = 3.0
"""The least contrast of a line, a point or an area that carries meaning."""

LEAST_OPACITY = 0.35
"""No mark is paler than this, however strong its colour."""

BISECTIONS = 20

Channels = NDArray[np.float64]
"""Red, green and blue from 0 to 1, shape (3,)."""


def contrast(one: str, other: str) -> float:
    """The contrast of two opaque colours."""
    return _contrast(_channels(one), _channels(other))


def blended_contrast(colour: str, paper: str, opacity: float) -> float:
    """The contrast with the paper of a colour that lies on it with this opacity."""
    return _contrast(_blended(_channels(colour), _channels(paper), opacity), _channels(paper))


def blend(colour: str, paper: str, opacity: float) -> Channels:
    """The colour that is seen where one lies on the paper with this opacity."""
    return _blended(_channels(colour), _channels(paper), opacity)


@cache
def least_opacity(colour: str, paper: str) -> float:
    """The opacity from which on a colour is MEANINGFUL on this paper, and at least LEAST_OPACITY.

    1 for a colour that does not reach it.
    """
    below, enough = LEAST_OPACITY, 1.0
    if blended_contrast(colour, paper, below) >= MEANINGFUL:
        return below
    for _ in range(BISECTIONS):
        middle = (below + enough) / 2
        if blended_contrast(colour, paper, middle) >= MEANINGFUL:
            enough = middle
        else:
            below = middle
    return enough


def _channels(colour: str) -> Channels:
    return np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])


def _blended(colour: Channels, paper: Channels, opacity: float) -> Channels:
    return opacity * colour + (1 - opacity) * paper


def _contrast(one: Channels, other: Channels) -> float:
    darker, lighter = sorted([_luminance(one), _luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(channels: Channels) -> float:
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
