"""Pictures, judged by their pixels and by what their artists hold."""

import gc
import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image

from relusgd.errors import InputError, RelusgdError
from relusgd.model.breakpoints import vertices
from relusgd.pictures.films.painter import Painter, save_still
from relusgd.pictures.kit.band import Band, summarise
from relusgd.pictures.kit.changing_number import draw_glyphs
from relusgd.pictures.kit.look import PARTS, THEMES, Look
from relusgd.pictures.moments.frames import choose_frames
from relusgd.pictures.panels.curve_panel import MOST_KINKS, CurvePanel
from relusgd.pictures.scenes.scene import RunGroup
from relusgd.pictures.scenes.view import TRAIL, View

SMALL = Look(size=(480, 360), layout="panels")


def curve_panel(painter):
    return next(part for part in painter._parts if isinstance(part, CurvePanel))


def pixel_of(painter, x, y):
    """Row and column of the pixel at a point of the curve panel."""
    across, up = curve_panel(painter)._axes.transData.transform((x, y))
    return painter.size[1] - 1 - int(up), int(across)


def colour_at(frame, place):
    return frame[place][:3].astype(float) / 255


FILMS = {
    "usual": ({}, SMALL),
    "dark with a title": ({}, replace(SMALL, size=(500, 380), theme="dark", title="A title")),
    "two hidden layers": ({"hidden": (5, 4)}, SMALL),
    "one unit": ({"hidden": (1,)}, SMALL),
    "more units than are drawn one by one": ({"hidden": (300,), "snapshots": 3}, SMALL),
    "one snapshot": ({"snapshots": 1}, SMALL),
    "two snapshots": ({"snapshots": 2}, SMALL),
    "more units than are drawn one by one, dark": (
        {"hidden": (300,), "snapshots": 3},
        replace(SMALL, theme="dark"),
    ),
    "a wide first layer of two": ({"hidden": (300, 3), "snapshots": 3}, SMALL),
    "more units than the line has corners": ({"hidden": (4100,), "snapshots": 3}, SMALL),
    "more snapshots than columns": ({"snapshots": 900, "every": 1}, SMALL),
    "the curve alone": ({}, replace(SMALL, show=frozenset())),
}


@pytest.mark.parametrize("film", FILMS.values(), ids=FILMS.keys())
def test_every_frame_is_the_full_draw_pixel_by_pixel(make_history, dataset, film):
    given, look = film
    history = make_history(**given)
    painter = Painter(View(history, dataset), look)
    for index in choose_frames(View(history, dataset), 8):
        assert np.array_equal(painter.frame(index), painter.full(index)), f"snapshot {index}"


def test_no_cycles_are_searched_while_a_picture_is_laid_out(make_history, dataset):
    view = View(make_history(), dataset)
    searches = []
    gc.callbacks.append(lambda phase, info: searches.append(phase))
    try:
        Painter(view, SMALL)
    finally:
        gc.callbacks.pop()
    # The one that was due when the painter was ready.
    assert len(searches) <= 2


def test_frames_do_not_depend_on_those_before(make_history, dataset):
    painter = Painter(View(make_history(), dataset), SMALL)
    first = painter.frame(2)
    painter.frame(7)
    assert np.array_equal(painter.frame(2), first)
    assert not np.array_equal(painter.frame(3), first)


def test_a_frame_has_the_size_of_the_look(make_history, dataset):
    assert Painter(View(make_history(), dataset), Look(size=(517, 401))).frame(0).shape == (
        401,
        517,
        4,
    )


@pytest.mark.parametrize("hidden", [(6,), (5, 4)])
def test_the_curve_goes_through_the_vertices_of_the_last_network(make_history, dataset, hidden):
    history = make_history(hidden=hidden)
    painter = Painter(View(history, dataset), SMALL)
    painter.frame(-1)
    x, y = vertices(history.network(-1), 0.0, 1.0)
    panel = curve_panel(painter)
    assert np.array_equal(panel._curve.get_xdata(), x)
    assert np.array_equal(panel._curve.get_ydata(), y)


@pytest.mark.parametrize("theme", THEMES)
def test_the_pixel_on_the_learned_function_has_its_colour(make_history, dataset, theme):
    history = make_history()
    painter = Painter(View(history, dataset), Look(theme=theme, show=frozenset(), layout="panels"))
    frame = painter.frame(-1)
    curve = curve_panel(painter)._view.curve(-1)
    wide = int(np.argmax(np.diff(curve.x)))
    x = (curve.x[wide] + curve.x[wide + 1]) / 2
    y = float(history.network(-1)(x))
    assert colour_at(frame, pixel_of(painter, x, y)) == pytest.approx(
        to_rgb(THEMES[theme].learned), abs=0.03
    )


