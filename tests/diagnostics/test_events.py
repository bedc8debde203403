"""Events, found in trainings whose course is known by formula.

Each test says which events there are and when: any other one is a fault, and so is one that is off
by more than 5 % of the film's clock.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from made_trainings import (
    STEPS,
    events_by_name,
    made,
    noisy_points,
    place_of,
    with_errors,
    zigzag_points,
)

from relusgd.diagnostics.events import RecordedCourse, find_events, thinned_course
from relusgd.diagnostics.events.film_clock import film_places, rows_along_film
from relusgd.diagnostics.events.places import APART, TOGETHER
from relusgd.diagnostics.events.settling import VISIBLE
from relusgd.diagnostics.events.smoothing import (
    distances_from_lines,
    legs,
    window_bounds,
    window_means,
    window_means_of_blocks,
)
from relusgd.diagnostics.events.unit_counts import bursts
from relusgd.model.given_points import points_dataset
from relusgd.model.history import History

TOLERANCE = 0.05
LAST = STEPS[-1]
FOREVER = 1e9
GENERATOR = np.random.RandomState


def ramp(begin, end, steps=STEPS):
    """0 until a step, then even in steps to 1 at another one, shape (S, 1)."""
    return np.clip((steps - begin) / (end - begin), 0, 1)[:, None]


def check(course, expected, ignored=()):
    """The course has these events and no others: name → steps of begin and end, or of begin."""
    found = events_by_name(course)
    for name in ignored:
        found.pop(name, None)
    assert set(found) == set(expected), {n: [e.sentence for e in es] for n, es in found.items()}
    for name, moments in expected.items():
        spans = moments if isinstance(moments, list) else [moments]
        assert len(found[name]) == len(spans), [event.sentence for event in found[name]]
        for event, span in zip(found[name], spans, strict=True):
            begin, end = span if isinstance(span, tuple) else (span, None)
            assert place_of(course, event.step) == pytest.approx(
                place_of(course, begin), abs=TOLERANCE
            ), event
            if end is None:
                continue
            assert place_of(course, event.end_step) == pytest.approx(
                place_of(course, end), abs=TOLERANCE
            ), event


def still(course):
    """Of such a training the function is at rest from the start: what moves is too little."""
    return check(course, {"only_jitter": 0})


# Elbows


SPREAD = np.linspace(0.05, 0.95, 12)
CENTRES = np.repeat([0.2, 0.5, 0.8], 4)
ELBOW_NEWS = ("only_jitter", "most_learned", "plateau", "catapult")
"""What the error does in made trainings of elbows is of no interest."""


def test_elbows_that_run_together_gather():
    """Twelve units run evenly into three places, from step 100 to 1,000: first neighbours come
    together, then all four of a place."""
    course = made(SPREAD + (CENTRES - SPREAD) * ramp(100, 1000))
    found = events_by_name(course)["elbows_gather"]
    assert len(found) == 1
    assert found[0].numbers == {"units": 12, "places_before": 12, "places_after": 3}
    gap = SPREAD[1] - SPREAD[0]
    neighbours_meet = 1000 - 900 * TOGETHER / gap
    all_meet = 1000 - 900 * TOGETHER / (3 * gap)
    check(course, {"elbows_gather": (neighbours_meet, all_meet)}, ELBOW_NEWS)


@pytest.mark.parametrize(("each", "who"), [(1, "12 elbows"), (12, "The elbows")])
def test_a_caption_counts_the_elbows_that_gather_where_all_are_followed(each, who):
    elbow = SPREAD + (CENTRES - SPREAD) * ramp(100, 1000)
    course = made(np.repeat(elbow, each, axis=1), slope_change=1 / each)
    (gathering,) = events_by_name(course)["elbows_gather"]
    places = "from {places_before} places into {places_after}".format(**gathering.numbers)
    assert gathering.caption == f"{who} gather {places}"


def test_elbows_that_gather_in_spite_of_noise_gather_once():
    noise = 0.004 * GENERATOR(0).randn(len(STEPS), 12)
    course = made(SPREAD + (CENTRES - SPREAD) * ramp(300, 900) + noise)
    assert len(events_by_name(course)["elbows_gather"]) == 1
    check(course, {"elbows_gather": (760, 870)}, ELBOW_NEWS)


@pytest.mark.parametrize("width", [1, 2, 3, 40, 1000])
def test_elbows_that_only_tremble_have_no_events(width):
    elbow = np.linspace(0.1, 0.9, width) + 0.01 * GENERATOR(1).randn(len(STEPS), width)
    check(made(elbow, slope_change=1 / width), {}, ELBOW_NEWS)


def test_elbows_of_units_that_grow_weak_do_not_gather():
    """Most units fade, and those that stay have not moved."""
    fading = np.where(np.arange(12) < 2, 1.0, 1 - 0.99 * ramp(100, 1000))
    check(made(SPREAD, slope_change=fading), {}, ELBOW_NEWS)


def test_a_cluster_splits_where_its_elbows_part():
    """Six units stand together until step 500, and part evenly to both sides."""
    side = np.repeat([-0.1, 0.1], 3)
    course = made(0.5 + side * ramp(500, 2500))
    together = 500 + 2000 * TOGETHER / 0.2
    apart = 500 + 2000 * APART / 0.2
    check(course, {"cluster_splits": (together, apart)}, ELBOW_NEWS)
    (event,) = events_by_name(course)["cluster_splits"]
    assert event.numbers["units"] == 6
    assert event.numbers["x"] == pytest.approx(0.5, abs=0.01)


def test_two_clusters_split_at_their_own_times():
    side = np.tile([-0.06, -0.06, 0.06, 0.06], 2)
    centre = np.repeat([0.25, 0.75], 4)
    way = np.where(np.arange(8) < 4, ramp(200, 600), ramp(3000, 5000))
    course = made(centre + side * way)
    first = 200 + 400 * TOGETHER / 0.12, 200 + 400 * APART / 0.12
    second = 3000 + 2000 * TOGETHER / 0.12, 3000 + 2000 * APART / 0.12
    check(course, {"cluster_splits": [first, second]}, ELBOW_NEWS)


def test_a_gathering_and_then_a_split_are_two_events():
    side = np.tile([-0.05, -0.05, 0.05, 0.05], 3)
    elbow = SPREAD + (CENTRES - SPREAD) * ramp(10, 60) + side * ramp(2000, 4000)
    course = made(elbow)
    found = events_by_name(course)
    assert len(found["elbows_gather"]) == 1
    assert len(found["cluster_splits"]) == 3
    for event in found["cluster_splits"]:
        middle = 2000 + 2000 * TOGETHER / 0.1
        assert place_of(course, event.step) == pytest.approx(place_of(course, middle), abs=0.05)


def test_elbows_that_cross_make_no_cluster():
    crossing = np.array([0.2, 0.8]) + np.array([0.6, -0.6]) * ramp(10, 9000)
    check(made(crossing), {}, ELBOW_NEWS)


def test_neighbours_by_chance_that_drift_apart_make_no_cluster():
    close = np.array([0.30, 0.31, 0.32, 0.7, 0.71]) + np.array([-0.1, 0, 0.1, 0, 0.1]) * ramp(
        100, 2000
    )
    check(made(close), {}, ELBOW_NEWS)


def test_an_elbow_that_leaves_on_its_active_side_kills_its_unit():
    """The first of four units, active on the right of its elbow, runs out on the right."""
    elbow = np.array([0.9, 0.2, 0.4, 0.6]) + np.array([0.4, 0, 0, 0]) * ramp(200, 1000)
    gone = 200 + 800 * 0.1 / 0.4
    check(made(elbow), {"units_die": gone, "elbows_leave": gone}, ELBOW_NEWS)


def test_an_elbow_that_leaves_on_the_other_side_kills_nobody():
    elbow = np.array([0.9, 0.2, 0.4, 0.6]) + np.array([0.4, 0, 0, 0]) * ramp(200, 1000)
    gone = 200 + 800 * 0.1 / 0.4
    check(made(elbow, slope=-1.0), {"elbows_leave": gone}, ELBOW_NEWS)


def test_a_unit_that_comes_back_is_told():
    away = ramp(200, 400) - ramp(3000, 4000)
    elbow = np.array([0.9, 0.2, 0.4, 0.6]) + np.array([0.2, 0, 0, 0]) * away
    gone, back = 300, 3500
    expected = {
        "units_die": gone,
        "elbows_leave": gone,
        "units_come_back": back,
        "elbows_enter": back,
    }
    check(made(elbow), expected, ELBOW_NEWS)


def test_units_that_die_at_two_times_are_two_events():
    way = np.hstack([ramp(100, 200), ramp(100, 200), ramp(2000, 2200), np.zeros((len(STEPS), 1))])
    course = made(np.array([0.9, 0.9, 0.95, 0.5]) + 0.4 * way)
    check(course, {"units_die": [125, 2025], "elbows_leave": [125, 2025]}, ELBOW_NEWS)
    first, second = events_by_name(course)["units_die"]
    assert (first.numbers["units"], first.numbers["dead"]) == (2, 2)
    assert (second.numbers["units"], second.numbers["dead"]) == (1, 3)


def test_a_unit_that_flickers_at_the_border_does_not_die():
    at_border = 0.99 + 0.02 * (GENERATOR(3).rand(len(STEPS), 1) < 0.2)
    elbow = np.hstack([at_border, np.full((len(STEPS), 3), [0.2, 0.4, 0.6])])
    check(made(elbow), {}, ELBOW_NEWS)


def test_units_that_die_at_once_are_counted_from_the_start_on():
    """What a training began with is no flicker, though it lasts for a single snapshot."""
    places = np.concatenate([[0, 0.024, 0.046, 0.064], np.linspace(0.09, 1, 40)])
    counts = np.full(len(places), 4.0)
    counts[:4] = 0, 1, 2, 3
    (burst,) = bursts(SimpleNamespace(places=places), counts, 40)
    assert (burst.begin, burst.before, burst.after) == (0, 0, 4)


def test_units_that_are_dead_from_the_start_are_told():
    course = made(np.array([2.0, 3.0, 0.5]))
    check(course, {"dead_from_start": 0}, ELBOW_NEWS)
    (event,) = events_by_name(course)["dead_from_start"]
    assert event.caption == "2 of 3 units are dead from the start"


def test_of_a_thousand_units_a_single_death_is_no_event():
    elbow = np.broadcast_to(np.linspace(0.05, 0.95, 1000), (len(STEPS), 1000)).copy()
    elbow[200:, -1] = 2.0
    check(made(elbow, slope_change=1e-3), {}, ELBOW_NEWS)


# The error and the learned function


def test_the_noise_floor_is_reached_where_the_formula_says():
    """The function is the true one but for an offset that dies away: its error is by formula
    floor + offset² − 2·offset·(mean of the noise)."""
    dataset = noisy_points()
    noise = dataset.y_train - np.abs(dataset.x_train - 0.5)
    offset = 2 * np.exp(-STEPS / 400)
    floor = np.mean(noise**2)
    error = floor + offset**2 - 2 * offset * noise.mean()
    steps = dict.fromkeys(["most_learned", "noise_floor_reached", "only_jitter"])
    steps["most_learned"] = STEPS[np.argmax(error <= 0.1 * np.var(dataset.y_train))]
    steps["noise_floor_reached"] = STEPS[np.argmax(error <= 1.1 * floor)]
    steps["only_jitter"] = STEPS[np.argmax(offset <= VISIBLE * np.ptp(dataset.y_train))]
    if floor > 0.1 * np.var(dataset.y_train):
        del steps["most_learned"]
    course = made(
        np.array([0.5, 0.5]), slope=[[1, -1]], slope_change=1.0, offset=offset, dataset=dataset
    )
    check(course, steps)


def test_where_the_noise_is_not_known_no_floor_is_named():
    points = noisy_points()
    unknown = points_dataset(points.x_train, points.y_train)
    offset = 2 * np.exp(-STEPS / 400)
    course = made(
        np.array([0.5, 0.5]), slope=[[1, -1]], slope_change=1.0, offset=offset, dataset=unknown
    )
    assert "noise_floor_reached" not in events_by_name(course)


FUNCTION_NEWS = ("only_jitter",)


@pytest.mark.parametrize("begin", [50, 500, 3000])
def test_an_error_that_stands_and_then_falls_has_a_plateau(begin):
    """Flat until `begin`, then exponential with a fifth of that time."""
    errors = np.exp(-np.maximum(STEPS - begin, 0) / (0.2 * begin))
    still_flat = begin * (1 + 0.2 * 0.05)
    most = begin * (1 + 0.2 * np.log(10))
    course = with_errors(np.maximum(errors, 1e-3))
    check(course, {"plateau": (0, still_flat), "most_learned": most}, FUNCTION_NEWS)


def test_a_plateau_on_the_way_begins_and_ends():
    fall = np.exp(-STEPS / 20)
    again = np.exp(-np.maximum(STEPS - 2000, 0) / 300)
    course = with_errors(0.5 * np.maximum(fall, 1e-9) + 0.5 * np.maximum(again, 1e-3))
    begins = 20 * np.log(0.5 / (0.5 * 0.05))
    check(
        course,
        {"plateau": (begins, 2000 + 300 * 0.05), "most_learned": 2000 + 300 * np.log(5)},
        FUNCTION_NEWS,
    )


@pytest.mark.parametrize(
    "errors",
    [
        0.9 * np.exp(-STEPS / 3000),
        0.9 / (1 + STEPS / 10) ** 0.3,
        0.9 / (1 + STEPS) ** 0.1,
        0.9 - 0.5 * STEPS / LAST,
    ],
    ids=["exponential", "power", "slow power", "linear"],
)
def test_an_error_that_falls_evenly_has_no_plateau(errors):
    check(with_errors(errors), {}, (*FUNCTION_NEWS, "most_learned"))


def test_noise_of_batches_makes_neither_plateaus_nor_catapults():
    noise = np.exp(0.2 * GENERATOR(5).randn(len(STEPS)))
    check(with_errors(0.9 * np.exp(-STEPS / 5000) * noise), {}, FUNCTION_NEWS)


def test_an_error_that_rises_first_and_falls_then_is_a_catapult():
    """Up to six times the start at step 10, and below the start from step 30 on."""
    up = 6 ** np.clip(STEPS / 10, 0, 1)
    errors = 0.8 * up * np.exp(-np.maximum(STEPS - 10, 0) / (20 / np.log(6)))
    course = with_errors(np.maximum(errors, 0.3))
    check(course, {"catapult": (0, 30)}, FUNCTION_NEWS)
    (event,) = events_by_name(course)["catapult"]
    assert event.numbers["factor"] == pytest.approx(6, rel=0.02)


def test_a_spike_in_the_middle_is_no_catapult():
    errors = np.exp(-STEPS / 50) * 0.8 + 0.15
    spike = 5 * np.exp(-(((STEPS - 3000) / 100) ** 2))
    check(with_errors(errors + spike), {}, FUNCTION_NEWS)


def test_a_training_that_grows_diverges_from_where_it_stays_above():
    """Its error passes ten times the constant's, which is above the start, for good."""
    errors = 0.9 * np.exp(STEPS / 500)
    above = 500 * np.log(10 / 0.9)
    check(with_errors(errors, outcome="diverged"), {"diverges": above})


