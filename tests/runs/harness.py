"""What tests of recorded runs share: what is in a folder, few descriptors, and an observer that
stops a run.
"""

import json
import os
import resource
import signal
from contextlib import contextmanager
from pathlib import Path

from relusgd.runs.record import NullObserver

UNEQUAL = {".lock", "summary.csv", "summary.png"}
"""Who wrote, not what; and how many seconds it took."""


UNEQUAL_FACTS = ("timings", "advice", "tried")


def content(folder):
    """Every file below a folder by its path, run.json without its timings and its advice."""
    files = {
        name: data for name, data in every_byte(folder).items() if Path(name).name not in UNEQUAL
    }
    return {
        name: _facts(data) if Path(name).name == "run.json" else data
        for name, data in files.items()
    }


def every_byte(folder):
    """Every file below a folder by its path, as it is."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _facts(data):
    # Advice is tried where a person waits, and for a limited time.
    return {key: value for key, value in json.loads(data).items() if key not in UNEQUAL_FACTS}


@contextmanager
def few_descriptors(count):
    """This process may open no more than so many files at once."""
    # The system gives the lowest free numbers, between which others may be taken.
    free = [os.open(os.devnull, os.O_RDONLY) for _ in range(count + 1)]
    for descriptor in free:
        os.close(descriptor)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free[count], before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


class StopsAfter(NullObserver):
    """Asks to stop, as Ctrl-C does or another signal, after so many blocks."""

    def __init__(self, blocks, number=signal.SIGINT):
        self.left = blocks
        self.number = number

    def block(self, plan, block):
        self.left -= 1

    def signal(self):
        return self.number if self.left <= 0 else None
