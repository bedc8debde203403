"""One step on the elbows: its numbers against backpropagation, differences and the next recorded
state, the four cases of the signs in words, and what is said of units that stay where they are.
"""

import numpy as np
import pytest
from small import SMALL, TINY

import relusgd
from relusgd.diagnostics.elbow_step import elbow_step
from relusgd.diagnostics.step_formulas import unit_formulas
from relusgd.diagnostics.step_words import StepWords
from relusgd.diagnostics.unit_words import UnitWords
from relusgd.diagnostics.update_rule import UpdateRule
from relusgd.gradients.backprop import backprop
from relusgd.model.network import Network, parameter_count
from relusgd.model.scaling import Scaling
from relusgd.training import prepare


def random_network(hidden, seed=0):
    vector = np.random.default_rng(seed).normal(size=parameter_count(hidden))
    return Network.from_parameters(vector, hidden)


def gradient(network, x, y):
    found = backprop(network.weights, network.biases, x[:, None], y[:, None])
    return Network(found.weights, found.biases).parameters()


def stepped(network, x, y, rate=0.1):
    after = network.parameters() - rate * gradient(network, x, y)
    return elbow_step(network, Network.from_parameters(after, network.hidden), x, y, rate)


def of_one_unit(slope, bias, output_weight, x, y, rate=0.1):
    """The step of a network of one unit on one sample."""
    network = Network.from_parameters(
        np.array([slope, bias, output_weight, 0.0], dtype=float), (1,)
    )
    return stepped(network, np.array([float(x)]), np.array([float(y)]), rate)


def words_of(step, number=0, scaling=None, **rule):
    words = UnitWords(UpdateRule(**rule), scaling or Scaling())
    return " ".join(words.of_unit(step.unit(number)))


# Derivatives, pulls and shares


@pytest.mark.parametrize("hidden", [(6,), (5, 4), (4, 3, 5)], ids=str)
def test_derivatives_are_those_of_backpropagation_and_of_differences(hidden):
    rng = np.random.default_rng(2)
    network, x, y = random_network(hidden), rng.normal(size=9), rng.normal(size=9)
    step = stepped(network, x, y)
    expected = Network.from_parameters(gradient(network, x, y), hidden)
    np.testing.assert_allclose(step.by_slope, expected.slope, atol=1e-13)
    np.testing.assert_allclose(step.by_bias, expected.bias, atol=1e-13)
    if len(hidden) == 1:
        np.testing.assert_allclose(step.by_output_weight, expected.output_weight, atol=1e-13)
    h = 1e-6
    for number in range(hidden[0]):
        nudged = [np.copy(network.parameters()) for _ in range(2)]
        nudged[0][number] -= h
        nudged[1][number] += h
        low, high = (
            np.mean((Network.from_parameters(vector, hidden)(x) - y) ** 2) for vector in nudged
        )
        assert step.by_slope[number] == pytest.approx((high - low) / (2 * h), abs=1e-7)


@pytest.mark.parametrize("hidden", [(6,), (5, 4)], ids=str)
def test_the_pulls_of_all_points_add_up_to_the_move_of_the_elbow(hidden):
    rng = np.random.default_rng(3)
    step = stepped(random_network(hidden), rng.normal(size=12), rng.normal(size=12), 0.01)
    for number in range(len(step)):
        unit = step.unit(number)
        assert unit.pulls.sum() == pytest.approx(unit.move, rel=1e-9, abs=1e-13)
        assert unit.move == step.move[number]
        assert unit.g.sum() == pytest.approx(step.by_bias[number], abs=1e-13)
        assert (unit.g @ unit.x) == pytest.approx(step.by_slope[number], abs=1e-13)
        assert unit.shares.sum() == pytest.approx(1.0 if unit.is_active.any() else 0.0)
        assert not unit.shares[~unit.is_active].any()


def test_f_by_a_of_a_deep_network_is_what_a_nudge_of_the_activation_does():
    network, x = random_network((5, 4)), np.array([0.3])
    step = stepped(network, x, np.array([0.5]))
    h = 1e-6
    for number in range(5):
        unit = step.unit(number)
        a = network.activations(x)[0][0]

        def output(a):
            hidden = np.maximum(a @ network.weights[1] + network.biases[1], 0)
            return float(hidden @ network.weights[2][:, 0])

        nudge = h * np.eye(5)[number]
        slope = (output(a + nudge) - output(a - nudge)) / (2 * h)
        assert unit.f_by_a[0] == pytest.approx(slope, abs=1e-8)


