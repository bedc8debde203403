"""Options of commands that draw, and the look that they ask for."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from relusgd.cli.completions import complete_sizes, lists_of
from relusgd.cli.terminal import typed_text

if TYPE_CHECKING:
    from relusgd.pictures.kit.look import Look


class Spacing(StrEnum):
    log = "log"
    linear = "linear"
    motion = "motion"


class OnOff(StrEnum):
    on = "on"
    off = "off"


class ThemeName(StrEnum):
    light = "light"
    dark = "dark"


class LayoutName(StrEnum):
    storeys = "storeys"
    panels = "panels"


FramesOption = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="How many snapshots are shown. [dim]\\[default: 151; .mp4: 301][/]",
        show_default=False,
    ),
]
FpsOption = Annotated[
    float | None,
    typer.Option(
        metavar="N",
        help="Frames a second. [dim]\\[default: 15; .mp4: 30][/]",
        show_default=False,
    ),
]
SecondsOption = Annotated[
    float | None,
    typer.Option(
        metavar="S",
        help="How long the film moves; its first frame stands for one second, its last for two.",
        show_default=False,
    ),
]
FromOption = Annotated[
    int | None,
    typer.Option(
        "--from",
        metavar="EPOCH",
        min=0,
        help="The first epoch shown.",
        show_default=False,
    ),
]
ToOption = Annotated[
    int | None,
    typer.Option("--to", metavar="EPOCH", min=0, help="The last epoch shown.", show_default=False),
]
SpacingOption = Annotated[
    Spacing,
    typer.Option(
        help="log: early changes fill the film; linear: epochs; motion: equal changes of f."
    ),
]
SizeOption = Annotated[
    str,
    typer.Option(
        metavar="WxH|NAME",
        help="Width and height in pixels; or slide, slide-4x3, 720p, 1080p, 1440p, 4k, square, "
        "portrait, a4.",
        autocompletion=complete_sizes,
    ),
]
PictureSizeOption = Annotated[
    str | None,
    typer.Option(
        metavar="WxH|NAME",
        help="Of the picture, in pixels or by name, such as slide.",
        autocompletion=complete_sizes,
        show_default=False,
    ),
]
"""--size where a picture is drawn on request only, and has a usual size of its own."""

TitleOption = Annotated[str | None, typer.Option(metavar="TEXT", help="A line above the picture.")]
CaptionsOption = Annotated[
    OnOff, typer.Option(help="Say in a line what happens: elbows gather, units die.")
]
ThemeOption = Annotated[
    ThemeName, typer.Option(help="Dark letters on light, or light ones on dark.")
]
ShowOption = Annotated[
    str,
    typer.Option(
        metavar="PARTS",
        help="The parts wanted, of units,loss,active,sharpness; or none.",
        autocompletion=lists_of("units", "loss", "active", "sharpness", alone="none"),
    ),
]
WithOption = Annotated[
    str,
    typer.Option(
        "--with",
        metavar="NAMES",
        help="References to compare with: line, spline, cubic, linearized, kernel.",
        autocompletion=lists_of("line", "spline", "cubic", "linearized", "kernel", alone="none"),
        show_default=False,
    ),
]
LayoutOption = Annotated[
    LayoutName,
    typer.Option(
        help="storeys: the function above the paths of its elbows; panels: function, active units, "
        "errors."
    ),
]


def make_look(
    size: str,
    title: str | None,
    theme: ThemeName,
    show: str,
    layout: LayoutName = LayoutName.storeys,
) -> Look:
    """The look of a picture from what was typed."""
    from relusgd.pictures.kit.look import Look

    return Look.of(
        size=size,
        title=typed_text(title),
        theme=theme.value,
        show=show,
        layout=layout.value,
    )
