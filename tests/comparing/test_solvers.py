"""Ridge against SGD on the output layer: the numbers behind the sentence."""

import numpy as np
import pytest

import relusgd
from relusgd.comparing.solvers import summed_rates
from relusgd.training.building import build_schedule
from relusgd.training.ridge import output_regressors


def hessian(run):
    features = output_regressors(run.network(epoch=0), run.data.x_train)
    return 2 / len(features) * features.T @ features


def test_there_is_a_duel_for_every_width(sweep):
    duels = relusgd.compare(sweep).duels
    assert [(duel.label, duel.ridge.label, duel.sgd.label) for duel in duels] == [
        (f"hidden {width}", f"hidden {width}, ridge", f"hidden {width}, output layer only")
        for width in (4, 6)
    ]
    assert [duel.directions for duel in duels] == [5, 7]
    assert [duel.networks for duel in duels] == [3, 3]


def test_the_condition_number_is_that_of_the_hessian(sweep):
    for duel in relusgd.compare(sweep).duels:
        conditions = []
        for result in duel.ridge.results:
            values = np.linalg.eigvalsh(hessian(result.run))
            values = values[values > 1e-12 * values[-1]]
            conditions.append(values[-1] / values[0])
        assert duel.condition.median == pytest.approx(np.median(conditions), rel=1e-4)


def test_after_the_steps_of_the_slowest_direction_it_is_nearer_by_a_factor_e(make_run):
    given = {"network__elbows": (0.1, 0.35, 0.6, 0.85, 0.95), "training__learning_rate": 0.2}
    ridge, sgd = (
        make_run(training__method="ridge", **given),
        make_run(training__layers="output", **given),
    )
    (duel,) = relusgd.compare(ridge, sgd).duels
    values, vectors = np.linalg.eigh(hessian(ridge))
    slowest = int(np.flatnonzero(values > 1e-12 * values[-1])[0])
    distance = (
        np.linalg.matrix_power(np.eye(6) - 0.2 * hessian(ridge), round(duel.slowest_steps.median))
        @ vectors[:, slowest]
    )
    assert vectors[:, slowest] @ distance == pytest.approx(np.exp(-1), rel=1e-2)


def test_a_direction_has_settled_after_enough_accumulated_learning_rate(sweep):
    for duel in relusgd.compare(sweep).duels:
        settled = [
            np.count_nonzero(np.linalg.eigvalsh(hessian(result.run)) * 0.2 * 60 >= 1)
            for result in duel.ridge.results
        ]
        assert duel.settled.median == np.median(settled)  # 20 epochs of 3 steps at 0.2


def test_the_way_of_a_schedule_is_the_sum_of_its_rates_and_momentum_lengthens_it(make_run):
    run = make_run(training__schedule={"kind": "cosine"}, training__momentum=0.5)
    (result,) = relusgd.compare(run).groups[0].results
    schedule = build_schedule(run.config, run.facts.counts.steps_per_epoch)
    rates = [schedule.at(epoch) for epoch in range(1, 11)]
    assert summed_rates(result) == pytest.approx(2 * 3 * sum(rates))


def test_networks_with_different_initial_parameters_are_not_a_duel(make_run):
    ridge, sgd = make_run(0, training__method="ridge"), make_run(1, training__layers="output")
    assert relusgd.compare(ridge, sgd).duels == []


def test_the_sentence_tells_the_errors_the_condition_numbers_and_the_steps(sweep):
    comparison = relusgd.compare(sweep)
    (finding,) = [finding for finding in comparison.findings if finding.topic == "solver"]
    table = comparison.table
    assert finding.numbers["train_mse"] == [
        (table["train_mse_median"][i + 2], table["train_mse_median"][i + 1]) for i in (0, 3)
    ]
    for duel in comparison.duels:
        assert f"{float(f'{duel.slowest_steps.median:.2g}'):g}".replace(
            "e+0", "e"
        ) in finding.text.replace(",", "")
    assert "At learning rate 0.2 SGD settled" in finding.text
