"""The documents as tests read them: their blocks of code, and a shell that runs what they show."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def code_blocks(text, language):
    """The blocks of this language in a Markdown text."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def short_training(text):
    """A config of 30 epochs in place of its own; one of none stays untrained."""
    return re.sub(r"epochs: [1-9]\d*", "epochs: 30", text)


def bash(script, folder):
    """Run a script in a folder, with the relusgd of this environment on the PATH."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
