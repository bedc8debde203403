"""Errors over time in sentences: what was joined, what is ahead when, and median or mean."""

from __future__ import annotations

from collections.abc import Iterator

from relusgd.comparing.courses import Courses
from relusgd.comparing.findings.finding import Finding
from relusgd.comparing.findings.leads import ahead
from relusgd.comparing.findings.median_or_mean import median_or_mean
from relusgd.words import agreeing, and_list, counted


def course_findings(courses: Courses) -> list[Finding]:
    """All of them, the most general first."""
    parts = (joined, left_out, ahead, median_or_mean)
    return [finding for part in parts for finding in part(courses)]


def joined(courses: Courses) -> Iterator[Finding]:
    """How many runs make a row, and at which steps they are joined."""
    rows = courses.courses
    if not rows:
        return
    run_counts = sorted({len(course.results) for course in rows})
    moments = sorted({len(course.steps) for course in rows if not course.is_ridge})
    text = f"{counted(len(rows), 'row')} of {_from_to(run_counts, 'run')}"
    if moments:
        text += f", joined at the {_from_to(moments, 'step')} that all runs of a row recorded"
    yield Finding("joined", f"{text}.")
    diverged = sum(course.diverged for course in rows)
    if diverged:
        verb = agreeing(diverged, "counts", "count")
        text = (
            f"{counted(diverged, 'run')} diverged, and {verb} with an infinite error from there on."
        )
        yield Finding("diverged", text, {"diverged": diverged})


def _from_to(counts: list[int], noun: str) -> str:
    if counts[0] == counts[-1]:
        return counted(counts[0], noun)
    return f"{counts[0]:,} to {counted(counts[-1], noun)}"


def left_out(courses: Courses) -> Iterator[Finding]:
    """Rows and runs that are not shown."""
    if courses.apart:
        labels = and_list([group.label for group in courses.apart])
        text = f"Not shown, because no run has a result or no step is shared: {labels}."
        yield Finding("left_out", text)
    unfinished = 0
    failed = 0
    for course in courses.courses:
        counts = course.group.counts
        failed += counts["failed"]
        if counts["complete"]:
            unfinished += counts["unfinished"]
    words = []
    if unfinished:
        words.append(counted(unfinished, "unfinished run"))
    if failed:
        words.append(counted(failed, "failed run"))
    if words:
        yield Finding("left_out", f"Left out: {and_list(words)}.")
