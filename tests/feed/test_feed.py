"""Wishes are counted: a stream flows while somebody wants it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from bntui.clock import ManualClock
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit
from bntui.feed.feed import WATCH_WISHES, Feed, Wish
from bntui.model.events import Event, StreamChanged
from bntui.model.markets import Market, StreamKind, SymbolKey
from bntui.venue.base import Endpoints
from tests.support.exchange import MemoryExchange
from tests.support.feed import VENUE

BTC = SymbolKey(Market.SPOT, "BTCUSDT")
TRADES = (Wish(StreamKind.TRADE),)


@pytest.fixture
def said() -> list[Event]:
    return []


@pytest.fixture
def feed(tmp_path: Path, said: list[Event]) -> Feed:
    def take(events: Sequence[Event]) -> None:
        said.extend(events)

    clock = ManualClock()
    return Feed(
        {Market.SPOT: (VENUE, Endpoints("http://127.0.0.1:9", "ws://127.0.0.1:9", ""))},
        lambda venue: MemoryExchange(),
        AttemptsFile(tmp_path / "attempts.json", AttemptLimit(100, 300_000), clock),
        clock,
        random.Random(1),
        take,
    )


def flowing(said: Sequence[Event]) -> set[str]:
    """Streams that were wanted last."""
    wanted: dict[str, bool] = {}
    for event in said:
        if isinstance(event, StreamChanged):
            wanted[event.key.name] = event.view is not None
    return {name for name, is_wanted in wanted.items() if is_wanted}


async def test_a_row_of_the_watchlist_needs_three_streams(feed: Feed, said: list[Event]) -> None:
    feed.want([BTC], WATCH_WISHES)
    assert flowing(said) == {"btcusdt@bookTicker", "btcusdt@trade", "btcusdt@ticker"}


async def test_a_stream_flows_until_the_last_wish_for_it_is_gone(feed: Feed, said: list[Event]) -> None:
    feed.want([BTC], WATCH_WISHES)
    feed.want([BTC], TRADES)
    feed.unwant([BTC], WATCH_WISHES)
    assert flowing(said) == {"btcusdt@trade"}
    feed.unwant([BTC], TRADES)
    assert flowing(said) == set()
    feed.unwant([BTC], TRADES)
    assert flowing(said) == set()


async def test_candles_have_their_interval(feed: Feed, said: list[Event]) -> None:
    feed.want([BTC], [Wish(StreamKind.KLINE, "5m")])
    assert flowing(said) == {"btcusdt@kline_5m"}


async def test_a_market_that_is_not_served_is_said(feed: Feed) -> None:
    with pytest.raises(ValueError, match="usdm is not served"):
        feed.want([SymbolKey(Market.USDM, "BTCUSDT")], TRADES)


async def test_the_budget_shows_limits_and_use(feed: Feed) -> None:
    budget = feed.budget()
    assert (budget.attempts, budget.attempts_own_limit, budget.attempts_limit) == (0, 100, 300)
    assert (budget.weight_own, budget.weight_own_limit, budget.weight_limit) == (0, 1200, 6000)


async def test_only_an_existing_shard_can_be_replaced(feed: Feed) -> None:
    assert not feed.rotate(1)
    feed.want([BTC], TRADES)
    assert feed.rotate(1)
