"""Division of whole numbers, rounded up."""

from __future__ import annotations


def ceil_div(number: int, divisor: int) -> int:
    """⌈number / divisor⌉, exact for whole numbers of any size; divisor: above 0."""
    return -(-number // divisor)
