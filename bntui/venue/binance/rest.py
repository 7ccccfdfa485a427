"""Spot's REST market data: requests with what they weigh, readers of the answers, and refusals in words.

Sources: rest-api.md and errors.md (read 2026-07-21). No request here is signed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson

from bntui.model.events import AggTrade, Candle, MinuteCloses, Ticker, Trade
from bntui.model.markets import Instrument, Market, Side, SymbolKey
from bntui.venue.base import RestBodies, RestCall, RestCalls
from bntui.venue.binance.limits import SPOT_CALLS, TICKER_SYMBOLS, weight_of
from bntui.venue.binance.payloads import spot_key
from bntui.venue.binance.streams import INTERVALS
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
from bntui.venue.limits import Limits

_T = TypeVar("_T")

_SHOWN_CHARS = 200
"""How much of the exchange's own text is shown."""


def rest_calls(limits: Limits) -> RestCalls:
    """The requests of Spot. Each raises ValueError for a count that the exchange would not take."""

    def call(
        name: str, *params: tuple[str, str], limit: int | None = None, symbols: int | None = None
    ) -> RestCall:
        return RestCall(name, SPOT_CALLS[name].path, params, weight_of(name, limit=limit, symbols=symbols))

    def tickers(symbols: Sequence[str]) -> RestCall:
        if not symbols:
            return call("tickers")
        _require_count("symbols", len(symbols), TICKER_SYMBOLS)
        names = orjson.dumps(list(symbols)).decode()
        return call("tickers", ("symbols", names), symbols=len(symbols))

    def klines(symbol: str, interval: str, rows: int) -> RestCall:
        if interval not in INTERVALS:
            raise ValueError(f"there are no candles of {interval}; intervals are {', '.join(INTERVALS)}")
        _require_count("candles", rows, limits.klines_rows)
        return call("klines", ("symbol", symbol), ("interval", interval), ("limit", str(rows)), limit=rows)

    def candles_from(symbol: str, interval: str, open_ms: int, rows: int) -> RestCall:
        plain = klines(symbol, interval, rows)
        return replace(plain, params=(*plain.params, ("startTime", str(open_ms))))

    def candles_to(symbol: str, interval: str, open_ms: int, rows: int) -> RestCall:
        plain = klines(symbol, interval, rows)
        return replace(plain, params=(*plain.params, ("endTime", str(open_ms))))

    def trades_from(symbol: str, first_id: int, rows: int) -> RestCall:
        _require_count("trades", rows, limits.trades_rows)
        params = (("symbol", symbol), ("limit", str(rows)), ("fromId", str(first_id)))
        return call("historical_trades", *params, limit=rows)

    def agg_trades_from(symbol: str, first_id: int, rows: int) -> RestCall:
        _require_count("trades", rows, limits.trades_rows)
        params = (("symbol", symbol), ("limit", str(rows)), ("fromId", str(first_id)))
        return call("agg_trades", *params, limit=rows)

    def depth(symbol: str, levels: int) -> RestCall:
        _require_count("levels", levels, limits.depth_levels)
        return call("depth", ("symbol", symbol), ("limit", str(levels)), limit=levels)

    return RestCalls(
        time=lambda: call("time"),
        # The permission sets make up most of the body, and nothing here reads them.
        exchange_info=lambda: call("exchange_info", ("showPermissionSets", "false")),
        tickers=tickers,
        klines=klines,
        candles_from=candles_from,
        candles_to=candles_to,
        trades_from=trades_from,
        agg_trades_from=agg_trades_from,
        depth=depth,
    )


def _require_count(what: str, count: int, most: float) -> None:
    if not 1 <= count <= most:
        raise ValueError(f"one request takes 1 to {most:.0f} {what}, not {count}")


def rest_bodies() -> RestBodies:
    """The readers of Spot's answers."""
    return RestBodies(
        server_time_ms=server_time_ms,
        instruments=instruments,
        tickers=tickers,
        minute_closes=minute_closes,
        candles=candles,
        trades=trades,
        agg_trades=agg_trades,
        depth=depth,
        error=error,
        explain=explain,
    )


def server_time_ms(body: bytes) -> int:
    """The exchange's clock, from a `time` answer."""
    return _read(body, lambda answer: epoch_ms(entries(answer)["serverTime"]))


def instruments(body: bytes) -> tuple[Instrument, ...]:
    """The symbols of an exchangeInfo answer. One that cannot be read is left out, so that a novelty of
    one symbol does not hide all others; an answer without any readable symbol raises ValueError."""

    def read(answer: Any) -> tuple[Instrument, ...]:
        listed = items(entries(answer)["symbols"])
        readable = tuple(found for found in map(_instrument, listed) if found is not None)
        if listed and not readable:
            raise ValueError("no symbol in the answer can be read")
        return readable

    return _read(body, read)


