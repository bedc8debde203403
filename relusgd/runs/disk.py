"""The disk that a run is written to: whether it has room, and its faults in words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from relusgd.advice import Advice, advice, setting
from relusgd.ceil_div import ceil_div
from relusgd.errors import InputError, RelusgdError
from relusgd.run_files.finding import holds_runs
from relusgd.runs.lock import check_free
from relusgd.runs.partial import is_left_behind
from relusgd.runs.place import check_writable, room_left
from relusgd.training import Plan
from relusgd.words import byte_size, counted


def check_disk(plan: Plan, folder: Path, recorded: int = 0) -> None:
    """Raise InputError when a run cannot be written, or written to its end, in this folder."""
    check_free(folder)
    check_writable(folder)
    check_room(plan, folder, recorded)


def check_room(plan: Plan, folder: Path, recorded: int = 0) -> None:
    """Raise InputError when the snapshots do not fit on the disk.

    recorded: how many are there already. The error tells the sizes and what to change.
    """
    standing, free = room_left(folder)
    snapshots = plan.recording.count() - recorded
    needed = snapshots * plan.snapshot_bytes
    if needed <= free:
        return
    what = counted(snapshots, "snapshot")
    if recorded:
        what += " more"
        hint = Advice(
            "make room on the disk; then the same call goes on",
            "make room on the disk; then the same command goes on",
        )
    else:
        # The multiple of the present spacing at which half of the disk is enough.
        times_too_many = ceil_div(2 * needed, max(free, 1))
        every = min(times_too_many * (plan.recording.every or 1), max(plan.epochs, 1))
        hint = advice("record less often, for example {}", setting("snapshots.every", every))
    raise InputError(
        f"{what} of {byte_size(plan.snapshot_bytes)} need {byte_size(needed)} "
        f"and {standing} has {byte_size(free)} left",
        hint,
    )


@contextmanager
def disk_faults(folder: Path) -> Iterator[None]:
    """Turn an OSError into a RelusgdError with the path that it is about, by default `folder`."""
    try:
        yield
    except OSError as error:
        kept = "; what was recorded before is kept" if holds_runs(folder) else ""
        place = _visible_place(error, folder)
        raise RelusgdError(f"{place}: {error.strerror or error}{kept}") from error


def _visible_place(error: OSError, folder: Path) -> Path:
    """The path that an error is about, by a name that people know."""
    if not isinstance(error.filename, str | bytes | os.PathLike):
        return folder
    place = Path(os.fsdecode(error.filename))
    hidden = [parent for parent in (place, *place.parents) if is_left_behind(parent)]
    return folder if hidden else place
