"""Columns of open orders and of those that are over, and the exchange's reasons in plain words."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from bntui.model.account import OrderUpdate
from bntui.model.markets import Instrument, SymbolKey
from bntui.model.views import WatchView
from bntui.ui.format import NONE, clean, decimal_of, duration, price, utc
from bntui.ui.panels.depth import DIVIDED, EXACT, rounded
from bntui.ui.panels.numbers import MORE_DECIMALS, decimals_of, hundredths, size_of
from bntui.ui.tables.own import (
    InstrumentOf,
    Variety,
    moment,
    owner_columns,
    price_within,
    quantity_within,
    side_cell,
)
from bntui.ui.tables.watchlist import is_untrusted
from bntui.ui.widgets.columns import Cell, Column
from bntui.ui.widgets.lines import Part

RowOf = Callable[[SymbolKey], WatchView | None]
"""What is known of a symbol's prices; None: nothing that may be taken for the market's."""

PLACES = 4
"""Decimals of an average price whose symbol is not known."""

PERCENT_FROM = Decimal(100)
"""Hundredths of a per cent from which on a distance is told in per cent."""

REASONS = {
    "INSUFFICIENT_BALANCES": "not enough balance",
    "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY": "the stop price was reached already",
    "WOULD_MATCH_IMMEDIATELY": "it would have taken, and was to make only",
    "OCO_BAD_PRICES": "the prices of the pair do not fit together",
    "REJECTED": "the exchange refused it",
    "EXCHANGE_CANCELED": "the exchange took it back",
    "OCO_TRIGGER": "the other order of its pair went first",
    "OTO_PHASE_ONE_EXPIRED": "the order that it waited for has expired",
    "UNFILLED_IOC_QUANTITY_EXPIRED": "nobody took the rest at once (IOC)",
    "UNFILLED_FOK_ORDER_EXPIRED": "it could not be filled whole at once (FOK)",
    "INSUFFICIENT_LIQUIDITY": "the book had no more to fill it with",
    "EXECUTION_RULE_PRICE_RANGE_EXCEEDED": "its price left the range that the exchange allows",
}
"""Reject and expiry reasons (Spot user-data-stream.md, fields `r` and `eR`; read 2026-07-21)."""

ENDINGS = {
    "EXPIRED_IN_MATCH": "it would have traded with an order of your own",
}
"""Statuses that tell why by themselves (Spot enums.md; read 2026-07-21)."""

SHORTER = (("market", "mkt"), ("limit", "lmt"), ("take profit", "tp"), ("trailing stop", "trail"))
"""Words of order types, where room is scarce."""

STATUS_STYLES = {
    "NEW": "",
    "PARTIALLY_FILLED": "quiet",
    "FILLED": "live",
    "CANCELED": "faint",
    "REJECTED": "blind",
    "EXPIRED": "degraded",
    "EXPIRED_IN_MATCH": "degraded",
}


def reason_words(order: OrderUpdate, width: int | None = None) -> str:
    """`INSUFFICIENT_BALANCES: not enough balance`; a reason that is not known comes alone.

    Where both have no room in the `width`, what it means is told rather than the exchange's word.
    """
    word = clean(order.reason) if order.reason != "NONE" else ""
    plainly = REASONS.get(order.reason) or ENDINGS.get(order.status, "")
    both = ": ".join(part for part in (word, plainly) if part)
    return both if width is None or len(both) <= width else plainly or word


def trigger_of(order: OrderUpdate) -> Decimal | None:
    """The price that a conditional order waits for; None where it waits for none."""
    return decimal_of(order.stop_price) or None


def distance_bps(order: OrderUpdate, row: WatchView | None) -> Decimal | None:
    """How far the market must come until the order is touched, in hundredths of a per cent of the market.

    Of a limit order from the best price of the other side; of one that waits for a price from the last trade,
    whichever way. Below zero: the market has passed it.
    """
    if row is None or is_untrusted(row):
        return None
    trigger = trigger_of(order)
    if trigger is not None:
        last = decimal_of(row.last) if row.trade_at is not None else None
        return None if not last else _bps(abs(EXACT.subtract(trigger, last)), last)
    wanted = decimal_of(order.price)
    if not wanted or row.quote_at is None:
        return None
    market = decimal_of(row.ask if order.side == "BUY" else row.bid)
    if not market:
        return None
    away = EXACT.subtract(market, wanted) if order.side == "BUY" else EXACT.subtract(wanted, market)
    return _bps(away, market)


def _bps(away: Decimal, market: Decimal) -> Decimal:
    return DIVIDED.divide(EXACT.multiply(away, Decimal(10_000)), market)


def distance_text(bps: Decimal | None) -> str:
    """`0.007 bps`, `12.3 bps`, or from a per cent on `1.23%`."""
    if bps is None:
        return NONE
    if abs(bps) < PERCENT_FROM:
        return f"{hundredths(bps)} bps"
    percent = EXACT.multiply(bps, Decimal("0.01"))
    return f"{rounded(percent, 2 if abs(percent) < PERCENT_FROM else 0)}%"


def left_of(order: OrderUpdate) -> Decimal | None:
    """What is not filled yet; None where that cannot be computed."""
    qty, filled = decimal_of(order.qty), decimal_of(order.filled_qty)
    return None if qty is None or filled is None else EXACT.subtract(qty, filled)


def left_text(order: OrderUpdate, instrument: Instrument | None, width: int) -> str:
    """The same as the exchange would print it, as far as there is room."""
    value = left_of(order)
    return NONE if value is None else quantity_within(f"{value:f}", decimals_of(instrument)[1], width)


def filled_text(order: OrderUpdate) -> str:
    """What part was filled: `0%`, `37%`, `100%`; a part is neither told as nothing nor as all."""
    qty, filled = decimal_of(order.qty), decimal_of(order.filled_qty)
    if not qty or filled is None:
        return NONE
    share = DIVIDED.divide(EXACT.multiply(filled, Decimal(100)), qty)
    if 0 < share < 1:
        return "<1%"
    if 99 < share < 100:
        return "99%"
    return f"{rounded(share, 0)}%"


def average_of(order: OrderUpdate, contract: Decimal | None) -> Decimal | None:
    """Average price of what was filled; `contract`: what one is worth where quantities count contracts."""
    filled, quote = decimal_of(order.filled_qty), decimal_of(order.filled_quote)
    if not filled or not quote:
        return None
    if contract is not None:
        return DIVIDED.divide(EXACT.multiply(filled, contract), quote)
    return DIVIDED.divide(quote, filled)


def price_text(order: OrderUpdate, decimals: int | None, width: int) -> str:
    """The limit, or `market`; of an order that waits for a price that one: `stop 58000.00`, in little room
    without the limit."""
    limit = price(order.price, decimals) if decimal_of(order.price) else ""
    if trigger_of(order) is None:
        return limit or "market"
    trigger = price(order.stop_price, decimals)
    forms = (f"{limit} stop {trigger}".strip(), f"stop {trigger}", f"s {trigger}")
    return next((form for form in forms if len(form) <= width), trigger)


def kind_text(kind: str, width: int) -> str:
    """`stop market`; in little room `stop mkt`."""
    words = clean(kind).lower().replace("_", " ")
    if len(words) > width:
        for long, short in SHORTER:
            words = words.replace(long, short)
    return words


def open_columns(
    told: Variety, instrument: InstrumentOf, row_of: RowOf, wall_ms: Callable[[], int]
) -> tuple[Column[OrderUpdate], ...]:
    """One row an order that may still be filled."""

    def old(row: OrderUpdate, _width: int, _now: float) -> Cell:
        return (NONE if row.placed_ms is None else duration((wall_ms() - row.placed_ms) / 1000)), ""

    def away(row: OrderUpdate, _width: int, _now: float) -> Cell:
        bps = distance_bps(row, row_of(row.key))
        return distance_text(bps), "degraded" if bps is not None and bps < 0 else ""

    def left(row: OrderUpdate, width: int, _now: float) -> Cell:
        return left_text(row, instrument(row.key), width), "strong"

    def client(row: OrderUpdate, _width: int, _now: float) -> Cell:
        return clean(row.client_order_id), "faint"

    def force(row: OrderUpdate, width: int, _now: float) -> Cell:
        whole = f"{clean(row.time_in_force)}{' reduce' if row.reduce_only else ''}"
        return (whole if len(whole) <= width else clean(row.time_in_force)), "faint"

    return (
        *_what(told, instrument, qty_rank=2, kind_rank=3, price_cells=(12, 22)),
        Column("left", "left", 9, left, align="right", widest=14),
        Column("filled", "filled", 6, _filled, rank=1, align="right"),
        Column("away", "to market", 9, away, align="right"),
        Column("age", "age", 6, old, rank=1, align="right"),
        Column("force", "tif", 4, force, rank=3, widest=11),
        Column("client", "client id", 14, client, rank=4, widest=36),
    )


def closed_columns(
    told: Variety, instrument: InstrumentOf, wall_ms: Callable[[], int]
) -> tuple[Column[OrderUpdate], ...]:
    """One row an order that is over."""

    def time(row: OrderUpdate, width: int, _now: float) -> Cell:
        return moment(row.time_ms, width, wall_ms()), ""

    def status(row: OrderUpdate, width: int, _now: float) -> Cell:
        # In little room its first word; the line below the table tells the rest.
        whole = clean(row.status)
        word = whole if len(whole) <= width else whole.partition("_")[0]
        return word, STATUS_STYLES.get(row.status, "")

    def average(row: OrderUpdate, width: int, _now: float) -> Cell:
        return price_within(average_text(row, instrument), None, width), ""

    def reason(row: OrderUpdate, width: int, _now: float) -> Cell:
        return reason_words(row, width), STATUS_STYLES.get(row.status, "")

    return (
        Column("time", "ended UTC", 11, time),
        *_what(told, instrument, qty_rank=3, kind_rank=4, price_cells=(10, 13)),
        Column("filled", "filled", 6, _filled, rank=1, align="right"),
        Column("average", "average", 11, average, rank=3, align="right"),
        Column("status", "status", 8, status, widest=16),
        Column("reason", "why", 20, reason, rank=2, widest=90),
    )


def average_text(order: OrderUpdate, instrument: InstrumentOf) -> str:
    """Average price of what was filled, with two digits more than prices have."""
    of = instrument(order.key)
    value = average_of(order, size_of(of))
    if value is None:
        return NONE
    decimals = decimals_of(of)[0]
    return rounded(value, PLACES if decimals is None else decimals + MORE_DECIMALS)


def order_detail(
    order: OrderUpdate, instrument: InstrumentOf, row: WatchView | None, wall_ms: int
) -> tuple[Part, ...]:
    """What is known of an order beyond its columns, the most important first. `row`: the market's prices."""
    parts: list[Part] = [(f"order {order.order_id} of {clean(order.key.label)}", "strong")]
    parts.append((clean(order.status), STATUS_STYLES.get(order.status, "")))
    if why := reason_words(order):
        parts.append((why, STATUS_STYLES.get(order.status, "")))
    if order.open and row is None:
        parts.append(("no price to compare with: not on the watchlist", "title"))
    elif order.open and distance_bps(order, row) is None:
        parts.append(("no good price to compare with", "title"))
    parts.append((clean(order.client_order_id), ""))
    if order.conditional:
        parts.append(("waits outside the book", ""))
    parts.append((f"{clean(order.type)} {clean(order.time_in_force)}".rstrip(), "title"))
    if order.reduce_only:
        parts.append(("only reduces a position", "title"))
    if order.position_side not in ("", "BOTH"):
        parts.append((clean(order.position_side), "title"))
    average = average_text(order, instrument)
    if average != NONE:
        parts.append((f"average {average}", ""))
    if order.placed_ms is not None:
        parts.append((f"placed {utc(order.placed_ms, '%m-%d %H:%M:%S')} UTC", "title"))
    parts.append((f"last changed {duration((wall_ms - order.time_ms) / 1000)} ago", "title"))
    if order.recovered:
        parts.append(("asked for by REST", "degraded"))
    return tuple(part for part in parts if part[0])


