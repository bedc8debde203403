"""Run folders of short runs, which are made durable many at a time.

Waiting for the disk takes longer than training a small run. So the folders of a batch are built
under hidden names beside their places, the disk is waited for once, and only then does each folder
move to its place. A reader never sees a run that a power cut could still damage, and a kill costs
what was trained in the last second.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from relusgd.durable import sync_file_system, sync_folder
from relusgd.errors import InputError
from relusgd.runs.contents import RunContents, write_contents
from relusgd.runs.lock import FolderLock
from relusgd.runs.partial import move_into_place, partial_folder

BATCH_SECONDS = 1.0
BATCH_RUNS = 200
"""Each run of a batch keeps a lock file open until the disk has them all."""


class Batch:
    """Run folders that move to their places in `folder` together.

    A context manager; `close` leaves nothing half-built behind.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._waiting: dict[str, tuple[Path, FolderLock]] = {}
        self._since = 0.0

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folders that have not moved to their places."""
        for partial, lock in self._waiting.values():
            lock.release()
            shutil.rmtree(partial, ignore_errors=True)
        self._waiting.clear()

    @property
    def is_due(self) -> bool:
        """Whether it is time for `commit`."""
        if not self._waiting:
            return False
        waited = time.monotonic() - self._since
        return waited > BATCH_SECONDS or len(self._waiting) >= BATCH_RUNS

    def add(self, name: str, contents: RunContents) -> None:
        """Write a run whose place is `name`. Raises OSError; nothing of the run is left then."""
        with partial_folder(self.folder / name) as (partial, lock):
            write_contents(partial, contents)
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting[name] = partial, lock

    def commit(self) -> dict[str, InputError]:
        """Wait for the disk and move the runs to their places.

        Returns the errors of those whose place was taken meanwhile. Raises OSError when the disk
        fails; no run has moved then.
        """
        if not self._waiting:
            return {}
        folders = [partial for partial, _ in self._waiting.values()]
        sync_file_system(self.folder, folders)
        refused = {}
        for name, (partial, lock) in list(self._waiting.items()):
            try:
                move_into_place(partial, self.folder / name, replace=False)
                lock.release()
                del self._waiting[name]
            except InputError as error:
                refused[name] = error
        sync_folder(self.folder)
        self.close()
        return refused
