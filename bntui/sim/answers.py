"""The bodies of the REST answers, field by field in the exchange's order (rest-api.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, takewhile
from json import dumps

from bntui.sim.bars import MINUTE_US, Bar, OpenBar, empty_bar, interval_end, interval_start
from bntui.sim.desk import Desk
from bntui.sim.feeds import AVERAGE_MINUTES, DAY_MINUTES, average_of, reference_of
from bntui.sim.history import TradeRow
from bntui.sim.instruments import Pair, eight_decimals, percent
from bntui.sim.payloads import snapshot, stamp
from bntui.sim.tradelog import aggregates
from bntui.venue.binance.limits import OTHER_RATE_LIMITS, RateLimit
from bntui.venue.binance.names import INTERVALS
from bntui.venue.limits import Limits

Candle = tuple[int, int, Bar]
"""Opening time in ms, opening time of the next candle, and what was traded."""


def depth(desk: Desk, limit: int) -> str:
    """The book, and the id of its last change."""
    book = desk.book
    return snapshot(desk.pair, book.update_id, book.bids.top(limit), book.asks.top(limit))


def _true(value: bool) -> str:
    return "true" if value else "false"


def trades(pair: Pair, rows: Iterable[TradeRow], *, micro: bool = False) -> str:
    """Single trades, the oldest first."""
    return array(
        f'{{"id":{row.trade_id},"price":"{pair.price(row.price)}","qty":"{pair.quantity(row.steps)}",'
        f'"quoteQty":"{pair.value(row.price * row.steps, row.steps)}","time":{stamp(row.time_us, micro)},'
        f'"isBuyerMaker":{_true(row.buyer_is_maker)},"isBestMatch":true}}'
        for row in rows
    )


def block_trades(pair: Pair, rows: Iterable[TradeRow], *, micro: bool = False) -> str:
    """Block trades, the oldest first."""
    return array(
        f'{{"id":{row.trade_id},"price":"{pair.price(row.price)}","qty":"{pair.quantity(row.steps)}",'
        f'"quoteQty":"{pair.value(row.price * row.steps, row.steps)}","time":{stamp(row.time_us, micro)},'
        f'"isBuyerMaker":{_true(row.buyer_is_maker)}}}'
        for row in rows
    )


def agg_trades(pair: Pair, rows: Iterator[TradeRow], limit: int, *, micro: bool = False) -> str:
    """Aggregates, the oldest first."""
    return array(
        f'{{"a":{row.agg_id},"p":"{pair.price(row.price)}","q":"{pair.quantity(row.steps)}",'
        f'"f":{row.first_id},"l":{row.last_id},"T":{stamp(row.time_us, micro)},'
        f'"m":{_true(row.buyer_is_maker)},"M":true}}'
        for row in islice(aggregates(rows), limit)
    )


def newest_trades(desk: Desk, limit: int) -> list[TradeRow]:
    """The last trades, the oldest first."""
    last_id = desk.timeline.open.last_id
    return list(desk.log.from_id(last_id - limit + 1))[-limit:]


def trades_between(desk: Desk, start_us: int | None, end_us: int | None, now_us: int) -> Iterator[TradeRow]:
    """The trades between two moments, both included; without a start, those of the hour before the end."""
    end_us = now_us if end_us is None else end_us
    start_us = end_us - INTERVALS["1h"] * 1000 if start_us is None else start_us
    return takewhile(lambda row: row.time_us <= end_us, desk.log.from_time(start_us))


def newest_aggregates(desk: Desk, limit: int) -> Iterator[TradeRow]:
    """The trades of the last aggregates, the oldest first."""
    newest = newest_trades(desk, 1)
    return desk.log.from_agg(newest[-1].agg_id - limit + 1) if newest else iter(())


def klines(pair: Pair, candles: Iterable[Candle], *, micro: bool = False) -> str:
    """Candles, the oldest first. A candle's last moment is one unit of time before the next begins."""
    unit = 1000 if micro else 1
    return array(
        f'[{start_ms * unit},"{pair.price(bar.open)}","{pair.price(bar.high)}","{pair.price(bar.low)}",'
        f'"{pair.price(bar.close)}","{pair.quantity(bar.volume)}",{end_ms * unit - 1},'
        f'"{pair.value(bar.quote, bar.volume)}",{bar.trades},"{pair.quantity(bar.taker_volume)}",'
        f'"{pair.value(bar.taker_quote, bar.taker_volume)}","0"]'
        for start_ms, end_ms, bar in candles
    )


