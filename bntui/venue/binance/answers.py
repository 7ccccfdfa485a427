"""Readers of REST answers, for all markets: what differs between them is how a symbol becomes a key.

Sources: rest-api.md (read 2026-07-21) and the derivatives pages (2026-05-28). Each raises ValueError, in
words, for a body that is not what it should be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from json import JSONDecoder
from sys import intern
from typing import Any, TypeVar

import orjson

from bntui.model.events import AggTrade, Candle, Ticker, Trade
from bntui.model.markets import Instrument, Side, SymbolKey
from bntui.model.status import MinuteCloses
from bntui.venue.binance.payloads import spot_key
from bntui.venue.binance.values import (
    entries,
    epoch_ms,
    identifier,
    identifier_or_none_yet,
    items,
    price_levels,
    require_decimals,
    require_signed_decimals,
    taker_side,
    text,
)
from bntui.venue.books import BookSnapshot

Row = dict[str, Any]
KeyOf = Callable[[str], SymbolKey]
"""Makes the key of a symbol as an answer prints it."""

_T = TypeVar("_T")

_SYMBOLS = re.compile(rb'"symbols"\s*:\s*\[\s*(?={)')
"""Where the rows of an exchangeInfo answer begin. Other lists of this name, such as that of `sors`, hold no
objects."""

_ROWS = re.compile(rb"\s*\[\s*(?={)")
"""How an answer of rows begins."""

_BEHIND_ROW = re.compile(r"\s*([],])\s*")


@contextmanager
def _in_words() -> Iterator[None]:
    """Whatever a reader stumbles over becomes a ValueError in words."""
    try:
        yield
    except orjson.JSONDecodeError as error:
        # It carries the whole body, which may be a listen key.
        raise ValueError(f"the answer is no JSON: {error.msg}") from None
    except KeyError as missing:
        raise ValueError(f"the answer lacks the field {missing.args[0]}") from None
    except (TypeError, IndexError):
        raise ValueError("the answer has another shape than it should") from None


def read(body: bytes, reader: Callable[[Any], _T]) -> _T:
    """What a reader finds in a body. Raises ValueError in words."""
    with _in_words():
        return reader(orjson.loads(body))


def read_rows(body: bytes, reader: Callable[[Row], _T]) -> tuple[_T, ...]:
    """What a reader finds in each row of an answer, which is a single object where a request named a single
    symbol. Raises ValueError in words."""
    with _in_words():
        return tuple(reader(entries(row)) for row in _rows(body))


def server_time_ms(body: bytes) -> int:
    """The exchange's clock, from a `time` answer."""
    return read(body, lambda answer: epoch_ms(entries(answer)["serverTime"]))


def instruments(body: bytes, read_row: Callable[[Row], Instrument] | None = None) -> tuple[Instrument, ...]:
    """The symbols of an exchangeInfo answer. One that cannot be read is left out, so that a novelty of
    one symbol does not hide all others; an answer without any readable symbol raises ValueError."""
    listed, readable = 0, []
    for row in _listed(body):
        listed += 1
        if (found := _readable(row, read_row)) is not None:
            readable.append(found)
    if listed and not readable:
        raise ValueError("no symbol in the answer can be read")
    return tuple(readable)


def _listed(body: bytes) -> Iterator[Any]:
    """The rows of an exchangeInfo answer."""
    begins = _SYMBOLS.search(body)
    if begins is None:
        yield from read(body, lambda answer: items(entries(answer)["symbols"]))
    else:
        yield from _one_by_one(body, begins.end())


def _rows(body: bytes) -> Iterator[Any]:
    """The rows of an answer that is nothing but these, or one of them alone."""
    begins = _ROWS.match(body)
    if begins is None:
        yield from read(body, lambda answer: [answer] if type(answer) is dict else items(answer))
    elif (yield from _one_by_one(body, begins.end())):
        raise ValueError("the answer is no JSON: something stands behind its end")


