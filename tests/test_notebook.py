"""The example notebook runs in a Jupyter kernel, and every cell shows what it made."""

import json

import nbformat
import pytest
from documents import ROOT
from nbclient import NotebookClient

NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook after a run from top to bottom, in a folder of its own."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    folder = tmp_path_factory.mktemp("notebook")
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(folder)}})
    return client.execute()


def shown(notebook, source):
    """The kinds of what the cell with this source shows."""
    (cell,) = [cell for cell in notebook.cells if cell.source.endswith(source)]
    kinds = [kind for output in cell.outputs for kind in output.get("data", {})]
    return set(kinds), cell.outputs


def test_the_notebook_keeps_no_outputs():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert all(not cell.get("outputs") for cell in cells)


def test_the_page_with_python_in_it_holds_the_notebook():
    lite = ROOT / "docs/lite"
    config = json.loads((lite / "jupyter_lite_config.json").read_text(encoding="utf-8"))
    (held,) = config["LiteBuildConfig"]["contents"]
    assert (lite / held).samefile(NOTEBOOK)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("run.plot()", "image/png"),
        ("run.animate(seconds=4)", "text/html"),
        ("run.view()", "text/html"),
        ("run.explain()", "text/html"),
        ("run.diagnose()", "text/html"),
        ("relusgd.plot([run, wide])", "image/png"),
        ("relusgd.compare([run, wide])", "text/html"),
        ("sweep", "text/html"),
    ],
)
def test_a_cell_shows_what_it_made(executed, source, kind):
    kinds, outputs = shown(executed, source)
    assert kind in kinds, outputs


def test_no_cell_writes_a_warning_or_a_progress_bar_of_a_terminal(executed):
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            assert output.get("name") != "stderr", output
