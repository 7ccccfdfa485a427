"""The bodies of the futures' REST answers, field by field in the exchange's order (USD-M and COIN-M, Market
Data Endpoints, read 2026-05-28). COIN-M names the pair, and volumes in the base asset."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from json import dumps
from typing import Any

from bntui.sim.answers import array
from bntui.sim.bars import MINUTE_US
from bntui.sim.desk import Desk
from bntui.sim.feeds import DAY_MINUTES
from bntui.sim.futurespayloads import Mark, contract_of
from bntui.sim.history import TradeRow
from bntui.sim.instruments import Pair, eight_decimals, percent
from bntui.sim.payloads import levels_text
from bntui.sim.tradelog import aggregates
from bntui.venue.binance.futures_limits import ORDER_LIMITS
from bntui.venue.binance.limits import RateLimit
from bntui.venue.limits import Limits

_DAY_US = DAY_MINUTES * MINUTE_US
_TICKS_HIGH = 100_000_000
_LOTS_HIGH = 1_000_000
_ORDER_TYPES = (
    *("LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET"),
    "TRAILING_STOP_MARKET",
)


def _true(value: bool) -> str:
    return "true" if value else "false"


def _named(pair: Pair) -> str:
    """Symbol, and on COIN-M the pair."""
    contract = contract_of(pair)
    named = f',"pair":"{contract.pair}"' if contract.coin_margined else ""
    return f'"symbol":"{pair.symbol}"{named}'


def depth(desk: Desk, limit: int, now_us: int) -> str:
    """The book, the id of its last change, and when that was."""
    book, pair = desk.book, desk.pair
    named = f"{_named(pair)}," if contract_of(pair).coin_margined else ""
    return (
        f'{{"lastUpdateId":{book.update_id},"E":{now_us // 1000},"T":{desk.moment_us // 1000},{named}'
        f'"bids":{levels_text(pair, book.bids.top(limit))},"asks":{levels_text(pair, book.asks.top(limit))}}}'
    )


def trades(pair: Pair, rows: Iterable[TradeRow]) -> str:
    """Single trades, the oldest first."""
    coin = contract_of(pair).coin_margined
    worth, kind = ("baseQty", "") if coin else ("quoteQty", ',"isRPITrade":false')
    return array(
        f'{{"id":{row.trade_id},"price":"{pair.price(row.price)}","qty":"{pair.quantity(row.steps)}",'
        f'"{worth}":"{pair.value(row.price * row.steps, row.steps)}","time":{row.time_us // 1000},'
        f'"isBuyerMaker":{_true(row.buyer_is_maker)}{kind}}}'
        for row in rows
    )


def agg_trades(pair: Pair, rows: Iterable[TradeRow], limit: int) -> str:
    """Aggregates, the oldest first."""
    return array(
        f'{{"a":{row.agg_id},"p":"{pair.price(row.price)}","q":"{pair.quantity(row.steps)}",'
        f'"f":{row.first_id},"l":{row.last_id},"T":{row.time_us // 1000},"m":{_true(row.buyer_is_maker)}}}'
        for row in islice(aggregates(iter(rows)), limit)
    )


def ticker(desk: Desk, now_us: int) -> str:
    """Statistics of the last 24 hours."""
    desk.roll(now_us)
    window, pair = desk.window(DAY_MINUTES), desk.pair
    bar = window.bar()
    change = bar.close - bar.open
    worth = "baseVolume" if contract_of(pair).coin_margined else "quoteVolume"
    return (
        f'{{{_named(pair)},"priceChange":"{pair.price(change)}",'
        f'"priceChangePercent":"{percent(change, bar.open)}",'
        f'"weightedAvgPrice":"{pair.average(bar.quote, bar.volume)}","lastPrice":"{pair.price(bar.close)}",'
        f'"lastQty":"{pair.quantity(desk.last_steps)}","openPrice":"{pair.price(bar.open)}",'
        f'"highPrice":"{pair.price(bar.high)}","lowPrice":"{pair.price(bar.low)}",'
        f'"volume":"{pair.quantity(bar.volume)}","{worth}":"{pair.value(bar.quote, bar.volume)}",'
        f'"openTime":{window.start_minute * MINUTE_US // 1000},"closeTime":{now_us // 1000},'
        f'"firstId":{bar.first_id},"lastId":{bar.last_id if bar.trades else -1},"count":{bar.trades}}}'
    )


def book_ticker(desk: Desk) -> str:
    """The best levels, and when they changed."""
    pair, ((bid, bid_steps), (ask, ask_steps)) = desk.pair, desk.best()
    return (
        f'{{{_named(pair)},"bidPrice":"{pair.price(bid)}","bidQty":"{pair.quantity(bid_steps)}",'
        f'"askPrice":"{pair.price(ask)}","askQty":"{pair.quantity(ask_steps)}",'
        f'"time":{desk.moment_us // 1000},"lastUpdateId":{desk.book.update_id}}}'
    )


def premium_index(pair: Pair, mark: Mark, interest_rate: str, now_us: int) -> str:
    """Mark and index price, and what holding the contract costs."""
    return (
        f'{{{_named(pair)},"markPrice":"{eight_decimals(mark.mark_e8)}",'
        f'"indexPrice":"{eight_decimals(mark.index_e8)}",'
        f'"estimatedSettlePrice":"{eight_decimals(mark.settle_e8)}",'
        f'"lastFundingRate":"{_rate(pair, mark.rate)}","interestRate":"{_rate(pair, interest_rate)}",'
        f'"nextFundingTime":{mark.next_funding_ms},"time":{now_us // 1000}}}'
    )


def _rate(pair: Pair, rate: str) -> str:
    """A rate; COIN-M leaves it empty where there is no funding."""
    contract = contract_of(pair)
    return "" if contract.coin_margined and not contract.perpetual else rate


def open_interest(pair: Pair, steps: int, now_us: int) -> str:
    """How much is held of a contract."""
    contract, held = contract_of(pair), pair.quantity(steps)
    if contract.coin_margined:
        return (
            f'{{{_named(pair)},"openInterest":"{held}","contractType":"{contract.kind}",'
            f'"time":{now_us // 1000}}}'
        )
    return f'{{"openInterest":"{held}","symbol":"{pair.symbol}","time":{now_us // 1000}}}'


def listed(pair: Pair) -> dict[str, Any]:
    """One contract of exchangeInfo."""
    contract = contract_of(pair)
    status = {"contractStatus": "TRADING", "contractSize": contract.dollars}
    tick, step = pair.price(1), pair.quantity(1)
    lot: dict[str, object] = {"stepSize": step, "maxQty": pair.quantity(_LOTS_HIGH), "minQty": step}
    filters: list[dict[str, object]] = [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": tick,
            "maxPrice": pair.price(_TICKS_HIGH),
            "tickSize": tick,
        },
        {"filterType": "LOT_SIZE"} | lot,
        {"filterType": "MARKET_LOT_SIZE"} | lot,
        {"filterType": "MAX_NUM_ORDERS", "limit": 200},
        {"filterType": "MAX_NUM_ALGO_ORDERS", "limit": 10},
        {
            "filterType": "PERCENT_PRICE",
            "multiplierDown": "0.9500",
            "multiplierUp": "1.0500",
            "multiplierDecimal": "4",
        },
    ]
    if not contract.coin_margined:
        status = {"status": "TRADING"}
        filters.append({"filterType": "MIN_NOTIONAL", "notional": "5"})
    return {
        "symbol": pair.symbol,
        "pair": contract.pair,
        "contractType": contract.kind,
        "deliveryDate": contract.delivery_ms,
        "onboardDate": contract.onboard_ms,
        **status,
        "maintMarginPercent": "2.5000",
        "requiredMarginPercent": "5.0000",
        "baseAsset": pair.base,
        "quoteAsset": pair.quote,
        "marginAsset": contract.margin_asset,
        "pricePrecision": pair.price_places,
        "quantityPrecision": pair.quantity_places,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": "COIN",
        "underlyingSubType": [],
        "triggerProtect": "0.0500",
        "liquidationFee": "0.012500",
        "marketTakeBound": "0.05",
        "maxMoveOrderLimit": 10_000,
        "filters": filters,
        "orderTypes": _ORDER_TYPES,
        "timeInForce": ["GTC", "IOC", "FOK", "GTX", "GTD"],
    }


def exchange_info(pairs: Iterable[Pair], limits: Limits, now_us: int) -> str:
    """exchangeInfo, as it was made at midnight: its time is not for setting clocks by (recorded in 2021 with
    one 37 hours old)."""
    pairs = list(pairs)
    coin = any(contract_of(pair).coin_margined for pair in pairs)
    window_s = limits.request_weight_window_s
    interval, number = ("MINUTE", window_s / 60) if window_s % 60 == 0 else ("SECOND", window_s)
    weight = RateLimit("REQUEST_WEIGHT", interval, round(number), round(limits.request_weight))
    margins = {} if coin else {"futuresType": "U_MARGINED"}
    assets = sorted({contract_of(pair).margin_asset for pair in pairs})
    kept = {} if coin else {"assets": [{"asset": one, "marginAvailable": True} for one in assets]}
    return dumps(
        {
            "timezone": "UTC",
            "serverTime": now_us // _DAY_US * _DAY_US // 1000,
            **margins,
            "rateLimits": [
                {
                    "rateLimitType": one.kind,
                    "interval": one.interval,
                    "intervalNum": one.number,
                    "limit": one.limit,
                }
                for one in (weight, *ORDER_LIMITS)
            ],
            "exchangeFilters": [],
            **kept,
            "symbols": [listed(pair) for pair in pairs],
        },
        separators=(",", ":"),
        ensure_ascii=False,
    )
