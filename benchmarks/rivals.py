"""Films of a run by matplotlib's own ways, for benchmarks/films.py: the same snapshots, the same
size, the same content.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

FPS = 15
COLOURS = {1.0: "#56b4e9", 0.0: "#7f93a8", -1.0: "#cc79a7"}


def save(figure: Any, update: Callable[[int], object], indices: Sequence[int], path: Path) -> None:
    """FuncAnimation over the figure, through PillowWriter or FFMpegWriter as they are."""
    import imageio_ffmpeg
    import matplotlib
    from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter

    matplotlib.rcParams["animation.ffmpeg_path"] = imageio_ffmpeg.get_ffmpeg_exe()

    def draw(index: int) -> list[Any]:
        update(int(index))
        return []

    animation = FuncAnimation(
        figure, draw, frames=list(indices), init_func=list, blit=False, cache_frame_data=False
    )
    writer: Any = PillowWriter(fps=FPS) if path.suffix == ".gif" else FFMpegWriter(fps=FPS)
    animation.save(path, writer=writer, dpi=100)


def same_artists(view: Any, indices: Sequence[int], path: Path, look: Any) -> None:
    """The very artists of relusgd's picture, made once and given new data for every frame."""
    from relusgd.pictures.films.painter import Painter

    painter = Painter(view, look, still=True)
    save(painter.sheet.figure, painter.show, indices, path)


def with_set_data(view: Any, indices: Sequence[int], path: Path) -> None:
    """A picture of the same content by plain matplotlib calls, made once and given new data for
    every frame.
    """
    picture = PlainPicture(view, indices)
    picture.make()
    save(picture.figure, picture.update, indices, path)


def as_the_notebook(view: Any, indices: Sequence[int], path: Path) -> None:
    """The same plain picture, every artist made anew for every frame, units dotted."""
    picture = PlainPicture(view, indices, linestyle=":")

    def anew(index: int) -> None:
        picture.figure.clear()
        picture.make()
        picture.update(index)

    save(picture.figure, anew, indices, path)


class PlainPicture:
    """What relusgd's picture shows, as one writes it with matplotlib: a line per unit, legends,
    titles, ticks by themselves.
    """

    def __init__(self, view: Any, indices: Sequence[int], linestyle: str = "-") -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.view, self.history, self.indices = view, view.history, np.asarray(indices)
        self.linestyle = linestyle
        self.figure = Figure(figsize=(10, 7), dpi=100)
        FigureCanvasAgg(self.figure)

    def make(self) -> None:
        self.top, self.middle, self.bottom = self.figure.subplots(3, 1, height_ratios=(9, 1, 2))
        self.make_function()
        self.steps = self.middle.stairs(
            [0], [self.view.low, self.view.high], fill=True, color="lightgrey"
        )
        self.middle.set(
            xlim=(self.view.low, self.view.high),
            ylim=(0, self.history.hidden[0]),
            xlabel="x",
            ylabel="active",
        )
        self.make_errors()

    def make_function(self) -> None:
        axes, dataset = self.top, self.view.dataset
        axes.plot(
            dataset.x_train,
            dataset.y_train,
            "o",
            color="#e69f00",
            markersize=5,
            label="training data",
        )
        axes.plot(*self.view.truth, "--", color="black", label="true function")
        self.lines = [
            axes.plot([], [], linestyle=self.linestyle)[0] for _ in range(self.history.hidden[0])
        ]
        self.elbows = axes.scatter([], [], edgecolors="white", zorder=3)
        axes.plot([], [], color=COLOURS[1.0], label="unit, output weight > 0")
        axes.plot([], [], color=COLOURS[-1.0], label="unit, output weight < 0")
        self.curve = axes.plot(
            [], [], color="#009e73", linewidth=2.5, zorder=4, label="learned function"
        )[0]
        self.kinks = axes.scatter([], [], facecolors="white", edgecolors="#009e73", zorder=5)
        axes.set(xlim=(self.view.low, self.view.high), ylim=self.view.y_limits, ylabel="y")
        axes.legend(
            loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=5, fontsize=9, frameon=False
        )
        axes.grid(True)
        self.header = self.figure.suptitle("")

    def make_errors(self) -> None:
        axes, step = self.bottom, self.history.step[self.indices]
        self.pasts, self.dots = [], []
        for name, colour in (("train_mse", "#e69f00"), ("test_mse", "#0072b2")):
            axes.semilogy(step, self.history.metrics[name][self.indices], color=colour, alpha=0.4)
            self.pasts.append(axes.semilogy([], [], color=colour, label=name.replace("_", " "))[0])
            self.dots.append(axes.semilogy([], [], "o", color=colour)[0])
        axes.axhline(
            self.view.dataset.noise**2, color="black", linestyle="--", linewidth=1, label="noise²"
        )
        self.now = axes.axvline(0, color="grey", linewidth=1)
        axes.set(xlabel="step", ylabel="error")
        axes.legend(loc="upper right", ncols=3, fontsize=9)
        axes.grid(True)

    def update(self, index: int) -> None:
        edges, counts = self.view.active(index)
        self.steps.set_data(counts, edges)
        self.update_function(index)
        self.update_errors(index)

    def update_function(self, index: int) -> None:
        units, curve = self.view.units(index), self.view.curve(index)
        strength = np.sqrt(np.clip(units.strength / self.view.unit_scale, 0, 1))
        for line in self.lines[len(units.lines) :]:
            line.set_data([], [])
        for line, ends, sign, amount in zip(
            self.lines, units.lines, units.sign, strength, strict=False
        ):
            line.set_data(ends[:, 0], ends[:, 1])
            line.set(
                color=COLOURS[float(sign)], linewidth=0.6 + 1.8 * amount, alpha=0.25 + 0.6 * amount
            )
        self.elbows.set_offsets(
            np.column_stack([units.elbow, np.full(len(units.elbow), self.view.baseline)])
        )
        self.elbows.set_sizes((3 + 5 * strength) ** 2)
        self.elbows.set_facecolor([COLOURS[float(sign)] for sign in units.sign])
        self.curve.set_data(curve.x, curve.y)
        self.kinks.set_offsets(np.column_stack([curve.x[1:-1], curve.y[1:-1]]))
        self.kinks.set_sizes(
            (2 + 4 * np.sqrt(np.clip(curve.kink / self.view.kink_scale, 0, 1))) ** 2
        )

    def update_errors(self, index: int) -> None:
        metrics, step = self.history.metrics, self.history.step[self.indices]
        shown = int(np.searchsorted(self.indices, index)) + 1
        for name, past, dot in zip(("train_mse", "test_mse"), self.pasts, self.dots, strict=True):
            values = metrics[name][self.indices[:shown]]
            past.set_data(step[:shown], values)
            dot.set_data(step[shown - 1 : shown], values[-1:])
        self.now.set_xdata([step[shown - 1]] * 2)
        self.header.set_text(
            f"epoch {self.history.epoch[index]:,}   step {self.history.step[index]:,}   train "
            f"MSE {metrics['train_mse'][index]:.4f}   "
            f"test MSE {metrics['test_mse'][index]:.4f}   elbows inside "
            f"{self.view.elbows_inside(index)}/{len(self.lines)}   "
            f"dead {metrics['dead_units'][index]}"
        )