def test_original_units_change_the_labels_and_not_the_picture(make_history, dataset, standardised):
    plain = replace(dataset, target=None, noise=None)
    painters = [Painter(View(make_history(), data), SMALL) for data in (plain, standardised)]
    held = []
    for painter in painters:
        painter.frame(-1)
        panel = curve_panel(painter)
        held.append(
            panel._axes.transData.transform(panel._curve.get_xydata()) - panel._axes.bbox.p0
        )
        held[-1] /= panel._axes.bbox.size
    assert held[0] == pytest.approx(held[1], abs=1e-9)


def test_the_training_domain_is_shaded_and_nothing_else_changes(make_history, dataset):
    part = replace(dataset, train_domain=(0.25, 0.5))
    plain, shaded = (Painter(View(make_history(), points), SMALL) for points in (dataset, part))
    changed = (plain.frame(-1) != shaded.frame(-1)).any(axis=2)
    columns = np.flatnonzero(changed.any(axis=0))
    _, first = pixel_of(shaded, 0.25, 0)
    _, last = pixel_of(shaded, 0.5, 0)
    assert columns[0] == pytest.approx(first, abs=1)
    assert columns[-1] == pytest.approx(last, abs=1)
    assert changed[:, first + 3 : last - 3].any(axis=0).all()


def test_parts_that_are_not_shown_are_not_drawn(make_history, dataset):
    everything = len(Painter(View(make_history(), dataset), SMALL).sheet.figure.axes)
    assert everything == 3
    for part, axes in (("units", 3), ("loss", 2), ("active", 2)):
        look = replace(SMALL, show=frozenset(PARTS) - {part})
        painter = Painter(View(make_history(), dataset), look)
        assert len(painter.sheet.figure.axes) == axes
        assert (not curve_panel(painter).shows_units) == (part == "units")


@pytest.mark.parametrize(
    "title",
    [
        "$x^2$ and $",
        "two\nlines",
        "long " * 100,
        "no glyph: 漢字 \U0001f9ff",
        "\\frac{",
        "",
        "   ",
        "\x00\x1b[0m",
    ],
)
def test_no_title_breaks_the_picture(make_history, dataset, title, tmp_path):
    look = replace(SMALL, title=title)
    assert Painter(View(make_history(2), dataset), look).frame(0).any()
    save_still(View(make_history(2), dataset), 0, tmp_path / "still.svg", look)


