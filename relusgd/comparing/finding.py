"""A sentence of a comparison and the numbers that it is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """A sentence or two on one topic, and the numbers in it."""

    topic: str
    text: str
    numbers: dict[str, Any] = field(default_factory=dict)
