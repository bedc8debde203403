import numpy as np
import pytest

from relusgd.config import load_config
from relusgd.model.initial import InitialNetwork
from relusgd.training import prepare


def draw(hidden=(40,), elbow_range=(0.0, 1.0), seed=0, **options):
    return InitialNetwork(hidden, elbow_range, **options).draw(np.random.RandomState(seed))


def test_the_default_is_torchs_linear_layer_with_sorted_uniform_elbows():
    network = draw(hidden=(400,))
    assert 0.95 < np.abs(network.slope).max() <= 1
    assert 0.045 < np.abs(network.output_weight).max() <= 0.05
    assert abs(network.output_bias) <= 0.05
    assert np.all(np.diff(network.elbow) >= 0)
    assert 0 <= network.elbow.min() < 0.02 < 0.98 < network.elbow.max() <= 1


def test_placing_elbows_changes_no_other_number():
    kept, placed = draw(elbows="keep"), draw(elbows="even")
    assert np.array_equal(kept.slope, placed.slope)
    assert np.array_equal(kept.output_weight, placed.output_weight)
    assert kept.output_bias == placed.output_bias


def test_even_elbows_stand_in_the_middle_of_equal_parts():
    np.testing.assert_allclose(
        draw(hidden=(4,), elbow_range=(-1.0, 1.0), elbows="even").elbow,
        [-0.75, -0.25, 0.25, 0.75],
        atol=1e-15,
    )


def test_elbows_and_slopes_given_by_hand_stand_where_they_were_put():
    network = draw(hidden=(3,), elbows=(0.1, 0.5, 0.9), slopes=(1.0, -2.0, 4.0))
    np.testing.assert_allclose(network.elbow, [0.1, 0.5, 0.9], rtol=1e-15)
    assert network.slope.tolist() == [1.0, -2.0, 4.0]
    assert draw(hidden=(3,), slopes=1.0).slope.tolist() == [1.0, 1.0, 1.0]


def test_a_network_by_its_numbers_is_the_sum_of_its_units():
    network = draw(
        hidden=(3,),
        elbows=(0.2, 0.5, 0.75),
        slopes=(1.0, -2.0, 4.0),
        output_weights=(3.0, 0.5, -1.0),
        output_offset=0.25,
    )
    x = np.array([0.0, 0.25, 0.5, 1.0])
    # 3·relu(x − 0.2) + 0.5·relu(−2 (x − 0.5)) − relu(4 (x − 0.75)) + 0.25, worked out by hand
    np.testing.assert_allclose(network(x), [0.75, 0.65, 1.15, 1.65], rtol=1e-14)


def test_signs_alternate_from_plus_one():
    assert draw(hidden=(5,), slopes="signs").slope.tolist() == [1, -1, 1, -1, 1]
    assert draw(hidden=(3, 2), slopes="signs", antisymmetric=True).slope.tolist() == [1, -1, 1]


def test_signs_of_antisymmetric_pairs_are_equal():
    network = draw(hidden=(6,), slopes="signs", antisymmetric=True)
    assert network.slope.tolist() == [1, 1, -1, -1, 1, 1]
    assert np.abs(network(np.linspace(-1, 2, 7))).max() < 1e-15


@pytest.mark.parametrize("hidden", [(6,), (4, 3)])
@pytest.mark.parametrize("antisymmetric", [False, True])
def test_one_position_is_that_of_all_units(hidden, antisymmetric):
    hidden = hidden if not antisymmetric else (*hidden[:-1], 4)
    network = draw(hidden=hidden, elbows=0.25, antisymmetric=antisymmetric)
    np.testing.assert_allclose(network.elbow, 0.25, rtol=1e-15)


@pytest.mark.parametrize("hidden", [(40,), (4, 3)])
def test_an_output_offset_changes_no_other_number(hidden):
    drawn, given = draw(hidden=hidden), draw(hidden=hidden, output_offset=-1.5)
    assert given.output_bias == -1.5
    assert np.array_equal(given.parameters()[:-1], drawn.parameters()[:-1])


def test_output_weights_by_hand_change_no_other_number():
    drawn, given = draw(), draw(output_weights=2.0)
    assert given.output_weight.tolist() == [2.0] * 40
    assert np.array_equal(given.slope, drawn.slope)
    assert np.array_equal(given.bias, drawn.bias)
    assert given.output_bias == drawn.output_bias