def test_a_training_that_leaves_the_finite_numbers_diverges():
    errors = np.where(STEPS < 4000, 0.9, np.inf)
    check(with_errors(errors, outcome="diverged"), {"diverges": 4000})


def test_a_training_that_learned_nothing_is_told_so_at_its_end():
    course = with_errors(np.full(len(STEPS), 1.0), outcome="nothing")
    check(course, {"nothing_learned": LAST, "only_jitter": 0})


def test_most_is_learned_when_a_tenth_is_left_for_good():
    errors = 0.9 * np.exp(-STEPS / 1000)
    dip = np.where((STEPS > 100) & (STEPS < 200), 0.05, 1.0)
    found = with_errors(np.minimum(errors, dip))
    check(found, {"most_learned": 1000 * np.log(9)}, (*FUNCTION_NEWS, "plateau"))


def test_only_jitter_is_left_from_where_the_way_is_below_it():
    """The offset dies away beneath a jitter of fixed size."""
    jitter = 0.05
    offset = np.exp(-STEPS / 300) + jitter * GENERATOR(2).randn(len(STEPS))
    below = 300 * np.log(1 / jitter)
    check(made(0.5, slope_change=0.0, offset=offset), {"only_jitter": below}, ("most_learned",))


def test_a_function_that_drifts_to_the_end_is_never_at_rest():
    noise = 0.05 * GENERATOR(4).randn(len(STEPS))
    check(made(0.5, slope_change=0.0, offset=0.5 - STEPS / LAST + noise), {}, ("most_learned",))


