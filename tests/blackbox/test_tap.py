"""The tap hears ends of all connections and frames of market data, and changes nothing of either."""

from __future__ import annotations

from typing import cast

from bntui.blackbox.tap import Tap
from bntui.feed.link import ShardLink
from bntui.feed.runs import Run
from tests.support.exchange import REFUSED, MemoryExchange, MemoryLink


class Ear:
    """Is told what a connection brings."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def frames(self, frames: list[bytes]) -> None:
        self.told.append(frames)

    def flood(self, run: Run) -> None:
        self.told.append(run)

    def binary(self, size: int) -> None:
        self.told.append(size)

    def pinged(self, payload: bytes) -> None:
        self.told.append(("ping", payload))

    def ponged(self, payload: bytes) -> None:
        self.told.append(("pong", payload))

    def lost(self, code: int | None, reason: str, by_us: bool) -> None:
        self.told.append((code, reason, by_us))


class MarketEar(Ear, ShardLink):
    """A connection of the pool, as far as the tap can tell."""

    def __init__(self) -> None:
        Ear.__init__(self)


URL = "wss://somebody:password@stream.example:9443/stream?listenKey=secret"


async def opened(tap: Tap, ear: Ear) -> MemoryLink:
    """A connection through the tap."""
    link = await tap.around(MemoryExchange()).open(URL, ear)
    return cast(MemoryLink, link)


def play(link: MemoryLink) -> list[object]:
    """Everything that a connection can bring."""
    receiver = link.receiver
    receiver.frames([b"{}", b"[]"])
    receiver.binary(3)
    receiver.pinged(b"1")
    receiver.ponged(b"2")
    receiver.lost(1008, "too slow", False)
    return [[b"{}", b"[]"], 3, ("ping", b"1"), ("pong", b"2"), (1008, "too slow", False)]


async def test_whoever_receives_is_told_everything_as_without_a_tap() -> None:
    for ear in (MarketEar(), Ear()):
        tap, frames = Tap(), list[bytes]()
        tap.on_frames = frames.extend
        assert play(await opened(tap, ear)) == ear.told


async def test_ends_are_heard_with_the_host_alone() -> None:
    tap, ends = Tap(), list[object]()
    tap.on_closed = lambda *end: ends.append(end)
    play(await opened(tap, Ear()))
    assert ends == [("stream.example:9443", 1008, "too slow", False)]


async def test_frames_are_heard_of_market_data_and_of_nothing_else() -> None:
    for ear, heard in ((MarketEar(), [b"{}", b"[]"]), (Ear(), list[bytes]())):
        tap, frames = Tap(), list[bytes]()
        tap.on_frames = frames.extend
        play(await opened(tap, ear))
        assert frames == heard


async def test_a_failure_is_handed_on() -> None:
    exchange = MemoryExchange()
    exchange.failure = REFUSED
    assert await Tap().around(exchange).open(URL, Ear()) is REFUSED