@pytest.mark.parametrize(
    ("init", "first", "second"),
    [("he_normal", 2.0, 2.0 / 2000), ("glorot_uniform", 6 / 2001 / 3, 6 / 2001 / 3)],
)
def test_weights_have_the_variance_of_their_papers_and_biases_are_zero(init, first, second):
    network = draw(hidden=(2000,), init=init, elbows="keep")
    assert np.var(network.slope) == pytest.approx(first, rel=0.1)
    assert np.var(network.output_weight) == pytest.approx(second, rel=0.1)
    assert not network.bias.any()
    assert network.output_bias == 0


def test_normal_takes_its_scales_as_standard_deviations():
    network = draw(
        hidden=(2000,), init="normal", hidden_scale=3.0, output_scale=0.01, elbows="keep"
    )
    assert np.std(network.slope) == pytest.approx(3.0, rel=0.1)
    assert np.std(network.bias) == pytest.approx(3.0, rel=0.1)
    assert np.std(network.output_weight) == pytest.approx(0.01, rel=0.1)
    assert network.output_bias == 0


def test_uniform_takes_its_scales_as_half_widths():
    network = draw(
        hidden=(2000,), init="uniform", hidden_scale=3.0, output_scale=0.01, elbows="keep"
    )
    for values, half_width in [
        (network.slope, 3.0),
        (network.bias, 3.0),
        (network.output_weight, 0.01),
    ]:
        assert 0.99 * half_width < np.abs(values).max() <= half_width
        assert np.std(values) == pytest.approx(half_width / np.sqrt(3), rel=0.05)
        assert abs(np.mean(values)) < 0.05 * half_width
    assert network.output_bias == 0


def test_scales_are_factors_on_other_initialisations():
    plain, scaled = draw(elbows="keep"), draw(elbows="keep", hidden_scale=2.0, output_scale=0.5)
    assert np.array_equal(scaled.slope, 2 * plain.slope)
    assert np.array_equal(scaled.bias, 2 * plain.bias)
    assert np.array_equal(scaled.output_weight, 0.5 * plain.output_weight)


@pytest.mark.parametrize("hidden", [(8,), (5, 6), (4, 3, 2)])
@pytest.mark.parametrize("elbows", ["uniform", "even", "keep"])
def test_an_antisymmetric_start_is_zero_everywhere(hidden, elbows):
    network = draw(hidden=hidden, antisymmetric=True, elbows=elbows)
    x = np.linspace(-3, 4, 50)
    assert np.abs(network(x)).max() < 1e-15
    assert np.abs(network.output_weight).min() > 0


def test_antisymmetric_pairs_share_evenly_spread_elbows():
    np.testing.assert_allclose(
        draw(hidden=(4,), antisymmetric=True, elbows="even").elbow, [0.25, 0.25, 0.75, 0.75]
    )


def test_balanced_units_have_output_weights_of_the_norm_of_slope_and_bias():
    network = draw(balanced=True)
    np.testing.assert_allclose(
        np.abs(network.output_weight), np.hypot(network.slope, network.bias), rtol=1e-14
    )
    assert np.array_equal(np.sign(network.output_weight), np.sign(draw().output_weight))


def test_balance_holds_for_every_unit_of_every_layer():
    network = draw(hidden=(5, 4, 3), balanced=True)
    for k in range(3):
        incoming = np.sqrt((network.weights[k] ** 2).sum(axis=0) + network.biases[k] ** 2)
        np.testing.assert_allclose(
            np.linalg.norm(network.weights[k + 1], axis=1), incoming, rtol=1e-13
        )


def test_without_output_bias_it_is_zero_and_nothing_else_changes():
    with_bias, without = draw(), draw(output_bias=False)
    assert without.output_bias == 0 != with_bias.output_bias
    assert np.array_equal(without.parameters()[:-1], with_bias.parameters()[:-1])


def test_the_notebooks_initial_network_is_drawn_in_the_documented_order_forever():
    # weight and bias of every layer from the input on, then the elbows; a change would turn every
    # old config into another run
    generator = np.random.RandomState(np.random.Philox(key=np.array([3, 0], dtype=np.uint64)))
    slope, _ = generator.uniform(-1, 1, 40), generator.uniform(-1, 1, 40)
    limit = 1 / np.sqrt(40)
    output_weight, output_bias = (
        generator.uniform(-limit, limit, 40),
        generator.uniform(-limit, limit),
    )
    bias = -np.sort(generator.rand(40)) * slope
    parameters = prepare(load_config({"seed": 3})).initial.parameters()
    assert (
        parameters.tobytes()
        == np.concatenate([slope, bias, output_weight, [output_bias]]).tobytes()
    )