def _instrument(row: Any) -> Instrument | None:
    try:
        row = entries(row)
        filters = {each["filterType"]: each for each in map(entries, items(row["filters"]))}
        tick_size = filters["PRICE_FILTER"]["tickSize"]
        step_size = filters["LOT_SIZE"]["stepSize"]
        require_decimals(tick_size, step_size)
        return Instrument(
            key=spot_key(text(row["symbol"])),
            status=text(row["status"]),
            base=text(row["baseAsset"]),
            quote=text(row["quoteAsset"]),
            tick_size=tick_size,
            step_size=step_size,
            price_decimals=_decimals(tick_size),
            quantity_decimals=_decimals(step_size),
        )
    except (KeyError, ValueError, TypeError):
        return None


def _decimals(step: str) -> int:
    """Decimals that a step needs. A step of zero stands for «no rule»: then all printed ones."""
    digits = step.partition(".")[2]
    return len(digits.rstrip("0")) if step.strip("0.") else len(digits)


def tickers(body: bytes, received_ms: int, at: float) -> tuple[Ticker, ...]:
    """24 hour statistics: an array for a request by `symbols`, one object for one by `symbol`."""

    def read(answer: Any) -> tuple[Ticker, ...]:
        rows = [answer] if type(answer) is dict else items(answer)
        return tuple(_ticker(entries(row), received_ms, at) for row in rows)

    return _read(body, read)


