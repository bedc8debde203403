"""A sweep: the runs of one folder and the table of them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from relusgd.advice import Advice
from relusgd.config import flatten
from relusgd.config.values import NotPlainError, freeze, plain, single
from relusgd.errors import InputError, RelusgdError
from relusgd.run_files.finding import is_run_folder
from relusgd.runs.run import Run
from relusgd.sweeps.html import sweep_html
from relusgd.sweeps.rows import FIRST, LAST, RESULTS, Row, run_row_or_damage, table, varied_keys
from relusgd.sweeps.summary_file import read_summary
from relusgd.words import counted, natural_order, shown

if TYPE_CHECKING:
    from relusgd.pictures.pages.drawn_file import DrawnFile


class Sweep:
    """The runs of a sweep's folder, as they are now.

    folder: where they are. rows: one for each run, the source of `summary`; they include runs that
    failed and left no folder.
    """

    def __init__(self, folder: str | Path, rows: Sequence[Row]) -> None:
        self.folder = Path(folder)
        self.rows = list(rows)

    def __repr__(self) -> str:
        return f"Sweep({str(self.folder)!r}, {counted(len(self.rows), 'run')})"

    def __len__(self) -> int:
        return len(self.rows)

    def _repr_html_(self) -> str:
        """The summary as a table, in a notebook's cell."""
        return sweep_html(self.rows)

    def plot(self, out: str | Path | None = None) -> DrawnFile:
        """Draw the errors over what varies, by default as summary.png in the sweep's folder.

        Gives the file's path, which shows the picture in a notebook's cell. Raises InputError when
        no run is complete and for a file that cannot be drawn so.
        """
        from relusgd.sweeps.picture import plot_rows  # loads matplotlib

        return plot_rows(self.folder, self.rows, out)

    @cached_property
    def summary(self) -> dict[str, NDArray[Any]]:
        """summary.csv: column name → array, one entry per run; `pandas.DataFrame(sweep.summary)`
        takes it as it is.
        """
        return table(self.rows)

    @cached_property
    def runs(self) -> list[Run]:
        """The runs that have a folder, in the order of the summary."""
        folders = [self.folder / row.run for row in self.rows]
        return [Run(folder) for folder in folders if is_run_folder(folder)]

    @property
    def varied(self) -> tuple[str, ...]:
        """What the sweep varies: dotted keys, `case` where there are cases, and `seed`; columns of
        the summary.
        """
        return tuple(varied_keys(self.rows))

    def select(self, settings: Mapping[str, object]) -> Sweep:
        """The runs with these settings, such as {"network.hidden": 40, "case": "all"}, as a sweep.

        The keys are columns of the summary. {"network.hidden": [10, 20]} takes the runs of width 10
        and those of width 20; if the sweep has networks of two layers [10, 20], then those. Values
        may be NumPy's. Raises InputError for a key that is no column, for a value that no config
        can hold, and when no run is left.
        """
        unknown = sorted(set(settings) - set(self.summary))
        if unknown:
            raise InputError(
                f"{unknown[0]} is not a column of this sweep's summary",
                f"it varies {', '.join(self.varied)}",
            )
        rows = self.rows
        for key, wanted in settings.items():
            rows = _rows_with(rows, key, _plain_setting(key, wanted))
        if not rows:
            wanted = [f"{key} = {shown(value)}" for key, value in settings.items()]
            raise InputError(f"no run of {self.folder} has {', '.join(wanted)}")
        return Sweep(self.folder, rows)

    def last(self, name: str) -> NDArray[Any]:
        """An array of every run's last snapshot, stacked: `last("elbow")` has shape (runs, H).

        name: an array in snapshots/ or a column of metrics.csv. Raises InputError when the runs'
        shapes differ, or a run has no such array.
        """
        return self._stacked(name, lambda array: np.asarray(array[-1]))

    def stack(self, name: str) -> NDArray[Any]:
        """An array of every run, stacked: `stack("elbow")` has shape (runs, S, H). Otherwise as
        `last`.
        """
        return self._stacked(name, lambda array: array)

    def _stacked(self, name: str, part: Callable[[NDArray[Any]], NDArray[Any]]) -> NDArray[Any]:
        """A part of an array of every run, shape (runs, *part.shape)."""
        if not self.runs:
            raise InputError(f"{self.folder} has no runs to stack")
        first = part(self.runs[0].column(name))
        # Filled run by run, so that no more than one of them is held twice.
        stacked = np.empty((len(self.runs), *first.shape), dtype=first.dtype)
        for place, run in enumerate(self.runs):
            array = part(run.column(name))
            if array.shape != first.shape:
                shape = f"{first.shape} in {self.runs[0].folder.name}"
                other = f"{array.shape} in {run.folder.name}"
                raise InputError(
                    f"{name} is not the same shape in all runs: {shape} and {other}",
                    "choose runs that fit together with sweep.select({…})",
                )
            stacked[place] = array
        return stacked


