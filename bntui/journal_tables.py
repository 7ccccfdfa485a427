"""The tables of the journal: how each kind of value is a row, and how many rows are kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, fields, replace
from typing import NamedTuple

from bntui.journal_state import PUT_STATE, StateValue
from bntui.model.account import AccountKey, Fill, OrderUpdate
from bntui.model.accounts import FILLS_KEPT, ORDERS_KEPT
from bntui.model.alerts import ALERTS_KEPT, AlertView
from bntui.model.delta import NumberedFill
from bntui.model.kept import OUTAGES_KEPT
from bntui.model.markets import Market
from bntui.model.views import OutageView

SCHEMA_VERSION = 5

OUTAGES_MOST = 5_000
"""Lines of history that the file keeps; the oldest go."""

OUTAGES_AGE_DAYS = 90
"""Lines of history that are older when the file is opened go too."""

FILLS_MOST = 200_000
"""Fills that the file keeps; the lowest numbers go. Some 60 MB."""

FILLS_AGE_DAYS = 366
"""Fills that are older when the file is opened go too: a year is kept whole."""

ORDERS_AGE_DAYS = 30
"""Orders that ended longer ago go when the file is opened; of the others those beyond ORDERS_KEPT."""

ALERTS_MOST = 5_000
"""Alerts that the file keeps; the lowest ids go. What is older than an incident may be goes too."""

CLOSED_MEANWHILE = "bntui ended before it was over"

_DAY_MS = 24 * 3_600 * 1_000

_OUTAGE_COLUMNS = tuple(field.name for field in fields(OutageView))
_ALERT_COLUMNS = tuple(field.name for field in fields(AlertView))
_FILL_COLUMNS = ("number", "account", "market", *(f.name for f in fields(Fill) if f.name != "owner"))
_ORDER_COLUMNS = ("account", "market", *(f.name for f in fields(OrderUpdate) if f.name != "owner"))

SCHEMA = """
CREATE TABLE IF NOT EXISTS user_state (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outages (
    id INTEGER PRIMARY KEY,
    shard INTEGER NOT NULL,
    market TEXT NOT NULL,
    began_ms INTEGER NOT NULL,
    cause TEXT NOT NULL,
    close_code INTEGER,
    streams INTEGER NOT NULL,
    ended_ms INTEGER,
    blind_s REAL,
    planned INTEGER NOT NULL,
    closed_by TEXT NOT NULL DEFAULT '',
    hit TEXT NOT NULL DEFAULT '',
    missing INTEGER NOT NULL DEFAULT 0,
    refilled INTEGER NOT NULL DEFAULT 0,
    later TEXT NOT NULL DEFAULT '',
    silent INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS fills (
    number INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    market TEXT NOT NULL,
    symbol TEXT NOT NULL,
    id INTEGER NOT NULL,
    order_id INTEGER NOT NULL,
    client_order_id TEXT NOT NULL,
    side TEXT NOT NULL,
    position_side TEXT NOT NULL,
    price TEXT NOT NULL,
    qty TEXT NOT NULL,
    quote_qty TEXT NOT NULL,
    fee TEXT NOT NULL,
    fee_asset TEXT NOT NULL,
    maker INTEGER NOT NULL,
    realized_pnl TEXT,
    time_ms INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    recovered INTEGER NOT NULL,
    mid TEXT,
    UNIQUE (account, market, symbol, id)
);
CREATE INDEX IF NOT EXISTS fills_by_time ON fills (time_ms);
CREATE TABLE IF NOT EXISTS orders (
    account TEXT NOT NULL,
    market TEXT NOT NULL,
    symbol TEXT NOT NULL,
    order_id INTEGER NOT NULL,
    client_order_id TEXT NOT NULL,
    side TEXT NOT NULL,
    position_side TEXT NOT NULL,
    type TEXT NOT NULL,
    time_in_force TEXT NOT NULL,
    price TEXT NOT NULL,
    stop_price TEXT NOT NULL,
    qty TEXT NOT NULL,
    filled_qty TEXT NOT NULL,
    filled_quote TEXT NOT NULL,
    status TEXT NOT NULL,
    execution TEXT NOT NULL,
    reason TEXT NOT NULL,
    reduce_only INTEGER NOT NULL,
    placed_ms INTEGER,
    time_ms INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    recovered INTEGER NOT NULL,
    conditional INTEGER NOT NULL,
    PRIMARY KEY (account, market, symbol, order_id, conditional)
);
CREATE TABLE IF NOT EXISTS alerts (
    id INTEGER PRIMARY KEY,
    rule TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    began_ms INTEGER NOT NULL,
    ended_ms INTEGER,
    ending TEXT NOT NULL,
    told INTEGER NOT NULL,
    told_ms INTEGER,
    count INTEGER NOT NULL,
    acknowledged_ms INTEGER,
    note TEXT NOT NULL,
    bell INTEGER NOT NULL,
    desktop TEXT NOT NULL,
    sent TEXT NOT NULL
);
"""


Kept = StateValue | OutageView | AlertView | NumberedFill | OrderUpdate
"""What the journal keeps."""


class FillMark(NamedTuple):
    """How far the fills of one symbol are known."""

    owner: AccountKey
    symbol: str
    last_id: int
    last_ms: int


def _insert(table: str, columns: tuple[str, ...], conflict: str = "REPLACE") -> str:
    marks = ", ".join("?" for _ in columns)
    return f"INSERT OR {conflict} INTO {table} ({', '.join(columns)}) VALUES ({marks})"


_PUT_OUTAGE = _insert("outages", _OUTAGE_COLUMNS)
_PUT_ALERT = _insert("alerts", _ALERT_COLUMNS)
_PUT_FILL = _insert("fills", _FILL_COLUMNS, "IGNORE")
_PUT_ORDER = _insert("orders", _ORDER_COLUMNS)

_BOUND_OUTAGES = "DELETE FROM outages WHERE id <= (SELECT id FROM outages ORDER BY id DESC LIMIT 1 OFFSET ?)"
_BOUND_ALERTS = "DELETE FROM alerts WHERE id <= (SELECT id FROM alerts ORDER BY id DESC LIMIT 1 OFFSET ?)"
_BOUND_FILLS = (
    "DELETE FROM fills WHERE number <= (SELECT number FROM fills ORDER BY number DESC LIMIT 1 OFFSET ?)"
)
_BOUND_ORDERS = (
    "DELETE FROM orders WHERE (account, market, symbol, order_id, conditional) IN "
    "(SELECT account, market, symbol, order_id, conditional FROM orders "
    "ORDER BY time_ms DESC LIMIT -1 OFFSET ?)"
)


def identity(value: Kept) -> tuple[object, ...]:
    """What a value takes the place of."""
    match value:
        case StateValue(key):
            return StateValue, key
        case NumberedFill(number):
            return NumberedFill, number
        case OrderUpdate():
            return OrderUpdate, *value.identity
        case AlertView():
            return AlertView, value.id
        case _:
            return OutageView, value.id


def put(database: sqlite3.Connection, values: Iterable[Kept]) -> None:
    """Write values, and let go what is too much."""
    kinds = set()
    for value in values:
        kinds.add(type(value))
        match value:
            case StateValue():
                database.execute(PUT_STATE, value)
            case NumberedFill(number, fill):
                database.execute(_PUT_FILL, (number, *_owned(fill)))
            case OrderUpdate():
                database.execute(_PUT_ORDER, _owned(value))
            case AlertView():
                database.execute(_PUT_ALERT, astuple(value))
            case _:
                database.execute(_PUT_OUTAGE, astuple(value))
    for kind, statement, most in (
        (OutageView, _BOUND_OUTAGES, OUTAGES_MOST),
        (AlertView, _BOUND_ALERTS, ALERTS_MOST),
        (NumberedFill, _BOUND_FILLS, FILLS_MOST),
        (OrderUpdate, _BOUND_ORDERS, ORDERS_KEPT),
    ):
        if kind in kinds:
            database.execute(statement, (most,))


def _owned(value: Fill | OrderUpdate) -> tuple[object, ...]:
    owner = value.owner
    others = (getattr(value, field.name) for field in fields(value) if field.name != "owner")
    return owner.account, owner.market, *others


def add_new_columns(database: sqlite3.Connection) -> None:
    """Give an older file the columns that it lacks, with their defaults."""
    has = {row[1] for row in database.execute("PRAGMA table_info(outages)")}
    for line in SCHEMA.splitlines():
        name, _, kind = line.strip().rstrip(",").partition(" ")
        if name in _OUTAGE_COLUMNS and name not in has:
            database.execute(f"ALTER TABLE outages ADD COLUMN {name} {kind}")


def tidy(database: sqlite3.Connection, now_ms: int) -> None:
    """Forget what is too old or too much, and end what an earlier run could not."""
    database.execute("DELETE FROM outages WHERE began_ms < ?", (now_ms - OUTAGES_AGE_DAYS * _DAY_MS,))
    database.execute(_BOUND_OUTAGES, (OUTAGES_MOST,))
    # One that lasts stays: the engine takes it up where the last run left it.
    database.execute(
        "DELETE FROM alerts WHERE began_ms < ? AND ended_ms IS NOT NULL",
        (now_ms - OUTAGES_AGE_DAYS * _DAY_MS,),
    )
    database.execute("DELETE FROM fills WHERE time_ms < ?", (now_ms - FILLS_AGE_DAYS * _DAY_MS,))
    database.execute("DELETE FROM orders WHERE time_ms < ?", (now_ms - ORDERS_AGE_DAYS * _DAY_MS,))
    # Nobody looked until now: so long, at least, was the data missing here.
    database.execute(
        "UPDATE outages SET ended_ms = max(began_ms, :now), blind_s = max(0, :now - began_ms) / 1000.0, "
        "cause = cause || :why WHERE ended_ms IS NULL",
        {"now": now_ms, "why": f" ({CLOSED_MEANWHILE})"},
    )


def read_outages(database: sqlite3.Connection) -> list[OutageView]:
    """As much of the history as a store keeps, oldest first."""
    rows = database.execute(
        f"SELECT {', '.join(_OUTAGE_COLUMNS)} FROM outages ORDER BY id DESC LIMIT ?", (OUTAGES_KEPT,)
    ).fetchall()
    outages = [OutageView(*row) for row in reversed(rows)]
    return [
        replace(o, market=Market(o.market), planned=bool(o.planned), silent=bool(o.silent)) for o in outages
    ]


def read_alerts(database: sqlite3.Connection, most: int = ALERTS_KEPT) -> list[AlertView]:
    """The newest alerts, oldest first."""
    rows = database.execute(
        f"SELECT {', '.join(_ALERT_COLUMNS)} FROM alerts ORDER BY id DESC LIMIT ?", (most,)
    ).fetchall()
    return [replace(alert, bell=bool(alert.bell)) for alert in (AlertView(*row) for row in reversed(rows))]


def read_fills(
    database: sqlite3.Connection, most: int = FILLS_KEPT, since_ms: int | None = None
) -> list[NumberedFill]:
    """The newest fills, in the order of their numbers; only those done since a time, if one is given."""
    rows = database.execute(
        f"SELECT {', '.join(_FILL_COLUMNS)} FROM fills WHERE time_ms >= ? ORDER BY number DESC LIMIT ?",
        (since_ms or 0, most),
    ).fetchall()
    fills = []
    for number, account, market, *others in reversed(rows):
        fill = Fill(AccountKey(account, Market(market)), *others)
        fills.append(
            NumberedFill(number, replace(fill, maker=bool(fill.maker), recovered=bool(fill.recovered)))
        )
    return fills


def read_marks(database: sqlite3.Connection) -> list[FillMark]:
    """How far the fills of each symbol are known."""
    rows = database.execute(
        "SELECT account, market, symbol, max(id), max(time_ms) FROM fills GROUP BY account, market, symbol"
    ).fetchall()
    return [FillMark(AccountKey(account, Market(market)), *others) for account, market, *others in rows]


def read_orders(database: sqlite3.Connection) -> list[OrderUpdate]:
    """The orders that are kept, those first that changed longest ago."""
    rows = database.execute(
        f"SELECT {', '.join(_ORDER_COLUMNS)} FROM orders ORDER BY time_ms DESC LIMIT ?", (ORDERS_KEPT,)
    ).fetchall()
    orders = [OrderUpdate(AccountKey(row[0], Market(row[1])), *row[2:]) for row in reversed(rows)]
    return [
        replace(
            order,
            reduce_only=bool(order.reduce_only),
            recovered=bool(order.recovered),
            conditional=bool(order.conditional),
        )
        for order in orders
    ]