def _ticker(row: dict[str, Any], received_ms: int, at: float) -> Ticker:
    require_signed_decimals(row["priceChange"], row["priceChangePercent"])
    require_decimals(
        *(row[name] for name in ("weightedAvgPrice", "prevClosePrice", "lastPrice", "lastQty")),
        *(row[name] for name in ("bidPrice", "bidQty", "askPrice", "askQty")),
        *(row[name] for name in ("openPrice", "highPrice", "lowPrice", "volume", "quoteVolume")),
    )
    close_ms = epoch_ms(row["closeTime"])
    return Ticker(
        key=spot_key(text(row["symbol"])),
        window="24h",
        last=row["lastPrice"],
        last_qty=row["lastQty"],
        change=row["priceChange"],
        change_percent=row["priceChangePercent"],
        weighted_average=row["weightedAvgPrice"],
        previous_close=row["prevClosePrice"],
        open=row["openPrice"],
        high=row["highPrice"],
        low=row["lowPrice"],
        volume=row["volume"],
        quote_volume=row["quoteVolume"],
        bid=row["bidPrice"],
        bid_qty=row["bidQty"],
        ask=row["askPrice"],
        ask_qty=row["askQty"],
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


def minute_closes(symbol: str, body: bytes) -> MinuteCloses:
    """The closing prices of a klines answer. The last row may be of the minute that still runs."""

    def close(row: Any) -> tuple[int, str]:
        opened, price = items(row)[0], row[4]
        require_decimals(price)
        return epoch_ms(opened), price

    key = SymbolKey(Market.SPOT, symbol)
    return _read(body, lambda answer: MinuteCloses(key, tuple(close(row) for row in items(answer))))


def candles(symbol: str, interval: str, body: bytes, received_ms: int, at: float) -> tuple[Candle, ...]:
    """The candles of a klines answer, as refilled ones.

    One that another follows is over by the exchange's own clock; the last one only if it was by ours.
    """
    key = spot_key(symbol)

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

    found = _read(body, lambda answer: tuple(candle(row) for row in items(answer)))
    if found and found[-1].close_ms >= received_ms:
        return (*found[:-1], replace(found[-1], closed=False))
    return found


def trades(symbol: str, body: bytes, received_ms: int, at: float) -> tuple[Trade, ...]:
    """The trades of a historicalTrades answer, as refilled ones."""
    key = spot_key(symbol)

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

    return _read(body, lambda answer: tuple(trade(row) for row in items(answer)))


def agg_trades(symbol: str, body: bytes, received_ms: int, at: float) -> tuple[AggTrade, ...]:
    """The trades of an aggTrades answer, as refilled ones."""
    key = spot_key(symbol)

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

    return _read(body, lambda answer: tuple(trade(row) for row in items(answer)))


def depth(body: bytes) -> BookSnapshot:
    """The book of a depth answer."""

    def read(answer: Any) -> BookSnapshot:
        book = entries(answer)
        return BookSnapshot(
            identifier(book["lastUpdateId"]), price_levels(book["bids"]), price_levels(book["asks"])
        )

    return _read(body, read)


def error(body: bytes) -> tuple[int, str]:
    """The exchange's own code and text; (0, start of the body) where the body is no error of its."""
    try:
        answer = entries(orjson.loads(body))
        code, words = answer.get("code"), answer.get("msg")
    except ValueError:
        code, words = None, None
    if type(code) is int and type(words) is str:
        return code, _printable(words)
    return 0, _printable(body[: 4 * _SHOWN_CHARS].decode(errors="replace"))


def _read(body: bytes, reader: Callable[[Any], _T]) -> _T:
    try:
        return reader(orjson.loads(body))
    except KeyError as missing:
        raise ValueError(f"the answer lacks the field {missing.args[0]}") from None
    except (TypeError, IndexError):
        raise ValueError("the answer has another shape than it should") from None


def _printable(words: str) -> str:
    """Text of the exchange as one line that cannot steer a terminal."""
    return " ".join("".join(char if char.isprintable() else " " for char in words).split())[:_SHOWN_CHARS]


_OTHER_HOSTS = (
    "For Spot market data these often work: --rest-url https://data-api.binance.vision "
    "--stream-url wss://data-stream.binance.vision"
)
_TOO_MUCH_WEIGHT = (
    "The exchange wants fewer requests from this IP (HTTP 429).",
    "bntui pauses its requests as long as the exchange asks; streams go on. Look for another program on "
    "this IP that polls.",
)
_BY_STATUS: Mapping[int, tuple[str, str]] = {
    403: (
        "The exchange's firewall refused the request (HTTP 403).",
        f"bntui waits before it asks again. A VPN, a proxy or a shared IP is the usual cause. {_OTHER_HOSTS}",
    ),
    404: (
        "There is no such address at the exchange (HTTP 404).",
        "Check --env and the endpoint overrides.",
    ),
    418: (
        "The exchange has banned this IP for too many requests (HTTP 418).",
        "bntui sends nothing until the ban ends. Stop whatever sends too much, or the next ban is longer.",
    ),
    429: _TOO_MUCH_WEIGHT,
    451: (
        "The exchange does not serve this location (HTTP 451).",
        f"bntui does not try again. {_OTHER_HOSTS}",
    ),
}
_BY_CODE: Mapping[int, tuple[str, str]] = {
    -1003: _TOO_MUCH_WEIGHT,
    -1007: (
        "The exchange's own systems did not answer it in time.",
        "bntui asks again; it is not known whether the request took effect.",
    ),
    -1021: (
        "The exchange refused the request's time: the clocks disagree.",
        "Check that this machine's clock is synchronised.",
    ),
    -1022: (
        "The exchange refused the request's signature.",
        "Check that the secret or private key belongs to the API key.",
    ),
    -1121: (
        "The exchange has no such symbol.",
        "Symbols read like BTCUSDT; check the spelling, the market and the environment.",
    ),
    -2014: ("The exchange cannot read the API key.", "Check that it was copied whole."),
    -2015: (
        "The exchange refused the API key, this IP, or a permission.",
        "Check that the key exists, may read, and allows this IP.",
    ),
}
_SERVER_FAULT = 500
_BANNED_UNTIL = re.compile(r"banned until ([0-9]{13})(?![0-9])")


def explain(status: int, code: int, words: str) -> tuple[str, str]:
    """A refusal by REST or by a websocket handshake, for people: what happened, and what to do.

    `status` is HTTP's; `code` and `words` are what `error` found in the body. Never raises.
    """
    known = _BY_STATUS.get(status) or _BY_CODE.get(code)
    if known is not None:
        message, hint = known
        return f"{message}{_until(words)}", hint
    # Without a code the words are a web page or another program's, and say nothing to people.
    said = f" {_printable(words)}" if code else ""
    if status >= _SERVER_FAULT:
        return (
            f"The exchange has trouble of its own (HTTP {status}).{said}",
            "bntui tries again; nothing on this machine needs a change.",
        )
    if not code:
        return (
            f"Something answered that is not the exchange's API (HTTP {status}).",
            "A proxy, a login page of the network or a wrong endpoint override is the usual cause.",
        )
    return (
        f"The exchange refused the request (HTTP {status}, code {code}).{said}",
        "If it stays so, this is a fault of bntui: please report it with this line.",
    )


def _until(words: str) -> str:
    match = _BANNED_UNTIL.search(words)
    if match is None:
        return ""
    end = datetime.fromtimestamp(int(match[1]) / 1000, UTC)
    return f" The ban ends at {end:%Y-%m-%d %H:%M:%S} UTC."
