"""Whether this process is relusgd's own, and not somebody's Python in which relusgd is a guest.

Its own are the `relusgd` command and the workers that it starts. What only people look at in other
libraries, and what their other functions need, is not made there.
"""

from __future__ import annotations

from relusgd.reference_cycles import search_no_more, search_rarely

_is_own = False


def claim_process() -> None:
    """Say that this process is relusgd's own. Reference cycles are then searched rarely."""
    global _is_own
    _is_own = True
    search_rarely()


def leave_process() -> None:
    """Say that this process has nothing left to do, so that it ends at once."""
    search_no_more()


def is_own_process() -> bool:
    """Whether this process was claimed."""
    return _is_own
