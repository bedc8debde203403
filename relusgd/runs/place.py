"""Whether relusgd may write at a path, checked before anything is trained or drawn."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from relusgd.advice import advice, flag, option
from relusgd.errors import InputError
from relusgd.files import NAME_BYTES, PATH_BYTES, check_parent
from relusgd.run_files.folder import ARRAYS, CHECKPOINT, CONFIG, DATA
from relusgd.run_files.metrics_table import TABLE
from relusgd.run_files.stated_facts import FACTS
from relusgd.runs.lock import LOCK
from relusgd.runs.partial import is_left_behind

RUN_FILES = frozenset({CONFIG, FACTS, DATA, TABLE, ARRAYS, CHECKPOINT, LOCK})
PAGES = (".html", ".htm")
PICTURES = frozenset({".gif", ".mp4", ".png", ".svg", ".pdf", ".html", ".csv", ".dot"})
_ARRAY = re.compile(r"(epoch|step|elbow|slope|(weight|bias)_\d+)\.npy")

ELSEWHERE = advice("choose another place with {}", option("out"))


def check_folder_place(folder: Path) -> None:
    """Raise InputError when no run folder can be at this path, whatever would be in it."""
    path = Path(os.path.abspath(folder))  # noqa: PTH100 — resolve() would follow links
    name_bytes = [len(os.fsencode(part)) for part in path.parts]
    is_too_long = max(name_bytes, default=0) > NAME_BYTES or len(os.fsencode(path)) > PATH_BYTES
    if "\0" in str(folder) or is_too_long:
        raise InputError(
            f"{str(folder)[:80]!r}… is not a legal name",
            advice(
                f"a name has at most {NAME_BYTES} bytes, and a path {PATH_BYTES:,}; "
                "choose a shorter one with {}",
                option("out"),
            ),
        )
    standing = _nearest_standing(path)
    if not standing.is_dir():
        raise InputError(f"{standing} is not a folder, so nothing can be kept in it", ELSEWHERE)
    if standing == path == Path.cwd() and not any(path.iterdir()):
        raise InputError(
            f"{path} is the folder that relusgd runs in; a run folder is made under a new name",
            advice("try {}", option("out", "run")),
        )


def check_writable(folder: Path) -> None:
    """Raise InputError when nothing can be written at this path, or made there."""
    standing = _nearest_standing(Path(os.path.abspath(folder)))  # noqa: PTH100 — as above
    effective = os.access in os.supports_effective_ids
    if not os.access(standing, os.W_OK | os.X_OK, effective_ids=effective):
        raise InputError(
            f"{standing} cannot be written (no permission, or a disk that is read-only)",
            ELSEWHERE,
        )


def _nearest_standing(path: Path) -> Path:
    """The path itself if it exists, otherwise the nearest folder above it."""
    return next(place for place in (path, *path.parents) if os.path.lexists(place))


def room_left(folder: Path) -> tuple[Path, int]:
    """The nearest folder that exists, and how many bytes fit on its disk.

    Raises InputError for one on no disk, such as /proc.
    """
    candidates = (folder, *folder.absolute().parents)
    standing = next(path for path in candidates if path.exists())
    usage = shutil.disk_usage(standing)
    if usage.total == 0:
        raise InputError(
            f"{standing} cannot be written: it is on no disk, but made by the system",
            ELSEWHERE,
        )
    return standing, usage.free


def check_replaceable(folder: Path) -> None:
    """Raise InputError when a run must not be replaced.

    Either files that relusgd did not make would be lost, or it is the current folder.
    """
    unknown = _unknown_files(folder)
    if unknown:
        names = ", ".join(str(path.relative_to(folder)) for path in unknown[:3])
        raise InputError(
            advice("{} also holds {}, which {} would remove", folder, names, flag("overwrite")),
            "move it elsewhere first",
        )
    if folder.samefile(Path.cwd()):
        raise InputError(
            f"{folder} is the folder that relusgd runs in, and cannot be replaced from inside",
            "run it from another folder",
        )


def _unknown_files(folder: Path) -> list[Path]:
    """What is in a run folder, or among its arrays, that relusgd did not make."""
    unknown = [path for path in folder.iterdir() if not _is_known(path)]
    arrays = folder / ARRAYS
    if arrays.is_dir() and not arrays.is_symlink():
        for path in arrays.iterdir():
            if not _ARRAY.fullmatch(path.name):
                unknown.append(path)
    return sorted(unknown)


def _is_known(path: Path) -> bool:
    if path.name in RUN_FILES or is_left_behind(path):
        return True
    return path.suffix.lower() in PICTURES and not path.is_dir()


def check_file_place(path: Path) -> None:
    """Raise InputError when no picture, page or table may be written at this path."""
    check_parent(path)
    if path.is_dir():
        raise InputError(f"{path} is a folder", "give the name of a file")
    if path.name in RUN_FILES and (path.parent / FACTS).is_file():
        raise InputError(
            f"{path} is part of the run in {path.parent}, which would be lost",
            "choose another name",
        )


def check_page_name(path: Path) -> None:
    """Raise InputError for a name that is not that of a page."""
    if path.suffix.lower() not in PAGES:
        raise InputError(f"a page cannot be written as {path.name!r}", "its name ends in .html")
