"""What a process takes of the machine, read from /proc: Linux only.

The tasks inside the engine cannot be seen from outside; one that leaks holds a descriptor, or memory.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_STAT_UTIME, _STAT_STIME = 11, 12
"""Places in /proc/PID/stat, counted behind the name in brackets (proc(5): fields 14 and 15)."""


class Gone(Exception):
    """The process has ended."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at one process."""

    at: float
    rss_bytes: int
    cpu_s: float
    """Since its start."""
    descriptors: int
    sockets: int
    threads: int


def measurable() -> bool:
    """Whether this machine says what its processes take."""
    return (PROC / "self" / "statm").exists()


def read(pid: int, now: float, who: str = "process") -> Reading:
    """Look at a process. Raises Gone, by the name that it is given, when it has ended."""
    folder = PROC / str(pid)
    try:
        resident_pages = int((folder / "statm").read_text().split()[1])
        behind_name = (folder / "stat").read_text().rpartition(")")[2].split()
        kinds = [_kind(entry) for entry in (folder / "fd").iterdir()]
        threads = sum(1 for _ in (folder / "task").iterdir())
    except (OSError, IndexError) as error:
        raise Gone(f"the {who} ({pid}) has ended") from error
    return Reading(
        now,
        resident_pages * _PAGE_BYTES,
        (int(behind_name[_STAT_UTIME]) + int(behind_name[_STAT_STIME])) / _TICKS_PER_S,
        len(kinds),
        sum(kind.startswith("socket:") for kind in kinds),
        threads,
    )


def _kind(entry: Path) -> str:
    """What a descriptor is; one that was closed since it was listed is nothing."""
    try:
        return os.readlink(entry)
    except OSError:
        return ""
