"""Every fault of the soak is one that the exchange takes, and comes as often as the others."""

from __future__ import annotations

import os
import random

import pytest

from bntui.clock import SystemClock
from tests.soak.measure import measurable, read
from tests.soak.trouble import CAUSING_MALFORMED, SCRIPTS, Scene, playable
from tests.support.programs import exchange

STREAMS = [f"{symbol}@{kind}" for symbol in ("btcusdt", "ethusdt") for kind in ("bookTicker", "trade")]


async def test_the_exchange_takes_the_words_of_every_fault() -> None:
    scene = Scene([1, 2], STREAMS, random.Random(1))
    async with exchange() as sim:
        for name in playable():
            for words in SCRIPTS[name](scene):
                sim.fault(words)


def test_most_faults_can_be_played() -> None:
    assert len(playable()) >= 10
    assert SCRIPTS.keys() >= CAUSING_MALFORMED


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