def _one_by_one(body: bytes, first: int) -> Generator[Any, None, str]:
    """The rows of an array from the first one on, and what stands behind it: all at once, the longest answers
    of the exchange would take five times their size for a moment, and leave much of that in pieces."""
    try:
        text = body[first:].decode()
    except UnicodeDecodeError:
        raise ValueError("the answer is no JSON: it is no text") from None
    decoder, at = JSONDecoder(), 0
    while True:
        try:
            _, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            raise ValueError("the answer is no JSON: it breaks off among its rows") from None
        yield read(text[at:end].encode(), lambda row: row)
        behind = _BEHIND_ROW.match(text, end)
        if behind is None:
            raise ValueError("the answer is no JSON: it breaks off among its rows")
        if behind[1] == "]":
            return text[behind.end() :]
        at = behind.end()


def _readable(row: Any, read_row: Callable[[Row], Instrument] | None) -> Instrument | None:
    try:
        return (read_row or instrument)(entries(row))
    except (KeyError, ValueError, TypeError):
        return None


def instrument(row: Row, key_of: KeyOf = spot_key) -> Instrument:
    """One symbol of exchangeInfo, as all markets tell it. Words that many have in common are kept once."""
    filters = {each["filterType"]: each for each in map(entries, items(row["filters"]))}
    tick_size = filters["PRICE_FILTER"]["tickSize"]
    step_size = filters["LOT_SIZE"]["stepSize"]
    require_decimals(tick_size, step_size)
    return Instrument(
        key=key_of(text(row["symbol"])),
        status=intern(text(row["status"])),
        base=intern(text(row["baseAsset"])),
        quote=intern(text(row["quoteAsset"])),
        tick_size=intern(tick_size),
        step_size=intern(step_size),
        price_decimals=_decimals(tick_size),
        quantity_decimals=_decimals(step_size),
    )


def _decimals(step: str) -> int:
    """Decimals that a step needs. A step of zero stands for «no rule»: then all printed ones."""
    digits = step.partition(".")[2]
    return len(digits.rstrip("0")) if step.strip("0.") else len(digits)


def tickers(body: bytes, received_ms: int, at: float) -> tuple[Ticker, ...]:
    """24 hour statistics: an array for a request by `symbols`, one object for one by `symbol`."""

    def ticker(row: Row) -> Ticker:
        quotes = tuple(row[name] for name in ("prevClosePrice", "bidPrice", "bidQty", "askPrice", "askQty"))
        require_decimals(*quotes)
        previous_close, bid, bid_qty, ask, ask_qty = quotes
        plain = statistics(row, spot_key, received_ms, at)
        return replace(
            plain, previous_close=previous_close, bid=bid, bid_qty=bid_qty, ask=ask, ask_qty=ask_qty
        )

    return read_rows(body, ticker)


def statistics(row: Row, key_of: KeyOf, received_ms: int, at: float) -> Ticker:
    """24 hour statistics of one symbol, as all markets tell them."""
    require_signed_decimals(row["priceChange"], row["priceChangePercent"])
    require_decimals(
        *(row[name] for name in ("weightedAvgPrice", "lastPrice", "lastQty")),
        *(row[name] for name in ("openPrice", "highPrice", "lowPrice", "volume", "quoteVolume")),
    )
    close_ms = epoch_ms(row["closeTime"])
    return Ticker(
        key=key_of(text(row["symbol"])),
        window="24h",
        last=row["lastPrice"],
        last_qty=row["lastQty"],
        change=row["priceChange"],
        change_percent=row["priceChangePercent"],
        weighted_average=row["weightedAvgPrice"],
        previous_close=None,
        open=row["openPrice"],
        high=row["highPrice"],
        low=row["lowPrice"],
        volume=row["volume"],
        quote_volume=row["quoteVolume"],
        bid=None,
        bid_qty=None,
        ask=None,
        ask_qty=None,
        open_ms=epoch_ms(row["openTime"]),
        close_ms=close_ms,
        first_id=identifier_or_none_yet(row["firstId"]),
        last_id=identifier_or_none_yet(row["lastId"]),
        trades=identifier(row["count"]),
        # REST prints no event time; the end of the window is the nearest to one.
        time_ms=close_ms,
        received_ms=received_ms,
        at=at,
    )


