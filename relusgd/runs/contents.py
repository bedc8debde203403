"""What a run folder holds, and the bytes of its files. `folder` reads what is written here."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.files import write_new
from relusgd.model.history import METRICS, History
from relusgd.model.point_rows import dataset_rows
from relusgd.model.points import Dataset
from relusgd.run_files.arrays import npy_file
from relusgd.run_files.digests import UNCHANGING, Digesting
from relusgd.run_files.folder import (
    ARRAYS,
    CHECKPOINT,
    CONFIG,
    DATA,
    array_layout,
)
from relusgd.run_files.metrics_table import TABLE, table_header
from relusgd.run_files.stated_facts import FACTS
from relusgd.runs.facts import RunFacts, facts_text
from relusgd.runs.result import RunResult
from relusgd.training import State

LINES_AT_A_TIME = 10_000


@dataclass(frozen=True, eq=False)
class RunContents:
    """All that a run folder holds, when the run begins or when it has ended."""

    config_text: str
    facts: RunFacts
    dataset: Dataset
    history: History
    state: State

    @property
    def result(self) -> RunResult:
        metrics = {"epoch": self.history.epoch, "step": self.history.step, **self.history.metrics}
        return RunResult.of(metrics, self.dataset.scaling, self.facts.ending)


def write_contents(folder: Path, contents: RunContents) -> RunFacts:
    """Write every file of a run into an empty folder, without waiting for the disk.

    Gives what run.json says. Raises OSError.
    """
    (folder / ARRAYS).mkdir()
    digests = {}
    for name, parts in _files(contents):
        digesting = Digesting(parts)
        write_new(folder / name, digesting)
        if contents.facts.has_ended or name in UNCHANGING:
            digests[name] = digesting.hexdigest()
    facts = replace(contents.facts, sha256=digests)
    write_new(folder / FACTS, [facts_text(facts).encode()])
    return facts


def _files(contents: RunContents) -> Iterator[tuple[str, Iterable[bytes | memoryview]]]:
    """The name and the bytes, in parts, of every file but run.json."""
    history = contents.history
    yield CONFIG, [contents.config_text.encode()]
    yield DATA, data_parts(contents.dataset)
    yield TABLE, [table_header(history.metrics), metrics_lines(history).encode()]
    yield CHECKPOINT, [checkpoint_bytes(contents.state)]
    rows = history_arrays(history)
    for name, (shape, dtype) in array_layout(history.hidden).items():
        yield f"{ARRAYS}/{name}.npy", npy_file(rows[name], shape, dtype)


def history_arrays(history: History) -> dict[str, NDArray[Any]]:
    """The arrays of a history under the names of their files."""
    arrays: dict[str, NDArray[Any]] = {
        "epoch": history.epoch,
        "step": history.step,
        "elbow": history.elbow,
        "slope": history.slope,
    }
    for k, weight in enumerate(history.weights, start=1):
        arrays[f"weight_{k}"] = weight
        arrays[f"bias_{k}"] = history.biases[k - 1]
    return arrays


def metrics_lines(history: History) -> str:
    """Lines of metrics.csv; numbers in the shortest form that reads back the same."""
    own = [name for name in history.metrics if name not in METRICS]
    columns: list[NDArray[Any]] = [history.epoch, history.step]
    for name in (*METRICS, *own):
        columns.append(history.metrics[name])
    numbers = [column.tolist() for column in columns]
    lines = []
    for row in zip(*numbers, strict=True):
        lines.append(",".join(map(repr, row)) + "\n")
    return "".join(lines)


def checkpoint_bytes(state: State) -> bytes:
    """The content of checkpoint.npz."""
    buffer = io.BytesIO()
    vectors: dict[str, Any] = {"parameters": state.parameters, **state.memory}
    np.savez(buffer, step=np.int64(state.step), **vectors)
    return buffer.getvalue()


def data_parts(dataset: Dataset) -> Iterable[bytes]:
    """The content of data.csv, in original units, many lines at a time."""
    points = len(dataset.x_train) + len(dataset.x_test)
    if points > LINES_AT_A_TIME:
        return _data_parts(dataset)
    return _kept_data_parts(dataset)


@lru_cache(maxsize=1)
def _kept_data_parts(dataset: Dataset) -> tuple[bytes, ...]:
    """Kept for the next run, because the runs of a sweep mostly share their points."""
    return tuple(_data_parts(dataset))


def _data_parts(dataset: Dataset) -> Iterator[bytes]:
    yield b"split,x,y\n"
    lines = (f"{split},{x!r},{y!r}\n" for split, x, y in dataset_rows(dataset))
    while part := "".join(islice(lines, LINES_AT_A_TIME)):
        yield part.encode()
