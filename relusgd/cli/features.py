"""The command features: ∂f/∂θ at the training points, by its singular values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.network_source import check_out, plain_table
from relusgd.cli.options import JsonOption, RunArgument
from relusgd.cli.picture_options import (
    FpsOption,
    FramesOption,
    FromOption,
    SecondsOption,
    SizeOption,
    Spacing,
    SpacingOption,
    ThemeName,
    ThemeOption,
    TitleOption,
    ToOption,
    make_look,
)
from relusgd.cli.terminal import print_json, print_sentences, print_table, printable
from relusgd.errors import InputError
from relusgd.words import DASH, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.table import Table

    from relusgd.diagnostics.features import Features
    from relusgd.pictures.kit.look import Look
    from relusgd.runs.features import RunFeatures
    from relusgd.runs.run import Run

    Cell = Callable[[RunFeatures], str]

PERCENT = 100.0


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog="Example:  relusgd features outputs/notebook --out features.png")(features)


@guarded
def features(
    run: RunArgument,
    epochs: Annotated[
        list[int] | None,
        typer.Option(
            "--epoch",
            metavar="EPOCH",
            min=0,
            help="An epoch; may be repeated. [dim]\\[default: the first and the last][/]",
            show_default=False,
        ),
    ] = None,
    layer: Annotated[
        int | None,
        typer.Option(
            metavar="K",
            min=1,
            help="Only the parameters of layer K; the output layer is the last. "
            "[dim]\\[default: all that learn][/]",
            show_default=False,
        ),
    ] = None,
    top: Annotated[
        int, typer.Option(metavar="K", min=1, help="How many directions are listed and drawn.")
    ] = 10,
    as_json: JsonOption = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Draw them: .png, .svg or .pdf; or over the epochs: .gif or .mp4.",
            show_default=False,
        ),
    ] = None,
    frames: FramesOption = None,
    fps: FpsOption = None,
    seconds: SecondsOption = None,
    first: FromOption = None,
    last: ToOption = None,
    spacing: SpacingOption = Spacing.log,
    size: SizeOption = "1000x1100",
    title: TitleOption = None,
    theme: ThemeOption = ThemeName.light,
) -> None:
    """Show the features ∂f/∂θ of a run at its training points: singular values and ranks, at the
    start beside the end, and what its learning rate learns of every direction in its steps.
    """
    from relusgd.runs.feature_sentences import feature_sentences
    from relusgd.runs.find import load_run

    film = FilmOptions(frames, fps, seconds, first, last, spacing)
    look = make_look(size, title, theme, "none")
    check_options(out, epochs, film)
    loaded = load_run(run)
    snapshots = chosen_snapshots(loaded, epochs, layer)
    if out is not None:
        draw(
            loaded,
            snapshots,
            out,
            look,
            film,
            layer=layer,
            top=top,
        )
    sentences = feature_sentences(snapshots)
    if as_json:
        print_json(facts_of(loaded, snapshots, top, sentences))
        return
    print_table(features_table(snapshots, top))
    print_sentences(sentences)


class FilmOptions(NamedTuple):
    """What was typed of the options that only films have."""

    frames: int | None
    fps: float | None
    seconds: float | None
    first: int | None
    last: int | None
    spacing: Spacing

    @property
    def given(self) -> bool:
        return self != (None, None, None, None, None, Spacing.log)


def check_options(out: Path | None, epochs: list[int] | None, film: FilmOptions) -> None:
    """Refuse a picture that cannot be written, and options that do not go with it."""
    if out is None:
        refuse_film_options(film, "nothing is drawn")
        return
    from relusgd.runs.feature_picture import check_picture, is_film

    if not is_film(out):
        refuse_film_options(film, f"{out} is none")
        check_picture(out, len(set(epochs or [])))
        return
    check_out(out)
    if epochs:
        raise InputError(
            f"--epoch chooses single epochs, and {out} is a film over many",
            "give --from and --to, or write a .png",
        )


def refuse_film_options(film: FilmOptions, why: str) -> None:
    if film.given:
        raise InputError(
            "--frames, --fps, --seconds, --from, --to and --spacing are those of a film, "
            f"and {why}",
            "write one: --out features.gif",
        )


def draw(
    run: Run,
    snapshots: Sequence[RunFeatures],
    out: Path,
    look: Look,
    film: FilmOptions,
    *,
    layer: int | None,
    top: int,
) -> None:
    """Draw the snapshots, or the film of the run, and say on stderr where."""
    from relusgd.cli.frame_progress import frame_progress
    from relusgd.runs.feature_picture import is_film, write_film, write_still

    if is_film(out):
        with frame_progress() as progress:
            path = write_film(
                run,
                out,
                look,
                layer=layer,
                top=top,
                frames=film.frames,
                fps=film.fps,
                seconds=film.seconds,
                first_epoch=film.first,
                last_epoch=film.last,
                spacing=film.spacing.value,
                progress=progress,
            )
    else:
        path = write_still(snapshots, out, look, top=top)
    typer.echo(printable(f"picture: {path}"), err=True)


def chosen_snapshots(run: Run, epochs: list[int] | None, layer: int | None) -> list[RunFeatures]:
    """The features at these epochs, each once; by default at the first and the last snapshot."""
    if epochs:
        different = dict.fromkeys(epochs)
        return [run.features(epoch, layer=layer) for epoch in different]
    first = run.features(step=0, layer=layer)
    last = run.features(layer=layer)
    return [first] if first.step == last.step else [first, last]


# As a table


def features_table(snapshots: Sequence[RunFeatures], top: int) -> Table:
    """A line per quantity, then one per direction; a column per snapshot."""
    headings = [snapshot.moment for snapshot in snapshots]
    table = plain_table("", *headings, numeric=len(headings))

    def add(name: str, cell: Cell) -> None:
        cells = [cell(snapshot) for snapshot in snapshots]
        table.add_row(name, *cells)

    add("points × parameters", lambda one: f"{one.shape[0]:,} × {one.shape[1]:,}")
    add("rank", lambda one: f"{one.rank:,}")
    add("effective rank", lambda one: number(one.effective_rank))
    add("condition", lambda one: number(one.condition))
    add("stable rate n/s_1²", lambda one: number(one.stable_rate))
    add("learned > 1/2", learned_text)
    layers = list(snapshots[0].by_layer)
    if len(layers) > 1:
        for layer in layers:
            add_layer(table, layer, [snapshot.by_layer[layer] for snapshot in snapshots])
    table.add_row()
    largest_rank = max(snapshot.rank for snapshot in snapshots)
    table.add_row("singular values, learned")
    for k in range(min(top, largest_rank)):
        cells = [direction_text(snapshot, k) for snapshot in snapshots]
        table.add_row(f"{k + 1:>3}", *cells)
    return table


def add_layer(table: Table, layer: int, found: Sequence[Features]) -> None:
    """The line of one layer."""
    cells = []
    for one in found:
        largest = float(one.singular_values[0])
        cells.append(f"{one.rank:,}, {number(one.effective_rank)}, {number(largest)}")
    table.add_row(f"layer {layer}: rank, eff., s_1", *cells)


def learned_text(snapshot: RunFeatures) -> str:
    """How many directions are learned to more than a half."""
    count = snapshot.learned_directions
    return DASH if count is None else f"{count:,} of {len(snapshot.singular_values):,}"


def direction_text(snapshot: RunFeatures, k: int) -> str:
    """The singular value of a direction, and the share of it that is learned."""
    if k >= snapshot.rank:
        return "flat"
    value = number(float(snapshot.singular_values[k]))
    if snapshot.learned is None:
        return value
    return f"{value} {share_text(float(snapshot.learned[k])):>6}"


def share_text(share: float) -> str:
    """A share in per cent, or that the error grows."""
    if math.isnan(share):
        return "grows"
    return f"{number(PERCENT * share)} %"


# As JSON


def facts_of(
    run: Run,
    snapshots: Sequence[RunFeatures],
    top: int,
    sentences: Sequence[str],
) -> dict[str, Any]:
    """Everything, with the principal features at the training points."""
    first = snapshots[0]
    return {
        "run": str(run.folder),
        "training": first.pace.words,
        "layers": first.pace.layers,
        "layer": first.layer,
        "x": run.scaling.x_to_original(first.x).tolist(),
        "snapshots": [snapshot_facts(snapshot, top) for snapshot in snapshots],
        "sentences": list(sentences),
    }


def snapshot_facts(snapshot: RunFeatures, top: int) -> dict[str, Any]:
    learned = snapshot.learned
    by_layer = []
    for layer, found in snapshot.by_layer.items():
        by_layer.append({"layer": layer, **matrix_facts(found)})
    return {
        "epoch": snapshot.epoch,
        "step": snapshot.step,
        **matrix_facts(snapshot),
        "flat_parameters": snapshot.flat_parameters,
        "stable_rate": snapshot.stable_rate,
        "learned": None if learned is None else learned.tolist(),
        "learned_directions": snapshot.learned_directions,
        "unstable_directions": snapshot.unstable_directions,
        "principal_features": snapshot.principal(snapshot.x, top).T.tolist(),
        "by_layer": by_layer,
    }


def matrix_facts(found: Features) -> dict[str, Any]:
    """J by its singular values."""
    points, parameters = found.shape
    return {
        "points": points,
        "parameters": parameters,
        "singular_values": found.singular_values.tolist(),
        "whole": found.whole,
        "rank": found.rank,
        "effective_rank": found.effective_rank,
        "condition": found.condition,
    }
