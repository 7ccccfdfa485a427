"""What a user stream tells: the frame around an event, and Spot's events (user-data-stream.md, read
2026-07-21).

Events come wrapped with their subscription on the WebSocket API, and bare where a listen key names the
stream. Numbers are taken as they are printed; a field that is no number is refused, with its frame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import orjson

from bntui.model.account import AccountKey, Balance, Fill, OrderUpdate
from bntui.model.markets import SymbolKey
from bntui.venue.binance.payloads import Payload, spot_key
from bntui.venue.binance.values import (
    entries,
    epoch_ms,
    flag,
    identifier,
    items,
    require_decimals,
    require_signed_decimals,
    text,
)
from bntui.venue.binance.wsapi import read_reply
from bntui.venue.user import BalanceMoved, OtherUserEvent, StreamEnded, UserEvent, UserSaid

UserReader = Callable[[Payload, AccountKey, int], tuple[UserEvent, ...]]
"""Event, owner, receipt in epoch ms. Raises KeyError for a missing field, ValueError for a wrong one."""

_ERRORS = (KeyError, ValueError, TypeError, RecursionError)
"""All that reading a frame can raise; orjson's own error is a ValueError."""

_WORD_CHARS = 200
"""No id, asset or name of an event is longer."""

NO_FEE = "0"


def word(value: Any) -> str:
    """A name or an id in text."""
    if len(text(value)) > _WORD_CHARS:
        raise ValueError("a name is longer than any")
    return str(value)


def amount(value: Any) -> str:
    """A decimal number as it is printed; it may be negative."""
    require_signed_decimals(value)
    return str(value)


def price_if_any(value: Any) -> str:
    """A price as it is printed; empty for zero, which stands for none."""
    require_decimals(value)
    return str(value) if value.strip("0.") else ""


class UserDecoder:
    """Decodes the frames of one market's user streams; keeps nothing."""

    def __init__(self, readers: Mapping[str, UserReader]) -> None:
        """`readers` by the event's name."""
        self._readers = readers

    def __call__(self, frame: bytes | str, owner: AccountKey, received_ms: int) -> UserSaid:
        """Decode one frame of the owner's stream, received at this time. Never raises."""
        try:
            message = entries(orjson.loads(frame))
            if "event" in message:
                subscription = message.get("subscriptionId")
                number = None if subscription is None else identifier(subscription)
                return self._event(entries(message["event"]), owner, received_ms, number)
            if "stream" in message and "data" in message:
                return self._event(entries(message["data"]), owner, received_ms, None)
            if "e" in message:
                return self._event(message, owner, received_ms, None)
            return UserSaid(reply=read_reply(message))
        except KeyError as missing:
            return UserSaid(odd=f"the frame lacks the field {missing.args[0]}")
        except _ERRORS as error:
            # Of JSON's own errors the words are not kept: they may quote the frame.
            known = type(error) is ValueError
            return UserSaid(odd=str(error) if known else "the frame has another shape than it should")

    def _event(
        self, event: Payload, owner: AccountKey, received_ms: int, subscription: int | None
    ) -> UserSaid:
        name = word(event["e"])
        reader = self._readers.get(name, other)
        return UserSaid(name, reader(event, owner, received_ms), subscription)


def other(event: Payload, owner: AccountKey, received_ms: int) -> tuple[UserEvent, ...]:
    """An event that changes nothing shown, or one that nobody knows yet."""
    return (OtherUserEvent(word(event["e"]), epoch_ms(event["E"])),)


def ended(event: Payload, owner: AccountKey, received_ms: int) -> tuple[UserEvent, ...]:
    """The end of a stream. That of a listen key names the key, which is not read."""
    return (StreamEnded(word(event["e"]), epoch_ms(event["E"])),)


def order_id(value: Any) -> int:
    """The id of an order."""
    return identifier(value)


def _execution_report(event: Payload, owner: AccountKey, received_ms: int) -> tuple[UserEvent, ...]:
    key = spot_key(text(event["s"]))
    update = _order(event, key, owner, received_ms)
    if event["x"] != "TRADE":
        return (update,)
    return update, _fill(event, key, update, received_ms)


def _order(event: Payload, key: SymbolKey, owner: AccountKey, received_ms: int) -> OrderUpdate:
    require_decimals(event["q"], event["z"], event["Z"], event["p"])
    # What cancels or replaces an order has an id of its own; the order keeps its first one (field C).
    original = word(event["C"])
    placed_ms = event["O"]
    return OrderUpdate(
        owner=owner,
        symbol=key.symbol,
        order_id=order_id(event["i"]),
        client_order_id=original or word(event["c"]),
        side=word(event["S"]),
        position_side="",
        type=word(event["o"]),
        time_in_force=word(event["f"]),
        price=event["p"],
        stop_price=price_if_any(event["P"]),
        qty=event["q"],
        filled_qty=event["z"],
        filled_quote=event["Z"],
        status=word(event["X"]),
        execution=word(event["x"]),
        reason=_reason(event),
        reduce_only=False,
        # -1 and 0 stand for none.
        placed_ms=epoch_ms(placed_ms) if type(placed_ms) is int and placed_ms > 0 else None,
        time_ms=epoch_ms(event["T"]),
        received_ms=received_ms,
        recovered=False,
    )


def _reason(event: Payload) -> str:
    """Why an order was rejected (`r`), or has expired (`eR`, since 2026-03-26)."""
    rejected = word(event["r"])
    if rejected not in ("NONE", ""):
        return rejected
    return word(event.get("eR") or "")


def _fill(event: Payload, key: SymbolKey, order: OrderUpdate, received_ms: int) -> Fill:
    require_decimals(event["L"], event["l"], event["Y"])
    asset = event["N"]
    return Fill(
        owner=order.owner,
        symbol=key.symbol,
        id=identifier(event["t"]),
        order_id=order.order_id,
        client_order_id=order.client_order_id,
        side=order.side,
        position_side="",
        price=event["L"],
        qty=event["l"],
        quote_qty=event["Y"],
        fee=amount(event["n"]),
        fee_asset="" if asset is None else word(asset),
        maker=flag(event["m"]),
        realized_pnl=None,
        time_ms=order.time_ms,
        received_ms=received_ms,
        recovered=False,
    )


def _account_position(event: Payload, owner: AccountKey, received_ms: int) -> tuple[UserEvent, ...]:
    time_ms = epoch_ms(event["u"])

    def balance(row: Payload) -> Balance:
        require_decimals(row["f"], row["l"])
        return Balance(owner, word(row["a"]), row["f"], row["l"], None, time_ms, received_ms)

    return tuple(balance(entries(row)) for row in items(event["B"]))


def _balance_moved(event: Payload, owner: AccountKey, received_ms: int) -> tuple[UserEvent, ...]:
    return (BalanceMoved(owner, word(event["a"]), amount(event["d"]), epoch_ms(event["T"])),)


SPOT_EVENTS: Mapping[str, UserReader] = MappingProxyType(
    {
        "executionReport": _execution_report,
        "outboundAccountPosition": _account_position,
        "balanceUpdate": _balance_moved,
        # What is locked elsewhere is free no more; by how much is told, the balance itself is not.
        "externalLockUpdate": _balance_moved,
        "eventStreamTerminated": ended,
        "listenKeyExpired": ended,
        "serverShutdown": ended,
    }
)
"""Spot's events by name; those of lists of orders change nothing beside what each order tells."""

decode_spot_user = UserDecoder(SPOT_EVENTS)
"""Decodes a frame of Spot's user streams."""
