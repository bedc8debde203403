"""What the shell is offered, asked as bash asks."""

import os
import subprocess
import sys

import pytest

CONFIG = "training: {epochs: 1}\n"


def offered(words, cwd):
    """What completes the last of these words."""
    asked = {
        "_RELUSGD_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "relusgd"],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, **asked},
        check=True,
    )
    return ended.stdout.split()


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["relusgd", "tr"], ["train"]),
        (["relusgd", "train", "m"], ["mine.yaml"]),
        (["relusgd", "train", "outputs/"], ["outputs/mine"]),
        (["relusgd", "show", "out"], ["outputs/mine"]),
        (
            ["relusgd", "train", "mine.yaml", "--set", "training.m"],
            ["training.method=", "training.momentum="],
        ),
        (["relusgd", "new", "--from", "not"], ["notebook"]),
        (["relusgd", "plot", "--theme", "d"], ["dark"]),
    ],
)
def test_the_shell_completes_commands_files_runs_and_keys(words, completed, tmp_path):
    (tmp_path / "mine.yaml").write_text(CONFIG)
    (tmp_path / "outputs/mine").mkdir(parents=True)
    (tmp_path / "outputs/mine/run.json").write_text("{}")
    assert offered(words, tmp_path) == completed
