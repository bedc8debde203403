"""What the shell offers for arguments and options, by what was typed of a word."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import typer

from relusgd.model.data_file.recognition import TABLE_SUFFIXES
from relusgd.words import natural_order

OUTPUTS = Path("outputs")


# Files and folders


def complete_runs(incomplete: str) -> list[str]:
    """Run folders below outputs/, or below another folder that was typed."""
    return _below_outputs(incomplete, ["run.json"]) or _folders(incomplete)


def complete_runs_and_sweeps(incomplete: str) -> list[str]:
    """Run folders and folders of sweeps below outputs/, or below another folder that was typed."""
    return _below_outputs(incomplete, ["run.json", "summary.csv"]) or _folders(incomplete)


def complete_configs(incomplete: str) -> list[str]:
    """YAML files here and in configs/, and run folders; or what lies in the folder typed."""
    here = Path()
    files = [*here.glob("*.yaml"), *here.glob("*.yml"), *here.glob("configs/*.yaml")]
    offered = _beginning_with(incomplete, files)
    offered += _below_outputs(incomplete, ["run.json"])
    if offered:
        return offered
    return _files(incomplete, ".yaml", ".yml") + _folders(incomplete)


def complete_lessons(incomplete: str) -> list[str]:
    """Lessons that come with relusgd, and YAML files."""
    from relusgd.config.shipped import shipped_lessons

    return _starting_with(incomplete, shipped_lessons()) + complete_configs(incomplete)


def complete_tables(incomplete: str) -> list[str]:
    """Data files, and the folders beside them."""
    return _files(incomplete, *sorted(TABLE_SUFFIXES)) + _folders(incomplete)


def _below_outputs(incomplete: str, marks: Iterable[str]) -> list[str]:
    """Folders below outputs/ that hold one of these files."""
    found: set[Path] = set()
    for mark in marks:
        for pattern in (f"*/{mark}", f"*/*/{mark}"):
            found.update(file.parent for file in OUTPUTS.glob(pattern))
    return _beginning_with(incomplete, found)


def _folders(incomplete: str) -> list[str]:
    """Folders that begin with what was typed; those that are no run end with a slash."""
    names = []
    for path in _entries(incomplete):
        if path.is_dir():
            is_run = (path / "run.json").is_file()
            name = str(path) if is_run else f"{path}/"
            names.append(_as_typed(name, incomplete))
    return names


def _files(incomplete: str, *suffixes: str) -> list[str]:
    """Files of these kinds that begin with what was typed."""
    files = [path for path in _entries(incomplete) if path.suffix in suffixes]
    return [_as_typed(str(path), incomplete) for path in files]


def _entries(incomplete: str) -> list[Path]:
    """What lies in the typed folder and begins with the rest; hidden names only when asked for."""
    typed = Path(f"{incomplete}*").expanduser()
    if not typed.parent.is_dir():
        return []
    begin = typed.name.removesuffix("*")
    wants_hidden = begin.startswith(".")
    found = []
    for path in typed.parent.iterdir():
        is_shown = wants_hidden or not path.name.startswith(".")
        if is_shown and path.name.startswith(begin):
            found.append(path)
    return sorted(found, key=lambda path: natural_order(path.name))


def _as_typed(path: str, incomplete: str) -> str:
    """The path with `~` and `./` where they were typed."""
    if incomplete.startswith("~"):
        home, _, _ = incomplete.partition("/")
        folder = str(Path(home).expanduser())
        return path.replace(folder, home, 1)
    return f"./{path}" if incomplete.startswith("./") else path


def _beginning_with(incomplete: str, paths: Iterable[Path]) -> list[str]:
    names = [str(path) for path in paths]
    names.sort(key=natural_order)
    return _starting_with(incomplete, names)


def _starting_with(incomplete: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]


# Keys of the config and their values


def complete_settings(incomplete: str) -> list[str]:
    """KEY=VALUE as --set takes it: the keys, and behind the sign the words that the key takes."""
    key, equals, value = incomplete.partition("=")
    if not equals:
        return _keys(key)
    return [f"{key}={word}" for word in _values(key, value)]


def complete_grids(incomplete: str) -> list[str]:
    """KEY=V1,V2 as --grid takes it."""
    key, equals, listed = incomplete.partition("=")
    if not equals:
        return _keys(key)
    _, _, last = listed.rpartition(",")
    words = _values(key, last)
    return [f"{key}={longer}" for longer in _with_one_more(listed, words)]


def _keys(incomplete: str) -> list[str]:
    from relusgd.config import known_keys

    return [f"{key}=" for key in _starting_with(incomplete, known_keys())]


def _values(key: str, incomplete: str) -> list[str]:
    """The words that a key takes; for the path of the data, files."""
    from relusgd.config import choices_of

    if key == "data.path":
        return _files(incomplete, ".csv", ".tsv", ".txt") + _folders(incomplete)
    return _starting_with(incomplete, choices_of(key))


def complete_cases(context: typer.Context, incomplete: str) -> list[str]:
    """The cases in the sweep of the config that was typed before."""
    from relusgd.config import load_config
    from relusgd.errors import RelusgdError

    typed = [context.params.get("config"), *context.args]  # an unfinished line has args alone
    for word in typed:
        if word is None or not Path(word).is_file():
            continue
        try:
            sweep = load_config(Path(word)).sweep
        except RelusgdError:
            return []
        return [] if sweep is None else _starting_with(incomplete, sweep.cases)
    return []


def complete_shipped(incomplete: str) -> list[tuple[str, str]]:
    """The names of the shipped configs, each with what it is for."""
    from relusgd.config import describe_shipped

    shipped = describe_shipped()
    return [(name, shipped[name]) for name in _starting_with(incomplete, shipped)]


# Other words


def one_of(*choices: str) -> Callable[[str], list[str]]:
    """The completion of an option that takes one of these words."""

    def complete(incomplete: str) -> list[str]:
        return _starting_with(incomplete, choices)

    return complete


def lists_of(*choices: str, alone: str) -> Callable[[str], list[str]]:
    """The completion of an option that takes several of these words with commas between, or one
    that stands alone.
    """

    def complete(incomplete: str) -> list[str]:
        is_first = "," not in incomplete
        offered = [*choices, alone] if is_first else choices
        return _with_one_more(incomplete, offered)

    return complete


def _with_one_more(incomplete: str, words: Iterable[str]) -> list[str]:
    """A list with commas between, its last word completed by each of the words that it has not."""
    before, comma, last = incomplete.rpartition(",")
    given = before.split(",")
    left = [word for word in words if word not in given]
    return [f"{before}{comma}{word}" for word in _starting_with(last, left)]


def complete_quantities(incomplete: str) -> list[str]:
    """The quantities of `relusgd diagnose`, several with commas between."""
    from relusgd.diagnostics.quantities import QUANTITIES

    return _with_one_more(incomplete, QUANTITIES)


def complete_functions(incomplete: str) -> list[str]:
    """The functions of the theory sheet."""
    from relusgd.graphs.sheet_functions import SHEET

    return _starting_with(incomplete, SHEET)


def complete_sizes(incomplete: str) -> list[str]:
    """The names of sizes."""
    from relusgd.pictures.kit.sizes import NAMED_SIZES

    return _starting_with(incomplete, NAMED_SIZES)
