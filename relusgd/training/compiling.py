"""Hearing that machine code is being made, which takes some seconds once after an installation."""

from __future__ import annotations

from collections.abc import Callable

from relusgd.gradients.numba_loading import load_numba


def tell_of_compiling(tell: Callable[[], None]) -> None:
    """Call `tell` once, when Numba begins to compile; code that is kept on disk is only loaded.

    Importing Numba takes a moment, so this is for trainings that need it.
    """
    load_numba()
    from numba.core import event

    class Listener(event.Listener):
        has_told = False

        def on_start(self, _: object) -> None:
            if not self.has_told:
                self.has_told = True
                tell()

        def on_end(self, _: object) -> None: ...

    event.register("numba:compile", Listener())  # type: ignore[no-untyped-call]
