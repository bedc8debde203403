"""A comparison: runs grouped by what differs but their seeds, as a table and in words.

comparison = relusgd.compare("outputs/course")
pandas.DataFrame(comparison.table)
print(*comparison.sentences, sep="\\n")
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.comparing.finding import Finding
from relusgd.comparing.findings import find
from relusgd.comparing.groups import Group, Result, make_groups
from relusgd.comparing.keys import POINTS, Values, varied_keys
from relusgd.comparing.optima import Optimum, find_optima
from relusgd.comparing.rows import table_of
from relusgd.comparing.solvers import Duel, find_duels
from relusgd.errors import InputError, RelusgdError
from relusgd.model.history import ERROR_NAMES
from relusgd.runs.facts import FACTS
from relusgd.runs.find import find_runs, load_run
from relusgd.runs.run import Run
from relusgd.sweeps.rows import Row, varied_of
from relusgd.sweeps.summary_file import SUMMARY, cell_text, read_summary
from relusgd.sweeps.sweep import Sweep, row_of_line
from relusgd.words import counted

Subject = str | Path | Run | Sweep


def compare(*subjects: Subject | Sequence[Subject]) -> Comparison:
    """Compare runs: run folders, folders that hold runs (a sweep), `Run`s, `Sweep`s, or lists of these.

    Raises InputError for a path that is none of them, RelusgdError when no run can be read.
    """
    found = [part for subject in subjects for part in _parts(subject)]
    runs = {part.folder.resolve(): part for part in found if isinstance(part, Run)}
    comparison = Comparison(list(runs.values()), [part for part in found if isinstance(part, Row)])
    comparison.damaged |= {
        str(part.place): part.message for part in found if isinstance(part, Damage)
    }
    return comparison


@dataclass(frozen=True)
class Damage:
    """A file that cannot be read, without which the comparison goes on."""

    place: Path
    message: str


def _parts(subject: Any) -> Iterator[Run | Row | Damage]:
    """The runs of a subject, and the rows of those that failed and left no folder."""
    if isinstance(subject, Run):
        yield subject
    elif isinstance(subject, Sweep):
        standing = {run.folder.name for run in subject.runs}
        yield from subject.runs
        yield from (row for row in subject.rows if row.run not in standing)
    elif isinstance(subject, str | Path):
        yield from _parts_of_folder(Path(subject))
    else:
        for one in subject:
            yield from _parts(one)


def _parts_of_folder(folder: Path) -> Iterator[Run | Row | Damage]:
    """The run in a folder, or else those below it, in a sweep with those that failed."""
    if not folder.is_dir() or (folder / FACTS).is_file():
        yield load_run(folder)
        return
    runs = list(find_runs(folder))
    if not runs:
        raise InputError(
            f"{folder} is neither a run nor a sweep: no run folder is in it",
            "relusgd list shows the runs in outputs",
        )
    standing = {run.folder.name for run in runs}
    yield from runs
    try:
        yield from (
            row_of_line(line)
            for line in read_summary(folder)
            if line["status"] == "failed" and line["run"] not in standing
        )
    except RelusgdError as error:
        yield Damage(folder / SUMMARY, error.message)


class Comparison:
    """What a comparison knows. groups: in the order of what differs; damaged: folder → what is wrong with it.

    failures: name → reason, of runs of a sweep that left no folder, and of whose settings no other run is left either.
    """

    def __init__(self, runs: Sequence[Run], failed: Sequence[Row] = ()) -> None:
        self.damaged: dict[str, str] = {}
        results = [result for run in runs if (result := self._result(run))]
        if not results:
            raise RelusgdError(
                "none of these runs can be read:\n" + "\n".join(list(self.damaged.values())[:5])
            )
        noted = [varied_of(result.run) for result in results]
        cases = [case if isinstance(case := values.get("case"), str) else None for values in noted]
        self.varied: Values = varied_keys([result.run for result in results], cases)
        groups = make_groups(results, self.varied)
        place = {
            id(result): number for number, group in enumerate(groups) for result in group.results
        }
        homes = {
            _settings(values): place[id(result)]
            for values, result in zip(noted, results, strict=True)
        }
        lost = Counter(homes.get(_settings(row.varied)) for row in failed)
        self.failures = {row.run: row.error for row in failed if _settings(row.varied) not in homes}
        self.groups: list[Group] = [
            replace(group, lost=lost[number]) for number, group in enumerate(groups)
        ]

    def _result(self, run: Run) -> Result | None:
        try:
            return Result.of(run)
        except RelusgdError as error:
            self.damaged[str(run.folder)] = error.message
            return None

    def __repr__(self) -> str:
        return f"Comparison({len(self.groups):,} rows of {counted(sum(group.runs for group in self.groups), 'run')})"

    def plot(self, out: str | Path, **look: Any) -> Path:
        """Draw the learned functions and the errors, as `relusgd compare --out` does, and give the file's path.

        look: size, title and theme. Raises InputError for what cannot be drawn so.
        """
        from relusgd.comparing.picture import draw
        from relusgd.pictures.look import Look

        return draw(self, out, Look(**{"show": frozenset(), **look}))

    @cached_property
    def error(self) -> str:
        """The error by which rows are ranked: test_mse, or train_mse where a row has no test points."""
        measured = [group.spreads["test_mse"].median for group in self.groups if group.counted]
        return "test_mse" if all(map(np.isfinite, measured)) else "train_mse"

    @property
    def error_words(self) -> str:
        return self.error.removesuffix("_mse")

    @property
    def error_name(self) -> str:
        """That error in words, as pictures have it."""
        return ERROR_NAMES[self.error_words]

    @property
    def comparable(self) -> bool:
        """Whether the errors measure distance from the same function or the same measurements."""
        return not any(key in self.varied for key in (*POINTS, "data.domain"))

    @cached_property
    def ranked(self) -> list[Group]:
        """The groups with numbers, from the lowest median error."""
        measured = [group for group in self.groups if np.isfinite(group.spreads[self.error].median)]
        return sorted(measured, key=lambda group: group.spreads[self.error].median)

    @property
    def best(self) -> Group | None:
        """The group with the lowest median error; None for a single one, for equal ones, or when errors do not compare."""
        ranked, error = self.ranked, self.error
        if not self.comparable or len(self.groups) < 2 or not ranked:
            return None
        tied = (
            len(ranked) > 1 and ranked[0].spreads[error].median == ranked[1].spreads[error].median
        )
        return None if tied else ranked[0]

    @property
    def noise_squared(self) -> float:
        """noise², where it is the same in all groups; else nan."""
        levels = {group.noise_squared for group in self.groups}
        return levels.pop() if len(levels) == 1 else float("nan")

    @cached_property
    def duels(self) -> list[Duel]:
        """Ridge against SGD on the output layer, where both began with the same network."""
        return find_duels(self.groups, self.error)

    @cached_property
    def optima(self) -> list[Optimum]:
        """The best penalty, learning rate and the like, where enough values were tried."""
        return find_optima(self.groups, self.error) if self.comparable else []

    @cached_property
    def findings(self) -> list[Finding]:
        """What there is to say, with the numbers that each sentence is about."""
        return find(self)

    @property
    def sentences(self) -> list[str]:
        return [finding.text for finding in self.findings]

    @property
    def table(self) -> dict[str, NDArray[Any]]:
        """Column name → array, one entry per group; `pandas.DataFrame(comparison.table)` takes it as it is.

        label; every key that varies; runs, complete, unfinished, diverged, failed; for train_mse and test_mse their median, lowest,
        highest, mean and deviation (of the sample) over the seeds; medians of best_test_mse, best_epoch, dead_units, breakpoints
        and seconds; noise_squared (nan where it is not known); best. Errors are in the square of the data's own unit.
        """
        return table_of(self.groups, self.varied, self.best)


def _settings(varied: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What a sweep set for a run beside its seed, in the words of summary.csv."""
    texts = {key: cell_text(value) for key, value in varied.items() if key != "seed"}
    return tuple(sorted((key, text) for key, text in texts.items() if text))
