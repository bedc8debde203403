"""Where a config comes from: for its run's name, for the CSV beside it, and for naming places in messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from relusgd.config.places import Fault, Places, split_key


@dataclass(frozen=True)
class Origin:
    """stem: the file's name without suffix, "run" for a config that was no file. folder: what a CSV's path is relative to.

    overrides: dotted key → value as the config has it. case: the case of the sweep that was taken, if any.
    """

    stem: str = "run"
    folder: FilePath = field(default_factory=FilePath)
    overrides: Mapping[str, object] = field(default_factory=dict)
    case: str | None = None
    places: Places = field(default_factory=lambda: Places("config"))

    @property
    def label(self) -> str:
        """The config's name in messages."""
        return self.places.label

    def fault(self, key: str, text: str) -> str:
        """A sentence about a key that begins with its place; text goes on after the key: "must be …" or ": …"."""
        return self.places.sentence(Fault(split_key(key), text))
