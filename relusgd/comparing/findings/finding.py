"""What every conclusion is: a text on one topic."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """A conclusion in a sentence or a few, and the numbers in it."""

    topic: str
    text: str
    numbers: dict[str, Any] = field(default_factory=dict)

    @property
    def plain(self) -> dict[str, str]:
        """As JSON has it."""
        return {"topic": self.topic, "text": self.text}
