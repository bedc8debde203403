"""What `compare` shows of runs: how they ended, errors over time, functions, or quantities.

Each view imports what draws and what prints when it is asked to, because matplotlib and rich take
longer to load than a comparison takes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relusgd.comparing.compare import Comparison
    from relusgd.comparing.courses import Courses
    from relusgd.comparing.functions import FunctionSpreads
    from relusgd.comparing.measured import MeasuredGroups
    from relusgd.pictures.kit.look import Look


class ComparedView(ABC):
    """One way to look at compared runs."""

    @abstractmethod
    def draw(self, out: Path, look: Look) -> Path:
        """Draw the picture and give its path."""

    @abstractmethod
    def to_json(self) -> object: ...

    @abstractmethod
    def to_csv(self) -> str: ...

    @abstractmethod
    def print_tables(self) -> None: ...


@dataclass(frozen=True)
class EndsView(ComparedView):
    """How the runs ended."""

    comparison: Comparison

    def draw(self, out: Path, look: Look) -> Path:
        from relusgd.comparing.picture import draw

        return draw(self.comparison, out, look)

    def to_json(self) -> object:
        from relusgd.comparing.table import to_json

        return to_json(self.comparison)

    def to_csv(self) -> str:
        from relusgd.comparing.table import to_csv

        return to_csv(self.comparison)

    def print_tables(self) -> None:
        from relusgd.cli.comparison_tables import print_tables

        print_tables(self.comparison)


@dataclass(frozen=True)
class CoursesView(ComparedView):
    """The errors over time."""

    courses: Courses

    def draw(self, out: Path, look: Look) -> Path:
        from relusgd.comparing.course_picture import draw_over_time

        return draw_over_time(self.courses, out, look)

    def to_json(self) -> object:
        from relusgd.comparing.course_table import to_json

        return to_json(self.courses)

    def to_csv(self) -> str:
        from relusgd.comparing.course_table import to_csv

        return to_csv(self.courses)

    def print_tables(self) -> None:
        from relusgd.cli.course_tables import print_courses

        print_courses(self.courses)


@dataclass(frozen=True)
class FunctionsView(ComparedView):
    """The spread of the learned functions."""

    spreads: FunctionSpreads

    def draw(self, out: Path, look: Look) -> Path:
        from relusgd.comparing.function_picture import draw_spreads

        return draw_spreads(self.spreads, out, look)

    def to_json(self) -> object:
        from relusgd.comparing.function_table import to_json

        return to_json(self.spreads)

    def to_csv(self) -> str:
        from relusgd.comparing.function_table import to_csv

        return to_csv(self.spreads)

    def print_tables(self) -> None:
        from relusgd.cli.function_tables import print_functions

        print_functions(self.spreads)


@dataclass(frozen=True)
class QuantitiesView(ComparedView):
    """Quantities of the networks at the end."""

    measured: MeasuredGroups

    def draw(self, out: Path, look: Look) -> Path:
        from relusgd.comparing.measured_picture import draw_measured

        return draw_measured(self.measured, out, look)

    def to_json(self) -> object:
        from relusgd.comparing.measured_table import to_json

        return to_json(self.measured)

    def to_csv(self) -> str:
        from relusgd.comparing.measured_table import to_csv

        return to_csv(self.measured)

    def print_tables(self) -> None:
        from relusgd.cli.measured_tables import print_measured

        print_measured(self.measured)
