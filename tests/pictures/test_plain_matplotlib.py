"""What a user has set in matplotlib neither reaches a picture nor is changed by one."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from command import run
from matplotlib import patheffects

import relusgd
from relusgd.graphs.picture import draw_graph
from relusgd.graphs.sheet_functions import sheet_graph
from relusgd.pictures.films.film import write_film
from relusgd.pictures.films.painter import Painter, save_still
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.plain_matplotlib import plain_style
from relusgd.pictures.scenes.view import View

BLACK = {
    "savefig.facecolor": "black",
    "savefig.bbox": "tight",
    "savefig.transparent": True,
    "savefig.dpi": 31.0,
    "figure.facecolor": "red",
    "figure.dpi": 31.0,
}
LETTERS = {
    "font.family": ["serif"],
    "font.style": "italic",
    "font.stretch": "ultra-condensed",
    "font.size": 31.0,
    "text.antialiased": False,
    "text.hinting": "none",
    "text.usetex": True,
    "axes.unicode_minus": False,
    "axes.formatter.use_locale": True,
    "svg.fonttype": "none",
}
LINES = {
    "lines.antialiased": False,
    "lines.dash_capstyle": "round",
    "lines.dashed_pattern": [9.0, 9.0],
    "lines.linewidth": 9.0,
    "lines.marker": "*",
    "lines.scale_dashes": False,
    "lines.solid_capstyle": "butt",
    "patch.antialiased": False,
    "patch.linewidth": 7.0,
    "agg.path.chunksize": 7,
    "path.simplify_threshold": 1.0,
    "path.effects": [patheffects.withStroke(linewidth=8, foreground="red")],
    "path.sketch": (1.0, 100.0, 2.0),
}
AXES = {
    "axes.grid": True,
    "axes.linewidth": 8.0,
    "axes.spines.top": False,
    "axes.xmargin": 0.4,
    "axes.autolimit_mode": "round_numbers",
    "axes.facecolor": "green",
    "xtick.direction": "in",
    "xtick.minor.visible": True,
    "xtick.top": True,
    "ytick.labelright": True,
    "grid.alpha": 0.1,
    "figure.autolayout": True,
    "xaxis.labellocation": "left",
}
HOSTILE = {"black": BLACK, "letters": LETTERS, "lines": LINES, "axes": AXES}
EVERYTHING = BLACK | LETTERS | LINES | AXES

SMALL = Look(size=(480, 360))

FILES = {
    "dark, with faults": b"savefig.facecolor: black\nfont.family: serif\nnonsense: 3\naxes.grid",
    "not UTF-8": b"savefig.bbox: \xff\xfe\n",
}


def pictures(history, dataset, folder):
    """The bytes of a still in each format, of a film, and of a graph."""
    folder.mkdir()
    view = View(history, dataset)
    for suffix in (".png", ".svg", ".pdf"):
        save_still(view, -1, folder / f"still{suffix}", SMALL)
    write_film(view, folder / "film.gif", SMALL, indices=[0, 3, 7], fps=5)
    draw_graph(sheet_graph("sheet-c").evaluate(), folder / "graph.png")
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("settings", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_setting_of_the_user_reaches_a_picture(settings, make_history, dataset, tmp_path):
    plain = pictures(make_history(), dataset, tmp_path / "plain")
    with matplotlib.rc_context():
        matplotlib.rcParams.update(settings)
        before = dict.copy(matplotlib.rcParams)
        drawn = pictures(make_history(), dataset, tmp_path / "hostile")
        assert dict.copy(matplotlib.rcParams) == before
    assert [name for name in plain if drawn[name] != plain[name]] == []


def test_letters_are_measured_in_our_font_before_anything_is_drawn():
    measure = (
        "from relusgd.pictures.kit.text_fit import text_width\n"
        "print(text_width('the learned function', 14.0), text_width('Ω漢', 14.0, bold=True))\n"
    )
    settings = {key: LETTERS[key] for key in ("font.style", "font.stretch", "text.hinting")}
    hostile = f"import matplotlib; matplotlib.rcParams.update({settings!r})\n"
    assert python(hostile + measure) == python(measure)


def python(code, **variables):
    """What a fresh Python prints."""
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **variables},
    )
    return ended.stdout


def test_two_threads_that_draw_at_a_time_leave_the_users_settings(make_history, dataset):
    history = make_history()

    def frame():
        return Painter(View(history, dataset), SMALL).frame(-1)

    plain = frame()
    with matplotlib.rc_context():
        matplotlib.rcParams.update(EVERYTHING)
        before = dict.copy(matplotlib.rcParams)
        with ThreadPoolExecutor(4) as threads:
            drawn = list(threads.map(lambda _: frame(), range(8)))
        assert dict.copy(matplotlib.rcParams) == before
        assert all(np.array_equal(one, plain) for one in drawn)


def test_a_setting_that_changes_between_two_pictures_is_given_back_as_it_is_then():
    with matplotlib.rc_context({"lines.linewidth": 5.0}):
        with plain_style:
            assert matplotlib.rcParams["lines.linewidth"] == 1.5
        assert matplotlib.rcParams["lines.linewidth"] == 5.0
        matplotlib.rcParams["lines.linewidth"] = 7.0
        with plain_style:
            assert matplotlib.rcParams["lines.linewidth"] == 1.5
        assert matplotlib.rcParams["lines.linewidth"] == 7.0


def test_an_error_within_the_style_gives_the_settings_back():
    with matplotlib.rc_context({"lines.linewidth": 9.0}):
        with pytest.raises(KeyError), plain_style, plain_style:
            matplotlib.rcParams["no.such.key"]
        assert matplotlib.rcParams["lines.linewidth"] == 9.0


# Programs of their own, because matplotlib reads its environment once, when it is loaded.


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with two small runs and their pictures."""
    folder = tmp_path_factory.mktemp("settings")
    config = relusgd.load_config({"network": {"hidden": 5}, "training": {"epochs": 6}})
    for name in ("one", "two"):
        relusgd.record(config, folder / name)
    (folder / "plain").mkdir()
    assert draw_all(folder, folder / "plain") == SAID
    return folder


