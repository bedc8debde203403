"""How functions become machine code, which is kept on disk. Needs Numba, the extra `fast`.

Numba forgets kept code when the file of its function changes, but not when a function that is built into it, from another
file, does. So the sources of this whole folder are part of what the code is kept under.
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
    """Compile at the first call; keep the machine code on disk where Numba finds a folder that can be written."""
    try:
        return cast(F, numba.njit(kept_under(SOURCES, function), cache=True, **OPTIONS))
    except RuntimeError:
        return cast(F, numba.njit(function, **OPTIONS))


def inlined(function: F) -> F:
    """Part of the functions that use it: what is called in every step must not pay for a call."""
    return cast(F, numba.njit(function, inline="always"))


def options_of(numba_itself: Any) -> dict[str, Any]:
    """No lock is held, and no references are counted: the functions neither make arrays nor keep them.

    Their counters took a sixth of a step. Not to count is for Numba's own functions; where it is unknown, they are counted.
    """
    core = getattr(numba_itself, "core", None)
    known = getattr(getattr(core, "options", None), "DefaultOptions", None)
    return {"nogil": True, **({"_nrt": False} if hasattr(known, "_nrt") else {})}


def kept_under(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function with `name` in its closure, which Numba's key of kept code includes; the function never looks at it."""
    code = function.__code__
    named = code.replace(co_freevars=(*code.co_freevars, "sources"))
    closure = (*(function.__closure__ or ()), CellType(name))
    return update_wrapper(FunctionType(named, function.__globals__, closure=closure), function)


def digest(folder: Path) -> str:
    """Of the sources in a folder; of nothing when it is no folder on disk."""
    return hashlib.sha256(
        b"\0".join(path.read_bytes() for path in sorted(folder.glob("*.py")))
    ).hexdigest()


SOURCES, OPTIONS = digest(Path(__file__).parent), options_of(numba)
