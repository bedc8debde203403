"""The table of `relusgd list`: on a terminal a line per folder of runs, in the columns that fit, with names that can be copied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median_high
from typing import Any

from rich.table import Table
from rich.text import Text

from relusgd.cli.boundary import printable
from relusgd.cli.wording import at_commas, sparkline
from relusgd.words import counted, number

Facts = dict[str, Any]
Line = dict[str, str]

NAME = "run"
COLUMNS = ("status", "epochs", "train MSE", "test MSE", "course")
LEAVING = ("train MSE", "course", "epochs")
"""What makes room for the names on a narrow terminal, in this order."""

NAME_WIDTH = 48
"""Characters of a name that columns leave for, if half of the names are as long; what is longer is broken at its commas."""

GAP = 2


def runs_table(rows: Sequence[Facts], folder: Path, width: int | None) -> Table:
    """The runs below the folder.

    rows: what `summarize` gives. width: the terminal's; None where lines may be of any length: then every run has one.
    """
    lines = [*_lines(rows, folder)] if width is None else [*_gathered(rows, folder)]
    shown = [NAME, *COLUMNS] if width is None else _fitting(lines, width)
    room = (
        _widest(lines, NAME)
        if width is None
        else width - sum(_widest(lines, heading) + GAP for heading in shown[1:])
    )
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for heading in shown:
        is_number = heading in ("epochs", "train MSE", "test MSE")
        table.add_column(
            heading,
            justify="right" if is_number else "left",
            no_wrap=heading != NAME,
            overflow="fold",
        )
    for line in lines:
        table.add_row(
            Text(at_commas(line[NAME], max(room, 1))),
            *(Text(line.get(heading, "")) for heading in shown[1:]),
        )
    return table


def folders_of_runs(rows: Sequence[Facts], folder: Path) -> dict[Path, list[Facts]]:
    """The folders below this one that hold several runs, and have one line for all of them."""
    members: dict[Path, list[Facts]] = {}
    for row in rows:
        members.setdefault(Path(row["run"]).parent, []).append(row)
    return {parent: runs for parent, runs in members.items() if parent != folder and len(runs) > 1}


def _lines(rows: Sequence[Facts], folder: Path) -> Iterator[Line]:
    for row in rows:
        line = {NAME: _name(Path(row["run"]), folder), "status": row["status"]}
        if row["status"] != "damaged":
            line |= {"epochs": f"{row['epochs']:,}", "course": sparkline(row["course"], 8)}
            line |= {"train MSE": number(row["train_mse"]), "test MSE": number(row["test_mse"])}
        yield line


def _gathered(rows: Sequence[Facts], folder: Path) -> Iterator[Line]:
    """The lines, those of a folder of several runs in one, where its first one stands."""
    many = folders_of_runs(rows, folder)
    for row in rows:
        parent = Path(row["run"]).parent
        if parent not in many:
            yield from _lines([row], folder)
        elif row is many[parent][0]:
            yield _gathered_line(parent, folder, many[parent])


def _gathered_line(parent: Path, folder: Path, rows: Sequence[Facts]) -> Line:
    states = Counter(row["status"] for row in rows)
    told = (
        "\n".join(f"{count:,} {state}" for state, count in states.items())
        if len(states) > 1
        else next(iter(states))
    )
    return {NAME: f"{_name(parent, folder)} ({counted(len(rows), 'run')})", "status": told}


def _name(run: Path, folder: Path) -> str:
    below = run.relative_to(folder) if run.is_relative_to(folder) else run
    return printable(str(below) if below.name else run.resolve().name)


def _fitting(lines: Sequence[Line], width: int) -> list[str]:
    """The headings of the columns that leave enough room for the names."""
    shown, wanted = (
        [NAME, *COLUMNS],
        min(median_high(len(line[NAME]) for line in lines), NAME_WIDTH),
    )
    for heading in LEAVING:
        if wanted + sum(_widest(lines, other) + GAP for other in shown[1:]) <= width:
            break
        shown.remove(heading)
    return shown


def _widest(lines: Sequence[Line], heading: str) -> int:
    return max(
        len(part)
        for text in (heading, *(line.get(heading, "") for line in lines))
        for part in text.splitlines() or [""]
    )
