"""The two storeys of a run, in the boxes that a picture gives them."""

from __future__ import annotations

import numpy as np

from relusgd.model.network import Array, Integers
from relusgd.pictures.kit.axis import ErrorAxis, TimeAxis
from relusgd.pictures.kit.parts import Part
from relusgd.pictures.kit.plain_matplotlib import Artist
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.scenes.scales import Scales
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.error_corner import ErrorCorner
from relusgd.pictures.storeys.lower import LowerStorey, rows_until
from relusgd.pictures.storeys.stems import Stems
from relusgd.pictures.storeys.upper import UpperStorey


class RunStoreys:
    """One run on its axes. clock: when each snapshot was taken on the axis of time.

    rows: how many rows of pixels of the lower storey lie before each snapshot, once it is drawn.
    """

    def __init__(
        self,
        sheet: Sheet,
        view: View,
        scales: Scales,
        time: TimeAxis,
        clock: Integers | Array,
    ) -> None:
        self._sheet = sheet
        self._view = view
        self._scales = scales
        self._time = time
        self._clock: Array = np.asarray(clock, dtype=np.float64)
        self.rows = np.zeros(len(view), dtype=np.int64)

    def draw(self, upper: Box, lower: Box | None, corner: Box | None) -> list[Part]:
        """Draw what never changes of both storeys, and give their parts that change.

        corner: of the upper one, where the errors stand.
        """
        sheet, view, scales = self._sheet, self._view, self._scales
        function = UpperStorey(sheet, upper, view, scales, sheet.colours.learned, corner)
        if "units" not in sheet.look.show:
            return [FunctionOnStems(function, None)]
        parts: list[Part] = []
        if lower:
            parts.append(LowerStorey(sheet, lower, view, scales, self._time, self._clock))
            self.rows = rows_until(self._time, self._clock, lower)
        stems = Stems(sheet, upper, lower, scales, self.rows)
        return [*parts, FunctionOnStems(function, stems)]

    def draw_errors(self, corner: Box, axis: ErrorAxis) -> Part:
        """The errors in a corner of the upper storey."""
        return ErrorCorner(self._sheet, corner, self._view, self._time, self._clock, axis)


class FunctionOnStems:
    """The upper storey and the stems under its breakpoints, which are looked for once."""

    def __init__(self, upper: UpperStorey, stems: Stems | None) -> None:
        self.upper = upper
        self.stems = stems
        under: list[Artist] = stems.moving if stems else []
        self.moving: list[Artist] = [*under, *upper.moving]

    def show(self, index: int) -> None:
        found = self.upper.show(index)
        if self.stems:
            self.stems.show(index, found)
