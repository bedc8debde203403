"""Where a run folder comes to stand: checked before anything is trained, moved there in one step, the old one never lost."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import re
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from relusgd.errors import InputError
from relusgd.files import NAME_BYTES, PATH_BYTES, hidden_folder_beside, is_alive
from relusgd.runs.facts import FACTS
from relusgd.runs.folder import ARRAYS, CHECKPOINT, CONFIG, DATA, TABLE
from relusgd.runs.lock import LOCK, FolderLock, changed_meanwhile, is_being_written

OWN = frozenset({CONFIG, FACTS, DATA, TABLE, ARRAYS, CHECKPOINT, LOCK})
PICTURES = frozenset({".gif", ".mp4", ".png", ".svg", ".pdf", ".html", ".csv", ".dot"})
_ARRAY = re.compile(r"(epoch|step|elbow|slope|(weight|bias)_\d+)\.npy")
_LEFT = re.compile(r"\..*\.(partial|replaced)-(\d+)(\.\w+)?", re.DOTALL)

STRANGE_SECONDS = 60.0

RENAME_EXCHANGE = 2
"""Of Linux's renameat2: both names change places in one step."""


def check_place(folder: Path) -> None:
    """Raise InputError when no run folder can be at this path, whatever would be in it."""
    path = Path(os.path.abspath(folder))  # noqa: PTH100 — resolve() would follow the links that a person named
    longest = max((len(os.fsencode(part)) for part in path.parts), default=0)
    if "\0" in str(folder) or longest > NAME_BYTES or len(os.fsencode(path)) > PATH_BYTES:
        hint = f"a name has at most {NAME_BYTES} bytes, and a path {PATH_BYTES:,}; choose a shorter one with --out"
        raise InputError(f"{str(folder)[:80]!r}… is no legal name", hint)
    standing = _standing(path)
    if not standing.is_dir():
        raise InputError(
            f"{standing} is not a folder, so nothing can be kept in it",
            "choose another place with --out",
        )
    if standing == path == Path.cwd() and not any(path.iterdir()):
        raise InputError(
            f"{path} is the folder that this command runs in; a run folder is made under a new name",
            "try --out run",
        )


def check_writable(folder: Path) -> None:
    """Raise InputError when nothing can be written at this path, or made there."""
    standing = _standing(folder)
    if not os.access(
        standing, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids
    ):
        raise InputError(
            f"{standing} cannot be written (no permission, or a disk that is read-only)",
            "choose another place with --out",
        )


def room_left(folder: Path) -> tuple[Path, int]:
    """The nearest folder that there is, and how many bytes fit on its disk.

    Raises InputError for one on no disk, such as /proc.
    """
    standing = next(path for path in [folder, *folder.absolute().parents] if path.exists())
    usage = shutil.disk_usage(standing)
    if usage.total == 0:
        raise InputError(
            f"{standing} cannot be written: it is on no disk, but made by the system",
            "choose another place with --out",
        )
    return standing, usage.free


def _standing(folder: Path) -> Path:
    """The path itself if something stands there, or else the nearest folder above it that there is."""
    path = Path(os.path.abspath(folder))  # noqa: PTH100 — resolve() would follow the links that a person named
    return next(place for place in (path, *path.parents) if os.path.lexists(place))


def check_replaceable(folder: Path) -> None:
    """Raise InputError when replacing a run would remove what relusgd did not make, or the folder that we are in."""
    strange = _strangers(folder)
    if strange:
        names = ", ".join(str(path.relative_to(folder)) for path in strange[:3])
        raise InputError(
            f"{folder} also holds {names}, which --overwrite would remove",
            "move it elsewhere first",
        )
    if folder.samefile(Path.cwd()):
        raise InputError(
            f"{folder} is the folder that this command runs in, and cannot be replaced from inside",
            "run it from another folder",
        )


def _strangers(folder: Path) -> list[Path]:
    """What stands in a run folder, or among its arrays, that relusgd did not make."""
    arrays = folder / ARRAYS
    among = arrays.iterdir() if arrays.is_dir() and not arrays.is_symlink() else ()
    strange = [path for path in folder.iterdir() if not _is_own(path)]
    return sorted([*strange, *(path for path in among if not _ARRAY.fullmatch(path.name))])


def check_no_part(path: Path) -> None:
    """Raise InputError for a path at which a file stands of which a run is made; nothing else may be written there."""
    if path.name in OWN and (path.parent / FACTS).is_file():
        raise InputError(
            f"{path} is part of the run in {path.parent}, which would be lost",
            "choose another name",
        )


