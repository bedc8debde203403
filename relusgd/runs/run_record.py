"""The record of a run: what training left in its folder, every part of it of one run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, wraps
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from relusgd.advice import Advice
from relusgd.config import Config
from relusgd.diagnostics.outcomes import outcome_of
from relusgd.errors import InputError
from relusgd.model.history import History
from relusgd.model.network import Network
from relusgd.model.point_rows import dataset_from_rows
from relusgd.model.points import Dataset
from relusgd.model.scaling import Scaling
from relusgd.model.targets import parse_target
from relusgd.run_files import folder as disk
from relusgd.run_files import metrics_table
from relusgd.run_files.folder_errors import damaged
from relusgd.run_files.one_run import OneRunReader
from relusgd.run_files.run_config import read_config
from relusgd.run_files.stated_facts import FACTS
from relusgd.runs.facts import RunFacts, read_facts
from relusgd.runs.lock import is_being_written
from relusgd.runs.result import RunResult, brief_reason, original_units
from relusgd.training.ending import Ending
from relusgd.words import comma_list

T = TypeVar("T")

READ_ONCE = ("facts", "status", "ending", "config", "data", "history", "metrics", "moments")
"""The parts that are kept in the object once they are read."""


def _of_one_run(method: Callable[[RunRecord], T]) -> Callable[[RunRecord], T]:
    """Let a method that reads the folder give what belongs to what was read before."""

    @wraps(method)
    def read(record: RunRecord) -> T:
        return record.read_as_one(lambda: method(record))

    return read


class RunRecord:
    """A run folder, read as it is now. What is read once stays the same in this object.

    Raises RelusgdError, naming the file, when a part that is asked for is missing or damaged, and
    ReplacedError when another run has taken the folder's place since the first part was read.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._reader = OneRunReader(self.folder, self.forget)

    def forget(self) -> None:
        """Drop what was read, and its memory. A part that is asked for is read anew."""
        for name in READ_ONCE:
            self.__dict__.pop(name, None)

    def read_as_one(self, read: Callable[[], T]) -> T:
        """What `read` gives, all of it of the run from which this object has read before.

        Raises as `read`, and ReplacedError when another run has taken the folder's place.
        """
        return self._reader.read(read)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.folder)!r})"

    @cached_property
    @_of_one_run
    def facts(self) -> RunFacts:
        """What run.json says: versions, engine, kernel, scaling, timings, counts."""
        return read_facts(self.folder)

    @cached_property
    @_of_one_run
    def status(self) -> str:
        """running, complete, interrupted, diverged or failed.

        A run whose writer died is interrupted. One that ended far worse than it began has diverged,
        also where its folder is of a version that called it complete.
        """
        status = self.facts.status
        if status == "running" and not is_being_written(self.folder):
            return "interrupted"
        if status == "complete" and self.ending is not None and self.ending.outcome == "diverged":
            return "diverged"
        return status

    @cached_property
    @_of_one_run
    def ending(self) -> Ending | None:
        """How training ended; None where it has not. Derived where run.json does not say so."""
        facts = self.facts
        if facts.outcome is not None or facts.status != "complete":
            return facts.ending
        y = self.data.y_train
        errors = self.metrics["train_mse"]
        outcome = outcome_of(float(errors[0]), float(errors[-1]), y)
        if outcome == "learned":
            return Ending(outcome)
        reason = brief_reason(self.metrics, self.scaling, y)
        return Ending(outcome, reason)

    @cached_property
    @_of_one_run
    def config(self) -> Config:
        """The config with every default filled in."""
        return read_config(self.folder)

    @property
    def scaling(self) -> Scaling:
        """Converts the units of arrays and metrics to those of the data."""
        return self.facts.scaling

    @cached_property
    @_of_one_run
    def data(self) -> Dataset:
        """The training and test points."""
        rows = disk.read_data_rows(self.folder)
        try:
            with np.errstate(all="ignore"):
                points = dataset_from_rows(rows, self.scaling)
        except InputError as error:
            raise damaged(self.folder, error.message) from None
        data = self.config.data
        if data.kind == "target":
            target = parse_target(data.target)
            return replace(
                points,
                domain=data.domain,
                train_domain=data.train_domain,
                target=target,
                noise=data.noise,
            )
        if data.kind == "csv":
            return replace(
                points,
                digest=self.facts.csv_sha256,
                x_name=data.x or "x",
                y_name=data.y or "y",
                x_is_date=self.facts.x_is_date or False,
            )
        return points

    @cached_property
    @_of_one_run
    def history(self) -> History:
        """All whole snapshots, as read-only memory maps."""
        hidden = tuple(self.config.network.hidden)
        steps_per_epoch = self.facts.counts.steps_per_epoch
        history = disk.read_history(self.folder, hidden, steps_per_epoch, self.metrics)
        # They are equal, and those on the disk take no memory.
        self.metrics.update(epoch=history.epoch, step=history.step)
        return history

    def give_back_pages(self) -> None:
        """Give back the memory of the snapshots that were read; they are read again when needed."""
        disk.give_back_pages(self.history)

    @cached_property
    @_of_one_run
    def metrics(self) -> dict[str, NDArray[Any]]:
        """metrics.csv: column name → array, one entry per snapshot.

        `pandas.DataFrame(run.metrics)` works.
        """
        least = self._least_snapshots
        metrics = metrics_table.read_metrics(self.folder)
        self._check_count(len(metrics["epoch"]), least)
        return metrics

    @cached_property
    @_of_one_run
    def moments(self) -> dict[str, NDArray[Any]]:
        """The columns epoch and step of `metrics`, where nothing else of it is needed.

        A long run's other columns would take three times as much memory.
        """
        known = self.__dict__.get("metrics")
        if known is not None:
            return {name: known[name] for name in metrics_table.MOMENTS}
        least = self._least_snapshots
        moments = metrics_table.read_moments(self.folder)
        self._check_count(len(moments["epoch"]), least)
        return moments

    @property
    def own_metrics(self) -> tuple[str, ...]:
        """The names of the metrics of a caller's own, which are columns of `metrics`."""
        known = self.__dict__.get("metrics")
        names = known or self.read_as_one(lambda: metrics_table.read_column_names(self.folder))
        return tuple(name for name in names if name not in metrics_table.COLUMNS)

    def count_snapshots(self) -> int:
        """About how many snapshots there are; after a power cut the last ones may be none."""
        return disk.count_snapshots(self.folder)

    def column(self, name: str) -> NDArray[Any]:
        """One array of snapshots/ or one column of metrics.csv, shape (S, …), read anew.

        Raises InputError, naming what there is, when the run has no such array.
        """
        hidden = tuple(self.config.network.hidden)
        least = self._least_snapshots
        column = self.read_as_one(lambda: disk.read_column(self.folder, hidden, name))
        if column is None:
            names = sorted({*self.metrics, *disk.array_layout(hidden)})
            raise InputError(
                f"{name} is not an array of {self.folder}",
                f"there are {comma_list(names)}",
            )
        self._check_count(len(column), least)
        return column

    @property
    def clock(self) -> NDArray[np.float64]:
        """When each snapshot was taken, in epochs, with fractions within an epoch."""
        return np.asarray(self.metrics["step"] / self.facts.counts.steps_per_epoch)

    @property
    def original_metrics(self) -> dict[str, NDArray[Any]]:
        """The metrics with both errors in the square of the data's own units."""
        return original_units(self.metrics, self.scaling)

    @property
    def result(self) -> RunResult:
        """The outcome, the last snapshot and the best test error, in the units of the data."""
        return RunResult.of(self.metrics, self.scaling, self.ending)

    def check_readable(self) -> None:
        """Raise RelusgdError when snapshots or metrics are damaged."""
        _ = self.history  # reading it raises

    def check_sizes(self) -> None:
        """Raise RelusgdError when metrics.csv or an array holds too few snapshots.

        Only the headers of arrays are read.
        """
        hidden = self.config.network.hidden
        rows = len(self.metrics["epoch"])
        self.read_as_one(lambda: disk.check_arrays(self.folder, hidden, rows))

    @property
    def _least_snapshots(self) -> int:
        """The snapshots that run.json counts. Read before the table, which only grows."""
        return self.facts.counts.snapshots

    def _check_count(self, found: int, least: int) -> None:
        if found < least:
            raise damaged(
                self.folder / metrics_table.TABLE,
                f"holds {found:,} snapshots where {FACTS} tells of {least:,}",
                Advice(
                    f"relusgd.record(config, out={str(self.folder)!r}, overwrite=True) trains anew",
                    "relusgd train with --overwrite trains it anew",
                ),
            )

    def network(self, *, epoch: int | None = None, step: int | None = None) -> Network:
        """The network recorded at this epoch or step, or last, in network units.

        Raises InputError, naming the nearest recorded ones, when nothing was recorded there.
        """
        return self.history.network(self.history.index(epoch=epoch, step=step))
