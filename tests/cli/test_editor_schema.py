"""New configs name the schema that stands beside them, for editors."""

import json
import os
import resource
import signal

import pytest
from command import run
from documents import ROOT

import relusgd
from relusgd.config.editor_schema import MODELINE, SCHEMA_FILE
from relusgd.config.json_schema import json_schema, schema_text
from relusgd.config.shipped import shipped_configs
from relusgd.lessons.folder import begin_folder
from relusgd.lessons.reading import find_lesson, read_lesson

TENT = """
data: {kind: points, x: [0, 1], y: [0, 1]}
network: {hidden: 2, slopes: 1, elbows: [0, 0.5], output_weights: [2, -4], output_offset: 0}
training: {epochs: 0}
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text("x,y\n1,2\n2,3\n3,4\n4,4\n")
    (tmp_path / "tent.yaml").write_text(TENT)
    return tmp_path


def named_schema(config):
    """The file that the modeline of a config names."""
    (modeline,) = [line for line in config.read_text().splitlines() if "language-server" in line]
    return config.parent / modeline.partition("$schema=")[2]


@pytest.mark.parametrize(
    "line",
    [
        "new sub/made.yaml",
        "new sub/made.yaml --from nile",
        "new sub/made.yaml --data mine.csv",
        "compose tent.yaml tent.yaml --out sub/made.yaml",
    ],
)
def test_every_new_config_names_a_schema_that_is_there(here, line):
    (here / "sub").mkdir()
    result = run(*line.split())
    assert result.exit_code == 0, result.stderr
    schema = named_schema(here / "sub/made.yaml")
    assert json.loads(schema.read_text()) == json_schema()
    assert f"beside it:  {schema.relative_to(here)}" in result.stderr
    assert SCHEMA_FILE not in result.stdout
    relusgd.load_config(here / "sub/made.yaml")


def test_the_configs_of_a_lesson_name_their_schema(here):
    begin_folder(here / "lesson", read_lesson(find_lesson("elbows")))
    configs = list((here / "lesson/configs").glob("*.yaml"))
    assert configs
    for config in configs:
        assert named_schema(config).read_text() == schema_text()


@pytest.mark.parametrize("name", sorted(shipped_configs()))
def test_a_shipped_config_names_its_schema_in_the_comment_above_its_keys(name):
    config = shipped_configs()[name]
    head = config.read_text(encoding="utf-8").partition(MODELINE)[0]
    assert all(line.startswith("#") for line in head.splitlines())
    assert named_schema(config) == config.with_name(SCHEMA_FILE)


def test_the_shipped_schema_is_what_the_command_prints():
    assert (ROOT / "configs" / SCHEMA_FILE).read_text(encoding="utf-8") == run("schema").stdout


def test_the_schema_of_another_version_is_brought_up_to_date_and_the_same_one_left(here):
    schema = here / SCHEMA_FILE
    schema.write_text('{"title": "relusgd config", "properties": {}}')
    run("new", "first.yaml")
    assert schema.read_text() == schema_text()
    os.utime(schema, (0, 0))
    result = run("new", "second.yaml")
    assert schema.stat().st_mtime == 0
    assert SCHEMA_FILE not in result.stderr


@pytest.mark.parametrize(
    "content", [b"mine", b'{"title": "another schema"}', b"[1]", b"\xff", None]
)
def test_a_file_of_the_same_name_is_kept_and_not_named(here, content):
    schema = here / SCHEMA_FILE
    schema.mkdir() if content is None else schema.write_bytes(content)
    assert run("new", "made.yaml").exit_code == 0
    assert "language-server" not in (here / "made.yaml").read_text()
    assert content is None or schema.read_bytes() == content


def test_a_link_to_nothing_is_no_schema(here):
    (here / SCHEMA_FILE).symlink_to("nowhere")
    assert run("new", "made.yaml").exit_code == 0
    assert "language-server" not in (here / "made.yaml").read_text()
    assert not (here / "nowhere").exists()


def test_a_disk_that_is_full_leaves_no_half_config(here):
    (here / SCHEMA_FILE).write_text(schema_text())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        result = run("new", "made.yaml")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert result.exit_code == 1
    assert "made.yaml" in result.stderr
    assert not (here / "made.yaml").exists()
