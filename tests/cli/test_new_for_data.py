"""`relusgd new --data`: a config for a data file; and data files where a config is expected."""

import shlex

import pytest
from command import run

from relusgd.config import load_config
from relusgd.errors import ConfigError
from relusgd.training import prepare

CARS = "speed,dist\n4,2\n4,10\n7,4\n7,22\n8,16\n9,10\n"
AIR = "Ozone,Wind,Temp\n41,7.4,67\nNA,8,72\n12,12.6,74\n18,11.5,62\n"


@pytest.fixture
def table(here):
    """A function that writes a data file and gives its name."""

    def write(content, name="mine.csv"):
        (here / name).write_text(content)
        return name

    return write


def test_the_two_columns_of_numbers_are_taken_and_told(here, table):
    result = run("new", "mine.yaml", "--data", table(CARS))
    assert (result.exit_code, result.stdout) == (0, "mine.yaml\n")
    assert result.stderr.splitlines() == [
        "x is 'speed', y is 'dist': 6 rows",
        "beside it:  relusgd.schema.json",
        "next:  relusgd train mine.yaml",
    ]
    data = load_config("mine.yaml").data
    assert (data.path, data.x, data.y) == ("mine.csv", "speed", "dist")
    assert run("train", "mine.yaml", "--dry-run").exit_code == 0


def test_more_columns_are_a_choice_with_a_line_that_runs(here, table):
    result = run("new", "mine.yaml", "--data", table(AIR))
    assert (result.exit_code, result.stdout) == (2, "")
    fault, hint = result.stderr.splitlines()
    assert fault == (
        "error: mine.csv: --x and --y are not given, and there are 3 columns of numbers: "
        "'Ozone', 'Wind', 'Temp'"
    )
    line = hint.removeprefix("choose two of them, such as:  ")
    assert line == "relusgd new mine.yaml --data mine.csv --x Ozone --y Wind"
    assert not (here / "mine.yaml").exists()
    assert run(*shlex.split(line)[1:]).exit_code == 0


def test_the_chosen_columns_are_written_and_rows_without_them_are_left_out(here, table):
    result = run("new", "mine.yaml", "--data", table(AIR), "--x", "Temp", "--y", "Ozone")
    assert result.stderr.splitlines()[:3] == [
        "x is 'Temp', y is 'Ozone': 3 rows",
        "1 of 4 rows is left out: 'Ozone' is missing in line 3",
        "other columns of numbers: 'Wind'",
    ]
    plan = prepare(load_config("mine.yaml"))
    assert plan.dataset.x_train.size + plan.dataset.x_test.size == 3


@pytest.mark.parametrize(
    "header",
    ["a: b,c # d", '\'a\',"b ""c"""', "yes,null", "température °C,Δy", "1898,1899x", "a b,[c]"],
)
def test_columns_of_any_name_are_found_again(header, table):
    assert (
        run("new", "mine.yaml", "--data", table(f"{header}\n1,2\n2,3\n3,4\n4,4\n")).exit_code == 0
    )
    assert run("train", "mine.yaml", "--dry-run").exit_code == 0


def test_what_a_point_means_is_asked_with_lines_that_run(here, table):
    result = run("new", "mine.yaml", "--data", table("x;y\n1;1.250\n2;3.250\n3;4.250\n"))
    assert result.exit_code == 2
    *_, point, comma = result.stderr.splitlines()
    assert point == "say which:  relusgd new mine.yaml --data mine.csv --decimal point"
    assert comma == "or:  relusgd new mine.yaml --data mine.csv --decimal comma"
    assert run(*shlex.split(comma)[2:]).exit_code == 0
    assert prepare(load_config("mine.yaml")).dataset.in_original_units.y_train[0] == 1250


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_a_few_rows_are_enough(rows, table):
    points = "".join(f"{i},{i * i}\n" for i in range(rows))
    assert run("new", "mine.yaml", "--data", table(f"x,y\n{points}")).exit_code == 0
    plan = prepare(load_config("mine.yaml"))
    assert plan.dataset.x_train.size >= 1


def test_many_rows_take_about_as_many_steps_as_the_notebooks_run(table):
    points = "".join(f"{i},{i % 7}\n" for i in range(10_000))
    run("new", "mine.yaml", "--data", table(f"x,y\n{points}"))
    assert 100_000 <= prepare(load_config("mine.yaml")).steps <= 200_000


