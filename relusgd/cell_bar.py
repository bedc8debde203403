"""A bar for long work in a cell of a notebook, and nothing anywhere else.

It needs no widgets: a kernel can change what it has shown, so the bar is a piece of HTML that is
shown again. In the end one line of text stands in its place, which a notebook may keep.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any, TypeVar
from uuid import uuid4

from relusgd.words import counted, duration

QUICK_SECONDS = 0.5
"""Work that takes less time has no bar."""

SECONDS_BETWEEN = 0.2
"""A bar moves at most so often, because each move is a message to the browser."""

LINE = "font-size:90%;font-variant-numeric:tabular-nums"
FRAME = "width:16em;height:.6em;border:1px solid currentColor;border-radius:.3em;overflow:hidden"
FILLING = "height:100%;background:currentColor;opacity:.7"
"""Styles. The colour is that of the notebook's text, so that light and dark ones show it."""

Observer = TypeVar("Observer")


def notebook_shell() -> Any | None:
    """The shell of the notebook whose cell this process runs; None elsewhere.

    A shell with a kernel has a browser or an editor at its other end; IPython in a terminal has
    none.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell if hasattr(shell, "kernel") else None


class CellBar:
    """How far work is that is counted in things of one kind.

    thing: what they are called, such as "frame". shell: that of the notebook.
    """

    def __init__(self, thing: str, shell: Any) -> None:
        self._thing = thing
        self._shell = shell
        self._name = uuid4().hex
        self._is_shown = False
        self._begun = time.monotonic()
        self._moved = self._begun
        self._first_move: tuple[float, int] | None = None
        self._done = 0
        self._total = 0

    def move(self, done: int, total: int, words: str = "") -> None:
        """Show how many of all are done. words: what else there is to say."""
        now = time.monotonic()
        self._done = done
        self._total = total
        self._first_move = self._first_move or (now, done)
        is_quick = now - self._begun < QUICK_SECONDS
        is_ready = done >= total
        has_just_moved = self._is_shown and now - self._moved < SECONDS_BETWEEN
        if is_quick or is_ready or has_just_moved:
            return
        self._moved = now
        first_moment, first = self._first_move
        parts = [self._count(), words, self._time_left(first_moment, first)]
        given = [part for part in parts if part]
        self._show_bar(done / total, ", ".join(given))

    def end(self) -> None:
        """Leave one line in place of the bar, if there is one."""
        if not self._is_shown:
            return
        seconds = duration(time.monotonic() - self._begun)
        if self._done < self._total:
            line = f"stopped after {self._count()} and {seconds}"
        else:
            line = f"{counted(self._total, self._thing)} in {seconds}"
        self._show(line, f'<div style="{LINE};opacity:.7">{escape(line)}</div>')

    def _count(self) -> str:
        return f"{self._done:,} of {counted(self._total, self._thing)}"

    def _time_left(self, first_moment: float, first: int) -> str:
        """How long the rest takes at the pace since the first move.

        What came before it was preparation, or was done by an earlier call.
        """
        if self._done <= first:
            return ""
        seconds_each = (self._moved - first_moment) / (self._done - first)
        left = self._total - self._done
        return f"{duration(seconds_each * left)} left"

    def _show_bar(self, share: float, words: str) -> None:
        filling = f'<div style="width:{share:.1%};{FILLING}"></div>'
        bar = f'<div style="{FRAME}">{filling}</div>'
        flex = f"display:flex;align-items:center;gap:.8em;{LINE}"
        text = f"<span>{escape(words)}</span>"
        self._show(words, f'<div style="{flex}">{bar}{text}</div>')

    def _show(self, plain: str, html: str) -> None:
        """Show this in the cell, in place of what was shown before."""
        self._shell.display_pub.publish(
            {"text/plain": plain, "text/html": html},
            transient={"display_id": self._name},
            update=self._is_shown,
        )
        self._is_shown = True


@contextmanager
def cell_bar(thing: str) -> Iterator[CellBar | None]:
    """A bar for the work in the block, in a notebook; None elsewhere."""
    shell = notebook_shell()
    if shell is None:
        yield None
        return
    bar = CellBar(thing, shell)
    try:
        yield bar
    finally:
        bar.end()


@contextmanager
def observed(
    observer: Observer | None,
    thing: str,
    *,
    in_cell: Callable[[CellBar], Observer],
    elsewhere: Callable[[], Observer],
) -> Iterator[Observer]:
    """What watches the work in the block: this observer, if there is one.

    Without one, `in_cell` makes one that moves a bar in a notebook's cell, and `elsewhere` one
    that shows nothing.
    """
    if observer is not None:
        yield observer
        return
    with cell_bar(thing) as bar:
        yield elsewhere() if bar is None else in_cell(bar)
