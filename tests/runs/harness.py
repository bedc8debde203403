"""What tests of recorded runs share: what is in a folder, and an observer that stops a run."""

import json
import signal

from relusgd.runs.record import NullObserver

UNEQUAL = {".lock", "summary.csv", "summary.png"}
"""Who wrote, not what; and how many seconds it took."""


def content(folder):
    """Every file below a folder by its path, run.json without its timings."""
    files = {
        str(path.relative_to(folder)): path
        for path in folder.rglob("*")
        if path.is_file() and path.name not in UNEQUAL
    }
    return {
        name: _facts(path) if path.name == "run.json" else path.read_bytes()
        for name, path in files.items()
    }


def _facts(path):
    return {key: value for key, value in json.loads(path.read_bytes()).items() if key != "timings"}


class StopsAfter(NullObserver):
    """Asks to stop, as Ctrl-C does, after so many blocks."""

    def __init__(self, blocks):
        self.left = blocks

    def block(self, plan, block):
        self.left -= 1

    def signal(self):
        return signal.SIGINT if self.left <= 0 else None
