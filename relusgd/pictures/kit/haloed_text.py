"""Words over lines: a rim of paper around each letter keeps them legible."""

from __future__ import annotations

from typing import Any

from relusgd.pictures.kit.fonts import DPI
from relusgd.pictures.kit.plain_matplotlib import RendererBase, Stroke, Text

RIM = 3.0
"""The width of the rim around a letter, in pixels of a picture 1000 wide."""


class HaloedText(Text):
    """A text with a rim of paper around its letters. rim: its width in pixels."""

    def __init__(self, *place: Any, paper: str, rim: float, **look: Any) -> None:
        super().__init__(*place, **look)
        self.rim = rim
        # Half of a stroke lies under the letter.
        width = 2 * rim * 72 / DPI
        self._stroke = Stroke(linewidth=width, foreground=paper, joinstyle="round")

    def draw(self, renderer: RendererBase) -> None:
        """Draw the rim, and over it the letters as they are without one."""
        self.set_path_effects([self._stroke])
        super().draw(renderer)
        self.set_path_effects([])
        super().draw(renderer)
