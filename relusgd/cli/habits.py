"""Command lines as Hydra, argparse and other tools want them, corrected to ours.

`training.learning_rate=0.1`, `--lr 0.1`, `-m seed=0,1`, `-o FILE` and misspelt options are errors
here, and the error shows the whole line to copy. A line is shown only if the command reads it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from typer.core import TyperCommand

from relusgd.errors import InputError

NEAR = 0.75
"""How alike two options must be for one to stand in the corrected line."""

NUMBER = re.compile(r"-[0-9.].*")
"""A negative number, which is no option."""

CONFIG_WORDS = ("c", "config", "config-file", "config-name", "config-path", "cfg", "yaml", "file")
SET_WORDS = ("s", "S", "D", "override", "overrides", "param")
MANY_WORDS = ("m", "multirun")
"""How other tools call options for a config, for a key of it, and for several values of a key."""

OPTION_WORDS = {
    "--out": ("o", "output", "outfile", "outdir", "output-dir", "output-file", "save", "to-file"),
    "--overwrite": ("f", "force", "replace"),
    "--dry-run": ("n", "dryrun", "check"),
    "--quiet": ("silent", "no-progress"),
    "--workers": ("j", "jobs", "n-jobs", "processes", "cores", "num-workers"),
    "--repeat": ("seeds", "n-seeds", "repeats"),
    "--size": ("figsize", "resolution", "dimensions"),
    "--fps": ("frame-rate",),
    "--seconds": ("duration", "length"),
    "--json": ("as-json",),
    "--epoch": ("e", "epochs", "at-epoch"),
    "--title": ("t", "name"),
    "--list": ("l", "ls"),
    "--from": ("start", "first"),
    "--to": ("end", "last", "stop"),
}
"""Our options, and how other tools call them."""


def corrected(command: Any, context: Any, arguments: Sequence[str]) -> InputError | None:
    """The error that shows what was probably meant by a line that cannot be read, or None.

    command, context: the command and its context, as they are while arguments are read.
    """
    if context.parent is None or {"--help", "-h"} & set(arguments):
        return None
    siblings = {name: context.parent.command.commands[name] for name in ("train", "sweep")}
    line = _Line(context.info_name, _options(command), _options(siblings["sweep"]))
    try:
        line.read(arguments)
    except _UnknownOptionError:
        return None
    needed_command = siblings.get(line.command, command)
    if not line.faults or not _can_be_read(needed_command, context, line):
        return None
    faults = list(dict.fromkeys(line.faults))
    words = shlex.join(["relusgd", line.command, *line.words])
    return InputError("\n".join(faults), f"try: {words}")


def similar_options(command: Any, option: str) -> list[str]:
    """What an unknown option may mean: a key for --set, or options of a name like it."""
    options = _options(command)
    bare = option.lstrip("-")
    if len(bare) == 1:
        return []  # a letter is like too much
    key = nearest_key(bare.replace("-", "_"))
    if key is not None and "--set" in options:
        return [f"--set {key}=…"]
    by_name = {name.lstrip("-"): name for name in options}
    return [by_name[near] for near in get_close_matches(bare, by_name)]


def nearest_key(name: str) -> str | None:
    """The key of the config that a name stands for, or is a misspelling of."""
    from relusgd.config import key_named, known_keys

    meant = key_named(name)
    if meant is not None:
        return meant
    by_name = {}
    for key in known_keys():
        _, _, last_part = key.rpartition(".")
        by_name[last_part] = key
    for key in known_keys():
        by_name[key] = key
    near = get_close_matches(name, by_name, 1, NEAR)
    return by_name[near[0]] if near else None


def _options(command: Any) -> dict[str, bool]:
    """The options of a command, and whether each takes a value."""
    parameters = [one for one in command.params if one.param_type_name == "option"]
    takes_value = {"--help": False, "-h": False}
    for one in parameters:
        for name in [*one.opts, *one.secondary_opts]:
            takes_value[name] = not getattr(one, "is_flag", False)
    return takes_value


def _can_be_read(command: Any, context: Any, line: _Line) -> bool:
    own = command.context_class(command, info_name=line.command, parent=context.parent)
    try:
        TyperCommand.parse_args(command, own, list(line.words))
    except Exception:
        return False
    return True


def _begins_an_option(word: str) -> bool:
    return word.startswith("-") and not NUMBER.fullmatch(word)


class _UnknownOptionError(Exception):
    """An option of which nobody knows what it means."""


@dataclass
class _Line:
    """A command line while it is corrected.

    command: the one that the line needs, which is sweep where several values of a key are given.
    options, sweep_options: options of the command typed and of sweep, and whether they take a
    value. words: the corrected arguments. faults: a sentence for each thing that was wrong.
    """

    command: str
    options: Mapping[str, bool]
    sweep_options: Mapping[str, bool]
    words: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._typed = self.command
        self._changes_keys = "--set" in self.options

    def read(self, arguments: Sequence[str]) -> None:
        """Correct all arguments. Raises _UnknownOptionError."""
        rest = list(arguments)
        while rest:
            word = rest.pop(0)
            if word == "--":
                self.words += [word, *rest]
                return
            if _begins_an_option(word) and word != "-":
                self._option(word, rest)
            else:
                self._argument(word)

    # One word

    def _argument(self, word: str) -> None:
        """A file or folder; or KEY=VALUE, which Hydra takes bare."""
        key, equals, value = word.lstrip("+").partition("=")
        is_file = Path(word).exists()
        meant = self._key(key) if equals and not is_file else None
        if meant is None:
            self.words.append(word)
        else:
            self._assign(word, meant, value)

    def _option(self, word: str, rest: list[str]) -> None:
        name, equals, value = word.partition("=")
        given = value if equals else None
        bare = name.lstrip("-")
        if name in self.options:
            self._own_option(word, rest)
        elif bare in MANY_WORDS and self._changes_keys:
            self._fault(f"{name}: several values of a key are trained by relusgd sweep --grid")
        elif bare in CONFIG_WORDS and self._changes_keys:
            self._fault(f"{name} is not an option of relusgd {self._typed}; the config comes alone")
            self.words.insert(0, self._value(rest, given))
        elif bare in SET_WORDS and self._changes_keys:
            self._argument(self._value(rest, given))
            if not self.faults:
                raise _UnknownOptionError
        elif len(bare) == 1 or self._called_elsewhere(bare):
            self._other_name(name, word, rest)
        elif (key := self._switched_off(bare)) is not None:
            self._assign(name, key, "false")
        elif (key := self._key(bare.replace("-", "_"))) is not None:
            self._assign(name, key, self._value_of_key(key, rest, given))
        elif self._typed == "train" and name in self.sweep_options:
            self._option_of_sweep(name, word, rest)
        else:
            self._other_name(name, word, rest)

    def _own_option(self, word: str, rest: list[str]) -> None:
        """An option of the command, with its value; `--set KEY VALUE` gets its sign."""
        self.words.append(word)
        name, equals, _ = word.partition("=")
        takes_value = self.options[name]
        if not takes_value or equals:
            return
        value = self._value(rest)
        lacks_sign = word in ("--set", "--grid") and "=" not in value
        key = self._key(value) if lacks_sign else None
        if key is not None:
            values = [self._value(rest)]
            while word == "--grid" and rest and not rest[0].startswith("-"):
                values.append(rest.pop(0))
            expected = "KEY=VALUE" if word == "--set" else "KEY=V1,V2"
            self._fault(f"{word} {value}: expected {expected}, with the sign =")
            value = f"{key}={','.join(values)}"
        self.words.append(value)

    def _option_of_sweep(self, name: str, word: str, rest: list[str]) -> None:
        """An option that sweep has and train has not."""
        self.command = "sweep"
        self._fault(f"{name} is an option of relusgd sweep, which trains many runs")
        self.words.append(word)
        if "=" not in word:
            self.words.append(self._value(rest))

    def _other_name(self, name: str, word: str, rest: list[str]) -> None:
        """An option that other tools call so, or that is misspelt."""
        bare = name.lstrip("-")
        known = self._called_elsewhere(bare)
        if not known and len(bare) > 1:
            by_name = {option.lstrip("-"): option for option in self.options}
            known = [by_name[near] for near in get_close_matches(bare, by_name, 1, NEAR)]
        if not known:
            raise _UnknownOptionError
        self._fault(f"{name} is not an option of relusgd {self._typed}; did you mean {known[0]}?")
        self._own_option(word.replace(name, known[0], 1), rest)

    # What they mean

    def _called_elsewhere(self, name: str) -> list[str]:
        """The options of the command that other tools call so."""
        meant = [option for option, names in OPTION_WORDS.items() if name in names]
        return [option for option in meant if option in self.options]

    def _key(self, name: str) -> str | None:
        """The key of the config that a name stands for, if the command changes keys at all."""
        return nearest_key(name) if self._changes_keys else None

    def _switched_off(self, name: str) -> str | None:
        """The key that an option such as --no-nesterov switches off."""
        from relusgd.config import is_switch

        if not name.startswith(("no-", "no_")):
            return None
        key = self._key(name[3:].replace("-", "_"))
        return key if key is not None and is_switch(key) else None

    def _assign(self, word: str, key: str, value: str) -> None:
        """KEY=VALUE by --set, or by --grid where there are several values."""
        from relusgd.config.overrides import has_several_values

        option = "--set"
        if self._typed in ("train", "sweep") and has_several_values(value):
            option, self.command = "--grid", "sweep"
            self._fault(f"{word}: several values of a key are trained by relusgd sweep --grid")
        elif word.startswith("-"):
            self._fault(
                f"{word} is not an option of relusgd {self._typed}; a key of the config is changed "
                "with --set"
            )
        else:
            self._fault(f"{word}: a key of the config is changed with --set")
        self.words += [option, f"{key}={value}"]

    def _value(self, rest: list[str], given: str | None = None) -> str:
        """What was given behind the sign =, or else the next word."""
        if given is not None:
            return given
        if not rest:
            raise _UnknownOptionError
        return rest.pop(0)

    def _value_of_key(self, key: str, rest: list[str], given: str | None) -> str:
        """As `_value`; true for a switch that stands alone, as argparse has them."""
        from relusgd.config import is_switch

        if given is not None:
            return given
        if rest and not _begins_an_option(rest[0]):
            return rest.pop(0)
        if is_switch(key):
            return "true"
        raise _UnknownOptionError

    def _fault(self, sentence: str) -> None:
        self.faults.append(sentence)
