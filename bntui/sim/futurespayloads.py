"""The texts of the futures' market streams, field by field in the exchange's order.

Sources: the USD-M and COIN-M pages «Websocket Market Streams» (read 2026-05-28), the notice of the CM-UM
integration (2026-06-10) for `st` and `ps`, and frames recorded on 2026-08-08, from which the order of the
fields and the spaces in a candle are. `timeUnit` is not known here, so that every time is in milliseconds.
"""

from __future__ import annotations

from typing import NamedTuple

from bntui.sim.bars import Bar
from bntui.sim.history import TradeRow
from bntui.sim.instruments import Contract, Pair, eight_decimals, percent
from bntui.sim.payloads import Change, Level, levels_text
from bntui.sim.tradelog import AggRow


class Mark(NamedTuple):
    """The prices of a contract that nobody trades at, in units of 0.00000001, and what holding it costs."""

    index_e8: int
    mark_e8: int
    average_e8: int
    settle_e8: int
    rate: str
    """The funding rate with eight decimals; that of a delivery contract is zero."""
    next_funding_ms: int
    """0 of a delivery contract."""


def contract_of(pair: Pair) -> Contract:
    """What the pair is a contract of. Raises ValueError for a pair of Spot."""
    if pair.contract is None:
        raise ValueError(f"{pair.symbol} is no contract")
    return pair.contract


def _flag(value: bool) -> str:
    return "true" if value else "false"


def trade(pair: Pair, row: TradeRow, event_us: int, micro: bool) -> str:
    """`<symbol>@trade`, which no document names."""
    return (
        f'{{"e":"trade","E":{event_us // 1000},"T":{row.time_us // 1000},"s":"{pair.symbol}",'
        f'"t":{row.trade_id},"p":"{pair.price(row.price)}","q":"{pair.quantity(row.steps)}","X":"MARKET",'
        f'"m":{_flag(row.buyer_is_maker)}}}'
    )


def agg_trade(pair: Pair, row: AggRow, event_us: int, micro: bool) -> str:
    """`<symbol>@aggTrade`; `nq` leaves out what nobody trades here, and only USD-M has it."""
    contract, quantity = contract_of(pair), pair.quantity(row.steps)
    normal = "" if contract.coin_margined else f'"nq":"{quantity}",'
    return (
        f'{{"e":"aggTrade","E":{event_us // 1000},"a":{row.agg_id},"s":"{pair.symbol}",'
        f'"p":"{pair.price(row.price)}","q":"{quantity}",{normal}"f":{row.first_id},"l":{row.last_id},'
        f'"T":{row.time_us // 1000},"m":{_flag(row.buyer_is_maker)},"st":{contract.family}}}'
    )


def book_ticker(pair: Pair, update_id: int, bid: Level, ask: Level, event_us: int) -> str:
    """`<symbol>@bookTicker`, and what `!bookTicker` sends."""
    contract, moment = contract_of(pair), event_us // 1000
    return (
        f'{{"e":"bookTicker","u":{update_id},"E":{moment},"T":{moment},"s":"{pair.symbol}",'
        f'"ps":"{contract.pair}","b":"{pair.price(bid[0])}","B":"{pair.quantity(bid[1])}",'
        f'"a":"{pair.price(ask[0])}","A":"{pair.quantity(ask[1])}","st":{contract.family}}}'
    )


def depth_update(pair: Pair, change: Change, event_us: int, micro: bool) -> str:
    """`<symbol>@depth`, `<symbol>@depth<levels>` and `<symbol>@rpiDepth`."""
    contract, moment = contract_of(pair), event_us // 1000
    return (
        f'{{"e":"depthUpdate","E":{moment},"T":{moment},"s":"{pair.symbol}","ps":"{contract.pair}",'
        f'"U":{change.first_id},"u":{change.last_id},"pu":{change.previous_id},'
        f'"b":{levels_text(pair, change.bids)},"a":{levels_text(pair, change.asks)},"st":{contract.family}}}'
    )


def kline(
    pair: Pair, interval: str, bar: Bar, start_ms: int, end_ms: int, closed: bool, event_us: int, micro: bool
) -> str:
    """`<symbol>@kline_<interval>`: the one kind without `st`, and with spaces inside the candle."""
    ids = (bar.first_id, bar.last_id if bar.trades else -1)
    inside = f'"s":"{pair.symbol}", {_candle(pair, interval, bar, ids, closed)}'
    return (
        f'{{"e":"kline","E":{event_us // 1000},"s":"{pair.symbol}","k":{{"t":{start_ms}, "T":{end_ms - 1}, '
        f"{inside}}}}}"
    )


