"""Films as Pillow and ffmpeg find them, and what is left when something goes wrong."""

import errno
import os
import re
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image, ImageSequence

from relusgd.errors import InputError, RelusgdError
from relusgd.pictures.encoding import mp4
from relusgd.pictures.films import film as film_module
from relusgd.pictures.films.film import check_film, write_film
from relusgd.pictures.films.painter import Painter
from relusgd.pictures.kit.look import Look
from relusgd.pictures.scenes.view import View

SMALL = Look(size=(501, 361))
SUFFIXES = [".gif", ".mp4"]


def ffmpeg_says(path):
    """What ffmpeg prints about a film."""
    return subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-i", path], capture_output=True, text=True, check=False
    ).stderr


def written(make_history, dataset, path, fps=15.0, snapshots=8, **options):
    history = make_history(snapshots=snapshots)
    write_film(View(history, dataset), path, SMALL, indices=range(snapshots), fps=fps, **options)
    return history


def test_a_gif_has_every_frame_its_size_and_its_length(make_history, dataset, tmp_path):
    path = tmp_path / "film.gif"
    written(make_history, dataset, path)
    with Image.open(path) as image:
        shown = [frame.info["duration"] for frame in ImageSequence.Iterator(image)]
        assert (image.n_frames, image.size, image.info["loop"]) == (8, (501, 361), 0)
    assert (shown[0], shown[-1]) == (1000, 2000)
    assert sum(shown[1:-1]) == pytest.approx(1000 * 6 / 15, abs=10)


def test_an_mp4_has_every_frame_an_even_size_and_its_length(make_history, dataset, tmp_path):
    path = tmp_path / "film.mp4"
    written(make_history, dataset, path)
    frames, seconds = imageio_ffmpeg.count_frames_and_secs(path)
    assert frames == 15 + 6 + 30
    assert seconds == pytest.approx(1 + 6 / 15 + 2, abs=0.05)
    assert "500x360" in ffmpeg_says(path)


def test_an_mp4_plays_everywhere(make_history, dataset, tmp_path):
    path = tmp_path / "film.mp4"
    written(make_history, dataset, path)
    assert re.search(r"Video: h264 .*yuv420p\(tv, bt709", ffmpeg_says(path))
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("fps", [7, 12.5, 15, 60])
def test_an_mp4_keeps_time_to_the_end(make_history, dataset, tmp_path, fps):
    path = tmp_path / "film.mp4"
    written(make_history, dataset, path, fps=fps, snapshots=30)
    frames, seconds = imageio_ffmpeg.count_frames_and_secs(path)
    assert frames == round(fps) + 28 + round(2 * fps)
    assert seconds == pytest.approx(1 + 28 / fps + 2, abs=1 / fps)


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (6, 3)])
def test_half_the_cores_encode_an_mp4(make_history, dataset, tmp_path, monkeypatch, cores, threads):
    monkeypatch.setattr(mp4, "available_cores", lambda: cores)
    path = tmp_path / "film.mp4"
    written(make_history, dataset, path)
    # x264 writes its options into the film.
    assert f" threads={threads} ".encode() in path.read_bytes()


def test_a_slow_mp4_repeats_its_frames(make_history, dataset, tmp_path):
    path = tmp_path / "film.mp4"
    written(make_history, dataset, path, fps=0.5, snapshots=2)
    _, seconds = imageio_ffmpeg.count_frames_and_secs(path)
    assert seconds == pytest.approx(4.0, abs=0.05)
    assert "5 fps" in ffmpeg_says(path)


def test_a_gif_is_near_the_true_frames(make_history, dataset, tmp_path):
    path = tmp_path / "film.gif"
    painter = Painter(View(written(make_history, dataset, path), dataset), SMALL)
    with Image.open(path) as image:
        for index, frame in enumerate(ImageSequence.Iterator(image)):
            difference = (
                np.asarray(frame.convert("RGB"), dtype=float) - painter.frame(index)[..., :3]
            )
            assert 10 * np.log10(255**2 / np.mean(difference**2)) > 45


def test_the_pixel_of_a_gif_on_the_learned_function_has_its_colour(make_history, dataset, tmp_path):
    path, look = tmp_path / "film.gif", replace(SMALL, show=frozenset())
    view = View(make_history(), dataset)
    write_film(view, path, look, indices=range(8), fps=15)
    axes, curve = Painter(view, look).sheet.figure.axes[0], view.curve(7)
    wide = int(np.argmax(np.diff(curve.x)))
    x = (curve.x[wide] + curve.x[wide + 1]) / 2
    across, up = axes.transData.transform((x, float(view.history.network(7)(x))))
    with Image.open(path) as image:
        image.seek(7)
        colour = image.convert("RGB").getpixel((int(across), SMALL.size[1] - 1 - int(up)))
    assert colour == pytest.approx(
        [int(look.colours.learned[at : at + 2], 16) for at in (1, 3, 5)], abs=8
    )


