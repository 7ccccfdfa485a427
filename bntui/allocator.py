"""The C library's allocator, told to give back what a start or a large answer took for a moment.

glibc learns from each large block that was freed to keep larger ones: after one list of all symbols, what a
process once used it keeps. With fixed bounds such blocks are mapped by themselves and are gone when they are
freed (mallopt(3), M_MMAP_THRESHOLD).
"""

from __future__ import annotations

LARGE_BYTES = 1 << 17
"""glibc's own bound at the start."""

_M_MMAP_THRESHOLD = -3


def give_back_large_blocks() -> bool:
    """Keep no freed block of this size from now on; False where the C library has no such setting."""
    import ctypes  # who draws wants his first frame before this

    try:
        return bool(ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES))
    except (OSError, AttributeError):
        return False
