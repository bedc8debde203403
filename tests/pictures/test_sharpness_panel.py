"""The panel of the sharpness and its edge in films and stills of one run."""

from dataclasses import replace

import numpy as np
import pytest
from command import run as command
from matplotlib.text import Text
from small import small

import relusgd
from relusgd.diagnostics.sharpness import sharpness
from relusgd.errors import InputError
from relusgd.pictures.films.painter import Painter
from relusgd.pictures.kit.look import Look
from relusgd.pictures.scenes.sharpness_course import SharpnessCourse
from relusgd.pictures.scenes.view import View
from relusgd.runs.sharpness_course import sharpness_course

SHOWN = Look(size=(600, 480), layout="panels", show=frozenset({"sharpness", "loss"}))


@pytest.fixture
def course(make_history):
    step = make_history().step
    edge = np.full(len(step), 20.0)
    return SharpnessCourse("sharpness", step, np.linspace(1.0, 20.0, len(step)), edge)


@pytest.fixture
def view(make_history, dataset, course):
    return View(make_history(), dataset, sharpness=course)


def sharpness_axes(painter):
    (axes,) = [axes for axes in painter.sheet.figure.axes if axes.get_ylim()[1] < 1.5]
    return axes


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_frame_is_the_full_draw_pixel_by_pixel(view, theme):
    painter = Painter(view, replace(SHOWN, theme=theme))
    for index in (0, 4, 1):
        np.testing.assert_array_equal(painter.frame(index), painter.full(index))


def test_it_is_drawn_at_every_snapshot_also_between_the_measured_ones(make_history, dataset):
    history = make_history()
    chosen = [0, 3, 7]
    course = SharpnessCourse(
        "sharpness", history.step[chosen], np.array([1.0, np.nan, 100.0]), np.full(3, np.nan)
    )
    assert not course.has_edge
    painter = Painter(View(history, dataset, sharpness=course), SHOWN)
    words = {text.get_text() for text in painter.sheet.figure.findobj(Text)}
    assert "sharpness" in words
    assert not words & {"edge", "edge of stability"}
    panel = painter._parts[-1]
    ((_, y),) = [(curve._rows, curve._y) for curve in panel.curves]
    np.testing.assert_allclose(y[[0, -1]], [0, 2])
    assert np.all(np.diff(y) > 0)


def test_a_picture_that_does_not_ask_for_it_has_none(view):
    painter = Painter(view, Look(size=(600, 480), layout="panels"))
    words = {text.get_text() for text in painter.sheet.figure.findobj(Text)}
    assert "sharpness" not in words


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    keys = {"training__batch_size": "full", "training__momentum": 0.5}
    return relusgd.record(small(**keys), out=tmp_path_factory.mktemp("runs") / "run")


def test_the_course_of_a_run_is_its_sharpness_and_the_edge_of_its_method(trained):
    course = sharpness_course(trained)
    assert course.name == "sharpness"
    assert course.sharpness[5] == pytest.approx(sharpness(trained.network(epoch=5), trained.data))
    rate = trained.config.training.learning_rate
    np.testing.assert_allclose(course.edge, 2 * 1.5 / rate)


def test_of_an_adaptive_method_it_is_the_preconditioned_one(tmp_path):
    adam = relusgd.record(small(training__method="adam", training__epochs=5), out=tmp_path / "adam")
    course = sharpness_course(adam)
    assert course.name == "preconditioned sharpness"
    assert np.isnan(course.sharpness[0])
    assert course.has_edge


def test_pictures_show_it_or_say_why_not(trained, tmp_path):
    words = {"layout": "panels", "show": "units,loss,sharpness"}
    assert trained.animate(tmp_path / "film.gif", frames=3, size=(480, 360), **words).is_file()
    refused = {
        "in the layout of panels": {"show": "sharpness"},
        "a story has no panel": {"story": True, "show": "sharpness"},
    }
    for sentence, options in refused.items():
        with pytest.raises(InputError, match=sentence):
            trained.plot(tmp_path / "a.png", **options)
    with pytest.raises(InputError, match="drawn of one run, and there are 2"):
        relusgd.plot([trained, trained], tmp_path / "a.png", **words)
    assert not (tmp_path / "a.png").exists()
    result = command("plot", trained.folder, "--show", "sharpness", "--out", tmp_path / "a.png")
    assert (result.exit_code, "add --layout panels" in result.stderr) == (2, True)


def test_a_page_takes_it_along_or_says_why_not(trained, tmp_path):
    page = trained.view(tmp_path / "a.html", show="sharpness")
    assert '"name":"sharpness"' in page.read_text(encoding="utf-8")
    with pytest.raises(InputError, match="'loss' cannot be added to a page"):
        trained.view(tmp_path / "b.html", show="loss")
    with pytest.raises(InputError, match="drawn of one run, and there are 2"):
        relusgd.view([trained, trained], tmp_path / "b.html", show="sharpness")
    assert not (tmp_path / "b.html").exists()
