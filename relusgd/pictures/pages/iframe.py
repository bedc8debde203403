"""A page as an element of another one."""

from __future__ import annotations

import html

IFRAME_HEIGHT = 860
"""Pixels."""


def in_iframe(page: str, title: str) -> str:
    """The page as an element of another one, such as a notebook, that it can neither read nor
    change.
    """
    return (
        f'<iframe srcdoc="{html.escape(page)}" title="{html.escape(title)}" '
        f'width="100%" height="{IFRAME_HEIGHT}" '
        'sandbox="allow-scripts" allow="clipboard-write" loading="lazy" frameborder="0"></iframe>'
    )
