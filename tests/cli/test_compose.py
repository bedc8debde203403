"""The command compose: pieces counted, a config written that gives the same function."""

import json

import numpy as np
import pytest
from command import run as command

import relusgd

TENT = """\
data: {kind: points, x: [0, 0.5, 1], y: [0, 1, 0]}
network: {hidden: 2, slopes: 1, elbows: [0, 0.5], output_weights: [2, -4], output_offset: 0}
training: {epochs: 0}
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    (tmp_path / "tent.yaml").write_text(TENT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_three_tents_have_eight_pieces_between_0_and_1(here):
    result = command("compose", "tent.yaml", "tent.yaml", "tent.yaml", "--out", "tents.yaml")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[4].split() == ["composed", "2,", "2,", "2", "10", "8"]
    assert "Of at most 3 · 3 · 3 = 27 pieces, the composition has 10 pieces." in result.stdout
    assert result.stderr == "config: tents.yaml\nbeside it:  relusgd.schema.json\n"
    assert command("train", "tents.yaml", "-q").exit_code == 0
    x = np.linspace(0, 1, 9)
    assert relusgd.load_run("outputs/tents").predict(x) == pytest.approx(np.arange(9) % 2)
    told = json.loads(command("compose", "outputs/tents", "tent.yaml", "--json").stdout)
    assert [network["in_domain"] for network in told["networks"]] == [8, 2, 16]
    assert told["most_pieces"] == 30


def test_a_run_in_other_units_is_composed_in_those_of_the_data(here):
    values = {
        "data": {"samples": 30, "domain": [1900, 2000], "standardize": True},
        "network": {"hidden": 5},
        "training": {"epochs": 20, "batch_size": 10},
    }
    run = relusgd.record(relusgd.load_config(values), "years")
    (here / "scale.yaml").write_text(
        "data: {kind: points, x: [0, 1], y: [0, 1]}\n"
        "network: {start: {weight_1: [1, -1], bias_1: [0, 0], weight_2: [3, -3], bias_2: [1]}, "
        "hidden: 2}\ntraining: {epochs: 0}\n"
    )
    assert command("compose", "years", "scale.yaml", "--out", "both.yaml").exit_code == 0
    assert command("train", "both.yaml", "-q").exit_code == 0
    x = np.linspace(1900, 2000, 7)
    assert relusgd.load_run("outputs/both").predict(x) == pytest.approx(3 * run.predict(x) + 1)


def test_rescaling_says_whether_the_function_stayed(here):
    result = command("compose", "tent.yaml", "--rescale", "0=10", "--rescale", "1.1=0.25")
    assert "Rescaling left the function as it was" in result.stdout
    result = command("compose", "tent.yaml", "--rescale", "0=-2")
    assert "Rescaling changed the function, by up to 2." in result.stdout
    assert "unit 0 of layer 1 is active on the other side" in result.stdout


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--rescale", "0"], "--rescale takes a unit and a factor, not '0'"),
        (["--rescale", "9=2"], "its units are 0 to 1"),
        (["--out", "tent.yaml"], "tent.yaml is there already"),
        (["--out", "no/where.yaml"], "there is no folder no"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_writes_nothing(here, options, sentence):
    result = command("compose", "tent.yaml", *options)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert (here / "tent.yaml").read_text() == TENT
