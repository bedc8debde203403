"""Errors over time as columns, as CSV and as JSON."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.comparing.courses import Course, Courses, quantile
from relusgd.comparing.findings.courses import course_findings
from relusgd.comparing.table import columns_to_csv, group_columns, repeated
from relusgd.model.network import Integers

PARTS = ("lower", "median", "upper")
"""The quantiles of a band, by the names of their columns."""


def columns(courses: Courses) -> dict[str, NDArray[Any]]:
    """Column name → array, one entry per group and moment.

    label; every key that varies; runs; diverged: how many of them until then; epoch; step; for each
    error its lower, median, upper and mean. Errors are in the square of the data's own unit, and
    infinite where too many runs diverged.
    """
    rows = courses.courses
    groups = [course.group for course in rows]
    counts = [len(course.steps) for course in rows]
    runs = [len(course.results) for course in rows]
    table = group_columns(groups, courses.keys, counts)
    table["runs"] = repeated(runs, counts)
    table["diverged"] = _joined([_diverged_until(course) for course in rows])
    table["epoch"] = _joined([course.epochs for course in rows])
    table["step"] = _joined([course.steps for course in rows])
    for name in courses.names:
        errors = [course.errors[name] for course in rows]
        for part, percent in zip(PARTS, courses.percents, strict=True):
            table[f"{name}_{part}"] = _joined([quantile(of_row, percent) for of_row in errors])
        table[f"{name}_mean"] = _joined([np.mean(of_row, axis=0) for of_row in errors])
    return table


def _joined(parts: list[NDArray[Any]]) -> NDArray[Any]:
    """The parts one behind the other; no parts make an empty column."""
    if not parts:
        return np.empty(0)
    return np.concatenate(parts)


def _diverged_until(course: Course) -> Integers:
    """How many runs have an infinite error, shape (T,)."""
    errors = next(iter(course.errors.values()))
    return np.asarray(np.isinf(errors).sum(axis=0))


def to_csv(courses: Courses) -> str:
    """The columns as CSV with a header line."""
    return columns_to_csv(columns(courses))


def to_json(courses: Courses) -> dict[str, Any]:
    """All courses in plain values; docs/compare.md describes the keys."""
    return {
        "runs": courses.compared.run_count,
        "differ_in": courses.keys,
        "error": courses.compared.error,
        "over": courses.over,
        "band": list(courses.band),
        "groups": [_course(courses, course) for course in courses.courses],
        "findings": [finding.plain for finding in course_findings(courses)],
        "damaged": courses.compared.damaged,
        "failures": courses.compared.failures,
    }


def _course(courses: Courses, course: Course) -> dict[str, Any]:
    """A row of the JSON: its quantiles and mean at every moment."""
    group = course.group
    row: dict[str, Any] = {
        "label": group.label,
        "keys": group.plain_keys,
        "runs": len(course.results),
        "diverged": _diverged_until(course).tolist(),
        "epoch": course.epochs.tolist(),
        "step": course.steps.tolist(),
    }
    for name in courses.names:
        errors = course.errors[name]
        numbers = {}
        for part, percent in zip(PARTS, courses.percents, strict=True):
            numbers[part] = quantile(errors, percent).tolist()
        numbers["mean"] = np.mean(errors, axis=0).tolist()
        row[name] = numbers
    return row
