"""What the system tells of processes that a test did not start itself. Linux only."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

NEEDED = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system has no /proc")
"""For tests that look at processes."""

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def _stat(process: int) -> list[str]:
    """What stands behind the name: state, parent, …"""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def child(parent: int, command: str) -> int:
    """The process that another one started for a command of bntui."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
            if command.encode() in words and _stat(int(path.parent.name))[1] == str(parent):
                found.append(int(path.parent.name))
        except OSError:  # it has ended meanwhile
            continue
    (one,) = found
    return one


def runs(process: int) -> bool:
    """Whether there is such a process."""
    return Path(f"/proc/{process}").exists()


def used_cpu_s(process: int) -> float:
    """Processor time that a process has used."""
    user, system = _stat(process)[11:13]
    return (int(user) + int(system)) / _TICKS_A_SECOND


def memory_kb(process: int) -> int:
    """What a process holds in memory."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def reaped_cpu_s() -> float:
    """Processor time of all processes that ended, and were waited for, below this one."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
