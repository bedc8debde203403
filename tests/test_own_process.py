"""What a command leaves out, and somebody's own Python has."""

import subprocess
import sys

import pytest

LINES = "import relusgd.pictures.kit.plain_matplotlib; from matplotlib.lines import Line2D; "
KERNELS = "import relusgd.training.compiled_steps; from numba import njit; import numpy; "
PRODUCT = "x = numpy.ones((2, 2)); print(njit(lambda x: x @ x)(x)[0, 0])"


def printed(code):
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    return done.stdout.strip()


def claimed(code):
    """What a process of our own prints."""
    return printed(f"import relusgd.own_process; relusgd.own_process.claim_process(); {code}")


def test_help_of_matplotlib_is_made_for_people_alone():
    ask = LINES + "print('linestyle' in (Line2D.set.__doc__ or ''))"
    assert printed(ask) == "True"
    assert claimed(ask) == "False"


def test_a_command_draws_the_same_picture():
    draw = LINES + (
        "import hashlib, numpy; from relusgd.pictures.kit.plain_matplotlib import *; "
        "figure = Figure(); canvas = FigureCanvasAgg(figure); "
        "figure.add_subplot().plot([1, 3, 2], label='a'); figure.legend(); canvas.draw(); "
        "print(hashlib.md5(numpy.asarray(canvas.buffer_rgba())).hexdigest())"
    )
    assert printed(draw) == claimed(draw)


def test_numba_has_scipy_in_somebodys_python_and_a_command_loads_none():
    pytest.importorskip("numba")
    pytest.importorskip("scipy")
    assert printed(KERNELS + PRODUCT) == "2.0"
    assert claimed(KERNELS + "import sys; print('scipy' in sys.modules)") == "False"
    after = "import scipy.optimize; print(scipy.optimize.linprog([1], bounds=(1, 2)).x[0])"
    assert claimed(KERNELS + after) == "1.0"


def test_cycles_are_searched_rarely_in_a_command_and_as_ever_elsewhere():
    ask = "import gc, relusgd.own_process; print(gc.get_threshold()[0] > 10_000, gc.isenabled())"
    assert printed(ask) == "False True"
    assert claimed(ask) == "True True"


def test_a_command_that_ends_searches_no_more():
    leave = "import gc; relusgd.own_process.leave_process(); print(gc.get_freeze_count() > 0)"
    assert claimed(leave) == "True"


def test_a_command_loads_nothing_that_draws_in_space_and_says_nothing_of_it():
    ask = "import sys; print('mpl_toolkits.mplot3d' in sys.modules)"
    assert printed(LINES + ask) == "True"
    assert claimed("import warnings; warnings.simplefilter('error'); " + LINES + ask) == "False"
    assert claimed(LINES + "from mpl_toolkits.mplot3d import Axes3D; print(Axes3D.name)") == "3d"


def test_a_command_loads_nothing_that_reads_mathtext():
    ask = "import sys; print({'pyparsing.core', 'matplotlib._mathtext'} <= set(sys.modules))"
    assert printed(LINES + ask) == "True"
    assert claimed(LINES + ask) == "False"


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_mathtext_is_drawn_where_somebody_asks_for_it(suffix):
    draw = LINES + (
        "import hashlib, io; from relusgd.pictures.kit.plain_matplotlib import *; "
        "figure = Figure(); canvas = FigureCanvasAgg(figure); file = io.BytesIO(); "
        "figure.text(0.5, 0.5, r'$x^2 + \\frac{1}{2}$'); figure.text(0.1, 0.1, r'$y_1$'); "
        "about = {} if 'FORMAT' == 'png' else {'CreationDate': None} if 'FORMAT' == 'pdf' else "
        "{'Date': None}; "
        "\nwith plain_style: figure.savefig(file, format='FORMAT', metadata=about)\n"
        "print(hashlib.md5(file.getvalue()).hexdigest())"
    ).replace("FORMAT", suffix)
    assert printed(draw) == claimed(draw)


def test_a_font_that_is_named_by_a_pattern_is_found_where_somebody_asks_for_it():
    ask = LINES + (
        "from relusgd.pictures.kit.plain_matplotlib import FontProperties; "
        "font = FontProperties('DejaVu Sans:bold:size=7'); "
        "print(font.get_name(), font.get_weight(), font.get_size(), font.get_fontconfig_pattern())"
    )
    assert printed(ask) == claimed(ask)
    assert "bold 7.0" in claimed(ask)
