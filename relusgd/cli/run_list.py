"""The table of `relusgd list`: on a terminal one line per folder of runs, the columns that fit, and
names that can be copied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median_high
from typing import Any

from relusgd.cli.aligned_lines import AlignedLines
from relusgd.cli.endings import OUTCOMES
from relusgd.cli.terminal import break_at_commas, printable, sparkline
from relusgd.words import counted, number

Facts = dict[str, Any]
Line = dict[str, str]
"""Heading → text. A heading that a line leaves out is an empty cell."""

NAME = "run"
NUMBERS = ("epochs", "train MSE", "test MSE")
HEADINGS = (NAME, "status", *NUMBERS, "course")
DROPPED_FIRST = ("train MSE", "course", "epochs")
"""These columns make room for the names on a narrow terminal, in this order."""

NAME_WIDTH = 48
"""Columns leave room for names of up to this many characters; longer names are broken at their
commas.
"""

GAP = 2


def runs_table(runs: Sequence[Facts], folder: Path, width: int | None) -> AlignedLines:
    """The runs below the folder.

    runs: what `summarize` gives. width: of the terminal; None where lines may have any length, and
    every run has one.
    """
    name_width = None
    if width is None:
        lines = [_line(run, folder) for run in runs]
        headings = list(HEADINGS)
        names = [line[NAME] for line in lines]
    else:
        lines = _lines_by_folder(runs, folder)
        headings = _fitting_headings(lines, width)
        name_width = max(width - _total_width(lines, headings[1:]), 1)
        names = [break_at_commas(line[NAME], name_width) for line in lines]
    rows = []
    for name, line in zip(names, lines, strict=True):
        others = [line.get(heading, "") for heading in headings[1:]]
        rows.append([name, *others])
    return AlignedLines(headings, rows, frozenset(NUMBERS), name_width, GAP)


def folders_of_runs(runs: Sequence[Facts], folder: Path) -> dict[Path, list[Facts]]:
    """The folders below this one that hold several runs, each with its runs."""
    by_parent: dict[Path, list[Facts]] = {}
    for run in runs:
        by_parent.setdefault(Path(run["run"]).parent, []).append(run)
    found = {}
    for parent, members in by_parent.items():
        if parent != folder and len(members) > 1:
            found[parent] = members
    return found


def _lines_by_folder(runs: Sequence[Facts], folder: Path) -> list[Line]:
    """The lines, with one for each folder of several runs, where its first run stands."""
    groups = folders_of_runs(runs, folder)
    lines = []
    for run in runs:
        parent = Path(run["run"]).parent
        if parent not in groups:
            lines.append(_line(run, folder))
        elif run is groups[parent][0]:
            lines.append(_group_line(parent, folder, groups[parent]))
    return lines


def _line(run: Facts, folder: Path) -> Line:
    line = {NAME: _name(Path(run["run"]), folder), "status": _status(run)}
    if "error" in run:
        return line
    return line | {
        "epochs": f"{run['epochs']:,}",
        "train MSE": number(run["train_mse"]),
        "test MSE": number(run["test_mse"]),
        "course": sparkline(run["course"], 8),
    }


def _status(run: Facts) -> str:
    """The status; of a complete run that learned nothing, that."""
    if run["status"] == "complete" and run["outcome"] == "nothing" and run["steps"]:
        return OUTCOMES["nothing"]
    return str(run["status"])


def _group_line(parent: Path, folder: Path, runs: Sequence[Facts]) -> Line:
    counts = Counter(_status(run) for run in runs)
    statuses = list(counts)
    if len(counts) > 1:
        statuses = [f"{count:,} {status}" for status, count in counts.items()]
    name = f"{_name(parent, folder)} ({counted(len(runs), 'run')})"
    return {NAME: name, "status": "\n".join(statuses)}


def _name(run: Path, folder: Path) -> str:
    """The path of a run below the folder; the folder's own name for a run that is the folder."""
    if run.is_relative_to(folder):
        run = run.relative_to(folder)
    name = str(run) if run.name else folder.resolve().name
    return printable(name)


def _fitting_headings(lines: Sequence[Line], width: int) -> list[str]:
    """The headings of the columns that leave enough room for most names."""
    headings = list(HEADINGS)
    usual_name = median_high([len(line[NAME]) for line in lines])
    wanted = min(usual_name, NAME_WIDTH)
    for heading in DROPPED_FIRST:
        if wanted + _total_width(lines, headings[1:]) <= width:
            break
        headings.remove(heading)
    return headings


def _total_width(lines: Sequence[Line], headings: Sequence[str]) -> int:
    return sum(_width(lines, heading) + GAP for heading in headings)


def _width(lines: Sequence[Line], heading: str) -> int:
    """The characters that a column takes."""
    texts = [heading]
    for line in lines:
        texts += line.get(heading, "").splitlines()
    return max(map(len, texts))
