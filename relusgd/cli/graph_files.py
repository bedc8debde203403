"""The files that the command graph writes: pictures, films of a step, texts for Graphviz."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from relusgd.errors import InputError
from relusgd.files import write_whole

if TYPE_CHECKING:
    from relusgd.cli.network_source import ChosenNetwork
    from relusgd.graphs.graph import Graph


def write_nudge(
    graph: Graph,
    node: str,
    by: float,
    out: Path,
    theme: str,
    pixels: tuple[int, int] | None,
) -> None:
    """Write the picture of what moves when a node is nudged by this much."""
    from relusgd.graphs.nudge_picture import draw_nudge

    draw_nudge(
        graph.evaluate(),
        node,
        by,
        out,
        theme=theme,
        size=pixels,
    )


def write_graph(
    graph: Graph,
    out: Path,
    theme: str,
    words: str,
    pixels: tuple[int, int] | None,
) -> None:
    """Write a picture, or the graph in Graphviz's language."""
    state, suffix = graph.evaluate(), out.suffix.lower()
    if suffix == ".dot":
        from relusgd.graphs.dot import dot_text

        write_whole(out, dot_text(state))
        return
    if suffix not in (".svg", ".png", ".pdf"):
        raise InputError(
            f"a graph cannot be written as {out.name!r}",
            "its name ends in .svg, .png, .pdf or .dot; --animate makes a .gif or .mp4",
        )
    from relusgd.graphs.picture import draw_graph

    draw_graph(state, out, theme=theme, title=words, size=pixels)


def write_step_film(
    graph: Graph,
    chosen: ChosenNetwork,
    out: Path,
    theme: str,
    pixels: tuple[int, int] | None,
) -> None:
    """Film the SGD step that follows this epoch, on the graph's sample."""
    from relusgd.cli.frame_progress import frame_progress
    from relusgd.graphs.step_film import SgdStep, film_sgd_step
    from relusgd.training.building import build_descent

    training = chosen.config.training
    if training.method != "sgd":
        raise InputError(
            f"--animate films a step of SGD, and this trains by {training.method}",
            "try --set training.method=sgd on its config",
        )
    step = SgdStep(
        rate=build_descent(chosen.config, chosen.dataset).schedule.at(chosen.epoch + 1),
        layers=training.layers,
        decay=training.weight_decay,
        output_bias=chosen.config.network.output_bias,
    )
    with frame_progress() as progress:
        film_sgd_step(
            graph,
            out,
            step,
            theme=theme,
            size=pixels,
            progress=progress,
        )
