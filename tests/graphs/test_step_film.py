"""The film of one SGD step shows values, derivatives, the step, and values again."""

import numpy as np
import pytest
from PIL import Image

from relusgd.errors import InputError
from relusgd.gradients.backprop import backprop
from relusgd.graphs.network_graph import network_graph
from relusgd.graphs.step_film import Moment, SgdStep, StepPainter, film_sgd_step
from relusgd.model.network import Network, parameter_count
from relusgd.words import significant


def network(hidden=(3,)):
    return Network.from_parameters(
        np.random.default_rng(5).normal(size=parameter_count(hidden)), hidden
    )


def painter(update=None, hidden=(3,)):
    return StepPainter(network_graph(network(hidden), 0.4, 0.9).evaluate(), update or SgdStep(0.05))


def words(drawn, name):
    return "".join(text.get_text() for text in drawn.picture.values[name]), "".join(
        t.get_text() for t in drawn.picture.derivatives[name]
    )


def test_the_step_is_that_of_sgd():
    for hidden in [(3,), (9,), (4, 5)]:
        given, film = network(hidden), painter(hidden=hidden)
        gradient = backprop(given.weights, given.biases, np.array([[0.4]]), np.array([[0.9]]))
        moved = Network(
            tuple(W - 0.05 * g for W, g in zip(given.weights, gradient.weights, strict=True)),
            tuple(b - 0.05 * g for b, g in zip(given.biases, gradient.biases, strict=True)),
        )
        assert film.before.output == pytest.approx(gradient.loss, rel=1e-14)
        assert film.after.output == pytest.approx((moved(0.4) - 0.9) ** 2, rel=1e-12)


@pytest.mark.parametrize(
    ("layers", "moving"),
    [
        ("all", "b1 b2 b3 c v1 v2 v3 w1 w2 w3"),
        ("output", "c v1 v2 v3"),
        ("hidden", "b1 b2 b3 w1 w2 w3"),
    ],
)
def test_only_what_learns_moves(layers, moving):
    assert " ".join(sorted(painter(SgdStep(0.05, layers)).moved)) == moving
    assert "c" not in painter(SgdStep(0.05, output_bias=False)).moved


def test_weight_decay_is_part_of_the_step():
    plain, decayed = painter().moved["v2"], painter(SgdStep(0.05, decay=0.1)).moved["v2"]
    assert decayed == pytest.approx(plain - 0.05 * 0.1 * painter().before.values["v2"])


def test_values_appear_from_left_to_right_and_derivatives_flow_back():
    film = painter()
    film.show(Moment("forward", 1))
    assert words(film, "z1")[0]
    assert not words(film, "a1")[0]
    assert not any(words(film, name)[1] for name in film.picture.boxes)
    film.show(Moment("backward", 3))
    shown = {name for name in film.picture.boxes if words(film, name)[1]}
    assert shown == {"f", "y", "r", "loss"}
    red = [
        edge.parent
        for edge, curves in zip(film.before.edges, film.picture.backward, strict=True)
        if curves[0].get_visible()
    ]
    assert set(red) == {"f", "y", "r"}


def test_parameters_move_all_the_way_and_everything_is_computed_again():
    film = painter()
    before, after = film.before.values["v2"], film.after.values["v2"]
    for share in (0.0, 0.5, 1.0):
        film.show(Moment("step", share=share))
        assert significant(float((1 - share) * before + share * after)) in words(film, "v2")[0]
    film.show(Moment("again", 5))
    for name in film.picture.boxes:
        assert significant(float(film.after.values[name])) in words(film, name)[0]
        assert significant(float(film.before.derivative(name))) in words(film, name)[1]
    for number, label in film.picture.labels.items():
        assert label.get_text() == significant(float(film.after.edges[number].local.numbers))
    assert (
        f"{significant(film.before.output)} → {significant(film.after.output)}"
        in film.picture.caption.get_text()
    )


@pytest.mark.parametrize("hidden", [(3,), (10,), (5, 4)], ids=str)
def test_no_words_leave_their_box_in_any_picture(hidden):
    film = painter(SgdStep(0.3), hidden)
    for moment in dict.fromkeys(film._moments):
        film.show(moment)
        for name, box in film.picture.boxes.items():
            edge = box.get_window_extent()
            for text in (*film.picture.values[name], *film.picture.derivatives[name]):
                assert (
                    edge.x0 < text.get_window_extent().x0 < text.get_window_extent().x1 < edge.x1
                ), (moment, text)


@pytest.mark.parametrize("size", [None, (1440, 900), (1920, 1080)], ids=str)
def test_captions_end_in_the_picture(size):
    state = network_graph(network((2,)), 0.4, 0.9).evaluate()
    film = StepPainter(state, SgdStep(0.0123456, decay=0.000123456), size=size)
    for moment in dict.fromkeys(film._moments):
        film.show(moment)
        extent = film.picture.caption.get_window_extent()
        assert extent.x1 <= film.size[0], film.picture.caption.get_text()


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_films_are_written_whole_and_with_even_sides(suffix, tmp_path):
    path, progress = tmp_path / f"step{suffix}", []
    film_sgd_step(
        network_graph(network((2,)), 0.4, 0.9),
        path,
        SgdStep(0.05),
        progress=lambda done, of: progress.append((done, of)),
    )
    assert path.stat().st_size > 10_000
    assert [other.name for other in tmp_path.iterdir()] == [path.name]
    assert progress[-1][0] == progress[-1][1] == len(painter(hidden=(2,)))
    if suffix == ".gif":
        with Image.open(path) as film:
            assert film.n_frames == progress[-1][1]
            assert film.size == painter(hidden=(2,)).size


def test_a_step_out_of_the_finite_numbers_is_refused(tmp_path):
    with pytest.raises(InputError, match="leaves the finite numbers"), np.errstate(all="ignore"):
        film_sgd_step(network_graph(network(), 0.4, 0.9), tmp_path / "step.gif", SgdStep(1e200))
    assert list(tmp_path.iterdir()) == []
