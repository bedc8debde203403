"""How something comes in a film: gently at both ends."""

from __future__ import annotations

from relusgd.model.network import Range


def grown(share: float, interval: Range) -> float:
    """How much of something has come, from 0 to 1. share: of the film; interval: while it comes.

    The cubic 3 t² − 2 t³ has slope 0 at both ends.
    """
    first, last = interval
    passed = (share - first) / (last - first)
    t = min(max(passed, 0.0), 1.0)
    return t * t * (3 - 2 * t)
