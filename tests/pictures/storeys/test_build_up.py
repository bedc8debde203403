"""The build-up of a network before its film."""

from dataclasses import replace

import numpy as np
import pytest

from relusgd.errors import InputError
from relusgd.pictures.films.build_up import ErrorsOfAll, build_up_part, check_build_up
from relusgd.pictures.films.build_up_lines import BuildUp
from relusgd.pictures.films.film import write_film
from relusgd.pictures.kit.look import Look
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
    part.show(21)  # at 0.73 the sum has come, and nothing else
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
        assert film.n_frames == 45 + 60


def captions_of(view):
    painter = built_up(view)
    caption = next(part for part in painter._parts if isinstance(part, Caption))
    return list(dict.fromkeys(caption._script.captions))


def test_its_captions_fit_the_network(make_history, dataset):
    assert captions_of(View(make_history(hidden=(1,)), dataset))[-1] == (
        "With the output bias: the network before training"
    )
    history = make_history(hidden=(6,))
    biases = (-5 * history.slope, *history.biases[1:])
    outside = replace(history, elbow=np.full_like(history.elbow, 5.0), biases=biases)
    said = captions_of(View(outside, dataset))
    assert said[0].startswith("One ReLU: its elbow is outside the picture")
    assert not any("second" in caption for caption in said)


def test_what_cannot_be_built_up_is_refused(make_history, dataset):
    view = View(make_history(), dataset)
    with pytest.raises(InputError, match="shows the units of one run"):
        check_build_up(RunGroup([view, view], ["a", "b"]), SMALL)
    with pytest.raises(InputError, match="in two storeys, not in panels"):
        check_build_up(view, replace(SMALL, layout="panels"))
    with pytest.raises(InputError, match="this network has 2 of them"):
        check_build_up(View(make_history(hidden=(5, 4)), dataset), SMALL)


def test_the_errors_are_told_when_all_units_are_there(make_history, dataset):
    view = View(make_history(), dataset)
    painter = built_up(view)
    (errors,) = [part for part in painter._parts if isinstance(part, ErrorsOfAll)]
    told = [one.number for one in errors._errors._curves]
    said = {}
    for index in (0, 25, 26, 29):
        assert np.array_equal(painter.frame(index), painter.full(index)), index
        said[index] = [number._picture is not None for number in told]
    assert said == {0: [False] * 2, 25: [False] * 2, 26: [True] * 2, 29: [True] * 2}
