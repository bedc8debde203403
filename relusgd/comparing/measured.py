"""Quantities of the networks that runs ended with: for each group their spread over the seeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.comparing.compared_runs import ComparedRuns
from relusgd.comparing.groups import Group, Spread
from relusgd.diagnostics.quantities.measuring import quantity_named
from relusgd.diagnostics.quantities.quantity import Quantity
from relusgd.errors import InputError
from relusgd.runs.diagnosis import quantities_over_time
from relusgd.runs.run import Run
from relusgd.words import counted


@dataclass(frozen=True, eq=False)
class MeasuredGroup:
    """Quantities of one group: name → the value of every run that counts, nan where it has none."""

    group: Group
    values: dict[str, list[float]]

    def spread(self, name: str) -> Spread:
        """Over the runs that have a value."""
        return Spread.of(self.values[name])


@dataclass(frozen=True, eq=False)
class MeasuredGroups:
    """Quantities of all groups of a comparison that have a run which counts."""

    compared: ComparedRuns
    quantities: Sequence[Quantity]
    rows: Sequence[MeasuredGroup]

    def __repr__(self) -> str:
        names = ", ".join(quantity.name for quantity in self.quantities)
        return f"MeasuredGroups({counted(len(self.rows), 'row')}: {names})"

    @property
    def keys(self) -> list[str]:
        """The keys that tell the groups apart."""
        return list(self.rows[0].group.keys)


def measured_groups(compared: ComparedRuns, names: str | Iterable[str]) -> MeasuredGroups:
    """Quantities of the last snapshots of all runs that count, in the units of the data.

    names: of `relusgd diagnose`, also with commas. Raises InputError for a name that no quantity
    has, and where no run has a result.
    """
    given = names.split(",") if isinstance(names, str) else names
    wanted = list(dict.fromkeys(name.strip() for name in given))
    quantities = [quantity_named(name) for name in wanted]
    groups = [group for group in compared.over_seeds if group.counted]
    if not groups:
        raise InputError("no run has a result that could be measured")
    rows = [_measured(group, wanted) for group in groups]
    return MeasuredGroups(compared, quantities, rows)


def _measured(group: Group, names: Sequence[str]) -> MeasuredGroup:
    measured = [_of_last_snapshot(result.run, names) for result in group.counted]
    values = {}
    for name in names:
        values[name] = [of_run[name] for of_run in measured]
    return MeasuredGroup(group, values)


def _of_last_snapshot(run: Run, names: Sequence[str]) -> dict[str, float]:
    last_row = np.array([len(run.history) - 1])
    measured = quantities_over_time(run, names, last_row)
    return {name: float(value) for name, (value,) in measured.items()}
