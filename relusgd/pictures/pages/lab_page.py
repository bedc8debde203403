"""The lab: one HTML file on which a network is built, trained and taken apart, without Python."""

from __future__ import annotations

import html
from collections.abc import Mapping

from relusgd.pictures.pages.page_assets import (
    assembled,
    asset,
    check_theme,
    json_for_page,
    policy,
    script_of,
    style_of,
    theme_attribute,
    theme_colours,
    title_text,
)
from relusgd.pictures.pages.page_scripts import ENGINE, LAB_PAGE


def lab_html(
    title: str = "relusgd lab",
    *,
    exercise: Mapping[str, object] | None = None,
    theme: str | None = None,
    intro: str = "",
    challenges: str = "",
) -> str:
    """The page of the lab.

    exercise: what it begins with (see docs/lab.md); None is the notebook's network before its
    training. intro: a text above the picture, and challenges: as docs/lab.md has them, the first of
    which the page opens with; both in a little Markdown. theme: light or dark; None is what the
    reader's system prefers. Raises InputError for another theme.
    """
    check_theme(theme)
    title = title_text(title)
    engine, script = script_of(ENGINE), script_of(LAB_PAGE)
    style = style_of(["controls/page", "lab/lab"])
    data = {"title": title, "colours": theme_colours(), "exercise": exercise, "intro": intro}
    data["challenges"] = challenges
    parts = {
        "policy": policy([engine, script], style, workers=True),
        "title": html.escape(title),
        "theme": theme_attribute(theme),
        "style": style,
        "body": asset("lab/body.html"),
        "data": json_for_page(data),
        "engine": engine,
        "script": script,
    }
    return assembled("lab/lab.html", parts)
