"""What tests of whole sweeps share."""

import random
import signal
import socket

from relusgd.sweeps.running import NullSweepObserver


class Watching(NullSweepObserver):
    """Keeps the rows; asks to stop once so many runs have ended."""

    def __init__(self, stop_after=10**9):
        self.rows, self.stop_after = [], stop_after

    def finished(self, rows):
        self.rows += rows

    def signal(self):
        return signal.SIGINT if len(self.rows) >= self.stop_after else None


class Disturbed(Watching):
    """Lets a disturbance happen so many times, spread over the runs that come back.

    The driver waits in `finished` while it happens, so that a sweep cannot be over before, however
    fast the machine is. The workers go on meanwhile.
    """

    def __init__(self, disturb, times, runs):
        super().__init__()
        self.disturb, self.times, self.happened = disturb, times, 0
        self.rows_between = runs // (times + 1)

    def finished(self, rows):
        super().finished(rows)
        while self.happened < min(self.times, len(self.rows) // self.rows_between):
            self.disturb()
            self.happened += 1


def free_port():
    """A port of this machine at which nobody listens, for a server that has to be told one.

    The system gives a port of its own choice from another range, so that no other test gets this
    one between now and the moment when the server takes it.
    """
    chance = random.SystemRandom()
    while True:
        port = chance.randrange(15_000, 30_000)
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
