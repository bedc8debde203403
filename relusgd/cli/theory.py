"""Commands about derivatives: gradcheck, graph."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.options import JsonOption, SetOption, complete_configs, run_folder_of
from relusgd.cli.pictures import ThemeName, ThemeOption
from relusgd.cli.terminal import printable

if TYPE_CHECKING:
    from relusgd.config import Config
    from relusgd.graphs.graph import Graph
    from relusgd.model.network import Network
    from relusgd.model.points import Dataset

SourceArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="CONFIG|RUN",
        help="A YAML config (its initial network), or a run folder.",
        autocompletion=complete_configs,
    ),
]
EpochOption = Annotated[
    int | None,
    typer.Option(
        metavar="EPOCH",
        min=0,
        help="The epoch of a run. [dim]\\[default: the last][/]",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example:  relusgd gradcheck configs/notebook.yaml")(gradcheck)
    app.command(
        epilog="Example:  relusgd graph --function '(x**2)**2 + x**2' --at 3 --out graph.svg"
    )(graph)


@guarded
def gradcheck(
    source: SourceArgument = None,
    epoch: EpochOption = None,
    step_sizes: Annotated[
        bool, typer.Option("--step-sizes", help="Show the error of differences over their step h.")
    ] = False,
    cost: Annotated[
        bool,
        typer.Option(
            "--cost", help="Compare what backpropagation and differences cost; needs no config."
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="With --step-sizes or --cost: a picture, .png, .svg or .pdf.",
            show_default=False,
        ),
    ] = None,
    changes: SetOption = None,
    theme: ThemeOption = ThemeName.light,
    as_json: JsonOption = False,
) -> None:
    """Check backpropagation against differences, array by array, for every engine and kernel.

    Entries for which a sample crosses an elbow within ±h are left out and counted. Exit code 1 when a check fails.
    """
    from relusgd.cli import theory_tables
    from relusgd.errors import InputError

    check_measurement(source, step_sizes=step_sizes, cost=cost, out=out)
    if cost:
        theory_tables.show_cost(out, theme.value, as_json=as_json)
        return
    if source is None:
        raise InputError(
            "nothing to check: give a CONFIG or a RUN, or --cost",
            "try: relusgd gradcheck configs/notebook.yaml",
        )
    network, dataset, *_ = read_network(source, changes, epoch)
    if step_sizes:
        theory_tables.show_step_sizes(network, dataset, out, theme.value, as_json=as_json)
    elif not theory_tables.show_check(network, dataset, as_json=as_json):
        raise typer.Exit(1)


def check_measurement(
    source: Path | None, *, step_sizes: bool, cost: bool, out: Path | None
) -> None:
    """Refuse options of gradcheck that do not go together, and a picture that cannot be written."""
    from relusgd.errors import InputError

    if step_sizes and cost:
        raise InputError("--step-sizes and --cost are two things", "give one of them")
    if out is not None and not (step_sizes or cost):
        raise InputError("--out draws what --step-sizes or --cost measure, and neither is given")
    check_out(out)
    if out is not None:
        from relusgd.pictures.stills import check_still

        check_still(out)
    if cost and source is not None:
        raise InputError(
            f"--cost has losses of its own, and does not read {source}", "leave one of the two away"
        )


@guarded
def graph(
    source: SourceArgument = None,
    function: Annotated[
        str | None,
        typer.Option(
            metavar="F",
            help="sheet-a, sheet-b, sheet-c, sheet-d, or an expression in x.",
            show_default=False,
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="V,…",
            help="The point: x of a function; x or x,y of a sample.",
            show_default=False,
        ),
    ] = None,
    size: Annotated[
        str | None,
        typer.Option(
            metavar="N,D",
            help="Sizes of sheet-b (n), sheet-c (n,d), sheet-d (d).",
            show_default=False,
        ),
    ] = None,
    nudge: Annotated[
        str | None,
        typer.Option(
            metavar="NODE",
            help="Show how the output moves with this node, or entry: z, z[3].",
            show_default=False,
        ),
    ] = None,
    by: Annotated[float, typer.Option(metavar="EPS", help="How far the node is nudged.")] = 0.01,
    animate: Annotated[
        bool, typer.Option("--animate", help="A film of one SGD step, .gif or .mp4.")
    ] = False,
    epoch: EpochOption = None,
    changes: SetOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A .svg, .png, .pdf or .dot. [dim]\\[default: a table][/]",
            show_default=False,
        ),
    ] = None,
    theme: ThemeOption = ThemeName.light,
    as_json: JsonOption = False,
) -> None:
    """Show a computation graph: values from left to right, local derivatives on edges, and ∂loss/∂node flowing back.

    Of a network at one sample, of a theory sheet's functions, or of an expression. Prints the file, or a table.
    """
    from relusgd.cli import theory_tables
    from relusgd.errors import InputError

    refuse_together(source, function, out, nudge=nudge, animate=animate, as_json=as_json)
    place = film_place(source, out) if animate else out
    check_out(place)
    point = numbers(at, "--at") if at is not None else None
    if source is None:
        if epoch is not None or changes:
            raise InputError("--epoch and --set belong to a CONFIG or RUN, not to --function")
        built, words = function_graph(function or "", point, size), function or ""
    else:
        if size is not None:
            raise InputError(
                "--size belongs to the sheet's functions; a network has its own",
                "try --set network.hidden=3",
            )
        network, dataset, config, recorded = read_network(source, changes, epoch)
        built, words = sample_graph(network, dataset, point)
        if animate and place is not None:
            theory_tables.film_step(built, config, recorded, place, theme.value)
            typer.echo(place)
            return
    if nudge:
        theory_tables.show_nudges(built, nudge, by, as_json=as_json)
    elif out:
        theory_tables.write_graph(built, out, theme.value, words)
        typer.echo(out)
    else:
        theory_tables.show_graph(built, as_json=as_json)


def refuse_together(
    source: Path | None,
    function: str | None,
    out: Path | None,
    *,
    nudge: str | None,
    animate: bool,
    as_json: bool,
) -> None:
    """Refuse options of graph that do not go together."""
    from relusgd.errors import InputError

    if (source is None) == (function is None):
        given = "both a network and --function" if function else "nothing"
        raise InputError(
            f"a graph is that of a CONFIG or RUN, or of --function; {given} is given",
            "try: relusgd graph --function sheet-a",
        )
    if source is not None and not source.exists() and is_function(str(source)):
        raise InputError(
            f"{source} is no file; a function is given with --function",
            f"try: relusgd graph --function {quote(str(source))}",
        )
    if animate and (function or nudge or as_json):
        raise InputError(
            "--animate films an SGD step of a CONFIG or RUN; --function, --nudge and --json do not go with it"
        )
    if nudge and out:
        raise InputError("--nudge gives a table, and --out a picture", "leave one of them away")


def is_function(text: str) -> bool:
    """Whether a text names a function of the sheet or is an expression, rather than a path."""
    return text.startswith("sheet-") or any(sign in text for sign in "*+()")


def read_network(
    source: Path, changes: list[str] | None, epoch: int | None
) -> tuple[Network, Dataset, Config, int]:
    """A run's network at an epoch, or a config's initial one, with its points, its config and that epoch."""
    from relusgd.config import parse_overrides
    from relusgd.errors import InputError

    source = run_folder_of(source)
    if source.is_dir():
        from relusgd.runs.find import load_run

        run = load_run(source)
        if changes:
            raise InputError(
                f"--set changes a config, and {source} is a run, which is as it was trained"
            )
        row = run.history.index(epoch=epoch, step=None)
        return run.history.network(row), run.data, run.config, int(run.history.epoch[row])
    if epoch:
        raise InputError(
            f"--epoch {epoch} is that of a run; {source} is a config, whose network is the initial one"
        )
    from relusgd.config import load_config
    from relusgd.training import prepare

    plan = prepare(load_config(source, parse_overrides(changes or []), typed=True))
    return plan.initial, plan.dataset, plan.config, 0


def sample_graph(network: Network, dataset: Dataset, at: list[float] | None) -> tuple[Graph, str]:
    """The graph of a network's loss at one sample, and that sample in words, which are said on stderr too."""
    from relusgd.graphs.network_graph import network_graph
    from relusgd.graphs.sample import choose_sample

    sample = choose_sample(dataset, at)
    typer.echo(printable(sample.words), err=True)
    return network_graph(network, sample.x, sample.y), sample.words


