"""What the documents say is what happens: every command, every config, every snippet."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command import run
from documents import ROOT, bash, code_blocks, short_training

from relusgd.cli import app
from relusgd.config import load_config, planned_runs, shipped_configs
from relusgd.training import prepare

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def workshop(tmp_path):
    """A folder with the shipped configs, all of them short."""
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    for path in (tmp_path / "configs").glob("*.yaml"):
        text = short_training(path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_every_command_appears_in_the_readme():
    for command in app.registered_commands:
        name = command.name or command.callback.__name__
        assert f"relusgd {name}" in README, name


def test_the_readmes_examples_run_as_they_stand(workshop):
    (examples,) = [block for block in code_blocks(README, "sh") if ".venv" not in block]
    result = bash(short_training(examples), workshop)
    assert result.returncode == 0, result.stderr
    assert "outputs/sine,network.hidden=10" in result.stdout


def test_the_commands_of_the_readmes_table_of_questions_run(workshop):
    rows = re.findall(r"^\| [12][^|]*\|(.*)\|$", README, flags=re.MULTILINE)
    assert len(rows) == 7
    commands = re.findall(r"`(relusgd [^`]+)`", "".join(rows))
    needs = "relusgd train configs/notebook.yaml -q\n"
    script = needs + "\n".join(commands).replace("course.yaml", "course.yaml --repeat 1")
    result = bash(script, workshop)
    assert result.returncode == 0, result.stderr
    assert (workshop / "step.gif").stat().st_size > 1000


def test_the_commands_of_the_tour_run_from_top_to_bottom(workshop):
    tour = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
    script = "".join(code_blocks(tour, "sh")).replace(
        "relusgd train sine.yaml  ",
        "sed -i 's/epochs: [0-9]*/epochs: 300/' sine.yaml; relusgd train sine.yaml  ",
    )
    result = bash(script, workshop)
    assert result.returncode == 0, result.stderr
    for file in (
        "outputs/sine/animation.gif",
        "outputs/sine/plot.png",
        "outputs/sine/view.html",
        "sgd-and-ridge.html",
        "elbows.csv",
        "ten.mp4",
        "outputs/nile/animation.gif",
        "outputs/co2/plot.png",
    ):
        assert (workshop / file).stat().st_size > 1000, file


def test_the_main_command_runs_once_it_is_installed(workshop):
    (command,) = code_blocks(README.partition("<!-- the main command -->")[2], "sh")[:1]
    installed = command[command.index(".venv/bin/relusgd") :].replace(".venv/bin/", "")
    result = bash(installed, workshop)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["outputs/notebook", "outputs/notebook/animation.gif"]


def test_the_python_snippet_runs(workshop):
    (snippet,) = code_blocks(README, "python")
    short = snippet.replace('"training.epochs": 1000', '"training.epochs": 100')
    result = subprocess.run(
        [sys.executable, "-c", short], cwd=workshop, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr


def test_the_examples_of_the_python_page_run_from_top_to_bottom(workshop):
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    script = "".join(code_blocks(page, "python"))
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=workshop, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    fault = "config: network.hiden is not a known key; did you mean hidden?"
    assert result.stdout.endswith(f"{fault}\n")
    for file in re.findall(r"→ (outputs/\S+)", script):
        assert (workshop / file).exists(), file
    shown = repr(load_config({"seed": 3, "network": {"hidden": [20, 20]}}))
    assert "".join(f"# {line}\n" for line in shown.splitlines()) in script


def test_the_commands_and_snippets_of_the_page_on_ways_of_training_run(workshop):
    """With few steps and seeds: 270 trainings of 30,000 steps are no test."""
    for path in (workshop / "configs").glob("*.yaml"):
        text = re.sub(r"(?<!_)steps: \d+", "steps: 60", path.read_text(encoding="utf-8"))
        path.write_text(re.sub(r"repeat: \d+", "repeat: 2", text), encoding="utf-8")
    page = (ROOT / "docs" / "ways.md").read_text(encoding="utf-8")
    result = bash("".join(code_blocks(page, "sh")), workshop)
    assert result.returncode == 0, result.stderr
    for picture in re.findall(r"--out (\S+)", page):
        assert (workshop / picture).stat().st_size > 1000, picture
    script = "".join(code_blocks(page, "python"))
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=workshop, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.splitlines()) == 3 + 4 + 3


TESTED_ELSEWHERE = ("verify", "weight_decay", "interpolators", "starts", "optimizers")


def test_the_commands_of_the_page_on_the_questions_of_a_course_run(workshop, monkeypatch):
    """With few epochs and seeds."""
    for path in (workshop / "configs").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"repeat: \d+", "repeat: 1", text), encoding="utf-8")
    page = (ROOT / "docs" / "course.md").read_text(encoding="utf-8")
    for config in code_blocks(page, "yaml"):
        name = config.removeprefix("# ").split(":")[0].split()[0]
        (workshop / name).write_text(short_training(config), encoding="utf-8")
    script = "".join(code_blocks(page, "sh")).replace("--epoch 200", "--epoch 20")
    script = re.sub(r"epochs=\d+", "epochs=30", script).replace("--frames 40", "--frames 4")
    commands = [shlex.split(line) for line in script.splitlines()]
    monkeypatch.chdir(workshop)
    for name, *arguments in commands:
        assert name == "relusgd"
        if any(word in argument for word in TESTED_ELSEWHERE for argument in arguments):
            continue
        result = run(*arguments)
        assert result.exit_code == 0, (arguments, result.stderr)
    for picture in re.findall(r"--out (\S+\.\w+)", script):
        assert (workshop / picture).stat().st_size > 1000, picture


def test_the_commands_of_the_page_on_composed_networks_run(tmp_path):
    page = (ROOT / "docs" / "compose.md").read_text(encoding="utf-8")
    (config,) = code_blocks(page, "yaml")
    (tmp_path / "tent.yaml").write_text(config, encoding="utf-8")
    (script,) = code_blocks(page, "sh")
    result = bash(f"{script}relusgd train tents.yaml\n", tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Of at most 3 · 3 · 3 = 27 pieces, the composition has 10 pieces." in result.stdout
    assert "Rescaling changed the function" in result.stdout
    assert (tmp_path / "outputs" / "tents").is_dir()


def test_the_optimizers_of_the_shipped_sweep_begin_with_the_same_networks():
    runs = planned_runs(load_config(shipped_configs()["optimizers"], {"sweep.repeat": 1}))
    assert len(runs) == 9
    starts = {
        (run.varied["network.hidden"], prepare(run.config).initial.parameters().tobytes())
        for run in runs
    }
    assert len(starts) == 3


def test_the_readmes_config_is_a_config(tmp_path):
    (text,) = code_blocks(README, "yaml")
    (tmp_path / "sine.yaml").write_text(text, encoding="utf-8")
    assert prepare(load_config(tmp_path / "sine.yaml")).steps_per_epoch == 3


def test_the_readmes_error_message_is_the_one_that_is_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (text,) = code_blocks(README, "yaml")
    lines = text.replace("learning_rate", "learning_rat").splitlines()
    Path("sine.yaml").write_text("\n".join(lines), encoding="utf-8")
    result = bash("relusgd train sine.yaml", tmp_path)
    line = next(number for number, words in enumerate(lines, 1) if "learning_rat" in words)
    assert result.returncode == 2
    assert result.stderr.strip() in README.replace("sine.yaml:9", f"sine.yaml:{line}")


def test_a_training_that_fails_says_what_the_page_on_failing_shows(tmp_path):
    page = (ROOT / "docs" / "failing.md").read_text(encoding="utf-8")
    (config,) = code_blocks(page, "yaml")
    (tmp_path / "line.yaml").write_text(config, encoding="utf-8")
    (shown,) = code_blocks(page, "text")
    result = bash("relusgd train line.yaml", tmp_path)
    assert result.returncode == 3
    assert _without_numbers(result.stderr) == _without_numbers(shown.partition("\n")[2])


def _without_numbers(text):
    """Words in a row, whose lines may end elsewhere; a divergence has no two equal numbers."""
    words = " ".join(text.split())
    return re.sub(r"\d[\d.,]*(e-?\d+)?", "N", words)


@pytest.mark.parametrize("name", sorted(shipped_configs()))
def test_every_shipped_config_can_be_trained_and_says_in_its_first_line_what_it_shows(name):
    path = shipped_configs()[name]
    assert path.read_text(encoding="utf-8").startswith("# ")
    config = load_config(path)
    if config.sweep is None:
        assert prepare(config).steps > 0


def test_every_link_in_the_documents_has_a_target():
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_no_document_or_module_names_what_users_do_not_have():
    hosts = re.compile("pypi" + r"\.org|" + "python" + r"hosted|registry\." + "npmjs")
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.rglob("relusgd/**/*.py")]:
        assert not hosts.search(path.read_text(encoding="utf-8")), path
