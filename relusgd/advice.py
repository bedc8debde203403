"""Texts that say one thing in two ways: to somebody at a shell, and to a caller in Python.

    advice("choose another place with {}", option("out"))

is "choose another place with --out" in a shell and "choose another place with out=…" in Python.
Errors hold such texts. Whoever prints one for a shell takes `in_shell(text)`.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path

from relusgd.words import value_text


class Advice(str):
    """A text in the words of Python; `shell` is the same in those of the command line.

    Whatever is made of it by f-strings and `+` is a plain text in the words of Python; `advice` and
    `join` keep both.
    """

    shell: str

    def __new__(cls, python: str, shell: str) -> Advice:
        text = super().__new__(cls, python)
        text.shell = shell
        return text

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        # for copies of errors that come from other processes
        return str(self), self.shell


def in_shell(text: str) -> str:
    """The text as somebody at a shell should read it."""
    return text.shell if isinstance(text, Advice) else text


def advice(template: str, *parts: object) -> Advice:
    """The template with its parts in place of every {}, in both kinds of words."""
    shell_parts = [in_shell(part) if isinstance(part, str) else part for part in parts]
    in_python = template.format(*parts)
    at_a_shell = template.format(*shell_parts)
    return Advice(in_python, at_a_shell)


def join(separator: str, texts: Iterable[str]) -> Advice:
    """The texts with the separator between them, in both kinds of words."""
    in_python = list(texts)
    at_a_shell = [in_shell(text) for text in in_python]
    return Advice(separator.join(in_python), separator.join(at_a_shell))


def option(name: str, value: object = None) -> Advice:
    """An option of a command, which is an argument of a function: `--fps 5` and `fps=5`.

    Without a value: `--fps` and `fps=…`.
    """
    if value is None:
        return Advice(f"{name}=…", f"--{name}")
    in_python = f"{name}={_literal(value)}"
    at_a_shell = f"--{name} {shlex.quote(str(value))}"
    return Advice(in_python, at_a_shell)


def flag(name: str) -> Advice:
    """An option that is given or not: `--overwrite` and `overwrite=True`."""
    return Advice(f"{name}=True", f"--{name}")


def setting(key: str, value: object) -> Advice:
    """A key of the config set from outside its file; value: as YAML has it.

    `--set training.epochs=5` and `relusgd.load_config(config, {"training.epochs": 5})`.
    """
    in_python = f'relusgd.load_config(config, {{"{key}": {value}}})'
    assignment = shlex.quote(f"{key}={value}")
    return Advice(in_python, f"--set {assignment}")


def settings(changes: Mapping[str, object]) -> Advice:
    """Several keys of the config set from outside its file; values: as the config holds them.

    `--set a=1 --set b=2` and `relusgd.load_config(config, {"a": 1, "b": 2})`.
    """
    options = []
    for key, value in changes.items():
        text = value_text(value).replace(", ", ",")
        options.append(in_shell(setting(key, text)))
    in_python = f"relusgd.load_config(config, {dict(changes)!r})"
    return Advice(in_python, " ".join(options))


def _literal(value: object) -> str:
    return repr(str(value)) if isinstance(value, Path) else repr(value)


def tried_words(tried: str) -> str:
    """What a trial of some advice led to; empty is no trial."""
    return f"tried: {tried}" if tried else "untried"
