"""A page: one HTML file on which training can be scrubbed, with everything that it needs inside.

A network is piecewise linear, so its weights and biases draw the exact function at every size of
the window. `assets/` has the page's markup, style and scripts (plain ES2020, no library): `engine`
computes, `drawing` draws, `controls` are read and used, `view` is the page. Here they are put
together with the data. A content security policy, by digests, allows the page its own
script and style and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from importlib.resources import files

from relusgd.errors import InputError
from relusgd.pictures.look import THEMES, Theme
from relusgd.pictures.page_data import Start, page_data
from relusgd.pictures.scene import RunGroup, Scene

SCRIPTS = (
    "controls/numbers",
    "controls/elements",
    "engine/network",
    "engine/least_squares",
    "engine/backprop",
    "engine/shallow_backprop",
    "engine/descent",
    "engine/sharpness",
    "engine/stable_rate",
    "drawing/points",
    "drawing/pieces",
    "drawing/shapes",
    "drawing/axes",
    "drawing/ground",
    "drawing/curve",
    "drawing/trace",
    "drawing/time",
    "controls/table",
    "controls/clock",
    "view/run",
    "view/address",
    "view/copied_config",
    "view/experiment",
    "view/experiment_form",
    "view/words",
    "view/tips",
    "view/reader",
    "view/page",
)
"""In the order in which they build on each other."""

IFRAME_HEIGHT = 860


def page_html(
    scene: Scene,
    title: str,
    *,
    theme: str | None = None,
    frames: int | None = None,
    starts: Sequence[Start] | None = None,
    explanation: str = "",
) -> str:
    """The page of one run, or of several on one clock.

    theme: light or dark; None is what the reader's system prefers. frames: how many moments, chosen
    as a film's are; None is at most 300. starts: for each run, what going on in the page begins
    with. explanation: a sentence under the title. Raises InputError for another theme, and when the
    page would be too large to open.
    """
    if theme is not None and theme not in THEMES:
        raise InputError(f"the theme is light or dark, not {theme!r}")
    if starts is None:
        starts = [Start()] * (len(scene.views) if isinstance(scene, RunGroup) else 1)
    title = title.encode("utf-8", "replace").decode()  # the name of a folder may be no text at all
    data = {
        "title": title,
        "theme": theme,
        "colours": {name: asdict(colours) for name, colours in THEMES.items()},
    }
    script, style = _script(), _style()
    parts = {
        "policy": _policy(script, style),
        "title": html.escape(title),
        "theme": f' data-theme="{theme}"' if theme else "",
        "explanation": _explanation(explanation),
        "style": style,
        "data": _json({**data, **page_data(scene, starts, frames)}),
        "script": script,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _asset("view/page.html"))


def _explanation(sentence: str) -> str:
    """A line that ends where the window does, with the whole sentence where one points at it."""
    text = html.escape(sentence)
    return f'<p id="explanation" title="{text}">{text}</p>' if text else ""


def in_iframe(page: str, title: str) -> str:
    """The page as an element of another one, such as a notebook, that it can neither read nor
    change.
    """
    return (
        f'<iframe srcdoc="{html.escape(page)}" title="{html.escape(title)}" '
        f'width="100%" height="{IFRAME_HEIGHT}" '
        'sandbox="allow-scripts" allow="clipboard-write" loading="lazy" frameborder="0"></iframe>'
    )


def _json(data: object) -> str:
    """JSON that no HTML parser takes for the end of a script or the begin of a comment."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")


def _policy(script: str, style: str) -> str:
    return (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}"


@cache
def _asset(name: str) -> str:
    return (files("relusgd.pictures") / "assets" / name).read_text(encoding="utf-8")


@cache
def _script() -> str:
    return '"use strict";\n' + "".join(_asset(f"{name}.js") for name in SCRIPTS)


@cache
def _style() -> str:
    light, dark = (_variables(THEMES[name]) for name in ("light", "dark"))
    light_rule = f":root {{ color-scheme: light; {light} }}\n"
    dark_rule = f"{{ color-scheme: dark; {dark} }}"
    themes = f"{light_rule}:root[data-theme=dark] {dark_rule}\n"
    by_system = f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme]) {dark_rule} }}\n"
    return themes + by_system + _asset("view/page.css")


def _variables(colours: Theme) -> str:
    return " ".join(
        f"--{name}: {colour};"
        for name, colour in asdict(colours).items()
        if isinstance(colour, str)
    )
