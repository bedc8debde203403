"""Texts as HTML: a small part of Markdown, and nothing that could act."""

import pytest

from relusgd.lessons.written_text import as_html, line_as_html


def test_paragraphs_and_lists_are_told_apart_by_empty_lines():
    text = "One\nline.\n\n- first\n  goes on\n- second\n\nLast."
    assert as_html(text) == (
        "<p>One line.</p>\n<ul><li>first goes on</li><li>second</li></ul>\n<p>Last.</p>"
    )


def test_emphasis_code_and_links_are_marked():
    text = "**a** *b* `c*d*` [e](https://example.org/?a&b)"
    assert line_as_html(text) == (
        "<strong>a</strong> <em>b</em> <code>c*d*</code> "
        '<a href="https://example.org/?a&amp;b" target="_blank" rel="noopener noreferrer">e</a>'
    )


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "[x](javascript:alert)", "`<b>`", "**<i>**", "a & b"]
)
def test_everything_else_stands_as_it_was_written(text):
    shown = line_as_html(text)
    assert "<script" not in shown
    assert "href" not in shown
    assert "<b>" not in shown
    assert "<i>" not in shown
