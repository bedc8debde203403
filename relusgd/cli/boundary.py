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

from relusgd.cli.wording import for_stderr
from relusgd.errors import InputError, RelusgdError, StoppedError
from relusgd.files import NAME_BYTES, PATH_BYTES

P = ParamSpec("P")
R = TypeVar("R")

REPORT = "This is a fault of relusgd. Please report it with the lines above and the config."


class Terminated(KeyboardInterrupt):
    """SIGTERM, which ends a command as Ctrl-C does: what is half-built is removed on the way out."""


@contextmanager
def terminable() -> Iterator[list[KeyboardInterrupt]]:
    """Let SIGTERM raise Terminated inside, where signals can be heard at all; gives what was raised by it or by Ctrl-C.

    Code in C++ may make an error of its own out of an exception that is raised while it calls Python.
    """
    raised: list[KeyboardInterrupt] = []
    if threading.current_thread() is not threading.main_thread():
        yield raised
        return

    def stop(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001
        raised.append(Terminated() if number == signal.SIGTERM else KeyboardInterrupt())
        raise raised[-1]

    hears_interrupts = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    before = {
        number: signal.signal(number, stop)
        for number in (signal.SIGTERM, *[signal.SIGINT] * hears_interrupts)
    }
    try:
        yield raised
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """A command whose errors end in a sentence on stderr and the documented exit code, never in a traceback of the user's making."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        raised: list[KeyboardInterrupt] = []
        try:
            with terminable() as raised:
                return command(*args, **kwargs)
        except RelusgdError as error:
            fail(error)
        except KeyboardInterrupt as stop:
            end(stop)
        except BrokenPipeError:
            # whoever read our output has gone; say nothing more into the closed pipe
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from None
        except OSError as error:
            fail(system_error(error))
        except MemoryError:
            fail(
                RelusgdError(
                    "this machine's memory is not enough",
                    "try a smaller network, fewer points, or fewer snapshots",
                )
            )
        except typer.Exit:
            raise
        except Exception:
            if raised:
                end(raised[-1])
            traceback.print_exc()
            typer.echo(REPORT, err=True)
            raise typer.Exit(1) from None

    return run


def system_error(error: OSError) -> RelusgdError:
    """What the system refused, in a sentence."""
    words = (
        f"{os.fsdecode(error.filename)}: {error.strerror}"
        if error.filename
        else error.strerror or str(error)
    )
    if error.errno == errno.ENAMETOOLONG:
        return InputError(
            words, f"a name has at most {NAME_BYTES} bytes, and a path {PATH_BYTES:,}"
        )
    return RelusgdError(words)


def end(stop: KeyboardInterrupt) -> NoReturn:
    """Say that the command was stopped, and what the signal's hearer has to say, and end with the exit code of the signal."""
    typer.echo("; ".join(["stopped", *map(str, stop.args)]), err=True)
    raise typer.Exit(143 if isinstance(stop, Terminated) else 130) from None


def fail(error: RelusgdError) -> NoReturn:
    """Say what went wrong and what to try, and end with the error's exit code."""
    prefix = "" if isinstance(error, StoppedError) else "error: "
    typer.echo(for_stderr(printable(f"{prefix}{error.message}")), err=True)
    if error.hint:
        typer.echo(printable(error.hint), err=True)
    raise typer.Exit(error.exit_code)


def printable(text: str) -> str:
    """The text without control characters, which in a hostile file name or title would steer the terminal."""
    return "".join(
        character if character.isprintable() or character == "\n" else "�" for character in text
    )
