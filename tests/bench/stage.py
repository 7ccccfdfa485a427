"""One measurement: the source, one client of it, and what the client took of the processor meanwhile."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bntui.clock import SystemClock
from bntui.sim.instruments import symbol_names
from tests.bench.streams import MIX

ROOT = Path(__file__).resolve().parents[2]
CLOCK = SystemClock()
PROC = Path("/proc")
LOOK_S = 0.05
DRAINED_LOOKS = 8
"""So many looks without work prove that everything that was sent was taken in."""

IDLE_SHARE = 0.2
"""Less work than this part of a look's time is none: what a program does by itself."""

LIMIT_S = 240.0
_HEX = frozenset("0123456789abcdef")
_NS = 1e9


class Failed(Exception):
    """A client could not be measured; why, in words."""


@dataclass(frozen=True, slots=True)
class Load:
    """What the source sends."""

    symbols: int = 50
    kinds: tuple[str, ...] = tuple(MIX)
    count: int = 100_000
    rate: float = 0.0
    """0: as fast as it is taken."""
    tls: bool = False
    settle_s: float = 3.0

    @property
    def names(self) -> tuple[str, ...]:
        """The symbols."""
        return symbol_names(self.symbols)


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of it."""

    cpu_us: float
    """Processor time of the client, microseconds a message."""
    wall_s: float
    """From the first message of the run to the last one taken in."""
    rss_mb: float
    messages: int
    lost: int
    """Messages that were sent and not counted by the client."""
    trades_lost: int


def cpu_s(pid: int) -> float:
    """What a process has taken of the processor, to the nanosecond; threads that ended are forgotten."""
    total = 0
    for task in (PROC / str(pid) / "task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except OSError:
            continue
    return total / _NS


def process_s() -> float:
    """What this process has taken of the processor."""
    return time.process_time()


def rss_mb(pid: int) -> float:
    """Memory that a process holds."""
    return int((PROC / str(pid) / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def together_mb(*pids: int) -> float:
    """Memory that processes hold together: what they share, such as Python itself, counts once."""
    own, shared = 0, dict[str, int]()
    for pid in pids:
        mapping = ""
        for line in (PROC / str(pid) / "smaps").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name.startswith("Private_"):
                own += int(rest.split()[0])
            elif name.startswith("Shared_"):
                key = f"{name} {mapping}"
                shared[key] = max(shared.get(key, 0), int(rest.split()[0]))
            elif line[0] in _HEX:
                # Its protection, place in the file, and file: the addresses differ.
                mapping = " ".join(line.split()[1:])
    return (own + sum(shared.values())) * 1024 / 1e6


@contextmanager
def source(load: Load, certificate: Path | None) -> Iterator[subprocess.Popen[str]]:
    """The stream source, while the context lasts."""
    words = [sys.executable, "-m", "tests.bench.source"]
    words += ["--symbols", str(load.symbols), "--kinds", ",".join(load.kinds), "--count", str(load.count)]
    words += ["--rate", str(load.rate), "--settle", str(load.settle_s)]
    words += ["--certificate", str(certificate)] if load.tls else []
    with subprocess.Popen(
        words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The next line that a process prints."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise Failed("it ended before it said anything")
    told: dict[str, Any] = json.loads(line)
    return told


def measure(
    command: Sequence[str],
    load: Load,
    certificate: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Measured:
    """Let a client take a load. Raises Failed."""
    with source(load, certificate) as sender:
        urls = said(sender)
        words = [*command, urls["rest"], urls["streams"]]
        words += ["--symbols", ",".join(load.names), "--kinds", ",".join(load.kinds)]
        env = {**os.environ, **(environ or {})}
        if certificate is not None:
            env["SSL_CERT_FILE"] = str(certificate)
        with subprocess.Popen(
            words,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=None if "+profile" in " ".join(words) else subprocess.PIPE,
            text=True,
        ) as client:
            try:
                return _watched(client, sender, load)
            except (OSError, Failed) as error:
                client.kill()
                words_of_client = client.stderr.read() if client.stderr else ""
                raise Failed(f"{error}: {words_of_client.strip()[-600:]}") from None
            finally:
                client.kill()


def _watched(client: subprocess.Popen[str], sender: subprocess.Popen[str], load: Load) -> Measured:
    said(sender)
    before, began = cpu_s(client.pid), CLOCK.monotonic()
    assert sender.stdin is not None
    sender.stdin.write("go\n")
    sender.stdin.flush()
    end = said(sender)
    after, wall_s = _drained(client.pid, began)
    rss = rss_mb(client.pid)
    client.send_signal(signal.SIGTERM)
    counted = said(client) if client.stdout else {}
    return Measured(
        cpu_us=(after - before) / load.count * 1e6,
        wall_s=wall_s,
        rss_mb=rss,
        messages=counted["messages"],
        lost=end["sent"] - counted["messages"],
        trades_lost=end["trades"] - counted["trades"] if counted["trades"] else 0,
    )


def _drained(pid: int, began: float) -> tuple[float, float]:
    """(processor time, seconds since `began`) when the process has done its work."""
    looks, last, done = 0, cpu_s(pid), (0.0, 0.0)
    while looks < DRAINED_LOOKS:
        if CLOCK.monotonic() - began > LIMIT_S:
            raise Failed("it does not keep up")
        time.sleep(LOOK_S)
        now = cpu_s(pid)
        if now - last > IDLE_SHARE * LOOK_S:
            looks = 0
        if not looks:
            done = now, CLOCK.monotonic() - began
        looks += 1
        last = now
    return done