def _filled(row: OrderUpdate, _width: int, _now: float) -> Cell:
    return filled_text(row), ""


def _what(
    told: Variety, instrument: InstrumentOf, qty_rank: int, kind_rank: int, price_cells: tuple[int, int]
) -> tuple[Column[OrderUpdate], ...]:
    """What was ordered: the columns that open orders share with those that are over."""

    def symbol(row: OrderUpdate, _width: int, _now: float) -> Cell:
        return clean(row.symbol), "strong"

    def side(row: OrderUpdate, _width: int, _now: float) -> Cell:
        return side_cell(row.side)

    def position(row: OrderUpdate, _width: int, _now: float) -> Cell:
        return clean(row.position_side), "faint"

    def kind(row: OrderUpdate, width: int, _now: float) -> Cell:
        return kind_text(row.type, width), "faint"

    def at(row: OrderUpdate, width: int, _now: float) -> Cell:
        return price_text(row, decimals_of(instrument(row.key))[0], width), ""

    def qty(row: OrderUpdate, width: int, _now: float) -> Cell:
        return quantity_within(row.qty, decimals_of(instrument(row.key))[1], width), ""

    return (
        *owner_columns(told, OrderUpdate),
        Column("symbol", "symbol", told.symbol_least, symbol, widest=max(13, told.symbol)),
        Column("side", "side", 6, side),
        *((Column("position", "pos", 5, position, rank=4),) if told.sides else ()),
        Column("type", "type", 9, kind, rank=kind_rank, widest=13),
        Column("price", "price", price_cells[0], at, align="right", widest=price_cells[1]),
        Column("qty", "qty", 9, qty, rank=qty_rank, align="right", widest=12),
    )
