"""The run folder on disk: what it holds and how it is read. `writer` makes it.

The number of snapshots is the number of complete lines of metrics.csv, so a reader sees only whole snapshots at any instant.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.errors import RelusgdError
from relusgd.model.history import COUNTS, METRICS, History
from relusgd.model.network import layer_shapes, parameter_count
from relusgd.runs.arrays import read_rows
from relusgd.training.sgd import State

FORMAT = 1
"""The format version of run folders that this version writes; it reads this one and all before."""

CONFIG, FACTS, DATA, TABLE, ARRAYS, CHECKPOINT = "config.yaml", "run.json", "data.csv", "metrics.csv", "snapshots", "checkpoint.npz"
COLUMNS = ("epoch", "step", *METRICS)


def array_layout(hidden: tuple[int, ...]) -> dict[str, tuple[tuple[int, ...], str]]:
    """Shape of a row and type of every array in snapshots/."""
    layout: dict[str, tuple[tuple[int, ...], str]] = {"epoch": ((), "<i8"), "step": ((), "<i8")}
    layout |= {"elbow": ((hidden[0],), "<f8"), "slope": ((hidden[0],), "<f8")}
    for k, (fan_in, fan_out) in enumerate(layer_shapes(hidden), start=1):
        layout |= {f"weight_{k}": ((fan_in, fan_out), "<f8"), f"bias_{k}": ((fan_out,), "<f8")}
    return layout


def read_data_rows(folder: Path) -> list[tuple[str, float, float]]:
    """The rows of data.csv. Raises RelusgdError when it is missing or damaged."""
    path = folder / DATA
    try:
        with path.open(encoding="ascii", newline="") as file:
            reader = csv.reader(file)
            if next(reader, None) != ["split", "x", "y"]:
                raise ValueError("the first line is not split,x,y")
            return [(split, float(x), float(y)) for split, x, y in reader]
    except (OSError, ValueError, csv.Error) as error:
        raise RelusgdError(f"{path}: cannot be read as training and test points; the run folder is damaged ({error})") from None


def read_facts(folder: Path) -> dict[str, Any]:
    """What run.json says. Raises RelusgdError when it is no run.json, or one of a newer format."""
    path = folder / FACTS
    try:
        facts = json.loads(path.read_bytes())
        version = facts["format"]
        if not isinstance(version, int) or not isinstance(facts.get("status"), str):
            raise TypeError("format and status are missing")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise RelusgdError(f"{path}: cannot be read as the facts of a run; the run folder is damaged ({error})") from None
    if version > FORMAT:
        raise RelusgdError(
            f"{path}: written by a newer relusgd (format {version}, this one reads up to {FORMAT})", "upgrade relusgd to read it"
        )
    return dict(facts)


def read_checkpoint(folder: Path, hidden: tuple[int, ...]) -> State:
    """The state that continuing needs. Never unpickles. Raises RelusgdError when it is missing or damaged."""
    path, size = folder / CHECKPOINT, parameter_count(hidden)
    try:
        with np.load(path, allow_pickle=False) as file:
            step, parameters, velocity = int(file["step"]), file["parameters"], file["velocity"]
    except Exception as error:  # zipfile and numpy raise many kinds on damaged files
        raise RelusgdError(f"{path}: cannot be read as a checkpoint; the run folder is damaged ({error})") from None
    if (
        parameters.shape != (size,)
        or velocity.shape != (size,)
        or parameters.dtype != np.float64
        or velocity.dtype != np.float64
        or step < 0
    ):
        raise RelusgdError(f"{path}: holds arrays of other shapes than the config's network has; the run folder is damaged")
    return State(step, parameters, velocity)


def whole_lines(folder: Path) -> tuple[int, int]:
    """Bytes and number of the complete lines of metrics.csv, its header among them."""
    try:
        content = (folder / TABLE).read_bytes()
    except OSError as error:
        raise RelusgdError(f"{folder / TABLE}: cannot be read; the run folder is damaged ({error.strerror})") from None
    return content.rfind(b"\n") + 1, content.count(b"\n")


def read_metrics(folder: Path) -> dict[str, NDArray[Any]]:
    """The complete lines of metrics.csv as columns. Raises RelusgdError when it is missing or damaged."""
    path = folder / TABLE
    size, lines = whole_lines(folder)
    with path.open("rb") as file:
        content = file.read(size).decode("ascii", "replace")
    header, _, body = content.partition("\n")
    if header.split(",") != list(COLUMNS) or lines < 2:
        raise RelusgdError(f"{path}: does not begin with the columns {','.join(COLUMNS)} and a snapshot; the run folder is damaged")
    try:
        table = np.loadtxt(io.StringIO(body), delimiter=",", ndmin=2, comments=None)
        if table.shape != (lines - 1, len(COLUMNS)):
            raise ValueError(f"{table.shape[1]} columns")
    except ValueError as error:
        raise RelusgdError(f"{path}: a line is not made of {len(COLUMNS)} numbers; the run folder is damaged ({error})") from None
    whole = {"epoch", "step", *COUNTS}
    return {name: column.astype(np.int64) if name in whole else column.copy() for name, column in zip(COLUMNS, table.T, strict=True)}


def read_history(folder: Path, hidden: tuple[int, ...]) -> History:
    """All whole snapshots, as read-only memory maps. Raises RelusgdError when the folder is damaged."""
    table = read_metrics(folder)
    rows = len(table["epoch"])
    arrays = {name: read_rows(folder / ARRAYS / f"{name}.npy", rows, shape, dtype) for name, (shape, dtype) in array_layout(hidden).items()}
    layers = range(1, len(hidden) + 2)
    return History(
        arrays["epoch"],
        arrays["step"],
        arrays["elbow"],
        arrays["slope"],
        tuple(arrays[f"weight_{k}"] for k in layers),
        tuple(arrays[f"bias_{k}"] for k in layers),
        {name: _read_only(table[name]) for name in METRICS},
    )


def _read_only(column: NDArray[Any]) -> NDArray[Any]:
    column.flags.writeable = False
    return column
