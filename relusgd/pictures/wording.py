"""Texts in pictures: cut to their room, numbers in few characters, widths in pixels.

matplotlib is loaded by what measures letters: a page needs the numbers alone, and takes half the
time to start.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import Any

from relusgd.pictures.fonts import DPI, drawable, font


@cache
def _ruler() -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    canvas: Any = FigureCanvasAgg(Figure(dpi=DPI))
    return canvas.get_renderer()


@lru_cache(4096)
def text_width(text: str, pixels: float, *, bold: bool = False) -> float:
    """Width of the text in pixels when its font has this size."""
    width, _, _ = _ruler().get_text_width_height_descent(
        text, font(pixels, bold=bold, text=text), ismath=False
    )
    return float(width)


def shortened(text: str, pixels: float, room: float, *, bold: bool = False) -> str:
    """The drawable text, cut with an ellipsis where it would be wider than room pixels; perhaps
    nothing.
    """
    text = drawable(text[:1000])
    if text_width(text, pixels, bold=bold) <= room:
        return text
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if text_width(f"{text[:middle].rstrip()}…", pixels, bold=bold) <= room:
            fits = middle
        else:
            too_long = middle
    return f"{text[:fits].rstrip()}…" if fits else ""


def error_text(value: float) -> str:
    """A mean squared error in three digits: 0.0140, 15,300, 1.23e−7."""
    if not math.isfinite(value):
        return "–"
    if value == 0 or 1e-3 <= abs(value) < 1e3:
        return f"{value:#.3g}".rstrip(".")
    if 1e3 <= abs(value) < 1e7:
        return f"{value:,.0f}"
    return _scientific(value, 2)


def tick_text(value: float, spacing: float, largest: float) -> str:
    """A tick's number with as many decimals as its distance to the next one asks for; years keep
    their four digits plain.

    largest: of the absolute values on the same axis, which are all written alike.
    """
    if not 1e-4 < largest < 1e6:
        digits = max(
            0,
            math.floor(math.log10(max(abs(value), spacing)))
            - math.floor(math.log10(spacing * 1.0001)),
        )
        return "0" if abs(value) < spacing * 1e-6 else _scientific(value, min(digits, 12))
    decimals = max(0, -math.floor(math.log10(spacing * 1.0001)))
    if abs(round(spacing, decimals) - spacing) > spacing * 1e-3:
        decimals += 1
    text = f"{abs(value):,.{decimals}f}" if largest >= 1e4 else f"{abs(value):.{decimals}f}"
    return f"−{text}" if value < 0 and float(text.replace(",", "")) else text


def _scientific(value: float, digits: int) -> str:
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    return f"{mantissa.replace('-', '−')}e{exponent[0].replace('-', '−').replace('+', '')}{int(exponent[1:])}"
