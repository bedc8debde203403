"""A disk that remembers what it was asked to keep, and the disks that a power cut may leave.

POSIX promises the bytes of a file after its fsync, and the names in a folder after the folder's.
Until then each may be as it was. Files are known by their inodes, so renaming keeps their bytes.
"""

import itertools
import os
import random
import threading
from contextlib import contextmanager
from pathlib import Path

CALLS = ["write", "pwrite", "ftruncate", "fsync", "rename", "replace", "unlink", "rmdir", "mkdir"]


class RecordedDisk:
    """What of a folder's tree the disk has for certain, and what it may have besides.

    cut: called after every call of the system, when a power cut would matter.
    """

    def __init__(self, root):
        self.root = root
        self.cut = lambda: None
        self.faults = []
        self._numbers = {}
        self._one_at_a_time = threading.RLock()
        self._fresh = itertools.count()
        self.synced, self.names, self.changes, self.last = {}, {}, {}, {}
        self.refresh()
        self.sync_all()

    # What there is

    def number(self, status):
        """A number for a file that no later file gets, as inodes do."""
        if status.st_ino not in self._numbers:
            self._numbers[status.st_ino] = next(self._fresh)
        return self._numbers[status.st_ino]

    def refresh(self):
        """Look at the tree; what is new in a folder is a change that the disk may not have."""
        for folder, folders, files in os.walk(self.root):
            here = self.number(Path(folder).stat())
            now = {}
            for name in [*folders, *files]:
                path = Path(folder) / name
                now[name] = self.number(path.lstat())
                if name in files:
                    self.last[now[name]] = path.read_bytes()
            before = self.state_of(here)
            change = {
                name: now.get(name) for name in {*now, *before} if now.get(name) != before.get(name)
            }
            if change:
                self.changes.setdefault(here, []).append(change)

    def state_of(self, folder, skip=lambda index: False):
        """The names in a folder, with all its changes but those that are skipped."""
        names = dict(self.names.get(folder, {}))
        for index, change in enumerate(self.changes.get(folder, [])):
            if not skip(index):
                names.update(change)
        return {name: number for name, number in names.items() if number is not None}

    def sync_number(self, number):
        if number in self.last:
            self.synced[number] = self.last[number]
        else:
            self.names[number] = self.state_of(number)
            self.changes.pop(number, None)

    def sync_all(self):
        for number in [*self.last, *self.changes]:
            self.sync_number(number)

    # What the disk may have after a power cut

    def image(self, chance=None, names="old", files="old"):
        """Path → bytes of one disk that a power cut may leave; folders have None.

        names, files: "old" what was synced, "new" all that was done, "any" each by chance; of files
        also "zero": as long as the new one, with zeros where nothing was synced.
        """
        found = {}
        self._put(self.number(self.root.stat()), Path(), found, chance, names, files)
        return found

    def _put(self, folder, place, found, chance, names, files):
        skip = {
            "old": lambda _: True,
            "new": lambda _: False,
            "any": lambda _: chance.random() < 0.5,
        }[names]
        for name, number in self.state_of(folder, skip).items():
            path = place / name
            if number in self.last:
                kind = chance.choice(["old", "new", "zero"]) if files == "any" else files
                found[path] = self._bytes(number, kind)
            else:
                found[path] = None
                self._put(number, path, found, chance, names, files)

    def _bytes(self, number, kind):
        old, new = self.synced.get(number, b""), self.last[number]
        if kind == "zero":
            return old[: len(new)] + bytes(max(0, len(new) - len(old)))
        return old if kind == "old" else new

    # What is done

    @contextmanager
    def recording(self, monkeypatch):
        """Record every call of the system that changes the disk or waits for it."""
        with monkeypatch.context() as patch:
            for name in CALLS:
                patch.setattr(os, name, self._around(name, getattr(os, name)))
            from relusgd.runs import batch, partial

            patch.setattr(partial, "exchange", self._around("exchange", partial.exchange))
            patch.setattr(batch, "sync_file_system", self._around("syncfs", lambda *_: None))
            yield self

    def _around(self, name, call):
        def wrapped(*arguments, **options):
            with self._one_at_a_time:
                return recorded(*arguments, **options)

        def recorded(*arguments, **options):
            if name in ("rename", "replace", "exchange"):
                self.refresh()
                self._check_renamed(Path(arguments[0]), Path(arguments[1]))
            if name in ("unlink", "rmdir"):
                self.refresh()
            result = None if name == "fsync" else call(*arguments, **options)
            self.refresh()
            if name == "fsync":
                self.sync_number(self.number(os.fstat(arguments[0])))
            elif name == "syncfs":
                self.sync_all()
            if name in ("unlink", "rmdir", "rename", "replace"):
                self._forget_gone()
            self.cut()
            return result

        return wrapped

    def _forget_gone(self):
        """Inodes that nothing has any more may be given to other files, or to folders.

        A file that another takes the place of is gone like one that is removed.
        """
        there = {path.lstat().st_ino for path in [self.root, *self.root.rglob("*")]}
        self._numbers = {ino: number for ino, number in self._numbers.items() if ino in there}

    def _check_renamed(self, path, new_path):
        """What gets a name by which it is known must be synced, with all below it."""
        if not path.is_relative_to(self.root) or new_path.name.startswith("."):
            return
        for below in [path, *path.rglob("*")]:
            if below.name != ".lock" and not self.is_synced(below):
                self.faults.append(f"{below} was not synced before it became {new_path}")

    def is_synced(self, path):
        number = self.number(path.lstat())
        if path.is_dir():
            return not self.changes.get(number)
        return self.synced.get(number) == path.read_bytes()

    def unsynced(self):
        """Everything visible that the disk may not have, of a command that has ended."""
        self.refresh()
        paths = [self.root, *self.root.rglob("*")]
        return [path for path in paths if path.name != ".lock" and not self.is_synced(path)]


class PowerCuts:
    """Collects the different disks that power cuts at any call would leave.

    samples: how many by chance at every call, besides those where all is old, new or zero.
    """

    def __init__(self, disk, samples):
        self.disk = disk
        self.images = {}
        self._samples = samples
        self._chance = random.Random(0)

    def __call__(self, *, ended=False):
        kinds = [
            *itertools.product(["old", "new"], ["old", "new", "zero"]),
            *[("any", "any")] * self._samples,
        ]
        for names, files in kinds:
            image = self.disk.image(self._chance, names, files)
            key = tuple(sorted(image.items()))
            self.images[key] = self.images.get(key, False) or ended


def materialize(image, root):
    """Write a disk's tree. image: pairs of path and bytes, or None for a folder, sorted by path."""
    root.mkdir(parents=True)
    for path, content in image:
        if content is None:
            (root / path).mkdir()
        else:
            (root / path).write_bytes(content)