def test_a_step_worked_out_by_hand():
    # w = 2, b = −1, v = 3 at x = 1, y = 1: z = 1, f = 3, r = 2, ∂ℓ/∂f = 4.
    step = of_one_unit(2, -1, 3, x=1, y=1, rate=0.1)
    unit = step.unit(0)
    assert (step.f[0], step.by_f[0]) == (3.0, 4.0)
    assert (unit.output_weight.derivative, unit.bias.derivative, unit.slope.derivative) == (
        4,
        12,
        12,
    )
    assert (unit.slope.after, unit.bias.after) == pytest.approx((0.8, -2.2))
    assert (unit.elbow, unit.elbow_after) == pytest.approx((0.5, 2.75))
    assert unit.move == pytest.approx(0.1 * 12 * (1 + 0.5 * 1) / 0.8)
    lines = {line.name: line for line in unit_formulas(unit, UpdateRule())}
    assert lines["∂ℓ/∂f"].numbers == "2 · (3 − 1)"
    assert (lines["∂ℓ/∂b"].symbols, lines["∂ℓ/∂b"].numbers) == ("∂ℓ/∂a · [z > 0]", "12 · 1")
    assert (lines["w′"].numbers, lines["w′"].value) == ("2 − 0.1 · 12", "0.8")
    assert (lines["e′"].numbers, lines["e′"].value) == ("2.2/0.8", "2.75")
    assert lines["e′ − e"].numbers == "0.1 · 12 · (1 + 0.5 · 1)/0.8"


# The step that training takes


WAYS = [
    {},
    {"training.momentum": 0.9, "training.weight_decay": 0.01},
    {"training.momentum": 0.9, "training.nesterov": True},
    {"training.method": "adam"},
    {"training.method": "adamw", "training.weight_decay": 0.1},
    {"training.method": "rmsprop"},
    {"training.method": "sign"},
    {"training.layers": "output"},
    {"training.batch_size": "full"},
    {"network.hidden": [4, 3]},
    {"data.standardize": True, "training.momentum": 0.5},
    {"training.schedule": {"kind": "cosine", "minimum": 0}},
    {"training.label_noise": 0.3, "training.input_noise": 0.05, "training.momentum": 0.9},
]


@pytest.mark.parametrize("changes", WAYS, ids=str)
def test_the_step_on_the_batch_is_the_one_that_training_took(changes, tmp_path):
    run = relusgd.record(relusgd.load_config(SMALL, {"training.epochs": 6, **changes}), tmp_path)
    report = run.step(epoch=3)
    after = run.state(report.number)
    assert report.number == 3 * run.facts.counts.steps_per_epoch + 1
    np.testing.assert_allclose(report.step.after.parameters(), after.parameters, atol=1e-14)
    assert np.array_equal(report.step.before.parameters(), run.network(epoch=3).parameters())
    assert np.array_equal(report.step.move, after_elbows(run, after) - run.network(epoch=3).elbow)
    taught = run.metrics["learning_rate"][run.history.index(epoch=4)]
    assert report.step.rate == taught
    assert ("with fresh noise" in report.where) == ("training.label_noise" in changes)


def after_elbows(run, state):
    return Network.from_parameters(state.parameters, run.history.hidden).elbow


def test_the_batch_holds_the_points_that_the_step_drew(tmp_path):
    run = relusgd.record(relusgd.load_config(SMALL, {"training.epochs": 2}), tmp_path)
    points = set(zip(run.data.x_train.tolist(), run.data.y_train.tolist(), strict=True))
    drawn = [point for epoch in (0,) for point in batch_of(run.step(epoch=epoch))]
    assert len(drawn) == 8
    assert set(drawn) <= points
    expected = backprop_after(run, drawn)
    np.testing.assert_allclose(run.state(1).parameters, expected, atol=1e-14)


def batch_of(report):
    return list(zip(report.step.x.tolist(), report.step.y.tolist(), strict=True))


def backprop_after(run, drawn):
    x, y = np.array(drawn).T
    network = run.network(epoch=0)
    return network.parameters() - run.config.training.learning_rate * gradient(network, x, y)


def test_behind_the_last_step_is_the_one_that_a_longer_run_takes(tmp_path):
    config = relusgd.load_config(SMALL, {"training.epochs": 5, "training.momentum": 0.9})
    report = relusgd.record(config, tmp_path / "short").step()
    assert report.where.endswith(", if training went on")
    longer = relusgd.record(relusgd.load_config(config, {"training.epochs": 6}), tmp_path / "long")
    np.testing.assert_array_equal(
        report.step.after.parameters(), longer.state(report.number).parameters
    )


