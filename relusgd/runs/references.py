"""What a learned function is compared with: functions of the points and of the initial network.

The line and the splines are made from the training points alone, the kernel regression also from
the law of the initial network. The linearised network is trained as the run was, so that it is
another function at every snapshot.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import ArrayLike

from relusgd.diagnostics.measures import network_domain
from relusgd.diagnostics.references.expected_kernel import expected_kernel, kernel_regression
from relusgd.diagnostics.references.line import least_squares_line
from relusgd.diagnostics.references.linearized import LinearizedFunction
from relusgd.diagnostics.references.splines import linear_spline, natural_cubic_spline
from relusgd.errors import InputError
from relusgd.model.breakpoints import breakpoints
from relusgd.model.history import History
from relusgd.model.network import Array
from relusgd.model.points import Dataset
from relusgd.pictures.scenes.reference_curve import ReferenceCurve
from relusgd.training.building import initial_law
from relusgd.training.linearized import LinearizedTraining
from relusgd.training.plan import Plan
from relusgd.words import comma_list, did_you_mean

GRID = 960
"""Even steps over the domain at which a reference is drawn."""

MOST_PLACES = 2_000
"""Of more points or elbows, a reference is drawn at the even steps alone."""

BESIDE = 1e-9
"""How far from an elbow its two sides are drawn, as a share of the domain."""


class ComparedRun(Protocol):
    """What is asked of a run here."""

    @property
    def plan(self) -> Plan: ...

    @property
    def data(self) -> Dataset: ...

    @property
    def history(self) -> History: ...


class Reference(ABC):
    """A function to compare a run with.

    name: in commands and in Python. title, short: in legends. moves: whether it is another function
    at every snapshot.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    short: ClassVar[str]
    moves: ClassVar[bool] = False

    def __init__(self, run: ComparedRun) -> None:
        self._run = run
        self._history = run.history

    def __call__(self, x: ArrayLike, epoch: int | None = None, *, step: int | None = None) -> Array:
        """Its values at these x, by default beside the run's last snapshot.

        x and the result are in original units, of any one shape. Raises InputError, naming the
        nearest recorded ones, when nothing was recorded at this epoch or step.
        """
        positions = np.asarray(x, dtype=np.float64)
        row = self._history.index(epoch=epoch, step=step)
        scaling = self._run.data.scaling
        at = scaling.x_to_network(positions.ravel())
        values = scaling.y_to_original(self.values(at, row))
        return np.asarray(values).reshape(positions.shape)

    def __repr__(self) -> str:
        return f"<Reference: {self.title}>"

    @abstractmethod
    def values(self, x: Array, row: int) -> Array:
        """Its values beside the snapshot of this row; x, shape (k,), and f in network units."""

    @property
    def _bends(self) -> Array:
        """Where it bends or jumps, in network units."""
        return np.empty(0)

    def curve(self) -> ReferenceCurve:
        """What pictures draw of it, in original units."""
        data = self._run.data
        low, high = network_domain(data)
        bends = self._bends
        bends = bends[(bends > low) & (bends < high)]
        if len(bends) > MOST_PLACES:
            bends = bends[:0]
        x = np.union1d(np.linspace(low, high, GRID + 1), bends)

        def heights(row: int) -> Array:
            return data.scaling.y_to_original(self.values(x, row))

        places = data.scaling.x_to_original(x)
        if self.moves:
            return ReferenceCurve(
                self.name,
                self.title,
                self.short,
                places,
                heights,
                moves=True,
            )
        fixed = heights(0)
        return ReferenceCurve(self.name, self.title, self.short, places, lambda _: fixed)


class _OfPoints(Reference):
    """A reference that is made from the training points once."""

    def __init__(self, run: ComparedRun) -> None:
        super().__init__(run)
        self._function = self._make(run)

    @abstractmethod
    def _make(self, run: ComparedRun) -> Callable[[Array], Array]:
        """The function, in network units."""

    def values(self, x: Array, row: int) -> Array:  # noqa: ARG002 - it is always the same
        return self._function(x)


class Line(_OfPoints):
    """The straight line of least squares."""

    name = "line"
    title = "least-squares line"
    short = "line"

    def _make(self, run: ComparedRun) -> Callable[[Array], Array]:
        return least_squares_line(run.data.x_train, run.data.y_train)


