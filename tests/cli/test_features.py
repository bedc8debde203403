"""features by its words: argv in; exit code, phrases and files out."""

import json

import numpy as np
import pytest
from command import run
from PIL import Image

import relusgd


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    """A run at outputs/run, and one of the output layer alone."""
    folder = tmp_path_factory.mktemp("features")
    config = {
        "data": {"samples": 30, "test_samples": 20},
        "network": {"hidden": 7},
        "training": {"epochs": 40, "batch_size": 8},
        "snapshots": {"every": 2},
    }
    relusgd.record(config, folder / "run")
    output = relusgd.load_config(config, {"training.layers": "output"})
    relusgd.record(output, folder / "output")
    return folder


@pytest.fixture(autouse=True)
def here(folder, monkeypatch):
    monkeypatch.chdir(folder)


def lines_of(result):
    assert result.exit_code == 0, result.stderr
    return result.stdout.splitlines()


def test_the_table_has_the_start_beside_the_end():
    lines = lines_of(run("features", "run", "--top", 3))
    first, last = (relusgd.load_run("run").features(epoch) for epoch in (0, 40))
    assert lines[0].split() == ["epoch", "0", "epoch", "40"]
    assert lines[2].split() == ["rank", f"{first.rank}", f"{last.rank}"]
    assert sum(line.strip()[:1] in "123" for line in lines if line.strip()) == 3
    assert max(map(len, lines[: lines.index("singular values, learned")])) <= 80
    words = "learning rate 0.02 over 160 steps: "
    counts = f"{first.learned_directions} of 22 directions learned to more than a half"
    assert any(line.startswith(words + counts) for line in lines)


def test_three_epochs_fit_into_80_columns_and_each_is_listed_once():
    lines = lines_of(run("features", "run", *["--epoch", 0, "--epoch", 20, "--epoch", 40] * 2))
    table = lines[: lines.index("", lines.index("singular values, learned"))]
    assert table[0].split() == ["epoch", "0", "epoch", "20", "epoch", "40"]
    assert max(map(len, table)) <= 80


def test_json_has_every_number():
    facts = json.loads(run("features", "run", "--json", "--top", 2).stdout)
    found = relusgd.load_run("run").features(40)
    last = facts["snapshots"][-1]
    assert [one["epoch"] for one in facts["snapshots"]] == [0, 40]
    assert last["singular_values"] == found.singular_values.tolist()
    assert last["learned"] == found.learned.tolist()
    assert [layer["rank"] for layer in last["by_layer"]] == [
        one.rank for one in found.by_layer.values()
    ]
    assert np.shape(last["principal_features"]) == (2, 30)
    assert np.allclose(last["principal_features"], found.principal(found.x, 2).T)
    assert len(facts["x"]) == 30
    assert facts["sentences"]


def test_features_that_cannot_change_are_told_so():
    lines = lines_of(run("features", "output"))
    assert "only the output layer learns, so its features stay those of the start" in lines
    assert "30 × 8" in lines[1]


@pytest.mark.parametrize("name", ["a.png", "a.svg", "a.pdf"])
def test_a_still_is_drawn_beside_the_table(name, folder):
    result = run("features", "run", "--out", name, "--theme", "dark", "--size", "600x700")
    assert lines_of(result)[0].split() == ["epoch", "0", "epoch", "40"]
    assert f"picture: {name}" in result.stderr
    assert (folder / name).stat().st_size > 10_000
    if name == "a.png":
        with Image.open(folder / name) as picture:
            assert picture.size == (600, 700)


def test_a_film_has_its_frames(folder):
    more = ["--frames", 4, "--fps", 4, "--from", 10, "--size", "480x600"]
    lines_of(run("features", "run", "--out", "a.gif", *more))
    with Image.open(folder / "a.gif") as film:
        assert (film.n_frames, film.size) == (4, (480, 600))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--epoch", 3], "no snapshot was recorded at epoch 3"),
        (["--layer", 3], "the network has no layer 3"),
        (["--out", "a.jpg"], "its name ends in .png, .svg, .pdf, .gif or .mp4"),
        (["--out", "nowhere/a.png"], "there is no folder nowhere"),
        (["--out", "b.gif", "--epoch", 2], "--epoch chooses single epochs"),
        (["--out", "b.gif", "--fps", 1000], "frames a second"),
        (["--out", "b.png", "--seconds", 2], "are those of a film, and b.png is none"),
        (["--spacing", "motion"], "are those of a film, and nothing is drawn"),
        (["--out", "b.png", *["--epoch", 0, "--epoch", 2, "--epoch", 4, "--epoch", 6] * 1,
          "--epoch", 8], "5 epochs do not fit side by side"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_and_writes_nothing(options, words, folder):
    before = sorted(folder.iterdir())
    result = run("features", "run", *options)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""
    assert sorted(folder.iterdir()) == before


def test_a_run_that_diverged_has_the_features_of_what_was_kept(folder):
    config = relusgd.load_run("run").config
    fast = relusgd.load_config(
        config.model_dump(mode="json"), {"training.learning_rate": 1e6, "snapshots.every": 1}
    )
    with pytest.raises(relusgd.DivergedError):
        relusgd.record(fast, folder / "diverged")
    lines = lines_of(run("features", "diverged"))
    assert any("the rate is so large that the error grows along" in line for line in lines)