def test_a_sample_takes_a_plain_gradient_step_of_the_parameters_that_learn(tmp_path):
    changes = {"training.method": "adam", "training.layers": "output", "training.epochs": 3}
    run = relusgd.record(relusgd.load_config(SMALL, changes), tmp_path)
    report = run.step(epoch=2, at=(0.3, 1.2), rate=0.25)
    network = run.network(epoch=2)
    moved = gradient(network, np.array([0.3]), np.array([1.2]))
    moved[: 2 * 7] = 0
    np.testing.assert_allclose(
        report.step.after.parameters(), network.parameters() - 0.25 * moved, atol=1e-15
    )
    assert not report.step.move.any()
    assert "do not learn" in report.sentences[0]
    assert "do not learn" in " ".join(report.unit(0).sentences)


def test_a_rate_of_ones_own_takes_the_place_of_the_one_in_force(tmp_path):
    run = relusgd.record(relusgd.load_config(SMALL, {"training.epochs": 2}), tmp_path)
    usual, ten_times = run.step(epoch=1), run.step(epoch=1, rate=0.2)
    way = usual.step.after.parameters() - usual.step.before.parameters()
    far = ten_times.step.after.parameters() - ten_times.step.before.parameters()
    np.testing.assert_allclose(far, 10 * way, atol=1e-14)


def test_x_alone_is_the_nearest_training_point(tmp_path):
    plan = prepare(relusgd.load_config(SMALL))
    report = relusgd.step(SMALL, at=0.5)
    nearest = np.argmin(np.abs(plan.dataset.x_train - 0.5))
    assert batch_of(report) == [(plan.dataset.x_train[nearest], plan.dataset.y_train[nearest])]
    assert f"training point {nearest + 1} of 30" in report.where


def test_a_config_has_the_first_step_of_its_training(tmp_path):
    run = relusgd.record(relusgd.load_config(TINY), tmp_path)
    np.testing.assert_allclose(
        relusgd.step(TINY).step.after.parameters(), run.state(1).parameters, atol=1e-15
    )
    assert relusgd.step(run.folder, epoch=0).facts()["step"] == 1


def test_a_run_that_began_from_another_needs_it_no_more(tmp_path):
    first = relusgd.record(TINY, tmp_path / "first")
    config = relusgd.load_config(
        TINY, {"network.start": {"run": str(first.folder), "epoch": "last"}}
    )
    second = relusgd.record(config, tmp_path / "second")
    before = second.step(epoch=0).facts()
    first.folder.rename(tmp_path / "elsewhere")
    assert relusgd.load_run(second.folder).step(epoch=0).facts() == before
    assert second.state(3).step == 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"at": (0.5, float("nan"))}, "a sample is"),
        ({"at": "here"}, "a sample is"),
        ({"at": (1, 2, 3)}, r"at=… gives 3 numbers"),
        ({"rate": 0}, "above 0, not 0"),
        ({"rate": -0.1}, "above 0"),
        ({"rate": float("inf")}, "above 0"),
        ({"rate": "fast"}, "above 0, not 'fast'"),
        ({"at": (0.5, 1), "rate": 1e300}, "leaves the finite numbers"),
        ({"epoch": 77}, "no snapshot was recorded at epoch 77"),
    ],
)
def test_what_is_no_step_is_a_sentence_in_the_words_of_python(given, message, tmp_path):
    run = relusgd.record(TINY, tmp_path / "run")
    with pytest.raises(relusgd.InputError, match=message):
        run.step(**given)


def test_ridge_regression_has_no_batch_and_no_rate(tmp_path):
    changes = {"training.method": "ridge", "training.momentum": 0}
    run = relusgd.record(relusgd.load_config(TINY, changes), tmp_path)
    with pytest.raises(relusgd.InputError, match="draws no batches"):
        run.step()
    with pytest.raises(relusgd.InputError, match="no learning rate"):
        run.step(at=(0.5, 1))
    assert run.step(at=(0.5, 1), rate=0.1).step.rate == 0.1


def test_there_are_no_units_before_the_first_and_behind_the_last():
    report = relusgd.step(TINY)
    for number in (-1, 3):
        with pytest.raises(relusgd.InputError, match="its units are 0 to 2"):
            report.unit(number)


# In words


