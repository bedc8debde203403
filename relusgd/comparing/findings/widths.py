"""The error over the width of the network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from relusgd.comparing.best_values import AS_GOOD, TOLERANCE
from relusgd.comparing.compared_runs import ComparedRuns
from relusgd.comparing.findings.finding import Finding
from relusgd.comparing.groups import Group
from relusgd.comparing.labels import label
from relusgd.words import and_list, number

WIDTH = "hidden"
"""The heading of widths."""

MOST_SERIES = 4
"""With more ways of training than this, nothing is said."""


def widths(compared: ComparedRuns) -> Iterator[Finding]:
    """For each way of training: the errors over the widths, and the fewest units that are enough.

    They are enough where their error is as good as the lowest.
    """
    series = _series(compared)
    if not series or len(series) > MOST_SERIES or not compared.comparable:
        return
    first_groups = next(iter(series.values()))
    tried = _widths(first_groups)
    if not all(width.isdigit() for width in tried):
        return
    medians = {}
    courses = []
    fewest = []
    for way, groups in series.items():
        errors = [compared.median(group) for group in groups]
        medians[way] = errors
        course = " → ".join(map(number, errors))
        courses.append(f"{way} {course}".lstrip())
        enough = _fewest_units(tried, errors)
        if way:
            enough += f" ({way})"
        fewest.append(enough)
    text = (
        f"Over the widths {', '.join(tried)} the {compared.error_name} goes {'; '.join(courses)}. "
        f"The fewest units within {TOLERANCE} of the lowest are {and_list(fewest)}: "
        "each unit is one more place where the function can bend."
    )
    yield Finding("width", text, {"widths": tried, "medians": medians})


def _series(compared: ComparedRuns) -> dict[str, list[Group]]:
    """The other words of a label → its groups, from the smallest width.

    Nothing if a width is missing somewhere or has no numbers, or if there is only one.
    """
    series: dict[str, list[Group]] = {}
    for group in compared.groups:
        if WIDTH not in group.words or not np.isfinite(compared.median(group)):
            return {}
        others = label(group.words, without=[WIDTH])
        series.setdefault(others, []).append(group)
    tried = {tuple(_widths(groups)) for groups in series.values()}
    is_complete = len(tried) == 1 and len(next(iter(tried))) > 1
    return series if is_complete else {}


def _widths(groups: Sequence[Group]) -> list[str]:
    return [group.words[WIDTH] for group in groups]


def _fewest_units(widths: Sequence[str], errors: Sequence[float]) -> str:
    """The smallest width whose error is as good as the lowest."""
    limit = AS_GOOD * min(errors)
    good = [width for width, error in zip(widths, errors, strict=True) if error <= limit]
    return good[0]
