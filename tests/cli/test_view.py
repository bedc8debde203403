"""The command that makes a page: where it goes, and when a browser opens."""

import json
import re
import webbrowser

import pytest
from command import run

from relusgd.cli import pictures


@pytest.fixture
def here(here):
    """With a run of more snapshots than a page has."""
    longer = (here / "small.yaml").read_text().replace("epochs: 40", "epochs: 400")
    (here / "small.yaml").write_text(longer)
    run("train", "small.yaml", "-q")
    return here


@pytest.fixture
def opened(monkeypatch):
    """The addresses that a browser was sent to."""
    addresses = []
    monkeypatch.setattr(webbrowser, "open", lambda address: addresses.append(address) or True)
    monkeypatch.setenv("DISPLAY", ":0")
    return addresses


def told(path):
    return json.loads(
        re.search(r'id="data">(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL)[1]
    )


def test_a_page_is_written_beside_the_run_and_its_name_printed(here, opened):
    result = run("view", "outputs/small")
    assert (result.exit_code, result.stdout) == (0, "outputs/small/view.html\n")
    note = "note: 300 of 401 snapshots are on the page; --frames all takes all\n"
    assert result.stderr == note
    page = told(here / "outputs/small/view.html")
    assert page["title"] == "small"
    assert len(page["epoch"]) == 300
    start = page["runs"][0]["start"]
    assert start.pop("config").startswith("seed: 0\n")
    assert [start["data"]["kind"], start["output_bias"]] == ["target", True]
    training = start["training"]
    assert [training["method"], training["batch_size"], training["layers"]] == ["sgd", 8, "all"]
    assert opened == []


def test_the_options_are_those_of_the_page(here):
    result = run(
        "view",
        "outputs/small",
        "--out",
        "page.html",
        "--frames",
        "all",
        "--title",
        "A <b>",
        "--theme",
        "dark",
    )
    assert result.stdout == "page.html\n"
    page = told(here / "page.html")
    assert (page["title"], page["theme"], len(page["epoch"])) == ("A <b>", "dark", 401)
    run("view", "outputs/small", "--out", "page.html", "--frames", "5")
    assert len(told(here / "page.html")["epoch"]) == 5


def test_several_runs_are_named_by_what_they_differ_in(here):
    run("train", "small.yaml", "--set", "training.method=ridge", "-q")
    run("train", "small.yaml", "--set", "training.layers=output", "-q")
    result = run(
        "view",
        "outputs/small",
        "outputs/small,training.method=ridge",
        "outputs/small,training.layers=output",
    )
    assert (
        result.stdout == "outputs/view,training.layers=all+output,training.method=sgd+ridge.html\n"
    )
    page = told(here / result.stdout.strip())
    assert page["title"] == "all layers · ridge · output layer only"
    assert [item["title"] for item in page["runs"]] == ["all layers", "ridge", "output layer only"]


def test_a_browser_opens_when_asked_and_in_a_terminal_with_a_screen(here, opened, monkeypatch):
    run("view", "outputs/small", "--open")
    address = (here / "outputs/small/view.html").as_uri()
    assert opened == [address]
    monkeypatch.setattr(pictures, "typed_in_terminal", lambda: True)
    run("view", "outputs/small")
    assert opened == [address] * 2
    run("view", "outputs/small", "--no-open")
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("BROWSER", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    run("view", "outputs/small")
    assert opened == [address] * 2


def test_without_a_browser_view_says_so_and_still_writes_the_page(here, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda address: False)
    result = run("view", "outputs/small", "--open")
    assert (result.exit_code, result.stdout) == (0, "outputs/small/view.html\n")
    assert "no browser was found" in result.stderr
