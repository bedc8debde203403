"""SGD from here: the stable rate stands beside the rate, and whoever is above it is warned."""

from statistics import median

import numpy as np
import pytest

from relusgd.diagnostics.sharpness import sharpness
from relusgd.model.network import Network


def network_on_trial(page):
    """The network of the experiment as ours."""
    hidden, weights, biases = page.evaluate(
        "[page.experiment.network].map((n) => "
        "[n.hidden, n.weights.map(w => [...w]), n.biases.map(b => [...b])])[0]"
    )
    shapes = zip([1, *hidden], [*hidden, 1], strict=True)
    return Network(
        tuple(np.reshape(w, shape) for w, shape in zip(weights, shapes, strict=True)),
        tuple(np.array(b) for b in biases),
    )


def known_rate(page, wait_until):
    """The stable rate, once it is known of the network as it stands."""
    wait_until(
        page, "page.experiment.stable.known === `${page.experiment.version} ${$('layers').value}`"
    )
    return page.evaluate("page.experiment.stable.rate")


@pytest.fixture
def experiment(make_history, make_page, open_page):
    page = open_page(make_page(make_history(hidden=(12,))))
    page.click("#edit")
    return page


def test_the_stable_rate_is_two_over_the_sharpness_that_python_computes(
    experiment, dataset, wait_until, settled
):
    changes = (
        lambda: None,
        lambda: experiment.fill("#elbow", "0.31"),
        lambda: experiment.fill("#weight", "-2.5"),
        lambda: experiment.click("#solve"),
        lambda: experiment.select_option("#layers", "output"),
        lambda: experiment.select_option("#layers", "hidden"),
    )
    for change in changes:
        change()
        settled(experiment)
        layers = experiment.input_value("#layers")
        expected = 2 / sharpness(network_on_trial(experiment), dataset, layers)
        assert known_rate(experiment, wait_until) == pytest.approx(expected, rel=1e-4)
        settled(experiment)
        shown = float(experiment.text_content("#stable").split("= ")[1])
        assert shown == pytest.approx(expected, rel=0.06)


def test_sgd_above_the_stable_rate_warns_before_it_starts(experiment, wait_until, settled):
    rate = known_rate(experiment, wait_until)
    experiment.fill("#rate", str(3 * rate))
    settled(experiment)
    assert "not stable" in experiment.text_content("#rate-warning")
    experiment.click("#descend")
    settled(experiment)
    assert experiment.evaluate("page.experiment.steps") == 0
    assert experiment.text_content("#descend") == "Start all the same"
    experiment.click("#descend")
    wait_until(experiment, "page.experiment.steps > 0")


def test_a_button_takes_the_safe_rate_which_starts_at_once(experiment, wait_until, settled):
    rate = known_rate(experiment, wait_until)
    experiment.fill("#rate", str(3 * rate))
    experiment.click("#descend")
    experiment.click("#safe-rate")
    settled(experiment)
    taken = float(experiment.input_value("#rate"))
    assert 0.4 * rate < taken < rate
    assert experiment.text_content("#rate-warning") == ""
    experiment.click("#descend")
    wait_until(experiment, "page.experiment.steps > 100")
    assert experiment.evaluate("page.experiment.running")


def test_sgd_at_the_safe_rate_keeps_what_the_closed_form_has_found(experiment, wait_until, settled):
    experiment.click("#solve")
    known_rate(experiment, wait_until)
    settled(experiment)
    solved = experiment.evaluate("page.experiment.errors().train")
    experiment.click("#safe-rate")
    experiment.click("#descend")
    wait_until(experiment, "page.experiment.steps > 20000")
    experiment.click("#descend")
    # A batch of few points kicks the error up for some hundred steps now and then: the median tells.
    errors = experiment.evaluate(
        "page.experiment.trace.entries.filter((entry) => entry).map((entry) => entry.errors.train)"
    )
    assert len(errors) > 20
    assert median(errors) < 1.5 * solved


def test_a_wide_network_is_searched_while_the_page_goes_on_drawing(
    make_history, make_page, open_page, wait_until, dataset
):
    page = open_page(make_page(make_history(snapshots=2, hidden=(3000,))))
    drawn = page.evaluate("page.drawn")
    page.click("#edit")
    rate = known_rate(page, wait_until)
    assert rate == pytest.approx(2 / sharpness(network_on_trial(page), dataset), rel=1e-4)
    assert page.evaluate("page.drawn") > drawn
