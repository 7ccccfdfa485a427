"""Spot's signed REST: what is asked about an account, and readers of the answers (rest-api.md, read
2026-07-21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bntui.model.account import AccountKey, Balance, Fill, OrderUpdate
from bntui.venue.base import Access, RestCall
from bntui.venue.binance.account_limits import ACCOUNT_ROWS, SPOT_ACCOUNT_CALLS
from bntui.venue.binance.answers import KeyOf, Row, read
from bntui.venue.binance.limits import CallCost
from bntui.venue.binance.payloads import spot_key
from bntui.venue.binance.privatestream import US_LISTEN_KEYS
from bntui.venue.binance.rest import caller
from bntui.venue.binance.signing import signed_query
from bntui.venue.binance.userevents import amount, decode_spot_user, order_id, price_if_any, word
from bntui.venue.binance.userrefusals import judge
from bntui.venue.binance.values import entries, epoch_ms, flag, identifier, items, require_decimals, text
from bntui.venue.binance.wsapi import WS_API
from bntui.venue.user import Ask, AskKind, ListenKeys, Page, UserRules, UserVenue, WsApi

_DAY_MS = 86_400_000

RULES = UserRules(
    # One request takes at most 24 hours between its times (Account trade list, All orders).
    fills_span_ms=_DAY_MS,
    fills_age_ms=None,
    ids_age_ms=None,
    finds_symbols=False,
    has_positions=False,
)


class AccountCaller:
    """Makes signed requests of one market, with what they weigh."""

    def __init__(self, costs: Mapping[str, CallCost]) -> None:
        """`costs` by the program's word for a call."""
        self._call = caller(costs)

    def __call__(self, name: str, *params: tuple[str, str]) -> RestCall:
        """A request without key, time and signature."""
        return replace(self._call(name, *params), access=Access.SIGNED)

    def rows(self, name: str, ask: Ask, *more: tuple[str, str]) -> RestCall:
        """A request for rows from an id on, or within the times that are asked for. Where the first one is
        named, trades call it `fromId`, orders `orderId` (Account trade list; All orders)."""
        if ask.from_id is not None and (ask.from_ms is not None or ask.to_ms is not None):
            raise ValueError("rows are asked for by id or by time, not by both")
        first = "orderId" if ask.kind is AskKind.ORDERS else "fromId"
        bounds = ((first, ask.from_id), ("startTime", ask.from_ms), ("endTime", ask.to_ms))
        told = tuple((word, str(value)) for word, value in bounds if value is not None)
        return self(name, *more, *told, ("limit", str(ACCOUNT_ROWS)))


_call = AccountCaller(SPOT_ACCOUNT_CALLS)


def require_symbol(ask: Ask) -> tuple[str, str]:
    """The parameter that names the symbol. Raises ValueError where none is asked about."""
    if not ask.symbol:
        raise ValueError(f"{ask.kind} are asked for of one symbol")
    return "symbol", ask.symbol


def call(ask: Ask) -> RestCall:
    """The request of Spot. Raises ValueError for what it cannot be asked."""
    match ask.kind:
        case AskKind.BALANCES:
            return _call("account", ("omitZeroBalances", "true"))
        case AskKind.OPEN_ORDERS:
            return _call("open_orders")
        case AskKind.FILLS:
            return _call.rows("my_trades", ask, require_symbol(ask))
        case AskKind.ORDERS:
            return _call.rows("all_orders", ask, require_symbol(ask))
        case AskKind.POSITIONS | AskKind.TRADED_SYMBOLS:
            raise ValueError(f"Spot cannot be asked for {ask.kind}")


def read_page(ask: Ask, body: bytes, owner: AccountKey, received_ms: int) -> Page:
    """The rows of an answer. Raises ValueError, in words, for what is no such answer."""
    match ask.kind:
        case AskKind.BALANCES:
            balances = read(body, lambda answer: _balances(entries(answer), owner, received_ms))
            return Page(balances)
        case AskKind.OPEN_ORDERS:
            orders = read(body, lambda answer: _orders(answer, owner, received_ms))
            return Page(orders)
        case AskKind.FILLS:
            return page_of(read(body, lambda answer: _fills(answer, owner, received_ms)))
        case AskKind.ORDERS:
            return page_of(read(body, lambda answer: _orders(answer, owner, received_ms)))
        case AskKind.POSITIONS | AskKind.TRADED_SYMBOLS:
            raise ValueError(f"Spot cannot be asked for {ask.kind}")


