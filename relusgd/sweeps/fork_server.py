"""The process that all workers are forked from, and what is loaded in it before the first of them.

It is Python's own fork server. Where this process is a command of ours that has no other threads,
the server is forked from it, because it has loaded already what a new Python would load again.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from multiprocessing import forkserver, resource_tracker, util
from types import ModuleType
from typing import Any

from relusgd.own_process import is_own_process
from relusgd.training.descent import KernelName

PRELOAD = "relusgd.sweeps.preload"
"""Imported once, in the process that all workers are forked from."""

STANDARD_STREAMS = (0, 1, 2)


def preloaded_modules(kernels: Collection[KernelName]) -> list[str]:
    """The modules that workers need who use these compiled kernels."""
    of_kernels = [f"{PRELOAD}_{kernel}" for kernel in sorted(kernels)]
    return [PRELOAD, *of_kernels]


def start_fork_server(kernels: Collection[KernelName]) -> None:
    """Start the process that workers come from, and the one that clears up after a death, where
    they are not there yet.

    A signal for all processes of a terminal must not reach them: this process tells them when to
    end. kernels: those of the compiled engine that the workers are going to use. Raises OSError
    when no process can be started.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(preloaded_modules(kernels))
    with without_main(), signals_kept_from_children():
        resource_tracker.ensure_running()
        with _forked_from_this_process():
            forkserver.ensure_running()


@contextmanager
def _forked_from_this_process() -> Iterator[None]:
    """Within the block, Python's fork server is forked from this process, where that is safe.

    A fork has no threads but the one that forks, so it would wait for ever for what others held.
    """
    is_safe = sys.platform == "linux" and threading.active_count() == 1
    if not (is_own_process() and is_safe):
        yield
        return
    usual: Callable[..., int] = util.spawnv_passfds
    util.spawnv_passfds = _fork_in_place_of_spawn
    try:
        yield
    finally:
        util.spawnv_passfds = usual


def _fork_in_place_of_spawn(
    path: object,  # noqa: ARG001
    args: Sequence[Any],
    passfds: Sequence[int],
) -> int:
    """Do what `multiprocessing.util.spawnv_passfds` does for the fork server, by a fork.

    args: those of a Python that runs a program, which is the last of them. Returns the process's
    number. Raises OSError.
    """
    program = args[-1]
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with warnings.catch_warnings():
            # The threads that are counted are those of NumPy's matrix products, which survive it.
            warnings.simplefilter("ignore", DeprecationWarning)
            process = os.fork()
        if process == 0:
            _serve(program, passfds, before)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return process


def _serve(program: str, kept: Sequence[int], signals: Collection[int]) -> None:
    """The life of the fork server; it never returns. kept: the files that it needs. signals: those
    that are blocked in it."""
    code = 1
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        signal.set_wakeup_fd(-1)
        signal.pthread_sigmask(signal.SIG_SETMASK, signals)
        _close_all_but(kept)
        _forget_unwritten_text()
        exec(program, {"__name__": "__main__"})
        code = 0
    except SystemExit:
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def _close_all_but(kept: Sequence[int]) -> None:
    """Close the files of the process that this one was forked from, as a new program has none."""
    past = os.sysconf("SC_OPEN_MAX")
    left_open = sorted({*STANDARD_STREAMS, *map(int, kept)})
    for number, following in pairwise([*left_open, past]):
        os.closerange(number + 1, following)


def _forget_unwritten_text() -> None:
    """Leave what the other process has not written yet to that process alone."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = os.fdopen(descriptor, "w", closefd=False)
        setattr(sys, name, stream)


@contextmanager
def signals_kept_from_children() -> Iterator[None]:
    """Block the signals that ask to stop; processes that are started inside inherit that.

    This process gets them when the block has ended.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def without_main() -> Iterator[None]:
    """Hide the caller's script from processes that are started inside the block.

    Otherwise a script that calls `run_sweep` without `if __name__ == "__main__"` would start itself
    again in every worker.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
