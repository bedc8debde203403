"""The commands of docs/cluster.md run as they stand, but for the number of epochs and the port."""

import shutil
import subprocess
import sys

import pytest
from documents import ROOT, bash, code_blocks, short_training
from sweeps.harness import free_port

from relusgd.sweeps.sweep import load_sweep

pytest.importorskip("distributed")

TEXT = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")


@pytest.fixture
def workshop(tmp_path):
    """A folder with the two sweeps, short, and the script of the job array."""
    (tmp_path / "configs").mkdir()
    for name in ("course.yaml", "ridge.yaml"):
        text = (ROOT / "configs" / name).read_text(encoding="utf-8")
        text = short_training(text).replace("repeat: 5", "repeat: 1\nengine: numpy")
        (tmp_path / "configs" / name).write_text(text, encoding="utf-8")
    (script,) = code_blocks(TEXT, "bash")
    (tmp_path / "array.sh").write_text(script, encoding="utf-8")
    return tmp_path


def test_the_commands_of_a_dask_cluster_run_as_they_stand(workshop):
    begin, sweep, _ = code_blocks(TEXT, "sh")
    script = f"trap 'kill $(jobs -p)' EXIT\n{begin}{sweep}".replace("8786", str(free_port()))
    result = bash(script, workshop)
    assert result.stdout.split() == ["outputs/course", "outputs/ridge"], result.stderr
    assert set(load_sweep(workshop / "outputs/course").summary["status"]) == {"complete"}
    assert len(load_sweep(workshop / "outputs/ridge")) == 30
    shutil.rmtree(workshop / "worker", ignore_errors=True)


def test_the_job_array_and_the_summary_run_as_they_stand(workshop):
    result = bash(code_blocks(TEXT, "sh")[2], workshop)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["shared/ridge"] * 5
    assert result.stderr.count("runs in shared/ridge") == 5
    assert "30 runs in shared/ridge, 30 ended already, nothing to do" in result.stderr
    assert len(load_sweep(workshop / "shared/ridge")) == 30
    assert (workshop / "shared/ridge/summary.png").exists()


def test_the_python_snippet_runs(workshop):
    (snippet,) = code_blocks(TEXT, "python")
    result = subprocess.run(
        [sys.executable, "-c", snippet], cwd=workshop, capture_output=True, text=True
    )
    assert result.stdout == "(10, 10)\n", result.stderr
