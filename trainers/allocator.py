"""Memory that stays with the process between training steps."""

from __future__ import annotations

import ctypes

# From glibc's malloc.h.
_TRIM_THRESHOLD = -1
_MMAP_THRESHOLD = -3
_BYTES = 2_000_000_000
# The largest value that glibc before 2.35 takes for the second one: half of HEAP_MAX_SIZE.
_OLD_LIMIT = 32 * 1024**2


def keep_large_blocks() -> bool:
    """Tell glibc to keep freed blocks of any size; return whether it did.

    By default it hands blocks over 32 MiB back to the system at each step and asks for them again
    at the next, which costs training on a CPU up to a quarter of its speed. With other C libraries
    nothing happens. It is for a process of its own, a worker, which then holds on to its peak.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    mallopt.argtypes, mallopt.restype = (ctypes.c_int, ctypes.c_int), ctypes.c_int
    kept = any(mallopt(_MMAP_THRESHOLD, size) for size in (_BYTES, _OLD_LIMIT))
    return bool(mallopt(_TRIM_THRESHOLD, _BYTES)) and kept
