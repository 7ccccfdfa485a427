"""What a process took for a moment is given back, where the C library can be told so."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

MB = 1_000_000
LARGE = 20 * MB

LEFT_BEHIND = f"""
from bntui.allocator import give_back_large_blocks

def held():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

assert give_back_large_blocks()
# Of a block that is freed glibc learns to keep such blocks; what comes behind the next one pins it.
block = bytearray({LARGE})
del block
before = held()
block, pin = bytearray({LARGE} - {MB}), bytearray(100_000)
del block
print(held() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the setting is glibc's")
def test_a_large_block_is_given_back_though_such_blocks_come_and_go() -> None:
    words = [sys.executable, "-c", LEFT_BEHIND]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout) < MB
