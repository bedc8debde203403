"""The cells of one column: what each of them means, once all of them are known."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from relusgd.model.data_file.compact_dates import read_compact_date
from relusgd.model.data_file.dates import is_year, read_date
from relusgd.model.data_file.day_order import DayOrder, is_ordered_date, read_ordered_date
from relusgd.model.data_file.faults import DataFaults, in_quotes
from relusgd.model.data_file.marks import Evidence, Marks
from relusgd.model.data_file.missing import is_missing
from relusgd.model.data_file.names import clean_name
from relusgd.model.data_file.numbers import read_number
from relusgd.model.data_file.wrong_cells import why_no_number
from relusgd.words import counted

PLAIN_CHARACTERS = b"0123456789+-.eE\n"
LINES_NAMED = 5


class MissingCell(NamedTuple):
    """row: from 0 on, among the rows of data. text: what stands there for "missing"."""

    row: int
    line: int
    text: str


@dataclass
class AlikeFaults:
    """Cells that are refused for the same reason: the first one, and how many there are."""

    line: int
    problem: str
    count: int = 0


@dataclass(eq=False)
class FileColumn:
    """The cells of one column, and what they turn out to be.

    values: a number for every row, nan where there is none (yet). missing: its missing cells.
    numbers, years, dates: how many cells are a number, a number that may be a year, a date. order:
    what dates such as 13.04.2020 show. is_compact: numbers such as 20200304 are dates. example: one
    of the dates.
    alike: the numbers ("number") and dates ("date") that are refused.
    """

    name: str
    may_be_dates: bool = False
    is_compact: bool = False
    values: array[float] = field(default_factory=lambda: array("d"))
    missing: list[MissingCell] = field(default_factory=list)
    evidence: Evidence = field(default_factory=Evidence)
    numbers: int = 0
    years: int = 0
    example: str | None = None
    dates: int = 0
    order: DayOrder = field(default_factory=DayOrder)
    is_irregular: bool = False
    alike: dict[str, AlikeFaults] = field(default_factory=dict)
    marks: Marks = field(init=False)

    def look_at(self, lines: list[int], cells: list[str]) -> None:
        """Take the values of plain cells; note what the others show."""
        joined = "\n".join(cells)
        values = _plain_values(cells, joined)
        if values is not None:
            self.evidence.look_at_plain(lines, cells, joined)
            self.numbers += len(cells)
            self.values.extend(values)
            return
        for line, raw in zip(lines, cells, strict=True):
            value = self._look_at_cell(line, raw.strip())
            self.values.append(value)

    def _missing_value(self, line: int, cell: str) -> float:
        """Note a missing cell, which is that of the next row; nan stands for it."""
        row = len(self.values)
        self.missing.append(MissingCell(row, line, cell))
        return math.nan

    def _look_at_cell(self, line: int, cell: str) -> float:
        """The value of a plain number; nan for any other cell, which is noted."""
        if is_missing(cell):
            return self._missing_value(line, cell)
        readings = read_number(cell)
        if readings is not None:
            self.numbers += 1
            self.years += is_year(cell)
            self.evidence.look_at(line, cell, readings)
            number = readings.point
            if number is not None and math.isfinite(number) and "," not in cell:
                return number
        elif read_date(cell) is not None:
            self.dates += 1
            self._keep_example(cell)
        elif self.order.look_at(cell):
            self.example = self.order.example
        self.is_irregular = True
        return math.nan

    def _keep_example(self, cell: str) -> None:
        """Keep the first date that has a fraction to show, or the first one."""
        year = None
        if self.example is not None:
            year = read_compact_date(self.example) or read_date(self.example)
        if year is None or year.is_integer():
            self.example = cell

    @property
    def is_dated(self) -> bool:
        """Whether the column holds dates: more of them than numbers that are no years."""
        if self.is_compact:
            return True
        dates = self.dates
        if not dates and self.day_order:
            dates = self.order.dates
        return self.may_be_dates and dates > self.numbers - self.years

    @property
    def day_order(self) -> str | None:
        """The order of day and month where the column has dates of that kind alone and shows it."""
        return None if self.dates else self.order.known

    @property
    def is_undecided(self) -> bool:
        """Whether values depend on what the whole column shows."""
        if self.is_irregular or self.is_dated or self.marks.doubts_points:
            return True
        return self._has_infinite_value

    @property
    def _has_infinite_value(self) -> bool:
        if not self.values:
            return False
        values = np.frombuffer(self.values)
        return bool(np.isinf(values).any())

    def begin_again(self, faults: DataFaults) -> None:
        """Forget the values, and note a fault of the column as a whole."""
        self.values = array("d")
        self.missing = []
        conflict = None if self.is_dated else self.marks.conflict()
        if conflict is not None:
            line, problem = conflict
            faults.add_of_column(line, f"{in_quotes(self.name)} {problem}")

    def convert(self, lines: list[int], cells: list[str], faults: DataFaults) -> None:
        """Take the values of cells, now that the whole column is known."""
        for line, raw in zip(lines, cells, strict=True):
            value = self._converted(line, raw.strip(), faults)
            self.values.append(value)

    def _converted(self, line: int, cell: str, faults: DataFaults) -> float:
        """The value of a cell; nan where it is missing or refused, which is noted."""
        if is_missing(cell):
            return self._missing_value(line, cell)
        value = self._date(cell) if self.is_dated else self._number(cell)
        if isinstance(value, str):
            self._refuse(line, cell, value, faults)
            return math.nan
        return value

    def _refuse(self, line: int, cell: str, problem: str, faults: DataFaults) -> None:
        """Note the fault of a cell; of numbers and dates, which are alike, the first one alone."""
        text = f"{in_quotes(self.name)} {problem}"
        if read_date(cell) or is_ordered_date(cell):
            kind = "date"
        elif read_number(cell):
            kind = "number"
        else:
            faults.add(line, text)
            return
        alike = self.alike.setdefault(kind, AlikeFaults(line, text))
        alike.count += 1

    def refuse_alike(self, faults: DataFaults) -> None:
        """Note the faults of cells that are alike, once each."""
        for alike in self.alike.values():
            text = alike.problem
            if alike.count > 1:
                text += f" (the same for {counted(alike.count - 1, 'more cell')})"
            faults.add_of_column(alike.line, text)

    def _number(self, cell: str) -> float | str:
        """The number in a cell, or why there is none."""
        readings = read_number(cell)
        if readings is None:
            if read_date(cell) is None:
                return self._why_no_number(cell)
            reason = "a date; dates are read as x alone"
            if self.may_be_dates:
                reason = "a date among numbers"
            return f"is {in_quotes(cell)}, {reason}"
        value = self.marks.number(readings)
        if value is None:
            return self.marks.why_not(cell, readings)
        if not math.isfinite(value):
            return why_no_number(cell)
        return value

    def _date(self, cell: str) -> float | str:
        """The year that a cell names, or why there is none."""
        if is_year(cell):
            return float(cell)
        year = read_date(cell)
        if year is None and self.day_order:
            year = read_ordered_date(cell, self.day_order)
        if year is None and self.is_compact:
            year = read_compact_date(cell)
            if year is not None:
                self._keep_example(cell)
        if year is not None:
            return year
        if read_number(cell) is not None:
            return f"is {in_quotes(cell)}, a number among dates"
        return self._why_no_number(cell)

    def _why_no_number(self, cell: str) -> str:
        if clean_name(cell) == self.name:
            repeated = "the name of the column again, as where tables are put together"
            return f"is {in_quotes(cell)}, {repeated}; leave this line out"
        return why_no_number(cell)

    def refuse_missing(self, faults: DataFaults, advice: str | None = None) -> None:
        """Note the fault of missing cells, if there are any.

        advice: in place of that for configs.
        """
        if not self.missing:
            return
        count = len(self.missing)
        kinds = dict.fromkeys(cell.text or "empty" for cell in self.missing)
        text = f"{in_quotes(self.name)} is missing ({', '.join(kinds)})"
        usual_advice = "fill it in, or leave the row out with data.missing=skip"
        if count > 1:
            rows = counted(len(self.values), "row")
            text += f" in {count:,} of {rows}: {self.where_missing()}"
            usual_advice = "fill them in, or leave these rows out with data.missing=skip"
        first_line = self.missing[0].line
        faults.add_of_column(first_line, f"{text}; {advice or usual_advice}")

    def where_missing(self) -> str:
        """The first lines in which the column is missing: "lines 3, 4, 9, 12, 20, …"."""
        lines = [str(cell.line) for cell in self.missing[:LINES_NAMED]]
        if len(self.missing) == 1:
            return f"line {lines[0]}"
        if len(self.missing) > LINES_NAMED:
            lines.append("…")
        return f"lines {', '.join(lines)}"


def _plain_values(cells: Sequence[str], joined: str) -> array[float] | None:
    """The values of cells of digits, signs, points and exponents alone; None for any others."""
    if joined.encode().translate(None, PLAIN_CHARACTERS):
        return None
    try:
        return array("d", map(float, cells))
    except ValueError:
        return None
