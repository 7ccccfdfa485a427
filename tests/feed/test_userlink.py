"""One connection of a user stream: whatever it brings is told in order, and after its opening."""

from __future__ import annotations

import asyncio

import pytest

from bntui.feed.core.facts import Failed, Lost, Opened, Ponged, ServerPinged
from bntui.feed.core.failures import Failure
from bntui.feed.core.userfacts import SocketFact
from bntui.feed.transport import Link, Receiver
from bntui.feed.userlink import UserLink
from tests.support.exchange import MemoryExchange


class Owner:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.ended = asyncio.Event()

    def happened(self, number: int, fact: SocketFact) -> None:
        self.told.append(fact)
        self.ended.set()

    def frames(self, number: int, frames: list[bytes]) -> None:
        self.told.append(frames)

    def alive(self, number: int) -> None:
        self.told.append("alive")


async def opened(owner: Owner, exchange: MemoryExchange) -> UserLink:
    link = UserLink(3, owner)
    link.connect(lambda receiver: exchange.open("ws://host/path?listenKey=secret", receiver))
    await asyncio.wait_for(owner.ended.wait(), 1.0)
    return link


async def test_what_a_connection_brings_is_told() -> None:
    owner, exchange = Owner(), MemoryExchange()
    await opened(owner, exchange)
    receiver = exchange.links[0].receiver
    receiver.frames([b"1"])
    receiver.pinged(b"2")
    receiver.ponged(b"3")
    receiver.binary(7)
    receiver.lost(1001, "away", False)
    assert owner.told == [
        Opened(),
        [b"1"],
        *("alive", ServerPinged(b"2")),
        *("alive", Ponged(b"3")),
        "alive",
        Lost(1001, "away", False),
    ]


async def test_a_failed_attempt_is_told_with_its_reason() -> None:
    owner, exchange = Owner(), MemoryExchange()
    exchange.failure = Failure("connection refused")
    await opened(owner, exchange)
    assert owner.told == [Failed(Failure("connection refused"))]


async def test_what_comes_while_it_is_handed_over_is_told_behind_its_opening() -> None:
    owner, exchange = Owner(), MemoryExchange()

    async def hasty(receiver: Receiver) -> Link | Failure:
        link = await exchange.open("ws://host", receiver)
        receiver.frames([b"early"])
        receiver.lost(None, "", False)
        return link

    link = UserLink(3, owner)
    link.connect(hasty)
    await asyncio.wait_for(owner.ended.wait(), 1.0)
    assert owner.told == [Opened(), [b"early"], Lost(None, "", False)]


async def test_an_attempt_that_is_given_up_is_told_as_failed() -> None:
    owner = Owner()

    async def hanging(receiver: Receiver) -> Link | Failure:
        await asyncio.Event().wait()
        raise AssertionError

    link = UserLink(3, owner)
    link.connect(hanging)
    link.end(1000, "not needed")
    await asyncio.wait_for(owner.ended.wait(), 1.0)
    assert owner.told == [Failed(Failure("given up"))]


async def test_a_defect_is_a_failed_attempt_whose_words_are_not_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    owner = Owner()

    async def broken(receiver: Receiver) -> Link | Failure:
        raise ZeroDivisionError("ws://host/path?listenKey=secret")

    link = UserLink(3, owner)
    link.connect(broken)
    await asyncio.wait_for(owner.ended.wait(), 1.0)
    assert owner.told == [Failed(Failure("an error inside bntui; its log has it"))]
    assert "ZeroDivisionError" in caplog.text
    assert "secret" not in caplog.text


async def test_an_open_connection_is_closed_in_order() -> None:
    owner, exchange = Owner(), MemoryExchange()
    link = await opened(owner, exchange)
    link.end(1000, "bntui ends")
    assert exchange.links[0].ended == (1000, "bntui ends")
    await link.closed()
