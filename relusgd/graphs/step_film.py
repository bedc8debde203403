"""A film of one SGD step on one sample: values appear from left to right, derivatives flow back, parameters move, and again.

θ ← θ − η (∂ℓ/∂θ + decay · θ)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from relusgd.errors import InputError
from relusgd.gradients.dense import Layers
from relusgd.graphs.graph import Evaluated, Graph
from relusgd.graphs.layers import column_numbers
from relusgd.graphs.picture import Design, GraphPicture, edge_labels
from relusgd.graphs.text import derivative_lines, number_text, own_lines, printed
from relusgd.model.network import Array
from relusgd.pictures.film import Progress, check_film, write_frames
from relusgd.pictures.painter import Frame

FPS = 10.0
COLUMN, MOVE, PAUSE, HOLD = 5, 16, 8, 2.0
"""Frames for which a column stands before the next one appears, in which parameters move, and between acts; seconds at the end."""

DIM = 0.25
"""The opacity of what has not been reached."""


@dataclass(frozen=True)
class Update:
    """What SGD does with parameters. layers: which learn; output_bias: whether that of the output is one of them."""

    rate: float
    layers: Layers = "all"
    decay: float = 0.0
    output_bias: bool = True

    def moved(self, state: Evaluated) -> dict[str, Array]:
        """The new values of the parameters that learn."""
        found = {}
        for node in state.graph.nodes:
            if node.learns and self._learns(state.graph, node.name):
                theta = state.values[node.name]
                found[node.name] = theta - self.rate * (
                    state.derivatives[node.name] + self.decay * theta
                )
        return found

    def _learns(self, graph: Graph, name: str) -> bool:
        output = graph.node("f")
        is_output = name in output.parents
        if is_output and name == output.parents[-1] and not self.output_bias:
            return False
        return self.layers == "all" or (self.layers == "output") == is_output


@dataclass(frozen=True)
class Moment:
    """What a picture of the film shows. act: forward, backward, step or again; column: how far it has come; share: of the move."""

    act: str
    column: int = 0
    share: float = 0.0


def moments(columns: int) -> Iterator[Moment]:
    """The film, picture by picture."""
    for column in range(columns):
        yield from [Moment("forward", column)] * COLUMN
    yield from [Moment("forward", columns - 1)] * PAUSE
    for column in reversed(range(columns)):
        yield from [Moment("backward", column)] * COLUMN
    yield from [Moment("backward", 0)] * PAUSE
    for frame in range(1, MOVE + 1):
        t = frame / MOVE
        yield Moment("step", share=3 * t * t - 2 * t**3)
    yield from [Moment("step", share=1.0)] * PAUSE
    for column in range(columns):
        yield from [Moment("again", column)] * COLUMN


def film_sgd_step(
    graph: Graph,
    path: Path,
    update: Update,
    *,
    theme: str = "light",
    progress: Progress | None = None,
) -> None:
    """Write the film of one step as .gif or .mp4. Raises as `write_film` does, and InputError when the step is not finite."""
    check_film(path, FPS)
    painter = StepPainter(graph.evaluate(), update, theme, even=path.suffix.lower() == ".mp4")
    write_frames(painter, path, indices=range(len(painter)), fps=FPS, hold=HOLD, progress=progress)


class StepPainter:
    """The pictures of the film by their index."""

    def __init__(
        self, before: Evaluated, update: Update, theme: str = "light", *, even: bool = False
    ) -> None:
        self.before, self.moved, self._update = before, update.moved(before), update
        self.after = before.graph.evaluate(self.moved)
        if not np.isfinite(self.after.output):
            raise InputError(
                f"a step at learning rate {update.rate:g} leaves the finite numbers",
                "try --set training.learning_rate=0.01",
            )
        states = [before, self.after, before.graph.evaluate(self._between(0.37))]
        self.picture = GraphPicture(before, Design.of(states, theme, " ", even=even))
        names = [node.name for node in before.graph.nodes]
        self._column = column_numbers(names, [(edge.parent, edge.child) for edge in before.edges])
        self._moments = list(moments(max(self._column.values()) + 1))
        self._labels_after = edge_labels(self.after)
        self._shown: Moment | None = None

    def __len__(self) -> int:
        return len(self._moments)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.picture.sheet.look.size

    def paint(self, index: int) -> Frame:
        """The picture at this index; equal neighbours are drawn once."""
        moment = self._moments[index]
        if moment != self._shown:
            self.show(moment)
            self.picture.sheet.canvas.draw()
            self._shown = moment
        return np.asarray(self.picture.sheet.canvas.buffer_rgba())

    def frame(self, index: int) -> Frame:
        """The same in memory of its own."""
        return self.paint(index).copy()

    def _between(self, share: float) -> Mapping[str, Array]:
        """Parameters on their way."""
        return {
            name: (1 - share) * self.before.values[name] + share * value
            for name, value in self.moved.items()
        }

    def show(self, moment: Moment) -> None:
        """Let every artist take the state of this moment; draws nothing."""
        self.picture.caption.set_text(self._caption(moment))
        shown = (
            self.before.graph.evaluate(self._between(moment.share))
            if moment.act == "step"
            else self.after
        )
        for name in self.picture.boxes:
            self._show_node(name, moment, shown)
        for number in range(len(self.before.edges)):
            self._show_edge(number, moment)

    def _show_edge(self, number: int, moment: Moment) -> None:
        """Opacity of a curve, its local derivative, which belongs to the values at its ends, and the red curve back."""
        edge, column = self.before.edges[number], self._column
        reached = moment.act != "forward" or column[edge.child] <= moment.column
        for artist in self.picture.forward[number]:
            artist.set_alpha(1.0 if reached else DIM)
        again = moment.act == "again" and column[edge.child] <= moment.column
        if number in self.picture.labels:
            self.picture.labels[number].set_text(
                self._labels_after[number] if again else self.picture.design.labels[number]
            )
        flows = moment.act == "step" or (
            moment.act == "backward" and column[edge.parent] >= moment.column
        )
        for artist in self.picture.backward[number]:
            artist.set_visible(flows)

    def _show_node(self, name: str, moment: Moment, shown: Evaluated) -> None:
        """Words and opacity of a box."""
        column = self._column[name]
        reached = moment.act != "forward" or column <= moment.column
        self.picture.frame_box(
            name, reached=reached, moving=moment.act == "step" and name in self.moved, dim=DIM
        )
        derivative = derivative_lines(self.before, name)
        if moment.act == "forward":
            lines = own_lines(self.before, name) if reached else []
        elif moment.act == "backward":
            lines = [
                *own_lines(self.before, name),
                *(derivative if column >= moment.column else []),
            ]
        elif moment.act == "step":
            lines = [*own_lines(shown if name in self.moved else self.before, name), *derivative]
        else:
            lines = own_lines(
                self.after if name in self.moved or column <= moment.column else self.before, name
            )
        self.picture.write_box(name, lines)

    def _caption(self, moment: Moment) -> str:
        """What is going on, in a line."""
        sink, rate = printed(self.before.graph.sink), f"{self._update.rate:g}"
        before, after = number_text(self.before.output), number_text(self.after.output)
        decay = f" + {self._update.decay:g} θ" if self._update.decay else ""
        rule = f"θ ← θ − {rate} ∂{sink}/∂θ" if not decay else f"θ ← θ − {rate} (∂{sink}/∂θ{decay})"
        return {
            "forward": f"1  Forward: values, up to {sink}",
            "backward": f"2  Backward: ∂{sink}/∂node, from {sink} back",
            "step": f"3  The step: {rule}",
            "again": f"4  Forward again: {sink} = {before} → {after}",
        }[moment.act]
