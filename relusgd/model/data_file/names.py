"""Names of columns as a config can hold them and messages can show them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

LONGEST_NAME = 1000

NAMELESS = "index"
"""The name of a first column without one, as R's write.table and pandas' to_csv leave it."""

INVISIBLE = ("Cc", "Cf")
"""Categories of Unicode: control characters, and marks without a width, such as a byte order mark.
"""

QUOTE_PAIRS = ("''", "``", "““", "“”", "‘‘", "‘’", "«»")

_SAYS_DATE = re.compile(
    r"(^|[\W_])(dates?|datum|fecha|days?|months?|monat|mes|ymd|ym|yearmon|yearmonth|period"
    r"|datetime|timestamp)($|[\W_])|yyyy_?-?(mm|doy|ddd)",
    re.IGNORECASE,
)


def clean_name(text: str) -> str:
    """A name without line breaks, tabs, repeated blanks and characters that nobody can see."""
    words = without_invisible(text).split()
    return " ".join(words)[:LONGEST_NAME].rstrip()


def without_invisible(text: str) -> str:
    """The text without characters that nobody can see, but with all blanks and line breaks."""
    if text.isprintable():
        return text
    return "".join(character for character in text if not _is_invisible(character))


def _is_invisible(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) in INVISIBLE


def without_quotes(names: Sequence[str]) -> list[str]:
    """The names without the quotes that all of them have and that CSV does not know, as 'x'."""
    if not names or not all(map(_is_quoted, names)):
        return list(names)
    return [name[1:-1].strip() for name in names]


def _is_quoted(name: str) -> bool:
    return len(name) > 2 and name[0] + name[-1] in QUOTE_PAIRS


def says_date(name: str) -> bool:
    """Whether a column's name says that it holds dates."""
    return _SAYS_DATE.search(name) is not None
