"""Titles over panels that are too narrow for them."""

import pytest
from matplotlib.text import Text

from relusgd.pictures.films.painter import Painter
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.text_fit import text_width
from relusgd.pictures.kit.title_lines import title_lines
from relusgd.pictures.scenes.scene import RunGroup
from relusgd.pictures.scenes.view import View

LETTERS = 13.0


def room_for(words):
    return text_width(words, LETTERS, bold=True) + 0.5


def test_a_title_that_fits_on_the_upper_line_stands_there():
    assert title_lines("hidden 10", LETTERS, room_for("hidden 10"), 0.0) == ("hidden 10", "")


def test_a_title_is_broken_behind_a_comma_if_both_parts_fit():
    upper = room_for("learning rate 0.01, batch")
    lower = room_for("batch size 20")
    lines = title_lines("learning rate 0.01, batch size 20", LETTERS, upper, lower)
    assert lines == ("learning rate 0.01,", "batch size 20")


def test_a_title_without_a_comma_is_broken_between_words_and_no_number_leaves_its_word():
    room = room_for("tempered noise 10")
    lines = title_lines("tempered noise 10 and label noise", LETTERS, room, room)
    assert lines == ("tempered noise 10", "and label noise")
    lines = title_lines("tempered noise 10 and label noise", LETTERS, room - 5.0, 1e3)
    assert lines == ("tempered", "noise 10 and label noise")


def test_what_is_too_long_for_both_lines_ends_with_an_ellipsis():
    upper, lower = title_lines("w" * 30, LETTERS, 100.0, 100.0)
    assert upper.endswith("…")
    assert lower == ""
    upper, lower = title_lines(" ".join(["word"] * 30), LETTERS, 100.0, 100.0)
    assert not upper.endswith("…")
    assert lower.endswith("…")


@pytest.mark.parametrize("layout", ["storeys", "panels"])
@pytest.mark.parametrize("size", [(640, 480), (1000, 700)], ids=str)
def test_titles_of_nine_runs_are_whole(overlapping, make_history, dataset, layout, size):
    views = [View(make_history(seed=seed, every=1000), dataset) for seed in range(9)]
    titles = [f"learning rate 0.00{number}, hidden 10" for number in range(9)]
    painter = Painter(RunGroup(views, titles), Look(size=size, layout=layout), still=True)
    painter.show(len(views[0]) - 1)
    assert list(overlapping(painter)) == []
    words = [text.get_text() for text in painter.sheet.figure.findobj(Text)]
    assert not any("…" in text for text in words)
    for title in titles:
        in_parts = title.replace(", ", ",|").split("|")
        assert title in words or all(part in words for part in in_parts), title


def test_titles_of_three_keys_are_smaller_and_whole(overlapping, make_history, dataset):
    views = [View(make_history(seed=seed, every=1000), dataset) for seed in range(8)]
    rates, decays = ("0.02", "0.005"), ("0.001", "0.0001")
    titles = [
        f"learning rate {rate}, batch size {size}, weight decay {decay}"
        for rate in rates
        for size in (40, 20)
        for decay in decays
    ]
    painter = Painter(RunGroup(views, titles), Look(layout="panels"), still=True)
    painter.show(len(views[0]) - 1)
    assert list(overlapping(painter)) == []
    texts = painter.sheet.figure.findobj(Text)
    words = {text.get_text() for text in texts}
    assert not any("…" in text for text in words)
    assert {"learning rate 0.02, batch size 40,", "weight decay 0.0001"} <= words
    sizes = {text.get_fontsize() for text in texts if text.get_fontweight() == "bold"}
    assert len(sizes) == 1