def test_a_function_that_stands_still_does_so_from_the_start():
    still(made(0.5, slope_change=0.0))


# The learning rate


def test_steps_of_the_learning_rate_are_named_where_they_are():
    rate = np.where(STEPS <= 1000, 0.1, np.where(STEPS <= 5000, 0.01, 0.001))
    course = made(0.5, slope_change=0.0, rate=rate)
    check(course, {"learning_rate_steps": [1000, 5000], "only_jitter": 0})


@pytest.mark.parametrize(
    "rate",
    [0.05 * (1 + np.cos(np.pi * STEPS / LAST)), 0.1 * np.minimum(1, (STEPS + 1) / 500)],
    ids=["cosine", "warmup"],
)
def test_a_rate_that_changes_evenly_has_no_steps(rate):
    still(made(0.5, slope_change=0.0, rate=rate))


def test_many_steps_of_the_rate_are_one_event():
    rate = 0.1 * 0.5 ** (STEPS // 1000)
    (event,) = events_by_name(made(0.5, slope_change=0.0, rate=rate))["learning_rate_steps"]
    assert event.numbers["steps"] == 9


def test_the_edge_of_stability_is_named_where_the_sharpness_comes_to_it():
    def ratio(row):
        return min(1.0, 0.2 + 0.8 * STEPS[row] / 2000)

    at_edge = 2000 * 0.7 / 0.8
    course = made(0.5, slope_change=0.0, sharpness_ratio=ratio)
    check(course, {"edge_of_stability": at_edge, "only_jitter": 0})


@pytest.mark.parametrize("level", [0.5, 1.2])
def test_a_sharpness_that_stays_where_it_is_meets_no_edge(level):
    still(made(0.5, slope_change=0.0, sharpness_ratio=lambda row: level))


# Everything


def test_units_of_measurement_change_no_event():
    side = np.tile([-0.05, -0.05, 0.05, 0.05], 3)
    elbow = SPREAD + (CENTRES - SPREAD) * ramp(10, 60) + side * ramp(2000, 4000)
    elbow[:, 0] += ramp(300, 500)[:, 0]
    moments = [(event.name, event.row) for event in find_events(made(elbow))]
    scaled = made(
        1000 * elbow + 5,
        slope_change=1e-9,
        dataset=zigzag_points(scale_x=1000, scale_y=1e-6, shift_x=5),
    )
    assert [(event.name, event.row) for event in find_events(scaled)] == moments
    assert {"elbows_gather", "cluster_splits", "elbows_leave"} <= {name for name, _ in moments}


def test_few_snapshots_are_enough_for_what_they_show():
    steps = np.array([0, 10, 100, 1000, 10_000])
    elbow = np.array([[0.9], [0.9], [1.5], [1.5], [1.5]])
    course = made(elbow, steps=steps)
    check(course, {"units_die": (10, 100), "elbows_leave": (10, 100)}, ELBOW_NEWS)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_shortest_trainings_have_no_events(count):
    check(made(0.5, steps=STEPS[:count]), {}, ELBOW_NEWS)


def test_numbers_that_are_not_finite_are_no_fault():
    offset = np.where(STEPS < 1000, 0.1, np.nan)
    found = events_by_name(made(SPREAD, offset=offset, outcome="diverged"))
    assert set(found) == {"diverges"}


def test_one_training_point_and_equal_y_are_no_fault():
    find_events(made(SPREAD, dataset=points_dataset([0.5], [1.0])))
    find_events(made(SPREAD, dataset=points_dataset([0.1, 0.9], [1.0, 1.0])))


def test_a_deep_network_has_events_of_its_first_layer_and_of_its_function():
    """Two hidden layers; the elbow of a unit of the first one leaves the data."""
    count = len(STEPS)
    elbow = np.array([0.3, 0.6, 0.9]) + np.array([0, 0, 0.4]) * ramp(200, 1000)
    vectors = np.hstack(
        [
            np.ones((count, 3)),
            -elbow,
            np.ones((count, 6)),
            np.zeros((count, 2)),
            np.ones((count, 2)),
            np.zeros((count, 1)),
        ]
    )
    still_metrics = {
        "train_mse": np.ones(count),
        "test_mse": np.ones(count),
        "dead_units": np.zeros(count),
        "learning_rate": np.full(count, 0.1),
    }
    history = History.from_parameters(STEPS, STEPS, vectors, [3, 2], still_metrics)
    course = RecordedCourse(history, zigzag_points(), "learned")
    check(course, {"elbows_leave": 400}, ("only_jitter",))
    (event,) = events_by_name(course)["elbows_leave"]
    assert event.caption == "1 elbow of layer 1 leaves the data"


def test_sentences_and_captions_have_no_gaps():
    elbow = SPREAD + (CENTRES - SPREAD) * ramp(10, 60)
    for event in find_events(made(elbow, outcome="nothing")):
        assert event.sentence[0].islower() or event.sentence[0].isdigit()
        assert not event.sentence.endswith(".")
        assert len(event.caption) <= 72
        assert event.to_json()["step"] == event.step


# What events are found with


def test_the_clock_of_films_runs_from_0_to_1_with_room_for_the_start():
    places = film_places([0, 100, 10_000])
    assert places.tolist() == pytest.approx([0, np.log(4) / np.log(301), 1])
    assert film_places([7, 7]).tolist() == [0, 0]
    rows = rows_along_film(np.arange(100_001), 600)
    assert len(rows) <= 600
    assert (rows[0], rows[-1]) == (0, 100_000)
    assert np.diff(film_places(np.arange(100_001))[rows]).max() < 3 / 600


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0, 0], []),
        ([0, 1, 2, 3], [(0, 3, 3)]),
        ([3, 2, 1, 1], [(0, 2, -2)]),
        ([0, 3, 0], [(0, 1, 3), (1, 2, -3)]),
        ([0, 2, 1.5, 4, 4, 3.5], [(0, 3, 4)]),
        ([5, 5, 3, 3.5, 0, 2], [(0, 4, -5), (4, 5, 2)]),
    ],
)
def test_legs_lead_from_turn_to_turn_and_overlook_what_is_small(values, expected):
    found = legs(np.array(values, dtype=float), 1.0)
    assert [(leg.first, leg.last, leg.change) for leg in found] == expected


