"""Why a cell is no number, in words that say what to write."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from relusgd.model.data_file.dates import MONTHS
from relusgd.model.data_file.faults import in_quotes
from relusgd.model.data_file.names import without_invisible

LONGEST_CELL = 60
"""A longer cell is no number with something added, and looking closer would take long."""

_LONG_NUMBER = re.compile(r"[+-]?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INFINITE = re.compile(r"[+-]?(inf|infinity|∞|1\.#INF)", re.IGNORECASE)
_DASH = "‐‑‒–—―"
_FACTOR = re.compile(r"(k|m|bn?|g|t|mn|mio|mrd|tsd|thousand|million|billion)\.?", re.IGNORECASE)
_DIGITS = r"[+-]?[\d.,'’ \u00a0\u2009\u202f]*\d[\d.,]*"
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_CURRENCY = re.compile(r"[$€£¥₹₩₽¢]|\b(USD|EUR|CHF|GBP|JPY|Fr\.)")
_RAISED = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789", "+")
_QUOTES = '“”„‟‘‚«»‹›"'
_SLASHED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})( .*)?", re.ASCII)
_MONTH_NAME = re.compile(rf"\b({'|'.join(name[:3] for name in MONTHS)})", re.IGNORECASE)
_OTHER_DATE = re.compile(
    r"(\d{1,2}\.? )?(de )?[^\W\d_]{3,12}\.? (de )?\d{4}( .*)?|\d{4}年.*"
    r"|(Q[1-4]|[1-4]Q)[-/ ]?\d{2}"
)
"""Such as 2. Mai 2020: a word where an English month would be."""

_TOTALS = re.compile(
    r"(grand |sub)?(total|sum|summe|mean|average|gesamt|all|count|median)s?\b.*", re.IGNORECASE
)

Reason = Callable[[str], str | None]


def why_no_number(cell: str) -> str:
    """The end of a sentence about a cell that is no number: "is 'two', which is not a number"."""
    return f"is {in_quotes(cell)}, {_reason(cell)}"


def _reason(cell: str) -> str:
    if len(cell) <= LONGEST_CELL:
        for find in _REASONS:
            reason = find(cell)
            if reason is not None:
                return reason
    elif _LONG_NUMBER.fullmatch(cell):
        return "which is not finite in double precision"
    return "which is not a number"


def _infinite(cell: str) -> str | None:
    if _INFINITE.fullmatch(cell) or re.fullmatch(_NUMBER, cell, re.ASCII):
        return "which is not finite in double precision"
    return None


def _invisible(cell: str) -> str | None:
    visible = without_invisible(cell)
    if visible == cell or not re.fullmatch(_NUMBER, visible, re.ASCII):
        return None
    hidden = [character for character in cell if character not in visible]
    code = ord(hidden[0])
    return f"a number with the invisible character U+{code:04X}; write {visible}"


def _other_digits(cell: str) -> str | None:
    """For digits of another script or width, of which Python knows the values."""
    if cell.isascii():
        return None
    # A character that is no digit stands for itself.
    values = [unicodedata.decimal(character, character) for character in cell]
    number = "".join(map(str, values))
    if number == cell or not re.fullmatch(_NUMBER, number, re.ASCII):
        return None
    return f"whose digits are not 0 to 9; write {number}"


def _percent(cell: str) -> str | None:
    match = re.fullmatch(rf"({_DIGITS}) ?[%％]", cell)
    if match is None:
        return None
    return (
        f"which could be {match[1].strip()} or a hundredth of it; write the number that is meant, "
        "without the percent sign"
    )


def _currency(cell: str) -> str | None:
    match = _CURRENCY.search(cell)
    if match is None or not any(character.isdigit() for character in cell):
        return None
    return f"with the currency sign {match[0]}; write the number alone"


def _quotes(cell: str) -> str | None:
    inside = cell.strip(f"{_QUOTES}'’´`")
    if inside == cell or not re.fullmatch(_DIGITS, inside):
        return None
    return f"a number in quotes that are part of the cell; write {inside}"


def _brackets(cell: str) -> str | None:
    match = re.fullmatch(rf"\(\s*({_DIGITS})\s*\)", cell)
    if match is None:
        return None
    return f"which could be -{match[1]}, as accountants write it, or {match[1]}; write one of them"


def _dash_before(cell: str) -> str | None:
    match = re.fullmatch(rf"[{_DASH}] ?([\d.,]*\d)", cell, re.ASCII)
    if match is None:
        return None
    return f"with a dash in place of the sign; write -{match[1]}"


def _sign_behind(cell: str) -> str | None:
    match = re.fullmatch(r"([\d.,]*\d)\s*[-\u2212]", cell)
    if match is None:
        return None
    return f"with the sign behind it; write -{match[1]}"


def _date(cell: str) -> str | None:
    match = _SLASHED.fullmatch(cell)
    if match is not None:
        first, second, year = int(match[1]), int(match[3]), match[4]
        return _slashed_date(first, second, year)
    if re.match(r"\d{4}[-/]\d{1,2}\b", cell):
        return "which is no date of the calendar; dates are read as 2020-03-31"
    if re.fullmatch(r"[+-]?\d{1,3}:\d{2}(:\d{2}([.,]\d+)?)?( ?[ap]m)?", cell, re.IGNORECASE):
        return "a time of day; write it as one number, such as hours or seconds"
    has_digits = any(character.isdigit() for character in cell)
    if has_digits and (_MONTH_NAME.search(cell) or _OTHER_DATE.fullmatch(cell)):
        return "which is not a number; dates are read as 2020-03-31 or 2020-03"
    return None


def _slashed_date(first: int, second: int, year: str) -> str | None:
    """For a date such as 3/4/2020. None where the two numbers are no day and month."""
    smaller, larger = sorted([first, second])
    if not 1 <= smaller <= 12 or larger > 31:
        return None
    if len(year) == 2:
        return "which is not a number; dates are read as 2020-03-31, with four digits of the year"
    day_first = f"{year}-{second:02}-{first:02}"
    month_first = f"{year}-{first:02}-{second:02}"
    if second > 12:
        return f"a date; write {month_first}"
    if first > 12 or first == second:
        return f"a date; write {day_first}"
    return (
        f"which could be {day_first} (the day first) or {month_first} (the month first); "
        "write the one that is meant"
    )


def _no_single_number(cell: str) -> str | None:
    """Why a cell of digits is not one number: what it may be, and what to write instead."""
    if re.fullmatch(r"[+-]?\d{1,3}( \d{3})+([.,]\d+)?", cell):
        joined = cell.replace(" ", "")
        return f"which could be {joined} or several numbers; write it without blanks"
    match = re.fullmatch(r"[~≈] ?([\d.,]+)", cell)
    if match:
        return f"a rounded number; write it without the sign {cell[0]}"
    if re.fullmatch(r"\d+ ?/ ?\d+", cell) or re.fullmatch(r"\d* ?[½¼¾⅓⅔⅕⅖⅗⅘⅛⅜⅝⅞]", cell):
        return "a fraction or two numbers; write one number, such as 0.5"
    if re.fullmatch(r"[<>≤≥±]=? ?[\d.,]+", cell):
        return "a bound and no number; write the number, or leave the row out"
    if re.fullmatch(r"[\d.,]+ ?([-–—/±:]|\+/-|to|bis) ?[\d.,]+", cell):
        return "which holds two numbers; write one"
    return None


def _other_notation(cell: str) -> str | None:
    """For a number as other programs write it, which is not read: what it is, and what to write."""
    if re.fullmatch(r"[+-]?0(x[0-9a-f]+|b[01]+|o[0-7]+)", cell, re.IGNORECASE):
        return f"a whole number in another base; write {int(cell, 0)}"
    if re.fullmatch(r"[+-]?\d[\d_]*_[\d_]*(\.\d*)?", cell):
        return f"with underscores between its digits; write {cell.replace('_', '')}"
    if re.fullmatch(r"[+-]?[\d.]+[dD][+-]?\d+", cell):
        return f"an exponent of Fortran; write {re.sub('[dD]', 'e', cell)}"
    power = re.fullmatch(r"([+-]?[\d.]+) ?[×x*] ?10(?:\^|\*\*)? ?([-+−⁻\d⁰¹²³⁴-⁹]+)", cell)
    if power is not None:
        return f"a power of ten; write {power[1]}e{power[2].translate(_RAISED)}"
    if cell.lower() in ("true", "false", "yes", "no", "t", "f", "wahr", "falsch"):
        return "a truth value; write 1 and 0"
    if re.fullmatch(r"#(DIV/0|VALUE|REF|NAME|NUM|NULL|WERT|BEZUG|ZAHL)[!?]?", cell):
        return "an error of a spreadsheet; mend its formula, or leave the row out"
    if cell.startswith("=") and len(cell) > 1:
        return "a formula of a spreadsheet; save the sheet's values as CSV"
    if re.fullmatch(r"[+-]?\d[\d,]*,\d[\d,]*(\.\d*)?", cell):
        return "whose groups are not of three digits; write it without commas"
    if re.fullmatch(r"[+-]?\d[\d.]*\.\d[\d.]*(,\d*)?", cell):
        return "whose groups are not of three digits; write it without points between them"
    return None


def _text_behind(cell: str) -> str | None:
    match = re.fullmatch(rf"({_NUMBER}) ?([^\W\d_/°µμ²³].*|[°*†‡§µμ].*)", cell, re.ASCII)
    if match is None:
        return None
    number, text = match.groups()
    if text.startswith(("e", "E")) or len(text) > 12:
        return None
    what_to_write = "the number that is meant" if _FACTOR.fullmatch(text) else number
    return f"a number with {in_quotes(text)} behind it; write {what_to_write}"


def _totals(cell: str) -> str | None:
    if not _TOTALS.fullmatch(cell):
        return None
    return "which is not a number; a row of totals is no point, so leave it out"


def _no_measurement(cell: str) -> str | None:
    if cell.lower() in ("nd", "n.d.", "n. d.", "bdl", "<lod", "<loq", "trace", "tr"):
        return (
            "which could be no data, or less than could be measured; write the number, or leave "
            "the cell empty"
        )
    return None


_REASONS: tuple[Reason, ...] = (
    _infinite,
    _invisible,
    _other_digits,
    _percent,
    _currency,
    _quotes,
    _brackets,
    _dash_before,
    _sign_behind,
    _date,
    _no_single_number,
    _other_notation,
    _text_behind,
    _totals,
    _no_measurement,
)
