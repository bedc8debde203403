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


DEAD = """(() => { const network = page.experiment.network.copy();
    network.bias.fill(-99); page.experiment.show(network); })()"""


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
    experiment.evaluate(DEAD)
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
    wait_until(experiment, f"page.facts[1].textContent === '{20 + steps:,} *'")
    entries = experiment.evaluate(
        "page.experiment.trace.entries.filter((entry) => entry !== null)"
        ".map((entry) => [page.experiment.epochOf(entry.step), entry.errors.train, "
        "page.experiment.course.elbowAt(entry, 0)])"
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
        for (let step = 0; step < 20000; step++) trace.add({ step });
        trace.add(null);
        trace.add({ step: 30000 });
        return trace.entries.map((entry) => entry && entry.step);
    })()""")
    assert len(entries) <= 502
    assert entries[0] == 0
    assert entries[-2:] == [None, 30000]
    assert max(after - before for before, after in pairwise(entries[:-2])) <= 150


@pytest.mark.parametrize("speed", ["0.25", "1", "4"])
def test_training_goes_at_the_chosen_speed_also_while_it_runs(speed, experiment, wait_until):
    experiment.evaluate("page.experiment.descend({ rate: 1e-4, batch: 5, layers: 'all' })")
    experiment.select_option("#speed", speed)
    assert experiment.evaluate("page.experiment.pace") == 25000 * float(speed)
    before = experiment.evaluate("page.experiment.steps")
    wait_until(experiment, f"page.experiment.steps > {before}")


def test_a_pace_is_so_many_steps_a_second(experiment):
    taken = experiment.evaluate(
        """(pace) => {
        const { course, run } = page.experiment;
        const reports = [];
        const runner = new CourseRunner((report) => reports.push(report));
        const points = { train: run.points.train, test: run.points.test };
        const units = { x: 1, y: 1 };
        const { settings, hidden, start } = course;
        runner.begin({ course: 1, start, hidden, points, settings, units, outputBias: true });
        let now = performance.now();
        performance.now = () => now;
        runner.wake = () => {};
        runner.run({ pace });
        runner.owed = 0;
        now += 40;
        runner.runOn();
        runner.pause();
        return runner.training.step;
    }""",
        25000,
    )
    assert taken == pytest.approx(1000, abs=1)


def test_a_change_by_hand_stops_training_and_going_on_begins_with_it(experiment, wait_until):
    run_sgd(experiment, wait_until)
    experiment.click("#descend")
    experiment.evaluate("page.experiment.setWeight(3, 2.5)")
    assert not experiment.evaluate("page.experiment.running")
    steps = experiment.evaluate("page.experiment.steps")
    experiment.wait_for_timeout(100)  # reports of the course that was left are still on their way
    assert experiment.evaluate("page.experiment.network.outputWeight[3]") == 2.5
    assert experiment.evaluate("page.experiment.steps") == steps
    experiment.fill("#rate", "1e-9")
    experiment.click("#descend")
    wait_until(experiment, f"page.experiment.steps > {steps}")
    weight = experiment.evaluate("page.experiment.network.outputWeight[3]")
    assert weight == pytest.approx(2.5, abs=1e-3)


LAB_ROW = "Array.from(lab.courses[0].row)"


def test_the_lab_opens_with_the_network_that_is_shown_and_leads_back(
    experiment, wait_until, settled
):
    experiment.fill("#weight", "1.25")
    settled(experiment)
    row = experiment.evaluate("Array.from(rowOfParameters(page.experiment.network))")
    experiment.fill("#rate", "0.003")
    with experiment.expect_navigation(wait_until="load"):
        experiment.click("#to-lab")
    wait_until(experiment, "document.body.classList.contains('lab')")
    assert experiment.evaluate(LAB_ROW) == row
    assert experiment.input_value("#rate") == "0.003"
    assert experiment.text_content("#facts dd") == "20"
    x, y = experiment.evaluate("[lab.points.train.x.length, lab.points.test.x.length]")
    assert [x, y] == [60, 100]
    experiment.click("#single")
    wait_until(experiment, "lab.courses[0].step === 1")
    wait_until(experiment, "window.location.hash === fragmentOf(lab.current())")
    experiment.reload()
    wait_until(experiment, "lab.courses[0].step === 1")
    with experiment.expect_navigation(wait_until="load"):
        experiment.click("#to-run")
    wait_until(experiment, "typeof page !== 'undefined' && page !== null")
    assert experiment.evaluate("page.clock.epoch") == 10


def test_a_network_beyond_the_labs_bounds_is_told_so(make_history, make_page, open_page, settled):
    page = open_page(make_page(make_history(hidden=(300,))))
    settled(page)
    assert page.is_disabled("#to-lab")
    assert (
        page.get_attribute("#to-lab", "title") == "the lab takes up to 6 layers of 250 units each"
    )
