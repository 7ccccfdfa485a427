"""The texts of the market streams, field by field in the exchange's order.

Prices and quantities are strings, ids and times numbers (web-socket-streams.md). Moments are kept in
microseconds and sent in milliseconds, unless the connection asked for `timeUnit=MICROSECOND`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bntui.sim.bars import Bar
from bntui.sim.history import TradeRow
from bntui.sim.instruments import Pair, percent
from bntui.sim.tradelog import AggRow

Level = tuple[int, int]
"""Price in ticks and quantity in steps."""


class Change(NamedTuple):
    """What became of a book between two messages, or the whole of its best levels."""

    first_id: int
    last_id: int
    previous_id: int
    """The last id of the message before."""
    bids: Sequence[Level]
    asks: Sequence[Level]


_MICROSECONDS_FROM = 100_000_000_000_000
"""A later time in milliseconds than any that is meant; from here on times are in microseconds."""


def is_micro(moment: int) -> bool:
    """Whether a moment is in microseconds; otherwise in milliseconds."""
    return moment >= _MICROSECONDS_FROM


def time_us(moment: int) -> int:
    """A moment that may be in milliseconds or microseconds, in microseconds."""
    return moment if is_micro(moment) else moment * 1000


def stamp(time_us: int, micro: bool) -> int:
    """A moment in the unit that the listener asked for."""
    return time_us if micro else time_us // 1000


def _flag(value: bool) -> str:
    return "true" if value else "false"


def levels_text(pair: Pair, levels: Iterable[Level]) -> str:
    """Book levels as a JSON array of pairs."""
    return "[" + ",".join(f'["{pair.price(p)}","{pair.quantity(q)}"]' for p, q in levels) + "]"


def trade(pair: Pair, row: TradeRow, event_us: int, micro: bool) -> str:
    """`<symbol>@trade`."""
    return (
        f'{{"e":"trade","E":{stamp(event_us, micro)},"s":"{pair.symbol}","t":{row.trade_id},'
        f'"p":"{pair.price(row.price)}","q":"{pair.quantity(row.steps)}","T":{stamp(row.time_us, micro)},'
        f'"m":{_flag(row.buyer_is_maker)},"M":true}}'
    )


def agg_trade(pair: Pair, row: AggRow, event_us: int, micro: bool) -> str:
    """`<symbol>@aggTrade`."""
    return (
        f'{{"e":"aggTrade","E":{stamp(event_us, micro)},"s":"{pair.symbol}","a":{row.agg_id},'
        f'"p":"{pair.price(row.price)}","q":"{pair.quantity(row.steps)}","f":{row.first_id},'
        f'"l":{row.last_id},"T":{stamp(row.time_us, micro)},"m":{_flag(row.buyer_is_maker)},"M":true}}'
    )


def block_trade(pair: Pair, row: TradeRow, micro: bool) -> str:
    """`<symbol>@blockTrade`."""
    moment = stamp(row.time_us, micro)
    return (
        f'{{"e":"blockTrade","E":{moment},"s":"{pair.symbol}","t":{row.trade_id},'
        f'"p":"{pair.price(row.price)}","q":"{pair.quantity(row.steps)}","T":{moment},'
        f'"m":{_flag(row.buyer_is_maker)}}}'
    )


def book_ticker(pair: Pair, update_id: int, bid: Level, ask: Level, event_us: int) -> str:
    """`<symbol>@bookTicker`; has neither event type nor time."""
    return (
        f'{{"u":{update_id},"s":"{pair.symbol}","b":"{pair.price(bid[0])}","B":"{pair.quantity(bid[1])}",'
        f'"a":"{pair.price(ask[0])}","A":"{pair.quantity(ask[1])}"}}'
    )


def depth_update(pair: Pair, change: Change, event_us: int, micro: bool) -> str:
    """`<symbol>@depth`, with absolute quantities; 0 removes a level."""
    return (
        f'{{"e":"depthUpdate","E":{stamp(event_us, micro)},"s":"{pair.symbol}","U":{change.first_id},'
        f'"u":{change.last_id},"b":{levels_text(pair, change.bids)},"a":{levels_text(pair, change.asks)}}}'
    )


def partial_depth(pair: Pair, change: Change, event_us: int, micro: bool) -> str:
    """`<symbol>@depth<levels>`; has neither event type, symbol nor time."""
    return snapshot(pair, change.last_id, change.bids, change.asks)


def snapshot(pair: Pair, update_id: int, bids: Iterable[Level], asks: Iterable[Level]) -> str:
    """A book, as REST and `<symbol>@depth<levels>` tell it."""
    return f'{{"lastUpdateId":{update_id},"bids":{levels_text(pair, bids)},"asks":{levels_text(pair, asks)}}}'


def kline(
    pair: Pair, interval: str, bar: Bar, start_ms: int, end_ms: int, closed: bool, event_us: int, micro: bool
) -> str:
    """`<symbol>@kline_<interval>`. A candle's last moment is one unit of time before the next begins."""
    unit = 1000 if micro else 1
    return (
        f'{{"e":"kline","E":{stamp(event_us, micro)},"s":"{pair.symbol}","k":{{"t":{start_ms * unit},'
        f'"T":{end_ms * unit - 1},"s":"{pair.symbol}","i":"{interval}","f":{bar.first_id},'
        f'"L":{bar.last_id if bar.trades else -1},"o":"{pair.price(bar.open)}","c":"{pair.price(bar.close)}",'
        f'"h":"{pair.price(bar.high)}","l":"{pair.price(bar.low)}","v":"{pair.quantity(bar.volume)}",'
        f'"n":{bar.trades},"x":{_flag(closed)},"q":"{pair.value(bar.quote, bar.volume)}",'
        f'"V":"{pair.quantity(bar.taker_volume)}","Q":"{pair.value(bar.taker_quote, bar.taker_volume)}",'
        f'"B":"0"}}}}'
    )


