"""Lines as Hydra, argparse and other tools want them: the error shows the line to type here."""

import shlex

import pytest
from command import run

TRAIN = [
    ("seed=1", "--set seed=1"),
    ("training.learning_rate=0.1 +seed=2", "--set training.learning_rate=0.1 --set seed=2"),
    ("--training.learning_rate 0.1", "--set training.learning_rate=0.1"),
    ("--training.learning_rate=0.1", "--set training.learning_rate=0.1"),
    ("--lr 0.1", "--set training.learning_rate=0.1"),
    ("--learning-rate=0.1", "--set training.learning_rate=0.1"),
    ("--learning_rat 0.1", "--set training.learning_rate=0.1"),
    ("-s seed=3", "--set seed=3"),
    ("--seed 3 --epochs 10", "--set seed=3 --set training.epochs=10"),
    ("--hidden [10,20]", "--set 'network.hidden=[10,20]'"),
    ("--nesterov --momentum 0.9", "--set training.nesterov=true --set training.momentum=0.9"),
    ("--no-antisymmetric", "--set network.antisymmetric=false"),
    ("--set seed 3", "--set seed=3"),
    ("--output place", "--out place"),
    ("-o place -f", "--out place --overwrite"),
    ("--quit", "--quiet"),
]


@pytest.mark.parametrize(("typed", "meant"), TRAIN)
def test_train_shows_the_line_and_the_line_runs(typed, meant, here):
    result = run("train", "small.yaml", "--dry-run", *shlex.split(typed))
    assert (result.exit_code, result.stdout) == (2, "")
    *sentences, line = result.stderr.splitlines()
    assert sentences[0].startswith("error: ")
    assert line == f"try: relusgd train small.yaml --dry-run {meant}"
    assert run(*shlex.split(line)[2:]).exit_code == 0


@pytest.mark.parametrize(
    ("command", "typed", "meant"),
    [
        ("sweep", "-m training.learning_rate=1e-3,1e-2", "--grid training.learning_rate=1e-3,1e-2"),
        ("sweep", "--grid seed 1 2 3", "--grid seed=1,2,3"),
        ("sweep", "--seed 1..3", "--grid seed=1..3"),
        ("sweep", "--seeds 3", "--repeat 3"),
        ("sweep", "seed=0,1 training.epochs=4", "--grid seed=0,1 --set training.epochs=4"),
        ("train", "-m seed=0,1", "--grid seed=0,1"),
        ("train", "--seed 0,1", "--grid seed=0,1"),
        ("train", "--repeat 3", "--repeat 3"),
    ],
)
def test_several_values_are_led_to_sweep(command, typed, meant, here):
    result = run(command, "small.yaml", *shlex.split(typed))
    assert result.exit_code == 2
    line = result.stderr.splitlines()[-1]
    assert line == f"try: relusgd sweep small.yaml {meant}"
    assert run(*shlex.split(line)[2:], "--list").exit_code == 0


def test_a_config_given_by_an_option_stands_alone(here):
    result = run("train", "--config", "small.yaml", "--seed", "1")
    assert result.stderr.splitlines()[-1] == "try: relusgd train small.yaml --set seed=1"


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("plot x --epochs 3", "plot x --epoch 3"),
        ("plot x --titel 'a b'", "plot x --title 'a b'"),
        ("animate x --output=f.gif", "animate x --out=f.gif"),
        ("compare x --jsn", "compare x --json"),
        ("graph small.yaml --hidden 3", "graph small.yaml --set network.hidden=3"),
    ],
)
def test_every_command_knows_its_misspelt_options(typed, line, here):
    result = run(*shlex.split(typed))
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == f"try: relusgd {line}"


@pytest.mark.parametrize(
    ("typed", "phrase"),
    [
        ("train small.yaml --xyzzy", "No such option: --xyzzy │"),
        ("train small.yaml --lr", "(Possible options: --set training.learning_rate=…)"),
        ("train small.yaml foo=1", "(foo=1); a key of the config is changed with --set KEY=VALUE"),
        ("animate x --epochs 3", "No such option: --epochs │"),
    ],
)
def test_where_nobody_knows_what_was_meant_no_line_is_shown(typed, phrase, here):
    result = run(*shlex.split(typed))
    assert result.exit_code == 2
    assert "try: relusgd" not in result.stderr
    assert phrase in " ".join(result.stderr.replace("│\n│", " ").split())


def test_a_file_whose_name_has_the_sign_is_a_file(here):
    (here / "seed=1").write_text("seed: 0\n")
    assert "unexpected extra argument" in run("train", "small.yaml", "seed=1").stderr


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("--set seed=1,2,3", "--grid seed=1,2,3"),
        ("--set seed=0..3", "--grid seed=0..3"),
        ("--set seed=[1,2,3]", "--grid seed=1,2,3"),
        ("--set network.hidden=10,20", "--grid network.hidden=10,20"),
        ("--set training.method=sgd,adam", "--grid training.method=sgd,adam"),
        ("--set data.target=x,x**2", "--grid 'data.target=x,x**2'"),
        (
            "--set seed=1,2 --set training.epochs=3 --set training.momentum=0,0.9",
            "--set training.epochs=3 --grid seed=1,2 --grid training.momentum=0,0.9",
        ),
    ],
)
@pytest.mark.parametrize("command", ["train", "sweep"])
def test_several_values_of_set_are_led_to_grid(command, typed, meant, here):
    result = run(command, "small.yaml", *shlex.split(typed))
    assert (result.exit_code, result.stdout) == (2, "")
    hint = result.stderr.splitlines()[-1]
    assert hint == f"to train with each of several values:  relusgd sweep small.yaml {meant}"
    assert run(*shlex.split(hint.partition("relusgd ")[2]), "--list").exit_code == 0


def test_a_sweep_that_would_not_run_is_not_offered(here):
    result = run("train", "small.yaml", "--set", "training.learning_rate=0,02")
    assert "it could be 0.02 or several values" in result.stderr
    assert "relusgd sweep" not in result.stderr


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("help", "--help"),
        ("help train", "train --help"),
        ("version", "--version"),
        ("-V", "--version"),
        ("run small.yaml --dry-run", "train small.yaml --dry-run"),
        ("trian small.yaml --dry-run", "train small.yaml --dry-run"),
        ("Train small.yaml --dry-run", "train small.yaml --dry-run"),
        ("small.yaml --dry-run", "train small.yaml --dry-run"),
        ("table.csv", "new table.yaml --data table.csv"),
        ("outputs", "list outputs"),
        ("outputs/small", "show outputs/small"),
        ("animation outputs/small --frames 2", "animate outputs/small --frames 2"),
        ("ls", "list"),
    ],
)
def test_a_command_of_another_name_is_led_to_ours(typed, meant, here):
    (here / "table.csv").write_text("x,y\n1,2\n2,3\n3,5\n4,4\n5,6\n")
    assert run("train", "small.yaml", "-q").exit_code == 0
    result = run(*shlex.split(typed))
    assert (result.exit_code, result.stdout) == (2, "")
    _, line = result.stderr.splitlines()
    assert line == f"try: relusgd {meant}"
    assert run(*shlex.split(line)[2:]).exit_code == 0


def test_a_word_that_means_nothing_gets_no_advice():
    result = run("quux", "small.yaml")
    assert result.exit_code == 2
    assert "No such command 'quux'" in result.stderr
    assert "Possible options" not in run("train", "small.yaml", "-v").stderr