def test_the_path_is_relative_to_the_config(here, table):
    (here / "there").mkdir()
    table(CARS)
    assert run("new", "there/mine.yaml", "--data", "mine.csv").exit_code == 0
    assert load_config("there/mine.yaml").data.path == "../mine.csv"
    assert run("train", "there/mine.yaml", "--dry-run").exit_code == 0
    assert run("new", "whole.yaml", "--data", here / "mine.csv").exit_code == 0
    assert load_config("whole.yaml").data.path == str(here / "mine.csv")


@pytest.mark.parametrize(
    ("arguments", "sentences"),
    [
        (
            "small.yaml --data mine.csv --x speed --y dist",
            "error: small.yaml exists and is not overwritten\nchoose another name: "
            "relusgd new small-2.yaml --data mine.csv --x speed --y dist\n",
        ),
        ("a.yaml --data other.tsv", "error: there is no file other.tsv\n"),
        ("a.yaml --data mines.csv", "error: there is no file mines.csv; did you mean mine.csv?\n"),
        ("a.yaml --data https://a.org/b.csv", "is an address on the web"),
        ("a.yaml --data mine.csv --x Speed", "did you mean 'speed'?"),
        ("a.yaml --data mine.csv --x speed --y speed", "x and y name the same column, speed"),
        (
            "a.yaml --data small.yaml",
            "there is one column, 'data: {samples: 30, test_samples: 20}'",
        ),
        ("a.yaml --data mine.csv --from nile", "give one of them"),
        ("a.yaml --x speed", "name it with --data CSV"),
        ("no/a.yaml --data mine.csv", "there is no folder no"),
        (
            "mine.csv",
            "error: mine.csv holds data; a config is a YAML file\n"
            "relusgd new mine.yaml --data mine.csv writes a config for it\n",
        ),
        (
            "new.csv",
            "error: new.csv is a name for data; a config is a YAML file\ncall it new.yaml\n",
        ),
        ("sheet.xlsx --from nile", "call it sheet.yaml"),
    ],
)
def test_what_cannot_be_written_is_refused_and_nothing_is_left(arguments, sentences, here, table):
    table(CARS)
    before = sorted(here.iterdir())
    result = run("new", *shlex.split(arguments))
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentences in result.stderr
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize(
    "content",
    [
        CARS,
        "speed;dist\n4,5;2\n4;10\n",
        '"speed" "dist"\n"1" 4 2\n"2" 4 10\n',
        "# by hand\nspeed\tdist\n4\t2\n7\t4\n",
        "date,level\n2020-01-01,3\n2020-02-01,4\n",
        "a: b,c\n1,2\n3,4\n",
    ],
)
@pytest.mark.parametrize("name", ["mine.csv", "mine.txt"])
def test_a_table_where_a_config_is_expected_is_led_to_new(content, name, table):
    result = run("train", table(content, name))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"error: {name} holds data; a config is a YAML file\n"
        f"relusgd new mine.yaml --data {name} writes a config for it\n"
    )


@pytest.mark.parametrize("command", ["train", "sweep", "graph", "gradcheck"])
def test_every_command_that_takes_a_config_says_so(command, here, table):
    table("seed: 0\n", "mine.yaml")
    result = run(command, table(CARS))
    assert result.exit_code == 2
    assert "relusgd new mine-2.yaml --data mine.csv writes a config for it" in result.stderr


def test_a_table_too_large_for_a_config_is_still_one(table):
    result = run("train", table("x,y\n" + "1,2\n" * 300_000, "large.txt"))
    assert "large.txt holds data" in result.stderr


def test_a_workbook_is_named_as_one(here):
    (here / "sheet.xlsx").write_bytes(b"PK\x03\x04" + b"xl/workbook.xml")
    assert "sheet.xlsx is an Excel workbook" in run("train", "sheet.xlsx").stderr


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("config.csv", "seed: 0\n", None),
        ("config.csv", "sed: 0\nseed: 1\n", "did you mean seed?"),
        ("config.yaml", "seed: 0\ntraining: {epochs: 1,\n", "not valid YAML"),
        ("config.yaml", "seed 0\n", "a config is a mapping of keys"),
        ("config.yaml", "epochs 30\nbatch 20\n", "a config is a mapping of keys"),
        ("config.yaml", "- 1\n- 2\n", "a config is a mapping of keys"),
    ],
)
def test_a_config_is_not_taken_for_data(name, content, words, table):
    result = run("train", table(content, name), "--dry-run")
    assert result.exit_code == (2 if words else 0)
    assert "holds data" not in result.stderr
    assert words is None or words in result.stderr


def test_in_python_the_way_is_a_dict(table):
    with pytest.raises(ConfigError) as caught:
        load_config(table(CARS))
    assert caught.value.hint == (
        'a dict is a config too: {"data": {"kind": "csv", "path": \'mine.csv\'}}'
    )
