"""Every command that a refusal offers is one that runs."""

import re
import shlex
import shutil
import sys

import pytest
from command import run

OFFERED = re.compile(r"relusgd (?:[^\n;,]|,(?! ))+")


def offered(result):
    """The commands in what was said, without what follows them in the sentence."""
    assert result.exit_code == 2, result.output
    found = OFFERED.findall(result.stderr)
    assert found, result.stderr
    return [command.split(" copies it")[0].split(" shows the runs")[0] for command in found]


@pytest.mark.parametrize(
    "typed",
    [
        "train small.yaml --set seed=1 --out place",
        "train small.yaml --set seed=1 --out=place -q",
        "train place --set training.learning_rate=0.001",
        "train small.yaml --out place=2 --set training.method=ridge",
        "sweep small.yaml --repeat 2 --set training.epochs=3 --out sweeps",
        "new small.yaml",
        "new small.yaml --from course",
        "train notebok.yaml --dry-run",
        "train many.yaml",
        "sweep small.yaml --set seed=3",
        "show small.yaml",
        "view outputs",
        "plot nowhere",
        "gradcheck",
        "graph",
        "graph 'x**2 + x'",
        "graph 'x**2 + x' --at -1.5",
        "graph sheet-b",
    ],
)
def test_what_a_refusal_offers_runs(typed, here, monkeypatch):
    (here / "many.yaml").write_text((here / "small.yaml").read_text() + "sweep: {repeat: 2}\n")
    run("train", "small.yaml", "-q")
    run("train", "small.yaml", "-q", "--out", "place")
    run("train", "small.yaml", "-q", "--out", "place=2")
    run("sweep", "small.yaml", "-q", "--repeat", "2", "--workers", "1", "--out", "sweeps")
    monkeypatch.setattr(sys, "argv", ["relusgd", *shlex.split(typed)])
    for command in offered(run(*shlex.split(typed))):
        if "--cost" in command:  # it takes a minute, and has a test of its own
            continue
        words = shlex.split(command)[1:]
        result = run(*words)
        assert result.exit_code == 0, f"{command}\n{result.stderr}"
        if words[0] == "train":  # each of them is tried on its own
            shutil.rmtree(here / "place-2", ignore_errors=True)
            shutil.rmtree(here / "place=2-2", ignore_errors=True)
