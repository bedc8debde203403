"""Writing config.yaml and data.csv of a run again where they are damaged or lost.

Neither changes while a run trains, and run.json has their digests. So what a config describes is
known to be what stood there, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from relusgd.config import config_to_yaml
from relusgd.errors import RelusgdError
from relusgd.files import write_whole
from relusgd.model.points import Dataset
from relusgd.run_files.digests import digest_of, file_digest
from relusgd.run_files.folder import CONFIG, DATA
from relusgd.runs.contents import data_parts
from relusgd.runs.facts import read_facts
from relusgd.runs.lock import FolderLock
from relusgd.runs.run import Run
from relusgd.training import Plan


def restore_files(folder: Path, plan: Plan) -> None:
    """Write the two files again if they are not what run.json says and the plan has what was.

    Raises InputError when another process writes in the folder, and OSError.
    """
    made: dict[str, Iterable[bytes]] = {
        CONFIG: [config_to_yaml(plan.config).encode()],
        DATA: data_parts(plan.dataset),
    }
    for name in damaged_files(folder):
        content = b"".join(made[name])
        if digest_of(content) == _digests(folder)[name]:
            lock = FolderLock(folder)
            try:
                write_whole(folder / name, content)
            finally:
                lock.release()


def damaged_files(folder: Path) -> list[str]:
    """Which of the two files are not what run.json says; none where it does not say so."""
    digests = _digests(folder)
    damaged = []
    for name in (CONFIG, DATA):
        if name in digests and not _is_intact(folder / name, digests[name]):
            damaged.append(name)
    return damaged


def _digests(folder: Path) -> dict[str, str]:
    try:
        return read_facts(folder).sha256 or {}
    except RelusgdError:
        return {}


def _is_intact(path: Path, digest: str) -> bool:
    try:
        return file_digest(path) == digest
    except FileNotFoundError:
        return False
    except (OSError, RelusgdError):
        return True  # nobody knows, and nothing is written over it


def intact_data(run: Run) -> Dataset | None:
    """The points of a run, unless its data.csv is damaged and the config can make them again."""
    if DATA in damaged_files(run.folder):
        return None
    return run.data
