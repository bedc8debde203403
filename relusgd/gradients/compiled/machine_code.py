"""How functions become machine code, which is kept on disk. Needs Numba, the extra `fast`.

Numba discards kept code when the file of its function changes, but not when another file changes
whose functions are built into it. So a digest of all sources in this folder is part of its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile at the first call; keep the code on disk if Numba finds a folder it can write to."""
    try:
        code = numba.njit(named_by_sources(function), cache=True, **OPTIONS)
    except RuntimeError:
        return cast(F, numba.njit(function, **OPTIONS))
    _do_without_disk(code)
    return cast(F, code)


def _do_without_disk(code: Any) -> None:
    """Let code that cannot be kept or read, on a disk that is full or damaged, be compiled anew.

    Numba itself does so on Windows, where antivirus programs hold its files.
    """
    cache: Any = getattr(code, "_cache", None)
    if hasattr(cache, "_guard_against_spurious_io_errors"):
        cache._guard_against_spurious_io_errors = lambda: suppress(OSError)


def named_by_sources(function: F) -> F:
    """The function, under a qualified name that ends with the digest of all sources.

    Numba names files of kept code so, and never looks at those of other sources. To read them may
    fail: they name the classes of their arguments, which may be gone.
    """
    function.__qualname__ = f"{function.__name__}_{SOURCES[:16]}"
    return function


def inlined(function: F) -> F:
    """Build the function into those that use it: what every step needs must not cost a call."""
    return cast(F, numba.njit(function, inline="always"))


def called(function: F) -> F:
    """Compile as a function of its own with those that use it: what is long and used repeatedly.

    Python cannot call it, which saves compiling the way there.
    """
    options = {**OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(F, numba.njit(function, **options))


def merged(function: F) -> F:
    """Compile as a function of its own, and build its code into that of those that use it.

    As `inlined` in what it makes, in less time where the function is long or used repeatedly.
    """
    options = {**OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(F, numba.njit(function, forceinline=True, **options))


def options_of(numba_module: Any) -> dict[str, Any]:
    """Options for compiling: functions hold no lock, divide by 0 as NumPy, count no references.

    They neither make arrays nor keep them, and counting references took a sixth of a step. Numba
    has the option only for its own functions; if this version does not know it, references are
    counted.
    """
    options = {"nogil": True, "error_model": "numpy"}
    core = getattr(numba_module, "core", None)
    known = getattr(getattr(core, "options", None), "DefaultOptions", None)
    if hasattr(known, "_nrt"):
        return {**options, "_nrt": False}
    return options


def digest(folder: Path) -> str:
    """SHA-256 of the sources in a folder; that of nothing if it is not a folder on disk."""
    sources = [path.read_bytes() for path in sorted(folder.rglob("*.py"))]
    return hashlib.sha256(b"\0".join(sources)).hexdigest()


SOURCES = digest(Path(__file__).parent)
OPTIONS = options_of(numba)