COMMANDS = (
    ("plot", "one", "--out", "plot.svg"),
    ("animate", "one", "--frames", "3", "--out", "film.gif"),
    ("compare", "one", "two", "--out", "compare.png"),
    ("graph", "--function", "sheet-a", "--out", "graph.png"),
)

SAID = "picture: compare.png\n"


def draw_all(trained, into, **variables):
    """Draw by the command, in a folder that may hold a matplotlibrc; give what was said on
    stderr."""
    program = (
        "import sys; from command import run\n"
        f"for arguments in {COMMANDS!r}:\n"
        f"    arguments = [{str(trained)!r} + '/' + a if a in ('one', 'two') else a\n"
        "                 for a in arguments]\n"
        "    done = run(*arguments)\n"
        "    sys.stderr.write(done.stderr)\n"
        "    assert done.exit_code == 0, done.stderr\n"
    )
    tests = Path(__file__).parents[1]
    paths = [str(tests), str(tests.parent), os.environ.get("PYTHONPATH", "")]
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=into,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), **variables},
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stderr


def assert_plain(trained, drawn):
    plain = trained / "plain"
    names = sorted(path.name for path in plain.iterdir())
    assert len(names) == len(COMMANDS)
    differing = [
        name for name in names if (plain / name).read_bytes() != (drawn / name).read_bytes()
    ]
    assert differing == []


@pytest.mark.parametrize(
    "backend", ["module://matplotlib_inline.backend_inline", "nonsense", "QtAgg"]
)
def test_no_backend_is_ever_needed(backend, trained, tmp_path):
    assert draw_all(trained, tmp_path, MPLBACKEND=backend) == SAID
    assert_plain(trained, tmp_path)


@pytest.mark.parametrize("place", ["here", "MATPLOTLIBRC", "MPLCONFIGDIR"])
@pytest.mark.parametrize("content", FILES.values(), ids=FILES.keys())
def test_no_matplotlibrc_reaches_a_picture_or_prints(content, place, trained, tmp_path):
    folder = tmp_path if place == "here" else tmp_path / "settings"
    folder.mkdir(exist_ok=True)
    (folder / "matplotlibrc").write_bytes(content)
    (folder / "stylelib").mkdir()
    (folder / "stylelib/mine.mplstyle").write_bytes(content)
    variables = {} if place == "here" else {place: str(folder)}
    assert draw_all(trained, tmp_path, **variables) == SAID
    assert_plain(trained, tmp_path)


def test_without_a_place_for_its_cache_matplotlib_says_nothing(trained, tmp_path):
    (tmp_path / "file").touch()
    said = draw_all(trained, tmp_path, MPLCONFIGDIR=str(tmp_path / "file/folder"))
    assert said == SAID
    assert_plain(trained, tmp_path)


def test_the_users_own_figures_get_the_users_backend_and_settings(tmp_path):
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9\nbackend: pdf\n")
    code = (
        "import relusgd.pictures.films.painter, matplotlib, os\n"
        "print(matplotlib.rcParams['lines.linewidth'], matplotlib.get_backend(auto_select=False),"
        " os.environ.get('MPLBACKEND'))\n"
    )
    rc = str(tmp_path / "matplotlibrc")
    assert python(code, MATPLOTLIBRC=rc, MPLBACKEND="svg") == "9.0 svg svg\n"
    assert python(code, MATPLOTLIBRC=rc, MPLBACKEND="") == "9.0 pdf \n"


def test_a_plot_from_the_command_is_the_plot_from_python(trained, tmp_path):
    made = relusgd.load_run(trained / "one").plot(tmp_path / "python.png")
    done = run("plot", trained / "one", "--out", tmp_path / "command.png")
    assert done.exit_code == 0
    assert Path(made).read_bytes() == (tmp_path / "command.png").read_bytes()
