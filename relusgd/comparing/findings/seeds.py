"""Where the result depends on the seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from relusgd.comparing.compared_runs import ComparedRuns
from relusgd.comparing.findings.finding import Finding
from relusgd.comparing.groups import Group
from relusgd.words import agreeing, counted, rounded_number

MUCH = 5
"""The seed is said to decide from this ratio of the highest to the lowest error on."""

WIDE_GAP = 2
"""Runs are said to end apart from the others from this ratio of neighbouring errors on."""


def seeds(compared: ComparedRuns) -> Iterator[Finding]:
    """The row with the widest spread, and how many of its runs end apart from the others."""
    ratios = {group: _ratio(compared, group) for group in compared.ranked}
    wide = [group for group, ratio in ratios.items() if ratio >= MUCH]
    if not wide:
        return
    widest = max(wide, key=lambda group: ratios[group])
    errors = sorted(result.measures[compared.error] for result in widest.counted)
    lowest = errors[0]
    highest = errors[-1]
    span = f"{rounded_number(lowest)} to {rounded_number(highest)}"
    above = _above_the_gap(errors)
    others = _other_rows(len(wide) - 1)
    text = f"The seed decides at {widest.label}: {compared.error_name} {span}{above}{others}."
    yield Finding("seeds", text, {"rows": len(wide), "lowest": lowest, "highest": highest})


def _ratio(compared: ComparedRuns, group: Group) -> float:
    spread = group.spreads[compared.error]
    if spread.lowest > 0:
        return spread.highest / spread.lowest
    return 1.0


def _above_the_gap(errors: Sequence[float]) -> str:
    """How many of the errors, in their order, are above the widest gap."""
    with np.errstate(all="ignore"):
        gaps = np.array(errors[1:]) / np.array(errors[:-1])
    widest = int(np.argmax(gaps))
    if gaps[widest] < WIDE_GAP:
        return ""
    above = len(errors) - widest - 1
    edge = rounded_number(errors[widest])
    return f"; {above} of {len(errors)} end above {edge}"


def _other_rows(count: int) -> str:
    if not count:
        return ""
    rows = counted(count, "other row")
    verb = agreeing(count, "spreads", "spread")
    return f". {rows} {verb} {MUCH}-fold or more"
