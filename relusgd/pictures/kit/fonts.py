"""The font of all pictures, and where it lacks a character, the fonts of the system that have it.

matplotlib is loaded by what needs it: a page measures no letters.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relusgd.pictures.kit.plain_matplotlib import FontProperties

DPI = 100
FAMILY = "DejaVu Sans"
"""It comes with matplotlib, so a picture looks the same everywhere. Its digits are equally wide."""

NO_GLYPH = "□"


def font(pixels: float, *, bold: bool = False, text: str = "") -> FontProperties:
    """The font whose height of em is this many pixels, with what stands in for it in this text."""
    from relusgd.pictures.kit.plain_matplotlib import FontProperties, plain_style

    others = () if text.isascii() else stand_ins(text)
    weight = "bold" if bold and _bold_families().issuperset(others) else "normal"
    with plain_style:  # or a user's rcParams decide whether it is italic
        return FontProperties(family=[FAMILY, *others], size=pixels * 72 / DPI, weight=weight)


def drawable(text: str) -> str:
    """The text on one line, without invisible characters, and with a box for each character that no
    font here has.
    """
    return "".join(_shown(character) for character in " ".join(text.split()))


def _shown(character: str) -> str:
    kind = unicodedata.category(character)[0]
    if kind == "C":
        return ""
    if ord(character) in _own_characters() or stand_ins(character):
        return character
    return {"Z": " ", "M": ""}.get(kind, NO_GLYPH)


def lacking_glyphs(text: str) -> str:
    """The characters of the text, each once, for which `drawable` gives a box."""
    return "".join(
        character for character in dict.fromkeys(text) if _shown(character) == NO_GLYPH != character
    )


@lru_cache(256)
def stand_ins(text: str) -> tuple[str, ...]:
    """The families of the system, as few as the first that come, that have what the font lacks of
    this text.
    """
    wanted = {
        ord(character) for character in text if unicodedata.category(character)[0] not in "CZ"
    } - _own_characters()
    families: list[str] = []
    if not wanted:
        return ()
    for family, path in _families():
        if not wanted:
            break
        if covered := wanted & _characters_of(path):
            families.append(family)
            wanted -= covered
    return tuple(families)


@cache
def _own_characters() -> frozenset[int]:
    from relusgd.pictures.kit.plain_matplotlib import findfont

    return _characters_of(findfont(font(DPI)))


def _families() -> list[tuple[str, str]]:
    """Names and files of the upright fonts of usual weight that do not come with matplotlib, by
    name.
    """
    from relusgd.pictures.kit.plain_matplotlib import SHIPPED_FONTS, fontManager

    usual = {
        entry.name: entry.fname
        for entry in fontManager.ttflist
        if entry.style == "normal" and entry.weight in (400, "normal")
    }
    return sorted(
        (name, path)
        for name, path in usual.items()
        if SHIPPED_FONTS not in Path(path).parents and name != FAMILY
    )


def _bold_families() -> set[str]:
    from relusgd.pictures.kit.plain_matplotlib import fontManager

    return {entry.name for entry in fontManager.ttflist if entry.weight in (700, "bold")}


@cache
def _characters_of(path: str) -> frozenset[int]:
    """The code points that a font file has glyphs for; none if it cannot be read."""
    from relusgd.pictures.kit.plain_matplotlib import get_font

    try:
        return frozenset(get_font(path).get_charmap())
    except (OSError, RuntimeError):
        return frozenset()