SIZES = [(480, 360), (640, 448), (1000, 700), (1920, 1080), (600, 1200)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("scale", [1e-7, 1.0, 12_345.0, 1e12])
def test_words_never_overlap_nor_leave_the_picture(overlapping, make_history, dataset, size, scale):
    scaling = replace(
        dataset.scaling, y_mean=scale, y_deviation=scale, x_mean=1900.0, x_deviation=100.0
    )
    data = replace(
        dataset,
        scaling=scaling,
        domain=(1900.0, 2000.0),
        target=None,
        y_name="a rather long name of a column",
        x_name="year " * 20,
    )
    history = make_history(snapshots=30, every=1000)
    assert (
        list(
            overlapping(Painter(View(history, data), Look(size=size, title="A title"), still=True))
        )
        == []
    )


def test_without_test_points_only_the_training_error_is_drawn(make_history, dataset):
    history = make_history()
    metrics = {**history.metrics, "test_mse": np.full(len(history), np.nan)}
    painter = Painter(
        View(
            replace(history, metrics=metrics),
            replace(dataset, x_test=np.empty(0), y_test=np.empty(0)),
        ),
        SMALL,
        still=True,
    )
    words = " ".join(text.get_text() for text in painter.sheet.figure.findobj(Text))
    assert "train" in words
    assert "test" not in words


def test_the_header_says_epoch_step_and_errors_of_the_snapshot(make_history, dataset):
    history = make_history(every=400)
    painter = Painter(View(history, dataset), Look(layout="panels"), still=True)
    painter.full(5)
    words = [text.get_text() for text in painter.sheet.figure.findobj(Text)]
    for word, number in (
        ("epoch", "2,000"),
        ("step", "4,000"),
        ("train MSE", f"{history.metrics['train_mse'][5]:#.3g}"),
        ("dead", "2"),
    ):
        assert words[words.index(word) + 1] == number


def test_a_diverged_history_is_drawn_without_a_warning(make_history, dataset):
    history = make_history(snapshots=12)
    for weights in history.weights:
        weights[-3:] *= 1e100
    history.weights[1][-1] = 1e300
    history.metrics["train_mse"][-2:] = [1e250, np.inf]
    painter = Painter(View(history, dataset), SMALL)
    assert all(np.array_equal(painter.frame(index), painter.full(index)) for index in range(12))


@pytest.mark.parametrize(
    ("shift", "words"),
    [
        (1e9, "↑ the learned function, around 1.00e9"),
        (-1e9, "↓ the learned function, around −1.00e9"),
        (np.nan, "the learned function is not finite"),
    ],
)
def test_a_function_that_is_nowhere_in_the_picture_is_pointed_at(
    make_history, dataset, shift, words
):
    history = make_history(snapshots=30)
    history.biases[-1][3] += shift
    painter = Painter(View(history, dataset), SMALL)
    said = []
    for index in (2, 3, 4):
        assert np.array_equal(painter.frame(index), painter.full(index))
        said.append(curve_panel(painter)._out_of_sight.note.get_text())
    assert said == ["", words, ""]


def leaving(make_history, snapshots=20, steps=4):
    """A history whose function leaves: by the factor −20 at each of its last snapshots."""
    history = make_history(snapshots=snapshots)
    for number in range(steps):
        history.biases[-1][snapshots - steps + number] = (-20.0) ** (number + 1)
    return history


def test_a_function_that_has_left_leaves_a_trail(make_history, dataset):
    history = leaving(make_history)
    view = View(history, dataset)
    assert (view.departure, view.trail) == (16, range(16 - TRAIL, 16))
    painter = Painter(view, SMALL)
    panel = curve_panel(painter)
    for index in (15, 16, 19, 2):
        assert np.array_equal(painter.frame(index), painter.full(index))
        assert panel._out_of_sight.trail.get_visible() == (index >= 16)
    painter.frame(-1)
    drawn = [path.vertices for path in panel._out_of_sight.trail.get_paths()]
    for line, row in zip(drawn, view.trail, strict=True):
        assert np.array_equal(line[:, 1], view.curve(row).y)
    assert "thin: at steps 120, 130, 140 and 150" in panel._out_of_sight.note.get_text()


def test_a_run_that_diverged_shows_how_it_leaves(make_history, dataset):
    history = leaving(make_history, snapshots=6, steps=5)
    history.biases[-1][1] = -2.5
    view = View(history, dataset)
    low, high = view.y_limits
    assert low < view.curve(1).y.min()
    assert high - low < 6 * np.ptp(dataset.y_train)
    assert view.departure == 2


@pytest.mark.parametrize("snapshots", [1, 3, 200])
def test_a_function_that_stays_leaves_no_trail(make_history, dataset, snapshots):
    view = View(make_history(snapshots=snapshots), dataset)
    assert view.departure == len(view)
    assert len(view.trail) == 0


@pytest.mark.parametrize("first", [0, 1, 57, 199])
def test_the_departure_is_the_first_snapshot_out_of_sight_for_good(make_history, dataset, first):
    history = make_history(snapshots=200)
    history.biases[-1][first:] = 1e6
    assert View(history, dataset).departure == first


def test_of_very_many_bends_the_strongest_are_marked_and_of_a_wide_layer_none(
    make_history, dataset
):
    for hidden, most in (((200,), MOST_KINKS), ((300,), 0)):
        painter = Painter(View(make_history(hidden=hidden, snapshots=3), dataset), SMALL)
        painter.frame(-1)
        panel = curve_panel(painter)
        marked = panel._kinks.get_offsets()
        assert len(marked) <= most
        if most:
            curve = panel._view.curve(-1)
            assert curve.x[1:-1][np.argmax(curve.kink)] in marked[:, 0]


@pytest.mark.parametrize(
    ("suffix", "head"),
    [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF"), (".PNG", b"\x89PNG")],
)
def test_a_still_has_the_format_of_its_suffix(make_history, dataset, tmp_path, suffix, head):
    path = tmp_path / f"still{suffix}"
    save_still(View(make_history(), dataset), -1, path, SMALL)
    assert path.read_bytes().startswith(head)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_png_still_has_the_size_of_the_look(make_history, dataset, tmp_path):
    save_still(View(make_history(), dataset), 3, tmp_path / "still.png", Look(size=(640, 448)))
    with Image.open(tmp_path / "still.png") as image:
        assert image.size == (640, 448)


def test_a_still_and_a_frame_differ_in_nothing_but_the_numbers_of_the_header(
    make_history, dataset, tmp_path
):
    save_still(View(make_history(), dataset), 3, tmp_path / "still.png", SMALL)
    with Image.open(tmp_path / "still.png") as image:
        still = np.asarray(image.convert("RGBA"))
    frame = Painter(View(make_history(), dataset), SMALL).frame(3)
    below = int(0.15 * SMALL.size[1])
    assert np.array_equal(still[below:], frame[below:])


def test_the_pasted_numbers_of_a_frame_stand_as_the_written_ones_of_a_still(make_history, dataset):
    history = make_history(every=123_457)
    profiles = []
    for still in (True, False):
        head = Painter(View(history, dataset), still=still).full(7)[:45, :, :3].astype(float)
        profiles.append((255 - head).sum(axis=(1, 2)))
    assert np.abs(profiles[0] - profiles[1]).max() < 0.08 * profiles[0].max()


def test_every_kink_is_marked_where_the_function_bends(make_history, dataset):
    painter = Painter(View(make_history(hidden=(20,)), dataset), SMALL)
    painter.frame(-1)
    panel = curve_panel(painter)
    curve = panel._view.curve(-1)
    bends = np.column_stack([curve.x, curve.y])[1:-1][curve.kink > 0.05 * curve.kink.max()]
    marked = panel._kinks.get_offsets()
    assert len(bends) >= 2
    assert all(np.any(np.all(marked == bend, axis=1)) for bend in bends)


def test_equal_stills_are_equal_files(make_history, dataset, tmp_path):
    for suffix in (".svg", ".pdf"):
        for name in ("one", "two"):
            save_still(View(make_history(), dataset), 3, tmp_path / f"{name}{suffix}", SMALL)
        assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()


def test_a_still_of_an_unknown_format_is_refused(make_history, dataset, tmp_path):
    with pytest.raises(InputError, match=re.escape("still.bmp")):
        save_still(View(make_history(), dataset), 0, tmp_path / "still.bmp")


def test_a_still_that_cannot_be_written_is_an_error_in_one_sentence(
    make_history, dataset, tmp_path
):
    with pytest.raises(RelusgdError, match="could not be written"):
        save_still(View(make_history(), dataset), 0, tmp_path / "nowhere" / "still.png", SMALL)


@pytest.mark.parametrize(
    "given",
    [
        {"size": (100, 100)},
        {"size": (100_000, 700)},
        {"theme": "blue"},
        {"show": frozenset({"units", "bias"})},
    ],
)
def test_a_look_that_is_none_is_refused(given):
    with pytest.raises(InputError):
        Look(**given)


def test_a_summary_of_many_snapshots_keeps_medians_and_extremes():
    x = np.arange(10_000.0)
    y = np.where(np.arange(10_000) % 2, 1.0, 3.0)
    y[5_000] = 9.0
    summary = summarise(x, y, columns=300)
    assert len(summary.x) <= 101
    assert len(summarise(x[:101], y[:101], columns=300).x) < 101
    assert np.array_equal(summarise(x[:100], y[:100], columns=300).middle, y[:100])
    assert (summary.low.min(), summary.high.max()) == (1.0, 9.0)
    assert np.count_nonzero(summary.high == 9.0) == 1
    assert set(summary.middle) <= {1.0, 3.0}


def test_a_curve_until_a_moment_goes_level_from_its_last_point():
    values = np.array([3.0, 2.0, 1.0])
    curve = Band(np.array([0.0, 1.0, 2.0]), values, values, values)
    x, y = curve.until(1.5)
    assert x.tolist() == [0.0, 1.0, 1.5]
    assert y.tolist() == [3.0, 2.0, 2.0]
    x, y = curve.until(-1.0)
    assert (x.tolist(), y.tolist()) == ([-1.0], [3.0])


@pytest.mark.parametrize("size", [(480, 360), (1000, 700), (1920, 1080), (2000, 700)], ids=str)
@pytest.mark.parametrize("several", [False, True])
def test_a_title_is_the_same_in_films_and_stills(make_history, dataset, size, several):
    scene = View(make_history(), dataset)
    if several:
        scene = RunGroup([scene, View(make_history(seed=1), dataset)], ["one", "two"])
    look = Look(size=size, title="gjpqy, (ÅQ)")
    film, still = Painter(scene, look), Painter(scene, look, still=True)
    frame, picture = film.frame(-1), still.full(-1)
    (title,) = (text for text in still.sheet.figure.texts if text.get_text() == look.title)
    extent = title.get_window_extent()
    rows = slice(size[1] - int(np.ceil(extent.y1)), size[1] - int(np.floor(extent.y0)))
    columns = slice(int(extent.x0), int(np.ceil(extent.x1)))
    assert np.array_equal(frame[rows, columns], picture[rows, columns])


def test_pasted_numbers_are_no_higher_than_their_ink():
    glyphs = draw_glyphs(20.0, "#000000", "#ffffff")
    inked = np.concatenate([picture[..., 0] for picture in glyphs.pictures.values()], axis=1) < 255
    assert inked[0].any()
    assert inked[-1].any()
    ink_of_0 = np.flatnonzero((glyphs.pictures["0"][..., 0] < 128).any(axis=1))
    assert len(inked) - glyphs.below == pytest.approx(ink_of_0[-1] + 1, abs=1)
