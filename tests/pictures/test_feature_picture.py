"""Pictures of features: what stands where, by the data of the artists."""

from itertools import pairwise

import numpy as np
import pytest
from small import small

import relusgd
from relusgd.diagnostics.features import features
from relusgd.model.network import Network
from relusgd.pictures.features.still import SIZE, feature_painter
from relusgd.pictures.features.view import (
    MOST_CURVES,
    curve_positions,
    family_rows,
    leading_unit,
)
from relusgd.pictures.kit.look import Look
from relusgd.runs.feature_picture import FeatureFilm


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return relusgd.record(small(), tmp_path_factory.mktemp("features") / "run")


@pytest.fixture(scope="module")
def deep(tmp_path_factory):
    config = small(network__hidden=[5, 4], training__epochs=3)
    return relusgd.record(config, tmp_path_factory.mktemp("features") / "deep")


def captions(rows):
    return [[family.caption for family in row] for row in rows]


def test_with_one_hidden_layer_every_kind_has_a_panel_in_deep_networks_every_layer():
    assert captions(family_rows((7,), slice(0, 22))) == [
        ["∂f/∂w of 7 slopes"],
        ["∂f/∂b of 7 hidden biases"],
        ["∂f/∂v of 7 output weights"],
    ]
    assert captions(family_rows((1,), slice(2, 4))) == [["∂f/∂v of 1 output weight"]]
    assert captions(family_rows((5, 4), slice(0, 39))) == [
        ["∂f/∂w of 5 weights of layer 1", "∂f/∂b of 5 biases of layer 1"],
        ["∂f/∂w of 20 weights of layer 2", "∂f/∂b of 4 biases of layer 2"],
        ["∂f/∂v of 4 output weights"],
    ]


def test_of_many_parameters_some_are_drawn_and_of_many_layers_some():
    (slopes,), *_ = family_rows((400,), slice(0, 1201))
    assert slopes.caption == f"∂f/∂w of {MOST_CURVES} of 400 slopes"
    assert (slopes.drawn[0], slopes.drawn[-1]) == (0, 399)
    rows = family_rows((2,) * 9, slice(0, 100))
    assert len(rows) == 4
    assert rows[0][0].caption.endswith("layer 1")
    assert rows[-1][0].kind == "output weight"


def test_curves_pass_both_sides_of_every_elbow(run):
    network = run.network()
    x = curve_positions(network, 0.0, 1.0)
    for elbow in network.elbow[(network.elbow > 0) & (network.elbow < 1)]:
        nearest = np.sort(np.abs(x - elbow))[:2]
        assert np.all(nearest < 1e-8)
    view = run.features().for_picture.view(4)
    J = relusgd.jacobian(network, view.x)
    assert np.allclose(np.concatenate(view.curves), J[:, :21].T)


def test_principal_features_fill_their_rows_and_flat_ones_are_not_drawn(tmp_path):
    run = relusgd.record(small(network__hidden=1, training__epochs=0), tmp_path / "run")
    principal = run.features().for_picture.view(10).principal
    rank = run.features().rank
    assert rank < 4
    assert np.allclose(np.abs(principal[:rank]).max(axis=1), 1)
    assert np.isnan(principal[rank:]).all()


def test_a_still_has_a_column_per_snapshot_with_labels(run):
    snapshots = [run.features(epoch).for_picture for epoch in (0, 40)]
    figure = feature_painter(snapshots, Look(size=SIZE), 5).sheet.figure
    assert len(figure.axes) == 2 * 5
    words = [text.get_text() for text in figure.texts]
    assert words.count("epoch") == 2
    assert "∂f/∂w of 7 slopes" in words
    assert "at epoch 0" in words


def test_filled_marks_are_the_directions_that_are_learned(run):
    snapshot = run.features(0)
    view = snapshot.for_picture.view(5)
    assert np.array_equal(view.is_learned, snapshot.learned[: snapshot.rank] > 0.5)
    assert list(view.spectra) == ["all", "layer 1", "output layer"]


def test_in_a_film_features_keep_their_signs(run):
    rows = list(range(0, 41, 4))
    film = FeatureFilm(run, rows, None, 6)
    network_x = run.data.x_train
    values = []
    for moment, row in enumerate(rows):
        found = run.features(step=int(run.history.step[row]))
        values.append(found.principal(network_x, 6) * film.signs[moment])
    for before, after in pairwise(values):
        assert np.all(np.sum(before * after, axis=0) >= 0)


def test_the_thick_unit_bends_f_most_among_the_points(run):
    weights = (np.array([[1.0, 5.0, 2.0]]), np.array([[1.0], [9.0], [3.0]]))
    network = Network(weights, (np.array([-0.5, -50.0, -1.0]), np.zeros(1)))
    assert leading_unit(features(network, [0.1, 0.9])) == 2
    assert leading_unit(features(network, [0.1, 0.2])) is None


def test_features_show_themselves_in_a_cell_at_any_depth(run, deep):
    assert run.features()._repr_png_()[:4] == b"\x89PNG"
    assert deep.features().figure(theme="dark").get_size_inches()[0] > 5
