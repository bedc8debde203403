"""One step shown slowly: pixels, places, and what is said."""

from dataclasses import replace

import numpy as np
import pytest

from relusgd.diagnostics.elbow_step import elbow_step
from relusgd.errors import InputError
from relusgd.gradients.backprop import backprop
from relusgd.model.history import History
from relusgd.model.network import Network
from relusgd.pictures.films.film import write_film
from relusgd.pictures.films.painter import Painter
from relusgd.pictures.films.slow_motion.batch import LitBatch
from relusgd.pictures.films.slow_motion.enlarged_change import EnlargedChange, enlargement
from relusgd.pictures.films.slow_motion.growing_arrows import GrowingArrows
from relusgd.pictures.films.slow_motion.real_step import RealStep, check_slow_motion
from relusgd.pictures.films.slow_motion.slow_frames import LeavingWords, slow_motion_part
from relusgd.pictures.films.slow_motion.timing import PHASES, SlowClock
from relusgd.pictures.films.slow_motion.words import captions_of_step
from relusgd.pictures.kit.look import Look
from relusgd.pictures.moments.captions import LETTERS_A_SECOND
from relusgd.pictures.moments.script import Script
from relusgd.pictures.scenes.scene import RunGroup
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.caption import Caption
from relusgd.pictures.storeys.run_storeys import FunctionOnStems
from relusgd.pictures.storeys.words import Words

SMALL = Look(size=(480, 360))
FPS = 5.0
ROW = 4


def real_step(view, rate=0.1, draws=(3, 5, 5, 20, 41), **given):
    """A plain gradient step from a snapshot, on training points with these numbers."""
    before = view.history.network(ROW)
    chosen = list(draws)
    x, y = view.dataset.x_train[chosen], view.dataset.y_train[chosen]
    found = backprop(before.weights, before.biases, x[:, None], y[:, None])
    gradient = Network(found.weights, found.biases).parameters()
    after = Network.from_parameters(before.parameters() - rate * gradient, before.hidden)
    said = {"is_full": False, "is_noisy": False, "elbows_learn": True, **given}
    step = elbow_step(before, after, x, y, rate)
    return RealStep(step=step, number=int(view.history.step[ROW]), **said)


def one_network(network):
    """A history of one snapshot."""
    vector = network.parameters()[None]
    return History.from_parameters(np.zeros(1, int), np.zeros(1, int), vector, network.hidden, {})


def slowed(view, look=SMALL, **given):
    script = Script(np.arange(len(view)), FPS)
    return slow_motion_part(view, script, real_step(view, **given), look)


def part_of(painter, kind):
    """The part of this kind, wherever it is within others."""
    found = list(painter._parts)
    for part in found:
        found += getattr(part, "parts", ())
        found += [part._part] if hasattr(part, "_part") else []
    return next(part for part in found if isinstance(part, kind))


FILMS = {
    "usual": ({}, SMALL),
    "dark with a title": ({}, replace(SMALL, theme="dark", title="A title")),
    "two hidden layers": ({"hidden": (5, 4)}, SMALL),
    "one unit": ({"hidden": (1,)}, SMALL),
    "a wide layer": ({"hidden": (300,)}, SMALL),
    "the function alone": ({}, replace(SMALL, show=frozenset())),
}


