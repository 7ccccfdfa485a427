"""Reading single values of the exchange's JSON: taken exactly as they are, or refused.

Prices and quantities must be decimal text, since a JSON number has lost its digits already. Every
function raises ValueError when a value is something else; its words never quote the value.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import Any

from bntui.model.events import PriceLevel
from bntui.model.markets import Side

_DIGITS = "[0-9]{1,40}+"
"""More digits than any price has, few enough that the number is finite as a float."""
_DECIMAL = rf"{_DIGITS}(?:\.{_DIGITS})?+"
"""Possessive, as all repetitions here: what was matched once is not gone over again."""
_DECIMALS = re.compile(rf"{_DECIMAL}(?: {_DECIMAL})*+")
_SIGNED_DECIMALS = re.compile(rf"-?{_DECIMAL}(?: -?{_DECIMAL})*+")

_TIME_END_MS = 10**14
"""Times from here on (the year 5138) are in microseconds, which `timeUnit=MICROSECOND` asks for."""
_TIME_END_US = _TIME_END_MS * 1000


def require_decimals(*values: Any) -> None:
    """Check that every value is the text of a decimal number without sign and exponent."""
    try:
        joined = " ".join(values)
    except TypeError:
        raise ValueError("a price or quantity is no text") from None
    # The count of spaces tells a value that holds one.
    if _DECIMALS.fullmatch(joined) is None or joined.count(" ") != len(values) - 1:
        raise ValueError("a price or quantity is no decimal number")


def require_signed_decimals(*values: Any) -> None:
    """Check that every value is the text of a decimal number; it may be negative."""
    try:
        joined = " ".join(values)
    except TypeError:
        raise ValueError("a change is no text") from None
    if _SIGNED_DECIMALS.fullmatch(joined) is None or joined.count(" ") != len(values) - 1:
        raise ValueError("a change is no decimal number")


def price_levels(value: Any) -> tuple[PriceLevel, ...]:
    """A side of a book: a list of price and quantity pairs."""
    if type(value) is not list or not set(map(type, value)) <= {list} or not set(map(len, value)) <= {2}:
        raise ValueError("a side of the book is no list of pairs")
    if not value:
        return ()
    require_decimals(*chain.from_iterable(value))
    return tuple(map(tuple, value))


def identifier(value: Any) -> int:
    """An id or a count."""
    if type(value) is not int or value < 0:
        raise ValueError("an id or count is no whole number")
    return value


def identifier_or_none_yet(value: Any) -> int:
    """An id; -1 stands for none, as in a candle without trades."""
    return value if type(value) is int and value == -1 else identifier(value)


def epoch_ms(value: Any) -> int:
    """A time in epoch milliseconds, whether it came in those or in microseconds."""
    if type(value) is not int or not 0 <= value < _TIME_END_US:
        raise ValueError("a time is no whole number of milliseconds")
    return value if value < _TIME_END_MS else value // 1000


def taker_side(buyer_is_maker: Any) -> Side:
    """The side of a trade's taker, from the field `m`."""
    if buyer_is_maker is True:
        return Side.SELL
    if buyer_is_maker is False:
        return Side.BUY
    raise ValueError("the side of a trade is neither true nor false")


def flag(value: Any) -> bool:
    """A boolean."""
    if value is True or value is False:
        return bool(value)
    raise ValueError("a flag is neither true nor false")


def text(value: Any) -> str:
    """Any text."""
    if type(value) is not str:
        raise ValueError("a name is no text")
    return value


def entries(value: Any) -> dict[str, Any]:
    """A JSON object."""
    if type(value) is not dict:
        raise ValueError("an object was expected")
    return value


def items(value: Any) -> list[Any]:
    """A JSON array."""
    if type(value) is not list:
        raise ValueError("an array was expected")
    return value
