"""The face of this room: `compare`, and the `Comparison` that it gives.

comparison = relusgd.compare("outputs/course")
pandas.DataFrame(comparison.table)
print(*comparison.sentences, sep="\\n")
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import NDArray

from relusgd.comparing.compared_runs import ComparedRuns
from relusgd.comparing.course_table import columns as course_columns
from relusgd.comparing.courses import Courses, courses_of
from relusgd.comparing.findings import find_all
from relusgd.comparing.findings.courses import course_findings
from relusgd.comparing.findings.finding import Finding
from relusgd.comparing.findings.functions import function_findings
from relusgd.comparing.function_table import columns as function_columns
from relusgd.comparing.functions import FunctionSpreads, functions_of
from relusgd.comparing.measured import measured_groups
from relusgd.comparing.measured_table import columns as measured_columns
from relusgd.comparing.table import columns
from relusgd.errors import InputError, RelusgdError
from relusgd.reference_cycles import without_cycle_search
from relusgd.run_files.finding import WHERE_RUNS_ARE
from relusgd.run_files.stated_facts import FACTS
from relusgd.runs.find import find_runs, load_run
from relusgd.runs.run import Run
from relusgd.sweeps.rows import Row
from relusgd.sweeps.summary_file import SUMMARY, read_summary
from relusgd.sweeps.sweep import Sweep, row_of_line
from relusgd.words import counted

if TYPE_CHECKING:
    from relusgd.pictures.pages.drawn_file import DrawnFile

Subject = str | Path | Run | Sweep


def compare(*subjects: Subject | Sequence[Subject]) -> Comparison:
    """Compare runs, given as run folders, folders of runs, `Run`s, `Sweep`s, or lists of these.

    Raises InputError for a path that is none of them, RelusgdError when no run can be read.
    """
    collected = _Subjects()
    with without_cycle_search():
        for subject in subjects:
            collected.add(subject)
        comparison = Comparison.of(collected.runs.values(), collected.failed)
    comparison.damaged.update(collected.damaged)
    return comparison


class Comparison(ComparedRuns):
    """Runs compared: their groups, and a table, sentences and a picture of them."""

    def __repr__(self) -> str:
        return f"Comparison({counted(len(self.groups), 'row')} of {counted(self.run_count, 'run')})"

    def _repr_html_(self) -> str:
        """The table and the sentences, in a notebook's cell."""
        from relusgd.comparing.html import comparison_html

        return comparison_html(self, self.sentences)

    def plot(self, out: str | Path | None = None, **look: Any) -> DrawnFile:
        """Draw the learned functions and the errors, as `relusgd compare --out` does.

        Gives the file's path, which shows the picture in a notebook's cell. By default it is in the
        nearest common folder of the runs. look: size, title and theme, as for `Run.plot`. Raises
        InputError for what cannot be drawn so.
        """
        # matplotlib is loaded only when something is drawn.
        from relusgd.comparing.picture import draw
        from relusgd.pictures.kit.look import Look

        return draw(self, out, Look.of(**{"show": None, **look}))

    def over(
        self, over: Literal["epochs", "steps"], band: Sequence[float] = (25, 75)
    ) -> ErrorsOverTime:
        """The errors over the epochs or the steps: median and band of every row.

        band: the lower and the upper quantile, in percent. Raises InputError for another word or
        band.
        """
        return ErrorsOverTime(courses_of(self, over, band))

    def functions(
        self, band: Sequence[float] | None = None, references: str | Iterable[str] = ()
    ) -> FunctionsOfRuns:
        """The functions that runs ended with: mean and band of every row, bias² and variance.

        band: the lower and the upper quantile, in percent; None is the mean ± 2 standard
        deviations. references: what each run is compared with, as for `Run.references`. Raises
        InputError for another band or name, and where no run has a result.
        """
        return FunctionsOfRuns(functions_of(self, band, references))

    def measure(self, *names: str) -> dict[str, NDArray[Any]]:
        """Quantities of the networks that runs ended with: column name → array, a row per group.

        They are those of `relusgd diagnose`, in the units of the data where they have units. label;
        every key that varies; runs; for each quantity its _median, _lowest, _highest, _mean and
        _deviation over the seeds. Raises InputError for a name that no quantity has.
        """
        return measured_columns(measured_groups(self, names))

    @cached_property
    def findings(self) -> list[Finding]:
        """The conclusions, with the numbers that each sentence is about."""
        return find_all(self)

    @property
    def sentences(self) -> list[str]:
        return [finding.text for finding in self.findings]

    @property
    def table(self) -> dict[str, NDArray[Any]]:
        """Column name → array, one entry per group; `pandas.DataFrame(comparison.table)` takes it.

        label; every key that varies; runs, complete, unfinished, diverged, failed; for train_mse
        and test_mse their median, lowest, highest, mean and deviation (of the sample) over the
        seeds; medians of best_test_mse, best_epoch, dead_units, breakpoints and seconds;
        noise_squared (nan where it is not known); best. Errors are in the square of the data's own
        unit.
        """
        return columns(self)