FOUR_CASES = [
    # w, b, x; what slope, elbow and the part of the axis on which the unit is on do
    (1.0, -2.0, 1.0, ["is off there"]),
    (1.0, 0.5, 1.0, ["slope falls", "because x > 0", "flatter", "moves right, towards the point"]),
    (1.0, 2.0, -1.0, ["slope rises", "because x < 0", "steeper", "moves right, towards the point"]),
    (-1.0, 2.0, 1.0, ["slope falls", "because x > 0", "steeper", "moves left, towards the point"]),
]
"""A residual of 1 and v = 1: the unit is off, or its output has to fall."""


@pytest.mark.parametrize(("slope", "bias", "x", "phrases"), FOUR_CASES)
def test_the_four_cases_of_a_positive_residual(slope, bias, x, phrases):
    output = max(slope * x + bias, 0)
    step = of_one_unit(slope, bias, 1.0, x, output - 1, rate=0.05)
    text = words_of(step)
    assert "the function lies 1 above the point, so it has to fall there" in text
    for phrase in phrases:
        assert phrase in text
    if output > 0:
        assert "has to fall" in text
        assert "The bias falls" in text
        assert "over less of the axis" in text
    else:
        assert step.move[0] == 0


def test_signs_of_residual_and_output_weight_decide_together():
    for output_weight, above in ((1, True), (1, False), (-1, True), (-1, False)):
        f = output_weight * 1.5
        text = words_of(of_one_unit(1, 0.5, output_weight, 1, f - 1 if above else f + 1, 0.01))
        falls = (output_weight > 0) == above
        assert f"so its output has to {'fall' if falls else 'rise'}." in text
        assert f"The bias {'falls' if falls else 'rises'}" in text


def test_an_elbow_at_the_other_side_of_0_may_move_away_from_the_point():
    # 1 + e x = 1 − 3 · 1 < 0: turning the line outweighs lifting it.
    text = words_of(of_one_unit(1, 3, 1, 1, 3, rate=0.01))
    assert "away from the point" in text


def test_a_point_on_the_elbow_counts_as_off():
    step = of_one_unit(2, -1, 1, x=0.5, y=3)
    assert step.active[0] == 0
    assert "exactly on the elbow" in words_of(step)
    assert step.move[0] == 0


def test_what_cannot_move_is_told_so():
    assert "goes through the point" in words_of(of_one_unit(1, 0, 1, x=1, y=1))
    without_say = words_of(of_one_unit(1, 0, 0, x=1, y=1))
    assert "only the output weight learns" in without_say
    assert "elbow" not in without_say
    at_0 = of_one_unit(1, 1, 1, x=0, y=0)
    assert "The slope stays at 1." in words_of(at_0)
    network = random_network((3,))
    far = Network((np.array([[1.0, 1.0, 1.0]]), network.weights[1]), (np.full(3, -9.0), np.ones(1)))
    dead = stepped(far, np.linspace(0, 1, 5), np.zeros(5))
    assert "off at all 5 points of the batch: no point has a vote" in words_of(dead, 1)
    assert not dead.unit(1).shares.any()


def test_units_without_slope_have_no_elbow_until_a_step_gives_them_one():
    step = of_one_unit(0, 1, 1, x=0.5, y=0)
    assert np.isnan(step.before.elbow[0])
    assert "At slope 0 the unit had no elbow; now it has one" in words_of(step)
    assert step.unit(0).shares.tolist() == [1.0]
    at_0 = of_one_unit(0, 1, 1, x=0, y=0)
    assert "is constant and has no elbow" in words_of(at_0)
    # 0.25 − 0.25 · 1 = 0
    gone = of_one_unit(0.25, 0.25, 1, x=1, y=0, rate=0.25)
    assert gone.after.slope[0] == 0
    assert "is gone" in words_of(gone)
    turned = of_one_unit(0.25, 0.25, 1, x=1, y=0, rate=0.5)
    assert "changes its sign" in words_of(turned)


def test_momentum_is_told_from_the_pull_of_the_batch(tmp_path):
    config = relusgd.load_config(SMALL, {"training.momentum": 0.9, "training.epochs": 3})
    run = relusgd.record(config, tmp_path)
    report = run.step(epoch=2)
    number = int(np.argmax(report.step.active))
    unit = report.unit(number)
    text = " ".join(unit.sentences)
    assert "comes from the gradient of this batch" in text
    assert "from momentum." in text
    lines = {line.name: line for line in unit.formulas}
    velocity = run.state(report.number - 1).memory["velocity"][number]
    expected = 0.9 * velocity + report.step.by_slope[number]
    assert float(lines["uw"].value.replace("−", "-")) == pytest.approx(expected, rel=1e-4)
    assert lines["w′"].symbols == "w − η uw"


