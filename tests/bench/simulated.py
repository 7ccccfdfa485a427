"""How much the embedded exchange serves on one core, beside a sender that does nothing else."""

from __future__ import annotations

import select
import subprocess
import sys

from tests.bench.comparing import Contender, Figures, Group
from tests.bench.stage import CLOCK, ROOT, Load, cpu_s, said, source

RUN_S = 5.0
WARM_S = 2.0
ASKED = 50_000
"""More than it can: it sends what it can."""

KINDS = ("bookTicker", "trade", "kline_1m")
SIM, SENDER = "bntui sim", "the bench's source"


def _served(sender: subprocess.Popen[str], rest: str, streams: str) -> Figures:
    names = ",".join(Load().names)
    words = [sys.executable, "-m", "tests.bench.clients.floor", rest, streams, "--way", "fast"]
    words += ["--symbols", names, "--kinds", ",".join(KINDS), "--every", str(WARM_S)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as client:
        try:
            first = said(client)["messages"]
            before, began = cpu_s(sender.pid), CLOCK.monotonic()
            select.select([], [], [], RUN_S)
            cpu, took = cpu_s(sender.pid) - before, CLOCK.monotonic() - began
            client.terminate()
            # One that the exchange has cut off has ended, and says nothing.
            count = said(client)["messages"] - first
        finally:
            client.kill()
    return {"rate": count / took, "a core": count / cpu, "cpu": cpu / took * 100}


def _sim() -> Figures:
    words = [sys.executable, "-m", "bntui", "sim", "--tied", "--symbols", "50", "--rate", str(ASKED)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as sim:
        try:
            urls = said(sim)["spot"]
            return _served(sim, urls["rest"], urls["streams"])
        finally:
            sim.kill()


def _source() -> Figures:
    load = Load(kinds=KINDS, count=10 * ASKED, rate=ASKED, settle_s=0)
    with source(load, None) as sender:
        urls = said(sender)
        assert sender.stdin is not None
        sender.stdin.write("go\n")
        sender.stdin.flush()
        return _served(sender, urls["rest"], urls["streams"])


def groups() -> list[Group]:
    """The one group."""
    return [
        Group(
            "sim",
            "quotes, trades and candles of 50 symbols, as many as can be sent",
            {"rate": "msg/s", "a core": "msg/s", "cpu": "% core"},
            [Contender(SIM, _sim), Contender(SENDER, _source)],
            SENDER,
        )
    ]
