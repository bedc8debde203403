"""Progress of a film on stderr, where that is a terminal; Rich is loaded for that alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from relusgd.cli.terminal import stderr_console


@contextmanager
def frame_progress() -> Iterator[Callable[[int, int], None] | None]:
    """A bar over the frames of a film, encoding included: call it with (frames done, frames in
    all).
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("frames"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=stderr_console(), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
