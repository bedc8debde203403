"""Where a config and its values come from: a file, its lines, a --set; and faults there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath

from relusgd.config.values import MAX_LEVELS
from relusgd.words import shown_key

Path = tuple[str | int, ...]
"""Keys and list indices from the top of a config down to a value."""

MOST_FAULTS = 100
"""A message lists at most this many faults."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with the value at a path: `text` goes on after the name of its key.

    also: other paths whose values share in the fault.
    line: the line of the fault, where the path does not tell it.
    """

    path: Path
    text: str
    also: tuple[Path, ...] = ()
    line: int | None = None


def dotted(path: Iterable[str | int]) -> str:
    """From ("training", "epochs") to "training.epochs"."""
    return ".".join(shown_key(str(part)) for part in path)


def split_key(key: str) -> Path:
    """From "training.epochs" to ("training", "epochs").

    What follows sweep.grid is a dotted key itself. No config is as deep as MAX_LEVELS; dots beyond
    that depth stay in the last part.
    """
    if key.startswith("sweep.grid."):
        return "sweep", "grid", key.removeprefix("sweep.grid.")
    return tuple(key.split(".", MAX_LEVELS))


def covers(path: Path, other: Path) -> bool:
    """Whether `other` is this path or lies below it."""
    return other[: len(path)] == path


def set_option(key: str) -> str:
    """How a key is set on the command line: "--set training.epochs", "--grid network.hidden"."""
    if key.startswith("sweep.grid."):
        return f"--grid {shown_key(key.removeprefix('sweep.grid.'))}"
    if key == "sweep.repeat":
        return "--repeat"
    return f"--set {shown_key(key)}"


@dataclass(frozen=True)
class Places:
    """Where the values of a config are written.

    label: the name of the whole, such as configs/sine.yaml.
    lines: path → line.
    overrides: path → dotted key that was set from outside the file.
    typed: the overrides are options of the command line and messages name them so. Those of Python
    are named "overrides: training.epochs".
    """

    label: str
    lines: dict[Path, int] = field(default_factory=dict)
    overrides: dict[Path, str] = field(default_factory=dict)
    typed: bool = False

    def name_override(self, key: str) -> str:
        """How a key that was set from outside the file is called."""
        return set_option(key) if self.typed else f"overrides: {shown_key(key)}"

    def name_case(self, case: str) -> str:
        """How messages name the chosen case."""
        word = "--case" if self.typed else "case"
        return f"{word} {shown_key(case)}"

    def find(self, path: Path) -> str:
        """The place of the value at this path, or of the nearest block around it.

        Examples: "configs/sine.yaml:7", "--set seed".
        """
        key = self.override_of(path)
        if key is not None:
            return self.name_override(key)
        line = self.line(path)
        return self.label if line is None else f"{self.label}:{line}"

    def line(self, path: Path) -> int | None:
        """The line of the value at this path, or of the nearest block around it, where known."""
        for length in range(len(path), 0, -1):
            line = self.lines.get(path[:length])
            if line is not None:
                return line
        return None

    def override_of(self, path: Path) -> str | None:
        """The key set from outside the file that holds the value at this path, or a part of it."""
        around = [key for own, key in self.overrides.items() if covers(own, path)]
        if around:
            return max(around, key=len)
        if path in self.lines:
            return None
        for own, key in self.overrides.items():
            if covers(path, own):
                return key
        return None

    def sentence(self, fault: Fault) -> str:
        """The whole sentence: place, key, what is wrong."""
        key = dotted(fault.path)
        place = self._place(fault)
        goes_on_at_once = fault.text[:1] in (":", ",", "")
        text = fault.text if goes_on_at_once else f" {fault.text}"
        # Where the place names the key, the sentence does not name it again.
        if not self.typed and place == self.name_override(key):
            return f"{place}{text}"
        if not key or place == set_option(key):
            return f"{place}: {fault.text.removeprefix(': ')}"
        return f"{place}: {key}{text}"

    def _place(self, fault: Fault) -> str:
        """The fault's own line, or the place of the first of its paths that was written."""
        if fault.line is not None:
            return f"{self.label}:{fault.line}"
        for path in (fault.path, *fault.also):
            is_overridden = any(covers(own, path) for own in self.overrides)
            if is_overridden or path in self.lines:
                return self.find(path)
        return self.find(fault.path)

    def sentences(self, faults: Iterable[Fault]) -> list[str]:
        """All faults by their lines, those of overrides last; of very many only the first."""
        ordered = sorted(faults, key=self._order)
        told = [self.sentence(fault) for fault in ordered[:MOST_FAULTS]]
        # Two faults may have the same sentence.
        sentences = list(dict.fromkeys(told))
        untold = len(ordered) - MOST_FAULTS
        if untold > 0:
            sentences.append(f"{self.label}: and {untold:,} faults more")
        return sentences

    def _order(self, fault: Fault) -> tuple[bool, int]:
        if fault.line is not None:
            return False, fault.line
        is_override = self.override_of(fault.path) is not None
        return is_override, self.line(fault.path) or 0

    def keys_only(self) -> Places:
        """The places of keys alone, without list items: small enough to travel with a config."""
        lines = {path: line for path, line in self.lines.items() if not _is_in_list(path)}
        return replace(self, lines=lines)


def _is_in_list(path: Path) -> bool:
    return any(isinstance(part, int) for part in path)


def broken_or_below(path: Path, broken: Iterable[Path]) -> bool:
    """Whether this path, one above it or one below it is among the broken ones."""
    return any(covers(path, other) or covers(other, path) for other in broken)


def paths_below(lines: dict[Path, int], path: Path) -> Iterator[Path]:
    return (other for other in lines if covers(path, other))


@dataclass(frozen=True)
class Origin:
    """Where a config comes from; its run is named after it.

    stem: the file's name without suffix; None for a config that was no file.
    folder: what a CSV's path is relative to.
    overrides: dotted key → value as the config has it.
    case: the case of the sweep that was taken, if any.
    """

    stem: str | None = None
    folder: FilePath = field(default_factory=FilePath)
    overrides: Mapping[str, object] = field(default_factory=dict)
    case: str | None = None
    places: Places = field(default_factory=lambda: Places("config"))

    @property
    def label(self) -> str:
        """The config's name in messages."""
        return self.places.label

    def fault(self, key: str, text: str) -> str:
        """A sentence about a key that begins with its place.

        text: goes on after the key, such as "must be …" or ": …".
        """
        return self.places.sentence(Fault(split_key(key), text))
