"""Twenty real trainings: every event that their numbers show is named within 5 % of the clock of
films, and no event that they do not show.

What a training shows is found here by other means than the events: from its metrics, its config
and its networks, as they stand and without any smoothing.
"""

import numpy as np
import pytest
from small import small

import relusgd
from relusgd.diagnostics.events.film_clock import film_places
from relusgd.diagnostics.outcomes import best_constant_mse
from relusgd.pictures.moments.captions import seconds_to_read
from relusgd.runs.record import record

NEAR = 0.05
"""As a share of the film's clock."""

POINTS = {"kind": "points", "x": [0, 0.2, 0.4, 0.6, 0.8, 1], "y": [0, 1, 0.2, 0.9, 0.1, 0.8]}
ALONE = {"data": POINTS, "network": {"hidden": 20}}
LAZY_X = np.linspace(-1, 1, 11)


def lazy(rate):
    """A wide network whose full-batch steps are above the edge from a rate of about 0.035 on."""
    return {
        "data": {"kind": "points", "x": LAZY_X.tolist(), "y": np.sin(3 * LAZY_X).tolist()},
        "network": {
            "hidden": 1000,
            "init": "normal",
            "hidden_scale": "width**-0.25",
            "output_scale": "width**-0.25",
            "elbows": "keep",
            "output_bias": False,
        },
        "training": {"batch_size": "full", "epochs": 200, "learning_rate": rate},
    }


def alone(**training):
    return {**ALONE, "training": {"batch_size": "full", "epochs": 400, **training}}


def stepping(every, factor):
    return {"kind": "step", "every": every, "factor": factor}


RUNS = {
    "short": small(),
    "longer": small(training__epochs=400, training__learning_rate=0.1),
    "fast": small(training__epochs=400, training__learning_rate=0.3),
    "too fast": small(training__learning_rate=5, snapshots__first_steps=30),
    "far too fast": small(training__learning_rate=100, snapshots__first_steps=30),
    "adam": small(training__method="adam", training__learning_rate=0.01, training__epochs=300),
    "momentum": small(training__momentum=0.9, training__learning_rate=0.05, training__epochs=300),
    "stalled": small(training__learning_rate=1e-7),
    "dead start": small(network__elbows=[2.0] * 7, network__slopes=1),
    "half dead start": small(
        network__hidden=4, network__elbows=[0.2, 0.6, 2.0, 2.0], network__slopes=1
    ),
    "one step of the rate": small(training__schedule=stepping(20, 0.1), training__epochs=40),
    "three steps of the rate": small(training__schedule=stepping(50, 0.5), training__epochs=200),
    "cosine": small(training__schedule={"kind": "cosine"}, training__epochs=200),
    "output layer alone": small(training__layers="output", training__learning_rate=0.1),
    "ridge": small(training__method="ridge"),
    "label noise": small(training__label_noise=0.5, training__epochs=300),
    "without noise": alone(learning_rate=0.1),
    "without noise, by Adam": alone(method="adam", learning_rate=0.02),
    "below the edge": lazy(0.02),
    "thrown up": lazy(0.05),
}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    place, runs = tmp_path_factory.mktemp("courses"), {}

    def get(name):
        if name not in runs:
            try:
                runs[name] = record(RUNS[name], place / name.replace(" ", "-"))
            except relusgd.DivergedError:
                runs[name] = relusgd.load_run(place / name.replace(" ", "-"))
        return runs[name]

    return get


def for_good(holds):
    """The first row from which on something holds, or None."""
    if not holds[-1]:
        return None
    rows = np.flatnonzero(~holds)
    return int(rows[-1]) + 1 if len(rows) else 0


def shown(run):
    """Kinds of events that the numbers of a run show → the rows at which they begin."""
    metrics, history = run.metrics, run.history
    errors, dead, rate = metrics["train_mse"], metrics["dead_units"], metrics["learning_rate"]
    constant = best_constant_mse(run.data.y_train)
    events = {}
    if run.result.outcome == "diverged":
        above = ~(errors <= max(errors[0], 10 * constant))
        # The step from the snapshot before is the first that overshoots for good.
        events["diverges"] = [max(for_good(above) - 1, 0)]
    if run.result.outcome == "nothing":
        events["nothing_learned"] = [len(history) - 1]
    if dead[0] >= 0.1 * sum(history.hidden):
        events["dead_from_start"] = [0]
    low = for_good(errors <= 0.1 * constant)
    if low:
        events["most_learned"] = [low]
    changes = np.flatnonzero(np.diff(rate[1:])) + 1
    if 0 < len(changes) < len(rate) / 10:
        # A rate stands with the epoch that ended by it, and other schedules change it evenly.
        events["learning_rate_steps"] = changes
    return events


KINDS = ("diverges", "nothing_learned", "dead_from_start", "most_learned", "learning_rate_steps")


def test_there_are_twenty():
    assert len(RUNS) == 20


@pytest.mark.parametrize("name", RUNS)
def test_what_the_numbers_show_is_named_where_it_is_and_nothing_else(recorded, name):
    run = recorded(name)
    places = film_places(run.history.step)
    expected = shown(run)
    for kind in KINDS:
        named = [float(places[event.row]) for event in run.events.named(kind)]
        known = [float(places[row]) for row in expected.get(kind, [])]
        assert named == pytest.approx(known, abs=NEAR), kind


@pytest.mark.parametrize("name", RUNS)
def test_a_catapult_is_named_in_the_one_training_that_is_thrown_up(recorded, name):
    named = [event.name for event in recorded(name).events]
    assert ("catapult" in named) is (name == "thrown up")


@pytest.mark.parametrize("name", RUNS)
def test_deaths_and_returns_add_up_to_the_change_of_dead_units(recorded, name):
    run = recorded(name)
    if run.result.outcome == "diverged":
        return
    dead = run.metrics["dead_units"]
    died = sum(event.numbers["units"] for event in run.events.named("units_die"))
    came_back = sum(event.numbers["units"] for event in run.events.named("units_come_back"))
    # Of a wide layer, a few units may go one by one.
    least = max(1, 0.05 * sum(run.history.hidden))
    assert abs((died - came_back) - (dead[-1] - dead[0])) < least


@pytest.mark.parametrize("name", RUNS)
def test_every_caption_can_be_read_in_three_and_a_half_seconds(recorded, name):
    """Of longer ones, films have room for fewer."""
    for event in recorded(name).events:
        assert seconds_to_read(event.caption) <= 3.5, event.caption


@pytest.mark.parametrize("name", ["without noise", "thrown up", "below the edge"])
def test_no_noise_floor_is_named_where_there_is_no_noise(recorded, name):
    assert not recorded(name).events.named("noise_floor_reached")