@pytest.mark.parametrize("film", FILMS.values(), ids=FILMS.keys())
def test_every_frame_is_the_full_draw_pixel_by_pixel(make_history, dataset, film):
    given, look = film
    part = slowed(View(make_history(**given), dataset), look)
    for frame in part.indices[:: len(part.indices) // 7]:
        painted, full = part.painter.frame(frame), part.painter.full(frame)
        assert np.array_equal(painted, full), f"frame {frame}"


def test_the_lit_points_are_the_batch_and_residuals_end_on_the_function(make_history, standardised):
    view = View(make_history(), standardised)
    part, step = slowed(view), real_step(view).step
    batch = part_of(part.painter, LitBatch)
    scaling = standardised.scaling
    x, y = scaling.x_to_original(step.x), scaling.y_to_original(step.y)
    assert np.array_equal(batch._points.get_offsets(), np.column_stack([x, y]))
    for frame, f in ((40, step.f), (-1 % len(part.indices), step.f_after)):
        part.painter.show(frame)
        lines = np.array([path.vertices for path in batch._residuals.get_paths()])
        expected = np.stack([np.column_stack([x, y]), np.column_stack([x, f * 250 + 1000])], axis=1)
        if frame == 40:
            assert PHASES.keys() - {"announced", "batch"} >= {SlowClock.at(FPS).phase(frame)}
        assert lines == pytest.approx(expected)


def test_the_function_is_that_before_the_step_and_then_that_after_it(make_history, dataset):
    view = View(make_history(), dataset)
    part, step = slowed(view), real_step(view).step
    upper = part_of(part.painter, FunctionOnStems).upper
    for frame, network in ((0, step.before), (len(part.indices) - 1, step.after)):
        part.painter.show(frame)
        x, y = upper._curve.get_data()
        expected = View(one_network(network), dataset).curve(0)
        assert np.array_equal(x, expected.x)
        assert np.array_equal(y, expected.y)


def test_arrows_stand_over_elbows_and_end_where_they_go_times_the_factor(make_history, dataset):
    view = View(make_history(hidden=(12,)), dataset)
    part, step = slowed(view), real_step(view).step
    growing = part_of(part.painter, GrowingArrows)
    arrows = growing._arrows
    part.painter.show(len(part.indices) - 8)
    assert len(arrows.number) > 0
    assert np.array_equal(arrows.start, step.before.elbow[arrows.number])
    move = (step.after.elbow - step.before.elbow)[arrows.number]
    assert arrows.stop == pytest.approx(arrows.start + arrows.factor * move)
    for path, start, stop in zip(
        growing._strokes.get_paths(), arrows.start, growing._stop, strict=True
    ):
        if len(path.vertices) > 1:
            assert path.vertices[:2, 0] == pytest.approx([start, stop])


def test_a_change_that_can_be_seen_is_not_enlarged():
    assert enlargement(np.array([0.1, -0.2]), (0.0, 1.0)) == 1
    assert enlargement(np.array([0.0, -0.001]), (0.0, 1.0)) == 100
    assert enlargement(np.zeros(3), (0.0, 1.0)) == 1


def test_the_thin_line_goes_as_far_as_the_function_times_its_factor(make_history, dataset):
    view = View(make_history(), dataset)
    part, step = slowed(view, rate=1e-4), real_step(view, rate=1e-4).step
    change = part_of(part.painter, EnlargedChange)
    assert change.factor > 1
    part.painter.show(len(part.indices) - 8)
    x, y = change._line.get_data()
    expected = step.before(x) + change.factor * (step.after(x) - step.before(x))
    assert y == pytest.approx(expected)


def test_it_is_said_in_words_with_the_numbers_of_the_step(make_history, dataset):
    view = View(make_history(), dataset)
    real = real_step(view)
    said = captions_of_step(real, dataset, 20, 1)
    before = np.mean((real.step.f - real.step.y) ** 2)
    after = np.mean((real.step.f_after - real.step.y) ** 2)
    assert said["announced"] == f"Step {real.number + 1} in slow motion"
    assert said["batch"] == "Its batch: 4 of 60 points, 5 draws"
    assert f"error {before:.2f}"[:10] in said["residuals"]
    assert f"error on them is {after:.2f}"[:21] in said["moved"]
    assert after < before
    assert said["arrows"] == "So the elbows move (arrows ×20, rate 0.1)"
    assert said["moves"] == "The function moves"
    words = captions_of_step(replace(real, is_full=True), dataset, 1, 50)
    assert words["batch"] == "Its batch is all 60 points"
    assert words["arrows"].endswith("elbows move (rate 0.1)")
    assert words["moves"] == "The function moves (thin line ×50)"
    noisy = captions_of_step(replace(real, is_noisy=True), dataset, 1, 1)
    assert noisy["batch"] == "5 draws from 60 points, with fresh noise"
    still = captions_of_step(replace(real, elbows_learn=False), dataset, None, 1)
    assert still["arrows"] == "Only the output layer learns (rate 0.1)"


@pytest.mark.parametrize("given", [{}, {"is_full": True}, {"elbows_learn": False}], ids=str)
@pytest.mark.parametrize("is_noisy", [False, True])
@pytest.mark.parametrize("hidden", [(6,), (5, 4)])
def test_every_caption_can_be_read_while_its_phase_lasts(
    make_history, dataset, given, is_noisy, hidden
):
    """At fifteen letters a second, of a long training on many points in large units."""
    large = replace(
        dataset,
        x_train=np.tile(dataset.x_train, 1000),
        y_train=np.tile(dataset.y_train, 1000),
        scaling=replace(dataset.scaling, y_deviation=12_345.0),
    )
    view = View(make_history(hidden=hidden), dataset)
    real = replace(real_step(view, rate=0.0123), number=149_998, is_noisy=is_noisy, **given)
    for arrows, change in ((None, 1), (1, 1), (100, 100)):
        for phase, caption in captions_of_step(real, large, arrows, change).items():
            assert len(caption) / LETTERS_A_SECOND <= PHASES[phase], caption


def test_every_phase_has_its_caption_and_the_words_beside_things_go(make_history, dataset):
    view = View(make_history(snapshots=8), dataset)
    part = slowed(view, Look())
    caption = part_of(part.painter, Caption)
    said = []
    for frame in part.indices:
        part.painter.show(frame)
        said.append(caption.moving[0].get_text())
    assert len(dict.fromkeys(said)) == len(PHASES)
    words = part.painter._parts[-1]._words
    assert isinstance(words, Words)
    part.painter.show(len(part.indices) // 2)
    assert not any(text.get_visible() for text in words.moving)


def test_the_film_goes_on_after_the_step(make_history, dataset, tmp_path):
    from PIL import Image

    view = View(make_history(), dataset)
    real, path = real_step(view), tmp_path / "film.gif"
    write_film(view, path, SMALL, indices=range(8), fps=15, slow_motion=real)
    with Image.open(path) as film:
        whole = film.n_frames
    assert whole == 8 + SlowClock.at(15).count
    write_film(view, path, SMALL, indices=range(ROW + 1), fps=15, slow_motion=real)
    with Image.open(path) as film:
        assert film.n_frames == whole - (7 - ROW)


def test_what_cannot_be_slowed_down_is_refused(make_history, dataset):
    view = View(make_history(), dataset)
    with pytest.raises(InputError, match="shows a step of one run"):
        check_slow_motion(RunGroup([view, view], ["a", "b"]), SMALL)
    with pytest.raises(InputError, match="in two storeys, not in panels"):
        check_slow_motion(view, replace(SMALL, layout="panels"))


def shows_words(painter, frame, kind=Words):
    painter.show(frame)
    return any(text.get_visible() for text in part_of(painter, kind).moving)


def test_words_that_went_in_slow_motion_do_not_come_back(make_history, dataset):
    view = View(make_history(snapshots=40), dataset)
    slow = slowed(view).painter
    last = SlowClock.at(FPS).count - 1
    said_in = [shows_words(slow, frame, LeavingWords) for frame in (0, last // 2, last - 1, last)]
    assert said_in == [True, False, False, False]
    for words_until, said in ((None, True), (5, False)):
        script = Script(np.arange(40), 4.0, words_until=words_until)
        painter = Painter(view, Look(), script=script)
        assert shows_words(painter, 6) is said
