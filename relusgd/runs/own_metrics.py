"""Metrics of a caller's own: functions of the network whose values become columns of metrics.csv.

relusgd.record(config, metrics={"variation": lambda f: relusgd.total_variation(f, (0, 1))})
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from relusgd.advice import Advice
from relusgd.errors import InputError, RelusgdError
from relusgd.model.history import History
from relusgd.model.network import Array, Network
from relusgd.run_files.metrics_table import METRIC_NAME, is_own_metric
from relusgd.runs.run import Run
from relusgd.training import Block
from relusgd.words import and_list, shown

Metric = Callable[[Network], Any]
"""What is measured of the network of a snapshot, which is in network units: a number."""


def checked_metrics(metrics: Mapping[str, Metric] | None) -> dict[str, Metric]:
    """The metrics. Raises InputError for a name that no column may have, and for no function."""
    for name, metric in (metrics or {}).items():
        if not isinstance(name, str) or not is_own_metric(name):
            raise InputError(
                f"{shown(name)} cannot be the name of a metric of your own",
                f"a name has letters, digits and _ ({METRIC_NAME.pattern}), "
                "and is none that tables of relusgd have already",
            )
        if not callable(metric):
            raise InputError(
                f"the metric {name} is {shown(metric)}, and a function of the network is expected",
                "such as lambda network: network([0.5])[0]",
            )
    return dict(metrics or {})


def with_metrics(blocks: Iterable[Block], metrics: Mapping[str, Metric]) -> Iterator[Block]:
    """The blocks, with a column for each metric.

    Raises RelusgdError when a metric fails or gives no number.
    """
    for block in blocks:
        history = block.history
        columns = dict(history.metrics)
        for name, metric in metrics.items():
            columns[name] = _column(name, metric, history)
        yield Block(replace(history, metrics=columns), block.state)


def _column(name: str, metric: Metric, history: History) -> Array:
    values = []
    for index in range(len(history)):
        values.append(_value(name, metric, history, index))
    return np.array(values, dtype=np.float64)


def _value(name: str, metric: Metric, history: History, index: int) -> float:
    network = history.network(index)
    for array in (*network.weights, *network.biases):
        array.flags.writeable = False  # a metric looks at the training, and never changes it
    try:
        value = np.asarray(metric(network))
    except Exception as error:
        step = history.step[index]
        raise RelusgdError(
            f"the metric {name} failed at step {step:,}: {type(error).__name__}: {error}"
        ) from error
    if value.shape != () or value.dtype.kind not in "biuf":
        raise RelusgdError(f"the metric {name} gave {shown(value.tolist())}; a number is expected")
    return float(value)


def check_confirmed(run: Run, wanted: Collection[str]) -> None:
    """Raise InputError when a run that has ended lacks a metric that is wanted."""
    if wanted and not set(wanted) <= set(run.own_metrics):
        raise _other_metrics(run, wanted)


def check_continued(run: Run, wanted: Collection[str]) -> None:
    """Raise InputError unless a run that goes on has the metrics that are wanted, and no others.

    Otherwise snapshots would lack some.
    """
    own = run.own_metrics
    if set(wanted) == set(own):
        return
    if wanted:
        raise _other_metrics(run, wanted)
    functions = ", ".join(f"{name!r}: …" for name in own)
    call = f"relusgd.record(config, {str(run.folder)!r}, metrics={{{functions}}})"
    raise InputError(
        f"{run.folder} records {and_list(own)}, which only its functions in Python can go on with",
        Advice(f"go on with {call}", f"go on in Python: {call}"),
    )


def _other_metrics(run: Run, wanted: Collection[str]) -> InputError:
    own = and_list(run.own_metrics) if run.own_metrics else "none"
    others = and_list(list(wanted))
    folder = repr(str(run.folder))
    return InputError(
        f"{run.folder} was begun with other metrics of your own: {own}, not {others}",
        f"to train it anew: relusgd.record(config, {folder}, metrics=metrics, overwrite=True)",
    )
