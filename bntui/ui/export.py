"""Fills as a file: CSV or JSON, in the exchange's own figures, the oldest first."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bntui.ui.fills import slippage_bps
from bntui.ui.format import utc

if TYPE_CHECKING:
    from bntui.model.account import Fill

FIELDS = (
    "account",
    "market",
    "symbol",
    "id",
    "order_id",
    "client_order_id",
    "side",
    "position_side",
    "price",
    "qty",
    "quote_qty",
    "fee",
    "fee_asset",
    "maker",
    "realized_pnl",
    "mid",
    "slippage_bps",
    "time",
    "received",
    "recovered",
)
"""The columns; times are of UTC, to the millisecond."""

FORMULAS = ("=", "+", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute instead of showing it."""

NAMES_TRIED = 100
"""Files of one second, at most."""


def record(fill: Fill) -> dict[str, object]:
    """A fill as one object; what is not known is null."""
    slippage = slippage_bps(fill)
    return {
        "account": fill.owner.account,
        "market": str(fill.owner.market),
        "symbol": fill.symbol,
        "id": fill.id,
        "order_id": fill.order_id,
        "client_order_id": fill.client_order_id,
        "side": fill.side,
        "position_side": fill.position_side,
        "price": fill.price,
        "qty": fill.qty,
        "quote_qty": fill.quote_qty,
        "fee": fill.fee,
        "fee_asset": fill.fee_asset,
        "maker": fill.maker,
        "realized_pnl": fill.realized_pnl,
        "mid": fill.mid,
        "slippage_bps": None if slippage is None else f"{slippage:.4f}",
        "time": _moment(fill.time_ms),
        "received": _moment(fill.received_ms),
        "recovered": fill.recovered,
    }


def _moment(ms: int) -> str | None:
    """`2026-01-01T03:04:05.000Z`; None for what no calendar can name."""
    try:
        at = datetime.fromtimestamp(ms / 1000, tz=UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_csv(fills: Iterable[Fill]) -> str:
    """A line of titles, then one for each fill; an empty cell is not known.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIELDS)
    for fill in fills:
        writer.writerow([_cell(value) for value in record(fill).values()])
    return text.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(FORMULAS):
        return f"'{value}"
    return value


def as_json(fills: Iterable[Fill]) -> str:
    """A list of objects, one a line."""
    lines = ",\n".join(json.dumps(record(fill), ensure_ascii=False) for fill in fills)
    return f"[\n{lines}\n]\n"


def _names(kind: str, wall_ms: int) -> Iterator[str]:
    stem = f"bntui-fills-{utc(wall_ms, '%Y%m%d-%H%M%S')}"
    yield f"{stem}.{kind}"
    for number in range(2, NAMES_TRIED):
        yield f"{stem}-{number}.{kind}"


def write(folder: Path, kind: str, wall_ms: int, text: str) -> Path:
    """Write a new file that only its owner can read, and say where it is. Raises OSError.

    Nothing that exists is written over, and a file that could not be written whole is taken away.
    """
    for name in _names(kind, wall_ms):
        path = folder / name
        try:
            opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        try:
            with open(opened, "w", encoding="utf-8") as file:
                file.write(text)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path
    raise FileExistsError(f"{NAMES_TRIED} files of this second are there already")
