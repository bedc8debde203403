"""The film of two storeys as one writes it with plain matplotlib, for benchmarks/films.py: every
artist made once and given new data for every frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rivals import FPS, save

COLOURS = {1.0: "#1f78b4", -1.0: "#b5347a", 0.0: "#7f93a8"}
GREEN, GREY = "#00875c", "#656c75"
PATH_SAMPLES = 700
WORDS_GO = (3.5, 4.5)
"""The seconds in which the words of the start fade."""


def storeys_with_set_data(view: Any, indices: Sequence[int], path: Path) -> None:
    """The same content as relusgd's two storeys through FuncAnimation with set_data."""
    picture = PlainStoreys(view, indices)
    save(picture.figure, picture.update, indices, path)


class PlainStoreys:
    """Function, rings and stems above; a line for the path of every elbow below, until now."""

    def __init__(self, view: Any, indices: Sequence[int]) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.view, self.history = view, view.history
        self.indices = np.asarray(indices)
        self.figure = Figure(figsize=(10, 7), dpi=100)
        FigureCanvasAgg(self.figure)
        self.top, self.bottom = self.figure.subplots(2, 1, sharex=True, height_ratios=(16, 10))
        self.figure.subplots_adjust(left=0.08, right=0.97, top=0.93, bottom=0.09, hspace=0.06)
        self.make_function()
        self.make_paths()
        self.make_errors()
        self.make_words()

    def make_function(self) -> None:
        axes, dataset = self.top, self.view.dataset
        axes.plot(dataset.x_train, dataset.y_train, "o", color="#727a83", markersize=5, alpha=0.75)
        axes.plot(*self.view.truth, "--", color="black", linewidth=1.2, alpha=0.75)
        self.curve = axes.plot([], [], color=GREEN, linewidth=3, zorder=4)[0]
        self.rings = axes.scatter([], [], facecolors="white", zorder=5)
        self.stems = axes.vlines([], 0, 0, zorder=3)
        low, high = self.view.function_limits
        axes.set(xlim=(self.view.low - 0.015, self.view.high + 0.015), ylim=(low, high + 0.3))
        axes.set_yticks([-1, 1])
        self.make_bare(axes)
        axes.tick_params(labelbottom=False)

    def make_paths(self) -> None:
        axes, history = self.bottom, self.history
        last = int(self.indices[-1])
        self.rows = np.unique(np.geomspace(1, last + 1, PATH_SAMPLES).astype(int)) - 1
        self.times = np.log1p(300 * history.step[self.rows] / history.step[-1])
        self.elbows = history.elbow[self.rows]
        final = history.network(last)
        strength = np.sqrt(np.clip(np.abs(final.slope_change) / self.view.kink_scale, 0, 1))
        self.paths = [
            axes.plot([], [], color=COLOURS[float(np.sign(weight))], linewidth=0.6 + 2 * amount)[0]
            for weight, amount in zip(final.output_weight, strength, strict=True)
        ]
        self.hairlines = axes.vlines([], 0, 0, linewidths=0.5, alpha=0.35)
        self.heads = axes.scatter([], [], edgecolors="white", zorder=3)
        steps = np.array([0, 1000, 10_000, 100_000])
        places = np.log1p(300 * steps / history.step[-1])
        axes.set_yticks(places, ["step 0", "1,000", "10,000", "100,000"])
        axes.set(ylim=(np.log1p(300), -0.05), xlabel="x")
        self.make_bare(axes)

    @staticmethod
    def make_bare(axes: Any) -> None:
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.tick_params(length=0, labelcolor=GREY)

    def make_errors(self) -> None:
        self.corner = self.top.inset_axes((0.0, 0.78, 0.2, 0.14))
        self.corner.set_axis_off()
        steps, metrics = self.history.step[self.indices], self.history.metrics
        self.error_times = np.log1p(300 * steps / self.history.step[-1])
        self.errors = []
        for height, name, colour in ((0.97, "train", "#bc5a00"), (0.92, "test", "#8e3fb8")):
            values = metrics[f"{name}_mse"][self.indices]
            line = self.corner.semilogy([], [], color=colour)[0]
            dot = self.corner.semilogy([], [], "o", color=colour)[0]
            text = self.top.text(0.0, height, "", color=colour, transform=self.top.transAxes)
            self.errors.append((name, values, line, dot, text))
        every = np.concatenate([values for _, values, *_ in self.errors])
        self.corner.axhline(self.view.dataset.noise**2, color="black", ls="--", lw=0.8)
        self.corner.set(xlim=(0, np.log1p(300)), ylim=(0.8 * every.min(), 1.2 * every.max()))

    def make_words(self) -> None:
        self.counter = self.figure.text(0.97, 0.95, "", fontsize=19, ha="right")
        self.caption = self.figure.text(0.08, 0.95, "", fontsize=15, weight="bold")
        look = {"transform": self.top.transAxes, "fontsize": 10}
        self.words = [
            self.top.text(0.25, 0.55, "learned function", color=GREEN, **look),
            self.top.text(0.3, 0.5, "true function", **look),
            self.top.text(0.2, 0.2, "training points", color=GREY, **look),
            self.figure.text(0.5, 0.2, "elbows over time ↓", color=GREY, ha="center"),
            self.figure.text(0.45, 0.17, "bends up", color=COLOURS[1.0], ha="right"),
            self.figure.text(0.5, 0.17, "bends down", color=COLOURS[-1.0]),
        ]

    def update(self, index: int) -> None:
        frame = int(np.searchsorted(self.indices, index))
        now = float(np.log1p(300 * self.history.step[index] / self.history.step[-1]))
        self.update_function(index, now)
        self.update_paths(index)
        self.update_errors(frame)
        self.counter.set_text(f"step {self.history.step[index]:,}")
        self.caption.set_text("The elbows gather" if 20 < frame < 60 else "")
        begin, end = WORDS_GO
        opacity = float(np.clip((end - frame / FPS) / (end - begin), 0, 1))
        for words in self.words:
            words.set_visible(opacity > 0)
            words.set_alpha(opacity)

    def update_function(self, index: int, now: float) -> None:
        curve = self.view.curve(index)
        self.curve.set_data(curve.x, curve.y)
        amount = np.sqrt(np.clip(curve.kink / self.view.kink_scale, 0, 1))
        colours = [COLOURS[float(sign)] for sign in curve.sign]
        x, y = curve.x[1:-1], curve.y[1:-1]
        foot = self.top.get_ylim()[0]
        self.rings.set_offsets(np.column_stack([x, y]))
        self.rings.set(sizes=(3 + 4 * amount) ** 2, edgecolors=colours, linewidths=1 + amount)
        stems = [[(place, foot), (place, height)] for place, height in zip(x, y, strict=True)]
        self.stems.set(segments=stems, colors=colours, linewidths=0.6 + 2.3 * amount)
        self.hairlines.set(segments=[[(place, 0), (place, now)] for place in x], colors=colours)
        self.heads.set_offsets(np.column_stack([x, np.full(len(x), now)]))
        self.heads.set(sizes=(2 + 3 * amount) ** 2, facecolors=colours)

    def update_paths(self, index: int) -> None:
        until = int(np.searchsorted(self.rows, index, side="right"))
        for unit, path in enumerate(self.paths):
            path.set_data(self.elbows[:until, unit], self.times[:until])

    def update_errors(self, frame: int) -> None:
        for name, values, line, dot, text in self.errors:
            line.set_data(self.error_times[: frame + 1], values[: frame + 1])
            dot.set_data(self.error_times[frame : frame + 1], values[frame : frame + 1])
            text.set_text(f"{name} error {values[frame]:.4f}")
