"""The command explain: sentences, commands to try, JSON, and what it refuses."""

import html
import json
import shlex

import pytest
from command import run as command
from failing_runs import FAILING

from relusgd import explain, load_config, record

LEFT = FAILING["elbows left of the data"][0] | {"engine": "numpy"}


@pytest.fixture(scope="module")
def left(tmp_path_factory):
    """A run whose elbows all lie left of the points."""
    return record(LEFT, out=tmp_path_factory.mktemp("runs") / "left")


def test_a_cause_has_its_numbers_and_a_command_that_was_tried(left):
    result = command("explain", str(left.folder))
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert text.startswith("It could fit better (train MSE 0.4")
    assert "a straight line on the points, all 20 units are on at all points" in text
    assert f"try: relusgd train {left.folder} --set network.elbow_range=null" in text
    assert "(tried: train MSE" in text


def test_the_command_that_is_offered_trains(left, tmp_path):
    told = json.loads(command("explain", str(left.folder), "--json").stdout)
    assert told["verdict"] == "could fit better"
    first = told["causes"][0]
    assert first["name"] == "collapsed"
    assert first["helped"] is True
    words = shlex.split(first["command"])[1:]
    words[words.index("--out") + 1] = str(tmp_path / "better")
    assert command(*words).exit_code == 0
    better = explain(tmp_path / "better", trials=False)
    assert better.causes == () or better.causes[0].name != "collapsed"


def test_without_trials_nothing_is_tried_and_the_same_is_told_again(left):
    first, again = (command("explain", str(left.folder), "--no-trials") for _ in range(2))
    assert first.exit_code == 0
    assert "(untried)" in first.stdout
    assert "(tried:" not in first.stdout
    assert first.stdout == again.stdout


def test_of_a_config_it_is_told_what_can_be_foreseen(tmp_path):
    path = tmp_path / "hot.yaml"
    path.write_text("seed: 0\n", encoding="utf-8")
    fine = command("explain", str(path))
    assert fine.exit_code == 0
    assert "Nothing in the data and the initial network speaks against" in fine.stdout
    hot = command("explain", str(path), "--set", "training.learning_rate=5")
    text = " ".join(hot.stdout.split())
    assert text.startswith("Before the first step it can be foreseen: learning rate 5 is above 0.")
    assert f"relusgd train {path} --set training.learning_rate=0." in text
    assert "(untried)" in text


def test_a_run_is_as_it_was_trained(left):
    result = command("explain", str(left.folder), "--set", "seed=1")
    assert result.exit_code == 2
    assert "--set changes a config" in result.stderr


def test_python_has_the_same_in_its_own_words(left):
    explanation = left.explain(trials=False)
    assert explanation.causes[0].name == "collapsed"
    assert "relusgd.load_config(config, {" in str(explanation)
    assert "(untried)" in str(explanation)
    assert explanation._repr_html_().count("<div>") == len(str(explanation).splitlines())
    assert explain(left.folder, trials=False).sentence == explanation.sentence
    assert explain(load_config(LEFT)).verdict == "planned"


def test_the_sentence_stands_where_a_run_is_shown(left):
    sentence = left.explain(trials=False).sentence
    shown = " ".join(command("show", str(left.folder)).stdout.split())
    assert sentence in shown
    line = f'<p id="explanation" title="{html.escape(sentence)}">{html.escape(sentence)}</p>'
    assert line in left.view().read_text(encoding="utf-8")


def test_a_run_of_no_steps_is_told_so(tmp_path):
    run = record({**LEFT, "training": {"epochs": 0}}, out=tmp_path / "none")
    explanation = run.explain()
    assert explanation.causes[0].name == "no_steps"
    assert "no step was taken" in explanation.sentence
