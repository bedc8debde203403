"""Files as memory, without keeping them open.

A map of Python's own `mmap` keeps a descriptor until it is released. A run has eight or more
arrays and a process some thousand descriptors, so a few runs would use them up.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import weakref
from typing import Any

from numpy.typing import NDArray

_LIBC = ctypes.CDLL(None, use_errno=True)
_HAS_MAPS = hasattr(_LIBC, "mmap")
if _HAS_MAPS:
    _LIBC.mmap.restype = ctypes.c_void_p
    _LIBC.mmap.argtypes = [
        ctypes.c_void_p,
        ctypes.c_size_t,
        ctypes.c_int,
        ctypes.c_int,
        ctypes.c_int,
        ctypes.c_long,
    ]
    _LIBC.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    _LIBC.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
_FAILED = ctypes.c_void_p(-1).value


def mapped(descriptor: int, size: int) -> memoryview:
    """The first `size` bytes of an open file as read-only memory; size is above 0.

    The descriptor may be closed at once. The memory is given back with the last reference to it.
    Where the system has no such maps (in a browser), the file is read. Raises OSError.
    """
    if not _HAS_MAPS:
        return memoryview(os.pread(descriptor, size, 0))
    address = _LIBC.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, descriptor, 0)
    if address == _FAILED:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    memory = (ctypes.c_char * size).from_address(address)
    release = weakref.finalize(memory, _LIBC.munmap, address, size)
    # An array may outlive the interpreter's last callbacks; the system gives the memory back then.
    release.atexit = False
    return memoryview(memory).cast("B").toreadonly()


def release_pages(array: NDArray[Any]) -> None:
    """Give back the memory of what was read of a mapped array; it is read again when needed.

    array: of a map that `mapped` gave, and no other: what is in other memory would be lost.
    The system maps many pages around each one that is looked at, so a look at a few hundred rows
    may hold an array as a whole.
    """
    if not _HAS_MAPS or not array.nbytes:
        return
    address = array.__array_interface__["data"][0]
    start = address // mmap.PAGESIZE * mmap.PAGESIZE
    size = address + array.nbytes - start
    _LIBC.madvise(start, size, mmap.MADV_DONTNEED)
