"""Where a config and its values come from: the file, its lines, a --set; and faults at these places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath

from relusgd.config.values import MAX_LEVELS
from relusgd.words import shown_key

Path = tuple[str | int, ...]
"""Keys and list indices from the top of a config down to a value."""

FAULTS_TOLD = 100


@dataclass(frozen=True)
class Fault:
    """What is wrong with the value at a path: `text` goes on after the name of its key.

    also: other paths whose values share in the fault. line: the place, where the path does not say it.
    """

    path: Path
    text: str
    also: tuple[Path, ...] = ()
    line: int | None = None


def dotted(path: Iterable[str | int]) -> str:
    """From ("training", "epochs") to "training.epochs"."""
    return ".".join(shown_key(str(part)) for part in path)


def split_key(key: str) -> Path:
    """From "training.epochs" to ("training", "epochs"); what follows sweep.grid is a dotted key itself.

    No config is as deep as MAX_LEVELS; dots beyond them stay in the last part.
    """
    parts = tuple(key.split(".", MAX_LEVELS))
    return (
        (*parts[:2], ".".join(parts[2:]))
        if parts[:2] == ("sweep", "grid") and len(parts) > 2
        else parts
    )


def covers(path: Path, other: Path) -> bool:
    """Whether `other` is this path or lies below it."""
    return other[: len(path)] == path


def option(key: str) -> str:
    """How a key is set on the command line: "--set training.epochs", "--grid network.hidden", "--repeat"."""
    path = split_key(key)
    if path[:2] == ("sweep", "grid") and len(path) > 2:
        return f"--grid {shown_key(str(path[2]))}"
    return "--repeat" if key == "sweep.repeat" else f"--set {shown_key(key)}"


@dataclass(frozen=True)
class Places:
    """label: the name of the whole, such as configs/sine.yaml. lines: path → line. overrides: path → dotted key.

    typed: the overrides are options of the command line, and are named so; those of Python are "overrides: training.epochs".
    """

    label: str
    lines: dict[Path, int] = field(default_factory=dict)
    overrides: dict[Path, str] = field(default_factory=dict)
    typed: bool = False

    def name_override(self, key: str) -> str:
        """How a key that was set from outside the file is called."""
        return option(key) if self.typed else f"overrides: {shown_key(key)}"

    def name_case(self, case: str) -> str:
        """How the case that was asked for is called."""
        return f"{'--case' if self.typed else 'case'} {shown_key(case)}"

    def find(self, path: Path) -> str:
        """The place of the value at this path, or of the nearest block around it: "configs/sine.yaml:7", "--set seed"."""
        key = self.override_of(path)
        if key is not None:
            return self.name_override(key)
        line = self.line(path)
        return self.label if line is None else f"{self.label}:{line}"

    def line(self, path: Path) -> int | None:
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None

    def override_of(self, path: Path) -> str | None:
        """The key that was set from outside the file and holds the value at this path, or a part of it."""
        above = [key for own, key in self.overrides.items() if covers(own, path)]
        if above:
            return max(above, key=len)
        below = [key for own, key in self.overrides.items() if covers(path, own)]
        return below[0] if below and path not in self.lines else None

    def sentence(self, fault: Fault) -> str:
        """The whole sentence: place, key, what is wrong."""
        key = dotted(fault.path)
        place = f"{self.label}:{fault.line}" if fault.line is not None else self._first_known(fault)
        goes_on = f"{'' if fault.text[:1] in ':,' else ' '}{fault.text}"
        if not self.typed and place == self.name_override(key):
            return f"{place}{goes_on}"
        if not key or place == option(key):
            return f"{place}: {fault.text.removeprefix(': ')}"
        return f"{place}: {key}{goes_on}"

    def _first_known(self, fault: Fault) -> str:
        """The place of the first of a fault's paths that was written anywhere."""
        for path in (fault.path, *fault.also):
            if path in self.lines or any(covers(own, path) for own in self.overrides):
                return self.find(path)
        return self.find(fault.path)

    def sentences(self, faults: Iterable[Fault]) -> list[str]:
        """All faults in the order of their lines, those of overrides last; of very many only the first."""
        told = sorted(faults, key=self._order)
        sentences = list(dict.fromkeys(self.sentence(fault) for fault in told[:FAULTS_TOLD]))
        if len(told) > FAULTS_TOLD:
            sentences.append(f"{self.label}: and {len(told) - FAULTS_TOLD:,} faults more")
        return sentences

    def _order(self, fault: Fault) -> tuple[bool, int]:
        is_override = fault.line is None and self.override_of(fault.path) is not None
        return is_override, fault.line or self.line(fault.path) or 0

    def keys_only(self) -> Places:
        """The places of keys alone, without those of every item of every list: small enough to travel with a config."""
        lines = {
            path: line
            for path, line in self.lines.items()
            if all(isinstance(part, str) for part in path)
        }
        return replace(self, lines=lines)


def broken_or_below(path: Path, broken: Iterable[Path]) -> bool:
    """Whether this path, one above it or one below it is among the broken ones."""
    return any(covers(path, other) or covers(other, path) for other in broken)


def paths_below(lines: dict[Path, int], path: Path) -> Iterator[Path]:
    return (other for other in lines if covers(path, other))


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
