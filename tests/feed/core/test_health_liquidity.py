"""A stalled stream of a liquid symbol is stale within seconds; the silence of an illiquid one is quiet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bntui.clock import ManualClock
from bntui.feed.core.health import Health
from bntui.model.events import Quote, Ticker, Trade
from bntui.model.markets import Market, Side, SymbolKey
from bntui.model.states import StreamState
from bntui.model.status import Event
from bntui.venue.binance.limits import SPOT
from tests.support.feed import VENUE

BTC = SymbolKey(Market.SPOT, "BTCUSDT")
TRADES, QUOTES, TICKER = "btcusdt@trade", "btcusdt@bookTicker", "btcusdt@ticker"
JUDGED_EVERY_S = 0.5
REST_TAKES_S = 0.3
STALE_WITHIN_S = 10.0
STALE_WITHIN_GAPS = 3.0


class Exchange:
    """One symbol: trades at some times, quotes at others, a ticker each second, and REST, which knows all."""

    def __init__(self, clock: ManualClock, trade_every_s: float, quote_every_s: float) -> None:
        self.clock = clock
        self.health = Health(Market.SPOT, SPOT, VENUE.parse_stream)
        self.silent: set[str] = set()
        self.trade_id = self.quote_id = 1_000
        self._every = {TRADES: trade_every_s, QUOTES: quote_every_s, TICKER: 1.0}
        self._due = {name: clock.monotonic() + every for name, every in self._every.items()}
        self._asked_at: float | None = None
        for name in self._every:
            self.health.want(name, 1, clock.monotonic())
        self.health.acked(tuple(self._every), clock.monotonic())

    def advance(self, seconds: float) -> None:
        """Let time pass: send what is due, answer what REST was asked, judge."""
        step_s = 0.1
        for _ in range(round(seconds / step_s)):
            self.clock.advance(step_s)
            now = self.clock.monotonic()
            for name, due in self._due.items():
                if now >= due:
                    self._due[name] = due + self._every[name]
                    self._send(name, now)
            if self._asked_at is not None and now >= self._asked_at + REST_TAKES_S:
                self.health.probed(self._ticker(), self._asked_at)
                self._asked_at = None
            if round(now / step_s) % round(JUDGED_EVERY_S / step_s) == 0:
                self.health.tick(now)
                if self._asked_at is None and any(self.health.unproven(now).values()):
                    self._asked_at = now

    def _send(self, name: str, now: float) -> None:
        make: dict[str, Callable[[], Event]] = {
            TRADES: self._trade,
            QUOTES: self._quote,
            TICKER: self._ticker,
        }
        event = make[name]()
        if name not in self.silent:
            self.health.seen(name, [event], now)

    def _trade(self) -> Trade:
        self.trade_id += 1
        return Trade(BTC, self.trade_id, "1.0", "2.0", Side.BUY, 0, 0, 0, 0.0)

    def _quote(self) -> Quote:
        self.quote_id += 1
        return Quote(BTC, str(self.quote_id), "5", "1.1", "6", self.quote_id, None, 0, 0.0)

    def _ticker(self) -> Ticker:
        return Ticker(
            BTC, "24h", "1.0", "1", "0", "0", "1", "1", "1", "1", "1", "1", "1", str(self.quote_id), "5",
            "1.1", "6", 0, 1, 1, self.trade_id, 1, 0, 0, 0.0,
        )  # fmt: skip

    def state(self, name: str) -> StreamState | None:
        return self.health.state(name)


@pytest.mark.parametrize("gap_s", [0.1, 0.7, 2.0, 4.0, 6.0])
@pytest.mark.parametrize("name", [TRADES, QUOTES])
def test_a_stalled_stream_of_a_liquid_symbol_is_stale_within_three_gaps_or_ten_seconds(
    name: str, gap_s: float
) -> None:
    market = Exchange(ManualClock(), gap_s, gap_s)
    market.advance(120)
    assert market.state(name) is StreamState.LIVE
    market.silent = {name}
    data_at = market.health.view(name).data_at
    assert data_at is not None
    latest_s = max(STALE_WITHIN_S, STALE_WITHIN_GAPS * gap_s)
    while market.clock.monotonic() - data_at < latest_s:
        market.advance(0.1)
    assert market.state(name) is StreamState.STALE
    assert {market.state(other) for other in (TRADES, QUOTES, TICKER) if other != name} == {StreamState.LIVE}


@pytest.mark.parametrize(
    "silent", [set[str](), {TICKER}, {TICKER, QUOTES}], ids=["all", "no ticker", "alone"]
)
def test_a_symbol_that_trades_once_in_ten_minutes_is_quiet_and_never_stale_for_an_hour(
    silent: set[str],
) -> None:
    market = Exchange(ManualClock(), 600.0, 7.0)
    market.silent = silent
    seen = set()
    for _ in range(3_600 * 2):
        market.advance(JUDGED_EVERY_S)
        seen.add(market.state(TRADES))
    assert seen == {StreamState.ACKED, StreamState.QUIET, StreamState.LIVE}


def test_the_hour_is_long_enough_to_tell_a_stall_of_such_a_symbol() -> None:
    market = Exchange(ManualClock(), 600.0, 7.0)
    market.advance(700)
    market.silent = {TRADES}
    market.advance(600)
    assert market.state(TRADES) is StreamState.STALE
