"""The command compose: networks one behind another, or on another scale, and their pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.completions import complete_configs
from relusgd.cli.network_source import EpochOption, check_out, error_text, plain_table, read_network
from relusgd.cli.options import JsonOption
from relusgd.cli.terminal import print_json, print_sentences, print_table, printable
from relusgd.errors import InputError
from relusgd.files import write_whole
from relusgd.words import comma_list, counted, exact_number, significant

if TYPE_CHECKING:
    from relusgd.model.network import Array, Network

PLACES = 1001
"""At so many even places of the domain are functions compared."""

DIGITS = 6
"""Significant digits of the ends of a domain."""

SAME = 1e-12
"""Functions that differ by at most this part of their size are the same up to rounding."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog="Example:  relusgd compose outputs/notebook outputs/notebook --out twice.yaml"
    )(compose)


@dataclass(frozen=True)
class PieceCount:
    """How many pieces a network has: on the whole line and in the domain."""

    network: str
    hidden: list[int]
    pieces: int
    in_domain: int


@guarded
def compose(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="CONFIG|RUN…",
            help="Configs (their initial networks) and run folders, the one that is applied first "
            "at the left.",
            autocompletion=complete_configs,
            show_default=False,
        ),
    ],
    rescale: Annotated[
        list[str] | None,
        typer.Option(
            metavar="UNIT=FACTOR",
            help="Multiply what goes into a unit (3, or 2.3 in layer 2) and divide what goes out. "
            "May be given several times.",
            show_default=False,
        ),
    ] = None,
    epoch: EpochOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write a config that begins with the network.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Put networks one behind another, f₂(f₁(x)), or rescale units; count the pieces.

    Prints a table. The result is one ReLU network, in the units of the data.
    """
    from relusgd.model.composition import composed, rescaled

    _check_new_config(out)
    factors = [_read_rescaling(text) for text in rescale or []]
    chosen = [read_network(source, None, epoch) for source in sources]
    networks = [one.dataset.scaling.network_to_original(one.network) for one in chosen]
    domain = chosen[0].dataset.domain
    whole = composed(networks)
    result = whole
    for layer, unit, factor in factors:
        result = rescaled(result, layer, unit, factor)
    names = [str(source) for source in sources]
    rows = [_counted(name, one, domain) for name, one in zip(names, networks, strict=True)]
    if len(sources) > 1:
        rows.append(_counted("composed", whole, domain))
    if factors:
        rows.append(_counted("rescaled", result, domain))
    difference = _largest_difference(whole, result, domain)
    if out is not None:
        from relusgd.config.from_network import config_of_network

        write_whole(out, config_of_network(result, domain, _comment(names, rescale or [])))
    if as_json:
        facts = {"networks": [asdict(row) for row in rows], "domain": list(domain)}
        print_json({**facts, "most_pieces": _most(rows, len(sources)), "difference": difference})
    else:
        _print_table(rows, domain)
        print_sentences(_sentences(rows, len(sources), factors, difference, result, domain))
    if out is not None:
        typer.echo(printable(f"config: {out}"), err=True)


def _check_new_config(out: Path | None) -> None:
    """Refuse a file that cannot be written, or that would be lost."""
    from relusgd.config.new_file import check_place, free_name, is_taken

    check_out(out)
    if out is None:
        return
    check_place(out)
    if is_taken(out):
        raise InputError(f"{out} is there already", f"try --out {free_name(out)}")


def _read_rescaling(text: str) -> tuple[int, int, float]:
    """The layer, the unit and the factor of an option --rescale."""
    place, _, factor = text.partition("=")
    layer, _, unit = place.rpartition(".")
    try:
        return int(layer or 1), int(unit), float(factor)
    except ValueError:
        raise InputError(
            f"--rescale takes a unit and a factor, not {text!r}",
            "0=2 doubles unit 0 of the first hidden layer, 2.0=-1 turns unit 0 of the second",
        ) from None


def _counted(name: str, network: Network, domain: tuple[float, float]) -> PieceCount:
    from relusgd.model.breakpoints import breakpoints

    found = breakpoints(network)
    inside = len(found.between(*domain))
    return PieceCount(name, list(network.hidden), len(found) + 1, inside + 1)


def _most(rows: Sequence[PieceCount], count: int) -> int:
    """The most pieces that networks with the pieces of the first so many rows can have together."""
    return prod(row.pieces for row in rows[:count])


def _values(network: Network, domain: tuple[float, float]) -> Array:
    import numpy as np

    return network(np.linspace(*domain, PLACES))


def _largest_difference(one: Network, other: Network, domain: tuple[float, float]) -> float:
    return float(abs(_values(one, domain) - _values(other, domain)).max())


def _comment(names: Sequence[str], rescalings: Sequence[str]) -> str:
    """What a config says of itself."""
    text = f"{comma_list(names)}, one behind the other" if len(names) > 1 else names[0]
    if rescalings:
        text += f", rescaled {comma_list(rescalings)}"
    return " ".join(text.split())


def _print_table(rows: Sequence[PieceCount], domain: tuple[float, float]) -> None:
    low, high = (significant(end, DIGITS) for end in domain)
    table = plain_table("network", "hidden", "pieces", f"from {low} to {high}", numeric=3)
    for row in rows:
        hidden = ", ".join(f"{width:,}" for width in row.hidden)
        table.add_row(printable(row.network), hidden, f"{row.pieces:,}", f"{row.in_domain:,}")
    print_table(table)


def _sentences(
    rows: Sequence[PieceCount],
    count: int,
    factors: Sequence[tuple[int, int, float]],
    difference: float,
    result: Network,
    domain: tuple[float, float],
) -> list[str]:
    """How many pieces there could be, and what rescaling did to the function."""
    sentences = []
    if count > 1:
        product = " · ".join(f"{row.pieces:,}" for row in rows[:count])
        have, most = rows[count].pieces, _most(rows, count)
        sentences.append(
            f"Of at most {product} = {most:,} pieces, the composition has {counted(have, 'piece')}."
        )
    if not factors:
        return sentences
    size = float(abs(_values(result, domain)).max())
    if difference <= SAME * size:
        sentences.append(
            "Rescaling left the function as it was: the largest difference is "
            f"{error_text(difference)}."
        )
    else:
        sentences.append(f"Rescaling changed the function, by up to {significant(difference, 4)}.")
    negative = [(layer, unit, factor) for layer, unit, factor in factors if factor < 0]
    for layer, unit, factor in negative:
        sentences.append(
            f"relu(α z) = α relu(z) holds for α > 0 alone: with α = {exact_number(factor)}, unit "
            f"{unit} of layer {layer} is active on the other side of its elbow, and adds "
            "v min(z, 0) in place of v max(z, 0)."
        )
    return sentences