def function_graph(function: str, at: list[float] | None, size: str | None) -> Graph:
    """The graph of one of the sheet's functions or of an expression."""
    from relusgd.errors import InputError
    from relusgd.graphs.expression_graph import expression_graph
    from relusgd.graphs.sheet_functions import sheet_graph

    if function.strip().lower().startswith("sheet"):
        sizes = [whole(part) for part in size.split(",")] if size is not None else None
        return sheet_graph(function.strip(), at, sizes)
    if size is not None:
        raise InputError("--size belongs to the sheet's functions; an expression has none")
    if at is None:
        raise InputError("an expression is differentiated at a point", "add one, such as --at 3")
    if len(at) != 1:
        raise InputError(
            f"--at gives {len(at)} numbers, and an expression takes 1, its x", "write --at=3"
        )
    return expression_graph(function, at[0])


def numbers(text: str, option: str) -> list[float]:
    """Numbers between commas."""
    import math

    from relusgd.errors import InputError

    found = []
    for part in text.split(","):
        try:
            found.append(float(part))
        except ValueError:
            raise InputError(
                f"{option} {text[:60]}: {part.strip()[:40]!r} is no number",
                "write numbers with commas, such as 0.5,-1",
            ) from None
        if not math.isfinite(found[-1]):
            raise InputError(f"{option} {text[:60]}: {part.strip()[:40]} is not finite")
    return found


def whole(text: str) -> int:
    """A whole number of --size."""
    from relusgd.errors import InputError

    if not (text.strip().isascii() and text.strip().isdigit() and len(text.strip()) < 10):
        raise InputError(
            f"--size: {text.strip()[:40]!r} is no whole number",
            "write sizes with commas, such as 3,2",
        )
    return int(text)


def film_place(source: Path | None, out: Path | None) -> Path:
    """Where the film of a step goes: beside the other pictures of a run, else into this folder."""
    if out is not None:
        return out
    return source / "graph.gif" if source is not None and source.is_dir() else Path("graph.gif")


def check_out(out: Path | None) -> None:
    """Refuse a file that cannot be written, before anything is computed."""
    from relusgd.runs.place import check_file_place

    if out is not None:
        check_file_place(out)
