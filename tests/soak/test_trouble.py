"""Every fault of the soak is one that the exchange takes, and comes as often as the others."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Mapping

import pytest

from bntui.clock import SystemClock
from bntui.sim.faults import Fault
from bntui.sim.userfaults import USER_FAULTS
from tests.soak.measure import Gone, measurable, read
from tests.soak.trouble import CAUSING_MALFORMED, SCRIPTS, Exchange, Scene, Trouble
from tests.support.programs import exchange

STREAMS = [f"{symbol}@{kind}" for symbol in ("btcusdt", "ethusdt") for kind in ("bookTicker", "trade")]


async def test_the_exchange_takes_the_words_of_every_fault() -> None:
    scene = Scene([1, 2], STREAMS, random.Random(1))
    async with exchange() as sim:
        for script in SCRIPTS.values():
            for words in script(scene):
                sim.fault(words)


def test_every_fault_of_the_exchange_is_played_or_left_out_for_a_reason() -> None:
    left_out = {
        Fault.NO_DATA: "the connection is given up for good",
        Fault.BAN: "lasts for minutes",
        Fault.CLOCK_JUMP: "trades seem to come from another time",
        Fault.NO_PINGS: "shows after minutes only",
        Fault.DROP: "drop_trade is the same on purpose",
        Fault.DROP_DIFF: "no book is watched",
        Fault.UNROUTED: "the soak plays on Spot, which has no paths",
        Fault.MOVED_STREAM: "forget_stream is the same on Spot",
        Fault.INJECT: "malformed, huge and deep frames are the same on purpose",
        Fault.CLEAR: "ends every fault",
    }
    # Drills play what goes wrong with accounts; the soak has none.
    of_accounts = set(map(Fault, USER_FAULTS))
    played = {name.removesuffix(" all") for name in SCRIPTS}
    assert played == set(Fault) - left_out.keys() - of_accounts


def test_frames_are_malformed_only_after_faults_that_are_played() -> None:
    assert SCRIPTS.keys() >= CAUSING_MALFORMED


class NobodyToTrouble(Exchange):
    """An exchange without clients."""

    def __init__(self) -> None:
        self.said: list[object] = []

    async def fault(self, words: Mapping[str, object]) -> str:
        self.said.append(words["fault"])
        return ""


async def test_what_could_not_be_read_is_put_down_to_the_fault_before_it() -> None:
    count = 0
    trouble = Trouble(NobodyToTrouble(), random.Random(1), lambda: count)
    trouble.note_malformed()
    assert not trouble.unexplained
    count = 3
    trouble.note_malformed()
    trouble.note_malformed()
    assert trouble.unexplained == {"nothing": 3}


@pytest.mark.skipif(not measurable(), reason="there is no /proc")
def test_a_process_is_seen_with_what_it_takes() -> None:
    before = read(os.getpid(), SystemClock().monotonic())
    left, right = os.pipe()
    try:
        after = read(os.getpid(), SystemClock().monotonic())
    finally:
        os.close(left)
        os.close(right)
    assert after.descriptors == before.descriptors + 2
    assert after.sockets == before.sockets
    assert after.rss_bytes > 1_000_000
    assert after.cpu_s > 0


@pytest.mark.skipif(not measurable(), reason="there is no /proc")
def test_a_process_that_has_ended_is_named() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    with pytest.raises(Gone, match=r"the engine .* has ended"):
        read(child.pid, 0.0, "engine")
