"""A run, and all that is made of it: pictures, pages, references, diagnoses, single steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relusgd.errors import RelusgdError
from relusgd.runs.kept_start import kept_start
from relusgd.runs.run_record import RunRecord

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


class Run(RunRecord):
    """A run folder, read as it is now. What is read once stays the same in this object.

    Raises RelusgdError, naming the file, when a part that is asked for is missing or damaged, and
    ReplacedError when another run has taken the folder's place since the first part was read.
    """

    def check(self, *, again: bool = False) -> RunCheck:
        """Whether every file is what was written, by the digests in run.json.

        again: also train again, and compare every snapshot to the last bit. `print` of the result
        says what was found; `is_sound` and `faults` are for programs. Raises InputError when the
        run's engine is not installed.
        """
        from relusgd.runs.check import check_run

        return check_run(Run(self.folder), again=again)

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
        self,
        *,
        epoch: int | None = None,
        at: Sample | None = None,
        rate: float | None = None,
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
        self,
        x: ArrayLike,
        epoch: int | None = None,
        *,
        step: int | None = None,
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
        self,
        epoch: int | None = None,
        *,
        step: int | None = None,
        layer: int | None = None,
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
