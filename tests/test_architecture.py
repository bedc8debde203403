"""The house keeps its floors: every module imports downwards only, nothing goes in circles, names
mean one thing, and the command line starts light.
"""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "relusgd"

GROUND = [
    *("systems", "words", "advice", "errors", "version", "durable", "files", "one_thread"),
    *("reference_cycles", "own_process", "sorted_once", "evenly_chosen", "ceil_div", "cell_bar"),
]
BELOW = [*GROUND, "model", "gradients", "config", "diagnostics", "run_files", "training"]
FLOORS = [
    *BELOW,
    "pictures",
    "graphs",
    "checks",
    "runs",
    "sweeps",
    "recipes",
    "comparing",
    "lessons",
    "cli",
]
"""From the ground up; a module may import what stands before its own floor, and its own."""

ROOMS_OF_PICTURES = [
    *("kit", "scenes", "moments", "panels", "charts", "storeys", "step"),
    *("encoding", "films", "features", "pages"),
]
"""The same within `pictures`."""

HEAVY = [
    "numpy",
    "pydantic",
    "matplotlib",
    "imageio",
    "imageio_ffmpeg",
    "numba",
    "yaml",
    "PIL",
    "rich",
    "threadpoolctl",
]


def name_of(path):
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(ROOT.rglob("*.py"))}
BEHIND_THE_FACE = [name for name in MODULES if name not in ("relusgd", "relusgd.__main__")]
"""All modules but the package's face, which hands on the public names of every floor."""


@cache
def tree_of(name):
    """The syntax tree of a module."""
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


@cache
def imports_of(name):
    """The modules of relusgd that a module imports: at its top, in a function, or for its types
    alone.
    """
    found = set()
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Import):
            found.update(
                alias.name for alias in node.names if alias.name.split(".")[0] == "relusgd"
            )
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: a relative import hides its floor"
            if node.module.split(".")[0] == "relusgd":
                for alias in node.names:
                    module = f"{node.module}.{alias.name}"
                    found.add(module if module in MODULES else node.module)
    return found


def floor_of(name):
    return name.split(".")[1]


def test_modules_import_downwards_only():
    upwards = [
        fault
        for name in BEHIND_THE_FACE
        for imported in sorted(imports_of(name))
        if (fault := upward_import(name, imported))
    ]
    assert upwards == []


def upward_import(name, imported):
    """What is wrong with this import, in a sentence; empty if it goes downwards."""
    if imported == "relusgd":
        return f"{name} imports the package's face, which stands above everything"
    floor, own = floor_of(imported), floor_of(name)
    if FLOORS.index(floor) > FLOORS.index(own):
        return f"{name} on floor {own} imports from {floor}, which stands above it"
    return ""


def test_the_rooms_of_pictures_import_downwards_only():
    pictures = "relusgd.pictures."
    order = ROOMS_OF_PICTURES.index
    upwards = [
        f"{name} imports {imported}"
        for name in BEHIND_THE_FACE
        if name.startswith(pictures)
        for imported in sorted(imports_of(name))
        if imported.startswith(pictures) and order(room_of(imported)) > order(room_of(name))
    ]
    assert upwards == []


def room_of(name):
    return name.split(".")[2]


def test_no_import_goes_in_a_circle_though_it_be_lazy_or_for_types_alone():
    graph = {name: imports_of(name) - {name} for name in BEHIND_THE_FACE}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_a_class_name_means_one_thing():
    homes = defaultdict(list)
    for name in MODULES:
        for node in ast.walk(tree_of(name)):
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(name)
    assert {name: where for name, where in homes.items() if len(where) > 1} == {}


def test_matplotlib_is_imported_through_its_door_alone():
    ways_around = [
        name
        for name, path in MODULES.items()
        if name != "relusgd.pictures.kit.plain_matplotlib"
        and re.search(r"^\s*(import|from) matplotlib", path.read_text(encoding="utf-8"), re.M)
    ]
    assert ways_around == [], "import it from relusgd.pictures.kit.plain_matplotlib"


SEEING = "animate|compare|diagnose|explain|features|graph|lesson|list|plot|predict|show|step|view"
DOING = "export|gradcheck|new|schema|sweep|train"
COMMANDS = f"{SEEING}|{DOING}"
SHELL_WORDS = re.compile(rf"(?<![\w-])--[a-z]|\brelusgd ({COMMANDS})\b|\bcommand\b")
PART_OF_A_COMMAND = re.compile(r"--[a-z]+|relusgd [a-z]+")
KEEPS_BOTH = {"Advice", "advice"}
FOR_COMMANDS_ALONE = (
    "relusgd.cli",
    "relusgd.config.json_schema",
    "relusgd.config.overrides",
    "relusgd.config.schema",
    "relusgd.config.shipped",
    "relusgd.config.source",
    "relusgd.graphs",
    "relusgd.checks",
    "relusgd.lessons",
    "relusgd.runs.export",
    "relusgd.sweeps.cluster",
    "relusgd.sweeps.dask_scheduler",
    "relusgd.sweeps.scheduler_address",
)
"""What no caller in Python comes across: it reads or serves what was typed."""


def texts_of(tree):
    """Every text of a module that is no docstring, and whether it is part of an Advice."""
    kept = set()
    for node in ast.walk(tree):
        name = getattr(getattr(node, "func", None), "id", None)
        if name in KEEPS_BOTH:
            kept.update(map(id, ast.walk(node)))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in docstrings and not PART_OF_A_COMMAND.fullmatch(node.value):
            yield node, id(node) in kept


def test_what_python_says_too_is_not_said_in_the_words_of_a_shell_alone():
    found = [
        f"{name}:{node.lineno}: {node.value!r}"
        for name in BEHIND_THE_FACE
        if not name.startswith(FOR_COMMANDS_ALONE)
        for node, keeps_both in texts_of(tree_of(name))
        if SHELL_WORDS.search(node.value) and not keeps_both
    ]
    assert found == [], "say it with relusgd.advice, which has the words of a shell and of Python"


def loaded_after(statement):
    code = f"import sys; {statement}; print(*sorted(name.split('.')[0] for name in sys.modules))"
    return set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )


def test_importing_the_command_line_loads_nothing_heavy():
    from_typer = loaded_after("import typer")
    assert sorted((loaded_after("import relusgd.cli") - from_typer) & set(HEAVY)) == []


def test_importing_the_package_loads_nothing_but_itself():
    assert sorted(loaded_after("import relusgd") & set(HEAVY)) == []
