"""What to say where a run was expected and none is: what stands there instead, or what was probably meant."""

from __future__ import annotations

import shlex
from pathlib import Path

from relusgd.config.naming import OUTPUTS
from relusgd.errors import InputError
from relusgd.runs.facts import FACTS
from relusgd.runs.folder import CONFIG
from relusgd.words import counted, nearest


def no_run(path: Path) -> InputError:
    """The error for a path that is no run folder."""
    if runs := _runs_in(path):
        return _many_runs(path, runs)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return InputError(
            f"{path} is a config, and a run was expected",
            f"make one of it: relusgd train {_typed(path)}",
        )
    problem = (
        "is no run folder"
        if path.is_dir()
        else "does not exist"
        if not path.exists()
        else "is not a folder"
    )
    meant = _meant(path)
    hint = f"did you mean {meant}?" if meant else "relusgd list shows the runs in outputs"
    return InputError(f"{path} {problem}; a run folder holds {CONFIG} and {FACTS}", hint)


def _many_runs(path: Path, runs: list[Path]) -> InputError:
    all_of_them = _typed(path)
    return InputError(
        f"{path} is no run, but a folder of {counted(len(runs), 'run')}",
        f"name the run itself, such as {_typed(runs[0])}\n"
        f"for all of them: relusgd list {all_of_them}, relusgd compare {all_of_them}",
    )


def _runs_in(folder: Path) -> list[Path]:
    """The run folders that stand in this folder itself, by name; hidden ones are left out. None where it cannot be read."""
    try:
        return sorted(
            path
            for path in folder.iterdir()
            if not path.name.startswith(".") and (path / FACTS).is_file()
        )
    except (OSError, ValueError):
        return []


def _meant(path: Path) -> Path | None:
    """The run beside this path or in outputs/ whose name is most like its own."""
    runs = {run.name: run for folder in (OUTPUTS, path.parent) for run in _runs_in(folder)}
    name = nearest(path.name, runs)
    return runs[name] if name else None


def _typed(path: Path) -> str:
    return shlex.quote(str(path))