# Nothing but chance


def wandering(generator, memory, shape):
    """Numbers of deviation 1, each of which remembers so much of the one before."""
    fresh = generator.standard_normal(shape)
    numbers = fresh.copy()
    for row in range(1, shape[0]):
        numbers[row] = memory * numbers[row - 1] + np.sqrt(1 - memory**2) * fresh[row]
    return numbers


COURSES = {
    "constant": np.full(len(STEPS), 0.9),
    "exponential": 0.9 * np.exp(-STEPS / 5000),
    "power": 0.9 / np.sqrt(1 + STEPS / 100),
}


@pytest.mark.parametrize("deviation", [0.2, 0.5])
@pytest.mark.parametrize("course", COURSES.values(), ids=COURSES.keys())
def test_random_noise_is_neither_a_plateau_nor_a_catapult(course, deviation):
    for seed in range(20):
        noise = np.exp(deviation * np.random.default_rng(seed).standard_normal(len(STEPS)))
        found = events_by_name(with_errors(course * noise))
        assert not {"plateau", "catapult"} & found.keys(), seed


@pytest.mark.parametrize("memory", [0.9, 0.97, 0.99])
@pytest.mark.parametrize("course", COURSES.values(), ids=COURSES.keys())
def test_noise_with_a_memory_is_neither_a_plateau_nor_a_catapult(course, memory):
    for seed in range(20):
        way = wandering(np.random.default_rng(seed), memory, (len(STEPS), 1))[:, 0]
        for deviation in (0.2, 0.5):
            found = events_by_name(with_errors(course * np.exp(deviation * way)))
            assert not {"plateau", "catapult"} & found.keys(), (seed, deviation)


