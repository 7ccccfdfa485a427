"""Own accounts at the still market's moment: what their screens are tested and pictured with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bntui.model.account import (
    AccountKey,
    Balance,
    Fill,
    OrderUpdate,
    Position,
    RecoveryView,
    Renewal,
    UserStreamView,
)
from bntui.model.delta import AccountsDelta, Delta, NumberedFill
from bntui.model.judged import VerdictView
from bntui.model.markets import Instrument, Market, SymbolKey
from bntui.model.states import Grade, RecoveryState, StreamState, UserStreamState
from bntui.model.views import WatchView
from tests.model.account_samples import FUTURES, MAIN, a_balance, a_fill, a_position, an_order
from tests.support import market

HEDGE = AccountKey("hedge", Market.USDM)

PERPETUAL = SymbolKey(Market.USDM, "BTCUSDT")

HOSTILE = "[bold]x[/]\x1b[2J币安"
"""An id that would steer a terminal, if it were let."""


def stream(owner: AccountKey = MAIN, **changes: Any) -> UserStreamView:
    """A user stream that is live."""
    spot = owner.market is Market.SPOT
    return replace(
        UserStreamView(
            owner=owner,
            method="signature" if spot else "listen key",
            state=UserStreamState.LIVE,
            reason="",
            hint="",
            since=market.NOW - 7_200,
            opened_at=market.NOW - 7_201,
            expires_at=market.NOW - 7_201 + (86_400 if spot else 3_600 * 3),
            renewal_at=market.NOW + (75_600 if spot else 1_260),
            event_at=market.NOW - 4.2,
            event_kind="executionReport" if spot else "ORDER_TRADE_UPDATE",
            proof_at=market.NOW - 12,
            proof="session.subscriptions answered" if spot else "key kept alive",
            reconnects=0,
            renewals=[
                Renewal(market.WALL_MS - 7_200_000, "subscribed", ""),
                Renewal(market.WALL_MS - 3_600_000, "key kept alive", "HTTP 503, tried again in 20s"),
                Renewal(market.WALL_MS - 3_580_000, "key kept alive", ""),
            ],
            host="ws-api.binance.com" if spot else "fstream.binance.com",
        ),
        **changes,
    )


def recovery(owner: AccountKey = MAIN, **changes: Any) -> RecoveryView:
    """A comparison with REST that found nothing missing."""
    return replace(
        RecoveryView(
            owner=owner,
            state=RecoveryState.COMPLETE,
            from_ms=market.WALL_MS - 7_200_000,
            time_ms=market.WALL_MS - 190_000,
            checked="account, open orders, trades of BTCUSDT and ETHUSDT",
            missing="",
            recovered=0,
        ),
        **changes,
    )


def fill(number: int, **changes: Any) -> Fill:
    """A fill so many half minutes before the moment."""
    at = market.WALL_MS - 30_000 * number
    return a_fill(number, **{"time_ms": at, "received_ms": at + 40} | changes)


def fills(count: int = 26) -> list[NumberedFill]:
    """Fills of Spot and futures, of both sides, some recovered; the oldest has number 1."""
    made: list[NumberedFill] = []
    for number in range(1, count + 1):
        age = count - number + 1
        side = ("BUY", "SELL", "BUY")[number % 3]
        if number % 4:
            one = fill(
                age,
                side=side,
                price="67123.45",
                mid=None if number in (7, 22) else "67120.01",
                quote_qty="671.23450000",
                maker=bool(number % 2),
                recovered=number in (7, 22),
            )
            if number % 5 == 0:
                one = replace(
                    one,
                    symbol="ETHUSDT",
                    price="3412.08",
                    quote_qty="34.12080000",
                    fee="0.00004500",
                    fee_asset="BNB",
                    mid=None,
                )
        else:
            one = fill(
                age,
                owner=FUTURES,
                side=side,
                position_side="BOTH",
                price="67130.0",
                qty="0.015",
                quote_qty="1006.9500",
                fee="0.40278000",
                fee_asset="USDT",
                realized_pnl=("-3.42000000", "12.75000000", "0")[number % 3],
                mid="67130.15",
            )
        made.append(NumberedFill(number, one))
    return made


def orders() -> list[OrderUpdate]:
    """Open ones on both sides of the market, a conditional one, and some that ended in each way."""
    at = market.WALL_MS
    placed = {"placed_ms": at - 754_000, "time_ms": at - 754_000}
    ended = {"placed_ms": at - 900_000, "execution": "EXPIRED"}
    return [
        an_order(
            1, price="67123.40", qty="0.25000", filled_qty="0.10000", status="PARTIALLY_FILLED", **placed
        ),
        an_order(2, side="SELL", price="67123.49", qty="0.05000", **placed),
        an_order(3, side="SELL", price="69000.00", qty="0.12000", client_order_id=HOSTILE, **placed),
        an_order(4, symbol="ETHUSDT", price="3400.00", qty="1.50000", type="LIMIT_MAKER", **placed),
        an_order(
            5,
            owner=FUTURES,
            side="SELL",
            position_side="BOTH",
            type="STOP_MARKET",
            price="0",
            stop_price="64000.0",
            qty="0.500",
            reduce_only=True,
            conditional=True,
            **placed,
        ),
        an_order(11, status="FILLED", filled_qty="0.01000", filled_quote="590.00000000", time_ms=at - 60_000),
        an_order(12, status="CANCELED", filled_qty="0.00400", filled_quote="236.00", time_ms=at - 120_000),
        an_order(
            13,
            symbol="ETHUSDT",
            price="3412.08",
            type="LIMIT_MAKER",
            status="REJECTED",
            reason="WOULD_MATCH_IMMEDIATELY",
            time_ms=at - 180_000,
        ),
        an_order(
            14,
            status="EXPIRED",
            reason="UNFILLED_FOK_ORDER_EXPIRED",
            time_in_force="FOK",
            time_ms=at - 200_000,
        ),
        an_order(15, status="EXPIRED_IN_MATCH", time_ms=at - 210_000, **ended),
        an_order(16, status="REJECTED", reason="A_NEW_REASON", time_ms=at - 90_000_000),
    ]


def balances() -> list[Balance]:
    """Of Spot and futures; one of nothing, and one in a strange script."""
    at = market.WALL_MS - 42_000
    return [
        a_balance("BTC", free="0.51200000", locked="0.01500000", time_ms=at),
        a_balance("USDT", free="10250.12000000", locked="1475.00000000", time_ms=at),
        a_balance("BNB", free="0.00000000", locked="0.00000000", time_ms=at),
        a_balance("币安人生", free="100.00000000", locked=None, time_ms=at - 4_000_000),
        a_balance(
            "USDT", owner=FUTURES, free="840.11000000", locked=None, wallet="1500.00000000", time_ms=at
        ),
    ]


def positions() -> list[Position]:
    """One that follows the mark price, one that has only what the exchange told."""
    at = market.WALL_MS - 42_000
    return [
        a_position("BTCUSDT", time_ms=at),
        a_position(
            "ETHUSDT",
            qty="-2.000",
            entry_price="3400.0",
            unrealized_pnl="-24.16000000",
            liquidation_price="3560.0",
            mark_price="3412.08",
            time_ms=at,
        ),
    ]


def perpetual() -> tuple[WatchView, Instrument]:
    """The futures symbol of the first position, as the market has it."""
    row = WatchView(
        *PERPETUAL,
        bid="67129.9",
        bid_qty="1.2",
        ask="67130.1",
        ask_qty="0.8",
        quote_at=market.NOW - 0.1,
        last="67130.0",
        trade_at=market.NOW - 0.3,
        mark_price="67128.40000000",
        index_price="67120.10000000",
        mark_at=market.NOW - 0.4,
        ticker_at=market.NOW - 0.5,
        state=StreamState.LIVE,
    )
    return row, Instrument(PERPETUAL, "TRADING", "BTC", "USDT", "0.10", "0.001", 1, 3, "PERPETUAL", "BTCUSDT")


def told(**changes: Any) -> AccountsDelta:
    """What the engine tells of two accounts that are well."""
    numbered = fills()
    return replace(
        AccountsDelta(
            fills=numbered,
            newest_fill=numbered[-1].number,
            orders=orders(),
            balances=balances(),
            positions=positions(),
            streams=[stream(MAIN), stream(FUTURES)],
            recoveries=[recovery(MAIN), recovery(FUTURES)],
        ),
        **changes,
    )


def traded(base: Delta | None = None, **changes: Any) -> Delta:
    """The calm market with these accounts, and the perpetual contract among its symbols."""
    delta = base or market.calm()
    row, instrument = perpetual()
    return replace(
        delta,
        rows=[*delta.rows, row],
        watchlist=[*(delta.watchlist or []), PERPETUAL],
        instruments=[*(delta.instruments or []), instrument],
        accounts=told(**changes),
    )


def ailing() -> Delta:
    """One account cannot be heard, of another something could not be asked for, and a margin call came."""
    call = replace(positions()[1], margin_call_ms=market.WALL_MS - 12_000)
    blind = VerdictView(Grade.BLIND, "BLIND fills of hedge.usdm: refused", market.NOW - 5_000)
    return traded(
        replace(market.calm(), verdict=blind),
        streams=[
            stream(MAIN),
            stream(
                FUTURES,
                state=UserStreamState.DOWN,
                reason="the connection broke off without a close frame",
                since=market.NOW - 12,
                opened_at=None,
                renewal_at=None,
                reconnects=3,
            ),
            stream(
                HEDGE,
                state=UserStreamState.REFUSED,
                reason="Invalid API-key, IP, or permissions for action (-2015)",
                hint="Check the permissions of the key and its IP addresses, then run bntui keys check hedge",
                since=market.NOW - 5_000,
                opened_at=None,
                event_at=None,
                event_kind="",
                proof_at=None,
                proof="",
                renewals=[],
            ),
        ],
        recoveries=[
            recovery(MAIN, state=RecoveryState.INCOMPLETE, missing="trades of XRPUSDT (HTTP 429)"),
            recovery(FUTURES, state=RecoveryState.RUNNING, time_ms=market.WALL_MS - 3_000),
        ],
        positions=[positions()[0], call],
    )
