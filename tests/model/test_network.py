import numpy as np
import pytest

from relusgd.model.network import learning_parameters, parameter_count, split_parameters


@pytest.mark.parametrize("hidden", [(1,), (4,), (3, 2), (2, 3, 4)])
@pytest.mark.parametrize("output_bias", [True, False])
@pytest.mark.parametrize("layers", ["all", "output", "hidden"])
def test_the_learning_parameters_are_those_of_the_layers_named(hidden, layers, output_bias):
    learns = np.zeros(parameter_count(hidden))
    learns[learning_parameters(hidden, layers, output_bias=output_bias)] = 1
    weights, biases = split_parameters(learns, hidden)
    assert all((part == (layers != "output")).all() for part in (*weights[:-1], *biases[:-1]))
    assert (weights[-1] == (layers != "hidden")).all()
    assert biases[-1] == (layers != "hidden" and output_bias)


def test_layers_of_another_name_are_refused():
    with pytest.raises(ValueError, match="all, output or hidden, not 'input'"):
        learning_parameters((3,), "input")
