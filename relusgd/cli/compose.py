"""The command compose: networks one behind another, or on another scale, and their pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.completions import complete_configs
from relusgd.cli.network_source import (
    EpochOption,
    check_out,
    choose_network,
    difference_text,
    plain_table,
)
from relusgd.cli.options import JsonOption
from relusgd.cli.terminal import print_json, print_sentences, print_table, printable, say_beside
from relusgd.errors import InputError
from relusgd.words import comma_list, counted, exact_number, significant

if TYPE_CHECKING:
    from relusgd.model.network import Array, Network, Range

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
class Rescaling:
    """An option --rescale. layer: hidden, from 1 on; unit: from 0 on."""

    layer: int
    unit: int
    factor: float


@dataclass(frozen=True)
class PieceCount:
    """How many pieces a network has. pieces: on the whole line; in_domain: in the domain."""

    network: str
    hidden: list[int]
    pieces: int
    in_domain: int


@dataclass(frozen=True)
class PieceCounts:
    """The counts of all networks that a command shows.

    parts: those that were given. composed: all of them, where there are several. rescaled: the
    result, where it was asked for on another scale.
    """

    parts: Sequence[PieceCount]
    composed: PieceCount | None
    rescaled: PieceCount | None

    @property
    def rows(self) -> list[PieceCount]:
        """All of them, in the order of the table."""
        results = [count for count in (self.composed, self.rescaled) if count is not None]
        return [*self.parts, *results]

    @property
    def most(self) -> int:
        """The most pieces that the parts can have one behind another."""
        return prod(part.pieces for part in self.parts)


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
    rescalings = [_read_rescaling(text) for text in rescale or []]
    chosen = [choose_network(source, None, epoch) for source in sources]
    networks = [one.dataset.scaling.network_to_original(one.network) for one in chosen]
    domain = chosen[0].dataset.domain
    whole = composed(networks)
    result = whole
    for one in rescalings:
        result = rescaled(result, one.layer, one.unit, one.factor)
    names = [str(source) for source in sources]
    counts = PieceCounts(
        parts=[_piece_count(*part, domain) for part in zip(names, networks, strict=True)],
        composed=_piece_count("composed", whole, domain) if len(sources) > 1 else None,
        rescaled=_piece_count("rescaled", result, domain) if rescalings else None,
    )
    difference = _largest_difference(whole, result, domain)
    beside: list[Path] = []
    if out is not None:
        beside = _write_config(out, result, domain, _comment(names, rescale or []))
    if as_json:
        facts = {"networks": [asdict(row) for row in counts.rows], "domain": list(domain)}
        print_json({**facts, "most_pieces": counts.most, "difference": difference})
    else:
        _print_table(counts.rows, domain)
        size = float(abs(_values(result, domain)).max())
        sentences = [
            *_sentences_of_pieces(counts),
            *_sentences_of_rescaling(rescalings, difference, size),
        ]
        print_sentences(sentences)
    if out is not None:
        typer.echo(printable(f"config: {out}"), err=True)
    say_beside(beside)


def _check_new_config(out: Path | None) -> None:
    """Refuse a file that cannot be written, or that would be lost."""
    from relusgd.config.new_file import check_config_place, free_name, is_taken

    check_out(out)
    if out is None:
        return
    check_config_place(out)
    if is_taken(out):
        raise InputError(f"{out} is there already", f"try --out {free_name(out)}")


def _write_config(
    out: Path,
    network: Network,
    domain: Range,
    comment: str,
) -> list[Path]:
    """Write a config that begins with this network. Returns the files written beside it."""
    from relusgd.config.editor_schema import write_new_config
    from relusgd.config.from_network import config_of_network

    return write_new_config(out, config_of_network(network, domain, comment))


def _read_rescaling(text: str) -> Rescaling:
    """The option from its text. Raises InputError for another text."""
    place, _, factor = text.partition("=")
    layer, _, unit = place.rpartition(".")
    layer = layer or "1"
    try:
        return Rescaling(int(layer), int(unit), float(factor))
    except ValueError:
        raise InputError(
            f"--rescale takes a unit and a factor, not {text!r}",
            "0=2 doubles unit 0 of the first hidden layer, 2.0=-1 turns unit 0 of the second",
        ) from None


def _piece_count(name: str, network: Network, domain: Range) -> PieceCount:
    from relusgd.model.breakpoints import breakpoints

    found = breakpoints(network)
    inside = len(found.between(*domain))
    return PieceCount(name, list(network.hidden), len(found) + 1, inside + 1)


def _values(network: Network, domain: Range) -> Array:
    """f at PLACES even places of the domain, shape (PLACES,)."""
    import numpy as np

    return network(np.linspace(*domain, PLACES))


def _largest_difference(one: Network, other: Network, domain: Range) -> float:
    """The largest |f − g| of two networks at PLACES even places of the domain."""
    differences = _values(one, domain) - _values(other, domain)
    return float(abs(differences).max())


def _comment(names: Sequence[str], rescalings: Sequence[str]) -> str:
    """What a config says of itself. rescalings: as they were typed."""
    text = names[0]
    if len(names) > 1:
        text = f"{comma_list(names)}, one behind the other"
    if rescalings:
        text += f", rescaled {comma_list(rescalings)}"
    return " ".join(text.split())


def _print_table(rows: Sequence[PieceCount], domain: Range) -> None:
    low, high = [significant(end, DIGITS) for end in domain]
    table = plain_table("network", "hidden", "pieces", f"from {low} to {high}", numeric=3)
    for row in rows:
        widths = [f"{width:,}" for width in row.hidden]
        table.add_row(
            printable(row.network),
            ", ".join(widths),
            f"{row.pieces:,}",
            f"{row.in_domain:,}",
        )
    print_table(table)


def _sentences_of_pieces(counts: PieceCounts) -> Iterator[str]:
    """How many pieces a composition could have, and how many it has."""
    if counts.composed is None:
        return
    factors = [f"{part.pieces:,}" for part in counts.parts]
    product = f"{' · '.join(factors)} = {counts.most:,}"
    found = counted(counts.composed.pieces, "piece")
    yield f"Of at most {product} pieces, the composition has {found}."


def _sentences_of_rescaling(
    rescalings: Sequence[Rescaling],
    difference: float,
    size: float,
) -> Iterator[str]:
    """What rescaling did to the function, if there was any.

    difference: the largest one between before and after; size: the largest |f| after.
    """
    if not rescalings:
        return
    if difference <= SAME * size:
        yield (
            "Rescaling left the function as it was: the largest difference is "
            f"{difference_text(difference)}."
        )
    else:
        yield f"Rescaling changed the function, by up to {significant(difference, 4)}."
    for one in rescalings:
        if one.factor < 0:
            yield (
                "relu(α z) = α relu(z) holds for α > 0 alone: with "
                f"α = {exact_number(one.factor)}, unit {one.unit} of layer {one.layer} is active "
                "on the other side of its elbow, and adds v min(z, 0) in place of v max(z, 0)."
            )
