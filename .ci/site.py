"""Pages of the documentation site that are made from the program itself, so that they cannot rot.

A hook of MkDocs. It adds the README as the first page, the commands from the command line, the keys
from the schema, the Python names from their docstrings, and the configs that come with relusgd.
"""

from __future__ import annotations

import inspect
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

import relusgd
from relusgd.cli import app
from relusgd.cli.help import PANELS
from relusgd.config.expected import in_words
from relusgd.config.json_schema import json_schema

ROOT = Path(__file__).parents[1]

OUTSIDE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "reference/contributing.md",
    "CHANGELOG.md": "reference/changes.md",
}
"""Files above docs/ that are pages of the site."""

LINK = re.compile(r"\[(?P<text>[^\]]*)\]\((?P<target>[^)#:]+)(?P<anchor>#[^)]*)?\)")
"""A link of Markdown that leads to a file; an address on the web has a colon."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made."""
    made = {
        "reference/commands.md": commands_page(),
        "reference/keys.md": keys_page(),
        "reference/python.md": python_page(),
        "reference/configs.md": configs_page(),
    }
    for name, page in OUTSIDE.items():
        made[page] = (ROOT / name).read_text(encoding="utf-8")
    for page, text in made.items():
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Let links to files outside docs/ lead to the pages that hold them."""
    place = page.file.src_uri
    home = next((name for name, made in OUTSIDE.items() if made == place), f"docs/{place}")

    def moved(match: re.Match[str]) -> str:
        link = _link(place, home, match["target"], match["anchor"] or "")
        return match["text"] if link is None else f"[{match['text']}]({link})"

    return LINK.sub(moved, markdown)


def _link(place: str, home: str, target: str, anchor: str) -> str | None:
    """The link from a page of the site to what the file `home` calls `target`.

    None where the site does not have it.
    """
    path = os.path.normpath(Path(home).parent / target)
    if path.startswith("configs/"):
        page, anchor = "reference/configs.md", f"#{Path(path).stem.replace('_', '-')}"
        if Path(path).suffix != ".yaml":
            anchor = ""
    elif path in OUTSIDE:
        page = OUTSIDE[path]
    elif path.startswith("docs/"):
        page = path.removeprefix("docs/")
    else:
        return None
    return os.path.relpath(page, Path(place).parent) + anchor


def commands_page() -> str:
    """A section per command: how it is typed, what it does, its arguments and options."""
    group = typer.main.get_command(app)
    context = group.make_context("relusgd", [], resilient_parsing=True)
    parts = ["# Commands", "Made from `relusgd --help` and `relusgd COMMAND --help`."]
    for panel, names in PANELS.items():
        parts.append(f"## {panel}")
        for name in names:
            command = group.commands[name]  # type: ignore[attr-defined]
            parts += _command_section(name, command, context)
    return "\n\n".join(parts) + "\n"


def _command_section(name: str, command: Any, context: Any) -> list[str]:
    own = command.make_context(name, [], parent=context, resilient_parsing=True)
    usage = " ".join(["relusgd", name, *command.collect_usage_pieces(own)])
    rows = ["| | |", "|---|---|"]
    for parameter in command.get_params(own):
        text = _plain(getattr(parameter, "help", "") or "")
        rows.append(f"| `{_typed(parameter)}` | {text} |")
    section = [f"### {name}", f"```sh\n{usage}\n```", _plain(command.help or ""), "\n".join(rows)]
    if command.epilog:
        section.append(f"```sh\n{command.epilog.removeprefix('Example:').strip()}\n```")
    return section


def _typed(parameter: Any) -> str:
    """A parameter as it is typed: --seeds N, PATH."""
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper()).replace("|", "\\|")
    names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    value = "" if parameter.is_flag else parameter.metavar or _choices(parameter)
    return f"{names} {value}".strip().replace("|", "\\|")


def _choices(parameter: Any) -> str:
    """The values of an option that takes some names only."""
    annotation = parameter.type_descriptor.annotation
    values = get_args(annotation) or [choice.value for choice in annotation]
    return f"[{'|'.join(values)}]"


def _plain(text: str) -> str:
    """A help text without the marks of the terminal's colours."""
    bare = re.sub(r"(?<!\\)\[/?[a-z ]*\]", "", text).replace("\\[", "[")
    return re.sub(r"([<|*_])", r"\\\1", bare)


