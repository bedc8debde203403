"""A film of one SGD step on one sample.

Values appear from left to right, derivatives flow back, the parameters move,
θ ← θ − η (∂ℓ/∂θ + decay · θ), and the new values appear from left to right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from relusgd.errors import InputError
from relusgd.gradients.dense import Layers
from relusgd.graphs.columns import column_numbers
from relusgd.graphs.design import Design, edge_labels
from relusgd.graphs.graph import Evaluated, Graph
from relusgd.graphs.picture import GraphPicture
from relusgd.graphs.text import (
    TextLine,
    derivative_lines,
    own_lines,
    printed,
    with_derivative,
)
from relusgd.model.network import Array
from relusgd.pictures.films.film import Progress, check_film, write_frames
from relusgd.pictures.films.painter import Frame
from relusgd.pictures.kit.plain_matplotlib import plain_style
from relusgd.words import significant

FPS = 10.0

FRAMES_PER_COLUMN = 5
FRAMES_OF_MOVE = 16
FRAMES_OF_PAUSE = 8
SECONDS_AT_END = 2.0

DIM = 0.25
"""The opacity of what has not been reached."""

MIDWAY = 0.37
"""A share of the move, midway, at which numbers have many digits: boxes get room for them."""


@dataclass(frozen=True)
class SgdStep:
    """What SGD does with the parameters.

    layers: which learn. output_bias: whether the output's bias is one of the parameters.
    """

    rate: float
    layers: Layers = "all"
    decay: float = 0.0
    output_bias: bool = True

    def moved(self, state: Evaluated) -> dict[str, Array]:
        """The new values of the parameters that learn."""
        values = {}
        for node in state.graph.nodes:
            if node.learns and self._moves(state.graph, node.name):
                theta = state.values[node.name]
                slope = state.derivatives[node.name] + self.decay * theta
                values[node.name] = theta - self.rate * slope
        return values

    def _moves(self, graph: Graph, name: str) -> bool:
        of_output = graph.node("f").parents
        if name == of_output[-1] and not self.output_bias:
            return False
        if self.layers == "all":
            return True
        return (self.layers == "output") == (name in of_output)


@dataclass(frozen=True)
class Moment:
    """What one frame of the film shows.

    act: forward, backward, step or again. column: the column that the act has reached. share: how
    much of their move the parameters have made.
    """

    act: str
    column: int = 0
    share: float = 0.0


def moments(columns: int) -> Iterator[Moment]:
    """The film, frame by frame."""
    for column in range(columns):
        yield from [Moment("forward", column)] * FRAMES_PER_COLUMN
    yield from [Moment("forward", columns - 1)] * FRAMES_OF_PAUSE
    for column in reversed(range(columns)):
        yield from [Moment("backward", column)] * FRAMES_PER_COLUMN
    yield from [Moment("backward", 0)] * FRAMES_OF_PAUSE
    for frame in range(1, FRAMES_OF_MOVE + 1):
        t = frame / FRAMES_OF_MOVE
        yield Moment("step", share=3 * t * t - 2 * t**3)
    yield from [Moment("step", share=1.0)] * FRAMES_OF_PAUSE
    for column in range(columns):
        yield from [Moment("again", column)] * FRAMES_PER_COLUMN


def film_sgd_step(
    graph: Graph,
    path: Path,
    step: SgdStep,
    *,
    theme: str = "light",
    size: tuple[int, int] | None = None,
    progress: Progress | None = None,
) -> None:
    """Write the film of one step as .gif or .mp4.

    size: width and height in pixels; None is as large as the graph needs.
    Raises as `write_film` does, and InputError when the step is not finite.
    """
    check_film(path, FPS)
    is_mp4 = path.suffix.lower() == ".mp4"
    painter = StepPainter(graph.evaluate(), step, theme, even=is_mp4, size=size)
    write_frames(
        painter,
        path,
        indices=range(len(painter)),
        fps=FPS,
        hold=SECONDS_AT_END,
        progress=progress,
    )


class StepPainter:
    """Paints the frames of the film. before, after: the graph before and after the step."""

    def __init__(
        self,
        before: Evaluated,
        step: SgdStep,
        theme: str = "light",
        *,
        even: bool = False,
        size: tuple[int, int] | None = None,
    ) -> None:
        self._step = step
        self.before, self.moved = before, step.moved(before)
        self.after = before.graph.evaluate(self.moved)
        if not np.isfinite(self.after.output):
            raise InputError(
                f"a step at learning rate {step.rate:g} leaves the finite numbers",
                "try --set training.learning_rate=0.01",
            )
        states = [before, self.after, self._on_the_way(MIDWAY)]
        names = [node.name for node in before.graph.nodes]
        self._column = column_numbers(names, [(edge.parent, edge.child) for edge in before.edges])
        self._moments = list(moments(max(self._column.values()) + 1))
        # The captions stand where a still picture has its title, in letters that fit the longest.
        captions = {self._caption(moment) for moment in self._moments}
        longest = max(captions, key=len)
        design = Design.of(states, theme, title=longest, even=even, size=size)
        self.picture = GraphPicture(before, design)
        self._labels_after = edge_labels(self.after)
        self._shown: Moment | None = None

    def __len__(self) -> int:
        return len(self._moments)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.picture.sheet.look.size

    @plain_style
    def paint(self, index: int) -> Frame:
        """The picture at this index; equal neighbours are drawn once."""
        moment = self._moments[index]
        if moment != self._shown:
            self.show(moment)
            self.picture.sheet.canvas.draw()
            self._shown = moment
        return np.asarray(self.picture.sheet.canvas.buffer_rgba())

    def frame(self, index: int) -> Frame:
        """As `paint`, but a copy, which the next frame does not overwrite."""
        return self.paint(index).copy()

    def _on_the_way(self, share: float) -> Evaluated:
        """The graph when the parameters have made this share of their move."""
        between = {}
        for name, value in self.moved.items():
            between[name] = (1 - share) * self.before.values[name] + share * value
        return self.before.graph.evaluate(between)

    def show(self, moment: Moment) -> None:
        """Give every artist the state of this moment; nothing is drawn yet."""
        self.picture.caption.set_text(self._caption(moment))
        moving = self._on_the_way(moment.share) if moment.act == "step" else self.after
        for name in self.picture.boxes:
            self._show_node(name, moment, moving)
        for number in range(len(self.before.edges)):
            self._show_edge(number, moment)

    def _show_edge(self, number: int, moment: Moment) -> None:
        """Set the opacity of an edge, its label, and whether its red curve is visible.

        The label is the local derivative. It takes its new value when its child has its new value.
        """
        edge, picture = self.before.edges[number], self.picture
        reached = self._column[edge.child] <= moment.column
        is_clear = reached or moment.act != "forward"
        for artist in picture.forward[number]:
            artist.set_alpha(1.0 if is_clear else DIM)
        if number in picture.labels:
            is_new = reached and moment.act == "again"
            labels = self._labels_after if is_new else picture.design.labels
            picture.labels[number].set_text(labels[number])
        flows_back = moment.act == "backward" and self._column[edge.parent] >= moment.column
        for artist in picture.backward[number]:
            artist.set_visible(flows_back or moment.act == "step")

    def _show_node(self, name: str, moment: Moment, moving: Evaluated) -> None:
        """Set the words and the opacity of a box."""
        reached = moment.act != "forward" or self._column[name] <= moment.column
        moves = moment.act == "step" and name in self.moved
        self.picture.frame_box(name, reached=reached, moving=moves, dim=DIM)
        self.picture.write_box(name, self._lines(name, moment, moving))

    def _lines(self, name: str, moment: Moment, moving: Evaluated) -> list[TextLine]:
        """The lines of a box at this moment."""
        column = self._column[name]
        form = self.picture.design.form
        old = own_lines(self.before, name, form)
        derivative = derivative_lines(self.before, name, form)
        match moment.act:
            case "forward":
                return old if column <= moment.column else []
            case "backward":
                return with_derivative(old, derivative, form) if column >= moment.column else old
            case "step":
                lines = own_lines(moving, name, form) if name in self.moved else old
                return with_derivative(lines, derivative, form)
        # The derivatives stay: they are what the step was made by.
        is_new = name in self.moved or column <= moment.column
        lines = own_lines(self.after, name, form) if is_new else old
        return with_derivative(lines, derivative, form)

    def _caption(self, moment: Moment) -> str:
        """What happens at this moment, on one line."""
        sink = printed(self.before.graph.sink)
        match moment.act:
            case "forward":
                return f"1  Forward: values, up to {sink}"
            case "backward":
                return f"2  Backward: ∂{sink}/∂node, from {sink} back"
            case "step":
                return f"3  The step: {self._rule(sink)}"
        before = significant(self.before.output)
        after = significant(self.after.output)
        return f"4  Forward again: {sink} = {before} → {after}"

    def _rule(self, sink: str) -> str:
        rate, decay = self._step.rate, self._step.decay
        if decay:
            return f"θ ← θ − {rate:g} (∂{sink}/∂θ + {decay:g} θ)"
        return f"θ ← θ − {rate:g} ∂{sink}/∂θ"
