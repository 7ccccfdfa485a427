"""What the futures' user streams tell (User Data Streams of the derivatives documents, read 2026-05-28).

USD-M and COIN-M differ in fields that nothing here needs, and in how symbols are named.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal
from types import MappingProxyType
from typing import Any

from bntui.model.account import AccountKey, Balance, Fill, OrderUpdate, Position
from bntui.model.markets import Market
from bntui.venue.binance.answers import KeyOf
from bntui.venue.binance.futures_payloads import coinm_key, usdm_key
from bntui.venue.binance.payloads import Payload
from bntui.venue.binance.userevents import (
    NO_FEE,
    UserDecoder,
    UserReader,
    amount,
    ended,
    order_id,
    price_if_any,
    word,
)
from bntui.venue.binance.values import entries, epoch_ms, flag, identifier, items, require_decimals, text
from bntui.venue.user import MarginCall, TradeLite, UserEvent

_EXPIRY_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "0": "",
        "1": "self-trade prevention",
        "2": "IOC: the rest was not filled",
        "3": "IOC: self-trade prevention",
        "4": "knocked out by an order of higher reduce-only priority",
        "5": "liquidation",
        "6": "GTE: its condition was not met",
        "7": "delisted",
        "8": "expired after its stop was triggered",
        "9": "market order: the rest was not filled",
        "10": "FOK: it could not be filled whole",
        "11": "post only: it would have taken",
    }
)
"""Field `er`, which is a number in text (Event: Order Update; 10 and 11 on COIN-M)."""

_EXACT = Context(prec=200)
"""A product of two printed numbers never has more digits than this."""


_COIN_STEP = Decimal("0.00000001")


def product(price: str, qty: str) -> str:
    """Price times quantity, to the last digit."""
    return format(_EXACT.multiply(Decimal(price), Decimal(qty)), "f")


def worth_in_base(price: str, contracts: str, size: str) -> str:
    """What contracts of COIN-M are worth in the base asset: so many dollars at that price, rounded to the
    decimals that the exchange prints. Empty where that cannot be told."""
    if not Decimal(price):
        return ""
    dollars = _EXACT.multiply(Decimal(contracts), Decimal(size))
    return format(_EXACT.divide(dollars, Decimal(price)).quantize(_COIN_STEP, context=_EXACT), "f")


def expiry_reason(value: Any) -> str:
    """Why an order has expired, in words; a number that nobody knows as it is."""
    if value is None:
        return ""
    known = _EXPIRY_REASONS.get(word(value))
    return f"expiry reason {value}" if known is None else known


class _Readers:
    """The readers of one futures market."""

    def __init__(self, key_of: KeyOf, market: Market) -> None:
        self._key_of = key_of
        self._in_quote = market is Market.USDM
        """Price times quantity is an amount of the quote asset."""

    def order_trade_update(
        self, event: Payload, owner: AccountKey, received_ms: int
    ) -> tuple[UserEvent, ...]:
        order = entries(event["o"])
        require_decimals(order["q"], order["z"], order["p"])
        execution = word(order["x"])
        time_ms = epoch_ms(order["T"] if "T" in order else event["T"])
        update = OrderUpdate(
            owner=owner,
            symbol=self._key_of(text(order["s"])).symbol,
            order_id=order_id(order["i"]),
            client_order_id=word(order["c"]),
            side=word(order["S"]),
            position_side=word(order["ps"]),
            type=word(order["o"]),
            time_in_force=word(order["f"]),
            price=order["p"],
            stop_price=price_if_any(order["sp"]),
            qty=order["q"],
            filled_qty=order["z"],
            filled_quote="",
            status=word(order["X"]),
            execution=execution,
            reason=expiry_reason(order.get("er")),
            reduce_only=flag(order["R"]),
            placed_ms=time_ms if execution == "NEW" else None,
            time_ms=time_ms,
            received_ms=received_ms,
            recovered=False,
        )
        if execution != "TRADE":
            return (update,)
        return update, self._fill(order, update, received_ms)

    def _fill(self, order: Payload, update: OrderUpdate, received_ms: int) -> Fill:
        require_decimals(order["L"], order["l"])
        return Fill(
            owner=update.owner,
            symbol=update.symbol,
            id=identifier(order["t"]),
            order_id=update.order_id,
            client_order_id=update.client_order_id,
            side=update.side,
            position_side=update.position_side,
            price=order["L"],
            qty=order["l"],
            quote_qty=product(order["L"], order["l"]) if self._in_quote else "",
            # Both are left out where there was no fee.
            fee=amount(order.get("n", NO_FEE)),
            fee_asset=word(order.get("N") or ""),
            maker=flag(order["m"]),
            realized_pnl=amount(order["rp"]),
            time_ms=update.time_ms,
            received_ms=received_ms,
            recovered=False,
        )

    def account_update(self, event: Payload, owner: AccountKey, received_ms: int) -> tuple[UserEvent, ...]:
        account = entries(event["a"])
        time_ms = epoch_ms(event["T"])

        def balance(row: Payload) -> Balance:
            return Balance(owner, word(row["a"]), None, None, amount(row["wb"]), time_ms, received_ms)

        def position(row: Payload) -> Position:
            even, margin = row.get("bep"), row.get("iw")
            return Position(
                owner=owner,
                symbol=self._key_of(text(row["s"])).symbol,
                side=word(row["ps"]),
                qty=amount(row["pa"]),
                entry_price=amount(row["ep"]),
                break_even_price=amount(even) if type(even) is str else None,
                unrealized_pnl=amount(row["up"]),
                margin_type=word(row["mt"]),
                margin_asset="",
                liquidation_price=None,
                mark_price=None,
                isolated_margin=None if margin is None else amount(margin),
                time_ms=time_ms,
                received_ms=received_ms,
            )

        return (
            *(balance(entries(row)) for row in items(account.get("B", []))),
            *(position(entries(row)) for row in items(account.get("P", []))),
        )

    def margin_call(self, event: Payload, owner: AccountKey, received_ms: int) -> tuple[UserEvent, ...]:
        rows = [entries(row) for row in items(event["p"])]
        warned = tuple((self._key_of(text(row["s"])).symbol, word(row["ps"])) for row in rows)
        return (MarginCall(owner, warned, epoch_ms(event["E"])),)

    def trade_lite(self, event: Payload, owner: AccountKey, received_ms: int) -> tuple[UserEvent, ...]:
        symbol = self._key_of(text(event["s"])).symbol
        number, order = identifier(event["t"]), order_id(event["i"])
        return (TradeLite(owner, symbol, number, order, epoch_ms(event["T"]), received_ms),)

    def algo_update(self, event: Payload, owner: AccountKey, received_ms: int) -> tuple[UserEvent, ...]:
        order = entries(event["o"])
        filled = order.get("aq") or "0"
        require_decimals(order["q"], order["p"], filled)
        status = word(order["X"])
        time_ms = epoch_ms(event["T"])
        return (
            OrderUpdate(
                owner=owner,
                symbol=self._key_of(text(order["s"])).symbol,
                order_id=order_id(order["aid"]),
                client_order_id=word(order["caid"]),
                side=word(order["S"]),
                position_side=word(order["ps"]),
                type=word(order["o"]),
                time_in_force=word(order["f"]),
                price=order["p"],
                stop_price=price_if_any(order["tp"]),
                qty=order["q"],
                filled_qty=filled,
                filled_quote="",
                status=status,
                # The service tells states only; each event is of the change to one.
                execution=status,
                reason=word(order.get("rm") or ""),
                reduce_only=flag(order["R"]),
                placed_ms=time_ms if status == "NEW" else None,
                time_ms=time_ms,
                received_ms=received_ms,
                recovered=False,
                conditional=True,
            ),
        )

    def by_name(self) -> Mapping[str, UserReader]:
        return MappingProxyType(
            {
                "ORDER_TRADE_UPDATE": self.order_trade_update,
                "ACCOUNT_UPDATE": self.account_update,
                "MARGIN_CALL": self.margin_call,
                "TRADE_LITE": self.trade_lite,
                "ALGO_UPDATE": self.algo_update,
                "ALGO_ORDER_UPDATE": self.algo_update,
                "listenKeyExpired": ended,
                # Not documented for the futures; it costs nothing to know it.
                "serverShutdown": ended,
            }
        )


EVENT_NAMES = (
    "ORDER_TRADE_UPDATE",
    "ACCOUNT_UPDATE",
    "MARGIN_CALL",
    "TRADE_LITE",
    "ACCOUNT_CONFIG_UPDATE",
    "STRATEGY_UPDATE",
    "GRID_UPDATE",
    "CONDITIONAL_ORDER_TRIGGER_REJECT",
    "ALGO_UPDATE",
    "ALGO_ORDER_UPDATE",
    "listenKeyExpired",
)
"""What a private stream is asked for by name. The list lets nothing else through, the end of the key neither
(Important-WebSocket-Change-Notice, 2026-03-06); clients spell the algo service's event in two ways."""

USDM_EVENTS = _Readers(usdm_key, Market.USDM).by_name()
COINM_EVENTS = _Readers(coinm_key, Market.COINM).by_name()
"""The events by name; configuration, strategies and grids change nothing that is shown."""

decode_usdm_user = UserDecoder(USDM_EVENTS)
"""Decodes a frame of USD-M's user streams."""

decode_coinm_user = UserDecoder(COINM_EVENTS)
"""Decodes a frame of COIN-M's user streams."""
