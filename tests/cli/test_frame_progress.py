"""The bar over a film's frames."""

import subprocess
import sys

FILM = (
    "import sys; from relusgd.cli.frame_progress import frame_progress\n"
    "with frame_progress() as progress: print(progress is None, 'rich.progress' in sys.modules)"
)


def test_rich_is_not_loaded_for_a_film_where_no_terminal_would_show_the_bar():
    done = subprocess.run([sys.executable, "-c", FILM], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_a_terminal_shows_the_bar(monkeypatch):
    from relusgd.cli.frame_progress import frame_progress

    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with frame_progress() as progress:
        assert progress is not None
        progress(1, 3)