@dataclass(frozen=True, eq=False, repr=False)
class ErrorsOverTime:
    """The errors of a comparison over time: a table, sentences and a picture of them."""

    courses: Courses

    def __repr__(self) -> str:
        rows = counted(len(self.courses.courses), "row")
        return f"ErrorsOverTime({rows} over {self.courses.over})"

    @property
    def sentences(self) -> list[str]:
        return [finding.text for finding in course_findings(self.courses)]

    @property
    def table(self) -> dict[str, NDArray[Any]]:
        """Column name → array, one entry per group and moment, as in `--over … --csv`.

        label; every key that varies; runs and diverged; epoch and step; lower, median, upper and
        mean of each error, in the square of the data's own unit, infinite where runs diverged.
        """
        return course_columns(self.courses)

    def plot(self, out: str | Path | None = None, **look: Any) -> DrawnFile:
        """Draw medians and bands over time, as `relusgd compare --over … --out` does.

        out, look and what is raised: as for `Comparison.plot`.
        """
        from relusgd.comparing.course_picture import draw_over_time
        from relusgd.pictures.kit.look import Look

        return draw_over_time(self.courses, out, Look.of(**{"show": None, **look}))


@dataclass(frozen=True, eq=False, repr=False)
class FunctionsOfRuns:
    """The learned functions of a comparison: a table, sentences and a picture of them."""

    functions: FunctionSpreads

    def __repr__(self) -> str:
        return f"FunctionsOfRuns({counted(len(self.functions.spreads), 'row')})"

    @property
    def sentences(self) -> list[str]:
        return [finding.text for finding in function_findings(self.functions)]

    @property
    def table(self) -> dict[str, NDArray[Any]]:
        """Column name → array, one entry per row and x, as in `--functions --csv`.

        label; every key that varies; functions: learned or a reference; runs; x; mean, deviation,
        median, lower, upper and truth of f(x), in the units of the data.
        """
        return function_columns(self.functions)

    def plot(self, out: str | Path | None = None, **look: Any) -> DrawnFile:
        """Draw means and bands, as `relusgd compare --functions --out` does.

        out, look and what is raised: as for `Comparison.plot`.
        """
        from relusgd.comparing.function_picture import draw_spreads
        from relusgd.pictures.kit.look import Look

        return draw_spreads(self.functions, out, Look.of(**{"show": None, **look}))


@dataclass
class _Subjects:
    """What is to be compared. Each folder counts once; failed: rows of runs that left no folder."""

    runs: dict[Path, Run] = field(default_factory=dict)
    failed: list[Row] = field(default_factory=list)
    damaged: dict[str, str] = field(default_factory=dict)

    def add(self, subject: Subject | Sequence[Subject]) -> None:
        if isinstance(subject, Run):
            self.runs[subject.folder.resolve()] = subject
        elif isinstance(subject, Sweep):
            self._add_sweep(subject.runs, subject.rows)
        elif isinstance(subject, str | Path):
            self._add_folder(Path(subject))
        else:
            for one in subject:
                self.add(one)

    def _add_folder(self, folder: Path) -> None:
        """Add the run in a folder, or else those below it."""
        if not folder.is_dir() or (folder / FACTS).is_file():
            self.add(load_run(folder))
            return
        runs = list(find_runs(folder))
        if not runs:
            raise InputError(
                f"{folder} is neither a run nor a sweep: no run folder is in it",
                WHERE_RUNS_ARE,
            )
        try:
            lines = read_summary(folder)
        except RelusgdError as error:
            self.damaged[str(folder / SUMMARY)] = error.message
            lines = []
        failed = [row_of_line(line) for line in lines if line["status"] == "failed"]
        self._add_sweep(runs, failed)

    def _add_sweep(self, runs: Sequence[Run], rows: Sequence[Row]) -> None:
        """Add runs, and the rows that have no run folder."""
        for run in runs:
            self.add(run)
        names = {run.folder.name for run in runs}
        self.failed += [row for row in rows if row.run not in names]
