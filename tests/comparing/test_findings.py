"""Every sentence says what the table has."""

import numpy as np
import pytest

import relusgd
from relusgd.comparing.findings.best_row import chance_of_wins
from relusgd.comparing.findings.layers import elbow_shifts
from relusgd.words import and_list, below, brief_duration, number, number_range, rounded_number


def finding(comparison, topic):
    (found,) = [one for one in comparison.findings if one.topic == topic]
    return found


@pytest.fixture
def comparison(sweep):
    return relusgd.compare(sweep)


def test_the_first_sentence_says_how_many_runs_what_differs_and_what_goes_along(comparison):
    assert comparison.sentences[0] == (
        "18 runs: hidden 4 and 6; all layers, output layer only and ridge; 3 seeds each. "
        "Also different: learning rate (0.02, 0.2)."
    )


def test_the_best_row_is_named_with_its_distance_to_the_next_and_to_the_worst(comparison):
    table = comparison.table
    order = np.argsort(table["test_mse_median"])
    first, second, last = (table["test_mse_median"][place] for place in (*order[:2], order[-1]))
    best = finding(comparison, "best")
    assert (best.numbers["median"], best.numbers["next"], best.numbers["worst"]) == (
        first,
        second,
        last,
    )
    assert best.text.startswith(
        f"Best is {table['label'][order[0]]}: median test error {number(first)} (from "
    )
    assert (
        f"{below(first, second)} {table['label'][order[1]]} "
        f"and {below(first, last)} {table['label'][order[-1]]}, the worst" in best.text
    )


def test_wins_are_counted_seed_by_seed(comparison):
    first, second = (group.results for group in comparison.ranked[:2])
    wins = sum(
        mine.measures["test_mse"] < other.measures["test_mse"]
        for mine, other in zip(first, second, strict=True)
    )
    assert finding(comparison, "best").numbers["wins"] == wins


def test_runs_are_paired_by_all_their_seeds_and_copies_of_a_run_count_once(make_run):
    narrow, wide = (
        [make_run(0, network__hidden=width, network__seed=seed) for seed in range(3)]
        for width in (5, 9)
    )
    copies = [make_run(0, network__hidden=5, network__seed=seed) for seed in range(3)]
    comparison = relusgd.compare(narrow, copies, wide)
    assert [group.runs for group in comparison.groups] == [6, 3]
    errors = [[run.metrics["test_mse"][-1] for run in runs] for runs in (narrow, wide)]
    first, second = errors if comparison.best is comparison.groups[0] else reversed(errors)
    numbers = finding(comparison, "best").numbers
    assert numbers["wins"] == sum(mine < other for mine, other in zip(first, second, strict=True))
    assert numbers["shared"] == 3


def test_five_wins_of_five_are_more_than_chance_and_four_of_five_are_not():
    assert chance_of_wins(5, 5) == 1 / 32
    assert chance_of_wins(4, 5) == 6 / 32


def test_noise_explains_why_test_error_is_below_train_error(make_run):
    comparison = relusgd.compare(
        [make_run(data__noise=1.0, network__hidden=width) for width in (5, 9)]
    )
    table = comparison.table
    below = int(np.count_nonzero(table["test_mse_median"] < table["train_mse_median"]))
    assert below > 0
    found = finding(comparison, "noise")
    assert found.numbers == {"below": below, "rows": 2, "noise_squared": 1.0}
    assert (
        "because the test points carry no noise: "
        "the training error cannot go far below noise² = 1," in found.text
    )


def test_noise_is_not_mentioned_when_there_is_none(make_run):
    topics = {
        found.topic
        for found in relusgd.compare(
            make_run(data__noise=0), make_run(data__noise=0, network__hidden=9)
        ).findings
    }
    assert not topics & {"noise", "fitted noise"}


def test_the_best_width_is_named_for_each_way_of_training(comparison):
    table = comparison.table
    medians = finding(comparison, "width").numbers["medians"]
    for way in ("all layers", "output layer only", "ridge"):
        rows = [row for row, label in enumerate(table["label"]) if label.endswith(way)]
        assert medians[way] == [table["test_mse_median"][row] for row in rows]
        enough = next(
            width
            for width, error in zip((4, 6), medians[way], strict=True)
            if error <= 1.1 * min(medians[way])
        )
        assert f"{enough} ({way})" in finding(comparison, "width").text


def test_training_all_layers_is_held_against_the_output_layer_at_the_same_width(comparison):
    medians = comparison.table["test_mse_median"]
    found = finding(comparison, "layers")
    assert found.numbers["pairs"] == [[medians[0], medians[1]], [medians[3], medians[4]]]
    assert found.numbers["wins"] == (medians[0] < medians[1]) + (medians[3] < medians[4])


