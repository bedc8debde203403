"""The one place that turns errors into words and exit codes."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FrameType
from typing import NoReturn, ParamSpec, TypeVar

import typer

from relusgd.advice import in_shell
from relusgd.cli.terminal import printable, wrapped_for_stderr
from relusgd.errors import TOO_LITTLE_MEMORY, InputError, RelusgdError, StoppedError
from relusgd.files import NAME_BYTES, PATH_BYTES

P = ParamSpec("P")
R = TypeVar("R")

REPORT = "This is a fault of relusgd. Please report it with the lines above and the config."


STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals that end a command in good order: Ctrl-C, `kill`, and a terminal that is closed."""


class StopSignal(KeyboardInterrupt):
    """One of these signals, which ends a command as Ctrl-C does: what is half-built is removed.

    notes: what to say besides.
    """

    def __init__(self, number: int, *notes: str) -> None:
        super().__init__(*notes)
        self.number = number


def heard_signals() -> list[signal.Signals]:
    """The stopping signals, without those that were ignored when relusgd began, as `nohup` does."""
    return [number for number in STOPPING if signal.getsignal(number) is not signal.SIG_IGN]


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Make a command end its errors with a sentence on stderr and the documented exit code.

    A traceback is printed only for a fault of relusgd itself.
    """

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        interrupts: list[KeyboardInterrupt] = []
        try:
            with raising_on_signals() as interrupts:
                return command(*args, **kwargs)
        except RelusgdError as error:
            exit_with(error)
        except KeyboardInterrupt as stop:
            exit_stopped(stop)
        except BrokenPipeError:
            # Whoever read our output has closed the pipe.
            drop_what_cannot_be_written()
            raise typer.Exit(1) from None
        except OSError as error:
            drop_what_cannot_be_written()
            exit_with(system_error(error))
        except MemoryError:
            exit_with(not_enough_memory())
        except typer.Exit:
            raise
        except Exception:
            if interrupts:
                exit_stopped(interrupts[-1])
            traceback.print_exc()
            typer.echo(REPORT, err=True)
            raise typer.Exit(1) from None

    return run


def drop_what_cannot_be_written() -> None:
    """Where stdout takes no more, drop what it still holds: Python's last flush must not fail too,
    which would change the exit code.
    """
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())


@contextmanager
def raising_on_signals() -> Iterator[list[KeyboardInterrupt]]:
    """Let the stopping signals raise StopSignal, and collect what they raise.

    The list is needed because C++ code that calls Python may turn such an exception into another
    error. It stays empty outside of the main thread, which alone receives signals.
    """
    interrupts: list[KeyboardInterrupt] = []
    if threading.current_thread() is not threading.main_thread():
        yield interrupts
        return

    def stop(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001
        error = StopSignal(number)
        interrupts.append(error)
        raise error

    before = {number: signal.signal(number, stop) for number in heard_signals()}
    try:
        yield interrupts
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def system_error(error: OSError) -> RelusgdError:
    """What the system refused, in a sentence."""
    reason = error.strerror or str(error)
    if error.filename:
        reason = f"{os.fsdecode(error.filename)}: {reason}"
    if error.errno == errno.ENAMETOOLONG:
        limits = f"a name has at most {NAME_BYTES} bytes, and a path {PATH_BYTES:,}"
        return InputError(reason, limits)
    return RelusgdError(reason)


def not_enough_memory() -> RelusgdError:
    return RelusgdError(
        TOO_LITTLE_MEMORY,
        "try a smaller network, fewer points, or fewer snapshots",
    )


def exit_stopped(stop: KeyboardInterrupt) -> NoReturn:
    """Print "stopped" and the handler's note, if any, and exit with the signal's code."""
    notes = [str(note) for note in stop.args]
    sentence = "; ".join(["stopped", *notes])
    typer.echo(sentence, err=True)
    number = stop.number if isinstance(stop, StopSignal) else signal.SIGINT
    raise typer.Exit(128 + number) from None


def exit_with(error: RelusgdError) -> NoReturn:
    """Print what went wrong and what to try, and exit with the error's code."""
    prefix = "" if isinstance(error, StoppedError) else "error: "
    message = f"{prefix}{in_shell(error.message)}"
    typer.echo(wrapped_for_stderr(printable(message)), err=True)
    if error.hint:
        typer.echo(printable(in_shell(error.hint)), err=True)
    raise typer.Exit(error.exit_code)
