"""The lab: one HTML file on which a network is built, trained and taken apart, without Python."""

from __future__ import annotations

import html
from collections.abc import Mapping

from relusgd.pictures.page_assets import (
    assembled,
    check_theme,
    json_for_page,
    policy,
    script_of,
    style_of,
    theme_attribute,
    theme_colours,
    title_text,
)

ENGINE = (
    "controls/numbers",
    "engine/points",
    "engine/network",
    "engine/backprop",
    "engine/shallow_backprop",
    "engine/philox",
    "engine/mersenne",
    "engine/normals",
    "engine/batches",
    "engine/optimizers",
    "engine/batch_gradient",
    "engine/training",
    "engine/initial",
    "engine/expression",
    "engine/targets",
    "engine/dataset",
    "engine/loss_surface",
    "engine/course_runner",
)
"""What the page and its workers share, in the order in which they build on each other."""

SCRIPTS = (
    "controls/elements",
    "controls/written_text",
    "engine/descent",
    "engine/least_squares",
    "engine/sharpness",
    "engine/stable_rate",
    "drawing/pieces",
    "drawing/handle",
    "drawing/shapes",
    "drawing/axes",
    "drawing/ground",
    "drawing/curve",
    "drawing/trace",
    "drawing/time",
    "controls/table",
    "lab/exercise",
    "lab/config",
    "lab/course",
    "lab/charts",
    "lab/single_step",
    "lab/hand",
    "lab/settings",
    "lab/landscape",
    "lab/sharing",
    "lab/challenge_text",
    "lab/challenges",
    "lab/lab",
)
"""The rest of the page, likewise."""


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
    engine, script = script_of(ENGINE), script_of(SCRIPTS)
    style = style_of(["controls/page", "lab/lab"])
    data = {"title": title, "colours": theme_colours(), "exercise": exercise, "intro": intro}
    data["challenges"] = challenges
    parts = {
        "policy": policy([engine, script], style, workers=True),
        "title": html.escape(title),
        "theme": theme_attribute(theme),
        "style": style,
        "data": json_for_page(data),
        "engine": engine,
        "script": script,
    }
    return assembled("lab/lab.html", parts)
