"""Every file of tests/bad_configs holds one defect and is named after it; this table says what is
told about it, and where.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from relusgd.config import load_config, yaml_reader
from relusgd.errors import ConfigError

FOLDER = Path(__file__).parents[1] / "bad_configs"

FOUND_BY_PREPARE = {
    "missing_csv",
    "missing_column",
    "batch_larger_than_the_data",
    "target_not_finite",
    "target_overflows",
    "network_larger_than_memory",
}
"""What the file alone does not decide: these load."""

FAULTS: dict[str, tuple[tuple[int, str], ...]] = {
    "alias_bomb": (
        (1, "a: &a is an anchor or alias; they are not accepted, write values out (and a"),
    ),
    "alias_to_itself": (
        (1, "network: &network is an anchor or alias; they are not accepted, write values"),
    ),
    "anchor": ((1, "seed: &seed is an anchor or alias; they are not accepted, write values out"),),
    "antisymmetric_with_odd_width": (
        (3, "network.antisymmetric pairs the units of the last hidden layer, which has 41"),
    ),
    "antisymmetric_with_unequal_elbows": (
        (4, "network.elbows must be equal in pairs with antisymmetric: true; items 3 and 4"),
    ),
    "balanced_without_output": (
        (3, "network.balanced is true, but network.output_scale: 0 leaves no output weight"),
    ),
    "batch_of_unknown_name": (
        (2, "training.batch_size must be a whole number from 1 to 1,000,000,000, or full,"),
    ),
    "beta_of_one": (
        (3, "training.betas: item 2 of the list must be a finite number of at least 0 and below 1"),
    ),
    "betas_as_one_number": (
        (3, "training.betas must be two numbers of at least 0 and below 1, not 0.9"),
    ),
    "binary": ((2, "the file is not UTF-8 text (byte 0x80 at position 128)"),),
    "block_is_a_list": (
        (1, "network must be a block of keys such as hidden, init, hidden_scale, not"),
    ),
    "block_is_a_number": (
        (1, "training must be a block of keys such as method, layers, epochs, not 30000"),
    ),
    "boolean_for_elbows": (
        (2, "network.elbows must be uniform, even or keep, or a finite number, or a list of"),
    ),
    "boolean_for_a_number": (
        (2, "training.momentum must be a finite number of at least 0 and below 1, not true"),
    ),
    "control_character_in_path": (
        (3, "data.path must hold no control characters; '\\x1b[31mred.csv' does"),
    ),
    "cosine_that_rises": (
        (3, "training.schedule falls to a minimum of 0.1, which is above training.learning_rate:"),
    ),
    "csv_without_path": ((2, "data.path is missing; kind: csv needs it"),),
    "date_for_a_number": (
        (1, "seed must be a whole number from 0 to 18,446,744,073,709,551,615, not"),
    ),
    "deep_mappings": ((1, "nested more than 50 levels deep here"),),
    "deep_nesting": ((2, "nested more than 50 levels deep here"),),
    "domain_of_three": (
        (2, "data.domain must be two numbers [low, high] with low < high, not [0, 0.5, 1]"),
    ),
    "domain_too_narrow": (
        (2, "data.domain must be wider: between 1000000000000000 and 1000000000000001 are"),
    ),
    "duplicate_block": ((4, "training stands here a second time (first in line 1)"),),
    "duplicate_key": ((4, "training.epochs stands here a second time (first in line 2)"),),
    "elbows_of_another_length": (
        (3, "network.elbows has 3 positions for the 40 units of network.hidden; give one"),
    ),
    "empty_block": (
        (2, "training has nothing below it; write keys such as method, layers, epochs, or"),
    ),
    "empty_file": ((1, "the config is empty; `seed: 0` alone is a whole config"),),
    "endless_time": (
        (2, "training.time at learning rate 0.02 is more than 1,000,000,000,000,000 steps; give"),
    ),
    "endless_integer": ((1, "seed: a number of 10,000 characters is too long"),),
    "expression_assignment": ((3, "data.target: in the expression '(y :="),),
    "expression_attribute": ((3, "data.target: in the expression"),),
    "expression_builtins": ((3, "data.target: in the expression"),),
    "expression_comprehension": ((3, "data.target: in the expression '[i for"),),
    "expression_empty": ((3, "data.target: the expression is empty;"),),
    "expression_half": ((3, "data.target: in the expression"),),
    "expression_import": ((3, "data.target: in the expression"),),
    "expression_lambda": ((3, "data.target: in the expression"),),
    "expression_subscript": ((3, "data.target: in the expression 'x[0]'"),),
    "expression_text": ((3, "data.target: in the expression ''abc' *"),),
    "expression_too_deep": ((3, "data.target: in the"),),
    "expression_too_long": (
        (3, "data.target must be a text of at most 1,000 characters, not 'x + x + x + x +"),
    ),
    "expression_unknown_function": ((3, "data.target: in the expression"),),
    "first_steps_below_0": (
        (2, "snapshots.first_steps must be a whole number from 0 to 1,000,000,000, not -1"),
    ),
    "fraction_for_a_whole_number": (
        (2, "training.epochs must be a whole number from 0 to 1,000,000,000, or null, not 10.5"),
    ),
    "huge_integer": (
        (2, "training.epochs must be a whole number from 0 to 1,000,000,000, or null, not a"),
    ),
    "huge_integer_for_a_float": (
        (2, "training.penalty must be a finite number of at least 0, not a whole number of"),
    ),
    "huge_samples": (
        (2, "data.samples must be a whole number from 1 to 1,000,000,000, not 10000000000"),
    ),
    "huge_width": ((2, "network.hidden: item 1 of the list must be a whole number from 1 to"),),
    "infinite": ((2, "training.learning_rate must be a finite number above 0, not .inf"),),
    "key_of_another_block": (
        (2, "learning_rate is not a known key; did you mean training.learning_rate?"),
    ),
    "key_of_another_kind": ((4, "data.noise belongs to kind: target; this data is of kind: csv"),),
    "kind_is_a_list": ((2, "data.kind must be target, points or csv, not ['target']"),),
    "knots_not_increasing": ((2, "data.target: the x of knots must"),),
    "knots_of_unequal_length": ((2, "data.target: knots need as many y as x;"),),
    "knots_with_nan": ((2, "data.target.y: item 2 of the list must be a finite number, not .nan"),),
    "knots_without_y": ((2, "data.target.y is missing"),),
    "latin1": ((3, "the file is not UTF-8 text (byte 0xfc at position 39)"),),
    "list_as_key": (
        (2, "a list or mapping cannot be a key; put a text that begins with a bracket in"),
    ),
    "many_faults": (
        (1, "seed must be a whole number from 0 to 18,446,744,073,709,551,615, not -5"),
        (4, "data.noize is not a known key; did you mean noise?"),
        (5, "data.samples must be a whole number from 1 to 1,000,000,000, not 0"),
        (8, "network.elbows has 2 positions for the 3 units of network.hidden; give one"),
        (9, "network.init must be torch, he_normal, glorot_uniform, normal or uniform"),
        (11, "training.learning_rate must be a finite number above 0, or an expression in width"),
        (12, "training.learning_rate stands here a second time (first in line 11)"),
        (13, "training.nesterov is true with training.momentum: 0; Nesterov's formula needs"),
        (14, "engine must be auto, numpy or compiled, not 'cuda'"),
    ),
    "merge_key": (
        (3, "training.<< is not a known key; known: method, layers, epochs, steps, time"),
    ),
    "momentum_with_adam": (
        (3, "training.momentum is 0.9, but method: adam takes none, it has its own in training"),
    ),
    "nesterov_with_rmsprop": (
        (4, "training.nesterov is true, but method: rmsprop has no such formula; leave it out, or"),
    ),
    "weight_decay_with_sign": (
        (3, "training.weight_decay is 0.1, but method: sign takes none; leave it out, or train by"),
    ),
    "momentum_of_one": (
        (2, "training.momentum must be a finite number of at least 0 and below 1, not 1"),
    ),
    "nan": ((2, "training.learning_rate must be a finite number above 0, not .nan"),),
    "negative_noise": ((2, "data.noise must be a finite number of at least 0, not -0.1"),),
    "negative_label_noise": (
        (2, "training.label_noise must be a finite number of at least 0, not -0.1"),
    ),
    "infinite_input_noise": (
        (2, "training.input_noise must be a finite number of at least 0, not .inf"),
    ),
    "negative_seed": (
        (1, "seed must be a whole number from 0 to 18,446,744,073,709,551,615, not -1"),
    ),
    "nesterov_without_momentum": (
        (2, "training.nesterov is true with training.momentum: 0; Nesterov's formula needs"),
    ),
    "no_layers": (
        (2, "network.hidden must be a list of widths such as [40] or [20, 20], at least 1"),
    ),
    "no_length": (
        (2, "training.epochs is null, and so are training.steps and training.time; give one of"),
    ),
    "no_snapshots": (
        (2, "snapshots.every is null, and so is snapshots.per_decade; give one of them"),
    ),
    "nul_characters": (
        (2, "the character U+0000 does not belong into YAML; is this a text file?"),
    ),
    "null_for_a_number": ((2, "training.penalty must be a finite number of at least 0, not null"),),
    "number_as_target": (
        (2, "data.target must be a text of at most 1,000 characters, not 0; write '0' in"),
    ),
    "number_for_a_column": (
        (
            4,
            "data.y must be a text of at most 1,000 characters, or null, not 1898; write '1898' in",
        ),
    ),
    "unknown_rule_for_missing_cells": (
        (4, "data.missing must be refuse or skip, not 'drop'; did you mean skip?"),
        (5, "data.decimal must be point or comma, or null, not ','; did you mean comma?"),
    ),
    "only_comments": ((1, "the config is empty; `seed: 0` alone is a whole config"),),
    "list_for_output_offset": (
        (3, "network.output_offset must be a finite number, or null, not [1]"),
    ),
    "output_offset_without_output_bias": (
        (3, "network.output_offset is given, but output_bias: false leaves no output bias; leave"),
    ),
    "output_offset_with_antisymmetric": (
        (3, "network.output_offset is 0.5, but antisymmetric: true begins with the function 0;"),
    ),
    "output_weights_of_another_length": (
        (3, "network.output_weights has 2 output weights for the 3 units of network.hidden; give"),
    ),
    "output_weights_of_a_deep_network": (
        (3, "network.output_weights is for one hidden layer, and network.hidden has 2; leave it"),
    ),
    "output_weights_with_balanced": (
        (
            3,
            "network.output_weights is given, and balanced: true chooses output weights too; leave",
        ),
    ),
    "output_weights_with_antisymmetric": (
        (3, "network.output_weights is given, and antisymmetric: true chooses output weights too;"),
    ),
    "overflowing_float": (
        (2, "training.weight_decay must be a finite number of at least 0, not .inf"),
    ),
    "points_of_unequal_length": (
        (3, "data.x has 3 values and data.y has 2; every point needs one of each"),
    ),
    "points_without_kind": (
        (2, "data.x belongs to kind: points or csv; this data is of kind: target, the"),
        (3, "data.y belongs to kind: points or csv; this data is of kind: target, the"),
    ),
    "points_without_y": ((2, "data.y is missing; kind: points needs it"),),
    "quoted_number": (
        (2, "data.samples must be a whole number from 1 to 1,000,000,000, not '200';"),
    ),
    "reversed_domain": (
        (2, "data.domain must be two numbers [low, high] with low < high, not [1, 0]"),
    ),
    "reversed_elbow_range": (
        (2, "network.elbow_range must be two numbers [low, high] with low < high, not"),
    ),
    "ridge_of_hidden_layers": (
        (3, "training.layers is hidden, but method: ridge solves the output layer; leave"),
    ),
    "same_column_twice": (
        (4, "data.x names the same column as data.y; the positions and the values are two"),
    ),
    "schedule_name_alone": (
        (2, "training.schedule must be constant, {kind: step, every: EPOCHS, factor: F} or"),
    ),
    "schedule_without_factor": ((2, "training.schedule.factor is missing; kind: step needs it"),),
    "seed_of_65_bits": (
        (1, "seed must be a whole number from 0 to 18,446,744,073,709,551,615, not"),
    ),
    "separators_in_a_number": (
        (
            2,
            "training.epochs must be a whole number from 0 to 1,000,000,000, or null, not '30_",
        ),
    ),
    "sexagesimal": (
        (2, "training.epochs must be a whole number from 0 to 1,000,000,000, or null, not '1:30'"),
    ),
    "slope_zero_with_placed_elbows": (
        (4, "network.slopes has 0 as item 2, and a unit without a slope has no elbow to"),
    ),
    "slopes_of_another_length": (
        (2, "network.slopes has 2 slopes for the 3 units of network.hidden; give one per"),
    ),
    "start_as_text": (
        (2, "network.start must be {run: FOLDER, epoch: N} or {weight_1: …, bias_1: …, …}, not"),
    ),
    "start_without_run": ((2, "network.start.run is missing"),),
    "start_at_an_unknown_epoch": (
        (2, "network.start.epoch must be a whole number from 0 to 1,000,000,000, or last, not"),
    ),
    "start_of_a_run_with_parameters": (
        (2, "network.start.weight_1 is not a known key; known: run, epoch"),
    ),
    "start_with_other_layers": (
        (3, "network.start has the hidden layers [2], and network.hidden is [3]; set network"),
    ),
    "start_without_a_bias": (
        (3, "network.start: bias_1 is missing; a network of 1 hidden layer has weight_1 to"),
    ),
    "start_of_unequal_shapes": (
        (3, "network.start: weight_1 has 3 numbers, and needs 1 row of 2 numbers: a column per"),
    ),
    "start_with_an_unknown_array": (
        (3, "network.start: 'slope' is no array of a network; they are called weight_1, bias_1"),
    ),
    "start_that_is_not_finite": (
        (3, "network.start: bias_2 must hold finite numbers of at most 1e100, not .nan"),
    ),
    "start_with_a_frozen_output_bias": (
        (4, "network.start has the output bias 0.5, and output_bias: false leaves none; set"),
    ),
    "sweep_case_in_the_grid_too": (
        (4, "sweep.cases.long.training.epochs is in the grid too; vary it in one of them"),
    ),
    "sweep_case_is_no_mapping": (
        (2, "sweep.cases: 'ridge' must be a mapping of keys to values, not true"),
    ),
    "sweep_of_an_unknown_key": (
        (3, "sweep.grid.network.hiden is not a known key; did you mean network.hidden?"),
    ),
    "sweep_of_too_many_runs": (
        (1, "sweep describes 2,000,000 runs; at most 1,000,000 are accepted"),
    ),
    "sweep_of_twice_the_same": (
        (2, "sweep.grid.training.epochs lists 10 twice, as items 1 and 3"),
    ),
    "sweep_with_a_wrong_value": (
        (3, "sweep.grid.network.hidden: must be a whole number from 1 to 100,000,000, or a"),
    ),
    "sweep_without_a_list": ((2, "sweep.grid: 'network.hidden' must be a list of values, not 10"),),
    "tab_indentation": ((3, "not valid YAML: a tab in the indentation; use spaces"),),
    "tag_own": (
        (2, "training.epochs: the tag !number is not accepted; a config holds plain values"),
    ),
    "tag_python_name": ((2, "data.target: the tag"),),
    "tag_python_object": (
        (1, "seed: the tag !!python/object/apply:os.system is not accepted; a config holds"),
    ),
    "test_fraction_of_one": (
        (4, "data.test_fraction must be a finite number of at least 0 and below 1, not 1"),
    ),
    "text_among_elbows": (
        (3, "network.elbows: item 2 of the list must be a finite number, not 'middle'"),
    ),
    "text_among_output_weights": (
        (3, "network.output_weights: item 2 of the list must be a finite number, not 'one'"),
    ),
    "text_for_a_number": (
        (2, "data.samples must be a whole number from 1 to 1,000,000,000, not 'many'"),
    ),
    "too_many_layers": (
        (2, "network.hidden must be a list of widths such as [40] or [20, 20], at least 1"),
    ),
    "top_level_list": (
        (1, "a config is a mapping of keys such as `seed: 0`, not [{seed: 0}, {engine:"),
    ),
    "top_level_number": ((1, "a config is a mapping of keys such as `seed: 0`, not 42"),),
    "top_level_text": (
        (1, "a config is a mapping of keys such as `seed: 0`, not 'just a line of text'"),
    ),
    "two_colons_on_a_line": (
        (2, "not valid YAML: a second `: ` on one line; put a text that holds one in"),
    ),
    "two_documents": ((2, "a second document begins here (`---`); a config is one document"),),
    "two_lengths": (
        (2, "training.epochs and training.steps exclude one another; give one of the three and"),
    ),
    "unclosed_bracket": (
        (3, "not valid YAML: the list or mapping that opens here needs `, ` between its"),
    ),
    "unclosed_quote": ((2, "not valid YAML: a quote opens here and nothing closes it"),),
    "unknown_block": ((1, "trainig is not a known key; did you mean training?"),),
    "unknown_choice": (
        (2, "network.init must be torch, he_normal, glorot_uniform, normal or uniform"),
    ),
    "rate_of_unknown_name": (
        (
            2,
            "training.learning_rate: in the expression '0.2/widht**0.5' at character 5: 'widht'"
            " is not known; did you mean width?",
        ),
    ),
    "scale_below_0_at_this_width": (
        (3, "network.hidden_scale: width - 30 is -10 at width 20; it must be a finite number"),
    ),
    "unknown_key": ((5, "training.learning_rat is not a known key; did you mean learning_rate?"),),
    "unknown_kind": (
        (2, "data.kind must be target, points or csv, not 'tarjet'; did you mean target?"),
    ),
    "unknown_schedule": (
        (2, "training.schedule must be constant, {kind: step, every: EPOCHS, factor: F} or"),
    ),
    "unknown_word_for_slopes": (
        (2, "network.slopes must be signs, or a finite number, or a list of numbers, or null, not"),
    ),
    "unknown_target": ((2, "data.target: 'swatooth' is not a known"),),
    "utf16": ((1, "the file is not UTF-8 text (byte 0xff at position 0)"),),
    "very_deep_nesting": ((1, "nested more than 50 levels deep here"),),
    "wrong_indentation": (
        (3, "not valid YAML: a key was expected here; look at the indentation and at"),
    ),
    "test_points_of_unequal_length": (
        (5, "data.test_x has 2 values and data.test_y has 1; every test point needs one of each"),
    ),
    "test_points_with_nan": (
        (6, "data.test_y: item 2 of the list must be a finite number, not .nan"),
    ),
    "test_points_without_x": (
        (5, "data.test_x is missing; test points need both test_x and test_y, or neither"),
    ),
    "test_points_without_y": (
        (5, "data.test_x is given without test_y; test points need both, or neither"),
    ),
    "training_domain_outside": (
        (3, "data.train_domain: [0.5, 2] leaves data.domain: [0, 1]; give a part of the domain"),
    ),
    "yes_for_a_boolean": ((2, "network.output_bias must be true or false, not 'yes'"),),
    "zero_batch": (
        (2, "training.batch_size must be a whole number from 1 to 1,000,000,000, or full,"),
    ),
    "zero_learning_rate": ((2, "training.learning_rate must be a finite number above 0, not 0"),),
    "zero_width": ((2, "network.hidden: item 2 of the list must be a whole number from 1 to"),),
}


@pytest.fixture(params=["libyaml", "python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of PyYAML's parsers, of which an installation may have only the slower one."""
    if request.param == "libyaml" and not yaml.__with_libyaml__:
        pytest.skip("this PyYAML was built without libyaml")
    monkeypatch.setattr(
        yaml_reader, "PARSER", yaml.CLoader if request.param == "libyaml" else yaml.Loader
    )


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_reported_with_its_line(name: str) -> None:
    file = FOLDER / f"{name}.yaml"
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    starts = [f"{file}:{line}: {phrase}" for line, phrase in FAULTS[name]]
    assert [
        fault[: len(start)] for fault, start in zip(caught.value.faults, starts, strict=True)
    ] == starts


@pytest.mark.parametrize("name", sorted(FOUND_BY_PREPARE))
def test_a_defect_of_the_points_is_not_reported_as_a_fault_of_the_file(name: str) -> None:
    assert load_config(FOLDER / f"{name}.yaml").origin.stem == name


def test_the_table_has_every_file() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(FAULTS) | FOUND_BY_PREPARE


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_single_printable_lines(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(FOLDER / f"{name}.yaml")
    assert all(fault.isprintable() and len(fault) < 600 for fault in caught.value.faults)
