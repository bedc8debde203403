"""Errors over time in sentences: what was joined, what is ahead when, and median or mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from relusgd.comparing.courses import MEDIAN, Course, Courses
from relusgd.comparing.findings.finding import Finding
from relusgd.model.network import Array
from relusgd.words import and_list, counted, number, times

FEW = 3
"""Of fewer runs, nothing is said about median and mean."""

ALIKE = 1.1
"""Below this ratio, a mean and a median are called alike."""


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
    runs = _from_to(run_counts, "run")
    rows = counted(len(courses.courses), "row")
    text = f"{rows} of {runs}"
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


def ahead(courses: Courses) -> Iterator[Finding]:
    """Which row has the lowest median, from moment to moment of the table."""
    if not courses.compared.comparable:
        return
    spans: list[Lead] = []
    for time in courses.chosen_times[1:]:
        lead = _lead_at(courses, time)
        if lead and spans and spans[-1].course is lead.course:
            spans[-1] = replace(spans[-1], until=time, error=lead.error)
        elif lead:
            spans.append(lead)
    if spans:
        word = courses.over.removesuffix("s")
        parts = "; ".join(span.words(word) for span in spans)
        yield Finding("ahead", f"Lowest median {courses.compared.error_name}: {parts}.")


@dataclass(frozen=True)
class Lead:
    """A course with the lowest median from one moment to another, where its median is `error`."""

    course: Course
    since: float
    until: float
    error: float

    def words(self, moment: str) -> str:
        """hidden 40, Adam from step 10 to 1,000 (then 0.0413)."""
        span = f"at {moment} {self.since:,.6g} ({number(self.error)})"
        if self.until > self.since:
            span = (
                f"from {moment} {self.since:,.6g} to {self.until:,.6g} (then {number(self.error)})"
            )
        return f"{self.course.group.label} {span}"


def _lead_at(courses: Courses, time: float) -> Lead | None:
    """Who leads at a moment; None where it is the only one, or two share the lead."""
    medians = {
        course: course.at(courses.names[0], MEDIAN, courses.over, time)
        for course in courses.courses
    }
    finite = {course: error for course, error in medians.items() if np.isfinite(error)}
    lowest = min(finite.values(), default=np.inf)
    leaders = [course for course, error in finite.items() if error == lowest]
    if len(finite) < 2 or len(leaders) > 1:
        return None
    return Lead(leaders[0], time, time, lowest)


def median_or_mean(courses: Courses) -> Iterator[Finding]:
    """Why the median is shown, and no mean with a standard deviation, by the runs' own numbers.

    The row is the one whose mean is the most times its median at the end.
    """
    name = courses.names[0]
    enough = [course for course in courses.courses if len(course.results) >= FEW]
    ratios = {course: _ratio(course, name) for course in enough}
    if not ratios:
        if courses.courses:
            text = "A median and a band need several seeds in a row, which sweep.repeat gives."
            yield Finding("median_or_mean", text)
        return
    course = max(ratios, key=ratios.__getitem__)
    errors = course.errors[name][:, -1]
    text = (
        _infinite_mean(courses, course) if np.isinf(errors).any() else _finite_mean(courses, course)
    )
    yield Finding("median_or_mean", f"Median or mean? {text}", {"ratio": ratios[course]})


def _ratio(course: Course, name: str) -> float:
    errors = course.errors[name][:, -1]
    median = float(np.median(errors)) if np.isfinite(errors).all() else 1.0
    return float(np.mean(errors)) / median if median > 0 else 1.0


def _infinite_mean(courses: Courses, course: Course) -> str:
    """For a row in which runs diverged."""
    errors = course.errors[courses.names[0]][:, -1]
    n, lost = len(errors), int(np.isinf(errors).sum())
    median = course.at(courses.names[0], MEDIAN, courses.over, course.times(courses.over)[-1])
    text = (
        f"{lost} of the {n} runs of {course.group.label} diverged, so their mean "
        f"{courses.compared.error_name} is infinite, and a standard deviation does not exist. "
    )
    if np.isfinite(median):
        return (
            f"{text}The median, {number(median)}, needs only that more than half of them did not."
        )
    return f"{text}The median is infinite, too, because at least half of them did."


def _finite_mean(courses: Courses, course: Course) -> str:
    name, error_name = courses.names[0], courses.compared.error_name
    errors = course.errors[name][:, -1]
    n = len(errors)
    mean, deviation = float(np.mean(errors)), float(np.std(errors, ddof=1))
    median = float(np.median(errors))
    low, high = (
        course.at(name, percent, courses.over, course.times(courses.over)[-1])
        for percent in courses.band
    )
    ratio = mean / median if median > 0 else 1.0
    start = (
        f"At the end, the {n} runs of {course.group.label} have the median {error_name} "
        f"{number(median)} and the mean {number(mean)}"
    )
    if ratio < ALIKE:
        return f"{start}: alike, as in all rows. One diverged run would make the mean infinite."
    below = int(np.count_nonzero(errors < mean))
    share = float(np.sort(errors)[-max(1, n // 10) :].sum() / errors.sum())
    worst = max(1, n // 10)
    worst_words = "the worst run has" if worst == 1 else f"the worst {worst} runs have"
    return (
        f"{start}, {times(ratio)} as much: {below} of them are below the mean, and {worst_words} "
        f"{100 * share:.0f} % of the sum. {_deviation(errors, mean, deviation)} The "
        f"{courses.band_words}, {number(low)} and {number(high)}, say where "
        f"{courses.band[1] - courses.band[0]:g} % of the runs are, whatever the others do."
    )


def _deviation(errors: Array, mean: float, deviation: float) -> str:
    """What mean ± standard deviation would claim."""
    low, high = mean - deviation, mean + deviation
    interval = f"Mean ± standard deviation would be {number(mean)} ± {number(deviation)}"
    if low < 0:
        return f"{interval}, which begins below 0, where no error can be."
    inside = int(np.count_nonzero((errors >= low) & (errors <= high)))
    return (
        f"{interval}: {inside} of {len(errors)} runs; a run may be far above it, but never below 0."
    )
