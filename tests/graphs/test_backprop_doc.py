"""docs/backprop.md: its commands run, its tables are what they print, and the lines that it quotes
are in the code.
"""

import re
import shlex
from pathlib import Path

import pytest
from command import run

from relusgd.checks import cost

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "backprop.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^relusgd .*$", TEXT, re.MULTILINE)


def typed(command):
    return run(*shlex.split(command)[1:])


@pytest.fixture
def here(tmp_path, monkeypatch):
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cost.measure_costs, "__defaults__", ((4, 8, 16), lambda _: None))
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_runs(command, here):
    assert len(COMMANDS) >= 10
    result = typed(command)
    assert result.exit_code == 0, result.output
    for file in re.findall(r"--out (\S+)", command):
        assert (here / file).stat().st_size > 3000


@pytest.mark.parametrize(
    "command",
    [
        command
        for command in COMMANDS
        if "'(x**2)" in command or ("--nudge" in command and "--out" not in command)
    ],
)
def test_tables_are_what_the_command_prints(command, here):
    blocks = [
        [line.split() for line in block.splitlines()]
        for block in re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)
    ]
    printed = [line.split() for line in typed(command).stdout.splitlines()]
    assert any(printed[: len(block)] == block for block in blocks)


def test_the_formulas_of_the_table_are_what_the_command_prints():
    rows = re.findall(r"`([^`|]+)` \| ([^|]+?) \|", TEXT.split("## (b)")[0])
    assert len(rows) == 10
    for function, formula in rows:
        printed = typed(f"relusgd graph --function '{function}' --at 0.75").stdout
        assert f"∂f/∂x = {formula}\n" in printed


def test_every_picture_is_one_that_a_command_writes():
    shown = re.findall(r"\]\(backprop/([\w.-]+)\)", TEXT)
    written = re.findall(r"--out (\S+)", "\n".join(COMMANDS))
    assert set(shown) == set(written)
    assert {path.name for path in (ROOT / "docs" / "backprop").iterdir()} == set(shown)


def test_quoted_lines_stand_in_the_forward_pass_and_in_backprop():
    files = [ROOT / "relusgd/model/network.py", ROOT / "relusgd/gradients/backprop.py"]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    source = [line.strip() for line in text.splitlines()]
    quoted = re.findall(r"^\| .* \| `(.+)` \|$", TEXT, re.MULTILINE)
    assert len(quoted) == 8
    assert [line for line in quoted if line not in source] == []


def test_the_python_snippet_runs_and_finds_what_is_wrong():
    (snippet,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(snippet, {})
    with pytest.raises(AssertionError):
        exec(snippet.replace("* (z > 0)", "* (z < 0)"), {})