def _plain_setting(key: str, wanted: object) -> object:
    """A wanted value as configs hold it. Raises InputError for what no config can hold."""
    if isinstance(wanted, Set):
        wanted = list(wanted)
    try:
        return freeze(plain(wanted))
    except NotPlainError as error:
        raise InputError(f"{key} {error.text}") from None


def _rows_with(rows: Sequence[Row], key: str, wanted: object) -> list[Row]:
    """The rows with this value; where there is none and it is a list, those with one of its items.

    40 and [40] are the same width.
    """
    matching = _rows_with_one_of(rows, key, [wanted])
    if matching or not isinstance(wanted, tuple):
        return matching
    return _rows_with_one_of(rows, key, wanted)


def _rows_with_one_of(rows: Sequence[Row], key: str, wanted: Sequence[object]) -> list[Row]:
    """The rows that have one of these values, or a list of it alone."""
    lists_of_one = [(value,) for value in wanted]
    accepted = [*wanted, *lists_of_one]
    return [row for row in rows if freeze(row.cell(key)) in accepted]


def load_sweep(folder: str | Path) -> Sweep:
    """The sweep in this folder: its runs in the order of summary.csv, then those that summary.csv
    does not name.

    A damaged run has a row that says so. Raises InputError when there is no run, RelusgdError for a
    damaged summary.csv.
    """
    path = Path(folder)
    lines = read_summary(path)
    members = {run.folder.name: run for run in find_members(path)}
    if not members and not lines:
        makes_one = Advice("relusgd.run_sweep(config) makes one", "relusgd sweep CONFIG makes one")
        raise InputError(f"{path} {_why_no_sweep(path)}", makes_one)
    member_rows = {name: run_row_or_damage(run) for name, run in members.items()}
    rows = []
    for line in lines:
        name = line["run"]
        if name in member_rows:
            rows.append(member_rows.pop(name))
        elif line["status"] in ("failed", "damaged"):
            rows.append(row_of_line(line))
    unlisted = list(member_rows.values())
    keys = varied_keys([*rows, *unlisted])
    unlisted.sort(key=lambda row: sort_key(row, keys))
    return Sweep(path, fill_in([*rows, *unlisted], members))


def _why_no_sweep(path: Path) -> str:
    if path.is_dir():
        return "holds no runs of a sweep"
    return "is not a folder" if path.exists() else "does not exist"


def find_members(folder: Path, without: Iterable[str] = ()) -> list[Run]:
    """The runs directly in a sweep's folder, by name, except hidden folders and those named."""
    if not folder.is_dir():
        return []
    known = set(without)
    names = [path.name for path in folder.iterdir()]
    names.sort(key=natural_order)
    found = []
    for name in names:
        is_left_out = name.startswith(".") or name in known
        if not is_left_out and is_run_folder(folder / name):
            found.append(Run(folder / name))
    return found


def row_of_line(line: Mapping[str, str]) -> Row:
    """The row of a run that left no folder, from its line of summary.csv."""
    known = {*FIRST, *RESULTS, *LAST}
    varied: dict[str, object] = {}
    for key, text in line.items():
        if text and key not in known:
            varied[key] = number_or_text(text)
    error = line.get("error") or "unknown"
    return Row(line["run"], "failed", varied, error=error)


def number_or_text(text: str) -> int | float | str:
    """What a cell of summary.csv says."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def sort_key(row: Row, keys: Sequence[str]) -> list[tuple[bool, float, str]]:
    """Sorts rows by what is varied, numbers by size."""
    parts = []
    for key in keys:
        value = single(row.varied.get(key))
        if isinstance(value, int | float):
            parts.append((True, float(value), ""))
        else:
            parts.append((False, 0.0, str(value)))
    return parts


def fill_in(rows: Sequence[Row], members: Mapping[str, Run]) -> list[Row]:
    """The rows, completed from the runs' own configs with keys that only other runs of the folder
    vary.

    Such runs came from different sweeps. members: the runs that stand in the folder, by name.
    """
    keys = [key for key in varied_keys(rows) if key not in ("case", "seed")]
    return [_with_keys(row, keys, members.get(row.run)) for row in rows]


def _with_keys(row: Row, keys: Iterable[str], run: Run | None) -> Row:
    missing = [key for key in keys if key not in row.varied]
    if run is None or not missing:
        return row
    try:
        values = flatten(run.config)
    except RelusgdError:
        return row
    own = {key: values[key] for key in missing if key in values}
    return replace(row, varied={**row.varied, **own})