def page_of(rows: Sequence[Fill | OrderUpdate]) -> Page:
    """A page that may not be the last, in the order of the exchange's ids."""
    ordered = tuple(sorted(rows, key=lambda row: row.id if isinstance(row, Fill) else row.order_id))
    last_ms = max((row.time_ms for row in rows), default=None)
    return Page(ordered, full=len(rows) >= ACCOUNT_ROWS, last_ms=last_ms)


def _balances(account: Row, owner: AccountKey, received_ms: int) -> tuple[Balance, ...]:
    time_ms = epoch_ms(account["updateTime"])

    def balance(row: Row) -> Balance:
        require_decimals(row["free"], row["locked"])
        return Balance(owner, word(row["asset"]), row["free"], row["locked"], None, time_ms, received_ms)

    return tuple(balance(entries(row)) for row in items(account["balances"]))


def _fills(answer: Any, owner: AccountKey, received_ms: int) -> tuple[Fill, ...]:
    def fill(row: Row) -> Fill:
        require_decimals(row["price"], row["qty"], row["quoteQty"])
        return Fill(
            owner=owner,
            symbol=spot_key(text(row["symbol"])).symbol,
            id=identifier(row["id"]),
            order_id=order_id(row["orderId"]),
            client_order_id="",
            side="BUY" if flag(row["isBuyer"]) else "SELL",
            position_side="",
            price=row["price"],
            qty=row["qty"],
            quote_qty=row["quoteQty"],
            fee=amount(row["commission"]),
            fee_asset=word(row["commissionAsset"] or ""),
            maker=flag(row["isMaker"]),
            realized_pnl=None,
            time_ms=epoch_ms(row["time"]),
            received_ms=received_ms,
            recovered=True,
        )

    return tuple(fill(entries(row)) for row in items(answer))


def _orders(answer: Any, owner: AccountKey, received_ms: int) -> tuple[OrderUpdate, ...]:
    return tuple(order_row(entries(row), spot_key, owner, received_ms) for row in items(answer))


def order_row(row: Row, key_of: KeyOf, owner: AccountKey, received_ms: int) -> OrderUpdate:
    """An order as REST lists it, on all markets. What it came to is told by Spot in `cummulativeQuoteQty`
    (spelled so), by USD-M in `cumQuote`, by COIN-M in `cumBase`; the futures may leave it out."""
    require_decimals(row["price"], row["origQty"], row["executedQty"])
    came_to = text(row.get("cummulativeQuoteQty", row.get("cumQuote", row.get("cumBase", ""))))
    placed_ms = epoch_ms(row["time"])
    return OrderUpdate(
        owner=owner,
        symbol=key_of(text(row["symbol"])).symbol,
        order_id=order_id(row["orderId"]),
        client_order_id=word(row["clientOrderId"]),
        side=word(row["side"]),
        position_side=word(row.get("positionSide", "")),
        type=word(row["type"]),
        time_in_force=word(row["timeInForce"]),
        price=row["price"],
        stop_price=price_if_any(row.get("stopPrice", "0")),
        qty=row["origQty"],
        filled_qty=row["executedQty"],
        # Of some old orders Spot prints a negative number: it is not known (All orders).
        filled_quote="" if came_to == "" or came_to.startswith("-") else amount(came_to),
        status=word(row["status"]),
        execution="",
        reason="",
        reduce_only=flag(row.get("reduceOnly", False)),
        placed_ms=placed_ms,
        time_ms=epoch_ms(row.get("updateTime", placed_ms)),
        received_ms=received_ms,
        recovered=True,
    )


def _user(ways: WsApi | ListenKeys) -> UserVenue:
    return UserVenue(RULES, call, read_page, decode_spot_user, judge, signed_query, ways)


SPOT_USER = _user(WS_API)
"""User data of Spot: streams over the WebSocket API, since listen keys are gone (2026-02-20)."""

US_USER = _user(US_LISTEN_KEYS)
"""User data of Binance.US, which has Spot's listen keys still."""