@pytest.mark.parametrize("reach", [0.02, 0.1])
def test_elbows_that_drift_slowly_at_random_split_no_cluster(reach):
    for seed in range(20):
        generator = np.random.default_rng(seed)
        start = generator.random(12)
        way = wandering(generator, 0.995, (len(STEPS), 12))
        found = events_by_name(made(start + reach * (way - way[0])))
        assert "cluster_splits" not in found, seed


def test_jitter_is_told_when_the_learning_rate_has_come_to_its_end():
    """The rate falls until two thirds of the training; the function trembles all the time."""
    noise = 0.05 * GENERATOR(3).randn(len(STEPS))
    rate = 0.1 * np.clip(1 - STEPS / (0.66 * LAST), 0.1, 1.0)
    told = {}
    for name, rates in (("constant", 0.1), ("falling", rate)):
        course = made(0.5, slope_change=0.0, offset=noise, rate=rates)
        (event,) = events_by_name(course)["only_jitter"]
        told[name] = event.step
    assert told["constant"] < 0.1 * LAST
    assert told["falling"] == pytest.approx(0.59 * LAST, abs=0.05 * LAST)


def test_distances_from_lines_are_those_of_least_squares():
    generator = np.random.default_rng(0)
    places = np.sort(generator.random(40))
    values = 1e3 + generator.standard_normal(40)
    start, stop = window_bounds(places, places, 0.2)
    off = distances_from_lines(values, places, start, stop)
    for row, (first, last) in enumerate(zip(start, stop, strict=True)):
        line = np.polyfit(places[first:last], values[first:last], 1)
        assert off[row] == pytest.approx(values[row] - np.polyval(line, places[row]), abs=1e-8)


@pytest.mark.parametrize("size", [1, 7, 100, 1000])
def test_means_over_windows_do_not_depend_on_the_parts_in_which_a_series_comes(size):
    values = np.random.default_rng(1).normal(size=1000)
    places = np.linspace(0.0, 1.0, 1000) ** 2
    windows = window_bounds(places, places[::9], 0.03)
    blocks = [values[begin : begin + size] for begin in range(0, 1000, size)]
    assert np.array_equal(window_means_of_blocks(blocks, *windows), window_means(values, *windows))


def test_snapshots_too_large_to_be_kept_tell_the_same_events(monkeypatch):
    elbow = SPREAD + (CENTRES - SPREAD) * ramp(10, 60)
    kept = find_events(made(elbow))
    monkeypatch.setattr(thinned_course, "KEPT_NUMBERS", 0)
    read_anew = find_events(made(elbow))
    assert kept
    assert [event.to_json() for event in read_anew] == [event.to_json() for event in kept]
