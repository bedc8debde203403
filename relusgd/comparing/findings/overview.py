"""What is compared, and which runs have no numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from relusgd.comparing.compared_runs import ComparedRuns
from relusgd.comparing.findings.finding import Finding
from relusgd.comparing.groups import Group, Result
from relusgd.comparing.keys import CASE, POINTS, RUN, SEEDS, in_order, present
from relusgd.comparing.labels import heading, headings, named, short_words
from relusgd.runs.titles import WAY
from relusgd.words import and_list, counted, number, number_range

MOST_NAMED = 6
"""At most this many keys or rows are named in a sentence."""

MOST_PATHS = 5
"""At most this many folders are named in a sentence."""


def scope(compared: ComparedRuns) -> Iterator[Finding]:
    """How many runs, what differs, how many seeds."""
    text = _scope(compared) + _other_keys(compared)
    numbers = {"runs": compared.run_count, "groups": len(compared.groups)}
    yield Finding("scope", text, numbers)
    if not compared.comparable:
        yield Finding(
            "incomparable",
            "They learn from different data, so their errors measure different things: "
            "no row is the best.",
        )


def _scope(compared: ComparedRuns) -> str:
    runs = counted(compared.run_count, "run")
    varied = [_heading_and_words(compared, name) for name in compared.groups[0].words]
    if varied:
        differences = "; ".join(varied)
        return f"{runs}: {differences}{_repetitions(compared)}."
    if compared.run_count == 1:
        return "1 run, and nothing to compare it with."
    return f"{runs} that differ in nothing but their seeds{_error_range(compared)}."


def _heading_and_words(compared: ComparedRuns, name: str) -> str:
    """hidden 10, 20 and 40."""
    distinct = dict.fromkeys(group.words[name] for group in compared.groups)
    return named(name, and_list(list(distinct)))


def _repetitions(compared: ComparedRuns) -> str:
    counts = [group.runs for group in compared.groups]
    fewest, most = min(counts), max(counts)
    if most == 1:
        return ""
    if fewest == most:
        return f"; {most} seeds each"
    return f"; {fewest} to {most} runs each"


def _error_range(compared: ComparedRuns) -> str:
    """The errors of a single row."""
    (group,) = compared.groups
    if len(group.counted) < 2:
        return ""
    spread = group.spreads[compared.error]
    low, high = number_range(spread.lowest, spread.highest)
    return f": median {compared.error_name} {number(spread.median)}, from {low} to {high}"


def _other_keys(compared: ComparedRuns) -> str:
    """The keys that differ beside those that tell the groups apart."""
    told = {CASE, RUN, *WAY, *SEEDS, *POINTS}
    words = compared.groups[0].words.keys()
    keys = []
    for key in compared.varied:
        if key not in told and words.isdisjoint(headings(key)):
            keys.append(key)
    if not keys:
        return ""
    others = [_heading_and_values(compared, key, keys) for key in keys[:MOST_NAMED]]
    return f" Also different: {and_list(others)}."


def _heading_and_values(compared: ComparedRuns, key: str, keys: Sequence[str]) -> str:
    """learning rate (0.02, 0.2)."""
    values = present(in_order(compared.varied[key]))
    words = [short_words(value, 16) for value in values]
    return f"{heading(key, keys)} ({', '.join(words)})"


def unfinished(compared: ComparedRuns) -> Iterator[Finding]:
    """Runs that are still training, and runs that were interrupted."""
    for status, words in (("running", "Still training"), ("interrupted", "Interrupted")):
        results: list[Result] = []
        for group in compared.groups:
            results += [result for result in group.results if result.status == status]
        if results:
            text = (
                f"{words}: {_progress(results)}; left out where there are complete runs, "
                "otherwise taken as far as they are."
            )
            yield Finding(status, text, {"runs": len(results)})


def _progress(results: Sequence[Result]) -> str:
    """outputs/sine (epoch 200 of 500)."""
    folders = []
    for result in results[:MOST_PATHS]:
        planned = result.run.facts.counts.epochs
        folders.append(f"{result.run.folder} (epoch {result.epochs:,} of {planned:,})")
    if len(results) > MOST_PATHS:
        folders.append(f"{len(results) - MOST_PATHS} more")
    return and_list(folders)


def without_numbers(compared: ComparedRuns) -> Iterator[Finding]:
    """Runs that diverged, and runs that failed."""
    for state in ("diverged", "failed"):
        groups = [group for group in compared.groups if group.counts[state]]
        if not groups:
            continue
        rows = [f"{group.label} ({group.counts[state]})" for group in groups[:MOST_NAMED]]
        if len(groups) > MOST_NAMED:
            rows.append("others")
        count = sum(group.counts[state] for group in groups)
        text = (
            f"{count} of {compared.run_count} runs {state}: {and_list(rows)}. "
            f"They are counted, but in no average.{_first_reason(groups, state)}"
        )
        yield Finding(state, text, {"runs": count})


def _first_reason(groups: Sequence[Group], state: str) -> str:
    """Why the first run of this state ended so, where it says why."""
    for group in groups:
        for result in group.results:
            if result.state == state and result.reason:
                return f" {result.run.folder}: {result.reason}."
    return ""


def learned_nothing(compared: ComparedRuns) -> Iterator[Finding]:
    """Complete runs that ended no better than a constant."""
    rows = []
    found: list[Result] = []
    for group in compared.groups:
        here = [result for result in group.results if _learned_nothing(result)]
        if here:
            rows.append(f"{group.label} ({len(here)})")
            found += here
    if not found:
        return
    named = rows[:MOST_NAMED]
    if len(rows) > MOST_NAMED:
        named.append("others")
    first = found[0]
    text = (
        f"{len(found)} of {compared.run_count} runs learned nothing: {and_list(named)}. "
        f"{first.run.folder}: {first.reason}."
    )
    yield Finding("learned_nothing", text, {"runs": len(found)})


def _learned_nothing(result: Result) -> bool:
    has_trained = result.state == "complete" and result.steps > 0
    return has_trained and result.outcome == "nothing"
