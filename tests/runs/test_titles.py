"""Runs side by side are named by what tells them apart."""

from dataclasses import replace

import pytest
from PIL import Image

import relusgd
from relusgd.errors import InputError
from relusgd.pictures.scenes.view import View
from relusgd.runs.drawn_scene import scene_of
from relusgd.runs.facts import write_facts
from relusgd.runs.film import animate
from relusgd.runs.picture import plot
from relusgd.runs.titles import (
    _title_words,
    folder_words,
    panel_titles,
    picture_place,
    value_words,
)

WAYS = {
    "all": {},
    "output": {"training.layers": "output", "training.learning_rate": 0.2},
    "ridge": {"training.method": "ridge"},
}


@pytest.fixture(scope="module")
def make_run(tmp_path_factory):
    outputs = tmp_path_factory.mktemp("outputs")

    def make(name, **keys):
        values = {
            "network.hidden": 5,
            "training.epochs": 20,
            **{key.replace("__", "."): value for key, value in keys.items()},
        }
        return relusgd.record(relusgd.load_config({"seed": 0}, values), outputs / name)

    return make


@pytest.fixture(scope="module")
def widths(make_run):
    return [make_run(f"width-{width}", network__hidden=width) for width in (3, 5)]


@pytest.fixture(scope="module")
def ways(make_run):
    return [
        make_run(name, **{key.replace(".", "__"): value for key, value in keys.items()})
        for name, keys in WAYS.items()
    ]


def test_widths_are_told_apart_by_their_widths(widths):
    assert panel_titles(widths)[0] == ["hidden 3", "hidden 5"]


def test_ways_of_training_are_told_apart_by_what_they_are(ways):
    full, short = panel_titles(ways)
    assert full == [
        "all layers, learning rate 0.02",
        "output layer only, learning rate 0.2",
        "ridge",
    ]
    assert short == ["all layers", "output layer only", "ridge"]


def test_the_other_way_of_training_is_called_sgd_when_the_only_alternative_is_ridge(ways):
    every, output, ridge = ways
    assert panel_titles([every, ridge])[1] == ["SGD", "ridge"]
    assert panel_titles([output, ridge])[1] == ["output layer only", "ridge"]
    assert panel_titles([every, output])[1] == ["all layers", "output layer only"]


def test_a_run_that_was_trained_otherwise_than_most_says_how(make_run):
    runs = [
        make_run("w3", network__hidden=3),
        make_run("w5", network__hidden=5),
        make_run("w7-adam", network__hidden=7, training__method="adam"),
        make_run("w9-ridge", network__hidden=9, training__method="ridge"),
    ]
    assert panel_titles(runs)[1] == ["hidden 3", "hidden 5", "Adam, hidden 7", "ridge, hidden 9"]


def test_titles_write_numbers_as_the_picture_does(make_run):
    given = ((2, -0.5), (2000, [-1, 2, 3, 4, 5]))
    titles, _ = panel_titles(
        [
            make_run(f"{epochs}", training__epochs=epochs, network__slopes=slopes)
            for epochs, slopes in given
        ]
    )
    assert titles == ["slopes −0.5, epochs 2", "slopes (−1, 2, 3, 4, 5), epochs 2,000"]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("seed", 30000, "30000"),
        ("data.samples", 30000, "30,000"),
        ("network.hidden", [25600, 20], "25,600×20"),
        ("training.penalty", 1e-6, "1e−6"),
        ("data.target", "1e-6*x", "1e-6*x"),
        ("network.slopes", None, "drawn"),
        ("data.train_domain", None, "none"),
    ],
)
def test_numbers_of_titles_are_for_people_and_seeds_stay_as_typed(key, value, words):
    assert _title_words(key, value) == words


def test_runs_that_differ_in_nothing_are_told_apart_by_their_folders(make_run):
    again = [make_run("one"), make_run("two")]
    assert panel_titles(again)[0] == ["one", "two"]
    assert picture_place(again, "animation", ".gif").name == "animation,one+two.gif"


def test_titles_from_folders_leave_out_what_all_of_them_share(make_run):
    names = ["sine", "sine,training.learning_rate=0.01", "sine,training.learning_rate=0.01,seed=3"]
    assert folder_words([make_run(name) for name in names]) == [
        "sine",
        *(name.removeprefix("sine,") for name in names[1:]),
    ]
    again = [
        make_run(f"long,engine={engine},training.epochs=20", engine=engine)
        for engine in ("auto", "numpy")
    ]
    assert panel_titles(again)[0] == ["engine=auto", "engine=numpy"]
    assert folder_words([make_run("a/seed=0"), make_run("b/seed=0")]) == ["a/seed=0", "b/seed=0"]


def test_the_picture_of_several_runs_stands_in_their_common_folder_named_by_what_differs(widths):
    place = picture_place(widths, "plot", ".png")
    assert place.parent.resolve() == widths[0].folder.resolve().parent
    assert place.name == "plot,network.hidden=3+5.png"


def test_a_film_of_three_ways_has_its_frames(ways, tmp_path):
    from relusgd.pictures.kit.look import Look

    path = animate(ways, tmp_path / "film.gif", frames=6, look=Look(size=(480, 360)))
    with Image.open(path) as image:
        assert image.n_frames == 6


def test_a_run_that_is_still_training_is_drawn_as_far_as_it_is(make_run, tmp_path):
    run = make_run("running")
    write_facts(
        run.folder,
        replace(run.facts, status="running", counts=replace(run.facts.counts, snapshots=1)),
    )
    table = run.folder / "metrics.csv"
    lines = table.read_text().splitlines(keepends=True)
    table.write_text("".join(lines[:8]) + lines[8][:5])
    again = relusgd.load_run(run.folder)
    assert len(scene_of([again])) == 7
    assert animate([again], tmp_path / "film.gif").exists()


def test_an_epoch_beyond_all_runs_is_refused_and_one_between_shows_what_there_is(ways, tmp_path):
    with pytest.raises(InputError, match="until epoch 21"):
        plot(ways, tmp_path / "plot.png", epoch=21)
    assert plot(ways, tmp_path / "plot.png", epoch=7).exists()


@pytest.mark.parametrize("asked", [{"epoch": 3}, {"step": 3}])
def test_a_story_cannot_be_drawn_at_one_epoch(ways, tmp_path, asked):
    with pytest.raises(InputError, match="from start to end"):
        plot([ways[0]], tmp_path / "story.png", story=True, **asked)


def test_a_single_run_is_drawn_as_a_view(ways):
    assert isinstance(scene_of(ways[:1]), View)


def test_only_widths_are_written_with_crosses():
    assert value_words([20, 20]) == "20×20"
    assert value_words([0.3, -1.5]) == "(0.3, -1.5)"
    assert _title_words("network.elbows", [0.3, -1.5]) == "(0.3, −1.5)"
    assert _title_words("network.hidden", [1000, 20]) == "1,000×20"
