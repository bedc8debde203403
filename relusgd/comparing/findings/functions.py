"""The spread of functions in sentences: what was compared, and which row errs least and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from relusgd.comparing.findings.finding import Finding
from relusgd.comparing.functions import LEARNED, PLACES, FunctionSpread, FunctionSpreads
from relusgd.words import and_list, counted, number

FEW = 3
"""Of fewer functions, a spread says little."""

ROUNDING = 1e-9
"""Functions that differ by less, as a part of their size, are one."""


def function_findings(functions: FunctionSpreads) -> list[Finding]:
    """All of them, the most general first."""
    parts = (taken_apart, least, references, left_out)
    return [finding for part in parts for finding in part(functions)]


def taken_apart(functions: FunctionSpreads) -> Iterator[Finding]:
    """What the numbers of a row are."""
    places = f"the mean over {PLACES:,} even places of the domain"
    if functions.knows_truth:
        text = (
            f"bias² is the error of the mean function, {places}; variance, of the runs around it. "
            "Their sum is the mean error of the runs."
        )
    else:
        text = f"variance is that of the runs around their mean function, {places}."
    if min(len(spread.values) for spread in functions.spreads) < FEW:
        text += f" It takes {FEW} runs or more: sweep.repeat has the seeds."
    yield Finding("taken_apart", text)


def least(functions: FunctionSpreads) -> Iterator[Finding]:
    """Which row of learned functions has the least error, and what the others have more of."""
    rows = functions.learned
    if len(rows) < 2 or not functions.knows_truth or not functions.compared.comparable:
        return
    errors = [spread.bias_squared + spread.variance for spread in rows]
    best = rows[int(np.argmin(errors))]
    text = (
        f"bias² + variance is least for {best.group.label}: {number(min(errors))} = "
        f"{number(best.bias_squared)} + {number(best.variance)}."
    )
    for spread in (rows[0], rows[-1]):
        if spread is not best:
            text += f" {_share(spread)}"
    yield Finding("least", text, {"least": min(errors)})


def _share(spread: FunctionSpread) -> str:
    """What the error of a row consists of."""
    bias_squared = spread.bias_squared
    error = bias_squared + spread.variance
    share = 100 * bias_squared / error
    return f"For {spread.group.label} it is {number(error)}, {share:.0f} % of it bias²."


def references(functions: FunctionSpreads) -> Iterator[Finding]:
    """How wide the functions of every reference spread beside the learned ones."""
    learned = {spread.group: spread for spread in functions.learned}
    for kind in functions.kinds:
        if kind == LEARNED:
            continue
        rows = [spread for spread in functions.spreads if spread.kind == kind]
        if all(spread.group in learned for spread in rows):
            pairs = [(spread, learned[spread.group]) for spread in rows]
            yield _width_of_reference(pairs)


def _width_of_reference(pairs: Sequence[tuple[FunctionSpread, FunctionSpread]]) -> Finding:
    """A sentence on a reference. pairs: its spread and the learned one, of every group."""
    first, _ = pairs[0]
    title = first.title
    if all(_is_one_function(spread) for spread, _ in pairs):
        each = " of a row" if len(pairs) > 1 else ""
        return Finding("references", f"The reference {title} is one function for all runs{each}.")
    ratios = [_width_ratio(spread, beside) for spread, beside in pairs]
    words = and_list([number(ratio) for ratio in ratios])
    text = f"The functions of the reference {title} spread {words} times as wide as the learned"
    if first.group.words:
        labels = [spread.group.label for spread, _ in pairs]
        text += f", for {and_list(labels)}"
    return Finding("references", f"{text}.", {"ratios": ratios})


def _is_one_function(spread: FunctionSpread) -> bool:
    """Whether all of them are the same up to rounding."""
    size = max(1.0, float(np.max(np.abs(spread.mean))))
    return bool(np.max(spread.deviation) <= ROUNDING * size)


def _width_ratio(spread: FunctionSpread, beside: FunctionSpread) -> float:
    """The one standard deviation over the other, in the mean over x."""
    with np.errstate(all="ignore"):
        ratio = np.float64(spread.variance) / beside.variance
        return float(np.sqrt(ratio))


def left_out(functions: FunctionSpreads) -> Iterator[Finding]:
    """Rows and runs that are not shown."""
    if functions.apart:
        labels = and_list([group.label for group in functions.apart])
        yield Finding("left_out", f"Not shown, because no run has a result: {labels}.")
    for spread in [*functions.spreads, *functions.empty]:
        if spread.infinite:
            where = f" for {spread.group.label}" if spread.group.words else ""
            count = counted(spread.infinite, "function")
            text = f"Left out, because they are not finite: {count}, {spread.title}{where}."
            yield Finding("left_out", text)
    lost = 0
    for group in dict.fromkeys(spread.group for spread in functions.spreads):
        lost += group.counts["diverged"] + group.counts["failed"]
    if lost:
        yield Finding("left_out", f"Left out: {counted(lost, 'run')} that diverged or failed.")
