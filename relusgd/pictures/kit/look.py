"""How a picture looks: its size, colours, title and parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from relusgd.errors import InputError
from relusgd.pictures.kit.sizes import pixels_of

PARTS = ("units", "loss", "active", "sharpness")
"""The optional parts: units and elbows, errors over the steps, the strip of active units, and the
sharpness over the steps."""

USUAL_PARTS = ("units", "loss", "active")
"""Those that are shown where nothing is said."""

LAYOUTS = ("storeys", "panels")
"""The function above the paths of its elbows, or panels of function, active units and errors."""

SMALLEST, LARGEST = (480, 360), (4000, 4000)


@dataclass(frozen=True)
class Theme:
    """Colours as #rrggbb, each with one meaning.

    What carries meaning has a contrast of 3 with the paper, words have 4.5; positive and negative
    are told apart by colour-blind people.

    positive, negative: units by the sign of their output weight; neutral: the first layer of deep
    networks, whose units have no single one. train, test: errors. layers: of breakpoints, by the
    hidden layer whose unit switches there; runs: of learned functions side by side; references: of
    what is drawn to compare with, in the order of `reference_lines.DASHES`. sharpness: and its
    edge.
    """

    paper: str
    ink: str
    faint: str
    grid: str
    data: str
    truth: str
    learned: str
    positive: str
    negative: str
    neutral: str
    active: str
    train: str
    test: str
    layers: tuple[str, ...]
    runs: tuple[str, ...]
    references: tuple[str, ...]
    sharpness: str


LIGHT = Theme(
    paper="#ffffff",
    ink="#20242a",
    faint="#656c75",
    grid="#e9ebee",
    data="#727a83",
    truth="#20242a",
    learned="#00875c",
    positive="#1f78b4",
    negative="#b5347a",
    neutral="#2b3fae",
    active="#d3dbe1",
    train="#bc5a00",
    test="#8e3fb8",
    layers=("#2b3fae", "#a06a00", "#b3261e", "#3c5300"),
    runs=(
        "#00875c",
        "#bc5a00",
        "#7445b8",
        "#8a6d00",
        "#00838f",
        "#b3261e",
        "#7a4a21",
        "#2b2f80",
        "#5b7f00",
    ),
    references=("#5b6478", "#00838f", "#7a4a21", "#b3261e", "#5b7f00"),
    sharpness="#00707a",
)
DARK = Theme(
    paper="#15181d",
    ink="#e9ebee",
    faint="#99a1ab",
    grid="#282d34",
    data="#8f98a3",
    truth="#f4f4f4",
    learned="#1fc796",
    positive="#56b4e9",
    negative="#e07fb2",
    neutral="#7d90ff",
    active="#38424d",
    train="#f0903c",
    test="#c792ea",
    layers=("#7d90ff", "#e0b040", "#f0666a", "#a8cc4a"),
    runs=(
        "#1fc796",
        "#f0903c",
        "#b79cf5",
        "#d8c84a",
        "#3fd0d8",
        "#f0666a",
        "#c99a72",
        "#6f7cf2",
        "#8fbf3a",
    ),
    references=("#a9b2c3", "#3fd0d8", "#c99a72", "#f0666a", "#8fbf3a"),
    sharpness="#4fd0d8",
)
THEMES = {"light": LIGHT, "dark": DARK}


@dataclass(frozen=True)
class Look:
    """What a user chooses: width and height in pixels, the theme, a title, the parts to show, and
    the layout of pictures of runs.

    Raises InputError, naming what is possible, for a size, theme, part or layout that is not.
    """

    size: tuple[int, int] = (1000, 700)
    theme: str = "light"
    title: str | None = None
    show: frozenset[str] = field(default_factory=lambda: frozenset(USUAL_PARTS))
    layout: str = LAYOUTS[0]

    def __post_init__(self) -> None:
        if self.theme not in THEMES:
            raise InputError(f"the theme is light or dark, not {self.theme!r}")
        if self.layout not in LAYOUTS:
            raise InputError(f"the layout is storeys or panels, not {self.layout!r}")
        if unknown := sorted(self.show - set(PARTS)):
            raise InputError(
                f"{unknown[0]!r} is not a part of the picture", f"the parts are {', '.join(PARTS)}"
            )
        width, height = self.size
        if not (SMALLEST[0] <= width <= LARGEST[0] and SMALLEST[1] <= height <= LARGEST[1]):
            smallest, largest = size_text(SMALLEST), size_text(LARGEST)
            raise InputError(
                f"a picture of {size_text(self.size)} pixels cannot be drawn",
                f"sizes go from {smallest} to {largest}; try 1000x700",
            )

    @classmethod
    def of(
        cls,
        *,
        size: str | Sequence[int] = (1000, 700),
        theme: str = "light",
        title: str | None = None,
        show: str | Iterable[str] | None = USUAL_PARTS,
        layout: str = LAYOUTS[0],
    ) -> Look:
        """The look from words as people write them.

        size: (width, height) in pixels, "1920x1080" or a name such as "slide". show: parts, as a
        list or as in "units,loss"; None or "none" is the learned function alone. layout: "storeys"
        or "panels". Raises InputError.
        """
        names = show.split(",") if isinstance(show, str) else show or []
        parts = {str(name).strip() for name in names} - {"", "none"}
        return cls(pixels_of(size), theme, title, frozenset(parts), layout)

    @property
    def colours(self) -> Theme:
        return THEMES[self.theme]


def size_text(size: tuple[int, int]) -> str:
    """Width and height as users write them: 1000x700."""
    width, height = size
    return f"{width}x{height}"
