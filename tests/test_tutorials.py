"""The tutorials and guides run from top to bottom, as a reader types them."""

import re
import shutil

import pytest
from documents import ROOT, bash, code_blocks

TRIES = {
    "tutorials/first-film.md": ["zigzag.mp4", "two-widths.gif", "outputs/zigzag/animation.gif"],
    "tutorials/your-data.md": [
        "elbows.png",
        "function.csv",
        "elbows.csv",
        "outputs/mine/view.html",
    ],
}
"""Page → what its commands make."""


def short(script):
    """The same commands with fewer steps and frames, without the installation."""
    lines = [line for line in script.splitlines() if ".venv" not in line]
    return (
        "\n".join(lines).replace("--seconds 15", "--seconds 1").replace("--repeat 5", "--repeat 2")
    )


@pytest.mark.parametrize("page", TRIES)
def test_the_commands_of_a_tutorial_run_from_top_to_bottom(page, tmp_path):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    script = short("".join(code_blocks(text, "sh")))
    shorten = "sed -i 's/epochs: [0-9]*/epochs: 300/' *.yaml\n"
    config = re.search(r"relusgd new (\S+\.yaml).*\n", script)
    result = bash(script.replace(config[0], config[0] + shorten), tmp_path)
    assert result.returncode == 0, result.stderr
    for file in TRIES[page]:
        assert (tmp_path / file).stat().st_size > 1000, file


def test_the_table_of_films_for_slides_runs(tmp_path):
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    text = (ROOT / "docs/how-to/slides.md").read_text(encoding="utf-8")
    commands = re.findall(r"\| `(relusgd [^`]+)` \|", text)
    assert len(commands) >= 8
    (train,) = code_blocks(text, "sh")
    train = train.replace("epochs=2000", "epochs=200")
    quick = [command.replace("--seconds 20", "--seconds 1") for command in commands]
    films = [re.sub("^relusgd animate", "relusgd animate --frames 6", one) for one in quick]
    result = bash("\n".join([train, *films]), tmp_path)
    assert result.returncode == 0, result.stderr
    for file in re.findall(r"--out (\S+\.\w+)", text):
        assert (tmp_path / file).stat().st_size > 1000, file


def test_every_page_of_the_site_is_in_its_navigation():
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("nav:")[2]
    for page in sorted((ROOT / "docs").rglob("*.md")):
        assert f": {page.relative_to(ROOT / 'docs')}\n" in navigation, page