class _BendsAtPoints(_OfPoints):
    """One that bends at the training points."""

    @property
    def _bends(self) -> Array:
        return self._run.data.x_train


class LinearSpline(_BendsAtPoints):
    """Straight pieces through the points, or through the mean of those that share an x."""

    name = "spline"
    title = "linear spline"
    short = "spline"

    def _make(self, run: ComparedRun) -> Callable[[Array], Array]:
        return linear_spline(run.data.x_train, run.data.y_train)


class CubicSpline(_BendsAtPoints):
    """The natural cubic spline through the points, or through the mean of those that share an x."""

    name = "cubic"
    title = "natural cubic spline"
    short = "cubic"

    def _make(self, run: ComparedRun) -> Callable[[Array], Array]:
        return natural_cubic_spline(run.data.x_train, run.data.y_train)


class KernelRegression(_BendsAtPoints):
    """Kernel regression with the tangent kernel that such a start has at infinite width."""

    name = "kernel"
    title = "kernel regression, infinite width"
    short = "kernel"

    def _make(self, run: ComparedRun) -> Callable[[Array], Array]:
        plan, data = run.plan, run.data
        if plan.config.network.start is not None:
            raise InputError(
                "this run begins with given parameters (network.start), "
                "which are drawn from no law and have no kernel at infinite width",
                "linearized is for networks of any start",
            )
        descent = plan.descent
        layers = "output" if plan.is_ridge else descent.layers
        law = initial_law(plan.config, data)
        kernel = expected_kernel(law, layers, output_bias=descent.output_bias)
        return kernel_regression(kernel, data.x_train, data.y_train)


class Linearized(Reference):
    """The network linearised at its start, trained by the run's own method on its own clock."""

    name = "linearized"
    title = "linearised network"
    short = "linearised"
    moves = True

    def __init__(self, run: ComparedRun) -> None:
        super().__init__(run)
        self._start = run.history.network(0)
        self._training = LinearizedTraining(run.plan, self._start)
        self._parameters: dict[int, Array] = {}
        # The function at the x that were asked for last.
        self._function: LinearizedFunction | None = None
        self._function_x = np.empty(0)

    def parameters(self, row: int) -> Array:
        """θ of the linearised network beside the snapshot of this row, shape (P,)."""
        step = int(self._history.step[row])
        if step not in self._parameters:
            self._parameters[step] = self._training.parameters(step)
        return self._parameters[step]

    def values(self, x: Array, row: int) -> Array:
        if self._function is None or not np.array_equal(self._function_x, x):
            self._function = LinearizedFunction(self._start, x)
            self._function_x = x
        return self._function(self.parameters(row))

    @property
    def _bends(self) -> Array:
        """Both sides of every breakpoint of the initial network, where it jumps."""
        low, high = network_domain(self._run.data)
        places = breakpoints(self._start).x
        distance = BESIDE * (high - low)
        return np.concatenate([places - distance, places + distance])


REFERENCES: dict[str, type[Reference]] = {
    kind.name: kind for kind in (Line, LinearSpline, CubicSpline, Linearized, KernelRegression)
}
"""By name, all that a run can be compared with."""


def references(run: ComparedRun, names: str | Iterable[str]) -> dict[str, Reference]:
    """References of a run by their names, such as "line,linearized" or ["line", "linearized"].

    Raises InputError for a name that no reference has, and for one that this run cannot have.
    """
    return {name: REFERENCES[name](run) for name in reference_names(names)}


def available_references(run: ComparedRun) -> dict[str, Reference]:
    """All references that this run can have."""
    found = {}
    for name, kind in REFERENCES.items():
        with suppress(InputError):
            found[name] = kind(run)
    return found


def reference_names(names: str | Iterable[str]) -> list[str]:
    """Names as people write them, each once; "none" is no name.

    Raises InputError for one that no reference has.
    """
    given = names.split(",") if isinstance(names, str) else names
    words = dict.fromkeys(name.strip() for name in given)
    wanted = [name for name in words if name not in ("", "none")]
    for name in wanted:
        if name not in REFERENCES:
            raise InputError(
                f"{name!r} is not a reference{did_you_mean(name, REFERENCES)}",
                f"the references are {comma_list(REFERENCES)}",
            )
    return wanted
