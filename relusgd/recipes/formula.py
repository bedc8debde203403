"""A claim's quantity: an expression in quantities, facts and references, and its number for a run.

`median(sharpness_over_edge)`, `train_mse / line_mse`, `step_below(frequency_error_3, 0.5)`: a name
stands for its values at the snapshots that the claim is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import numpy as np

from relusgd.diagnostics.quantities import QUANTITIES
from relusgd.diagnostics.quantities.measuring import measure
from relusgd.errors import InputError
from relusgd.model.expression_parser import parse_expression
from relusgd.model.expressions import (
    FUNCTIONS,
    ComparisonNode,
    Expression,
    OperationNode,
    TreeNode,
    VariableNode,
    Vocabulary,
)
from relusgd.model.history import METRICS
from relusgd.model.network import Array, Integers
from relusgd.recipes.facts import COURSES, FACTS, NEEDS, TrainedRun
from relusgd.runs.diagnosis import snapshots_of
from relusgd.words import counted


def _first(values: Array) -> Array:
    return np.asarray(values[0])


def _last(values: Array) -> Array:
    return np.asarray(values[-1])


def _first_where(condition: Array, values: Array) -> Array:
    """The value at the first snapshot where the condition holds; nan where it never does."""
    holds = np.flatnonzero(condition)
    value = values[holds[0]] if len(holds) else np.nan
    return np.asarray(value)


FUNCTIONS_OF_SNAPSHOTS: dict[str, tuple[int, Callable[..., Array]]] = {
    "median": (1, np.median),
    "mean": (1, np.mean),
    "smallest": (1, np.min),
    "largest": (1, np.max),
    "first": (1, _first),
    "last": (1, _last),
    "first_where": (2, _first_where),
}
"""Functions that make one number of the values at several snapshots."""

COLUMNS = ("epoch", "step", *METRICS)

VOCABULARY = Vocabulary(
    tuple(dict.fromkeys([*QUANTITIES, *COLUMNS, *FACTS, *COURSES])),
    "median(sharpness_over_edge)",
    {**FUNCTIONS, **FUNCTIONS_OF_SNAPSHOTS},
)


@lru_cache
def parse_quantity(text: str) -> Expression:
    """The expression, remembered by its text. Raises InputError, saying what cannot be read."""
    return parse_expression(text, VOCABULARY)


def names_in(node: TreeNode) -> Iterator[str]:
    """The variables of an expression."""
    match node:
        case VariableNode():
            yield node.name
        case OperationNode():
            for argument in node.arguments:
                yield from names_in(argument)
        case ComparisonNode():
            for operand in node.operands:
                yield from names_in(operand)


def check_needs(expression: Expression) -> None:
    """Raise InputError where something that the expression needs is not installed."""
    for name in names_in(expression.root):
        if name in NEEDS:
            NEEDS[name]()


def number_of(expression: Expression, run: TrainedRun, rows: Integers) -> float:
    """The value of an expression for one run, which sees the snapshots of these rows.

    Raises InputError where it gives several numbers.
    """
    names = dict.fromkeys(names_in(expression.root))
    with np.errstate(all="ignore"):
        values = _values(run, names, rows)
        result = np.asarray(expression.of(values), dtype=np.float64)
    if result.size != 1:
        raise InputError(
            f"{expression.text} gives {counted(result.size, 'number')}, one for each snapshot",
            f"one is expected: write median({expression.text}), or last, first, mean, smallest "
            "or largest",
        )
    return float(result.reshape(()))


def _values(run: TrainedRun, names: Iterable[str], rows: Integers) -> dict[str, Array]:
    """The values of names at the snapshots of these rows; facts of the run are single numbers."""
    measured = [name for name in names if name in QUANTITIES]
    values = measure(snapshots_of(run).select(rows), measured)
    for name in names:
        if name in FACTS:
            values[name] = np.asarray(FACTS[name](run), dtype=np.float64)
        elif name in COURSES:
            values[name] = COURSES[name](run, rows)
        elif name not in measured:
            values[name] = _column(run, name)[rows]
    return values


def _column(run: TrainedRun, name: str) -> Array:
    """A column of metrics.csv, shape (S,)."""
    history = run.history
    columns = {"epoch": history.epoch, "step": history.step, **history.metrics}
    return np.asarray(columns[name], dtype=np.float64)
