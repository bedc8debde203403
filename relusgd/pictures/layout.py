"""Where the parts of one picture stand, in pixels; for any size, so that nothing touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from relusgd.pictures.look import Look


@dataclass(frozen=True)
class Box:
    """A rectangle in whole pixels; bottom is counted from the picture's lower edge."""

    left: int
    bottom: int
    width: int
    height: int

    @property
    def top(self) -> int:
        return self.bottom + self.height

    @property
    def right(self) -> int:
        return self.left + self.width


@dataclass(frozen=True)
class Scale:
    """Sizes in pixels that grow with the picture. text: height of the font; line: its distance to the next; thick: a line's width."""

    text: float
    large: float
    line: int
    thick: float

    @classmethod
    def of(cls, size: tuple[int, int]) -> Scale:
        factor = min(size[0] / 1000, size[1] / 700)
        text = max(10.5, 14.0 * factor)
        return cls(text, 1.45 * text, round(1.55 * text), max(0.75, factor))


@dataclass(frozen=True)
class Layout:
    """The boxes of a picture, from the top; None for a part that is not shown."""

    title: Box | None
    header: Box
    legend: Box
    curve: Box
    active: Box | None
    loss: Box | None


def arrange(look: Look, scale: Scale, *, left: int, header_lines: int, legend_lines: int) -> Layout:
    """Stack the parts: text lines and small panels as high as they must be, the rest for the curve. left: room for the labels of y."""
    (width, height), line = look.size, scale.line
    inner = width - left - round(1.3 * scale.text)
    top = height - round(0.5 * line)
    title = Box(left, top - round(1.2 * line), inner, round(1.2 * line)) if look.title else None
    top -= title.height if title else 0
    header = Box(
        left, top - round(header_lines * 1.25 * line), inner, round(header_lines * 1.25 * line)
    )
    legend = Box(
        left, header.bottom - legend_lines * line - round(0.25 * line), inner, legend_lines * line
    )
    bottom = round(0.35 * line)
    loss = None
    labels = round(2.2 * line)
    if "loss" in look.show:
        loss = Box(left, bottom + labels, inner, max(round(0.14 * height), 2 * line))
        bottom = loss.top + round(0.35 * line)
    bottom += labels
    active = (
        Box(left, bottom, inner, max(round(0.065 * height), round(1.7 * line)))
        if "active" in look.show
        else None
    )
    bottom = active.top + round(0.4 * line) if active else bottom
    curve = Box(left, bottom, inner, legend.bottom - round(0.35 * line) - bottom)
    return Layout(title, header, legend, curve, active, loss)


def flow(widths: Sequence[float], room: float, gap: float) -> list[list[int]]:
    """Which items stand on which line when they are set from left to right and wrapped at `room` pixels."""
    lines: list[list[int]] = [[]]
    used = 0.0
    for item, width in enumerate(widths):
        if lines[-1] and used + gap + width > room:
            lines.append([])
            used = 0.0
        used += width + (gap if lines[-1] else 0.0)
        lines[-1].append(item)
    return lines
