"""The whole program on a terminal: processor, bytes, memory, and how soon a key is answered."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Mapping, Sequence
from statistics import quantiles

from tests.bench.comparing import Contender, Figures, Goal, Group
from tests.bench.screen import Pty, Spent, program
from tests.bench.stage import CLOCK, Load, cpu_s, rss_mb

SETTLE_S = 3.0
LOOK_S = 10.0
KINDS = ("bookTicker", "trade", "ticker")
"""What the rows of a watchlist are made of."""

ENTER = b"\r"
SORT = b"s"
REVERSE = (b"S", rb"\xe2\x86\x91|\xe2\x86\x93")
"""A key, and the arrow in the titles that only its answer paints, once the rows are sorted."""

NEWS_A_FRAME = 42
"""Messages between two frames of which each row gets one of a kind at most."""

SLOW = "--slow"
"""The thin line: one frame a second, and rows in turns."""

OURS_FAST, OURS, TABLE = "bntui, fast", "bntui, websockets", "stock DataTable"

BOOKS = 20
"""Of so many symbols the book is kept while memory is looked at."""

UNITS = {
    "cpu": "% core",
    "viewer cpu": "% core",
    "engine cpu": "% core",
    "output": "kB/s",
    "memory": "MB",
    "memory, added": "MB",
}


def figures(spent: Spent) -> Figures:
    """What was spent, by name."""
    found = {
        "cpu": spent.percent,
        "viewer cpu": spent.viewer_percent,
        "engine cpu": spent.engine_percent,
        "output": spent.kb_per_s,
        "frames": spent.frames_per_s,
        "memory": spent.mb,
        "memory, added": spent.added_mb,
    }
    if len(spent.key_ms) > 1:
        cuts = quantiles(spent.key_ms, n=100, method="inclusive")
        found |= {"key p50": cuts[49], "key p99": cuts[98]}
    return found


def _load(rate: float, symbols: int = 50, seconds: float = LOOK_S, kinds: tuple[str, ...] = KINDS) -> Load:
    # Longer than it is looked at: the end of the run must not be part of it.
    count = int(rate * (seconds + SETTLE_S + 4))
    return Load(symbols, kinds, count, rate, settle_s=4 + symbols / 100)


def on_load(
    load: Load,
    *,
    fast: bool = True,
    words: tuple[str, ...] = (),
    keys: bool = False,
    seconds: float = LOOK_S,
    first: bytes = b"",
) -> Callable[[], Figures]:
    """bntui under a load."""

    def run() -> Figures:
        with program(load, fast=fast, words=words) as running:
            running.terminal.press(SORT if keys else first)
            running.go()
            select.select([], [], [], SETTLE_S)
            return figures(running.spent(seconds, REVERSE if keys else None))

    return run


def _table(share: float) -> Callable[[], Figures]:
    def run() -> Figures:
        words = [sys.executable, "-m", "tests.bench.clients.datatable", "--share", str(share)]
        environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        terminal = Pty(words, environ)
        try:
            terminal.until(rb"BTCUSDT", SETTLE_S * 5)
            select.select([], [], [], SETTLE_S)
            pid = terminal.process.pid
            before, came, frames = cpu_s(pid), terminal.bytes, terminal.frames
            began = CLOCK.monotonic()
            select.select([], [], [], LOOK_S)
            took = CLOCK.monotonic() - began
            return {
                "cpu": (cpu_s(pid) - before) / took * 100,
                "output": (terminal.bytes - came) / took / 1000,
                "frames": (terminal.frames - frames) / took,
                "memory": rss_mb(pid),
            }
        finally:
            terminal.end()

    return run


def _writing(fps: int) -> Contender:
    """At so many frames a second, with so many messages that 60 % of the rows have a quote in a frame, and a
    quarter of them a trade as well: five cells of most. One frame a second is what a thin line has."""
    if fps == 1:
        # With every stream of a row: a row that loses its trust, as one does that lacks a stream, is drawn
        # at once, and would be what is measured.
        return Contender(SLOW, on_load(_load(NEWS_A_FRAME * 1.5), words=("--slow",)))
    load = _load(NEWS_A_FRAME * fps, kinds=("bookTicker", "trade"))
    return Contender(f"{fps} frames/s", on_load(load, words=("--fps", str(fps))))


def _at(name: str, figure: str) -> Callable[[Mapping[tuple[str, str], float]], float]:
    return lambda medians: medians[name, figure]


TEN_MINUTES_S = 600.0
MANY = 2_000
MEMORY_UNITS = {"memory at first": "MB", "memory": "MB", "memory, added": "MB", "cpu": "% core"}


def _kept(symbols: int, after_s: Sequence[float]) -> Callable[[], Figures]:
    """Memory after so long, and again after so long."""

    def run() -> Figures:
        load = _load(1_000, symbols, sum(after_s) + 60, (*KINDS, "depth@100ms"))
        with program(load) as running, running.books_kept(load.names[:BOOKS]):
            # The books' streams must be there when the run begins.
            select.select([], [], [], SETTLE_S)
            running.go()
            seen: list[Figures] = []
            for seconds in after_s:
                select.select([], [], [], seconds)
                seen.append(figures(running.spent(LOOK_S)))
            return {**seen[-1], "memory at first": seen[0]["memory"]}

    return run


def groups() -> list[Group]:
    """Everything about the program on its screen."""
    usual = _load(1_000)
    slower = ("--fps", "4")
    return [
        Group(
            "program/1000",
            "viewer and engine at 1,000 messages a second, 50 symbols, 10 frames a second",
            UNITS,
            [
                Contender(OURS_FAST, on_load(usual)),
                Contender(OURS, on_load(usual, fast=False)),
                Contender("bntui, fast, 4 frames/s", on_load(usual, words=slower)),
                Contender(TABLE, _table(1.0)),
            ],
            TABLE,
            [
                Goal("% of a core, fast", _at(OURS_FAST, "cpu"), most=7),
                Goal("% of a core, websockets", _at(OURS, "cpu"), most=12),
            ],
        ),
        Group(
            "program/output",
            "bytes to the terminal: 50 rows, of which 60 % change a frame",
            {"output": "kB/s", "cpu": "% core"},
            [
                *(_writing(fps) for fps in (10, 4, 1)),
                Contender("symbol's screen", on_load(_load(1_000), first=ENTER)),
                Contender(TABLE, _table(0.6)),
            ],
            TABLE,
            [
                Goal("kB/s at 10 frames/s", _at("10 frames/s", "output"), most=25),
                Goal("kB/s at 4 frames/s", _at("4 frames/s", "output"), most=10),
                Goal("kB/s on a thin line", _at(SLOW, "output"), most=1.5),
                Goal(
                    "times less than the DataTable",
                    lambda m: m[TABLE, "output"] / m["10 frames/s", "output"],
                    least=10,
                ),
            ],
        ),
        Group(
            "program/keys",
            "from a key to its painted answer, and frames a second",
            {"key p50": "ms", "key p99": "ms", "frames": "1/s", "cpu": "% core"},
            [
                Contender("idle", on_load(_load(10), keys=True, seconds=20)),
                Contender("5,000 msg/s", on_load(_load(5_000, seconds=20), keys=True, seconds=20)),
                Contender("20,000 msg/s", on_load(_load(20_000, seconds=20), keys=True, seconds=20)),
            ],
            "idle",
            [
                Goal("ms to paint at p99, 20,000 msg/s", _at("20,000 msg/s", "key p99"), most=100),
                Goal("frames a second, 20,000 msg/s", _at("20,000 msg/s", "frames"), least=9.5),
            ],
        ),
        Group(
            "program/symbols",
            "how cost and memory grow with the symbols, at 1,000 messages a second",
            UNITS,
            [
                Contender(f"{count:,} symbols", on_load(_load(1_000, count)))
                for count in (50, 100, 500, 2_000)
            ],
            "50 symbols",
        ),
        Group(
            "program/memory",
            f"memory of viewer and engine, the books of {BOOKS} symbols kept, after ten minutes",
            MEMORY_UNITS,
            [Contender(f"{count:,} symbols", _kept(count, [TEN_MINUTES_S])) for count in (50, MANY)],
            "50 symbols",
            [Goal(f"MB of both with {MANY:,} symbols", _at(f"{MANY:,} symbols", "memory"), most=140)],
            most_rounds=1,
        ),
    ]


def long_groups(minutes: float) -> list[Group]:
    """Does memory grow over an hour?"""
    seconds = 60 * minutes
    name = f"{MANY:,} symbols"
    return [
        Group(
            "long/memory",
            f"memory of viewer and engine, the books of {BOOKS} symbols kept, over {minutes:g} minutes "
            "at 1,000 messages a second",
            MEMORY_UNITS,
            [Contender(name, _kept(MANY, [min(TEN_MINUTES_S / 2, seconds / 6), seconds]))],
            name,
            [
                Goal("MB of both", _at(name, "memory"), most=140),
                Goal(
                    "times the memory of the beginning",
                    lambda m: m[name, "memory"] / m[name, "memory at first"],
                    most=1.05,
                ),
            ],
        )
    ]
