"""The futures markets' REST data: requests with what they weigh, and readers of the answers.

Sources: the derivatives pages of developers.binance.com (read 2026-05-28). No request here is signed, and
none needs a key: `historicalTrades` does, so that trades come from `trades`, the most recent ones only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from bntui.model.derivatives import MarkPrice, OpenInterest
from bntui.model.events import Ticker
from bntui.model.markets import Instrument
from bntui.venue.base import BestPrices, RestBodies, RestCall, RestCalls
from bntui.venue.binance.answers import (
    KeyOf,
    Row,
    agg_trades,
    candles,
    depth,
    instrument,
    instruments,
    minute_closes,
    read,
    read_rows,
    server_time_ms,
    statistics,
    trades,
)
from bntui.venue.binance.futures_limits import DEPTH_LEVELS
from bntui.venue.binance.futures_payloads import expiry_ms, mark_price
from bntui.venue.binance.futures_streams import FUTURES_INTERVALS
from bntui.venue.binance.limits import CallCost
from bntui.venue.binance.refusals import error, explain
from bntui.venue.binance.rest import CandleCalls, caller, require_count
from bntui.venue.binance.values import entries, epoch_ms, require_decimals, text
from bntui.venue.limits import Limits


def futures_calls(limits: Limits, costs: Mapping[str, CallCost]) -> RestCalls:
    """The requests of a futures market. Each raises ValueError for a count that it would not take."""
    call = caller(costs)
    candles_asked = CandleCalls(call, FUTURES_INTERVALS, limits)

    def of_symbols(name: str) -> Callable[[Sequence[str]], RestCall]:
        def ask(symbols: Sequence[str]) -> RestCall:
            if not symbols:
                return call(name)
            if len(symbols) > 1:
                raise ValueError(f"one request takes 1 symbol or all of them, not {len(symbols)}")
            return call(name, ("symbol", symbols[0]), symbols=1)

        return ask

    def trades_from(symbol: str, first_id: int, rows: int) -> RestCall:
        require_count("trades", rows, limits.trades_rows)
        most = int(limits.trades_rows)
        return call("trades", ("symbol", symbol), ("limit", str(most)), limit=most)

    def agg_trades_from(symbol: str, first_id: int, rows: int) -> RestCall:
        require_count("trades", rows, limits.trades_rows)
        params = (("symbol", symbol), ("limit", str(rows)), ("fromId", str(first_id)))
        return call("agg_trades", *params, limit=rows)

    def book(symbol: str, levels: int) -> RestCall:
        require_count("levels", levels, limits.depth_levels)
        # Other numbers are refused (-4021); the next larger book holds what was asked for.
        fitting = next(each for each in DEPTH_LEVELS if each >= levels)
        return call("depth", ("symbol", symbol), ("limit", str(fitting)), limit=fitting)

    return RestCalls(
        time=lambda: call("time"),
        exchange_info=lambda: call("exchange_info"),
        instrument=lambda symbol: call("exchange_info"),
        tickers=of_symbols("tickers"),
        klines=candles_asked.newest,
        candles_from=candles_asked.since,
        candles_to=candles_asked.until,
        trades_from=trades_from,
        agg_trades_from=agg_trades_from,
        depth=book,
        # Its used-weight header is wrong, the documents say (Symbol Order Book Ticker).
        best_prices=lambda symbols: replace(of_symbols("book_tickers")(symbols), header_is_wrong=True),
        mark_prices=of_symbols("premium_index"),
        open_interest=lambda symbol: call("open_interest", ("symbol", symbol)),
    )


def futures_bodies(key_of: KeyOf) -> RestBodies:
    """The readers of the answers of a futures market; `key_of` makes its keys."""
    return RestBodies(
        server_time_ms=server_time_ms,
        instruments=lambda body: instruments(body, lambda row: contract(row, key_of)),
        tickers=lambda body, received_ms, at: contract_tickers(key_of, body, received_ms, at),
        minute_closes=partial(minute_closes, key_of=key_of),
        candles=partial(candles, key_of=key_of),
        trades=partial(trades, key_of=key_of),
        agg_trades=partial(agg_trades, key_of=key_of),
        depth=depth,
        error=error,
        explain=partial(explain, other_hosts=""),
        best_prices=best_prices,
        mark_prices=lambda body, received_ms, at: mark_prices(key_of, body, received_ms, at),
        open_interest=lambda body, received_ms, at: open_interest(key_of, body, received_ms, at),
    )


def contract(row: Row, key_of: KeyOf) -> Instrument:
    """A symbol of exchangeInfo. `pricePrecision` and `quantityPrecision` are not read: they are neither tick
    nor step, the documents say."""
    size = row.get("contractSize", "")
    if type(size) not in (int, str):
        raise ValueError("a contract's size is no whole number")
    return replace(
        instrument({**row, "status": row["status"] if "status" in row else row["contractStatus"]}, key_of),
        contract=text(row["contractType"]),
        pair=text(row["pair"]),
        margin=text(row["marginAsset"]),
        contract_size=str(size),
        expires_ms=expiry_ms(row["deliveryDate"]),
    )


def contract_tickers(key_of: KeyOf, body: bytes, received_ms: int, at: float) -> tuple[Ticker, ...]:
    """24 hour statistics: an array, or one object for a request that names a symbol. COIN-M tells volumes in
    contracts, and in the base asset where others have the quote's."""

    def ticker(row: Row) -> Ticker:
        volume = row["quoteVolume"] if "quoteVolume" in row else row["baseVolume"]
        return statistics({**row, "quoteVolume": volume}, key_of, received_ms, at)

    return read_rows(body, ticker)


def best_prices(body: bytes) -> dict[str, BestPrices]:
    """Best bid and ask by symbol: futures leave them out of their statistics."""

    def best(row: Row) -> tuple[str, BestPrices]:
        prices = BestPrices(row["bidPrice"], row["bidQty"], row["askPrice"], row["askQty"])
        require_decimals(*prices)
        return text(row["symbol"]), prices

    return dict(read_rows(body, best))


def mark_prices(key_of: KeyOf, body: bytes, received_ms: int, at: float) -> tuple[MarkPrice, ...]:
    """Mark prices with index and funding, of a premiumIndex answer."""

    def price(row: Row) -> MarkPrice:
        return mark_price(
            key_of(text(row["symbol"])),
            (row["markPrice"], row["indexPrice"], row["lastFundingRate"], row["estimatedSettlePrice"], ""),
            row["nextFundingTime"],
            epoch_ms(row["time"]),
            received_ms,
            at,
        )

    return read_rows(body, price)


def open_interest(key_of: KeyOf, body: bytes, received_ms: int, at: float) -> OpenInterest:
    """Open contracts of one symbol."""

    def interest(row: Row) -> OpenInterest:
        require_decimals(row["openInterest"])
        key = key_of(text(row["symbol"]))
        return OpenInterest(key, row["openInterest"], epoch_ms(row["time"]), received_ms, at)

    return read(body, lambda answer: interest(entries(answer)))
