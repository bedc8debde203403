"""The command graph: a computation graph as a table, a picture, a nudge, or a film of one step."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.completions import complete_functions, complete_sizes
from relusgd.cli.graph_files import write_graph, write_nudge, write_step_film
from relusgd.cli.graph_tables import print_graph, print_nudges
from relusgd.cli.network_source import (
    ChosenNetwork,
    EpochOption,
    SourceArgument,
    check_out,
    choose_network,
)
from relusgd.cli.options import JsonOption, SetOption, finite_numbers
from relusgd.cli.picture_options import ThemeName, ThemeOption
from relusgd.cli.terminal import printable
from relusgd.errors import InputError

if TYPE_CHECKING:
    from relusgd.graphs.graph import Graph

LONGEST_SIZE = 9
"""The most digits of a number of --size."""


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(
        epilog="Example:  relusgd graph --function '(x**2)**2 + x**2' --at 3 --out graph.svg"
    )(graph)


@guarded
def graph(
    source: SourceArgument = None,
    function: Annotated[
        str | None,
        typer.Option(
            metavar="F",
            help="sheet-a, sheet-b, sheet-c, sheet-d, or an expression in x.",
            autocompletion=complete_functions,
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
    sizes: Annotated[
        list[str] | None,
        typer.Option(
            "--size",
            metavar="N,D|WxH|NAME",
            help="Sizes of sheet-b (n), sheet-c (n,d), sheet-d (d); or of the picture in pixels, "
            "such as 1920x1080 or slide. May be given for both.",
            autocompletion=complete_sizes,
            show_default=False,
        ),
    ] = None,
    nudge: Annotated[
        str | None,
        typer.Option(
            metavar="NODE",
            help="Show how the output moves with this node, or entry: z, z[3]. With --out as a "
            "picture.",
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
    """Show a computation graph: values from left to right, local derivatives on edges, and
    ∂loss/∂node flowing back.

    Of a network at one sample, of a theory sheet's functions, or of an expression. Prints the file,
    or a table.
    """
    _check_options(
        source,
        function,
        out,
        at=at,
        nudge=nudge,
        animate=animate,
        as_json=as_json,
    )
    if animate and out is None:
        out = _film_path(source)
    check_out(out)
    size, pixels = _split_sizes(sizes or [])
    _check_pixels(pixels, out)
    point = finite_numbers(at, "--at") if at is not None else None
    if source is None:
        words = function or ""
        built = _function_graph(words, point, size, changes, epoch)
    else:
        _refuse_size(size)
        chosen = choose_network(source, changes, epoch)
        built, words = _network_graph(chosen, point)
        if animate and out is not None:
            write_step_film(built, chosen, out, theme.value, pixels)
            typer.echo(out)
            return
    if nudge and out:
        write_nudge(built, nudge, by, out, theme.value, pixels)
        typer.echo(out)
    elif nudge:
        print_nudges(built, nudge, by, as_json=as_json)
    elif out:
        write_graph(built, out, theme.value, words, pixels)
        typer.echo(out)
    else:
        print_graph(built, as_json=as_json)


# What is asked for


def _check_options(
    source: Path | None,
    function: str | None,
    out: Path | None,
    *,
    at: str | None,
    nudge: str | None,
    animate: bool,
    as_json: bool,
) -> None:
    """Refuse options that do not go together."""
    if (source is None) == (function is None):
        given = "both a network and --function" if function else "nothing"
        raise InputError(
            f"a graph is that of a CONFIG or RUN, or of --function; {given} is given",
            "try: relusgd graph --function sheet-a",
        )
    if source is not None and not source.exists() and _is_function(str(source)):
        raise InputError(
            f"{source} is not a file; a function is given with --function",
            f"try: {_function_command(str(source), at)}",
        )
    if animate and (function or nudge or as_json):
        raise InputError(
            "--animate films an SGD step of a CONFIG or RUN; "
            "--function, --nudge and --json do not go with it"
        )
    if nudge and out and as_json:
        raise InputError("--json prints numbers, and --out writes a picture", "leave one out")


def _function_command(function: str, at: str | None) -> str:
    """The command for a function that was given without its option; an expression needs a point."""
    command = f"relusgd graph --function {quote(function)}"
    if at is None and function.startswith("sheet-"):
        return command
    return f"{command} --at={at or 3}"


def _is_function(text: str) -> bool:
    """Whether a text is a function of the sheet or an expression, rather than a path."""
    return text.startswith("sheet-") or any(sign in text for sign in "*+()")


def _split_sizes(texts: list[str]) -> tuple[str | None, tuple[int, int] | None]:
    """What --size says of the sheet's function, and of the picture: 3,2 and 1920x1080."""
    from relusgd.pictures.kit.sizes import is_picture_size, read_size

    of_picture = [text for text in texts if is_picture_size(text)]
    of_function = [text for text in texts if not is_picture_size(text)]
    for given in (of_picture, of_function):
        if len(given) > 1:
            raise InputError(f"--size is given twice: {given[0]} and {given[1]}", "leave one out")
    pixels = read_size(of_picture[0]) if of_picture else None
    return next(iter(of_function), None), pixels


