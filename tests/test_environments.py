"""No variable of the environment reaches a run or a picture.

Each group is set at once, because none of its variables may change anything.
"""

import os
import subprocess
import sys

import pytest

COMMANDS = """
import sys
from relusgd.__main__ import main

for line in sys.argv[1:]:
    sys.argv = ["relusgd", *line.split()]
    try:
        main()
    except SystemExit as end:
        print("exit code", end.code or 0, flush=True)
"""

LINES = [
    "train numpy.yaml -q",
    "train compiled.yaml -q",
    "sweep numpy.yaml --repeat 2 --workers 2 --out runs -q",
    "plot outputs/numpy --size 480x360 --out plot.svg",
    "plot outputs/numpy --size 480x360 --out plot.pdf",
    "animate outputs/compiled --frames 3 --size 480x360 --out film.gif",
    "view outputs/numpy --no-open --out page.html",
    "predict outputs/compiled --grid 5 --out predicted.csv",
]

CONFIG = """
data: {{samples: 20, test_samples: 30, target: sin(6*x) + abs(x - 0.3)}}
network: {{hidden: 4}}
training: {{epochs: 30, batch_size: 8}}
engine: {engine}
"""

NOWHERE = "/dev/null/nowhere"
"""A folder that nobody can make, root included."""

ENVIRONMENTS = {
    "Python": {
        "PYTHONWARNINGS": "error",
        "PYTHONOPTIMIZE": "2",
        "PYTHONHASHSEED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDEVMODE": "1",
        "PYTHONTRACEMALLOC": "1",
        "PYTHONMALLOC": "debug",
        "PYTHONFAULTHANDLER": "1",
        "PYTHONBREAKPOINT": "nowhere",
        "PYTHONPYCACHEPREFIX": NOWHERE,
    },
    "Numba": {
        "NUMBA_DISABLE_JIT": "1",
        "NUMBA_NUM_THREADS": "1",
        "NUMBA_THREADING_LAYER": "nonsense",
        "NUMBA_CACHE_DIR": NOWHERE,
        "NUMBA_OPT": "1",
        "NUMBA_LOOP_VECTORIZE": "0",
        "NUMBA_DEVELOPER_MODE": "1",
    },
    "threads": {
        "OMP_NUM_THREADS": "64",
        "OPENBLAS_NUM_THREADS": "3",
        "MKL_NUM_THREADS": "4",
        "VECLIB_MAXIMUM_THREADS": "2",
        "KMP_AFFINITY": "disabled",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA",
        "MALLOC_PERTURB_": "165",
    },
    "language": {
        "LC_ALL": "de_DE.UTF-8",
        "LC_NUMERIC": "de_DE.UTF-8",
        "LANG": "nonsense",
        "LANGUAGE": "fr",
        "TZ": "Asia/Kathmandu",
        "PYTHONUTF8": "0",
        "PYTHONIOENCODING": "ascii",
        "PYTHONCOERCECLOCALE": "0",
    },
    "terminal": {
        "COLUMNS": "20",
        "LINES": "abc",
        "NO_COLOR": "1",
        "FORCE_COLOR": "1",
        "TTY_COMPATIBLE": "1",
        "TERM": "dumb",
        "TYPER_USE_RICH": "0",
        "CI": "true",
        "POSIXLY_CORRECT": "1",
    },
    "pictures": {
        "MPLBACKEND": "nonsense",
        "MPLCONFIGDIR": NOWHERE,
        "MATPLOTLIBRC": NOWHERE,
        "QT_QPA_PLATFORM": "nonsense",
        "DISPLAY": ":99",
        "BROWSER": NOWHERE,
        "IMAGEIO_FFMPEG_EXE": NOWHERE,
        "FFREPORT": "level=32",
        "SOURCE_DATE_EPOCH": "nonsense",
    },
    "places": {
        "HOME": NOWHERE,
        "TMPDIR": NOWHERE,
        "XDG_CACHE_HOME": NOWHERE,
        "XDG_CONFIG_HOME": NOWHERE,
        "DASK_CONFIG": NOWHERE,
    },
}


def outcome(folder, **variables):
    """What the commands print, and the content of every file that is the same at every time."""
    folder.mkdir()
    for engine in ("numpy", "compiled"):
        (folder / f"{engine}.yaml").write_text(CONFIG.format(engine=engine))
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS, *LINES],
        cwd=folder,
        capture_output=True,
        env={**os.environ, **variables},
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    timed = ("run.json", "summary.csv", ".lock", "checkpoint.npz")
    contents = {
        str(path.relative_to(folder)): None if path.name in timed else path.read_bytes()
        for path in files
    }
    return done.stdout, contents


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    pytest.importorskip("numba")
    stdout, contents = outcome(tmp_path_factory.mktemp("environments") / "usual")
    assert stdout.count(b"exit code 0") == len(LINES), stdout
    return stdout, contents


@pytest.mark.parametrize("group", ENVIRONMENTS)
def test_no_variable_reaches_a_run_or_a_picture(group, usual, tmp_path):
    stdout, contents = outcome(tmp_path / "here", **ENVIRONMENTS[group])
    assert stdout == usual[0]
    assert sorted(contents) == sorted(usual[1])
    assert [name for name in contents if contents[name] != usual[1][name]] == []