def test_runs_on_different_data_have_no_best(make_run):
    comparison = relusgd.compare(make_run(data__target="step"), make_run(data__target="sin20x"))
    assert comparison.best is None
    assert not comparison.table["best"].any()
    assert [group.label for group in comparison.groups] == ["step", "sin20x"]
    assert "no row is the best" in finding(comparison, "incomparable").text


def test_other_noise_on_the_same_target_still_compares_and_stands_in_the_table(make_run):
    comparison = relusgd.compare(make_run(data__noise=0.1), make_run(data__noise=0.5))
    assert comparison.best is not None
    np.testing.assert_allclose(comparison.table["noise_squared"], [0.01, 0.25])


def test_a_row_whose_best_epoch_is_long_past_is_named(make_run):
    run = make_run()
    lines = (run.folder / "metrics.csv").read_text().splitlines()
    cells = lines[4].split(",")
    cells[4] = "1e-5"
    lines[4] = ",".join(cells)
    (run.folder / "metrics.csv").write_text("\n".join(lines) + "\n")
    found = finding(relusgd.compare(run.folder, make_run(network__hidden=9).folder), "stopping")
    assert found.numbers["best"] == 1e-5
    assert found.numbers["epoch"] == 3
    assert "1e-5 around epoch 3" in found.text


def test_a_row_that_depends_on_the_seed_says_how_many_are_stuck(sweep):
    comparison = relusgd.compare(sweep)
    (group,) = (group for group in comparison.groups if group.label == "hidden 4, all layers")
    for result, error in zip(group.results, (0.01, 0.2, 0.21), strict=True):
        result.measures["test_mse"] = error
    found = finding(comparison, "seeds")
    assert "test error 0.01 to 0.21; 2 of 3 end above 0.01" in found.text


def test_the_distance_elbows_move_is_reported_for_units_that_stay_inside(sweep):
    run = next(run for run in sweep.runs if "case=all" in run.folder.name)
    elbows = run.history.elbow
    ways = [
        abs(elbows[-1][unit] - elbows[0][unit])
        for unit in range(elbows.shape[1])
        if 0 <= elbows[0][unit] <= 1 and 0 <= elbows[-1][unit] <= 1
    ]
    assert elbow_shifts(run).tolist() == ways


def test_elbows_that_are_not_trained_move_no_distance(sweep):
    run = next(run for run in sweep.runs if "case=output" in run.folder.name)
    assert set(elbow_shifts(run)) == {0.0}


def test_dead_units_of_several_seeds_are_a_median_and_those_of_one_run_are_a_number(make_run):
    def trained(seed, elbows):
        settings = {"network__elbows": elbows, "network__slopes": 1}
        return make_run(seed, network__hidden=len(elbows), network__seed=seed, **settings)

    narrow, wide = [0.2, 2.0], [0.2, 2.0, 3.0]
    single = relusgd.compare([trained(0, narrow), trained(0, wide)])
    assert finding(single, "dead").text.startswith("Dead at the end: up to 2 of 3 units (hidden 3)")
    seeds = [trained(seed, elbows) for elbows in (narrow, wide) for seed in (0, 1)]
    assert "up to a median of 2 of 3 units" in finding(relusgd.compare(seeds), "dead").text


def test_errors_are_compared_in_percent_or_in_multiples():
    assert below(0.92, 1.0) == "8 % below"
    assert below(0.1, 0.32) == "3.2 times below"
    assert below(0.1, 0.1 + 1e-17) == below(0.1, 0.10009) == "less than 0.1 % below"


def test_the_ends_of_a_range_have_no_more_digits_than_tell_them_apart():
    assert number_range(0.00932, 0.2082) == ("0.0093", "0.21")
    assert number_range(0.1752, 0.1791) == ("0.175", "0.179")


def test_small_numbers_are_written_in_words():
    assert [rounded_number(value) for value in (0.00823, 150_000, 1.6e11, 3.96e14)] == [
        "0.0082",
        "150,000",
        "1.6e11",
        "4e14",
    ]
    assert [brief_duration(seconds) for seconds in (0.002, 0.123, 34, 720, 12600)] == [
        "2 ms",
        "0.12 s",
        "34 s",
        "12 min",
        "3.5 h",
    ]
    assert [and_list(list(words)) for words in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]


def test_a_single_run_has_nothing_to_be_compared_with(make_run):
    assert relusgd.compare(make_run()).sentences[0] == "1 run, and nothing to compare it with."
