"""Pages as text: what is in them, how large they are, and that nothing in them can be anything but
data.
"""

import base64
import hashlib
import html
import json
import re
import zlib
from dataclasses import replace

import numpy as np
import pytest

from relusgd.advice import in_shell
from relusgd.errors import InputError
from relusgd.pictures.pages import page_data, page_moments
from relusgd.pictures.pages.iframe import in_iframe
from relusgd.pictures.pages.page import page_html
from relusgd.pictures.pages.page_data import pack
from relusgd.pictures.scenes.reference_curve import ReferenceCurve
from relusgd.pictures.scenes.scene import RunGroup
from relusgd.pictures.scenes.view import View

KILOBYTE = 1000


def told(page):
    """What a page was told, read back as a browser does."""
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1]
    )


def unpack(text):
    return np.frombuffer(base64.b64decode(text), "<f4")


def unpacked(packed):
    text = zlib.decompress(base64.b64decode(packed["text"]), -zlib.MAX_WBITS)
    assert len(text) == packed["size"]
    return text.decode()


def size(page):
    return len(page.encode()) / KILOBYTE


@pytest.fixture
def many_points(dataset):
    """As many points as the notebook has."""
    rng = np.random.default_rng(0)
    x, x_test = np.sort(rng.random(200)), np.sort(rng.random(1200))
    return replace(dataset, x_train=x, y_train=np.sin(x), x_test=x_test, y_test=np.sin(x_test))


def test_151_snapshots_of_40_units_are_less_than_300_kilobytes(make_history, many_points):
    assert (
        size(page_html(View(make_history(snapshots=151, hidden=(40,)), many_points), "a run")) < 300
    )


def test_a_run_with_every_epoch_recorded_is_300_snapshots_and_less_than_500_kilobytes(
    make_history, many_points
):
    page = page_html(
        View(make_history(snapshots=3000, hidden=(40,), every=1), many_points), "a run"
    )
    epochs = told(page)["epoch"]
    assert size(page) < 500
    assert len(epochs) == 300
    assert (epochs[0], epochs[-1]) == (0, 2999)
    assert told(page)["recorded"] == 3000


def test_arrays_are_little_endian_float32_in_c_order(make_history, dataset):
    history = make_history(hidden=(5, 4))
    (run,) = told(page_html(View(history, dataset), "a run"))["runs"]
    for text, weight in zip(run["weights"], history.weights, strict=True):
        np.testing.assert_array_equal(unpack(text), weight.astype(np.float32).ravel())
    assert (
        pack([1.0, 1e300, np.nan])
        == base64.b64encode(np.array([1, np.inf, np.nan], "<f4").tobytes()).decode()
    )


def test_what_was_left_out_shows_as_the_range_of_errors_around_each_snapshot(make_history, dataset):
    history = make_history(snapshots=50)
    page = told(page_html(View(history, dataset), "a run", frames=10))
    error, rows = page["runs"][0]["errors"]["train"], np.searchsorted(history.epoch, page["epoch"])
    low, high, column = unpack(error["low"]), unpack(error["high"]), history.metrics["train_mse"]
    np.testing.assert_array_equal(unpack(error["value"]), column[rows].astype(np.float32))
    assert low.min() == column.min().astype(np.float32)
    assert high.max() == column.max().astype(np.float32)
    nearest = np.argmin(np.abs(np.arange(50)[:, None] - rows), axis=1)
    for number in range(len(rows)):
        assert low[number] <= np.float32(column[nearest == number].max())
        assert high[number] >= np.float32(column[nearest == number].min())


def test_moments_within_an_epoch_have_fractions(make_history, dataset):
    history = make_history(snapshots=3, every=1, steps_per_epoch=5, first_steps=2)
    page = told(page_html(View(history, dataset), "a run"))
    assert page["epoch"] == page["runs"][0]["epoch"] == [0, 0.2, 0.4, 1, 2]
    assert page["runs"][0]["step"] == [0, 1, 2, 5, 10]


def test_several_runs_share_their_points_and_clock(make_history, dataset):
    short, long = make_history(snapshots=3), make_history(seed=1)
    page = told(
        page_html(RunGroup([View(short, dataset), View(long, dataset)], ["short", "long"]), "two")
    )
    assert len(page["data"]) == 1
    assert [run["title"] for run in page["runs"]] == ["short", "long"]
    assert page["epoch"] == long.epoch.tolist()
    assert page["runs"][0]["epoch"] == short.epoch.tolist()
    other = replace(dataset, noise=None)
    assert (
        len(
            told(page_html(RunGroup([View(short, dataset), View(long, other)], ["a", "b"]), "two"))[
                "data"
            ]
        )
        == 2
    )


def test_of_very_many_points_some_go_along(make_history, dataset, monkeypatch):
    monkeypatch.setattr(page_data, "MOST_POINTS", 50)
    points = told(page_html(View(make_history(), dataset), "a run"))["data"][0]["points"]["train"]
    assert points["of"] == 60
    x = unpack(points["x"])
    assert len(x) == 50
    assert (x[0], x[-1]) == (np.float32(dataset.x_train[0]), np.float32(dataset.x_train[-1]))


