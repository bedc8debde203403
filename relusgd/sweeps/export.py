"""Every unit of every snapshot of every run of a sweep, as one long CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from relusgd.errors import RelusgdError
from relusgd.run_files.finding import is_run_folder
from relusgd.runs import export
from relusgd.runs.run import Run
from relusgd.sweeps.rows import Row, varied_keys
from relusgd.sweeps.summary_file import cell_text, csv_line
from relusgd.sweeps.sweep import load_sweep


def sweep_unit_lines(
    folder: Path,
    *,
    original: bool,
    left_out: Callable[[str], object],
) -> Iterator[str]:
    """The heading, then the lines of one run after the other: run, what the sweep varies, and the
    columns of a run's own export.

    One run is open at a time. A run without a readable folder is left out, and left_out is called
    with the reason. Raises InputError when there is no run.
    """
    rows = load_sweep(folder).rows
    keys = varied_keys(rows)
    yield csv_line(["run", *keys, *export.COLUMNS.split(",")])
    for row in rows:
        path = folder / row.run
        if not is_run_folder(path):
            left_out(f"{path} has no run folder ({row.status})")
            continue
        try:
            yield from export.unit_lines(Run(path), original=original, before=_cells(row, keys))
        except RelusgdError as error:
            left_out(error.message)


def _cells(row: Row, keys: list[str]) -> str:
    """The cells before those of a run's own export."""
    settings = [cell_text(row.cell(key)) for key in keys]
    line = csv_line([row.run, *settings])
    return line.removesuffix("\n") + ","
