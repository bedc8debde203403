"""A run: what is read from its folder. Everything that draws, tables or exports starts here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relusgd.advice import Advice
from relusgd.config import Config
from relusgd.diagnostics.outcomes import outcome_of
from relusgd.errors import InputError, RelusgdError
from relusgd.model.history import History
from relusgd.model.network import Network
from relusgd.model.points import Dataset, Scaling, dataset_from_rows
from relusgd.model.targets import parse_target
from relusgd.run_files import folder as disk
from relusgd.run_files import metrics_table
from relusgd.run_files.folder_errors import damaged
from relusgd.run_files.one_run import FolderIdentity, folder_identity, read_one_run, replaced
from relusgd.run_files.run_config import read_config
from relusgd.run_files.stated_facts import FACTS
from relusgd.runs.facts import RunFacts, read_facts
from relusgd.runs.kept_start import kept_start
from relusgd.runs.lock import is_being_written
from relusgd.runs.result import RunResult, brief_reason, original_units
from relusgd.training.ending import Ending
from relusgd.words import comma_list

if TYPE_CHECKING:
    from relusgd.pictures.kit.drawn_figure import DrawnFigure
    from relusgd.pictures.pages.drawn_file import DrawnFile
    from relusgd.runs.check import RunCheck
    from relusgd.runs.diagnosis import Diagnosis
    from relusgd.runs.events import Events
    from relusgd.runs.explanation import Explanation
    from relusgd.runs.features import RunFeatures
    from relusgd.runs.references import Reference
    from relusgd.runs.step_report import Sample, StepReport
    from relusgd.training import State
    from relusgd.training.plan import Plan


T = TypeVar("T")


def _of_one_run(method: Callable[[Run], T]) -> Callable[[Run], T]:
    """Let a method that reads the folder give what belongs to what was read before."""

    @wraps(method)
    def read(run: Run) -> T:
        return run.read_as_one(lambda: method(run))

    return read


READ_ONCE = ("facts", "status", "ending", "config", "data", "history", "metrics")


class Run:
    """A run folder, read as it is now. What is read once stays the same in this object.

    Raises RelusgdError, naming the file, when a part that is asked for is missing or damaged, and
    ReplacedError when another run has taken the folder's place since the first part was read.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._identity: FolderIdentity | None = None
        self._is_reading = False

    def read_as_one(self, read: Callable[[], T]) -> T:
        """What `read` gives, all of it of the run from which this object has read before.

        Raises as `read`, and ReplacedError when another run has taken the folder's place.
        """
        if self._is_reading:
            return read()
        self._is_reading = True
        try:
            if self._identity is None:
                result, self._identity = read_one_run(self.folder, lambda: self._read_anew(read))
            else:
                result = self._read_more(read)
        finally:
            self._is_reading = False
        return result

    def _read_anew(self, read: Callable[[], T]) -> T:
        for name in READ_ONCE:
            self.__dict__.pop(name, None)
        return read()

    def _read_more(self, read: Callable[[], T]) -> T:
        try:
            result = read()
        except RelusgdError:
            self._check_identity()
            raise
        self._check_identity()
        return result

    def _check_identity(self) -> None:
        identity = folder_identity(self.folder)
        if identity is not None and identity != self._identity:
            raise replaced(self.folder)

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r})"

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
        errors = self.metrics["train_mse"]
        outcome = outcome_of(float(errors[0]), float(errors[-1]), self.data.y_train)
        if outcome == "learned":
            return Ending(outcome)
        return Ending(outcome, brief_reason(self.metrics, self.scaling, self.data.y_train))

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
        return disk.read_history(self.folder, hidden, steps_per_epoch, self.metrics)

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
                f"{name} is not an array of {self.folder}", f"there are {comma_list(names)}"
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

    def check(self, *, again: bool = False) -> RunCheck:
        """Whether every file is what was written, by the digests in run.json.

        again: also train again, and compare every snapshot to the last bit. `print` of the result
        says what was found; `is_sound` and `faults` are for programs. Raises InputError when the
        run's engine is not installed.
        """
        from relusgd.runs.check import check_run

        return check_run(Run(self.folder), again=again)

    def check_readable(self) -> None:
        """Raise RelusgdError when snapshots or metrics are damaged."""
        _ = self.history  # reading it raises

    def check_sizes(self) -> None:
        """Raise RelusgdError when metrics.csv or an array holds too few snapshots.

        Only the headers of arrays are read.
        """
        hidden, rows = self.config.network.hidden, len(self.metrics["epoch"])
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

    @cached_property
    def plan(self) -> Plan:
        """The plan of this training, with the engine and the kernel that it began with.

        Raises InputError when that engine is not installed.
        """
        from relusgd.training import prepare

        plan = prepare(self.config, self.data, kept_start(self, self.config))
        return plan.keeping(self.facts.engine, self.facts.kernel)

    def state(self, step: int) -> State:
        """The whole state after a step, recorded or not: parameters and the optimizer's memory.

        It is computed again from the first snapshot, with the run's own engine and kernel, and is
        that of the run to the last bit. Raises InputError for a step that the run does not have,
        or when its engine is not installed.
        """
        from relusgd.training.replay import replay

        return replay(self.plan, self.network(step=0).parameters(), step)

    def step(
        self, *, epoch: int | None = None, at: Sample | None = None, rate: float | None = None
    ) -> StepReport:
        """One training step on the elbows: derivatives, moves, and which points pulled.

        It is the step after an epoch, by default after the last recorded one. Without `at` it is
        the one that training took, or would take if it went on: its batch, its method with what
        that remembers. at: a sample (x, y), or x alone for the nearest training point, in the units
        of the data; the step is then a plain gradient step. rate: a learning rate in place of the
        one in force.

        The report shows itself in a cell: a line per unit. `.unit(3)` has a unit's formulas with
        numbers, `.plot()` the picture, `.facts()` every number. Raises InputError for an epoch that
        was not recorded, a sample or rate that is no finite number, and a step that leaves the
        finite numbers.
        """
        from relusgd.runs.step_report import take_step

        row = self.history.index(epoch=epoch)
        plan, number = self.plan, int(self.history.step[row])
        # On a sample nothing is remembered, so that the recorded parameters are the whole state.
        if at is None and not plan.is_ridge and plan.descent.optimizer.has_memory:
            state = self.state(number)
        else:
            state = plan.descent.start(self.history.network(row).parameters())
            state = replace(state, step=number)
        return take_step(plan, state, at=at, rate=rate)

    def predict(
        self, x: ArrayLike, epoch: int | None = None, *, step: int | None = None
    ) -> NDArray[np.float64]:
        """The learned function at these x, by default that of the last snapshot.

        x and the result are in original units, of any one shape. Raises InputError, naming the
        nearest recorded ones, when nothing was recorded at this epoch or step.
        """
        positions = np.asarray(x, dtype=np.float64)
        network = self.network(epoch=epoch, step=step)
        values = network(self.scaling.x_to_network(positions))
        return np.asarray(self.scaling.y_to_original(values))

    def references(self, *names: str) -> dict[str, Reference]:
        """What the learned function is compared with, by name: run.references("line", "spline").

        line: that of least squares; spline, cubic: the linear and the natural cubic spline through
        the training points; linearized: the network linearised at its start, trained by the run's
        own method on its own clock; kernel: kernel regression with the tangent kernel that such a
        start has at infinite width. Each is a function of x and, as `predict`, of an epoch or a
        step. Without names, all that this run can have. Raises InputError for a name that no
        reference has, and for one that this run cannot have.
        """
        from relusgd.runs.references import available_references, references

        return references(self, names) if names else available_references(self)

    def features(
        self, epoch: int | None = None, *, step: int | None = None, layer: int | None = None
    ) -> RunFeatures:
        """The features ∂f/∂θ of a snapshot, by default the last, and their singular values.

        They are by the parameters that learn, or by those of one layer: from 1 on, the output layer
        is the last. Raises InputError, naming the nearest recorded ones, when nothing was recorded
        at this epoch or step, and for a layer that does not exist or does not learn.
        """
        from relusgd.runs.features import run_features

        return run_features(self, epoch=epoch, step=step, layer=layer)

    @cached_property
    def events(self) -> Events:
        """What happened in the training: elbows gather, a cluster splits, units die, and so on.

        Each event has its name, when it began and ended, its numbers, and a sentence. A cell of a
        notebook shows them as a table; docs/events.md has their definitions. They are of the
        snapshots that this object has read.
        """
        from relusgd.runs.events import events_of

        return events_of(self)

    def diagnose(self, epoch: int | None = None, *, step: int | None = None) -> Diagnosis:
        """What the network does at a snapshot, by default the last, beside the start.

        Its quantities, pieces and layers, as `relusgd diagnose` prints them. A cell of a notebook
        shows them as tables. Raises InputError, naming the nearest recorded ones, when nothing was
        recorded at this epoch or step.
        """
        from relusgd.runs.diagnosis import diagnose

        return diagnose(self, epoch=epoch, step=step)

    def explain(self, *, trials: bool = True) -> Explanation:
        """Why this run fits or does not, in sentences with their numbers, as `relusgd explain`.

        trials: whether what may help is tried, for 5 % of the time of the run or 2 s. `print` of
        the result says it, a cell of a notebook shows it, and `.causes` are the causes, the
        strongest first.
        """
        from relusgd.runs.explanation import explain_run

        return explain_run(self, trials=trials)

    def measure(self, *names: str, most: int | None = None) -> dict[str, NDArray[Any]]:
        """Quantities over time: a table of epoch, step and a column for each name.

        They are those of `diagnose`, in the units of the data where they have units. most: at most
        so many snapshots, denser in the beginning, for quantities that take long; None is all.
        `pandas.DataFrame(run.measure("sharpness", "edge", most=100))` works. Raises InputError for
        a name that no quantity has.
        """
        from relusgd.runs.diagnosis import chosen_rows, quantities_over_time

        history = self.history
        rows = np.arange(len(history)) if most is None else chosen_rows(self, most)
        measured = quantities_over_time(self, names, rows)
        return {"epoch": history.epoch[rows], "step": history.step[rows], **measured}

    def animate(
        self,
        out: str | Path | None = None,
        *,
        frames: int | None = None,
        fps: float | None = None,
        seconds: float | None = None,
        first_epoch: int | None = None,
        last_epoch: int | None = None,
        spacing: str = "log",
        build_up: bool = False,
        slow_motion: int | None = None,
        with_: str | Iterable[str] = (),
        captions: bool = True,
        interpolate: bool = False,
        progress: Callable[[int, int], None] | None = None,
        **look: Any,
    ) -> DrawnFile:
        """Write the film of this run, by default animation.gif in its folder, and give its path.

        The path shows the film in a notebook's cell. The options are those of `relusgd animate`.
        look: size, (width, height) in pixels or a name such as "slide"; title; theme, "light" or
        "dark"; show, the parts wanted, such as "units,loss"; layout, "storeys" or "panels".
        build_up: whether the network is put together first. slow_motion: a step, from 0 on, after
        which the film shows the next one slowly. with_: names of `references` to draw,
        such as "line,linearized". progress(done, of) is called after every frame. Raises InputError
        for what cannot be drawn so.
        """
        from relusgd.pictures.kit.look import Look
        from relusgd.runs.film import animate

        return animate(
            [self],
            out,
            frames=frames,
            fps=fps,
            seconds=seconds,
            first_epoch=first_epoch,
            last_epoch=last_epoch,
            spacing=spacing,
            build_up=build_up,
            slow_motion=slow_motion,
            look=Look.of(**look),
            with_=with_,
            captions=captions,
            interpolate=interpolate,
            progress=progress,
        )

    def plot(
        self,
        out: str | Path | None = None,
        *,
        epoch: int | None = None,
        step: int | None = None,
        story: bool = False,
        with_: str | Iterable[str] = (),
        **look: Any,
    ) -> DrawnFile:
        """Draw one snapshot, or with `story` the whole run in a still, and give the file's path.

        By default it is the last snapshot, as plot.png in the run's folder. with_ and look: as for
        `animate`.
        """
        from relusgd.pictures.kit.look import Look
        from relusgd.runs.picture import plot

        wanted = Look.of(**look)
        return plot([self], out, epoch=epoch, step=step, story=story, look=wanted, with_=with_)

    def figure(
        self,
        *,
        epoch: int | None = None,
        step: int | None = None,
        with_: str | Iterable[str] = (),
        **look: Any,
    ) -> DrawnFigure:
        """The picture that `plot` writes as a matplotlib Figure, to draw on and to save.

        pyplot does not know it, so that nothing has to be closed. Its axes, from the first on, are
        those of the learned function, the active units and the errors. with_ and look: as for
        `animate`.
        """
        from relusgd.pictures.kit.look import Look
        from relusgd.runs.picture import figure

        return figure([self], epoch=epoch, step=step, look=Look.of(**look), with_=with_)

    def view(
        self,
        out: str | Path | None = None,
        *,
        frames: int | None = None,
        title: str | None = None,
        theme: str | None = None,
        with_: str | Iterable[str] = (),
        show: str | Iterable[str] = (),
    ) -> DrawnFile:
        """Write one HTML file on which the training can be scrubbed, and give its path.

        By default it is view.html in the run's folder. frames: at most so many snapshots, chosen as
        a film's are; None is 300, or as many as 2 MB have room for. theme: light or dark; None is
        what the reader's system prefers. with_: names of `references`, which the reader can switch
        off and on. show: "sharpness" adds a panel of the sharpness over time.
        """
        from relusgd.runs.page import view

        return view([self], out, frames=frames, title=title, theme=theme, with_=with_, show=show)

    def _repr_html_(self) -> str | None:
        """The same page in a notebook's cell; a run that cannot be drawn is shown by its name."""
        from relusgd.runs.page import notebook_cell

        try:
            return notebook_cell(self)
        except (RelusgdError, OSError):
            return None
