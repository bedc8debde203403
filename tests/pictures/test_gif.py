"""GIFs as others read them: frames, sizes, delays, colours."""

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageSequence

from relusgd.pictures.encoding.gif import GifFilm, delays
from relusgd.pictures.encoding.palette import Palette, packed


def frames_with(count, size=(40, 30), seed=0):
    """Frames of a few colours in which a square moves."""
    colours = np.random.default_rng(seed).integers(0, 256, (6, 3))
    frames = np.full((count, *size[::-1], 4), 255, dtype=np.uint8)
    frames[..., :3] = colours[0]
    for number, frame in enumerate(frames):
        frame[5:12, 2 + number : 9 + number, :3] = colours[1 + number % 5]
    return frames


def write(path, frames, shown=None):
    with GifFilm(
        path, frames.shape[2:0:-1], Palette.of(frames[:6]), shown or [7] * len(frames)
    ) as film:
        for frame in frames:
            film.add(frame)
    return path


def read(path):
    """All frames as RGB, and their delays in milliseconds."""
    with Image.open(path) as image:
        both = [
            (np.array(frame.convert("RGB")), frame.info["duration"])
            for frame in ImageSequence.Iterator(image)
        ]
    return [frame for frame, _ in both], [delay for _, delay in both]


def test_a_film_of_few_colours_is_read_back_exactly(tmp_path):
    frames = frames_with(20)
    found, _ = read(write(tmp_path / "film.gif", frames))
    assert len(found) == 20
    assert all(
        np.array_equal(picture, frame[..., :3])
        for picture, frame in zip(found, frames, strict=True)
    )


def test_equal_frames_are_frames_too(tmp_path):
    frames = np.repeat(frames_with(3), 2, axis=0)
    found, _ = read(write(tmp_path / "film.gif", frames))
    assert len(found) == 6
    assert all(
        np.array_equal(picture, frame[..., :3])
        for picture, frame in zip(found, frames, strict=True)
    )


def test_only_the_rectangle_that_changed_is_stored(tmp_path):
    frames = frames_with(2)
    with Image.open(write(tmp_path / "film.gif", frames)) as image:
        assert image.tile[0][1] == (0, 0, 40, 30)
        image.seek(1)
        assert image.tile[0][1] == (2, 5, 10, 12)


def test_the_film_says_its_size_and_repeats_for_ever(tmp_path):
    with Image.open(write(tmp_path / "film.gif", frames_with(3))) as image:
        assert image.size == (40, 30)
        assert image.info["loop"] == 0


def test_delays_are_those_asked_for(tmp_path):
    _, shown = read(write(tmp_path / "film.gif", frames_with(4), [7, 6, 300, 100]))
    assert shown == [70, 60, 3000, 1000]


@pytest.mark.parametrize("fps", [0.1, 7, 15, 24, 30, 50])
def test_delays_never_drift_by_more_than_half_a_hundredth(fps):
    starts = np.concatenate([[0], np.cumsum(delays(300, fps, 1.0))])[:-1]
    assert np.abs(starts - 100 * np.arange(300) / fps).max() <= 0.5


def test_fifteen_frames_a_second_alternate_between_six_and_seven_hundredths():
    assert set(delays(151, 15, 1.0)[:-1]) == {6, 7}


def test_the_last_frame_stands_a_second_or_as_long_as_the_others():
    assert delays(5, 15, 1.0)[-1] == 100
    assert delays(5, 0.5, 1.0)[-1] == 200
    assert delays(1, 15, 1.0) == [100]


def test_frequent_colours_are_exact_and_the_others_near():
    rng = np.random.default_rng(3)
    frame = np.full((200, 200, 4), 255, dtype=np.uint8)
    frame[:100, :, :3] = (21, 24, 29)
    frame[150:, :, :3] = rng.integers(0, 256, (50, 200, 3))
    palette = Palette.of([frame])
    found = (
        palette.colours[palette.numbers(packed(frame).ravel())].astype(float).reshape(200, 200, 3)
    )
    assert np.array_equal(found[:150], frame[:150, :, :3])
    assert np.sqrt(((found[150:] - frame[150:, :, :3]) ** 2).mean()) < 25


def test_a_colour_that_the_sample_did_not_have_becomes_the_nearest_one():
    grey = np.array([[0, 0, 0], [64, 64, 64], [255, 255, 255]], dtype=np.uint8)
    pixels = np.array(
        [[20, 20, 20, 255], [39, 39, 39, 255], [170, 170, 170, 255], [150, 150, 150, 255]],
        dtype=np.uint8,
    )
    assert Palette(grey).numbers(packed(pixels)).tolist() == [0, 1, 2, 1]


def test_the_palette_is_the_same_for_all_frames(tmp_path):
    path = write(tmp_path / "film.gif", frames_with(5))
    data = path.read_bytes()
    with Image.open(path) as image:
        for number in range(5):
            image.seek(number)
            descriptor = data.rindex(b",", 0, image.tile[0][2])
            assert data[descriptor + 9] & 0x80 == 0


def test_memory_holds_two_frames_however_long_the_film(tmp_path):
    frames = frames_with(30)
    film = GifFilm(tmp_path / "film.gif", (40, 30), Palette.of(frames[:6]), [7] * 30)
    with film:
        sizes = []
        for frame in frames:
            film.add(frame)
            sizes.append(
                sum(value.nbytes for value in vars(film).values() if isinstance(value, np.ndarray))
            )
    assert all(before == after for before, after in pairwise(sizes))
    assert sizes[-1] <= 2 * frames[0].nbytes