def test_methods_that_do_not_subtract_the_gradient_say_what_they_do(tmp_path):
    changes = {"training.method": "adam", "training.epochs": 2}
    run = relusgd.record(relusgd.load_config(SMALL, changes), tmp_path)
    report = run.step(epoch=1)
    number = int(np.argmax(report.step.active))
    text = " ".join(report.unit(number).sentences)
    assert "Adam divides each derivative by the root of a running mean of its square" in text
    lines = {line.name: line for line in report.unit(number).formulas}
    assert "m̂/(√v̂ + ε)" in lines["w′"].symbols


def test_the_strongest_pull_is_named_and_points_that_are_off_have_no_vote():
    network = Network((np.ones((1, 1)), np.ones((1, 1))), (np.array([-0.5]), np.zeros(1)))
    x, y = np.array([0.0, 0.25, 0.75, 1.0]), np.array([5.0, 5.0, 0.25, -4.0])
    text = words_of(stepped(network, x, y, 0.01))
    # At x = 0.75 the residual is 0, at x = 1 it is 4.5; the others are left of the elbow.
    assert "on at 2 of 4 points" in text
    assert "3 points have no vote" in text
    assert "Strongest: (x = 1, y = −4) with 100 % of all pulling." in text


def test_a_sample_sorts_the_units_by_what_it_does_to_them():
    slopes, biases = np.array([[1.0, 1.0, -1.0, 1.0]]), np.array([-2.0, 0.5, 2.0, 0.5])
    network = Network((slopes, np.array([[1.0], [1], [1], [-1]])), (biases, np.zeros(1)))
    step = stepped(network, np.array([1.0]), np.array([0.0]), 0.01)
    lines = StepWords(UpdateRule(), Scaling()).of_step(step)
    assert lines == [
        "off at x = 1, so they stay: unit 0",
        "on, w < 0, output has to fall: slope falls, elbow moves left: unit 2",
        "on, w > 0, output has to fall: slope falls, elbow moves right: unit 1",
        "on, w > 0, output has to rise: slope rises, elbow moves left: unit 3",
    ]


def test_points_and_elbows_are_in_the_units_of_the_data_and_slopes_in_those_of_the_network():
    data = {
        "kind": "points",
        "x": [1900, 1920, 1940, 1960],
        "y": [100, 300, 200, 250],
        "standardize": True,
    }
    report = relusgd.step({**TINY, "data": data}, at=(1920, 500))
    facts = report.facts()
    assert facts["points"][0]["x"] == pytest.approx(1920)
    assert facts["points"][0]["y"] == pytest.approx(500)
    scaling = report.dataset.scaling
    before = report.step.before
    expected = scaling.x_to_original(before.elbow)
    np.testing.assert_allclose([unit["elbow"] for unit in facts["units"]], expected)
    np.testing.assert_allclose([unit["slope"] for unit in facts["units"]], before.slope)
    moves = [unit["elbow_after"] - unit["elbow"] for unit in facts["units"]]
    np.testing.assert_allclose([unit["move"] for unit in facts["units"]], moves, atol=1e-9)
    for unit in facts["units"]:
        pulls = sum(point["pull"] for point in unit["points"])
        assert pulls == pytest.approx(unit["move"], abs=1e-9)
    assert facts["loss"] == pytest.approx((facts["points"][0]["f"] - facts["points"][0]["y"]) ** 2)
    assert any("standardised units of the network" in note for note in report.notes)
    assert "in the units of the data" in report.notes[0]


def test_a_report_shows_itself_in_a_cell():
    report = relusgd.step(SMALL, at=(0.3, 1))
    assert repr(report) == "<StepReport: after epoch 0, step 1 on the sample x = 0.3, y = 1>"
    assert repr(report.unit(2)).startswith("<UnitReport: unit 2 after epoch 0")
    shown = report._repr_html_()
    assert shown.count("<tr>") == 8
    assert "the sample x = 0.3, y = 1" in shown
    of_unit = report.unit(2)._repr_html_()
    assert "∂ℓ/∂a · [z &gt; 0]" in of_unit
    many = relusgd.step({**SMALL, "network": {"hidden": [300]}})
    assert "100 more rows are not shown" in many._repr_html_()