def continuous_kline(
    pair: Pair,
    interval: str,
    bar: Bar,
    span_ms: tuple[int, int],
    closed: bool,
    event_us: int,
    update_ids: tuple[int, int],
) -> str:
    """`<pair>_<contractType>@continuousKline_<interval>`: its ids are those of the book."""
    contract = contract_of(pair)
    return (
        f'{{"e":"continuous_kline","E":{event_us // 1000},"ps":"{contract.pair}","ct":"{contract.kind}",'
        f'"k":{{"t":{span_ms[0]}, "T":{span_ms[1] - 1}, '
        f"{_candle(pair, interval, bar, update_ids, closed)}}}}}"
    )


def _candle(pair: Pair, interval: str, bar: Bar, ids: tuple[int, int], closed: bool) -> str:
    return (
        f'"i":"{interval}", "f":{ids[0]}, "L":{ids[1]}, "o":"{pair.price(bar.open)}", '
        f'"c":"{pair.price(bar.close)}", "h":"{pair.price(bar.high)}", "l":"{pair.price(bar.low)}", '
        f'"v":"{pair.quantity(bar.volume)}", "n":{bar.trades}, "x":{_flag(closed)}, '
        f'"q":"{pair.value(bar.quote, bar.volume)}", "V":"{pair.quantity(bar.taker_volume)}", '
        f'"Q":"{pair.value(bar.taker_quote, bar.taker_volume)}", "B":"0"'
    )


def mini_ticker(pair: Pair, bar: Bar, event_us: int, micro: bool) -> str:
    """`<symbol>@miniTicker`, and an element of its array."""
    contract = contract_of(pair)
    return (
        f'{{"e":"24hrMiniTicker","E":{event_us // 1000},"s":"{pair.symbol}","ps":"{contract.pair}",'
        f'"c":"{pair.price(bar.close)}",{_ends(pair, bar)},{_sums(pair, bar)},"st":{contract.family}}}'
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
    """`<symbol>@ticker`, and an element of its array; has neither best levels nor the close before."""
    contract, change = contract_of(pair), bar.close - bar.open
    return (
        f'{{"e":"24hrTicker","E":{event_us // 1000},"s":"{pair.symbol}","ps":"{contract.pair}",'
        f'"p":"{pair.price(change)}","P":"{percent(change, bar.open)}",'
        f'"w":"{pair.average(bar.quote, bar.volume)}","c":"{pair.price(bar.close)}",'
        f'"Q":"{pair.quantity(last_steps)}",{_ends(pair, bar)},{_sums(pair, bar)},'
        f'"O":{open_us // 1000},"C":{event_us // 1000},"F":{bar.first_id},'
        f'"L":{bar.last_id if bar.trades else -1},"n":{bar.trades},"st":{contract.family}}}'
    )


def _ends(pair: Pair, bar: Bar) -> str:
    return f'"o":"{pair.price(bar.open)}","h":"{pair.price(bar.high)}","l":"{pair.price(bar.low)}"'


def _sums(pair: Pair, bar: Bar) -> str:
    return f'"v":"{pair.quantity(bar.volume)}","q":"{pair.value(bar.quote, bar.volume)}"'


def liquidation(pair: Pair, row: TradeRow, event_us: int) -> str:
    """`<symbol>@forceOrder`, and what `!forceOrder@arr` sends, one at a time despite its name.

    The order names the price at which the position was bankrupt; it was filled at a better one.
    """
    contract, quantity = contract_of(pair), pair.quantity(row.steps)
    bankrupt = row.price - row.price // 200 if row.buyer_is_maker else row.price + row.price // 200
    return (
        f'{{"e":"forceOrder","E":{event_us // 1000},"o":{{"s":"{pair.symbol}",'
        f'"S":"{"SELL" if row.buyer_is_maker else "BUY"}","o":"LIMIT","f":"IOC","q":"{quantity}",'
        f'"p":"{pair.price(bankrupt)}","ap":"{pair.price(row.price)}","X":"FILLED","l":"{quantity}",'
        f'"z":"{quantity}","T":{row.time_us // 1000},"ps":"{contract.pair}","st":{contract.family}}}}}'
    )


def mark_price(pair: Pair, mark: Mark, event_us: int) -> str:
    """`<symbol>@markPrice`, and an element of its array; COIN-M has no `ap`."""
    contract = contract_of(pair)
    average = "" if contract.coin_margined else f'"ap":"{eight_decimals(mark.average_e8)}",'
    return (
        f'{{"e":"markPriceUpdate","E":{event_us // 1000},"s":"{pair.symbol}",'
        f'"p":"{eight_decimals(mark.mark_e8)}",{average}"P":"{eight_decimals(mark.settle_e8)}",'
        f'"i":"{eight_decimals(mark.index_e8)}","r":"{mark.rate}","T":{mark.next_funding_ms},'
        f'"st":{contract.family}}}'
    )


def index_price(pair: Pair, index_e8: int, event_us: int) -> str:
    """`<pair>@indexPrice`; the pair stands in `s` since 2026-06-30."""
    return (
        f'{{"e":"indexPriceUpdate","E":{event_us // 1000},"s":"{contract_of(pair).pair}",'
        f'"p":"{eight_decimals(index_e8)}"}}'
    )
