"""The sharpness of a run over its steps beside the edge of stability, as pictures see it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Array, Integers
from relusgd.pictures.kit.axis import ErrorAxis


@dataclass(frozen=True, eq=False)
class SharpnessCourse:
    """name: which sharpness it is. step: the snapshots at which it was measured; sharpness, edge:
    its values and those of the edge there, nan where there are none; shape (n,) each.
    """

    name: str
    step: Integers
    sharpness: Array
    edge: Array

    @property
    def has_edge(self) -> bool:
        """Whether the method in force has an edge."""
        return bool(np.any(np.isfinite(self.edge) & (self.edge > 0)))

    @property
    def axis(self) -> ErrorAxis:
        """The logarithmic axis that has room for both."""
        return ErrorAxis.around([self.sharpness, self.edge], None)