def mini_ticker(pair: Pair, bar: Bar, event_us: int, micro: bool) -> str:
    """`<symbol>@miniTicker`, and an element of its array."""
    return (
        f'{{"e":"24hrMiniTicker","E":{stamp(event_us, micro)},"s":"{pair.symbol}",'
        f'"c":"{pair.price(bar.close)}","o":"{pair.price(bar.open)}","h":"{pair.price(bar.high)}",'
        f'"l":"{pair.price(bar.low)}","v":"{pair.quantity(bar.volume)}",'
        f'"q":"{pair.value(bar.quote, bar.volume)}"}}'
    )


def ticker(
    pair: Pair,
    bar: Bar,
    previous_close: int,
    last_steps: int,
    bid: Level,
    ask: Level,
    open_us: int,
    event_us: int,
    micro: bool,
) -> str:
    """`<symbol>@ticker`."""
    change = bar.close - bar.open
    return (
        f'{{"e":"24hrTicker","E":{stamp(event_us, micro)},"s":"{pair.symbol}","p":"{pair.price(change)}",'
        f'"P":"{percent(change, bar.open)}","w":"{pair.average(bar.quote, bar.volume)}",'
        f'"x":"{pair.price(previous_close)}","c":"{pair.price(bar.close)}","Q":"{pair.quantity(last_steps)}",'
        f'"b":"{pair.price(bid[0])}","B":"{pair.quantity(bid[1])}","a":"{pair.price(ask[0])}",'
        f'"A":"{pair.quantity(ask[1])}","o":"{pair.price(bar.open)}","h":"{pair.price(bar.high)}",'
        f'"l":"{pair.price(bar.low)}","v":"{pair.quantity(bar.volume)}",'
        f'"q":"{pair.value(bar.quote, bar.volume)}",'
        f'"O":{stamp(open_us, micro)},"C":{stamp(event_us, micro)},"F":{bar.first_id},'
        f'"L":{bar.last_id if bar.trades else -1},"n":{bar.trades}}}'
    )


def window_ticker(pair: Pair, window: str, bar: Bar, open_us: int, event_us: int, micro: bool) -> str:
    """`<symbol>@ticker_<window>`, and an element of its array."""
    change = bar.close - bar.open
    return (
        f'{{"e":"{window}Ticker","E":{stamp(event_us, micro)},"s":"{pair.symbol}",'
        f'"p":"{pair.price(change)}","P":"{percent(change, bar.open)}","o":"{pair.price(bar.open)}",'
        f'"h":"{pair.price(bar.high)}","l":"{pair.price(bar.low)}","c":"{pair.price(bar.close)}",'
        f'"w":"{pair.average(bar.quote, bar.volume)}","v":"{pair.quantity(bar.volume)}",'
        f'"q":"{pair.value(bar.quote, bar.volume)}","O":{stamp(open_us, micro)},"C":{stamp(event_us, micro)},'
        f'"F":{bar.first_id},"L":{bar.last_id if bar.trades else -1},"n":{bar.trades}}}'
    )


def average_price(pair: Pair, window: str, price: str, last_trade_us: int, event_us: int, micro: bool) -> str:
    """`<symbol>@avgPrice`."""
    return (
        f'{{"e":"avgPrice","E":{stamp(event_us, micro)},"s":"{pair.symbol}","i":"{window}","w":"{price}",'
        f'"T":{stamp(last_trade_us, micro)}}}'
    )


def reference_price(pair: Pair, price: str | None, event_us: int, micro: bool) -> str:
    """`<symbol>@referencePrice`; null while there is none."""
    text = "null" if price is None else f'"{price}"'
    return f'{{"e":"referencePrice","s":"{pair.symbol}","r":{text},"t":{stamp(event_us, micro)}}}'
