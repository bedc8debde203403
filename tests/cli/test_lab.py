"""The command that makes the lab: where the page goes, and what it begins with."""

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest
from command import run

from relusgd.pictures.pages.lab_page import lab_html

ROOT = Path(__file__).parents[2]


def exercise(path):
    text = path.read_text(encoding="utf-8")
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])["exercise"]


def start_of(path):
    text = exercise(path)["network"]["start"]
    return np.frombuffer(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "<f8")


def test_without_a_config_it_is_the_notebooks_network(here):
    result = run("lab")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "lab.html\n", "")
    assert (here / "lab.html").read_text(encoding="utf-8") == lab_html()


def test_the_page_in_docs_is_current_and_small():
    kept = ROOT / "docs" / "lab.html"
    assert kept.read_text(encoding="utf-8") == lab_html(), "relusgd lab --out docs/lab.html"
    assert kept.stat().st_size < 400_000


def test_a_run_goes_on_from_its_last_network_and_a_config_from_its_first(here):
    run("train", "small.yaml", "-q")
    assert run("lab", "outputs/small").stdout == "outputs/small/lab.html\n"
    assert run("lab", "small.yaml", "--out", "first.html").exit_code == 0
    from relusgd import load_run

    parameters = load_run("outputs/small").history.parameters
    np.testing.assert_array_equal(start_of(here / "outputs/small/lab.html"), parameters[-1])
    np.testing.assert_array_equal(start_of(here / "first.html"), parameters[0])
    assert exercise(here / "first.html")["training"]["batch_size"] == 8


def test_points_of_a_csv_go_along_in_original_units(here):
    (here / "d.csv").write_text("a,b\n1,5\n2,7\n3,6\n4,9\n5,8\n")
    (here / "c.yaml").write_text("data: {kind: csv, path: d.csv, test_fraction: 0.2}\n")
    assert run("lab", "c.yaml").exit_code == 0
    data = exercise(here / "lab.html")["data"]
    assert sorted(data["x"] + data["test_x"]) == [1, 2, 3, 4, 5]
    assert data["standardize"]
    assert data["names"] == ["a", "b"]


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (["--out", "lab.pdf"], "its name ends in .html"),
        (["--out", "nowhere/lab.html"], "there is no folder nowhere"),
        (["small.yaml", "--set", "network.hidden=300"], "this network has 1 layer of up to 300"),
        (["small.yaml", "--set", "data.samples=9000"], "up to 5,000 points; there are"),
        (["small.yaml", "--set", "seed=18446744073709551615"], "seeds up to 2^53"),
        (["--set", "seed=1"], "--set changes a config, and none is given"),
    ],
)
def test_what_the_lab_does_not_take_is_told(arguments, phrase, here):
    result = run("lab", *arguments)
    assert result.exit_code == 2
    assert phrase in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(here.glob("*.html"))


def test_schedule_warmup_and_method_go_along(here):
    schedule = "training.schedule={kind: cosine, minimum: 0.001}"
    options = ["--set", schedule, "--set", "training.warmup=3", "--set", "training.epochs=12"]
    assert run("lab", "small.yaml", *options).exit_code == 0
    training = exercise(here / "lab.html")["training"]
    assert training["schedule"] == {"kind": "cosine", "minimum": 0.001}
    assert [training["warmup"], training["epochs"]] == [3, 12]
    ridge = ["--set", "training.method=ridge", "--set", "training.penalty=0.01"]
    assert run("lab", "small.yaml", *ridge).exit_code == 0
    training = exercise(here / "lab.html")["training"]
    assert [training["method"], training["penalty"]] == ["ridge", 0.01]


def test_intro_and_challenges_go_along_as_text(here):
    (here / "intro.md").write_text("Look at **unit 3**.")
    (here / "mine.txt").write_text("# A\nkind: place\n\nPlace.")
    result = run("lab", "--intro", "intro.md", "--challenges", "mine.txt")
    assert result.exit_code == 0
    text = (here / "lab.html").read_text(encoding="utf-8")
    told = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
    assert told["intro"] == "Look at **unit 3**."
    assert told["challenges"].startswith("# A\n")


@pytest.mark.parametrize(
    ("content", "phrase"),
    [
        (None, "--intro intro.md cannot be read: No such file"),
        (b"a\n\xff", "--intro intro.md is no text in UTF-8 (line 2)"),
        (b"x" * 20_001, "has more than 20,000 bytes"),
    ],
)
def test_an_intro_that_cannot_be_read_is_told(content, phrase, here):
    if content is not None:
        (here / "intro.md").write_bytes(content)
    result = run("lab", "--intro", "intro.md")
    assert result.exit_code == 2
    assert phrase in result.stderr
    assert not (here / "lab.html").exists()
