"""What errors say in a shell and in Python."""

import pickle

import pytest
from command import run as command
from small import TINY, tiny

import relusgd
from relusgd.advice import Advice, advice, flag, in_shell, join, option, setting
from relusgd.errors import ConfigError, InputError


def test_an_advice_has_the_words_of_both():
    text = advice("choose {} or {} for {}", option("out"), flag("overwrite"), "sine")
    assert text == "choose out=… or overwrite=True for sine"
    assert in_shell(text) == "choose --out or --overwrite for sine"


def test_options_and_keys_are_written_so_that_they_can_be_copied():
    for text, python, shell in [
        (option("fps", 5), "fps=5", "--fps 5"),
        (option("title", "a b"), "title='a b'", "--title 'a b'"),
        (setting("seed", 3), 'relusgd.load_config(config, {"seed": 3})', "--set seed=3"),
    ]:
        assert (text, in_shell(text)) == (python, shell)


def test_a_plain_text_is_the_same_in_both():
    assert in_shell("no shell here") == "no shell here"
    assert advice("{}", "nor here") == in_shell(advice("{}", "nor here")) == "nor here"


def test_both_survive_joining_errors_and_the_way_from_another_process():
    error = ConfigError([advice("a {}", option("b")), "c"], advice("try {}", flag("d")))
    copied = pickle.loads(pickle.dumps(error))
    for one in (error, copied):
        assert one.message == "a b=…\nc"
        assert in_shell(one.message) == "a --b\nc"
        assert (one.hint, in_shell(one.hint)) == ("try d=True", "try --d")
    assert str(error) == "a b=…\nc\ntry d=True"
    assert isinstance(join("", [Advice("p", "s")]), Advice)


def test_braces_in_what_users_wrote_stay_as_they_are():
    assert advice("{} holds {}", "{x}", "{0}") == "{x} holds {0}"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusals(here):
    """Calls that fail, each with the command that fails in the same way."""
    run = relusgd.record(TINY, "place")
    (here / "mine").mkdir()
    (here / "mine" / "diary.txt").touch()
    (here / "tiny.yaml").write_text(relusgd.config.config_to_yaml(tiny(seed=1)))
    unstable = tiny(training__learning_rate=1e30)
    (here / "unstable.yaml").write_text(relusgd.config.config_to_yaml(unstable))
    return [
        (lambda: relusgd.record(tiny(seed=1), "place"), "train tiny.yaml --out place"),
        (lambda: relusgd.record(tiny(), "mine"), "train tiny.yaml --out mine"),
        (lambda: relusgd.record(tiny(), "."), "train tiny.yaml --out ."),
        (lambda: relusgd.record(unstable), "train unstable.yaml"),
        (lambda: relusgd.record(unstable), "train unstable.yaml"),
        (lambda: relusgd.load_run("nowhere"), "show nowhere"),
        (lambda: relusgd.load_run(here), "show ."),
        (lambda: relusgd.load_run("tiny.yaml"), "show tiny.yaml"),
        (lambda: relusgd.load_config("notebok.yaml"), "train notebok.yaml"),
        (lambda: relusgd.compare("mine"), "compare mine"),
        (lambda: run.plot(story=True, epoch=3), "plot place --story --epoch 3"),
    ]


def test_no_error_in_python_speaks_shell_and_none_in_a_shell_python(here):
    for call, words in refusals(here):
        with pytest.raises(relusgd.RelusgdError) as caught:
            call()
        python = str(caught.value)
        for foreign in ("--", "relusgd train", "relusgd list", "relusgd new", "command"):
            assert foreign not in python, python
        shell = command(*words.split()).stderr
        for foreign in ("=…", "=True", "relusgd.", "load_config"):
            assert foreign not in shell, shell


def test_what_python_advises_about_another_run_can_be_copied(here):
    first = relusgd.record(TINY, "place")
    config = relusgd.load_config(TINY, {"seed": 1})
    with pytest.raises(InputError) as caught:
        relusgd.record(config, "place")
    replace, keep = (line.partition(": ")[2].strip() for line in caught.value.hint.splitlines())
    kept = eval(keep)
    assert kept.folder.name == "place-2"
    assert first.config == relusgd.load_run("place").config
    assert eval(replace).config == relusgd.load_run("place").config == config


def test_what_python_advises_after_a_divergence_is_the_same_when_asked_again(here):
    config = tiny(training__learning_rate=1e30)
    hints = []
    for _ in range(2):
        with pytest.raises(relusgd.DivergedError) as caught:
            relusgd.record(config, "wild")
        hints.append((caught.value.hint, in_shell(caught.value.hint)))
    assert hints[0] == hints[1]
    python, shell = hints[0]
    assert "relusgd.load_config(config, {" in python
    assert "--set training.learning_rate=" in shell
