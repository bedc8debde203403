"""What tests of recorded runs share: what is in a folder, and an observer that stops a run."""

import json
import signal
from pathlib import Path

from relusgd.runs.record import NullObserver

UNEQUAL = {".lock", "summary.csv", "summary.png"}
"""Who wrote, not what; and how many seconds it took."""


def content(folder):
    """Every file below a folder by its path, run.json without its timings."""
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
    return {key: value for key, value in json.loads(data).items() if key != "timings"}


class StopsAfter(NullObserver):
    """Asks to stop, as Ctrl-C does or another signal, after so many blocks."""

    def __init__(self, blocks, number=signal.SIGINT):
        self.left = blocks
        self.number = number

    def block(self, plan, block):
        self.left -= 1

    def signal(self):
        return self.number if self.left <= 0 else None
