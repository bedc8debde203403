"""What commands print, in lines that a page can show."""

from __future__ import annotations

import re
import textwrap

WIDTH = 100
"""Sentences are broken at this width; tables keep their lines."""

COLUMNS = re.compile(r"\S {2,}\S")
"""Two blanks between words stand between columns of a table."""


def fitted(text: str) -> str:
    """The text with its long sentences broken between words."""
    lines = []
    for line in text.rstrip().split("\n"):
        is_table = COLUMNS.search(line) is not None
        if is_table or len(line) <= WIDTH:
            lines.append(line)
        else:
            lines += textwrap.wrap(line, WIDTH)
    return "\n".join(lines)
