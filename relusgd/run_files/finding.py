"""Whether a path is a run folder, and what to say where no run is."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from relusgd.advice import Advice
from relusgd.config.naming import OUTPUTS
from relusgd.errors import InputError
from relusgd.run_files.folder import CONFIG
from relusgd.run_files.stated_facts import FACTS
from relusgd.words import counted, natural_order, nearest

WHERE_RUNS_ARE = Advice(
    "relusgd.record gives the run that it makes, and its folder is in outputs by default",
    "relusgd list shows the runs in outputs",
)


def is_run_folder(folder: Path) -> bool:
    """Whether this folder holds a run."""
    return (folder / FACTS).is_file() and (folder / CONFIG).is_file()


def holds_runs(folder: Path) -> bool:
    """Whether this folder is that of a run, or of several."""
    return (folder / FACTS).is_file() or bool(_runs_in(folder))


def path_order(path: Path) -> tuple[object, ...]:
    """A key that sorts paths by their names, 5 before 10."""
    if not path.name:
        return _order_of_parts(path)
    return (*_order_of_parts(path.parent), natural_order(path.name))


@lru_cache(maxsize=64)
def _order_of_parts(path: Path) -> tuple[object, ...]:
    """The order of a folder, which thousands of runs may have in common."""
    return tuple(natural_order(part) for part in path.parts)


def no_run(path: Path) -> InputError:
    """The error for a path that is not a run folder: what it is, or which run may be meant."""
    runs = _runs_in(path)
    if runs:
        return _folder_of_runs(path, runs)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return InputError(
            f"{path} is a config, and a run was expected",
            Advice(
                f"make one of it: relusgd.record({str(path)!r})",
                f"make one of it: relusgd train {shlex.quote(str(path))}",
            ),
        )
    meant = _nearest_run(path)
    hint = f"did you mean {meant}?" if meant else WHERE_RUNS_ARE
    return InputError(f"{path} {_what_it_is(path)}; a run folder holds {CONFIG} and {FACTS}", hint)


def _folder_of_runs(folder: Path, runs: Sequence[Path]) -> InputError:
    """The error for a folder of runs where one run is expected."""
    first = str(runs[0])
    in_shell = shlex.quote(str(folder))
    return InputError(
        f"{folder} is not a run, but a folder of {counted(len(runs), 'run')}",
        Advice(
            f"name the run itself, such as {first!r}\n"
            f"for all of them: relusgd.load_sweep({str(folder)!r})",
            f"name the run itself, such as {shlex.quote(first)}\n"
            f"for all of them: relusgd list {in_shell}, relusgd compare {in_shell}",
        ),
    )


def _what_it_is(path: Path) -> str:
    if path.is_dir():
        return "is not a run folder"
    return "is not a folder" if path.exists() else "does not exist"


def _runs_in(folder: Path) -> list[Path]:
    """The run folders directly in this folder, by name, without hidden ones.

    An empty list where the folder cannot be read.
    """
    runs = []
    try:
        for path in folder.iterdir():
            is_hidden = path.name.startswith(".")
            if not is_hidden and (path / FACTS).is_file():
                runs.append(path)
    except (OSError, ValueError):
        return []
    return sorted(runs, key=path_order)


def _nearest_run(path: Path) -> Path | None:
    """The run beside this path or in outputs/ whose name is most like its own."""
    near = [*_runs_in(OUTPUTS), *_runs_in(path.parent)]
    runs = {run.name: run for run in near}
    name = nearest(path.name, runs)
    return runs[name] if name else None
