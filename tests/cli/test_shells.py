"""Completion in real shells: a line is typed, with Tab keys, and the words count that the command
gets.
"""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress

import pytest
from completed import answer
from patience import wait_until

from relusgd.cli.shell_completion import Shell, script

SHELLS = {
    "bash": ["--norc", "--noprofile", "-i"],
    "zsh": ["--no-rcs", "-i"],
    "fish": ["--no-config", "-i"],
}
PREPARE = {
    "bash": "source completion.bash",
    "zsh": "autoload -Uz compinit; compinit -u -D; source ./completion.zsh",
    "fish": "source completion.fish",
}
RUNS = ["sine,seed=0", "sine,seed=1,training.batch_size=8", "a:b", "my run"]

LINES = {
    "a command": ("relusgd predi\t", ["predict"]),
    "a name with =": ("relusgd animate outputs/sine,seed=0\t", ["animate", "outputs/sine,seed=0"]),
    "a name from before its =": (
        "relusgd plot outputs/sine\t1\t",
        ["plot", "outputs/sine,seed=1,training.batch_size=8"],
    ),
    "a name with a colon": ("relusgd show outputs/a\t", ["show", "outputs/a:b"]),
    "a name with a blank": ("relusgd show outputs/my\t", ["show", "outputs/my run"]),
    "a name in quotes": ("relusgd show 'outputs/sine,seed=0\t", ["show", "outputs/sine,seed=0"]),
    "a key and its value": (
        "relusgd train sine.yaml --set training.me\tr\tm\t",
        ["train", "sine.yaml", "--set", "training.method=rmsprop"],
    ),
    "a value of a grid": (
        "relusgd sweep sine.yaml --grid training.layers=all,o\t",
        ["sweep", "sine.yaml", "--grid", "training.layers=all,output"],
    ),
    "an option's choice": ("relusgd plot --theme d\t", ["plot", "--theme", "dark"]),
    "a choice behind =": ("relusgd plot --theme=d\t", ["plot", "--theme=dark"]),
    "a folder elsewhere": ("relusgd show else\twh\t", ["show", "elsewhere/where=here"]),
    "a file where nothing is offered": (
        "relusgd plot x --out pictu\t",
        ["plot", "x", "--out", "picture.png"],
    ),
}

COMMAND = """\
#!/bin/sh
cd {folder}
if [ -z "$_RELUSGD_COMPLETE" ]; then
    {{ printf '%s\\n' "$@"; echo .; }} >> words
else
    printf '%s\\n%s\\0' $$ "$_TYPER_COMPLETE_ARGS" > asked
    until [ -e answer.$$ ]; do sleep 0.01; done
    cat answer.$$
fi
"""
"""Writes down its words. When a script asks, this process answers, which is quicker than another
Python. Several may ask at a time: fish does so for what it suggests while one types.
"""

TAKE_TERMINAL = """\
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """A folder with runs, the scripts, and a command that writes down the words it gets."""
    monkeypatch.chdir(tmp_path)
    for name in RUNS:
        (tmp_path / "outputs" / name).mkdir(parents=True)
        (tmp_path / "outputs" / name / "run.json").write_text("{}")
    (tmp_path / "elsewhere/where=here").mkdir(parents=True)
    (tmp_path / "elsewhere/where=here/run.json").write_text("{}")
    (tmp_path / "sine.yaml").write_text("seed: 0\n")
    (tmp_path / "picture.png").touch()
    for name in SHELLS:
        (tmp_path / f"completion.{name}").write_text(script(Shell(name)))
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin/relusgd"
    command.write_text(COMMAND.format(folder=tmp_path))
    command.chmod(0o755)
    return tmp_path


class Terminal:
    """A shell at a terminal of its own."""

    def __init__(self, shell, folder):
        self.folder = folder
        self.words = folder / "words"
        self.words.touch()
        os.mkfifo(folder / "asked")
        self.asked = os.open(folder / "asked", os.O_RDONLY | os.O_NONBLOCK)
        self.screen, inside = os.openpty()
        os.set_blocking(self.screen, False)
        environment = {
            **os.environ,
            "PATH": f"{folder}/bin:{os.environ['PATH']}",
            "HOME": str(folder),
            "TERM": "xterm",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-SEc", TAKE_TERMINAL, shell, *SHELLS[shell]],
            cwd=folder,
            env=environment,
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
        )
        os.close(inside)
        self.shown = b""
        self.questions = b""

    def type(self, text):
        """Type a line; the words that the command gets."""
        known = len(self.words.read_text())
        os.write(self.screen, f"{text}\r".encode())
        self.wait_for(lambda: self.words.read_text()[known:].endswith(".\n"))
        return self.words.read_text()[known:].splitlines()[:-1]

    def wait_for(self, is_so):
        """Look at the screen, and answer when a script asks, until something is so."""

        def is_so_by_now():
            self.look()
            self.answer()
            return is_so()

        try:
            wait_until(is_so_by_now)
        except AssertionError as error:
            error.add_note(self.shown.decode())
            raise

    def look(self):
        """Take what is shown, so that the shell can go on."""
        with suppress(BlockingIOError):
            self.shown += os.read(self.screen, 100_000)

    def answer(self):
        """Tell each script that asks what completes the line."""
        with suppress(BlockingIOError):
            self.questions += os.read(self.asked, 10_000)
        *whole, self.questions = self.questions.split(b"\0")
        for question in whole:
            number, _, typed = question.decode().partition("\n")
            begun = self.folder / "answer"
            begun.write_text(answer(typed))
            begun.rename(self.folder / f"answer.{number}")

    def close(self):
        # The shell with the processes that it forked, which would ask a closed terminal for ever.
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.screen)
        os.close(self.asked)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_real_shell_completes_whole_words(shell, workplace):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    terminal = Terminal(shell, workplace)
    try:
        assert terminal.type(f"{PREPARE[shell]}; relusgd ready") == ["ready"]
        got = {name: terminal.type(line) for name, (line, _) in LINES.items()}
    finally:
        terminal.close()
    assert got == {name: words for name, (_, words) in LINES.items()}
