"""The faults of a data file, each with its line."""

from __future__ import annotations

from pathlib import Path

from relusgd.errors import ConfigError

FAULTS_NAMED = 5
"""A message names at most this many faulty cells."""

FAULTS_KEPT = 1000


class DataFaults:
    """The first faults of a file in words, by their lines, and how many there are."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._of_columns: list[tuple[int, str]] = []
        self._of_cells: list[tuple[int, str]] = []
        self._count = 0

    def add(self, line: int, problem: str) -> None:
        """A fault of one cell or row."""
        self._count += 1
        self._of_cells.append((line, problem))
        if len(self._of_cells) > FAULTS_KEPT:
            self._of_cells = self._first_of_cells()

    def add_of_column(self, line: int, problem: str) -> None:
        """A fault that speaks for a whole column, and is always named."""
        self._of_columns.append((line, problem))

    def _first_of_cells(self) -> list[tuple[int, str]]:
        # Only the lines are compared: faults of one line stay in the order of its cells.
        return sorted(self._of_cells, key=lambda fault: fault[0])[:FAULTS_NAMED]

    def raise_if_any(self) -> None:
        """Raise ConfigError with the faults so far."""
        named = self._of_columns + self._first_of_cells()
        sentences = [f"{self._path}:{line}: {problem}" for line, problem in named]
        unnamed = self._count - FAULTS_NAMED
        if unnamed > 0:
            sentences.append(f"{self._path}: and {unnamed:,} more")
        if sentences:
            raise ConfigError(sentences)


def in_quotes(text: str) -> str:
    """A name or cell for a message: quoted, control characters escaped, cut when it is long."""
    if len(text) > 40:
        text = text[:39] + "…"
    return repr(text)
