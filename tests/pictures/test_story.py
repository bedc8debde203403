"""A run's story: panels of key moments, and the paths of the elbows."""

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from relusgd.errors import InputError
from relusgd.pictures.kit.look import Look
from relusgd.pictures.panels.story import MOMENTS, draw_story, save_story
from relusgd.pictures.scenes.view import View


class Drawn:
    """What `overlapping` needs of a painter."""

    def __init__(self, view, look):
        self.sheet = draw_story(view, look)

    def full(self, _):
        self.sheet.canvas.draw()


@pytest.mark.parametrize("hidden", [(6,), (5, 4), (300,)])
@pytest.mark.parametrize("size", [(640, 448), (1000, 700), (1600, 900)], ids=str)
def test_words_of_a_story_never_overlap(overlapping, make_history, dataset, hidden, size):
    view = View(make_history(snapshots=12, hidden=hidden, every=1000), dataset)
    assert list(overlapping(Drawn(view, Look(size=size, title="A title")))) == []


def test_a_story_goes_from_start_to_end(make_history, dataset):
    sheet = draw_story(View(make_history(snapshots=40), dataset))
    words = [text.get_text() for text in sheet.figure.findobj(Text)]
    titles = [word for word in words if word.startswith("epoch ")]
    assert (titles[0], titles[-1], len(titles)) == ("epoch 0", "epoch 195", MOMENTS)


def test_time_goes_down_and_panels_and_lines_have_the_same_numbers(make_history, dataset):
    view = View(make_history(snapshots=40), dataset)
    sheet = draw_story(view)
    paths = sheet.figure.axes[-1]
    first, last = paths.get_ylim()
    assert first > last
    numbers = [text for text in sheet.figure.texts if text.get_text() in "123456"]
    in_panels = [text for text in numbers if text.get_position()[1] * 700 > paths.bbox.y1]
    at_lines = [text for text in numbers if text not in in_panels]
    expected = [f"{number}" for number in range(1, MOMENTS + 1)]
    assert [text.get_text() for text in in_panels] == expected
    by_height = sorted(at_lines, key=lambda text: -text.get_position()[1])
    assert [text.get_text() for text in by_height] == expected


@pytest.mark.parametrize("size", [(480, 360), (1000, 700), (1920, 1080)])
@pytest.mark.parametrize("snapshots", [8, 40, 2000])
def test_every_moment_is_labelled_on_the_axis_of_time(make_history, dataset, snapshots, size):
    sheet = draw_story(View(make_history(snapshots=snapshots, every=1), dataset), Look(size=size))
    words = [text.get_text() for text in sheet.figure.texts]
    epochs = [word.removeprefix("epoch ") for word in words if word.startswith("epoch ")]
    labels = [label.get_text() for label in sheet.figure.axes[-1].get_yticklabels()]
    assert sorted(labels) == sorted(epochs)


def test_a_moment_within_an_epoch_is_named_by_its_step(make_history, dataset):
    view = View(make_history(snapshots=2, every=1, steps_per_epoch=30, first_steps=30), dataset)
    sheet = draw_story(view)
    words = [text.get_text() for text in sheet.figure.findobj(Text)]
    titles = [word for word in words if word.startswith(("epoch ", "step "))]
    assert (titles[0], titles[-1], len(titles)) == ("epoch 0", "epoch 1", MOMENTS)
    steps = [int(title.removeprefix("step ")) for title in titles[1:-1]]
    assert steps == sorted(set(steps))
    assert f"{steps[-1] / 30:.3g}" in words  # on the axis of time


@pytest.mark.parametrize("snapshots", [1, 2])
def test_a_run_of_few_snapshots_has_a_story(make_history, dataset, tmp_path, snapshots):
    save_story(View(make_history(snapshots=snapshots), dataset), tmp_path / "story.png")
    with Image.open(tmp_path / "story.png") as image:
        assert image.size == (1000, 700)


def test_elbows_are_drawn_where_they_were(make_history, dataset):
    view = View(make_history(snapshots=30, hidden=(6,)), dataset)
    drawn = Drawn(view, Look())
    segments = [
        path.vertices
        for collection in drawn.sheet.figure.axes[-1].collections
        for path in collection.get_paths()
    ]
    elbows = view.history.elbow
    assert segments
    assert all(np.isclose(elbows, end).any() for segment in segments for end in segment[:, 0])


def test_a_story_of_an_unknown_format_is_refused(make_history, dataset, tmp_path):
    with pytest.raises(InputError, match="its name ends in"):
        save_story(View(make_history(), dataset), tmp_path / "story.gif")
