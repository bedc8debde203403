import os
import resource
import shutil
import tempfile
from pathlib import Path

import pytest
from fuzz.harness import MEMORY, SCALE, Runner, Stopped, address_space

from relusgd.training import training_blocks


@pytest.fixture
def relusgd(monkeypatch, request, capsys):
    """The runner, in an empty folder, in memory where possible. No command waits for a disk."""
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="relusgd-", dir=shared)).resolve()
    monkeypatch.chdir(folder)
    # The commands themselves are tried, and none of them has an option for these.
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    monkeypatch.setattr("relusgd.cli.progress.SignalFlag", Stopped)
    monkeypatch.setattr(
        "relusgd.runs.record.training_blocks",
        lambda plan, start=None, **_: training_blocks(plan, start, block_steps=8),
    )
    runner = Runner(folder)
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (address_space() + MEMORY, limits[1]))
    try:
        yield runner
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)
        os.chdir("/")
        shutil.rmtree(folder)
    said = runner.report(request.node.name)
    if SCALE > 1:
        with capsys.disabled():
            print(f"\n{said}")
