"""Events of real trainings whose course is known: what is named, and what is not."""

import json

import numpy as np
import pytest
from command import run as command
from small import small

import relusgd
from relusgd.diagnostics.events.film_clock import film_places
from relusgd.runs.record import record

FULL_BATCH = {"training__batch_size": "full", "training__sampling": "replacement"}


def recorded(tmp_path, **overrides):
    return record(small(**overrides), tmp_path / "run")


def names_of(run):
    return {event.name for event in run.events}


def place_of(run, row):
    return film_places(run.history.step)[row]


def test_from_a_tiny_start_the_error_waits_and_the_units_gather(tmp_path):
    """Condensation (Maennel et al. 2018): the error stands until the units point one way."""
    run = record(
        {
            "data": {
                "target": "-relu(x) + relu(2*(x + 0.3)) - relu(1.5*(x - 0.4))",
                "domain": [-1, 1],
                "samples": 80,
                "positions": "even",
                "noise": 0,
            },
            "network": {
                "hidden": 50,
                "init": "normal",
                "hidden_scale": 1e-4,
                "output_scale": 1e-4,
                "elbows": "keep",
                "output_bias": False,
            },
            "training": {"batch_size": "full", "learning_rate": 0.1, "epochs": 300},
            "snapshots": {"every": 3},
        },
        tmp_path / "run",
    )
    (plateau,) = run.events.named("plateau")
    errors = run.metrics["train_mse"]
    falling = np.flatnonzero(errors < 0.95 * errors[0])[0]
    assert plateau.row == 0
    assert place_of(run, plateau.end_row) == pytest.approx(place_of(run, falling), abs=0.05)
    (gathering,) = run.events.named("elbows_gather")
    assert gathering.numbers["places_after"] <= 0.4 * gathering.numbers["places_before"]
    assert "noise_floor_reached" not in names_of(run)


def test_above_the_edge_a_wide_network_is_thrown_up_and_learns_then(tmp_path):
    """The catapult (Lewkowycz et al. 2020)."""
    x = np.linspace(-1, 1, 11)
    run = record(
        {
            "data": {"kind": "points", "x": x.tolist(), "y": np.sin(3 * x).tolist()},
            "network": {
                "hidden": 1000,
                "init": "normal",
                "hidden_scale": "width**-0.25",
                "output_scale": "width**-0.25",
                "elbows": "keep",
                "output_bias": False,
            },
            "training": {"batch_size": "full", "epochs": 200, "learning_rate": 0.05},
        },
        tmp_path / "run",
    )
    (catapult,) = run.events.named("catapult")
    errors = run.metrics["train_mse"]
    assert catapult.numbers["factor"] == pytest.approx(errors.max() / errors[0])
    assert errors[catapult.end_row] <= errors[0] < errors[catapult.end_row - 1]
    assert not {"diverges", "nothing_learned"} & names_of(run)


def test_a_diverged_run_diverges_and_is_neither_at_rest_nor_learned(tmp_path):
    with pytest.raises(relusgd.DivergedError):
        recorded(tmp_path, training__learning_rate=5, snapshots__first_steps=30)
    run = relusgd.load_run(tmp_path / "run")
    (event,) = run.events.named("diverges")
    assert event.step <= 10
    assert not {"only_jitter", "most_learned", "nothing_learned", "catapult"} & names_of(run)


def test_a_dead_start_is_told_and_that_nothing_was_learned(tmp_path):
    run = recorded(tmp_path, network__elbows=[2.0] * 7, network__slopes=1)
    assert names_of(run) == {"dead_from_start", "nothing_learned", "only_jitter"}
    (dead,) = run.events.named("dead_from_start")
    assert dead.caption == "All 7 units are dead from the start"


def test_where_only_the_output_layer_learns_no_elbow_moves(tmp_path):
    run = recorded(tmp_path, training__layers="output", training__learning_rate=0.1)
    of_elbows = {"elbows_leave", "elbows_enter", "cluster_splits", "units_die", "units_come_back"}
    assert not of_elbows & names_of(run)


def test_steps_of_the_schedule_are_named_at_their_epochs(tmp_path):
    schedule = {"kind": "step", "every": 15, "factor": 0.1}
    run = recorded(tmp_path, training__schedule=schedule)
    assert [event.epoch for event in run.events.named("learning_rate_steps")] == [15, 30]


def test_a_unit_that_dies_is_told_when_it_does(tmp_path):
    """By the table of the run: the count rises to one, for good, at one epoch."""
    run = recorded(tmp_path, training__learning_rate=0.3, training__epochs=300)
    dead = run.metrics["dead_units"]
    told = sum(event.numbers["units"] for event in run.events.named("units_die"))
    back = sum(event.numbers["units"] for event in run.events.named("units_come_back"))
    assert told - back == dead[-1] - dead[0]


def test_ridge_and_runs_without_a_step_have_no_course(tmp_path):
    ridge = record(small(training__method="ridge"), tmp_path / "ridge")
    assert names_of(ridge) <= {"dead_from_start", "most_learned", "noise_floor_reached"}
    still = record(small(training__epochs=0), tmp_path / "still")
    assert names_of(still) <= {"dead_from_start"}


def test_the_edge_of_stability_is_reached_on_all_points_and_not_by_batches(tmp_path):
    overrides = {"network__hidden": 20, "training__epochs": 1500, "snapshots__every": 10}
    run = record(small(**FULL_BATCH, **overrides, training__learning_rate=0.4), tmp_path / "all")
    (event,) = run.events.named("edge_of_stability")
    ratio = run.measure("sharpness_over_edge")["sharpness_over_edge"]
    assert ratio[event.row] >= 0.9
    assert place_of(run, event.row) - place_of(run, np.flatnonzero(ratio >= 0.9)[0]) <= 0.05
    batches = record(small(**overrides, training__learning_rate=0.4), tmp_path / "batches")
    assert "edge_of_stability" not in names_of(batches)


def test_events_are_the_same_in_standardized_units(tmp_path):
    """The same points, measured in other units, and standardised again."""
    x = np.linspace(0, 1, 30)
    y = np.abs(x - 0.4)
    runs = []
    for name, factor in (("small", 1.0), ("large", 1024.0)):
        data = {"kind": "points", "x": (factor * x).tolist(), "y": (factor * y).tolist()}
        config = {
            "data": {**data, "standardize": True},
            "network": {"hidden": 8},
            "training": {"epochs": 100, "batch_size": 10},
        }
        runs.append(record(config, tmp_path / name))
    first, second = ([(event.name, event.row) for event in run.events] for run in runs)
    assert first == second


def test_show_tells_what_happened_in_words_and_in_numbers(tmp_path):
    run = recorded(tmp_path, network__elbows=[2.0] * 7, network__slopes=1)
    shown = command("show", str(run.folder)).stdout
    assert "what happened" in shown
    assert "All 7 units are dead from the start" in shown
    told = json.loads(command("show", str(run.folder), "--json").stdout)["events"]
    assert told == run.events.to_json()
    assert told[0]["numbers"] == {"units": 7, "of": 7}


def test_a_notebook_shows_events_as_a_table(tmp_path):
    run = recorded(tmp_path, network__elbows=[2.0] * 7, network__slopes=1)
    assert "<table>" in run.events._repr_html_()
    assert "All 7 units are dead from the start" in run.events._repr_html_()
    assert repr(run.events).splitlines()[0].startswith("0: All 7 units")
    assert repr(run.events[:0]) == "nothing that has a name happened"
