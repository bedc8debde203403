"""The errors that relusgd raises: a sentence for a person and, if there is one, a hint to try.

The library raises them and never prints or exits; the command line turns each into words on stderr
and its exit code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from relusgd.advice import join

TOO_LITTLE_MEMORY = "this machine's memory is not enough"


class RelusgdError(Exception):
    """The work failed (exit code 1), or one of the more special cases below.

    message: what happened, with what was given and what was expected. hint: what to try next, if
    anything. Both are in the words of Python; what a shell says otherwise is an `Advice`, which
    knows the words of both.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class InputError(RelusgdError):
    """The command, the config or the input is wrong, or the folder is in use (exit code 2).

    Nothing was started.
    """

    exit_code = 2


class ConfigError(InputError):
    """Every fault found in a config or its data; faults: one sentence each, with its place."""

    def __init__(self, faults: Sequence[str], hint: str | None = None) -> None:
        super().__init__(join("\n", faults), hint)
        self.faults = tuple(faults)


class DivergedError(RelusgdError):
    """Training left the finite numbers, or ended far worse than it began (exit code 3).

    Everything finite was kept. advice: dotted key → new value, what to change in the config.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        hint: str | None = None,
        advice: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, hint)
        self.advice = dict(advice or {})


class StoppedError(RelusgdError):
    """A signal asked to stop (exit code 128 + signal).

    The block was finished and everything is on disk.
    """

    def __init__(self, message: str, hint: str | None = None, *, signal: int) -> None:
        super().__init__(message, hint)
        self.exit_code = 128 + signal
