"""Finding runs: what stands at a path, and what to say where no run is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from relusgd.advice import advice, option
from relusgd.config import Config
from relusgd.errors import InputError, RelusgdError
from relusgd.run_files.finding import is_run_folder, no_run, path_order
from relusgd.run_files.folder import ARRAYS, CONFIG
from relusgd.run_files.one_run import TRIES, ReplacedError
from relusgd.run_files.stated_facts import FACTS
from relusgd.runs.kept_start import kept_start
from relusgd.runs.lock import LOCK
from relusgd.runs.run import Run
from relusgd.training.start import StartNetwork

T = TypeVar("T")


def load_run(folder: str | Path) -> Run:
    """The run in this folder. Raises InputError when there is none."""
    path = Path(folder)
    if not is_run_folder(path):
        raise no_run(path)
    return Run(path)


def with_one_run(run: Run, use: Callable[[Run], T]) -> T:
    """What `use` gives of a run, or of the one that takes its place meanwhile.

    Raises as `use`.
    """
    for _ in range(TRIES):
        try:
            return use(run)
        except ReplacedError:
            run = Run(run.folder)
    return use(run)


def standing_run(folder: Path) -> Run | None:
    """The run in a folder in which to train; None when there is no folder or an empty one.

    Raises InputError when the path holds something else, which is never touched.
    """
    if not folder.exists() and not folder.is_symlink():
        return None
    kind = "not a folder"
    if folder.is_dir():
        kind = "a folder, but no run"
        names = {path.name for path in folder.iterdir()} - {LOCK}
        if not names:
            return None
        if {CONFIG, FACTS} <= names:
            return Run(folder)
    raise InputError(
        f"{folder} is {kind}; relusgd does not touch it",
        advice("choose another place with {}", option("out")),
    )


def find_runs(folder: Path) -> Iterator[Run]:
    """The runs below a folder, itself included, in the natural order of their names.

    Hidden folders, links to folders and the arrays of runs are left out.
    """
    found = []
    waiting = [folder]  # no recursion: folders may be nested deeper than Python's functions
    while waiting:
        here = waiting.pop()
        names, is_run = _folders_in(here)
        if is_run:
            found.append(here)
            names = [name for name in names if name != ARRAYS]
        waiting += [here / name for name in names]
    for run in sorted(found, key=path_order):
        yield Run(run)


def _folders_in(folder: Path) -> tuple[list[str], bool]:
    """The names of the folders in a folder, and whether it is a run; none where it is unreadable.

    Hidden folders and links are left out.
    """
    names, is_run = [], False
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name == FACTS:
                is_run = True
            elif not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
                names.append(entry.name)
    return names, is_run


def standing_start(folder: Path, config: Config) -> StartNetwork | None:
    """The `kept_start` of the run in a folder; None where there is no run, or it is damaged."""
    if config.network.start is None or not is_run_folder(folder):
        return None
    try:
        return kept_start(Run(folder), config)
    except RelusgdError:
        return None