def minute_closes(symbol: str, body: bytes, key_of: KeyOf = spot_key) -> MinuteCloses:
    """The closing prices of a klines answer. The last row may be of the minute that still runs."""

    def close(row: Any) -> tuple[int, str]:
        opened, price = items(row)[0], row[4]
        require_decimals(price)
        return epoch_ms(opened), price

    key = key_of(symbol)
    return read(body, lambda answer: MinuteCloses(key, tuple(close(row) for row in items(answer))))


def candles(
    symbol: str, interval: str, body: bytes, received_ms: int, at: float, key_of: KeyOf = spot_key
) -> tuple[Candle, ...]:
    """The candles of a klines answer, as refilled ones.

    One that another follows is over by the exchange's own clock; the last one only if it was by ours.
    """
    key = key_of(symbol)

    def candle(row: Any) -> Candle:
        opened, open_, high, low, close, volume, closes, quote, count, taker, taker_quote = items(row)[:11]
        require_decimals(open_, high, low, close, volume, quote, taker, taker_quote)
        return Candle(
            key=key,
            interval=interval,
            utc_offset="",
            open_ms=epoch_ms(opened),
            close_ms=epoch_ms(closes),
            open=open_,
            high=high,
            low=low,
            close=close,
            volume=volume,
            quote_volume=quote,
            taker_volume=taker,
            taker_quote_volume=taker_quote,
            trades=identifier(count),
            # REST does not tell which trades a candle holds.
            first_id=-1,
            last_id=-1,
            closed=True,
            time_ms=epoch_ms(closes),
            received_ms=received_ms,
            at=at,
            refilled=True,
        )

    found = read(body, lambda answer: tuple(candle(row) for row in items(answer)))
    if found and found[-1].close_ms >= received_ms:
        return (*found[:-1], replace(found[-1], closed=False))
    return found


def trades(
    symbol: str, body: bytes, received_ms: int, at: float, key_of: KeyOf = spot_key
) -> tuple[Trade, ...]:
    """The trades of a historicalTrades answer, as refilled ones."""
    key = key_of(symbol)

    def trade(row: Any) -> Trade:
        row = entries(row)
        require_decimals(row["price"], row["qty"])
        time_ms = epoch_ms(row["time"])
        if type(row["isBuyerMaker"]) is not bool:
            raise ValueError("isBuyerMaker is no truth value")
        return Trade(
            key=key,
            trade_id=identifier(row["id"]),
            price=row["price"],
            qty=row["qty"],
            # The buyer made the order that was there; then the taker sold.
            side=Side.SELL if row["isBuyerMaker"] else Side.BUY,
            time_ms=time_ms,
            event_ms=time_ms,
            received_ms=received_ms,
            at=at,
            refilled=True,
        )

    return read(body, lambda answer: tuple(trade(row) for row in items(answer)))


def agg_trades(
    symbol: str, body: bytes, received_ms: int, at: float, key_of: KeyOf = spot_key
) -> tuple[AggTrade, ...]:
    """The trades of an aggTrades answer, as refilled ones."""
    key = key_of(symbol)

    def trade(row: Any) -> AggTrade:
        row = entries(row)
        require_decimals(row["p"], row["q"])
        time_ms = epoch_ms(row["T"])
        return AggTrade(
            key=key,
            agg_id=identifier(row["a"]),
            first_id=identifier(row["f"]),
            last_id=identifier(row["l"]),
            price=row["p"],
            qty=row["q"],
            side=taker_side(row["m"]),
            time_ms=time_ms,
            event_ms=time_ms,
            received_ms=received_ms,
            at=at,
            refilled=True,
        )

    return read(body, lambda answer: tuple(trade(row) for row in items(answer)))


def depth(body: bytes) -> BookSnapshot:
    """The book of a depth answer."""

    def book_of(answer: Any) -> BookSnapshot:
        book = entries(answer)
        return BookSnapshot(
            identifier(book["lastUpdateId"]), price_levels(book["bids"]), price_levels(book["asks"])
        )

    return read(body, book_of)
