"""The conclusions of a comparison, in sentences: a module for each subject.

Sentences repeat and relate the numbers of a comparison; nothing is trained here. A new subject is a
module with a function from `ComparedRuns` to findings, and a place in PARTS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from relusgd.comparing.compared_runs import ComparedRuns
from relusgd.comparing.findings import (
    best_row,
    best_values,
    errors,
    layers,
    overview,
    seeds,
    solvers,
    widths,
)
from relusgd.comparing.findings.finding import Finding

Part = Callable[[ComparedRuns], Iterator[Finding]]

PARTS: tuple[Part, ...] = (
    overview.scope,
    overview.unfinished,
    overview.without_numbers,
    overview.learned_nothing,
    best_row.best_row,
    errors.noise,
    errors.held_out,
    widths.widths,
    layers.layers,
    solvers.solvers,
    best_values.best_values,
    errors.early_stopping,
    seeds.seeds,
    layers.dead_units,
)
"""The most general first."""


def find_all(compared: ComparedRuns) -> list[Finding]:
    """All conclusions, in the order of PARTS."""
    return [finding for part in PARTS for finding in part(compared)]
