"""Whole files appear whole: written beside their place, then renamed into it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path` with the same suffix; rename it onto `path` when the block ends well.

    After an error or an interrupt the temporary file is removed and `path` is what it was. Raises OSError.
    """
    temporary = path.with_name(f".{path.stem[:100]}.partial-{os.getpid()}{path.suffix}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes, *, durable: bool = False) -> None:
    """Write a whole file so that a reader, or a kill at any instant, sees the old content or the new, never half.

    durable: also wait until the disk has it. Raises OSError.
    """
    data = content.encode() if isinstance(content, str) else content
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write(data)
        if durable:
            file.flush()
            os.fsync(file.fileno())
