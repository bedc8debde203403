"""The figure of a picture, which shows itself in a notebook's cell."""

from __future__ import annotations

import io

from relusgd.pictures.kit.plain_matplotlib import Figure, plain_style


class DrawnFigure(Figure):
    """A `matplotlib.figure.Figure` that pyplot does not know, so that nothing has to be closed."""

    def _repr_png_(self) -> bytes:
        content = io.BytesIO()
        with plain_style:
            self.savefig(content, format="png", dpi=self.dpi)
        return content.getvalue()
