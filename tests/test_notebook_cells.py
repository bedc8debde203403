"""What objects show of themselves as the last value of a notebook's cell."""

import io
import os
import pickle
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from small import SWEEP, TINY, tiny

import relusgd
from relusgd.pictures.pages.drawn_file import DrawnFile
from relusgd.pictures.pages.html_table import html_paragraph, html_table
from relusgd.sweeps.html import MOST_ROWS, sweep_html
from relusgd.sweeps.rows import Row

HOSTILE = '<script>alert("x")</script>&amp;\'"'


class Reader(HTMLParser):
    """The elements of a piece of HTML and its texts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return relusgd.record(TINY, tmp_path_factory.mktemp("cells") / "run")


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cells") / "sweep"
    return relusgd.run_sweep(SWEEP, folder, workers=1)


def test_what_is_drawn_is_a_path_and_shows_its_content(run):
    shown = {
        "plot.png": ("_repr_png_", b"\x89PNG"),
        "plot.svg": ("_repr_svg_", "<?xml"),
        "plot.pdf": ("_repr_pdf_", b"%PDF"),
    }
    for name, (method, start) in shown.items():
        path = run.plot(run.folder / name, size=(480, 360))
        assert path == Path(run.folder / name)
        assert Path(os.fspath(path)).read_bytes() == path.read_bytes()
        assert getattr(path, method)()[: len(start)] == start
        others = {"_repr_png_", "_repr_svg_", "_repr_pdf_", "_repr_html_"} - {method}
        assert [getattr(path, other)() for other in others] == [None] * 3


def test_films_and_pages_are_shown_with_everything_in_the_cell(run):
    gif = run.animate(frames=2, size=(480, 360))
    mp4 = run.animate(run.folder / "film.mp4", frames=2, size=(480, 360))
    page = run.view()
    for path, tag in ((gif, "img"), (mp4, "video"), (page, "iframe")):
        assert Reader(path._repr_html_()).tags == [tag]
        assert path._repr_png_() is None
    assert "data:image/gif;base64," in gif._repr_html_()
    assert "data:video/mp4;base64," in mp4._repr_html_()


def test_a_file_that_is_gone_or_too_large_is_shown_by_its_path(tmp_path, monkeypatch):
    gone = DrawnFile(tmp_path / "gone.png")
    assert gone._repr_png_() is None
    assert repr(gone) == f"DrawnFile('{tmp_path}/gone.png')"
    large = DrawnFile(tmp_path / "large.gif")
    large.write_bytes(b"GIF89a" + bytes(100))
    assert large._repr_html_() is not None
    monkeypatch.setattr("relusgd.pictures.pages.drawn_file.LARGEST_SHOWN", 100)
    assert large._repr_html_() is None
    assert pickle.loads(pickle.dumps(large)) == large
    assert DrawnFile(tmp_path)._repr_html_() is None


def test_the_name_of_a_film_is_escaped(run):
    path = run.animate(run.folder / '"><b>.gif', frames=2, size=(480, 360))
    assert Reader(path._repr_html_()).tags == ["img"]


def test_a_figure_is_the_picture_and_is_ones_own(run, tmp_path):
    path = run.plot(tmp_path / "plot.png", epoch=4, size=(480, 360))
    figure = run.figure(epoch=4, size=(480, 360))
    drawn, written = (
        np.asarray(Image.open(io.BytesIO(content)))
        for content in (figure._repr_png_(), path.read_bytes())
    )
    assert np.array_equal(drawn, written)
    assert len(figure.axes) == 6
    figure.axes[0].axvline(0.5, color="red")
    changed = np.asarray(Image.open(io.BytesIO(figure._repr_png_())))
    assert not np.array_equal(changed, written)
    assert np.array_equal(
        np.asarray(Image.open(io.BytesIO(run.figure(epoch=4, size=(480, 360))._repr_png_()))),
        written,
    )


def test_figures_leave_nothing_in_pyplot(run):
    from matplotlib import pyplot

    before = pyplot.get_fignums()
    run.figure()
    relusgd.figure([run, run.folder])
    assert pyplot.get_fignums() == before


def test_sizes_are_pairs_texts_or_names(run, tmp_path):
    for size in ((640, 480), [640, 480], np.array([640, 480]), "640x480"):
        with Image.open(run.plot(tmp_path / "plot.png", size=size)) as image:
            assert image.size == (640, 480)
    with Image.open(run.plot(tmp_path / "plot.png", size="slide")) as image:
        assert image.size == (1920, 1080)


@pytest.mark.parametrize(
    ("look", "words"),
    [
        ({"size": "slyde"}, "did you mean slide"),
        ({"size": (1000,)}, "(width, height) in whole pixels"),
        ({"size": (1000.5, 700)}, "(width, height) in whole pixels"),
        ({"size": None}, "(width, height) in whole pixels"),
        ({"size": (9, 9)}, "sizes go from 480x360"),
        ({"theme": "red"}, "light or dark"),
        ({"show": ["units", "legs"]}, "'legs' is not a part"),
    ],
)
def test_a_look_that_cannot_be_is_refused_in_words(run, look, words):
    for draw in (run.plot, run.animate, run.figure, lambda **look: relusgd.plot([run], **look)):
        with pytest.raises(relusgd.InputError) as caught:
            draw(**look)
        assert words in str(caught.value)
        assert "--" not in str(caught.value)


def test_several_runs_are_drawn_by_one_call(run, tmp_path):
    other = relusgd.record(tiny(network__hidden=5), run.folder.parent / "other")
    together = run.folder.parent / "plot,network.hidden=3+5.png"
    assert relusgd.plot([run, other.folder], size=(640, 480)).samefile(together)
    assert relusgd.figure([run, other]).axes
    film = relusgd.animate([run, other], tmp_path / "film.gif", frames=2, size=(640, 480))
    page = relusgd.view([str(run.folder), other], tmp_path / "page.html")
    assert film.exists()
    assert page.exists()
    assert relusgd.plot(run) == run.folder / "plot.png"
    with pytest.raises(relusgd.InputError, match="no run to draw"):
        relusgd.plot([])
    with pytest.raises(relusgd.InputError, match="nowhere"):
        relusgd.plot(["nowhere"])


def test_a_sweep_is_a_table_and_draws_itself(sweep, tmp_path):
    reader = Reader(sweep._repr_html_())
    assert reader.tags.count("tr") == 1 + len(sweep)
    for word in ("network.hidden", "case", "train MSE", "ridge", "complete"):
        assert word in reader.texts
    (sweep.folder / "summary.png").unlink()
    assert sweep.plot() == sweep.folder / "summary.png"
    assert sweep.plot(tmp_path / "mine.svg")._repr_svg_() is not None
    for place in (tmp_path / "mine.docx", tmp_path / "no" / "mine.png"):
        with pytest.raises(relusgd.InputError):
            sweep.plot(place)


def test_a_sweep_without_a_result_says_so_and_is_shown(tmp_path):
    sweep = relusgd.load_sweep(_failed_sweep(tmp_path))
    assert "diverged" in sweep._repr_html_()
    with pytest.raises(relusgd.InputError, match=r"no run of .* is complete"):
        sweep.plot()


def _failed_sweep(folder):
    values = {**TINY, "training": {**TINY["training"], "learning_rate": 1e30}}
    relusgd.run_sweep({**values, "sweep": {"repeat": 2}}, folder / "wild", workers=1)
    return folder / "wild"


def test_of_a_long_sweep_the_first_and_last_rows_are_shown():
    rows = [Row(f"run-{number}", "failed", {"seed": number}) for number in range(1000)]
    reader = Reader(sweep_html(rows))
    assert reader.tags.count("tr") == 1 + MOST_ROWS + 1
    assert "run-0" in reader.texts
    assert "run-999" in reader.texts
    assert "1,000 runs, 940 of them not shown" in reader.texts


def test_a_comparison_is_a_table_with_its_sentences(sweep):
    comparison = relusgd.compare(sweep)
    reader = Reader(comparison._repr_html_())
    assert reader.tags.count("p") == len(comparison.sentences)
    assert set(comparison.sentences) <= set(reader.texts)
    assert reader.tags.count("tr") == 1 + len(comparison.groups)
    assert reader.texts.count("●") == 1
    picture = comparison.plot(size="720p")
    assert picture.parent.samefile(sweep.folder)
    with Image.open(picture) as image:
        assert image.size == (1280, 720)


def test_texts_of_users_are_escaped(tmp_path):
    cases = {HOSTILE: {}, "b": {"training.layers": "output"}}
    sweep = relusgd.run_sweep({**TINY, "sweep": {"cases": cases}}, tmp_path / "s", workers=1)
    assert HOSTILE in Reader(sweep._repr_html_()).texts
    for shown in (sweep, relusgd.compare(sweep)):
        assert "script" not in Reader(shown._repr_html_()).tags
    assert Reader(html_table([HOSTILE], [[HOSTILE]])).texts == [HOSTILE] * 2
    assert Reader(html_paragraph(HOSTILE)).texts == [HOSTILE]
