"""The picture of one run in two storeys."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.text import Text

from relusgd.errors import InputError
from relusgd.pictures.films.painter import Painter, save_still, still_figure
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.plain_matplotlib import plain_style
from relusgd.pictures.kit.sheet import Sheet, SheetScale
from relusgd.pictures.kit.text_fit import text_width
from relusgd.pictures.moments.script import Script
from relusgd.pictures.scenes.reference_curve import ReferenceCurve
from relusgd.pictures.scenes.scales import Scales
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.caption import Caption
from relusgd.pictures.storeys.empty_storey import NO_ELBOWS
from relusgd.pictures.storeys.error_corner import ErrorCorner
from relusgd.pictures.storeys.layout import StoreyBoxes
from relusgd.pictures.storeys.lower import LowerStorey
from relusgd.pictures.storeys.one_run import OneRunBuilder
from relusgd.pictures.storeys.run_storeys import FunctionOnStems
from relusgd.pictures.storeys.stems import stem_widths
from relusgd.pictures.storeys.upper import BARS_SHARE
from relusgd.pictures.storeys.upper_places import UpperPlaces
from relusgd.pictures.storeys.word_writer import WordWriter
from relusgd.pictures.storeys.words import Words

SMALL = Look(size=(480, 360))

FILMS = {
    "usual": ({}, SMALL),
    "dark with a title": ({}, replace(SMALL, theme="dark", title="A title")),
    "two hidden layers": ({"hidden": (5, 4)}, SMALL),
    "one unit": ({"hidden": (1,)}, SMALL),
    "more units than are drawn one by one": ({"hidden": (300,), "snapshots": 3}, SMALL),
    "a wide first layer of two": ({"hidden": (300, 3), "snapshots": 3}, SMALL),
    "one snapshot": ({"snapshots": 1}, SMALL),
    "two snapshots": ({"snapshots": 2}, SMALL),
    "more snapshots than rows of pixels": ({"snapshots": 900, "every": 1}, SMALL),
    "the function alone": ({}, replace(SMALL, show=frozenset())),
    "without errors": ({}, replace(SMALL, show=frozenset({"units"}))),
}


def part_of(painter, kind):
    return next(part for part in painter._parts if isinstance(part, kind))


@pytest.mark.parametrize("film", FILMS.values(), ids=FILMS.keys())
def test_every_frame_is_the_full_draw_pixel_by_pixel(make_history, dataset, film):
    given, look = film
    view = View(make_history(**given), dataset)
    painter = Painter(view, look)
    for index in np.unique(np.linspace(0, len(view) - 1, 6).astype(int)):
        assert np.array_equal(painter.frame(index), painter.full(index)), f"snapshot {index}"


@pytest.mark.parametrize("hidden", [(6,), (5, 4), (300,)])
def test_the_paths_of_a_film_are_those_that_a_still_draws_anew(make_history, dataset, hidden):
    view = View(make_history(hidden=hidden), dataset)
    film, still = Painter(view, SMALL), Painter(view, SMALL, still=True)
    box = part_of(film, LowerStorey).box
    rows = slice(SMALL.size[1] - box.top, SMALL.size[1] - box.bottom)
    for index in (0, 3, 7):
        copied, drawn = film.frame(index), still.frame(index)
        copied, drawn = (frame[rows, box.left :].astype(int) for frame in (copied, drawn))
        # Lines that are cut elsewhere are rounded elsewhere.
        assert np.abs(copied - drawn).max() <= 2


def test_frames_do_not_depend_on_those_before(make_history, dataset):
    painter = Painter(View(make_history(), dataset), SMALL)
    first = painter.frame(2)
    painter.frame(7)
    assert np.array_equal(painter.frame(2), first)
    assert not np.array_equal(painter.frame(3), first)


def test_nothing_is_drawn_below_now(make_history, dataset):
    """Time runs down: under the heads of the paths the lower storey is empty paper."""
    view = View(make_history(snapshots=120), dataset)
    painter = Painter(view, SMALL, script=Script(np.arange(120), 30))
    lower = part_of(painter, LowerStorey)
    head, moment = 4, 50  # the words of the first seconds are gone
    frame = painter.frame(moment)
    now = SMALL.size[1] - lower.box.top + int(lower.rows[moment]) + head
    below = frame[now : SMALL.size[1] - lower.box.bottom, lower.box.left : lower.box.right]
    assert len(below) > 8
    assert (below == 255).all()


def test_every_stem_stands_under_its_breakpoint_and_ends_at_now(make_history, dataset):
    view = View(make_history(), dataset)
    painter = Painter(view, SMALL)
    painter.show(5)
    part = part_of(painter, FunctionOnStems)
    rings = part.upper._rings.get_offsets()
    curve = view.curve(5)
    assert len(rings) > 0
    assert np.isin(rings[:, 0], curve.x[1:-1]).all()
    lines = np.array([path.vertices for path in part.stems._stems.get_paths()])
    hairlines, stems = np.split(lines, 2)
    assert np.array_equal(stems[:, 0, 0], rings[:, 0])
    assert np.array_equal(hairlines[:, 1], stems[:, 0])
    heads = part.stems._heads.get_offsets()
    assert np.array_equal(heads[:, 0], rings[:, 0])


def test_the_errors_stand_where_no_point_and_no_function_ever_is(make_history, dataset):
    view = View(make_history(), dataset)
    painter = Painter(view, Look())
    bare = Painter(view, replace(Look(), show=frozenset({"units"})))
    with_errors, upper = part_of(painter, ErrorCorner), part_of(painter, FunctionOnStems).upper
    assert with_errors is not None
    assert all(part is not ErrorCorner for part in map(type, bare._parts))
    axes = with_errors._curves[0].curve.axes
    corner = axes.get_window_extent()
    points = np.column_stack([dataset.x_train, dataset.y_train])
    places = [upper.ground.transData.transform(points)]
    for curve in view.sampled_curves:
        x = np.linspace(0, 1, 500)
        line = np.column_stack([x, np.interp(x, curve.x, curve.y)])
        places.append(upper.ground.transData.transform(line))
    place = np.concatenate(places)
    place = place[place[:, 1] < upper.ground.bbox.y1]
    beside = (place[:, 0] < corner.x0) | (place[:, 0] > corner.x1)
    assert (beside | (place[:, 1] < corner.y0)).all()


@pytest.mark.parametrize("size", [(480, 360), (640, 360), (1000, 700), (1080, 1080), (600, 1200)])
@pytest.mark.parametrize("scale", [1e-7, 1.0, 12_345.0])
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
    view = View(make_history(snapshots=30, every=1000), data)
    painter = Painter(view, Look(size=size, title="A title"), still=True)
    assert list(overlapping(painter)) == []


def test_a_still_has_the_paths_in_every_format(make_history, dataset, tmp_path):
    for hidden in ((6,), (5, 4), (300,)):
        for suffix in (".png", ".svg", ".pdf"):
            save_still(
                View(make_history(hidden=hidden), dataset), 5, tmp_path / f"a{suffix}", SMALL
            )


def test_a_layout_that_there_is_not_is_refused():
    with pytest.raises(InputError, match="the layout is storeys or panels, not 'towers'"):
        Look.of(layout="towers")


def test_words_stand_beside_things_in_the_first_seconds_and_are_gone_then(make_history, dataset):
    view = View(make_history(snapshots=120), dataset)
    painter = Painter(view, Look(), script=Script(np.arange(120), 15))
    words = part_of(painter, Words)
    painter.show(0)
    said = {text.get_text() for text in words.moving if text.get_visible()}
    assert {"learned function", "training points", "true function"} <= said
    painter.show(119)
    assert not any(text.get_visible() for text in words.moving)
    painter.show(0)
    assert all(text.get_visible() for text in words.moving)


def test_a_function_that_is_outside_the_picture_for_a_moment_is_not_named_then(
    make_history, dataset
):
    history = make_history(snapshots=120)
    history.biases[-1][3] = 50.0
    history.biases[-1][4] = -50.0
    painter = Painter(View(history, dataset), Look(), script=Script(np.arange(120), 15))
    words = part_of(painter, Words)
    named = {}
    for index in (2, 3, 4, 5):
        painter.show(index)
        shown = [text.get_text() for text in words.moving if text.get_visible()]
        named[index] = "learned function" in shown
        assert "training points" in shown
    assert named == {2: True, 3: False, 4: False, 5: True}


def test_a_still_names_what_it_shows(make_history, dataset):
    figure = still_figure(View(make_history(snapshots=40), dataset), -1, Look())
    said = {text.get_text() for text in figure.findobj(Text) if text.get_visible()}
    assert {"learned function", "training points", "true function"} <= said


def moved_outside(history):
    """The same networks with all elbows at x = 5."""
    biases = list(history.biases)
    biases[0] = -5 * history.slope
    elbow = np.full_like(history.elbow, 5.0)
    return replace(history, elbow=elbow, biases=tuple(biases))


@pytest.mark.parametrize("hidden", [(6,), (300,)])
def test_an_empty_lower_storey_says_why(make_history, dataset, hidden):
    history = make_history(hidden=hidden, snapshots=3)
    for view, is_empty in (
        (View(history, dataset), False),
        (View(moved_outside(history), dataset), True),
    ):
        figure = still_figure(view, -1, Look())
        said = {text.get_text() for text in figure.findobj(Text)}
        assert (NO_ELBOWS in said) is is_empty
        assert ("bends up" in said) is not is_empty


def test_a_film_of_a_deep_network_names_each_layer_in_its_colour(make_history, dataset):
    view = View(make_history(hidden=(5, 4), snapshots=120), dataset)
    painter = Painter(view, Look(), script=Script(np.arange(120), 2))
    colours = {text.get_text(): text.get_color() for text in part_of(painter, Words).moving}
    assert colours["layer 1"] == painter.sheet.colours.layers[0]
    assert colours["layer 2"] == painter.sheet.colours.layers[1]


@pytest.mark.parametrize("count", range(20, 33))
def test_a_caption_is_whole_where_smaller_letters_fit(make_history, dataset, count):
    words = f"edge of stability: {'w' * count}"
    script = Script(np.arange(8), captions=[words] * 8)
    painter = Painter(View(make_history(), dataset), Look(size=(1000, 700)), script=script)
    caption = part_of(painter, Caption)
    caption.show(3)
    assert caption.moving[0].get_text() == words


def test_a_caption_stands_at_its_moments_and_one_that_is_too_long_is_cut(make_history, dataset):
    captions = ["", "elbows gather", "elbows gather", "", *[f"very {'long ' * 60}"] * 4]
    script = Script(np.arange(8), captions=captions)
    painter = Painter(View(make_history(), dataset), Look(), script=script)
    caption = part_of(painter, Caption)
    said = []
    for index in range(8):
        painter.show(index)
        said.append(caption.moving[0].get_text())
    assert said[:4] == captions[:4]
    assert said[7].endswith("…")
    assert np.array_equal(painter.frame(5), painter.full(5))


def test_the_axis_of_time_ends_where_the_film_ends_and_a_still_has_all_of_it(make_history, dataset):
    view = View(make_history(snapshots=120), dataset)
    for script, last in ((Script(np.arange(10, 51)), 50), (Script(np.array([50])), 119)):
        painter = Painter(view, SMALL, script=script)
        lower = part_of(painter, LowerStorey)
        assert lower.rows[last] == pytest.approx(lower.box.height, rel=0.02)
        labels = [text.get_text() for text in painter.sheet.figure.texts]
        beyond = [label for label in labels if label.isdigit() and int(label) > 10 * last]
        assert beyond == []


def test_a_picture_for_a_phone_held_upright_has_larger_letters():
    usual, upright = SheetScale.of((1080, 756)), SheetScale.of((1080, 1920))
    assert upright.text == pytest.approx(1.4 * usual.text)
    assert SheetScale.of((1080, 1080)).text == pytest.approx(usual.text)


def words_of_still(view, look=None):
    figure = still_figure(view, -1, look or Look())
    return {text.get_text(): text for text in figure.findobj(Text) if text.get_visible()}


@pytest.mark.parametrize("size", [(480, 360), (1000, 700), (1080, 1920)], ids=str)
@pytest.mark.parametrize("hidden", [(5, 4, 3), (8, 8, 8, 8, 8)], ids=str)
def test_a_still_of_a_deep_network_names_every_layer(make_history, dataset, hidden, size):
    said = words_of_still(View(make_history(hidden=hidden, snapshots=20), dataset), Look(size=size))
    names = ["layer 1", "layer 2", "layer 3", "layers 4 to 5"][: min(len(hidden), 4)]
    assert set(names) <= set(said)
    assert len({said[name].get_color() for name in names}) == len(names)


def test_a_film_names_both_ways_to_bend_where_a_unit_changes_its_way(make_history, dataset):
    """Its words stand beside no ring, because the ring would leave them."""
    history = make_history(snapshots=120, hidden=(1,))
    before, after = slice(None, 5), slice(5, None)
    history.weights[-1][before] = abs(history.weights[-1][before])
    history.weights[-1][after] = -abs(history.weights[-1][after])
    painter = Painter(View(history, dataset), Look(), script=Script(np.arange(120), 15))
    said = {text.get_text() for text in part_of(painter, Words).moving}
    assert {"bends up", "bends down"} <= said


def test_paths_are_as_strong_whatever_the_units_of_the_data(make_history, dataset, standardised):
    """One scale for stems and paths: a flow around a thousand makes no path thicker."""
    history = make_history(snapshots=40)
    widths = []
    for data in (replace(dataset, target=None, noise=None), standardised):
        figure = still_figure(View(history, data), -1, Look())
        lines = [one for one in figure.findobj(LineCollection) if type(one) is LineCollection]
        paths = max(lines, key=lambda one: len(one.get_segments()))
        widths.append(np.sort(paths.get_linewidths()))
    assert widths[0] == pytest.approx(widths[1])


def test_words_keep_off_the_whole_width_of_a_stem(make_history, dataset):
    history = make_history(snapshots=2, hidden=(1,))
    view = View(history, dataset)
    with plain_style:
        sheet = Sheet(Look())
        box = StoreyBoxes.of(sheet, ["0"], paths=True, y_name="y").upper
        for amount, sides in ((0.2, 0.72), (1.0, 2.0)):
            places = UpperPlaces(sheet, box, view, Scales.of([view]), 4.0)
            width = float(sheet.scale.thick * stem_widths(np.array(amount)))
            assert width == pytest.approx(2 * sides * sheet.scale.thick)
            places._enter_stem(500.0, box.top, width)
            for x in (500 - width / 2, 500 + width / 2):
                assert places.crowd(x, box.bottom + 20, 0.1, 40) > 0


def test_a_function_that_moves_far_is_named_until_it_comes_to_its_name(make_history, dataset):
    """It sweeps over the whole storey in the first seconds, and no place is free of it."""
    history = make_history(snapshots=120)
    history.weights[-1][:] *= 0.01
    history.biases[-1][:, 0] = np.linspace(-1.2, 1.2, 120)
    view = View(history, dataset)
    painter = Painter(view, Look(), script=Script(np.arange(120), 30))
    words = part_of(painter, Words)
    named = []
    for index in range(0, 120, 5):
        painter.show(index)
        shown = [text.get_text() for text in words.moving if text.get_visible()]
        named.append("learned function" in shown)
    assert named[0]
    assert not named[-1]
    assert named == sorted(named, reverse=True)
    assert words._function_comes < len(view)


def test_no_way_to_bend_is_named_that_no_unit_has(make_history, dataset):
    history = make_history(snapshots=20)
    np.abs(history.weights[-1], out=history.weights[-1])
    said = words_of_still(View(history, dataset))
    assert "bends up" in said
    assert "bends down" not in said


def test_the_name_of_a_function_goes_with_it(make_history, dataset):
    history = make_history(snapshots=40)
    history.biases[-1][5:] = 1e9
    painter = Painter(View(history, dataset), Look(), script=Script(np.arange(40), 2.0))
    words = part_of(painter, Words)
    for index, named in ((4, True), (5, False), (6, False), (0, True)):
        painter.show(index)
        said = {text.get_text() for text in words.moving if text.get_visible()}
        assert ("learned function" in said) is named
        assert "training points" in said


@pytest.mark.parametrize("size", [(480, 360), (1000, 700), (1080, 1080)], ids=str)
def test_words_keep_clear_of_the_note_on_a_function_that_has_left(
    overlapping, make_history, dataset, size
):
    for sign in (-1, 1):
        history = make_history(snapshots=20)
        history.biases[-1][5:] = sign * 1e9
        painter = Painter(View(history, dataset), Look(size=size), still=True)
        assert list(overlapping(painter)) == []


def test_bars_of_a_wide_layer_hide_no_point(make_history, dataset):
    painter = Painter(View(make_history(hidden=(300,), snapshots=3), dataset), Look())
    upper = part_of(painter, FunctionOnStems).upper
    low, high = upper.front.get_ylim()
    painter.show(0)
    tallest = max(float(bar.get_data().values.max()) for bar in upper._bars)
    assert tallest <= low + 2 * BARS_SHARE * (high - low) + 1e-9
    assert dataset.y_train.min() > low + 2 * BARS_SHARE * (high - low)


def test_in_a_film_of_few_frames_no_word_stands_on_a_path(make_history, dataset):
    """Two seconds a frame, so that the second frame has the words, too."""
    view = View(make_history(snapshots=5), dataset)
    painter = Painter(view, Look(), script=Script(np.arange(5), 0.5))
    words, lower = part_of(painter, Words), part_of(painter, LowerStorey)
    for index in range(5):
        painter.show(index)
        drawn_until = lower.box.top - lower.rows[index]
        below = [text for text in words.moving if text.get_visible() and is_in(text, lower.box)]
        tops = [box_of(text, painter).y1 for text in below]
        assert all(top < drawn_until for top in tops)


def box_of(pasted, painter):
    return pasted._text.get_window_extent(painter.sheet.canvas.get_renderer())


def is_in(pasted, box):
    _, y = pasted._text.get_position()
    return y * Look().size[1] < box.top


@pytest.mark.parametrize("size", [(480, 360), (1000, 700), (1080, 1080)], ids=str)
def test_a_still_names_both_ways_to_bend_however_crowded_it_is(make_history, dataset, size):
    generator = np.random.default_rng(0)
    x = np.sort(generator.random(3000))
    crowded = replace(dataset, x_train=x, y_train=np.sin(6 * x) + generator.standard_normal(3000))
    said = words_of_still(View(make_history(hidden=(40,), snapshots=20), crowded), Look(size=size))
    assert {"bends up", "bends down"} <= set(said)


def test_a_reference_beside_whose_line_is_no_room_is_named_at_the_foot(make_history, dataset):
    x = np.linspace(*dataset.domain, 400)
    to_and_fro = np.where(np.arange(400) % 2 == 0, -1.0, 1.0)
    crowded = ReferenceCurve("spline", "linear spline", "spline", x, lambda _: to_and_fro)
    line = ReferenceCurve("line", "least-squares line", "line", x, lambda _: 0.0 * x)
    view = View(make_history(), dataset, [crowded, line])
    painter = Painter(view, Look(size=(1000, 700)))
    words = part_of(painter, Words)
    assert line in words.unnamed
    lowest = part_of(painter, LowerStorey).box
    names = {text.get_text(): text for text in painter.sheet.figure.findobj(Text)}
    _, height = names["least-squares line"].get_position()
    assert height * painter.sheet.height < lowest.bottom


def test_a_reference_with_room_beside_its_line_is_named_there(make_history, dataset):
    x = np.linspace(*dataset.domain, 2)
    _, high = View(make_history(), dataset).function_limits
    level = ReferenceCurve("line", "least-squares line", "line", x, lambda _: 0 * x + 0.9 * high)
    painter = Painter(View(make_history(), dataset, [level]), Look(size=(1000, 700)))
    assert part_of(painter, Words).unnamed == []


def test_words_beside_one_another_do_not_read_as_one(make_history, dataset):
    """As many as there is room for, all beside the same thing."""
    view = View(make_history(), dataset)
    sheet = Sheet(Look())
    box = StoreyBoxes.of(sheet, ["0"], paths=True, y_name="y").upper
    letter = sheet.scale.text
    free = UpperPlaces(sheet, box, view, Scales.of([view]), letter)
    writer = WordWriter(sheet, box, free, letter)
    anchors = [(x, box.bottom + 0.5 * box.height) for x in np.linspace(box.left, box.right, 200)]
    placed = []
    while (place := writer.place_beside("test points", anchors)) is not None:
        placed.append(place)
    assert len(placed) > 4
    width = text_width("test points", letter)
    for one, other in combinations(placed, 2):
        on_one_line = abs(one[1] - other[1]) < letter
        assert not on_one_line or abs(one[0] - other[0]) > width + 0.8 * letter


@pytest.mark.parametrize("size", [(480, 360), (1000, 700), (3840, 2160)])
def test_the_word_of_the_noise_stays_in_the_corner(make_history, dataset, size):
    """Where the errors come down to the noise, its line is at the foot of the corner."""
    history = make_history()
    lowest = 1.2 * dataset.noise**2
    history.metrics["train_mse"][-1] = history.metrics["test_mse"][-1] = lowest
    builder = OneRunBuilder(Sheet(Look(size=size)), View(history, dataset), Script.of_all(8))
    builder.draw()
    (word,) = [text for text in builder.sheet.figure.findobj(Text) if text.get_text() == "noise"]
    box = word.get_window_extent(builder.sheet.canvas.get_renderer())
    assert box.y0 >= builder.corner.bottom - 1


@pytest.mark.parametrize("size", [(640, 448), (1000, 700), (1080, 1080)])
@pytest.mark.parametrize("seed", [4, 14, 36, 42, 55])
def test_a_name_of_points_is_nearest_to_points_of_its_kind(make_history, standardised, size, seed):
    x = np.linspace(0, 1, 40)
    y = np.random.RandomState(seed).randn(40)
    is_test = np.random.RandomState(seed + 10).rand(40) < 0.3
    data = replace(
        standardised,
        x_train=x[~is_test],
        y_train=y[~is_test],
        x_test=x[is_test],
        y_test=y[is_test],
    )
    view = View(make_history(), data)
    assert view.shows_test_points
    painter = Painter(view, Look(size=size), still=True)
    painter.full(0)
    axes = part_of(painter, FunctionOnStems).upper.front
    places = {}
    for kind, points in (("training points", ~is_test), ("test points", is_test)):
        scaling = data.scaling
        at = [scaling.x_to_original(x[points]), scaling.y_to_original(y[points])]
        places[kind] = axes.transData.transform(np.column_stack(at))
    named = [text for text in painter.sheet.figure.findobj(Text) if text.get_text() in places]
    assert named
    for text in named:
        box = text.get_window_extent()
        nearest = {kind: distances_to(box, pixels).min() for kind, pixels in places.items()}
        assert min(nearest, key=nearest.get) == text.get_text(), nearest


def distances_to(box, pixels):
    inside = np.clip(pixels, [box.x0, box.y0], [box.x1, box.y1])
    return np.hypot(*(pixels - inside).T)
