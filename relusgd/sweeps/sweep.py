"""A sweep: the runs of one folder and the table of them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.config.values import freeze
from relusgd.errors import InputError, RelusgdError
from relusgd.runs.contents import history_arrays
from relusgd.runs.find import is_run_folder
from relusgd.runs.run import Run
from relusgd.sweeps.rows import (
    SUMMARY,
    Row,
    failed_row,
    read_summary,
    standing_row,
    table,
    varied_keys,
)
from relusgd.words import shown


class Sweep:
    """The runs of a sweep's folder, as they are now.

    folder: where they are. rows: one dict per run, the source of `summary`; runs that failed and left no folder are among them.
    """

    def __init__(self, folder: str | Path, rows: Sequence[Row]) -> None:
        self.folder, self.rows = Path(folder), list(rows)

    def __repr__(self) -> str:
        return f"Sweep({str(self.folder)!r}, {len(self.rows):,} runs)"

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def summary(self) -> dict[str, NDArray[Any]]:
        """summary.csv: column name → array, one entry per run; `pandas.DataFrame(sweep.summary)` takes it as it is."""
        return table(self.rows)

    @cached_property
    def runs(self) -> list[Run]:
        """The runs that have a folder, in the order of the summary."""
        folders = (self.folder / row["run"] for row in self.rows)
        return [Run(folder) for folder in folders if is_run_folder(folder)]

    @property
    def varied(self) -> tuple[str, ...]:
        """What the sweep varies: dotted keys, `case` where there are cases, and `seed`; columns of the summary."""
        return tuple(varied_keys(self.rows))

    def select(self, settings: Mapping[str, object]) -> Sweep:
        """The runs with these settings, such as {"network.hidden": 40, "case": "all"}, as a sweep.

        The keys are columns of the summary. Raises InputError for a key that is none, and when no run is left.
        """
        unknown = sorted(set(settings) - set(self.summary))
        if unknown:
            raise InputError(
                f"{unknown[0]} is no column of this sweep's summary",
                f"it varies {', '.join(self.varied)}",
            )
        rows = [
            row
            for row in self.rows
            if all(_alike(row.get(key), value) for key, value in settings.items())
        ]
        if not rows:
            raise InputError(
                f"no run of {self.folder} has {', '.join(f'{key} = {shown(value)}' for key, value in settings.items())}"
            )
        return Sweep(self.folder, rows)

    def last(self, name: str) -> NDArray[Any]:
        """An array of every run's last snapshot, stacked: `last("elbow")` has shape (runs, H).

        name: an array in snapshots/ or a column of metrics.csv. Raises InputError when the runs' shapes differ, or a run has
        no such array.
        """
        return self._stacked(name, [_array(run, name)[-1] for run in self.runs])

    def stack(self, name: str) -> NDArray[Any]:
        """An array of every run, stacked: `stack("elbow")` has shape (runs, S, H). Otherwise as `last`."""
        return self._stacked(name, [_array(run, name) for run in self.runs])

    def _stacked(self, name: str, arrays: list[NDArray[Any]]) -> NDArray[Any]:
        if not arrays:
            raise InputError(f"{self.folder} has no runs to stack")
        shapes = {np.shape(array): run for array, run in zip(arrays, self.runs, strict=True)}
        if len(shapes) > 1:
            one, other = list(shapes.items())[:2]
            told = f"{one[0]} in {one[1].folder.name} and {other[0]} in {other[1].folder.name}"
            raise InputError(
                f"{name} has not the same shape in all runs: {told}",
                "choose runs that fit together with sweep.select({…})",
            )
        return np.stack(arrays)


def _alike(found: object, wanted: object) -> bool:
    """Whether a row's value is the wanted one; 40 and [40] are the same width."""
    found, wanted = freeze(found), freeze(wanted)
    return found == wanted or found == (wanted,)


def _array(run: Run, name: str) -> NDArray[Any]:
    arrays = {**run.metrics, **history_arrays(run.history)}
    if name not in arrays:
        raise InputError(
            f"{name} is no array of {run.folder}", f"there are {', '.join(sorted(arrays))}"
        )
    return arrays[name]


def load_sweep(folder: str | Path) -> Sweep:
    """The sweep in this folder: its run folders in the order of summary.csv, those that are not in it by their settings.

    A damaged run has a row that says so. Raises InputError when there is no run in it, RelusgdError for a damaged summary.csv.
    """
    path = Path(folder)
    listed = read_summary(path)
    standing = {run.folder.name: run for run in find_members(path)}
    if not standing and not listed:
        problem = (
            "holds no runs of a sweep"
            if path.is_dir()
            else "does not exist"
            if not path.exists()
            else "is not a folder"
        )
        raise InputError(f"{path} {problem}", "relusgd sweep CONFIG makes one")
    rows = {
        line["run"]: _listed_row(line)
        for line in listed
        if line["status"] in ("failed", "damaged") or line["run"] in standing
    }
    found = {name: standing_row(run) for name, run in standing.items()}
    new = sorted(
        (row for name, row in found.items() if name not in rows),
        key=lambda row: sort_key(row, found.values()),
    )
    rows |= {row["run"]: row for row in new}
    return Sweep(path, fill_in([found.get(name, row) for name, row in rows.items()], standing))


def find_members(folder: Path, without: Iterable[str] = ()) -> list[Run]:
    """The runs that stand in a sweep's folder itself, by name; hidden folders, and those named, are left out."""
    if not folder.is_dir():
        return []
    known = set(without)
    paths = sorted(
        path
        for path in folder.iterdir()
        if not path.name.startswith(".") and path.name not in known
    )
    return [Run(path) for path in paths if is_run_folder(path)]


def _listed_row(line: Mapping[str, str]) -> Row:
    """The row of a run that left no folder, from summary.csv, without results."""
    known = {"run", "status", "error"}
    varied: dict[str, object] = {
        key: number_or_text(value) for key, value in line.items() if value and key not in known
    }
    return failed_row(line["run"], varied, line.get("error") or "unknown")


def number_or_text(text: str) -> object:
    """What a cell of summary.csv says."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def sort_key(row: Row, rows: Any) -> list[tuple[bool, float, str]]:
    """Runs by what is varied, numbers by size."""
    values = [row.get(key) for key in varied_keys(rows)]
    values = [
        value[0] if isinstance(value, tuple) and len(value) == 1 else value for value in values
    ]
    return [
        (True, value, "") if isinstance(value, int | float) else (False, 0.0, str(value))
        for value in values
    ]


def fill_in(rows: list[Row], standing: Mapping[str, Run]) -> list[Row]:
    """The rows with what other runs of the folder vary, from the runs' own configs; they came from other sweeps then."""
    from relusgd.config import flatten

    keys = [key for key in varied_keys(rows) if key not in ("case", "seed")]
    for row in rows:
        missing = [key for key in keys if key not in row]
        if missing and row["run"] in standing:
            try:
                row |= {
                    key: value
                    for key, value in flatten(standing[row["run"]].config).items()
                    if key in missing
                }
            except RelusgdError:
                continue
    return rows


__all__ = ["SUMMARY", "Sweep", "load_sweep"]
