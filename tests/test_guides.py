"""The guides of those who work on relusgd speak of the tree as it is."""

import re
from functools import cache

import pytest
from documents import ROOT

FOLDERS = ("relusgd", "configs", "docs", "tests", "benchmarks", ".ci")
FILE = re.compile(r"[\w./-]+(?:/|\.(?:py|js|md|yaml|toml))")
MADE = {"config.yaml", "run.json", "metrics.csv", "snapshots/", "build/", "mine.yaml"}
"""Names of what relusgd and its tools write, which are no files of the tree."""

SWITCH = re.compile(r"RELUSGD_[A-Z_]+")


@cache
def tree():
    """Every file and folder of the tree as text, folders with a slash behind them."""
    found = [path.name for path in ROOT.iterdir() if path.is_file()]
    for folder in FOLDERS:
        if not (ROOT / folder).exists():
            pytest.skip("this copy holds a part of the tree")
        found.append(f"{folder}/")
        for path in (ROOT / folder).rglob("*"):
            slash = "/" if path.is_dir() else ""
            found.append(f"{path.relative_to(ROOT).as_posix()}{slash}")
    return found


def stands_in_tree(name):
    """Whether a path is there as it is written, or is the end of one that is."""
    endings = (name, f"{name}/", f"{name}.py")
    return any(f"/{path}".endswith(f"/{ending}") for path in tree() for ending in endings)


def guide(name):
    path = ROOT / name
    if not path.exists():
        pytest.skip("this copy has no guides")
    return path.read_text(encoding="utf-8")


def named_paths(text):
    """The paths in what is set as code: `tests/runs`, `look.py`, `diagnostics/causes/`."""
    words = [word for code in re.findall(r"`([^`\n]+)`", text) for word in code.split()]
    return {word for word in words if FILE.fullmatch(word) or re.fullmatch(r"tests/[\w/]+", word)}


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_path_that_a_guide_names_is_there(name):
    paths = named_paths(guide(name)) - MADE
    assert len(paths) > 15
    assert [path for path in sorted(paths) if not stands_in_tree(path)] == []


def test_every_switch_of_the_tests_that_a_guide_names_is_read_by_a_test():
    read = set()
    for path in (ROOT / "tests").rglob("*.py"):
        if path.name != "test_guides.py":
            read.update(SWITCH.findall(path.read_text(encoding="utf-8")))
    named = set(SWITCH.findall(guide("CONTRIBUTING.md")))
    assert "RELUSGD_LONG" in named
    assert named <= read


def rooms():
    """The folders of the table of rooms, each with what its row sets as code."""
    table = guide("docs/architecture.md").partition("## The rooms")[2].partition("\n## ")[0]
    for line in table.splitlines():
        row = re.match(r"\| `(\w+)/` \| (.*)", line)
        if row:
            yield row[1], re.findall(r"`([\w/]+)`", row[2])


def test_every_room_has_a_row_and_every_module_that_it_names_lives_there():
    named = dict(rooms())
    folders = {path.parent.name for path in (ROOT / "relusgd").glob("*/__init__.py")}
    assert set(named) == folders
    for room, names in named.items():
        inside = (ROOT / "relusgd" / room).rglob("*")
        have = {path.stem for path in inside} | {"fast"}  # the extra of Numba
        assert {name for name in names if name.rstrip("/") not in have} == set(), room
