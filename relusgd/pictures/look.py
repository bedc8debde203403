"""How a picture looks: its size, colours, title and parts."""

from __future__ import annotations

from dataclasses import dataclass, field

from relusgd.errors import InputError

PARTS = ("units", "loss", "active")
"""The optional parts: units and elbows, errors over the steps, the strip of active units."""

SMALLEST, LARGEST = (480, 360), (4000, 4000)


@dataclass(frozen=True)
class Theme:
    """Colours as #rrggbb. The hues are from Okabe and Ito (2008): colour-blind people see them.

    layers: of breakpoints, by the hidden layer whose unit switches there; runs: of learned
    functions side by side.
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
    test: str
    layers: tuple[str, ...]
    runs: tuple[str, ...]


LIGHT = Theme(
    paper="#ffffff",
    ink="#20242a",
    faint="#6d747d",
    grid="#e9ebee",
    data="#e69f00",
    truth="#20242a",
    learned="#009e73",
    positive="#56b4e9",
    negative="#cc79a7",
    neutral="#7f93a8",
    active="#d3dbe1",
    test="#0072b2",
    layers=("#0072b2", "#d55e00", "#cc79a7", "#f0e442"),
    runs=(
        "#009e73",
        "#d55e00",
        "#0072b2",
        "#8f3b76",
        "#7a6a00",
        "#00a3b4",
        "#b02a30",
        "#4b4fb8",
        "#5f6670",
    ),
)
DARK = Theme(
    paper="#15181d",
    ink="#e9ebee",
    faint="#99a1ab",
    grid="#282d34",
    data="#e69f00",
    truth="#f4f4f4",
    learned="#1fc796",
    positive="#56b4e9",
    negative="#d98bb6",
    neutral="#8fa3b8",
    active="#38424d",
    test="#6fbcf0",
    layers=("#56b4e9", "#ef7d33", "#d98bb6", "#f0e442"),
    runs=(
        "#1fc796",
        "#ef7d33",
        "#5aa9f0",
        "#d38bc4",
        "#d8c84a",
        "#4ed3e0",
        "#f0767a",
        "#9a9df2",
        "#b4bac2",
    ),
)
THEMES = {"light": LIGHT, "dark": DARK}


@dataclass(frozen=True)
class Look:
    """What a user chooses: width and height in pixels, the theme, a title and the parts to show.

    Raises InputError, naming what is possible, for a size, theme or part that is not.
    """

    size: tuple[int, int] = (1000, 700)
    theme: str = "light"
    title: str | None = None
    show: frozenset[str] = field(default_factory=lambda: frozenset(PARTS))

    def __post_init__(self) -> None:
        if self.theme not in THEMES:
            raise InputError(f"the theme is light or dark, not {self.theme!r}")
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

    @property
    def colours(self) -> Theme:
        return THEMES[self.theme]


def size_text(size: tuple[int, int]) -> str:
    """Width and height as users write them: 1000x700."""
    width, height = size
    return f"{width}x{height}"
