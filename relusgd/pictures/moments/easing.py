"""How something comes in a film: gently at both ends."""

from __future__ import annotations


def grown(share: float, interval: tuple[float, float]) -> float:
    """How much of something has come, from 0 to 1. share: of the film; interval: while it comes."""
    first, last = interval
    passed = min(max((share - first) / (last - first), 0.0), 1.0)
    return passed * passed * (3 - 2 * passed)
