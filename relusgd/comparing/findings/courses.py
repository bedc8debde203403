"""Errors over time in sentences: what was joined, what is ahead when, and median or mean."""

from __future__ import annotations

from collections.abc import Iterator

from relusgd.comparing.courses import Courses
from relusgd.comparing.findings.finding import Finding
from relusgd.comparing.findings.leads import ahead
from relusgd.comparing.findings.median_or_mean import median_or_mean
from relusgd.words import and_list, counted


def course_findings(courses: Courses) -> list[Finding]:
    """All of them, the most general first."""
    parts = (joined, left_out, ahead, median_or_mean)
    return [finding for part in parts for finding in part(courses)]


def joined(courses: Courses) -> Iterator[Finding]:
    """How many runs make a row, and at which steps they are joined."""
    if not courses.courses:
        return
    run_counts = sorted({len(course.results) for course in courses.courses})
    moments = sorted({len(course.steps) for course in courses.courses if not course.is_ridge})
    text = f"{counted(len(courses.courses), 'row')} of {_from_to(run_counts, 'run')}"
    if moments:
        text += f", joined at the {_from_to(moments, 'step')} that all runs of a row recorded"
    yield Finding("joined", f"{text}.")
    diverged = sum(course.diverged for course in courses.courses)
    if diverged:
        verb = "counts" if diverged == 1 else "count"
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
        yield Finding(
            "left_out", f"Not shown, because no run has a result or no step is shared: {labels}."
        )
    groups = [course.group for course in courses.courses]
    unfinished = sum(group.counts["unfinished"] for group in groups if group.counts["complete"])
    failed = sum(group.counts["failed"] for group in groups)
    words = []
    if unfinished:
        words.append(f"{counted(unfinished, 'unfinished run')}")
    if failed:
        words.append(f"{counted(failed, 'failed run')}")
    if words:
        yield Finding("left_out", f"Left out: {and_list(words)}.")