def _is_own(path: Path) -> bool:
    if path.name in OWN or _LEFT.fullmatch(path.name):
        return True
    return path.suffix.lower() in PICTURES and not path.is_dir()


@contextmanager
def partial_folder(folder: Path) -> Iterator[tuple[Path, FolderLock]]:
    """An empty hidden folder in which to build what is going to stand at `folder`, and its lock, which is held.

    Nothing is left of it when building fails. Raises OSError.
    """
    partial = hidden_folder_beside(folder, "partial")
    shutil.rmtree(partial, ignore_errors=True)
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, partial, ignore_errors=True)
        partial.mkdir()
        lock = FolderLock(partial)
        undo.callback(lock.release)
        yield partial, lock
        undo.pop_all()


def move_into_place(partial: Path, folder: Path, *, replace: bool) -> None:
    """Give a finished folder its name. replace: a run that stands there changes places with it, and is removed then.

    Raises InputError when another process was faster, and OSError; the place is then what it was.
    """
    if replace and folder.exists():
        _replace(partial, folder)
        return
    if folder.is_dir() and os.listdir(folder) == [LOCK]:  # noqa: PTH208
        FolderLock(folder).release()
        (folder / LOCK).unlink(missing_ok=True)
    try:
        partial.rename(folder)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        FolderLock(folder).release()
        raise changed_meanwhile(folder) from None


def _replace(partial: Path, folder: Path) -> None:
    lock = FolderLock(folder)
    try:
        aside = partial if exchange(partial, folder) else _swap_in_two_steps(partial, folder)
    finally:
        lock.release()
    shutil.rmtree(aside, ignore_errors=True)


def _swap_in_two_steps(partial: Path, folder: Path) -> Path:
    """Where two names cannot change places at once; `recover` puts the old run back when we are killed between the steps."""
    aside = hidden_folder_beside(folder, "replaced")
    folder.rename(aside)
    try:
        partial.rename(folder)
    except BaseException:
        aside.rename(folder)
        raise
    return aside


def exchange(one: Path, other: Path) -> bool:
    """Let two paths change places in one step; False where the system cannot. Raises OSError."""
    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is None:
        return False
    here = -100  # AT_FDCWD: paths are relative to the working folder
    if function(here, os.fsencode(one), here, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(other))


def recover(folder: Path) -> None:
    """Put back an old run whose replacement was killed between two steps, and remove half-built folders of dead processes."""
    for left in _left_beside(folder):
        if is_being_written(left):
            continue
        if ".replaced-" in left.name and not os.path.lexists(folder):
            left.rename(folder)
        else:
            shutil.rmtree(left, ignore_errors=True)


def clear_leftovers(folder: Path) -> None:
    """Remove the half-built run folders that dead processes left in a folder of runs.

    Those of other machines, which may share the disk, are let be for a minute at least.
    """
    for path in folder.iterdir():
        match = _LEFT.fullmatch(path.name)
        if match is None or match[1] != "partial" or path.is_symlink() or not path.is_dir():
            continue
        if (
            not _is_alive(int(match[2][:9]))
            and not is_being_written(path)
            and (_is_of_this_machine(path) or _age(path) > STRANGE_SECONDS)
        ):
            shutil.rmtree(path, ignore_errors=True)


def _is_of_this_machine(path: Path) -> bool:
    with suppress(OSError, ValueError, TypeError):
        return bool(json.loads((path / LOCK).read_bytes()[:4096])["host"] == socket.gethostname())
    return False


def _age(path: Path) -> float:
    with suppress(OSError):
        return time.time() - path.stat().st_mtime
    return 0.0


def _left_beside(folder: Path) -> list[Path]:
    """Hidden folders that dead processes of this machine left while they built or replaced `folder`."""
    found = []
    with suppress(OSError):
        for path in sorted(folder.parent.iterdir()):
            match = _LEFT.fullmatch(path.name)
            if (
                match
                and path == hidden_folder_beside(folder, match[1], match[2])
                and not _is_alive(int(match[2][:9]))
            ):
                found.append(path)
    return [path for path in found if path.is_dir() and not path.is_symlink()]


def _is_alive(process: int) -> bool:
    # a name with our own number is from an earlier process that had it; our own folder would be locked
    return process != os.getpid() and is_alive(process)
