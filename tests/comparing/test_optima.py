"""The best penalty, for each width: what the table says is what the runs have."""

import numpy as np
import pytest

import relusgd


@pytest.fixture
def comparison(penalties):
    return relusgd.compare(penalties)


def errors(sweep, width, penalty):
    summary = sweep.summary
    return summary["test_mse"][
        (summary["network.hidden"] == width) & (summary["training.penalty"] == penalty)
    ]


def test_the_best_value_has_the_lowest_median(comparison, penalties):
    assert [optimum.label for optimum in comparison.optima] == ["hidden 4", "hidden 6"]
    for optimum, width in zip(comparison.optima, (4, 6), strict=True):
        assert optimum.values == [0, 1e-6, 1e-3, 1, 100]
        assert optimum.medians == [
            np.median(errors(penalties, width, value)) for value in optimum.values
        ]
        assert optimum.medians[optimum.best] == min(optimum.medians)


def test_the_neighbours_that_are_as_good_are_within_a_tenth(comparison):
    for optimum in comparison.optima:
        low, high = optimum.good
        assert low <= optimum.best <= high
        for place, median in enumerate(optimum.medians):
            if low <= place <= high:
                assert median <= 1.1 * optimum.medians[optimum.best]
        assert all(
            optimum.medians[place] > 1.1 * optimum.medians[optimum.best]
            for place in {low - 1, high + 1} & set(range(5))
        )


def test_the_cost_of_another_value_is_reported_seed_by_seed(comparison, penalties):
    optimum = comparison.optima[0]
    ratios = errors(penalties, 4, 100) / errors(penalties, 4, optimum.values[optimum.best])
    assert optimum.factor(4).median == pytest.approx(np.median(ratios))
    assert optimum.factor(4).highest == pytest.approx(max(ratios))


def test_the_sentence_names_the_best_penalties_and_the_cost_of_the_largest(comparison):
    (finding,) = [finding for finding in comparison.findings if finding.topic == "optimum"]
    for optimum in comparison.optima:
        assert (
            f"{optimum.values[optimum.best]:g}".replace("e-0", "e-") + f" at {optimum.label}"
            in finding.text
        )
    assert "times the best at 100" in finding.text
    assert "√λ" in finding.text


def test_two_values_do_not_count_as_a_search_for_the_best(make_run):
    runs = [make_run(training__method="ridge", training__penalty=penalty) for penalty in (0, 1)]
    assert relusgd.compare(runs).optima == []


def test_a_key_that_changes_with_the_way_of_training_does_not_count_as_a_search_either(sweep):
    assert relusgd.compare(sweep).optima == []