def candles_of(
    desk: Desk,
    interval: str,
    now_us: int,
    limit: int,
    start_ms: int | None = None,
    end_ms: int | None = None,
    offset_ms: int = 0,
) -> list[Candle]:
    """Candles that open between two moments: the first ones after a start, else the last ones."""
    known_ms = desk.timeline.first_minute * MINUTE_US // 1000
    last_ms = min(now_us // 1000, now_us // 1000 if end_ms is None else end_ms)
    if start_ms is not None and start_ms > last_ms:
        return []
    spans: list[tuple[int, int]] = []
    if start_ms is not None:
        place = interval_start(interval, max(start_ms, known_ms) - 1, offset_ms)
        while len(spans) < limit and (place := interval_end(interval, place, offset_ms)) <= last_ms:
            spans.append((place, interval_end(interval, place, offset_ms)))
    else:
        place = interval_start(interval, last_ms, offset_ms)
        while len(spans) < limit and interval_end(interval, place, offset_ms) > known_ms:
            spans.append((place, interval_end(interval, place, offset_ms)))
            place = interval_start(interval, place - 1, offset_ms)
        spans.reverse()
    if not spans:
        return []
    if interval == "1s":
        return _seconds(desk, spans)
    minute_ms = INTERVALS["1m"]
    return [(start, end, desk.timeline.span(start // minute_ms, end // minute_ms)) for start, end in spans]


def _seconds(desk: Desk, spans: Sequence[tuple[int, int]]) -> list[Candle]:
    """Candles of one second, from the single trades; none of a time whose trades are forgotten."""
    first_us = spans[0][0] * 1000
    minute = first_us // MINUTE_US
    before = desk.timeline.span(minute - 1, minute)
    rows = desk.log.from_time(minute * MINUTE_US)
    row = next(rows, None)
    next_id = desk.timeline.open.last_id + 1 if row is None else row.trade_id
    known_from_ms = 0
    if next_id != before.last_id + 1:
        known_from_ms = spans[-1][1] if row is None else row.time_us // 1_000_000 * 1000 + 1000
    running = OpenBar(empty_bar(before.close, before.last_id))
    candles = []
    for start_ms, end_ms in [(minute * MINUTE_US // 1000, spans[0][0]), *spans]:
        running = OpenBar(empty_bar(running.close, running.last_id))
        while row is not None and row.time_us < end_ms * 1000:
            running.add(row.trade_id, row.price, row.steps, not row.buyer_is_maker)
            row = next(rows, None)
        candles.append((start_ms, end_ms, running.bar()))
    return [candle for candle in candles[1:] if candle[0] >= known_from_ms]


def ticker(desk: Desk, now_us: int, *, mini: bool, micro: bool = False) -> str:
    """Statistics of the last 24 hours."""
    window, pair = desk.window(DAY_MINUTES), desk.pair
    bar, span_us = window.bar(), (window.start_minute * MINUTE_US, now_us)
    if mini:
        return statistics(pair, bar, span_us, mini=True, micro=micro)
    (bid, bid_steps), (ask, ask_steps) = desk.best()
    return (
        f"{{{_change(pair, bar)},"
        f'"prevClosePrice":"{pair.price(window.previous_close())}","lastPrice":"{pair.price(bar.close)}",'
        f'"lastQty":"{pair.quantity(desk.last_steps)}","bidPrice":"{pair.price(bid)}",'
        f'"bidQty":"{pair.quantity(bid_steps)}","askPrice":"{pair.price(ask)}",'
        f'"askQty":"{pair.quantity(ask_steps)}",{_ends(pair, bar)},{_sums(pair, bar, span_us, micro)}}}'
    )


def statistics(pair: Pair, bar: Bar, span_us: tuple[int, int], *, mini: bool, micro: bool = False) -> str:
    """Statistics of some other time: a rolling window, or a day. `mini` leaves out how it changed."""
    head = f'"symbol":"{pair.symbol}"' if mini else _change(pair, bar)
    last = f'"lastPrice":"{pair.price(bar.close)}"'
    return f"{{{head},{_ends(pair, bar)},{last},{_sums(pair, bar, span_us, micro)}}}"


def _change(pair: Pair, bar: Bar) -> str:
    change = bar.close - bar.open
    return (
        f'"symbol":"{pair.symbol}","priceChange":"{pair.price(change)}",'
        f'"priceChangePercent":"{percent(change, bar.open)}",'
        f'"weightedAvgPrice":"{pair.average(bar.quote, bar.volume)}"'
    )


def _ends(pair: Pair, bar: Bar) -> str:
    return (
        f'"openPrice":"{pair.price(bar.open)}","highPrice":"{pair.price(bar.high)}",'
        f'"lowPrice":"{pair.price(bar.low)}"'
    )


def _sums(pair: Pair, bar: Bar, span_us: tuple[int, int], micro: bool) -> str:
    opened, closed = stamp(span_us[0], micro), stamp(span_us[1], micro)
    return (
        f'"volume":"{pair.quantity(bar.volume)}","quoteVolume":"{pair.value(bar.quote, bar.volume)}",'
        f'"openTime":{opened},"closeTime":{closed},"firstId":{bar.first_id},'
        f'"lastId":{bar.last_id if bar.trades else -1},"count":{bar.trades}'
    )


def price_ticker(desk: Desk) -> str:
    """The last price."""
    return f'{{"symbol":"{desk.pair.symbol}","price":"{desk.pair.price(desk.timeline.open.close)}"}}'


def book_ticker(desk: Desk) -> str:
    """The best levels, without the id that the stream has."""
    pair, ((bid, bid_steps), (ask, ask_steps)) = desk.pair, desk.best()
    return (
        f'{{"symbol":"{pair.symbol}","bidPrice":"{pair.price(bid)}","bidQty":"{pair.quantity(bid_steps)}",'
        f'"askPrice":"{pair.price(ask)}","askQty":"{pair.quantity(ask_steps)}"}}'
    )


def average_price(desk: Desk, *, micro: bool = False) -> str:
    """The average of the last minutes, and when the last trade was."""
    closed = stamp(desk.last_trade_us, micro)
    return f'{{"mins":{AVERAGE_MINUTES},"price":"{average_of(desk)}","closeTime":{closed}}}'


def reference_price(desk: Desk, *, micro: bool = False) -> str:
    """The reference price of the running minute; null without trades in the minutes before."""
    text, symbol = reference_of(desk), desk.pair.symbol
    price, moment = "null" if text is None else f'"{text}"', stamp(desk.timeline.minute * MINUTE_US, micro)
    return f'{{"symbol":"{symbol}","referencePrice":{price},"timestamp":{moment}}}'


def array(rows: Iterable[str]) -> str:
    """A JSON array of texts that are JSON already."""
    return "[" + ",".join(rows) + "]"


_TICKS_HIGH = 100_000_000
_LOTS_HIGH = 900_000_000


def listed(pair: Pair, *, permission_sets: bool) -> str:
    """One symbol of exchangeInfo."""
    tick, step = eight_decimals(pair.tick_e8), eight_decimals(pair.step_e8)
    highest = eight_decimals(pair.tick_e8 * _TICKS_HIGH)
    most = eight_decimals(pair.step_e8 * _LOTS_HIGH)
    return dumps(
        {
            "symbol": pair.symbol,
            "status": "TRADING",
            "baseAsset": pair.base,
            "baseAssetPrecision": 8,
            "quoteAsset": pair.quote,
            "quotePrecision": 8,
            "quoteAssetPrecision": 8,
            "baseCommissionPrecision": 8,
            "quoteCommissionPrecision": 8,
            "orderTypes": [
                "LIMIT",
                "LIMIT_MAKER",
                "MARKET",
                "STOP_LOSS",
                "STOP_LOSS_LIMIT",
                "TAKE_PROFIT",
                "TAKE_PROFIT_LIMIT",
            ],
            "icebergAllowed": True,
            "ocoAllowed": True,
            "otoAllowed": True,
            "opoAllowed": True,
            "quoteOrderQtyMarketAllowed": True,
            "allowTrailingStop": True,
            "cancelReplaceAllowed": True,
            "amendAllowed": True,
            "pegInstructionsAllowed": True,
            "isSpotTradingAllowed": True,
            "isMarginTradingAllowed": False,
            "filters": [
                {"filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": highest, "tickSize": tick},
                {"filterType": "LOT_SIZE", "minQty": step, "maxQty": most, "stepSize": step},
                {"filterType": "ICEBERG_PARTS", "limit": 100},
                {
                    "filterType": "MARKET_LOT_SIZE",
                    "minQty": "0.00000000",
                    "maxQty": most,
                    "stepSize": "0.00000000",
                },
                {
                    "filterType": "TRAILING_DELTA",
                    "minTrailingAboveDelta": 10,
                    "maxTrailingAboveDelta": 2000,
                    "minTrailingBelowDelta": 10,
                    "maxTrailingBelowDelta": 2000,
                },
                {
                    "filterType": "PERCENT_PRICE_BY_SIDE",
                    "bidMultiplierUp": "5",
                    "bidMultiplierDown": "0.2",
                    "askMultiplierUp": "5",
                    "askMultiplierDown": "0.2",
                    "avgPriceMins": 5,
                },
                {
                    "filterType": "NOTIONAL",
                    "minNotional": tick,
                    "applyMinToMarket": True,
                    "maxNotional": "9000000.00000000",
                    "applyMaxToMarket": False,
                    "avgPriceMins": 5,
                },
                {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
                {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 5},
            ],
            "permissions": [],
            "permissionSets": [["SPOT"]] if permission_sets else [],
            "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
            "allowedSelfTradePreventionModes": ["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"],
        },
        separators=(",", ":"),
        ensure_ascii=False,
    )


def exchange_info(symbols: Iterable[str], limits: Limits, now: int) -> str:
    """exchangeInfo around symbols that were made by `listed`; `now` in the unit that was asked for."""
    window_s = limits.request_weight_window_s
    interval, number = ("MINUTE", window_s / 60) if window_s % 60 == 0 else ("SECOND", window_s)
    weight = RateLimit("REQUEST_WEIGHT", interval, round(number), round(limits.request_weight))
    head = dumps(
        {
            "timezone": "UTC",
            "serverTime": now,
            "rateLimits": [
                {
                    "rateLimitType": one.kind,
                    "interval": one.interval,
                    "intervalNum": one.number,
                    "limit": one.limit,
                }
                for one in (weight, *OTHER_RATE_LIMITS)
            ],
            "exchangeFilters": [],
        },
        separators=(",", ":"),
    )
    return f'{head[:-1]},"symbols":{array(symbols)}}}'
