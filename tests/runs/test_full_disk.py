"""A disk that is really full, at every page that a command writes: one sentence, nothing half-made,
and what stood there stays.
"""

import gc
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from command import run as relusgd
from runs.harness import content

from relusgd.runs.find import load_run

PAGE = 4096
CONFIG = """\
data: {samples: 6, test_samples: 3}
network: {hidden: 3}
training: {epochs: 60, batch_size: 3}
engine: numpy
"""
STRIDE = 1 if os.environ.get("RELUSGD_LONG") else 3
"""Every page, or in the short form every third."""

COMMANDS = {
    "train": ["train", "c.yaml", "--out", "disk/new", "-q"],
    "extend": ["train", "disk/run", "--set", "training.epochs=900", "-q"],
    "overwrite": ["train", "c.yaml", "--set", "seed=1", "--out", "disk/run", "--overwrite", "-q"],
    "gif": ["animate", "disk/run", "--frames", "4", "--size", "480x360"],
    "mp4": ["animate", "disk/run", "--frames", "4", "--size", "480x360", "--out", "disk/film.mp4"],
    "png": ["plot", "disk/run", "--size", "480x360"],
    "svg": ["plot", "disk/run", "--size", "480x360", "--out", "disk/still.svg"],
    "pdf": ["plot", "disk/run", "--size", "480x360", "--out", "disk/still.pdf"],
    "html": ["view", "disk/run", "--out", "disk/page.html"],
    "export": ["export", "disk/run", "--out", "disk/units.csv"],
}
MAKES = {
    "gif": "disk/run/animation.gif",
    "mp4": "disk/film.mp4",
    "png": "disk/run/plot.png",
    "svg": "disk/still.svg",
    "pdf": "disk/still.pdf",
    "html": "disk/page.html",
    "export": "disk/units.csv",
}


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A disk of a megabyte."""
    place = tmp_path_factory.mktemp("full") / "disk"
    place.mkdir()
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("nobody may mount a small disk here")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def kept(disk):
    """Everything on the disk but the ballast."""
    return {name: data for name, data in content(disk).items() if name != "ballast"}


def leave(disk, pages):
    """Fill the disk so that so many pages are free."""
    free = os.statvfs(disk)
    with (disk / "ballast").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, (free.f_bavail - pages) * free.f_bsize)


def begin(disk, monkeypatch):
    gc.collect()  # what a run had mapped takes room until then
    monkeypatch.chdir(disk.parent)
    for path in disk.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    Path("c.yaml").write_text(CONFIG)
    assert relusgd("train", "c.yaml", "--out", "disk/run", "-q").exit_code == 0


def assert_begun(name, disk):
    """What a training that met a full disk may leave: a run that goes on where it was stopped, the
    old one only if it was replaced.
    """
    assert name in ("train", "extend", "overwrite"), "something half-made, or the old one gone"
    run = load_run(disk / ("new" if name == "train" else "run"))
    assert run.status in ("interrupted", "failed")
    # Not one page may be left for a new run.json; whoever reads it then sees that nobody writes.
    assert run.facts.status == "failed" or os.statvfs(disk).f_bavail == 0
    assert len(run.history) >= (61 if name == "extend" else 1)
    assert run.config.seed == (1 if name == "overwrite" else 0)


@pytest.mark.parametrize("name", COMMANDS)
def test_on_a_full_disk_a_command_says_so_and_leaves_what_stood_there(name, disk, monkeypatch):
    failed = 0
    for pages in range(0, 256, STRIDE):
        begin(disk, monkeypatch)
        if name in MAKES:
            Path(MAKES[name]).write_bytes(b"old")
        before = kept(disk)
        leave(disk, pages)
        result = relusgd(*COMMANDS[name])
        if result.exit_code == 0:
            break
        failed += 1
        if result.exit_code == 2:
            assert " left" in result.stderr, result.stderr
        else:
            assert result.exit_code == 1, result.stderr
            assert "No space left on device" in result.stderr, result.stderr
            assert len(result.stderr.splitlines()) == 1, result.stderr
            assert (
                MAKES.get(name, "disk/") in result.stderr
                or "ffmpeg could not write the film" in result.stderr
            )
        assert {path.name for path in disk.iterdir()} <= {
            "ballast",
            "run",
            "new",
            *(Path(made).name for made in MAKES.values()),
        }
        if kept(disk) != before:
            assert_begun(name, disk)
        (disk / "ballast").unlink()
        again = relusgd(*COMMANDS[name])
        assert again.exit_code == 0, again.stderr
    assert failed >= 2
    after = kept(disk)
    begin(disk, monkeypatch)
    assert relusgd(*COMMANDS[name]).exit_code == 0
    assert kept(disk) == after


@pytest.mark.parametrize("name", COMMANDS)
def test_a_disk_that_is_read_only_is_said_and_nothing_is_trained(name, disk, monkeypatch):
    begin(disk, monkeypatch)
    before = kept(disk)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    try:
        result = relusgd(*COMMANDS[name])
        assert relusgd("show", "disk/run").exit_code == 0
        assert relusgd("train", "disk/run", "-q").stdout == "disk/run\n"
    finally:
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    assert result.exit_code in (1, 2)
    assert "ead-only" in result.stderr, result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) <= 2, result.stderr
    assert kept(disk) == before
