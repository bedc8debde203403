"""Texts of a lesson as HTML: a small part of Markdown, the same that pages and the lab take.

Paragraphs, lists, `**bold**`, `*emphasis*`, code and links; everything else stands as it was
written and can do nothing. `assets/controls/written_text.js` has the same rules in a browser.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

INLINE = re.compile(
    r"\*\*(?P<strong>[^*]+)\*\*|\*(?P<em>[^*]+)\*|`(?P<code>[^`]+)`"
    r"|\[(?P<words>[^\]]+)\]\((?P<address>[^()\s]+)\)"
)
ITEM = re.compile(r"[-*] ")


def as_html(text: str) -> str:
    """The text as HTML, a paragraph after each empty line."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return "\n".join(_block(block) for block in blocks if block.strip())


def _block(block: str) -> str:
    """A list, or a paragraph."""
    lines = block.strip().split("\n")
    if not ITEM.match(lines[0]):
        return f"<p>{line_as_html(' '.join(lines))}</p>"
    items = [f"<li>{line_as_html(item)}</li>" for item in _items(lines)]
    return f"<ul>{''.join(items)}</ul>"


def _items(lines: list[str]) -> Iterator[str]:
    """The items of a list; a line that begins none goes on with the one before."""
    item = ""
    for line in lines:
        if ITEM.match(line):
            if item:
                yield item
            item = line[2:]
        else:
            item = f"{item} {line.strip()}"
    yield item


def line_as_html(text: str) -> str:
    """A line without paragraphs."""
    parts = []
    start = 0
    for found in INLINE.finditer(text):
        before = text[start : found.start()]
        parts += [html.escape(before), _inline(found)]
        start = found.end()
    rest = text[start:]
    return "".join([*parts, html.escape(rest)])


def _inline(found: re.Match[str]) -> str:
    for tag in ("strong", "em", "code"):
        if found[tag] is not None:
            return f"<{tag}>{html.escape(found[tag])}</{tag}>"
    if not found["address"].startswith(("http://", "https://")):
        return html.escape(found[0])
    address = html.escape(found["address"])
    words = html.escape(found["words"])
    return f'<a href="{address}" target="_blank" rel="noopener noreferrer">{words}</a>'