def test_an_mp4_shows_the_true_frames(make_history, dataset, tmp_path):
    path = tmp_path / "film.mp4"
    painter = Painter(View(written(make_history, dataset, path), dataset), Look(size=(500, 360)))
    reader = imageio_ffmpeg.read_frames(path)
    next(reader)
    shown_indices = [0] * 15 + list(range(1, 8))
    for index, data in zip(shown_indices, reader, strict=False):
        difference = np.frombuffer(data, np.uint8).reshape(360, 500, 3) - painter.frame(index)[
            ..., :3
        ].astype(float)
        assert 10 * np.log10(255**2 / np.mean(difference**2)) > 22
    reader.close()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_film_of_one_snapshot_stands_two_seconds(make_history, dataset, tmp_path, suffix):
    path = tmp_path / f"film{suffix}"
    written(make_history, dataset, path, snapshots=1)
    if suffix == ".gif":
        with Image.open(path) as image:
            assert image.info["duration"] == 2000
    else:
        assert imageio_ffmpeg.count_frames_and_secs(path)[1] == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_progress_counts_every_frame_and_ends_when_the_file_stands(
    make_history, dataset, tmp_path, suffix
):
    path, seen = tmp_path / f"film{suffix}", []
    written(
        make_history,
        dataset,
        path,
        progress=lambda done, of: seen.append((done, of, path.exists())),
    )
    assert seen == [(done, 8, done == 8) for done in range(1, 9)]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("trouble", [KeyboardInterrupt(), RuntimeError("a bug")], ids=repr)
def test_the_old_film_survives_an_end_in_the_middle(
    make_history, dataset, tmp_path, suffix, trouble
):
    path = tmp_path / f"film{suffix}"
    path.write_bytes(b"old")

    def stop(done, _):
        if done == 3:
            raise trouble

    with pytest.raises(type(trouble)):
        written(make_history, dataset, path, progress=stop)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_full_disk_is_an_error_in_one_sentence_and_the_old_film_stays(
    make_history, dataset, tmp_path, monkeypatch
):
    path = tmp_path / "film.gif"
    path.write_bytes(b"old")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(film_module.gif.GifFilm, "add", full)
    with pytest.raises(
        RelusgdError, match=r"film.gif could not be written: No space left on device"
    ):
        written(make_history, dataset, path)
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(
    not os.path.exists("/dev/full"),  # noqa: PTH110
    reason="this system has no disk that is always full",
)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_disk_that_is_full_leaves_the_old_film(
    make_history, dataset, tmp_path, monkeypatch, suffix
):
    path = tmp_path / f"film{suffix}"
    path.write_bytes(b"old")

    @contextmanager
    def onto_a_full_disk(_):
        full = tmp_path / f"full{suffix}"
        full.symlink_to("/dev/full")
        yield full

    monkeypatch.setattr(film_module, "replacing", onto_a_full_disk)
    with pytest.raises(RelusgdError, match="No space left on device"):
        written(make_history, dataset, path, snapshots=30)
    assert path.read_bytes() == b"old"


BLACK = np.zeros((10, 10, 4), dtype=np.uint8)


@pytest.mark.parametrize("frames", [1, 100_000], ids=["at the end", "in the middle"])
def test_what_ffmpeg_complains_about_is_told_and_not_what_follows_from_it(tmp_path, frames, capfd):
    (tmp_path / "folder.mp4").mkdir()

    def encode():
        with mp4.Mp4Film(tmp_path / "folder.mp4", (10, 10), 15) as film:
            for _ in range(frames):
                film.add(BLACK)

    with pytest.raises(
        RelusgdError, match=r"^ffmpeg could not write the film: [^\[@]*: Is a directory$"
    ):
        encode()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("fps", [1e-300, 0.0015, 0.0099])
def test_a_film_that_stands_still_is_refused(suffix, fps):
    with pytest.raises(InputError, match=r"at least 0\.01 frames a second"):
        check_film(Path(f"film{suffix}"), fps)


def test_a_death_of_ffmpeg_is_told_by_its_signal(tmp_path):
    def encode():
        with mp4.Mp4Film(tmp_path / "film.mp4", (10, 10), 15) as film:
            film.add(BLACK)
            # No program that may be missing here, and no process but this film's own.
            film._process.kill()

    with pytest.raises(RelusgdError, match="it was killed by SIGKILL"):
        encode()


def test_a_film_into_no_folder_is_an_error_in_one_sentence(make_history, dataset, tmp_path):
    with pytest.raises(RelusgdError, match="could not be written"):
        written(make_history, dataset, tmp_path / "nowhere" / "film.gif")


@pytest.mark.parametrize(
    ("name", "fps", "words"),
    [
        ("film.avi", 15, "its name ends in .gif or .mp4"),
        ("film", 15, "its name ends in .gif or .mp4"),
        ("film.gif", 60, "up to 50 frames a second, not 60"),
        ("film.mp4", 1000, "up to 240 frames a second"),
        ("film.gif", 0, "up to 50 frames a second, not 0"),
    ],
)
def test_films_that_cannot_be_are_refused_before_the_first_frame(tmp_path, name, fps, words):
    with pytest.raises(InputError) as caught:
        check_film(tmp_path / name, fps)
    assert words in str(caught.value)


def test_a_missing_encoder_is_found_before_the_first_frame(tmp_path, monkeypatch):
    def missing():
        raise RuntimeError("no ffmpeg exe could be found")

    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", missing)
    check_film(tmp_path / "film.gif", 15)
    with pytest.raises(RelusgdError, match="pip install imageio-ffmpeg"):
        check_film(tmp_path / "film.mp4", 15)


def test_a_film_without_snapshots_is_refused(make_history, dataset, tmp_path):
    with pytest.raises(InputError, match="at least one snapshot"):
        write_film(View(make_history(), dataset), tmp_path / "film.gif", indices=[], fps=15)
