"""Every command that a refusal offers is one that runs."""

import contextlib
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


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with a config, its runs and a sweep."""
    folder = tmp_path_factory.mktemp("trained")
    config = (
        "data: {samples: 30, test_samples: 20}\n"
        "network: {hidden: 7}\n"
        "training: {epochs: 40, batch_size: 8}\n"
    )
    (folder / "small.yaml").write_text(config)
    (folder / "many.yaml").write_text(f"{config}sweep: {{repeat: 2}}\n")
    with contextlib.chdir(folder):
        run("train", "small.yaml", "-q")
        run("train", "small.yaml", "-q", "--out", "place")
        run("train", "small.yaml", "-q", "--out", "place=2")
        run("sweep", "small.yaml", "-q", "--repeat", "2", "--workers", "1", "--out", "sweeps")
    return folder


@pytest.fixture
def here(trained, tmp_path, monkeypatch):
    """A copy of the folder, to work in."""
    copy = shutil.copytree(trained, tmp_path / "here")
    monkeypatch.chdir(copy)
    return copy


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