def keys_page() -> str:
    """A line per key of the config: what it takes and its default."""
    schema = json_schema()
    rows = _rows_of(schema, schema, "")
    head = ["| key | takes | default |", "|---|---|---|"]
    return (
        "\n\n".join(
            [
                "# Keys of the config",
                "Made from the schema, which `relusgd schema` prints. "
                "[config.md](../config.md) says what each key means.",
                "\n".join([*head, *dict.fromkeys(rows)]),
            ]
        )
        + "\n"
    )


def _rows_of(schema: dict[str, Any], section: dict[str, Any], prefix: str) -> list[str]:
    rows = []
    for key, value in section.get("properties", {}).items():
        name = f"{prefix}{key}"
        words = in_words(value).replace("|", "\\|")
        if words:
            default = value.get("default")
            shown = "" if "default" not in value else f"`{_as_yaml(default)}`"
            rows.append(f"| `{name}` | {words} | {shown} |")
        for inner in _sections_in(schema, value):
            rows += _rows_of(schema, inner, f"{name}.")
    return rows


def _sections_in(schema: dict[str, Any], value: dict[str, Any]) -> list[dict[str, Any]]:
    options = value.get("anyOf") or value.get("oneOf") or [value]
    names = [option["$ref"].rpartition("/")[2] for option in options if "$ref" in option]
    return [schema["$defs"][name] for name in names]


def _as_yaml(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def python_page() -> str:
    """The public names of the package, with their signatures and docstrings."""
    parts = [
        "# Python",
        "The public names of `relusgd`, made from their docstrings. "
        "[python.md](../python.md) shows them in use.",
    ]
    for name in relusgd.__all__:
        thing = getattr(relusgd, name)
        parts += [f"## {name}", *_documented(name, thing)]
        if inspect.isclass(thing) and not issubclass(thing, Exception):
            for member, value in _members(thing):
                parts += [f"### {name}.{member}", *_documented(member, value)]
    return "\n\n".join(parts) + "\n"


def _members(kind: type) -> list[tuple[str, Any]]:
    """The public methods and properties of a class that have docstrings, in their order.

    Those of its base classes come first, as of `RunRecord` in `Run`.
    """
    ours = [base for base in reversed(kind.__mro__) if base.__module__.startswith("relusgd")]
    values = {name: value for base in ours for name, value in vars(base).items()}
    return [
        (name, value)
        for name, value in values.items()
        if not name.startswith(("_", "model_"))
        and inspect.getdoc(value)
        and not isinstance(value, int | str)
    ]


def _documented(name: str, thing: Any) -> list[str]:
    parts = []
    if callable(thing):
        with suppress(ValueError):  # of exceptions, which have none
            parts.append(f"```python\n{name}{inspect.signature(thing)}\n```")
    text = inspect.getdoc(thing) or ""
    return [*parts, re.sub(r"([<|*_])", r"\\\1", text) if "\n    " not in text else text]


def configs_page() -> str:
    """The configs that come with relusgd, as they stand."""
    parts = ["# Shipped configs", "`relusgd new FILE --from NAME` copies one."]
    folders = {"Configs": "", "Recipes": "recipes", "Lessons": "lessons"}
    for title, folder in folders.items():
        parts.append(f"## {title}")
        for path in sorted((ROOT / "configs" / folder).glob("*.yaml")):
            anchor = path.stem.replace("_", "-")
            text = path.read_text(encoding="utf-8")
            parts += [f"### {path.stem} {{ #{anchor} }}", f"```yaml\n{text}```"]
    return "\n\n".join(parts) + "\n"
