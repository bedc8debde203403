"""What the shell is offered."""

import pytest
from completed import answer, offered
from typer.main import get_command
from typer.testing import CliRunner

from relusgd.cli import app
from relusgd.config import shipped_configs
from relusgd.pictures.kit.sizes import NAMED_SIZES

CONFIG = """
training: {epochs: 1}
sweep: {cases: {all: {training.layers: all}, ridge: {training.method: ridge}}}
"""


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(CONFIG)
    (tmp_path / "points.csv").write_text("x,y\n0,1\n")
    for run in ("outputs/mine", "outputs/course/seed=0", "elsewhere/sine,seed=1"):
        (tmp_path / run).mkdir(parents=True)
        (tmp_path / run / "run.json").write_text("{}")
    (tmp_path / "outputs/course/summary.csv").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("tr", ["train"]),
        ("train m", ["mine.yaml"]),
        ("train outputs/m", ["outputs/mine"]),
        ("show out", ["outputs/course/seed=0", "outputs/mine"]),
        ("show outputs/course/s", ["outputs/course/seed=0"]),
        ("show else", ["elsewhere/"]),
        ("show elsewhere/", ["elsewhere/sine,seed=1"]),
        ("show ./else", ["./elsewhere/"]),
        ("show nowhere/", []),
        ("animate outputs/mine outputs/course/", ["outputs/course/seed=0"]),
        ("compare outputs/c", ["outputs/course", "outputs/course/seed=0"]),
        ("export outputs/course", ["outputs/course", "outputs/course/seed=0"]),
        ("train mine.yaml --set training.m", ["training.method=", "training.momentum="]),
        (
            "train mine.yaml --set training.method=r",
            ["training.method=rmsprop", "training.method=ridge"],
        ),
        (
            "train mine.yaml --set training.nesterov=",
            ["training.nesterov=true", "training.nesterov=false"],
        ),
        (
            "train mine.yaml --set data.kind=",
            ["data.kind=target", "data.kind=points", "data.kind=csv"],
        ),
        (
            "train mine.yaml --set data.target=s",
            [
                "data.target=sin20x",
                "data.target=step",
                "data.target=square",
                "data.target=sawtooth",
            ],
        ),
        ("train mine.yaml --set data.path=p", ["data.path=points.csv"]),
        ("train mine.yaml --set training.batch_size=", ["training.batch_size=full"]),
        ("train mine.yaml --set training.schedule=", ["training.schedule=constant"]),
        ("train mine.yaml --set training.seed=", ["training.seed=null"]),
        ("train mine.yaml --set training.learning_rate=", []),
        ("train mine.yaml --set no.such.key=", []),
        ("train mine.yaml --case ", ["all", "ridge"]),
        ("train nowhere.yaml --case ", []),
        ("sweep mine.yaml --grid engine=", ["engine=auto", "engine=numpy", "engine=compiled"]),
        ("sweep mine.yaml --grid engine=numpy,", ["engine=numpy,auto", "engine=numpy,compiled"]),
        ("new --from not", ["notebook"]),
        ("new --from ", list(shipped_configs())),
        ("plot x --theme d", ["dark"]),
        ("plot x --theme=d", ["dark"]),
        ("plot x --size ", list(NAMED_SIZES)),
        ("compare x --size 7", ["720p"]),
        ("plot x --show units,l", ["units,loss"]),
        ("animate x --show n", ["none"]),
        ("animate x --spacing ", ["log", "linear", "motion"]),
        ("view x --frames ", ["all"]),
        ("export x --units ", ["original", "network"]),
        ("graph --function ", ["sheet-a", "sheet-b", "sheet-c", "sheet-d"]),
        ("graph --size s", ["slide", "slide-4x3", "square"]),
        ("--show-completion ", ["bash", "zsh", "fish", "powershell", "pwsh"]),
    ],
)
def test_the_shell_completes(typed, words, workplace):
    assert offered(f"relusgd {typed}") == words


def test_shipped_configs_are_offered_with_what_they_are_for(workplace):
    (line,) = answer("relusgd new --from notebook").splitlines()
    assert len(line.split("\t")[1]) > 20


def test_commands_are_offered_with_a_clause_that_is_whole(workplace):
    lines = answer("relusgd ").splitlines()
    purposes = dict(line.split("\t") for line in lines)
    assert purposes["animate"] == "Film the learned function, its units and elbows"
    assert not [text for text in purposes.values() if "..." in text or len(text) > 90]


def test_data_files_are_offered_for_new(workplace):
    (workplace / "mine.csv").write_text("x,y\n1,2\n")
    assert offered("relusgd new --data mi") == ["mine.csv"]


ANYTHING = {
    *("FILE", "FILE.md", "DIR", "TEXT", "NAME", "NODE", "ADDRESS|FILE"),
    *("N", "K", "N,D", "K/N", "S", "EPS", "EPOCH", "STEP", "X,…", "V,…", "LOW,HIGH"),
    *("X,Y", "J", "η", "UNIT=FACTOR"),
}
"""What options take of which there is no list."""


def test_every_option_that_has_choices_offers_them(workplace):
    silent = []
    for name, command in get_command(app).commands.items():
        for option in command.params:
            takes_value = option.param_type_name == "option" and not option.is_flag
            if not takes_value or option.metavar in ANYTHING:
                continue
            if not offered(f"relusgd {name} {option.opts[0]} "):
                silent.append((name, option.opts[0], option.metavar))
    assert silent == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_the_script_of_a_shell_is_that_of_the_shell_named(shell):
    shown = CliRunner().invoke(app, ["--show-completion", shell], prog_name="relusgd")
    assert shown.exit_code == 0
    sign = {
        "bash": "complete -o default -F",
        "zsh": "#compdef relusgd",
        "fish": "complete --command relusgd",
        "powershell": "Register-ArgumentCompleter",
    }
    assert [name for name in sign if sign[name] in shown.stdout] == [shell]
    assert (
        CliRunner().invoke(app, [f"--show-completion={shell}"], prog_name="relusgd").stdout
        == shown.stdout
    )


def test_the_script_of_an_unknown_shell_is_refused_with_those_there_are():
    refused = CliRunner().invoke(app, ["--show-completion", "tcsh"], prog_name="relusgd")
    assert refused.exit_code == 2
    assert "'tcsh' is not one of 'bash', 'zsh'" in " ".join(refused.stderr.split())


def test_a_script_is_installed_where_its_shell_looks(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    for shell, file in {
        "bash": ".bash_completions/relusgd.sh",
        "zsh": ".zfunc/_relusgd",
        "fish": ".config/fish/completions/relusgd.fish",
    }.items():
        ended = CliRunner().invoke(app, ["--install-completion", shell], prog_name="relusgd")
        assert (ended.exit_code, ended.stdout) == (0, "")
        assert f"# Completion of relusgd in {shell}" in (tmp_path / file).read_text()


def test_a_home_that_takes_no_file_is_a_sentence(monkeypatch):
    monkeypatch.setenv("HOME", "/dev/null")
    ended = CliRunner().invoke(app, ["--install-completion", "bash"], prog_name="relusgd")
    assert ended.exit_code == 2
    assert "relusgd --show-completion bash prints it" in ended.stderr
