"""One-minute candles on the screen equal those built from the trades of a real recording."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby

import pytest

from bntui.feed.core.merge import Merge
from bntui.model.events import MarketEvent, Trade
from bntui.model.panels import CandleView
from bntui.model.status import CandlesLoaded, Gap
from bntui.sim import answers
from bntui.store.candles import Series
from bntui.store.pages import Pages
from bntui.store.tape import MINUTE_MS, Tape
from tests.model.build import BTC
from tests.sim.rig import RECORDINGS
from tests.sim.test_playback import Deck
from tests.support.feed import VENUE

pytestmark = pytest.mark.skipif(not RECORDINGS.exists(), reason="the recordings are not on this machine")

STREAMS = ("btcusdt@trade", "btcusdt@aggTrade", "btcusdt@kline_1m")


@pytest.fixture(scope="module")
def played() -> tuple[list[Trade], Pages]:
    """The recording's trades, and the page of the symbol after all that the streams and REST said."""
    deck = Deck(RECORDINGS / "spot_btcusdt_20240808.gz", speed=100)
    ear = deck.listen(*STREAMS)
    deck.run(4, 0.02)
    assert deck.playback.over
    pages = Pages(lambda: 1)
    pages.open(BTC)
    pages.show_tape(BTC, single=True, flows=True)
    pages.show_tape(BTC, single=False, flows=True)
    pages.show_candles(BTC, "1m")
    trades: list[Trade] = []
    merge = Merge(2.0)
    for text in ear.texts:
        decoded = VENUE.decode(text, 0, 0.0)
        assert decoded.stream is not None
        out: Iterable[MarketEvent | Gap] = merge.take(decoded.stream, decoded.events, 0.0)
        trades += [event for event in out if isinstance(event, Trade)]
        pages.apply(list(out))
    desk = deck.playback.desk("BTCUSDT")
    assert desk is not None
    now_us = trades[-1].time_ms * 1000
    body = answers.klines(desk.pair, answers.candles_of(desk, "1m", now_us, 500)).encode()
    rows = VENUE.bodies.candles("BTCUSDT", "1m", body, trades[-1].time_ms, 0.0)
    pages.apply([CandlesLoaded(BTC, "1m", rows, None, None, complete=True)])
    return trades, pages


def series(pages: Pages) -> Series:
    page = pages.get(BTC)
    assert page is not None
    return page.series["1m"]


def built(trades: Iterable[Trade]) -> dict[int, tuple[str, str, str, str, Decimal, Decimal, int]]:
    """Candles by minute, exactly, from trades in order."""
    candles = {}
    for minute, group in groupby(trades, key=lambda trade: trade.time_ms - trade.time_ms % MINUTE_MS):
        rows = list(group)
        by_price = sorted(rows, key=lambda trade: Decimal(trade.price))
        volume = sum((Decimal(trade.qty) for trade in rows), Decimal())
        quote = sum((Decimal(trade.qty) * Decimal(trade.price) for trade in rows), Decimal())
        prices = rows[0].price, by_price[-1].price, by_price[0].price, rows[-1].price
        candles[minute] = (*prices, volume, quote, len(rows))
    return candles


def shown(view: CandleView) -> tuple[str, str, str, str, Decimal, Decimal, int]:
    return (
        view.open,
        view.high,
        view.low,
        view.close,
        Decimal(view.volume),
        Decimal(view.quote_volume),
        view.trades,
    )


def test_every_minute_equals_the_one_built_from_the_trades(played: tuple[list[Trade], Pages]) -> None:
    trades, pages = played
    ours = built(trades)
    views = {view.open_ms: view for view in series(pages).rows() if view.open_ms in ours}
    assert len(views) == len(ours) >= 6
    assert {minute: shown(view) for minute, view in views.items()} == ours
    assert series(pages).holes == []


def test_bought_and_sold_volumes_are_those_of_the_trades_on_both_tapes(
    played: tuple[list[Trade], Pages],
) -> None:
    trades, pages = played
    page = pages.get(BTC)
    assert page is not None
    for side, name in (("buy", "buy_qty"), ("sell", "sell_qty")):
        ours = sum((Decimal(trade.qty) for trade in trades if trade.side == side), Decimal())
        for tape in page.tapes.values():
            assert sum((Decimal(getattr(flow, name)) for flow in tape.flows()), Decimal()) == ours
    assert all(flow.complete for flow in page.tapes[True].flows()[1:])


def test_an_aggregated_row_holds_the_trades_of_one_taker_order(played: tuple[list[Trade], Pages]) -> None:
    trades, pages = played
    page = pages.get(BTC)
    assert page is not None
    tape: Tape = page.tapes[False]
    rows = tape.rows()
    assert 0 < len(rows) < len(trades)
    newest = trades[-rows[-1].trades :]
    assert {trade.price for trade in newest} == {rows[-1].price}
    assert sum((Decimal(trade.qty) for trade in newest), Decimal()) == Decimal(rows[-1].qty)