def _check_pixels(pixels: tuple[int, int] | None, out: Path | None) -> None:
    """Refuse the size of a picture where none is drawn."""
    if pixels is None:
        return
    if out is None:
        raise InputError(
            "--size in pixels is that of a picture, and a table is printed",
            "add --out graph.svg",
        )
    if out.suffix.lower() == ".dot":
        raise InputError(f"{out}: Graphviz gives a .dot its size", "leave --size out")


def _refuse_size(size: str | None) -> None:
    if size is not None:
        raise InputError(
            "--size belongs to the sheet's functions; a network has its own",
            "try --set network.hidden=3, or for a picture --size 1920x1080 or --size slide",
        )


def _network_graph(chosen: ChosenNetwork, at: list[float] | None) -> tuple[Graph, str]:
    """The graph of a network's loss at one sample; the words for that sample go to stderr too."""
    from relusgd.graphs.network_graph import choose_sample, network_graph

    sample = choose_sample(chosen.dataset, at)
    typer.echo(printable(sample.words), err=True)
    return network_graph(chosen.network, sample.x, sample.y), sample.words


def _function_graph(
    function: str,
    at: list[float] | None,
    size: str | None,
    changes: list[str] | None,
    epoch: int | None,
) -> Graph:
    """The graph of one of the sheet's functions or of an expression."""
    from relusgd.graphs.expression_graph import expression_graph
    from relusgd.graphs.sheet_functions import sheet_graph

    if epoch is not None or changes:
        raise InputError("--epoch and --set belong to a CONFIG or RUN, not to --function")
    if function.strip().lower().startswith("sheet"):
        return sheet_graph(function.strip(), at, _sizes(size))
    if size is not None:
        raise InputError("--size belongs to the sheet's functions; an expression has none")
    if at is None:
        raise InputError("an expression is differentiated at a point", "add one, such as --at 3")
    if len(at) != 1:
        raise InputError(
            f"--at gives {len(at)} numbers, and an expression takes 1, its x",
            "write --at=3",
        )
    return expression_graph(function, at[0])


def _sizes(text: str | None) -> list[int] | None:
    """The whole numbers of --size."""
    if text is None:
        return None
    return [_size(part.strip()) for part in text.split(",")]


def _size(part: str) -> int:
    is_whole = part.isascii() and part.isdigit()
    if not is_whole or len(part) > LONGEST_SIZE:
        raise InputError(
            f"--size: {part[:40]!r} is not a whole number",
            "write sizes with commas, such as 3,2; those of a picture are 1920x1080 or slide",
        )
    return int(part)


def _film_path(source: Path | None) -> Path:
    """Where the film of a step goes by default: into the run's folder, else into this one."""
    name = "graph.gif"
    if source is not None and source.is_dir():
        return source / name
    return Path(name)
