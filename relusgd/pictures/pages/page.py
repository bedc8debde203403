"""A page: one HTML file on which training can be scrubbed, with everything that it needs inside.

A network is piecewise linear, so its weights and biases draw the exact function at every size of
the window. `page_assets` puts markup, style and scripts together, `page_data` has the data.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

from relusgd.advice import Advice
from relusgd.pictures.pages.page_assets import (
    assembled,
    asset,
    check_theme,
    json_for_page,
    packed,
    policy,
    script_of,
    style_of,
    theme_attribute,
    theme_colours,
    title_text,
)
from relusgd.pictures.pages.page_data import Start, page_data
from relusgd.pictures.pages.page_moments import note_of_moments
from relusgd.pictures.pages.page_scripts import ENGINE, LOADER, RUN_PAGE
from relusgd.pictures.scenes.scene import RunGroup, Scene


def page_html(
    scene: Scene,
    title: str,
    *,
    theme: str | None = None,
    frames: int | None = None,
    starts: Sequence[Start] | None = None,
    explanation: str = "",
    intro: str = "",
    tell: Callable[[Advice], None] | None = None,
) -> str:
    """The page of one run, or of several on one clock.

    theme: light or dark; None is what the reader's system prefers. frames: how many moments, chosen
    as a film's are; None is at most 300, and no more than 2 MB have room for. starts: for each run,
    what going on in the page begins with. explanation: a sentence under the title. intro: a text
    above the picture, in a little Markdown. tell: called with a sentence where moments are left out
    though nothing was said of frames. Raises InputError for another theme, and when the page would
    be too large to open.
    """
    check_theme(theme)
    if starts is None:
        starts = [Start()] * (len(scene.views) if isinstance(scene, RunGroup) else 1)
    title = title_text(title)
    told = page_data(scene, starts, frames)
    note = note_of_moments(len(told["epoch"]), len(scene))
    if frames is None and note is not None and tell is not None:
        tell(note)
    loader, engine, script = script_of(LOADER), script_of(ENGINE), script_of(RUN_PAGE)
    data = {
        "title": title,
        "theme": theme,
        "colours": theme_colours(),
        "intro": intro,
        "packed": {"engine": packed(engine), "script": packed(script)},
    }
    style = style_of(["controls/page", "lab/lab"])
    parts = {
        "policy": policy([loader, engine, script], style, workers=True),
        "title": html.escape(title),
        "theme": theme_attribute(theme),
        "explanation": _explanation(explanation),
        "style": style,
        "lab": asset("lab/body.html"),
        "data": json_for_page({**data, **told}),
        "loader": loader,
    }
    return assembled("view/page.html", parts)


def _explanation(sentence: str) -> str:
    """A line that ends where the window does, with the whole sentence where one points at it."""
    text = html.escape(sentence)
    return f'<p id="explanation" title="{text}">{text}</p>' if text else ""
