"""The house keeps its floors: every module imports downwards only, and the command line starts light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "relusgd"

BELOW = ["errors", "files", "model", "gradients", "config", "diagnostics", "training"]
FLOORS = [*BELOW, "pictures", "theory", "runs", "sweeps", "comparing", "cli"]
"""From the ground up; a module may import what stands before its own floor, and its own."""

HEAVY = ["numpy", "pydantic", "matplotlib", "imageio", "numba", "yaml", "PIL", "rich", "threadpoolctl"]


def modules():
    return sorted(path for path in ROOT.rglob("*.py") if path.relative_to(ROOT).parts[0] not in ("__init__.py", "__main__.py"))


def floor_of(dotted):
    return dotted.split(".")[1]


def imported_floors(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides its floor"
            names = [node.module]
        yield from (floor_of(name) for name in names if name.startswith("relusgd."))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_import_downwards_only(path):
    own = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for floor in imported_floors(path):
        assert FLOORS.index(floor) <= FLOORS.index(own), f"{path.name} on floor {own} imports from {floor}, which stands above it"


def loaded_after(statement):
    code = f"import sys; {statement}; print(*sorted(name.split('.')[0] for name in sys.modules))"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_importing_the_command_line_loads_nothing_heavy():
    from_typer = loaded_after("import typer")
    assert sorted((loaded_after("import relusgd.cli") - from_typer) & set(HEAVY)) == []


def test_importing_the_package_loads_nothing_but_itself():
    assert sorted(loaded_after("import relusgd") & set(HEAVY)) == []
