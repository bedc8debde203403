"""Which row is ahead over time, and from when to when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from relusgd.comparing.courses import MEDIAN, Course, Courses
from relusgd.comparing.findings.finding import Finding
from relusgd.words import number


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
    finite = {}
    for course in courses.courses:
        median = course.at(courses.names[0], MEDIAN, courses.over, time)
        if np.isfinite(median):
            finite[course] = median
    lowest = min(finite.values(), default=np.inf)
    leaders = [course for course, median in finite.items() if median == lowest]
    if len(finite) < 2 or len(leaders) > 1:
        return None
    return Lead(leaders[0], time, time, lowest)
