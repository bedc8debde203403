"""Runs as pages, from Python and in notebooks."""

import html
import re

import pytest

import relusgd
from relusgd.errors import InputError
from relusgd.runs.page import view


@pytest.fixture
def run(tmp_path):
    values = {
        "network.hidden": 5,
        "training.epochs": 20,
        "training.batch_size": "full",
        "network.output_bias": False,
    }
    return relusgd.record(relusgd.load_config({"seed": 0}, values), tmp_path / "run")


def test_a_run_is_viewed_beside_itself_or_elsewhere(run, tmp_path):
    assert run.view() == run.folder / "view.html"
    assert (
        run.view(tmp_path / "page.html", frames=3, title="a title", theme="dark")
        == tmp_path / "page.html"
    )
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<title>a title</title>" in text
    assert '"method":"sgd","batch_size":"full","warmup":0,"penalty":1e-06' in text
    assert '"standardize":false,"output_bias":false' in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.html", "run"]


def test_a_page_takes_no_other_suffix_and_leaves_what_stands_there(run, tmp_path):
    (tmp_path / "page.pdf").write_text("old")
    with pytest.raises(InputError, match="cannot be written as"):
        run.view(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_text() == "old"


def test_a_notebook_shows_the_same_page(run):
    cell = run._repr_html_()
    inner = html.unescape(re.search(r'srcdoc="([^"]*)"', cell)[1])
    assert inner == run.view().read_text(encoding="utf-8")


def test_a_damaged_run_is_shown_by_its_name_in_a_notebook(run):
    (run.folder / "metrics.csv").write_text("nonsense")
    assert relusgd.load_run(run.folder)._repr_html_() is None


def test_runs_side_by_side_go_into_their_common_folder(run, tmp_path):
    other = relusgd.record(
        relusgd.load_config({"seed": 1}, {"network.hidden": 5, "training.epochs": 20}),
        tmp_path / "other",
    )
    path = view([run, other])
    assert path.parent.resolve() == tmp_path
    assert path.name.startswith("view,")


def test_a_folder_whose_name_is_not_valid_text_can_be_viewed(run, tmp_path):
    strange = run.folder.rename(tmp_path / "caf\udce9")
    assert "<title>caf?</title>" in relusgd.load_run(strange).view(
        tmp_path / "page.html"
    ).read_text(encoding="utf-8")
