"""Waiting for what other processes do, without a guess at how long they take."""

import signal
import time
from functools import partial

PATIENCE = 300
"""Seconds after which a test gives up on another process. Only a test that fails waits so long."""


def wait_until(condition, process=None):
    """What the condition gives as soon as it holds; it is asked again and again.

    Fails after PATIENCE, and at once when this process has ended, which is to make it true.
    """
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert process is None or process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "it is still not so"
        time.sleep(0.005)
    return value


def hears(number):
    """What a process does before it begins, so that it hears of this signal.

    A test that was begun with nohup, or in the background of a shell, would hand on that the signal
    is ignored.
    """
    return partial(signal.signal, number, signal.SIG_DFL)
