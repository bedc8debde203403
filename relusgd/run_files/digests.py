"""SHA-256 digests of a run's files, by which it is known whether they are what was written.

They stand in run.json: those of config.yaml and data.csv from the start, because these two do not
change, and those of all files when training has ended. run.json has a digest of itself, too, which
is computed with zeros in its own place. It stands with the timings, because it depends on them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from relusgd.files import read_bounded, reading
from relusgd.run_files.folder import ARRAYS, CHECKPOINT, CONFIG, DATA, array_layout
from relusgd.run_files.metrics_table import TABLE
from relusgd.run_files.stated_facts import FACTS, MAX_BYTES

Digests = Mapping[str, str]
"""File of a run, such as snapshots/elbow.npy → its SHA-256 in hexadecimal digits."""

UNCHANGING = (CONFIG, DATA)
NO_DIGEST = "0" * 64
AT_A_TIME = 2**20


def run_file_names(hidden: tuple[int, ...]) -> list[str]:
    """Every file of a run that has a digest in run.json."""
    arrays = [f"{ARRAYS}/{name}.npy" for name in array_layout(hidden)]
    return [CONFIG, DATA, TABLE, CHECKPOINT, *arrays]


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def file_digest(path: Path) -> str:
    """The digest of a file. Raises OSError, and RelusgdError for what is no ordinary file."""
    digest = hashlib.sha256()
    with (
        reading(path) as descriptor,
        open(descriptor, "rb", buffering=0, closefd=False) as file,
    ):
        while part := file.read(AT_A_TIME):
            digest.update(part)
    return digest.hexdigest()


class Digesting:
    """Hands on the parts of a file that is being written; then `hexdigest` is that of the file."""

    def __init__(self, parts: Iterable[bytes | memoryview]) -> None:
        self._parts = parts
        self._digest = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes | memoryview]:
        for part in self._parts:
            self._digest.update(part)
            yield part

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def sealed(text: str) -> str:
    """The text of run.json with its own digest in the place of NO_DIGEST."""
    return text.replace(NO_DIGEST, digest_of(text.encode()), 1)


def is_sealed(folder: Path, seal: str) -> bool:
    """Whether the digest in run.json is that of its text. Raises OSError and RelusgdError."""
    content = read_bounded(folder / FACTS, MAX_BYTES)
    unsealed = content.replace(seal.encode(), NO_DIGEST.encode(), 1)
    return digest_of(unsealed) == seal
