"""Errors over time as columns, as CSV and as JSON."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.comparing.courses import Course, Courses, quantile
from relusgd.comparing.findings.courses import course_findings
from relusgd.comparing.table import columns_to_csv, key_column

PARTS = ("lower", "median", "upper")
"""The quantiles of a band, by the names of their columns."""


def columns(courses: Courses) -> dict[str, NDArray[Any]]:
    """Column name → array, one entry per group and moment.

    label; every key that varies; runs; diverged: how many of them until then; epoch; step; for each
    error its lower, median, upper and mean. Errors are in the square of the data's own unit, and
    infinite where too many runs diverged.
    """
    counts = [len(course.steps) for course in courses.courses]
    table: dict[str, NDArray[Any]] = {
        "label": _repeated([c.group.label for c in courses.courses], counts)
    }
    for key in courses.keys:
        values = key_column([course.group.keys[key] for course in courses.courses])
        table[key] = np.repeat(values, counts)
    table["runs"] = _repeated([len(course.results) for course in courses.courses], counts)
    table["diverged"] = _joined([_diverged_until(course) for course in courses.courses])
    table["epoch"] = _joined([course.epochs for course in courses.courses])
    table["step"] = _joined([course.steps for course in courses.courses])
    for name in courses.names:
        for part, percent in zip(PARTS, courses.percents, strict=True):
            parts = [quantile(course.errors[name], percent) for course in courses.courses]
            table[f"{name}_{part}"] = _joined(parts)
        table[f"{name}_mean"] = _joined([np.mean(c.errors[name], axis=0) for c in courses.courses])
    return table


def _repeated(values: list[Any], counts: list[int]) -> NDArray[Any]:
    return np.repeat(np.array(values), counts)


def _joined(parts: list[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate([np.empty(0, dtype=parts[0].dtype), *parts]) if parts else np.empty(0)


def _diverged_until(course: Course) -> NDArray[np.int64]:
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
        "findings": [
            {"topic": finding.topic, "text": finding.text} for finding in course_findings(courses)
        ],
        "damaged": courses.compared.damaged,
        "failures": courses.compared.failures,
    }


def _course(courses: Courses, course: Course) -> dict[str, Any]:
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
        quantiles = zip(PARTS, courses.percents, strict=True)
        row[name] = {part: quantile(errors, percent).tolist() for part, percent in quantiles}
        row[name]["mean"] = np.mean(errors, axis=0).tolist()
    return row
