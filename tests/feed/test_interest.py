"""Open interest is asked for gently, each symbol in its turn."""

from __future__ import annotations

import pytest

from bntui.errors import RestError
from bntui.feed.interest import EACH_EVERY_S, ONE_EVERY_S, OpenInterests
from bntui.model.derivatives import OpenInterest
from bntui.model.status import Event
from bntui.venue.binance.spot import spot
from bntui.venue.binance.usdm import usdm
from tests.feed.restworld import RestWorld

BODY = {"openInterest": "10.5", "symbol": "BTCUSDT", "time": 7}


class _Asked:
    """A market whose open interest is asked for, and what came of it."""

    def __init__(self) -> None:
        self.world = RestWorld(usdm(), {"openInterest": BODY})
        self.said: list[Event] = []
        self.interests = OpenInterests(
            self.world.venue, self.world.rest, self.world.clock, self.said.extend, 0.5
        )

    async def step(self) -> bool:
        return await self.interests.step(lambda symbol: symbol != "UNLISTED")

    async def rounds(self, seconds: int) -> list[str]:
        """What is asked for in so many seconds, looked at ten times each."""
        self.world.asked.clear()
        for _ in range(seconds * 10):
            await self.step()
            self.world.clock.advance(0.1)
        return [asked.removeprefix("openInterest ") for asked in self.world.asked]


async def test_nothing_is_asked_while_nobody_looks() -> None:
    assert await _Asked().rounds(3) == []


async def test_what_is_told_goes_on_with_the_time_of_the_exchange() -> None:
    asked = _Asked()
    asked.interests.want("BTCUSDT")
    assert await asked.step()
    (event,) = asked.said
    assert isinstance(event, OpenInterest)
    assert (event.key.label, event.qty, event.time_ms) == ("BTCUSDT.usdm", "10.5", 7)


async def test_symbols_take_turns_a_second_apart_and_once_a_minute_each() -> None:
    asked = _Asked()
    for symbol in ("A", "B", "C"):
        asked.interests.want(symbol)
    found = await asked.rounds(int(EACH_EVERY_S))
    assert sorted(found) == ["A", "B", "C"]
    assert sorted(await asked.rounds(int(3 * ONE_EVERY_S) + 1)) == ["A", "B", "C"]


async def test_more_symbols_than_a_minute_has_seconds_wait_their_turn() -> None:
    asked = _Asked()
    for number in range(90):
        asked.interests.want(f"S{number}")
    found = await asked.rounds(100)
    assert len(set(found[:90])) == 90


async def test_a_symbol_that_is_not_listed_or_no_longer_wanted_is_passed_by() -> None:
    asked = _Asked()
    for symbol in ("UNLISTED", "GONE", "BTCUSDT"):
        asked.interests.want(symbol)
    asked.interests.unwant("GONE")
    assert await asked.rounds(5) == ["BTCUSDT"]


async def test_it_takes_no_more_than_its_share_of_our_weight() -> None:
    asked = _Asked()
    asked.interests.want("BTCUSDT")
    asked.world.weight.take(asked.world.weight.own_limit // 2, asked.world.clock.wall_ms(), optional=False)
    assert not await asked.step()


async def test_a_failure_is_said_and_the_next_symbol_has_its_turn() -> None:
    asked = _Asked()
    asked.interests.want("B")
    asked.interests.want("A")
    asked.world.answers["openInterest"] = {"openInterest": 10.5}
    with pytest.raises(RestError, match="open_interest: "):
        await asked.step()
    asked.world.answers["openInterest"] = BODY
    assert await asked.rounds(2) == ["B"]


async def test_a_market_without_contracts_is_not_asked() -> None:
    world = RestWorld(spot(), {"openInterest": BODY})
    interests = OpenInterests(world.venue, world.rest, world.clock, lambda events: None, 0.5)
    interests.want("BTCUSDT")
    assert not await interests.step(lambda symbol: True)
    assert world.asked == []
