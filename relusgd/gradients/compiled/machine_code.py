"""How functions become machine code, which is kept on disk. Needs Numba, the extra `fast`.

Numba discards kept code when the file of its function changes, but not when another file changes
whose functions are built into it. So a digest of all sources in this folder is part of the key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from types import CellType, FunctionType
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile at the first call; keep the code on disk if Numba finds a folder it can write to."""
    try:
        return cast(F, numba.njit(with_key(SOURCES, function), cache=True, **OPTIONS))
    except RuntimeError:
        return cast(F, numba.njit(function, **OPTIONS))


def inlined(function: F) -> F:
    """Build the function into those that use it: what every step needs must not cost a call."""
    return cast(F, numba.njit(function, inline="always"))


def options_of(numba_module: Any) -> dict[str, Any]:
    """Options for compiling: functions hold no lock and count no references.

    They neither make arrays nor keep them, and counting references took a sixth of a step. Numba
    has the option only for its own functions; if this version does not know it, references are
    counted.
    """
    core = getattr(numba_module, "core", None)
    known = getattr(getattr(core, "options", None), "DefaultOptions", None)
    if hasattr(known, "_nrt"):
        return {"nogil": True, "_nrt": False}
    return {"nogil": True}


def with_key(key: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function with `key` in its closure, which is part of Numba's key of kept code.

    The function itself never reads it.
    """
    code = function.__code__
    named = code.replace(co_freevars=(*code.co_freevars, "sources"))
    closure = (*(function.__closure__ or ()), CellType(key))
    return update_wrapper(FunctionType(named, function.__globals__, closure=closure), function)


def digest(folder: Path) -> str:
    """SHA-256 of the sources in a folder; that of nothing if it is not a folder on disk."""
    sources = [path.read_bytes() for path in sorted(folder.glob("*.py"))]
    return hashlib.sha256(b"\0".join(sources)).hexdigest()


SOURCES = digest(Path(__file__).parent)
OPTIONS = options_of(numba)
