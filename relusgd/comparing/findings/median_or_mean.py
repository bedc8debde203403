"""Why the median stands for a row over time, by the runs' own numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from relusgd.comparing.courses import MEDIAN, Course, Courses
from relusgd.comparing.findings.finding import Finding
from relusgd.model.network import Array
from relusgd.words import number, ratio_words

FEW = 3
"""Of fewer runs, nothing is said about median and mean."""


ALIKE = 1.1
"""Below this ratio, a mean and a median are called alike."""


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
    if np.isinf(_last_errors(course, name)).any():
        text = _infinite_mean(courses, course)
    else:
        text = _finite_mean(courses, course)
    yield Finding("median_or_mean", f"Median or mean? {text}", {"ratio": ratios[course]})


def _last_errors(course: Course, name: str) -> Array:
    """The errors of the row's runs at the last step that all of them recorded."""
    return course.errors[name][:, -1]


def _ratio(course: Course, name: str) -> float:
    errors = _last_errors(course, name)
    mean = float(np.mean(errors))
    if not np.isfinite(errors).all():
        return mean
    median = float(np.median(errors))
    return mean / median if median > 0 else 1.0


def _infinite_mean(courses: Courses, course: Course) -> str:
    """For a row in which runs diverged."""
    errors = _last_errors(course, courses.names[0])
    lost = int(np.isinf(errors).sum())
    median = _at_the_end(courses, course, MEDIAN)
    text = (
        f"{lost} of the {len(errors)} runs of {course.group.label} diverged, so their mean "
        f"{courses.compared.error_name} is infinite, and a standard deviation does not exist. "
    )
    if np.isfinite(median):
        return (
            f"{text}The median, {number(median)}, needs only that more than half of them did not."
        )
    return f"{text}The median is infinite, too, because at least half of them did."


def _finite_mean(courses: Courses, course: Course) -> str:
    """For a row in which no run diverged."""
    errors = _last_errors(course, courses.names[0])
    n = len(errors)
    mean = float(np.mean(errors))
    median = float(np.median(errors))
    ratio = mean / median if median > 0 else 1.0
    start = (
        f"At the end, the {n} runs of {course.group.label} have the median "
        f"{courses.compared.error_name} {number(median)} and the mean {number(mean)}"
    )
    if ratio < ALIKE:
        return f"{start}: alike, as in all rows. One diverged run would make the mean infinite."
    below = int(np.count_nonzero(errors < mean))
    worst = max(1, n // 10)
    worst_words = "the worst run has" if worst == 1 else f"the worst {worst} runs have"
    share = float(np.sort(errors)[-worst:].sum() / errors.sum())
    lower_percent, upper_percent = courses.band
    low = _at_the_end(courses, course, lower_percent)
    high = _at_the_end(courses, course, upper_percent)
    width = upper_percent - lower_percent
    return (
        f"{start}, {ratio_words(ratio)} as much: {below} of them are below the mean, and "
        f"{worst_words} {100 * share:.0f} % of the sum. {_deviation_words(errors)} "
        f"The {courses.band_words}, {number(low)} and {number(high)}, say where {width:g} % of the "
        "runs are, whatever the others do."
    )


def _at_the_end(courses: Courses, course: Course, percent: float) -> float:
    """A quantile of the row's errors at the last moment."""
    last = course.times(courses.over)[-1]
    return course.at(courses.names[0], percent, courses.over, last)


def _deviation_words(errors: Array) -> str:
    """What mean ± standard deviation would claim."""
    mean = float(np.mean(errors))
    deviation = float(np.std(errors, ddof=1))
    low = mean - deviation
    high = mean + deviation
    interval = f"Mean ± standard deviation would be {number(mean)} ± {number(deviation)}"
    if low < 0:
        return f"{interval}, which begins below 0, where no error can be."
    is_inside = (errors >= low) & (errors <= high)
    inside = int(np.count_nonzero(is_inside))
    return (
        f"{interval}: {inside} of {len(errors)} runs; a run may be far above it, but never below 0."
    )
