"""What an experiment shows: the changed numbers with a mark, and the trace that SGD leaves."""

from itertools import pairwise

import pytest


def facts(page):
    return dict(
        zip(
            page.locator("#facts dt").all_text_contents(),
            page.locator("#facts dd").all_text_contents(),
            strict=True,
        )
    )


@pytest.fixture
def experiment(make_history, make_page, open_page):
    page = open_page(make_page(make_history(hidden=(12,))), fragment="#epoch=10")
    page.click("#edit")
    return page


def run_sgd(page, wait_until, rate="0.001"):
    page.fill("#rate", rate)
    page.click("#descend")
    wait_until(page, "page.experiment.steps > 600")
    page.click("#descend")


def test_the_header_has_the_numbers_of_the_changed_network_with_a_mark(experiment, settled):
    settled(experiment)
    before = facts(experiment)
    experiment.fill("#weight", "9")
    settled(experiment)
    after = facts(experiment)
    errors = experiment.evaluate("page.experiment.errors()")
    for name in ("train", "test"):
        text = after[f"{name} MSE"]
        assert text != before[f"{name} MSE"]
        assert text.endswith(" *")
        assert float(text[:-2].replace(",", "")) == pytest.approx(errors[name], rel=5e-3)
    experiment.click("#edit")
    settled(experiment)
    assert not any("*" in text for text in facts(experiment).values())


def test_the_header_counts_what_the_metrics_count(experiment, settled):
    experiment.evaluate("page.experiment.network.bias.fill(-99); page.experiment.networkChanged()")
    settled(experiment)
    assert facts(experiment)["dead"].split()[0] == "12"
    assert facts(experiment)["elbows inside"].split()[0] == "0/12"


@pytest.mark.parametrize("hidden", [(6,), (6, 5)])
def test_counts_of_an_unchanged_network_are_those_of_its_metrics(
    hidden, make_history, make_page, open_page, dataset
):
    history = make_history(hidden=hidden)
    page = open_page(make_page(history))
    network = history.network(7)
    dead = sum(
        int((layer <= 0).all(axis=0).sum()) for layer in network.activations(dataset.x_train)
    )
    assert page.evaluate("page.runs[0].network(7).deadUnits(page.runs[0].points.train.x)") == dead


def test_sgd_counts_on_from_the_moment_and_leaves_its_errors_and_elbows(
    experiment, wait_until, settled
):
    run_sgd(experiment, wait_until)
    settled(experiment)
    steps = experiment.evaluate("page.experiment.steps")
    assert facts(experiment)["step"] == f"{20 + steps:,} *"
    entries = experiment.evaluate(
        "page.experiment.trace.entries.filter((entry) => entry !== null)"
        ".map(({ epoch, errors, elbows }) => [epoch, errors.train, elbows[0]])"
    )
    assert entries[0][0] == 10
    assert entries[-1][0] == 10 + steps / 2
    assert entries[-1][1] == experiment.evaluate("page.experiment.errors().train")
    assert entries[-1][2] == experiment.evaluate("page.experiment.network.elbow(0)")


def test_time_is_made_longer_for_sgd_and_as_long_as_before_after_it(
    experiment, wait_until, settled
):
    slider = experiment.input_value("#slider")
    run_sgd(experiment, wait_until)
    settled(experiment)
    assert experiment.evaluate("page.time.end > page.experiment.epoch")
    assert experiment.input_value("#slider") == slider
    experiment.click("#edit")
    settled(experiment)
    assert experiment.evaluate("page.time.end === page.time.last")


def test_the_trace_stays_short_and_keeps_its_ends(experiment):
    entries = experiment.evaluate("""(() => {
        const trace = new Trace();
        for (let epoch = 0; epoch < 20000; epoch++) trace.add({ epoch });
        trace.add(null);
        trace.add({ epoch: 30000 });
        return trace.entries.map((entry) => entry && entry.epoch);
    })()""")
    assert len(entries) <= 502
    assert entries[0] == 0
    assert entries[-2:] == [None, 30000]
    assert max(after - before for before, after in pairwise(entries[:-2])) <= 150


@pytest.mark.parametrize("speed", ["0.25", "1", "4"])
def test_sgd_goes_at_the_chosen_speed(speed, experiment):
    experiment.select_option("#speed", speed)
    taken = experiment.evaluate("""(() => {
        const { experiment } = page;
        experiment.descend({ rate: 1e-4, batch: 5, layers: 'all' });
        let now = performance.now();
        performance.now = () => now;
        Object.assign(experiment, { owed: 0, before: now, steps: 0 });
        now += 40;
        experiment.takeSteps();
        experiment.stop();
        return experiment.steps;
    })()""")
    assert taken == pytest.approx(1000 * float(speed), abs=1)
