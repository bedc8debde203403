"""The build-up of a network before its film."""

from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest

from relusgd.errors import InputError
from relusgd.pictures.films.build_up import HeightsNote, build_up_part, check_build_up
from relusgd.pictures.films.build_up_lines import BuildUp
from relusgd.pictures.films.film import write_film
from relusgd.pictures.kit.look import Look
from relusgd.pictures.moments.captions import LETTERS_A_SECOND
from relusgd.pictures.moments.script import Script
from relusgd.pictures.scenes.scene import RunGroup
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.caption import Caption

SMALL = Look(size=(480, 360))


def built_up(view, fps=10.0):
    """The painter of the build-up alone."""
    return build_up_part(view, Script(np.arange(len(view)), fps), SMALL).painter


@pytest.mark.parametrize("hidden", [(6,), (1,), (2,), (300,)])
def test_every_frame_is_the_full_draw(make_history, dataset, hidden):
    painter = built_up(View(make_history(hidden=hidden, snapshots=3), dataset))
    for index in (0, 8, 15, 20, 25, 29):
        assert np.array_equal(painter.frame(index), painter.full(index)), index


def test_it_ends_with_the_function_before_training(make_history, standardised):
    view = View(make_history(hidden=(12,)), standardised)
    painter = built_up(view)
    part = next(part for part in painter._parts if isinstance(part, BuildUp))
    part.show(29)
    x, y = part._curve.get_data()
    curve = view.curve(0)
    assert np.isin(view.dataset.domain, x).all()
    assert y == pytest.approx(np.interp(x, curve.x, curve.y), abs=2.0)  # of a deviation of 250


def test_the_sum_of_the_first_units_is_theirs_with_the_output_bias(make_history, dataset):
    view = View(make_history(hidden=(12,)), dataset)
    part = next(part for part in built_up(view)._parts if isinstance(part, BuildUp))
    part.show(23)  # at 0.8 the sum has come, and nothing else
    _, y = part._curve.get_data()
    network = view.history.network(0)
    terms = [line.get_ydata() for line in part._lines]
    assert len(terms) == 3
    expected = sum(terms) + part.factor * network.output_bias
    assert y == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_a_film_of_few_snapshots_is_built_up_evenly(make_history, dataset, tmp_path):
    from PIL import Image

    view = View(make_history(snapshots=2), dataset)
    path = tmp_path / "film.gif"
    write_film(view, path, SMALL, indices=[0, 1], fps=0.5, build_up=True)
    with Image.open(path) as film:
        assert film.n_frames == 45 + 15 + 60


def said_in(view, fps=10.0):
    """The captions and notes of the build-up, frame by frame, with the rest at its end."""
    film_part = build_up_part(view, Script(np.arange(len(view)), fps), SMALL)
    parts = film_part.painter._parts
    caption = next(part for part in parts if isinstance(part, Caption))
    note = next(part for part in parts if isinstance(part, HeightsNote))
    indices = film_part.indices
    captions = [caption._script.captions[index] for index in indices]
    return captions, [note._notes[index] for index in indices]


def test_its_captions_are_a_sum_that_grows(make_history, dataset):
    def captions(hidden):
        said, _ = said_in(View(make_history(hidden=hidden), dataset))
        return list(dict.fromkeys(said))

    assert captions((12,)) == [
        "One ReLU",
        "One ReLU × its weight",
        "One ReLU × its weight + two more",
        "One ReLU × its weight + two more + bias",
        "All 12 units",
    ]
    assert captions((1,)) == ["One ReLU", "One ReLU × its weight", "One ReLU × its weight + bias"]


@pytest.mark.parametrize("hidden", [(6,), (1,), (2,), (1_000,)])
def test_what_a_caption_adds_can_be_read_before_more_comes(make_history, dataset, hidden):
    """At fifteen letters a second."""
    fps = 15.0
    captions, _ = said_in(View(make_history(hidden=hidden, snapshots=3), dataset), fps)
    before = ""
    for caption, frames in groupby(captions):
        new = caption.removeprefix(before)
        assert len(list(frames)) / fps >= len(new.strip()) / LETTERS_A_SECOND - 1 / fps, caption
        before = caption


def test_a_note_tells_by_how_much_heights_are_larger(make_history, dataset):
    view = View(make_history(hidden=(12,)), dataset)
    part = next(part for part in built_up(view)._parts if isinstance(part, BuildUp))
    _, notes = said_in(view)
    expected = [
        "" if factor == 1 else f"heights ×{factor}" for factor in (part.first_factor, part.factor)
    ]
    assert [notes[0], notes[10]] == expected
    assert notes[-1] == ""


def test_an_elbow_outside_the_picture_is_told(make_history, dataset):
    history = make_history(hidden=(6,))
    biases = (-5 * history.slope, *history.biases[1:])
    outside = replace(history, elbow=np.full_like(history.elbow, 5.0), biases=biases)
    captions, notes = said_in(View(outside, dataset))
    assert notes[0].startswith("elbow outside")
    assert not any("more" in caption for caption in captions)


def test_what_cannot_be_built_up_is_refused(make_history, dataset):
    view = View(make_history(), dataset)
    with pytest.raises(InputError, match="shows the units of one run"):
        check_build_up(RunGroup([view, view], ["a", "b"]), SMALL)
    with pytest.raises(InputError, match="in two storeys, not in panels"):
        check_build_up(view, replace(SMALL, layout="panels"))
    with pytest.raises(InputError, match="this network has 2 of them"):
        check_build_up(View(make_history(hidden=(5, 4)), dataset), SMALL)
