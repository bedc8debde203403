"""Tables and sentences as HTML, for the cells of notebooks.

Names of files, columns and cases are whatever somebody wrote: every text is escaped.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Iterable, Sequence

RIGHT, LEFT = "text-align: right", "text-align: left"


def html_table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    words: Collection[int] = (),
    bold: Collection[int] = (),
) -> str:
    """A table with a line of headings. Lines within a heading stay lines.

    words: the columns that hold words, which begin at the left; numbers end at the right. bold: the
    rows that stand out.
    """
    sides = [LEFT if column in words else RIGHT for column in range(len(headings))]
    head = _cells("th", headings, sides)
    lines = []
    for number, row in enumerate(rows):
        style = ' style="font-weight: bold"' if number in bold else ""
        lines.append(f"<tr{style}>{_cells('td', row, sides)}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def html_paragraph(text: str) -> str:
    return f'<p style="max-width: 100ch">{html.escape(text)}</p>'


def _cells(tag: str, texts: Sequence[str], sides: Sequence[str]) -> str:
    return "".join(
        f'<{tag} style="{side}">{html.escape(text).replace(chr(10), "<br>")}</{tag}>'
        for text, side in zip(texts, sides, strict=True)
    )
