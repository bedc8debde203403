"""Pages put together from `assets/`: markup, style, scripts and data, under a strict policy.

The scripts are plain ES2020 without a library: `engine` computes, `drawing` draws, `controls` are
read and used; `view` and `lab` are the two pages. A content security policy, by digests, allows a
page its own scripts and style and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from importlib.resources import files

from relusgd.errors import InputError
from relusgd.pictures.kit.look import THEMES, Theme

COMMENTS = re.compile(r"^ *(?:/\*\*.*?\*/|//.*?)\n", re.DOTALL | re.MULTILINE)
"""Comments that have lines of their own."""

STRICT = '"use strict";\n'


def assembled(shell: str, parts: Mapping[str, str]) -> str:
    """The markup of a page, such as view/page.html, with its parts in the places {{name}}."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], asset(shell))


def script_of(names: Sequence[str]) -> str:
    """Scripts in the order in which they build on each other, as one.

    Their comments and indentation stay behind.
    """
    scripts = "".join(asset(f"{name}.js") for name in names)
    return STRICT + re.sub(r"^ +", "", COMMENTS.sub("", scripts), flags=re.MULTILINE)


@cache
def packed(text: str) -> dict[str, object]:
    """A text as `assets/controls/inflate.js` unpacks it: base64 of DEFLATE, and its bytes."""
    content = text.encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    compressed = packer.compress(content) + packer.flush()
    return {"text": base64.b64encode(compressed).decode("ascii"), "size": len(content)}


def policy(scripts: Sequence[str], style: str, *, workers: bool = False) -> str:
    """The content security policy of a page with these scripts and this style.

    workers: whether a script may run as a worker beside the page.
    """
    allowed = " ".join(f"'{_digest(script)}'" for script in scripts)
    rules = [
        "default-src 'none'",
        f"script-src {allowed}",
        f"style-src '{_digest(style)}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    if workers:
        rules.insert(1, "worker-src blob:")
    return "; ".join(rules)


def json_for_page(data: object) -> str:
    """JSON that no HTML parser takes for the end of a script or the begin of a comment."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")


def check_theme(theme: str | None) -> None:
    """Raise InputError for a theme that there is not; None is what the reader's system prefers."""
    if theme is not None and theme not in THEMES:
        raise InputError(f"the theme is light or dark, not {theme!r}")


def theme_attribute(theme: str | None) -> str:
    return f' data-theme="{theme}"' if theme else ""


def title_text(title: str) -> str:
    """A title as text: the name of a folder may be none."""
    return title.encode("utf-8", "replace").decode()


def theme_colours() -> dict[str, object]:
    """The colours of both themes, as scripts take them."""
    return {name: asdict(colours) for name, colours in THEMES.items()}


@cache
def asset(name: str) -> str:
    """The text of a file of `assets/`."""
    return (files("relusgd.pictures.pages") / "assets" / name).read_text(encoding="utf-8")


def style_of(names: Sequence[str]) -> str:
    """Style sheets as one, after the colours of the themes."""
    return _theme_style() + "".join(asset(f"{name}.css") for name in names)


def light_on_paper() -> str:
    """Rules, for the end of a style sheet, by which a dark page is printed with the light theme."""
    light = _variables(THEMES["light"])
    return f"@media print {{ :root, :root:not([data-theme]) {{ color-scheme: light; {light} }} }}\n"


@cache
def _theme_style() -> str:
    light, dark = (_variables(THEMES[name]) for name in ("light", "dark"))
    light_rule = f":root {{ color-scheme: light; {light} }}\n"
    dark_rule = f"{{ color-scheme: dark; {dark} }}"
    themes = f"{light_rule}:root[data-theme=dark] {dark_rule}\n"
    by_system = f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme]) {dark_rule} }}\n"
    return themes + by_system


def _variables(colours: Theme) -> str:
    return " ".join(
        f"--{name}: {colour};"
        for name, colour in asdict(colours).items()
        if isinstance(colour, str)
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}"
