"""The picture of one step: before and after, arrows on elbows, the points that pull."""

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from relusgd.diagnostics.elbow_step import elbow_step
from relusgd.errors import InputError
from relusgd.model.network import Network
from relusgd.pictures.kit.look import Look
from relusgd.pictures.step.elbow_arrows import Arrows
from relusgd.pictures.step.elbow_step import draw_elbow_step, save_elbow_step
from relusgd.pictures.step.step_scene import StepScene

WORDS = ["after epoch 0, step 1 on its batch of 12 points", "a plain gradient step"]


@pytest.fixture
def make_step(make_history, dataset):
    """A small move of a random network, on the first points or on a sample."""

    def make(hidden=(6,), points=12, far=0.05, seed=1):
        before, after = (make_history(2, hidden, seed=seed).network(row) for row in (0, 1))
        vector = before.parameters() + far * (after.parameters() - before.parameters())
        after = Network.from_parameters(vector, hidden)
        x, y = dataset.x_train[:points], dataset.y_train[:points]
        return elbow_step(before, after, x, y, 0.1)

    return make


class Drawn:
    """What `overlapping` needs of a painter."""

    def __init__(self, sheet):
        self.sheet = sheet

    def full(self, _):
        self.sheet.canvas.draw()


@pytest.mark.parametrize(
    ("hidden", "size"),
    [((6,), (480, 360)), ((5, 4), (480, 360)), ((6,), (1600, 900)), ((300,), (1000, 700))],
    ids=str,
)
def test_words_never_overlap(overlapping, make_step, dataset, hidden, size):
    step = make_step(hidden)
    for unit in (None, step.unit(2)):
        look = Look(size=size, title="A title")
        sheet = draw_elbow_step(step, dataset, look, words=WORDS, unit=unit)
        assert list(overlapping(Drawn(sheet))) == []


@pytest.mark.parametrize("name", ["step.png", "step.svg", "step.pdf"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_step_is_drawn_in_every_format_and_theme(make_step, dataset, tmp_path, name, theme):
    step = make_step()
    look = Look(size=(640, 480), theme=theme)
    save_elbow_step(step, dataset, tmp_path / name, look, unit=step.unit(0))
    assert (tmp_path / name).stat().st_size > 1000
    if name.endswith("png"):
        with Image.open(tmp_path / name) as image:
            assert image.size == (640, 480)


def test_another_format_is_refused(make_step, dataset, tmp_path):
    with pytest.raises(InputError, match="cannot be written as"):
        save_elbow_step(make_step(), dataset, tmp_path / "step.gif")


def test_both_functions_and_every_residual_stand_in_the_picture(make_step, dataset):
    step = make_step()
    curve, _, change = draw_elbow_step(step, dataset).figure.axes
    lines = [np.column_stack(line.get_data()) for line in curve.get_lines()]
    for network in (step.before, step.after):
        inside = [
            line
            for line in lines
            if len(line) > 2 and np.allclose(network(line[:, 0]), line[:, 1], atol=1e-12)
        ]
        assert inside, "the function is drawn through its bends"
    (hairlines,) = [item for item in curve.collections if hasattr(item, "get_segments")]
    drawn = sorted((segment[0][0], *segment[:, 1]) for segment in hairlines.get_segments())
    expected = sorted(zip(step.x, step.y, step.f, strict=True))
    np.testing.assert_allclose(drawn, expected)
    x, y = change.get_lines()[-1].get_data()
    np.testing.assert_allclose(y, step.after(x) - step.before(x), atol=1e-12)


def test_points_at_which_a_unit_is_off_have_no_residual_line(make_step, dataset):
    step = make_step(points=40)
    number = int(np.argmax((step.active > 0) & (step.active < 40)))
    unit = step.unit(number)
    sheet = draw_elbow_step(step, dataset, unit=unit)
    curve = sheet.figure.axes[0]
    (hairlines,) = [item for item in curve.collections if hasattr(item, "get_segments")]
    assert len(hairlines.get_segments()) == step.active[number]
    words = [text.get_text() for text in sheet.figure.findobj(Text)]
    assert "no vote" in words
    assert any(word.startswith(f"unit {number}") for word in words)


def test_short_moves_are_lengthened_by_one_factor_that_is_told(make_step, dataset):
    step = make_step(far=1e-4)
    before, after = StepScene.of(step, dataset, None).elbows()
    arrows = Arrows.of(before, after, 0.0, 1.0, None)
    assert arrows.factor >= 100
    moves = (after - before)[arrows.number]
    np.testing.assert_allclose(arrows.stop - arrows.start, arrows.factor * moves)
    assert np.abs(arrows.stop - arrows.start).max() <= 0.3
    words = [text.get_text() for text in draw_elbow_step(step, dataset).figure.findobj(Text)]
    assert any(f"move × {arrows.factor:,}" in word for word in words)


def test_long_moves_are_drawn_as_they_are_and_elbows_outside_are_counted():
    before = np.array([0.2, 0.5, 3.0, np.nan])
    after = np.array([0.6, 0.5, 3.1, 0.1])
    arrows = Arrows.of(before, after, 0.0, 1.0, None)
    assert (arrows.factor, arrows.outside) == (1, 2)
    assert (arrows.number.tolist(), arrows.start.tolist(), arrows.stop.tolist()) == (
        [0],
        [0.2],
        [0.6],
    )
    assert arrows.rest.tolist() == [0.5]


def test_a_sample_outside_the_domain_is_in_the_picture(make_history, dataset):
    before, after = (make_history(2).network(row) for row in (0, 1))
    step = elbow_step(before, after, np.array([2.5]), np.array([40.0]), 0.1)
    curve = draw_elbow_step(step, dataset).figure.axes[0]
    assert curve.get_xlim()[1] > 2.5
    assert curve.get_ylim()[1] > 40


def test_a_step_is_seen_in_the_units_of_the_data(make_step, standardised):
    step = make_step()
    scene = StepScene.of(step, standardised, None)
    np.testing.assert_allclose(scene.x, 1900 + 40 * step.x)
    curve = draw_elbow_step(step, standardised, unit=step.unit(1)).figure.axes[0]
    low, high = curve.get_xlim()
    assert 1890 < low < 1900
    assert 1940 < high < 1950
