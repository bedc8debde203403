"""Operations are counted, not guessed: against formulas by hand, and by the code that computes."""

import numpy as np
import pytest

from relusgd.checks.cost import (
    count_differences,
    exponent,
    layered_ways,
    line_ways,
    random_layers,
    random_line,
)
from relusgd.checks.operation_counts import Counted, Counter, count_operations, counting_array
from relusgd.checks.running_sums import gradient_by_running_sums
from relusgd.gradients.backprop import backprop
from relusgd.gradients.prefix_sums import prefix_sum_kernel
from relusgd.graphs.graph import Graph
from relusgd.graphs.sheet_functions import two_layers
from relusgd.model.network import split_parameters

WIDTHS = (8, 16, 32, 64)


def loss(*arrays):
    return two_layers(*arrays).evaluate().values["loss"]


def test_every_operation_counts_once():
    counter = Counter()
    a, b = Counted(3.0, counter), Counted(2.0, counter)
    result = -(((a + b) * 2 - 1 / b) ** 2)
    assert float(result) == -90.25
    assert counter.total == 6
    assert a > b
    assert counter.total == 7


def test_a_matrix_times_a_vector_is_d_products_and_d_minus_one_sums_a_row():
    assert count_operations(lambda W, x: W @ x, np.ones((5, 4)), np.ones(4)) == 5 * (4 + 3)


def test_one_evaluation_of_the_layers_by_hand():
    # W_1 x + b: d (2d − 1) + d, Φ: d comparisons, W_2 x_2: d (2d − 1), − y: d, ½ r·r: 2d − 1 + 1
    for d in (1, 2, 5):
        assert (
            count_operations(loss, *random_layers(d))
            == (d * (2 * d - 1) + d) + d + d * (2 * d - 1) + d + 2 * d
        )


def test_differences_are_counted_as_if_they_were_all_taken():
    arrays = random_layers(3)
    parameters = 2 * 9 + 3

    def quotients(W1, x, b, W2, y):
        given, found = [W1, x, b, W2, y], []
        for k in (0, 2, 3):
            for i in np.ndindex(given[k].shape):
                values = []
                for h in (1e-5, -1e-5):
                    moved = [array.copy() for array in given]
                    moved[k][i] = moved[k][i] + h
                    values.append(loss(*moved)[()])
                found.append((values[0] - values[1]) / 2e-5)
        assert len(found) == parameters

    assert count_operations(quotients, *arrays) == count_differences(loss, parameters, arrays)


def test_what_is_counted_has_the_values_of_floats():
    arrays = random_layers(4)
    counter = Counter()
    plain, counting = (
        two_layers(*arrays).evaluate(),
        two_layers(*(counting_array(array, counter) for array in arrays)).evaluate(),
    )
    for name, derivative in plain.derivatives.items():
        np.testing.assert_allclose(
            counting.derivatives[name].astype(float), derivative, rtol=1e-13, atol=1e-15
        )


@pytest.mark.parametrize("H", [1, 7, 30])
def test_the_running_sums_that_are_counted_are_those_of_the_kernel(H):
    vector, x, y = random_line(H)
    gradient = np.zeros_like(vector)
    with np.errstate(all="ignore"):
        prefix_sum_kernel(vector, gradient, H)(x, y)
    found = np.array(gradient_by_running_sums(vector, x, y))
    np.testing.assert_allclose(found, 2 / H * gradient, rtol=1e-9, atol=1e-12)
    reference = backprop(*split_parameters(vector, (H,)), x[:, None], y[:, None])
    np.testing.assert_allclose(found[:H], reference.weights[0][0], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("ways", "theory"), [(layered_ways, [4, 2]), (line_ways, [3, 2, 1])])
def test_fitted_exponents_are_those_of_the_theory(ways, theory):
    rows = [[way.operations() for way in ways(width)] for width in WIDTHS]
    assert [way.theory for way in ways(4)] == theory
    fitted = [exponent(WIDTHS, column) for column in zip(*rows, strict=True)]
    np.testing.assert_allclose(fitted, theory, atol=0.3)


def test_a_gradient_costs_about_as_much_as_a_few_evaluations():
    # the cheap gradient principle: at most about four times, whatever the number of parameters
    for d in (8, 64):
        arrays = random_layers(d)
        whole = count_operations(lambda *given: two_layers(*given).evaluate().derivatives, *arrays)
        assert 1.5 < whole / count_operations(loss, *arrays) < 4


def test_a_power_law_is_fitted_exactly():
    assert exponent([2, 4, 8, 16], [3 * w**2.5 for w in (2, 4, 8, 16)]) == pytest.approx(2.5)


def test_counting_leaves_graphs_of_floats_alone():
    graph = Graph()
    graph.source("x", 2)
    assert graph.evaluate().values["x"].dtype == np.float64
