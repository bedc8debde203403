import pytest

from relusgd.config.overrides import parse_grid, parse_grids
from relusgd.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("network.hidden=10,20,40", "network.hidden", [10, 20, 40]),
        ("network.hidden=10,[20,20]", "network.hidden", [10, [20, 20]]),
        ("seed=0..3", "seed", [0, 1, 2, 3]),
        ("seed=7..7,9, 11..12", "seed", [7, 9, 11, 12]),
        ("training.penalty=0,1e-8,.5", "training.penalty", [0, 1e-8, 0.5]),
        (
            "data.target=max(x,0),step,'sin(6*x),1'",
            "data.target",
            ["max(x,0)", "step", "sin(6*x),1"],
        ),
        (
            "training.schedule=constant,{kind: step, every: 5, factor: 0.1}",
            "training.schedule",
            ["constant", {"kind": "step", "every": 5, "factor": 0.1}],
        ),
        ("data.seed=null,1", "data.seed", [None, 1]),
    ],
)
def test_grids_are_read_from_values_ranges_and_brackets(text, key, values):
    assert parse_grid(text) == (key, values)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("seed", "--grid seed: expected KEY=V1,V2,…"),
        ("seed=", "--grid seed=: expected KEY=V1,V2,…"),
        ("seed=3..1", "--grid seed: the range 3..1 is empty"),
        (
            "seed=0..1000000",
            "--grid seed: the range 0..1000000 has 1,000,001 values; at most 1,000,000",
        ),
        ("seed=1,,2", "--grid seed: there is no value"),
        ("network.hidden=[1,2", "--grid network.hidden: "),
    ],
)
def test_what_is_not_a_grid_is_refused_in_a_sentence(text, fault):
    with pytest.raises(ConfigError) as caught:
        parse_grid(text)
    assert caught.value.faults[0].startswith(fault)


def test_all_faulty_grids_are_told_at_once():
    with pytest.raises(ConfigError) as caught:
        parse_grids(["seed", "network.hidden=1,2", "a=2..1"])
    assert len(caught.value.faults) == 2
