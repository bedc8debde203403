"""Frames of large films wait for ffmpeg."""

import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import imageio_ffmpeg
import numpy as np
import pytest
from patience import PATIENCE

from relusgd.pictures.encoding import mp4
from relusgd.pictures.encoding.pacing import MOST_WAITING, Pacing

RUNNING = SimpleNamespace(poll=lambda: None)
ENDED = SimpleNamespace(poll=lambda: 1)


def test_a_frame_waits_until_ffmpeg_has_encoded_one_of_those_before():
    with Pacing() as pacing:
        _, reports, *_ = pacing.options
        for _ in range(MOST_WAITING):
            pacing.wait(RUNNING)
        waiting = threading.Thread(target=pacing.wait, args=(RUNNING,))
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        Path(reports).write_text("frame=0\nprogress=continue\nframe=1\nprogress=continue\n")
        waiting.join(PATIENCE)
        assert not waiting.is_alive()


def test_nobody_waits_for_an_ffmpeg_that_has_ended():
    with Pacing() as pacing:
        for _ in range(3 * MOST_WAITING):
            pacing.wait(ENDED)


def test_a_large_film_has_all_its_frames(tmp_path):
    size = (2400, 1800)
    assert size[0] * size[1] >= mp4.LARGE
    frame = np.full((1800, 2400, 4), 255, dtype=np.uint8)
    with mp4.Mp4Film(tmp_path / "film.mp4", size, 30, hold=5, rest=3) as film:
        for number in range(12):
            frame[100 * number : 100 * number + 50, :, :3] = 20 * number
            film.add(frame)
    frames, _ = imageio_ffmpeg.count_frames_and_secs(tmp_path / "film.mp4")
    assert frames == 12 + 5 + 3


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_an_ffmpeg_of_large_frames_gives_memory_back_at_once(tmp_path, monkeypatch):
    name, size = "MALLOC_MMAP_THRESHOLD_", (2400, 1800)
    monkeypatch.delenv(name, raising=False)
    with mp4.Mp4Film(tmp_path / "film.mp4", size, 30) as film:
        film.add(np.full((1800, 2400, 4), 255, dtype=np.uint8))
        variables = Path(f"/proc/{film._process.pid}/environ").read_text().split("\0")
        assert f"{name}={1 << 20}" in variables
        assert name not in os.environ


def test_the_users_own_variables_stand(monkeypatch):
    monkeypatch.setenv("MALLOC_MMAP_THRESHOLD_", "5")
    with mp4.environment({"MALLOC_MMAP_THRESHOLD_": "6", "RELUSGD_TEST": "7"}):
        assert os.environ["MALLOC_MMAP_THRESHOLD_"] == "5"
        assert os.environ["RELUSGD_TEST"] == "7"
    assert os.environ["MALLOC_MMAP_THRESHOLD_"] == "5"
    assert "RELUSGD_TEST" not in os.environ
