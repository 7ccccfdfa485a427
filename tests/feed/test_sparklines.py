"""The past of each symbol is fetched once, within a share of our weight."""

from __future__ import annotations

import pytest

from bntui.errors import RestError
from bntui.feed.sparklines import SCREENFUL, SCREENFUL_SHARE, Sparklines
from bntui.model.status import Event, MinuteCloses
from bntui.venue.binance.usdm import usdm
from tests.feed.restworld import RestWorld

ROW = [0, "1", "1", "1", "9.00", "1", 59_999, "1", 1, "1", "1", "0"]


class _Past:
    """A market whose candles are asked for, and what came of it."""

    def __init__(self) -> None:
        self.world = RestWorld(usdm(), {"klines": [ROW]})
        self.said: list[Event] = []
        world = self.world
        self.sparklines = Sparklines(world.venue, world.rest, world.clock, self.said.extend, 0.25)

    def use(self, share: float) -> None:
        """So much of our weight is used by others."""
        weight = self.world.weight
        weight.take(round(weight.own_limit * share), self.world.clock.wall_ms(), optional=False)

    async def step(self) -> bool:
        return await self.sparklines.step(lambda symbol: symbol != "UNLISTED")


async def test_each_symbol_that_is_listed_is_asked_about_once() -> None:
    past = _Past()
    for symbol in ("UNLISTED", "A", "GONE", "B"):
        past.sparklines.want(symbol)
    past.sparklines.unwant("GONE")
    assert [await past.step() for _ in range(3)] == [True, True, False]
    assert past.world.asked == ["klines A", "klines B"]
    told = [event for event in past.said if isinstance(event, MinuteCloses)]
    assert [(event.key.label, event.closes) for event in told] == [
        ("A.usdm", ((0, "9.00"),)),
        ("B.usdm", ((0, "9.00"),)),
    ]


async def test_a_screenful_does_not_wait_for_leisure() -> None:
    past = _Past()
    past.use(0.5)
    for number in range(SCREENFUL + 1):
        past.sparklines.want(f"S{number}")
    assert [await past.step() for _ in range(SCREENFUL + 1)] == [*[True] * SCREENFUL, False]
    past.world.clock.advance(60)
    assert await past.step()


async def test_it_leaves_the_last_of_our_weight_to_others() -> None:
    past = _Past()
    past.sparklines.want("A")
    past.use(SCREENFUL_SHARE)
    assert not await past.step()
    past.world.clock.advance(60)
    assert await past.step()


async def test_an_answer_that_is_none_is_said_and_not_asked_for_again() -> None:
    past = _Past()
    past.sparklines.want("A")
    past.world.answers["klines"] = {"code": 5}
    with pytest.raises(RestError, match="klines: "):
        await past.step()
    assert not await past.step()
