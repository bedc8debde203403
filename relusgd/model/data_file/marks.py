"""What points and commas mean in a column: decided from all of its cells, never guessed.

| a cell with               | is read                                                             |
|---------------------------|---------------------------------------------------------------------|
| one reading alone         | so; a column with decimal points and decimal commas is refused      |
| a comma, such as 3,188    | as 3.188 where semicolons or tabs separate; elsewhere it is refused |
| a point, such as 1.234    | as 1.234; refused beside decimal commas or 1.234.567, and where     |
|                           | semicolons separate and no other cell shows a decimal point         |

`data.decimal` says which, where a file does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from relusgd.model.data_file.faults import in_quotes
from relusgd.model.data_file.numbers import Readings, read_number
from relusgd.words import exact_number

Decimal = Literal["point", "comma"]
DECIMALS: tuple[Decimal, ...] = get_args(Decimal)
Example = tuple[int, str]
"""A line and the cell in it."""

COMMA_FILES = (";", "\t")
"""Where these separate, a comma in a number is a decimal comma."""

_SHOWS_POINT = re.compile(r"^(?![+-]?[1-9]\d{0,2}\.\d{3}$).*\.", re.ASCII | re.MULTILINE)


@dataclass
class Evidence:
    """What the cells of a column show, each kind by its first cell.

    point: a number with a decimal point, or with commas between groups, and nothing else. comma:
    the reverse. doubtful_comma: a number in both ways, such as 3,188. has_points: whether any plain
    cell has a point.
    """

    point: Example | None = None
    comma: Example | None = None
    doubtful_comma: Example | None = None
    has_points: bool = False

    def look_at_plain(self, lines: Sequence[int], cells: Sequence[str], joined: str) -> None:
        """Look at cells of digits and points alone. joined: the same cells, a line each."""
        if self.point is not None or "." not in joined:
            return
        self.has_points = True
        match = _SHOWS_POINT.search(joined)
        if match is not None:
            index = joined.count("\n", 0, match.start())
            self.point = lines[index], cells[index]

    def look_at(self, line: int, cell: str, readings: Readings) -> None:
        if readings.comma is None:
            self.point = self.point or (line, cell)
        elif readings.point is None:
            self.comma = self.comma or (line, cell)
        elif readings.is_ambiguous and "," in cell:
            self.doubtful_comma = self.doubtful_comma or (line, cell)


@dataclass(frozen=True)
class Marks:
    """How the points and commas of one column are read.

    delimiter: of the file. decimal: what the config says. own, others: the evidence of this column
    and of those read with it.
    """

    delimiter: str
    decimal: Decimal | None
    own: Evidence
    others: tuple[Evidence, ...] = ()

    @property
    def doubts_points(self) -> bool:
        """Whether a plain cell such as 1.234 may be no decimal number."""
        if self.decimal is not None:
            return self.decimal == "comma"
        has_points = self.own.has_points or self.own.point is not None
        return has_points and not self._point_is_decimal

    def conflict(self) -> tuple[int, str] | None:
        """The line and the fault of a column in which points and commas are both decimal signs."""
        point, comma = self.own.point, self.own.comma
        if self.decimal is not None or point is None or comma is None:
            return None
        (first_line, first), (second_line, second) = sorted([point, comma])
        cells = f"{in_quotes(first)} and, in line {second_line}, {in_quotes(second)}"
        fault = f"has {cells}: one decimal sign is needed; write all numbers the same way"
        return first_line, fault

    def number(self, readings: Readings) -> float | None:
        """The one number that is meant; None when it could be either or, by `decimal`, is none."""
        point, comma = readings
        if self.decimal is not None:
            return point if self.decimal == "point" else comma
        if point is None:
            return comma
        if comma is None or point == comma:
            return point
        # "3,188" is larger with a decimal point, "1.234" with a decimal comma.
        if abs(point) > abs(comma):
            return comma if self._comma_is_decimal else None
        return point if self._point_is_decimal else None

    @property
    def _comma_is_decimal(self) -> bool:
        return self.delimiter in COMMA_FILES and self.own.point is None

    @property
    def _point_is_decimal(self) -> bool:
        all_evidence = (self.own, *self.others)
        for evidence in all_evidence:
            if evidence.comma is not None:
                return False
            if evidence.doubtful_comma is not None and self.delimiter in COMMA_FILES:
                return False
        is_shown = any(evidence.point is not None for evidence in all_evidence)
        return is_shown or self.delimiter != ";"

    def why_not(self, cell: str, readings: Readings) -> str:
        """The end of a sentence about a cell that `number` does not decide."""
        if self.decimal is not None:
            return f"is {in_quotes(cell)}, which is no number with data.decimal: {self.decimal}"
        assert readings.point is not None
        assert readings.comma is not None
        as_point = exact_number(readings.point)
        as_comma = exact_number(readings.comma)
        return (
            f"is {in_quotes(cell)}, which could be {as_point} (decimal point) or {as_comma} "
            "(decimal comma); say which with data.decimal: point or comma"
        )


def reads_as_number(cell: str) -> bool:
    """Whether a cell is a number in one way or another."""
    return read_number(cell) is not None