def test_wide_networks_give_fewer_snapshots_unless_more_are_asked_for(
    make_history, dataset, monkeypatch
):
    view = View(make_history(snapshots=40, hidden=(100,)), dataset)
    monkeypatch.setattr(page_moments, "USUAL_BYTES", page_moments.REST_BYTES + 33_500)
    notes = []
    assert len(told(page_html(view, "a run", tell=notes.append))["epoch"]) == 10
    assert notes == ["10 of 40 snapshots are on the page; frames=40 takes all"]
    assert in_shell(notes[0]) == "10 of 40 snapshots are on the page; --frames all takes all"
    assert len(told(page_html(view, "a run", frames=30))["epoch"]) == 30
    monkeypatch.setattr(page_moments, "MOST_NUMBERS", 3010)
    with pytest.raises(InputError, match="40 snapshots with 301 numbers") as refused:
        page_html(view, "a run", frames=40)
    assert refused.value.hint == "try frames=10"


@pytest.mark.parametrize("hidden", [(100, 100, 100), (1000,), (5000,), (3,)])
def test_a_page_of_any_run_stays_below_two_megabytes_unless_more_is_asked_for(
    make_history, dataset, hidden
):
    x = np.linspace(0.0, 1.0, 30_000)
    many_points = replace(dataset, x_train=x, y_train=x, x_test=x, y_test=x)
    history = make_history(snapshots=12 if len(hidden) > 1 else 100, hidden=hidden)
    runs = [View(history, many_points), View(make_history(snapshots=9), dataset)]
    for scene in (runs[0], RunGroup(runs, ["wide", "narrow"])):
        page = size(page_html(scene, "a run", intro="Look. " * 100))
        assert page < 2 * 1000
        # what fits is there
        assert page > 1700 or hidden == (3,)


def test_nothing_is_said_where_every_snapshot_goes_along(make_history, dataset):
    notes = []
    page_html(View(make_history(), dataset), "a run", tell=notes.append)
    assert notes == []


def test_a_theme_that_there_is_not_is_refused(make_history, dataset):
    with pytest.raises(InputError, match="light or dark, not 'blue'"):
        page_html(View(make_history(), dataset), "a run", theme="blue")


def test_the_policy_allows_its_scripts_and_style_by_their_digests_and_nothing_else(
    make_history, dataset
):
    page = page_html(View(make_history(), dataset), "a run")
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1])
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    loader, style = (
        re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1],
        re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1],
    )
    scripts = [loader, *(unpacked(text) for text in told(page)["packed"].values())]

    def digest(text):
        code = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        return f"'sha256-{code}'"

    assert directives == {
        "default-src": "'none'",
        "worker-src": "blob:",
        "script-src": " ".join(digest(script) for script in scripts),
        "style-src": digest(style),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_a_page_names_no_address(make_history, dataset):
    page = page_html(View(make_history(), dataset), "a run")
    assert set(re.findall(r"https?://[^\s'\"]+", page)) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize(
    "name",
    [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "a & b < c",
        "{{script}}",
        "\u2028",
        "\ud800",
    ],
)
def test_names_stay_data(name, make_history, dataset):
    page = page_html(View(make_history(), replace(dataset, x_name=name)), name)
    assert page.count("</script>") == 2
    assert told(page)["title"] == name.replace("\ud800", "?")
    assert told(page)["data"][0]["names"][0] == name
    page.encode()


def test_inside_a_notebook_it_is_one_element_with_no_rights_but_scripts(make_history, dataset):
    page = page_html(View(make_history(), dataset), "a run")
    frame = in_iframe(page, 'it\'s "a" <run>')
    assert re.fullmatch(
        r'<iframe srcdoc="[^"]*" title="it&#x27;s &quot;a&quot; &lt;run&gt;"[^>]*></iframe>', frame
    )
    assert html.unescape(re.search(r'srcdoc="([^"]*)"', frame)[1]) == page
    assert 'sandbox="allow-scripts"' in frame


def test_a_reference_that_moves_goes_along_for_every_moment(make_history, dataset):
    x = np.linspace(0, 1, 5)
    moving = ReferenceCurve("linearized", "linearised network", "l", x, lambda row: row + x, True)
    fixed = ReferenceCurve("cubic", "natural cubic spline", "c", x, lambda _: x)
    view = View(make_history(snapshots=9), dataset, [moving, fixed])
    (run,) = told(page_html(view, "a run", frames=3))["runs"]
    first, second = run["references"]
    assert (first["name"], first["moves"], second["moves"]) == ("linearized", True, False)
    np.testing.assert_array_equal(unpack(second["y"]), x.astype(np.float32))
    heights = unpack(first["y"]).reshape(3, 5)
    np.testing.assert_allclose(heights[[0, -1], 0], [0, 8])
    assert [first["colour"], second["colour"]] == [3, 2]
