"""What a cell means as a number: with a decimal point, and with a decimal comma.

`1.5` is a number in the first way alone, `1,5` in the second alone. `3,188` is 3188 in the first
and 3.188 in the second; `1.234` is the reverse. Groups are of three digits; a number that begins
with 0 or has an exponent has none.
"""

from __future__ import annotations

import re
from typing import NamedTuple

GROUP_SPACES = "\u00a0\u2007\u2009\u202f"
"""Blanks that do not break a number: they can only separate its groups of digits."""

_EXPONENT = r"([eE][+-]?\d+)?"
_WITH_POINT = re.compile(rf"[+-]?(\d+(?:\.\d*)?|\.\d+){_EXPONENT}", re.ASCII)
_WITH_COMMA = re.compile(rf"[+-]?\d*,\d+{_EXPONENT}", re.ASCII)
_COMMA_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", re.ASCII)
_POINT_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?", re.ASCII)
_MARKED_GROUPS = re.compile(
    rf"([+-]?[1-9]\d{{0,2}}(?:(['’{GROUP_SPACES}])\d{{3}})(?:\2\d{{3}})*)([.,]\d+)?", re.ASCII
)
_MINUS = str.maketrans("\u2212\ufe63\uff0d", "---")
_PLUS_MINUS_BLANK = re.compile(rf"^([+-])[ {GROUP_SPACES}]+")


class Readings(NamedTuple):
    """The number that a cell means if its decimal sign is the point, and if it is the comma.

    None: it is no number in that way.
    """

    point: float | None
    comma: float | None

    @property
    def is_ambiguous(self) -> bool:
        return self.point is not None and self.comma is not None and self.point != self.comma


def read_number(cell: str) -> Readings | None:
    """The readings of a cell without surrounding blanks; None when it is no number.

    A number beyond the doubles is inf.
    """
    if _WITH_POINT.fullmatch(cell):
        number = float(cell)
        if "." not in cell:
            return Readings(number, number)
        if _POINT_GROUPS.fullmatch(cell):
            return Readings(number, _without(cell, "."))
        return Readings(number, None)
    if len(cell) > 60:
        return None
    plain = _PLUS_MINUS_BLANK.sub(r"\1", cell.translate(_MINUS))
    if plain != cell:
        return read_number(plain)
    if _WITH_COMMA.fullmatch(cell):
        number = float(cell.replace(",", "."))
        if _COMMA_GROUPS.fullmatch(cell):
            return Readings(_without(cell, ","), number)
        return Readings(None, number)
    if _COMMA_GROUPS.fullmatch(cell):
        return Readings(_without(cell, ","), None)
    if _POINT_GROUPS.fullmatch(cell):
        decimal_comma_alone = cell.replace(".", "")
        return Readings(None, float(decimal_comma_alone.replace(",", ".")))
    return _read_marked(cell)


def _without(cell: str, mark: str) -> float:
    return float(cell.replace(mark, ""))


def _read_marked(cell: str) -> Readings | None:
    """A number in groups such as 1'234: what else separates digits in it is the decimal sign."""
    match = _MARKED_GROUPS.fullmatch(cell)
    if match is None:
        return None
    whole, mark, fraction = match.groups(default="")
    digits = whole.replace(mark, "")
    decimals = fraction.replace(",", ".")
    number = float(digits + decimals)
    if not fraction:
        return Readings(number, number)
    return Readings(number, None) if fraction.startswith(".") else Readings(None, number)
