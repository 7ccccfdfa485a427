"""`bntui book`: the levels of a symbol's book, once, to a pipe, with how far they can be trusted."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

import orjson

from bntui.asking import RunningEngine, conversation, look, require_listed
from bntui.clock import SystemClock
from bntui.commandoptions import BookOptions
from bntui.engine.engine import Engine
from bntui.errors import ConnectError, UsageError
from bntui.model.markets import Instrument, SymbolKey
from bntui.model.panels import BookView, Focus, LadderLevel
from bntui.model.states import BookState
from bntui.model.text import counted, escaped, span
from bntui.model.verdict import ExitCode
from bntui.wire.mirror import Mirror

LOOK_EVERY_S = 0.1

PATIENCE_S = 20.0
"""A book that is not synced by then is printed as it is, where nothing else was asked for."""

EXACT = Context(prec=240)
"""Sums and products of prices and quantities stay exact."""

SHOWN_DIGITS = 4
"""Decimals that a mid or a microprice is shown with beyond those of the prices."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What follows from the best level of each side, and from the quantities that are shown."""

    spread: str
    spread_bps: float
    mid: str
    microprice: str
    imbalance: float
    """The bids' share of the quantity in all levels that are shown, 0 to 1."""


def figures(view: BookView) -> Figures | None:
    """The figures of a view; None where a side is empty."""
    best_bid = view.best_bid or next(iter(view.bids), None)
    best_ask = view.best_ask or next(iter(view.asks), None)
    if best_bid is None or best_ask is None:
        return None
    bid, ask = Decimal(best_bid.price), Decimal(best_ask.price)
    bid_qty, ask_qty = Decimal(best_bid.qty), Decimal(best_ask.qty)
    spread, mid = EXACT.subtract(ask, bid), EXACT.divide(EXACT.add(bid, ask), Decimal(2))
    weighted = EXACT.add(EXACT.multiply(bid, ask_qty), EXACT.multiply(ask, bid_qty))
    both = EXACT.add(bid_qty, ask_qty)
    decimals = max(_decimals(best_bid.price), _decimals(best_ask.price)) + SHOWN_DIGITS
    bids, asks = (sum((Decimal(level.qty) for level in side), Decimal(0)) for side in (view.bids, view.asks))
    return Figures(
        spread=f"{spread:f}",
        spread_bps=float(EXACT.divide(EXACT.multiply(spread, Decimal(10_000)), mid)) if mid else 0.0,
        mid=_rounded(mid, decimals),
        microprice=_rounded(EXACT.divide(weighted, both) if both else mid, decimals),
        imbalance=float(EXACT.divide(bids, EXACT.add(bids, asks))) if bids or asks else 0.5,
    )


def _decimals(price: str) -> int:
    """Decimals of a price that are not only filled up with zeros."""
    return len(price.partition(".")[2].rstrip("0"))


def _rounded(number: Decimal, decimals: int) -> str:
    """With at most so many decimals, and without zeros that say nothing."""
    text = f"{number:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def report(view: BookView, now: float) -> str:
    """The view as one JSON object. `now` is of the clock that the view's times are of."""
    status, found = view.status, figures(view)
    return orjson.dumps(
        {
            "market": status.market,
            "symbol": status.symbol,
            "state": status.state,
            "reason": status.reason,
            "since_s": round(max(0.0, now - status.since), 3),
            "resyncs": status.resyncs,
            "partial": status.partial,
            "update_id": status.update_id,
            "time": view.time_ms,
            "age_s": None if view.at is None else round(max(0.0, now - view.at), 3),
            "step": view.step,
            "levels_known": view.levels_known,
            "spread": found.spread if found else None,
            "spread_bps": found.spread_bps if found else None,
            "mid": found.mid if found else None,
            "microprice": found.microprice if found else None,
            "imbalance": found.imbalance if found else None,
            "bids": [[*level] for level in view.bids],
            "asks": [[*level] for level in view.asks],
        }
    ).decode()


def lines(view: BookView, now: float) -> list[str]:
    """The same for people: how far it can be trusted, the figures, then the levels of both sides."""
    status, found = view.status, figures(view)
    why = f": {status.reason}" if status.reason else ""
    age = f", changed {span(now - view.at)} ago" if view.at is not None else ""
    known = counted(view.levels_known, "level", "levels")
    out = [f"book of {status.key.label}: {status.state}{why}{age}, {known} known"]
    if found is not None:
        shown = counted(_levels(view), "level", "levels")
        out.append(
            f"spread {found.spread} ({found.spread_bps:.3f} bps)  mid {found.mid}  "
            f"microprice {found.microprice}  bids {found.imbalance:.0%} of {shown}"
        )
    if not _levels(view):
        return [escaped(line) for line in out]
    rows = [("bid qty", "bid", "ask", "ask qty"), *_rows(view.bids, view.asks)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for bid_qty, bid, ask, ask_qty in rows:
        left = f"{bid_qty:>{widths[0]}}  {bid:>{widths[1]}}"
        out.append(f"{left}  {ask:<{widths[2]}}  {ask_qty:<{widths[3]}}".rstrip())
    return [escaped(line) for line in out]


def _levels(view: BookView) -> int:
    return max(len(view.bids), len(view.asks))


def _rows(bids: Sequence[LadderLevel], asks: Sequence[LadderLevel]) -> list[tuple[str, str, str, str]]:
    """Both sides beside each other, best first; where one ends the other goes on alone."""
    rows = []
    for number in range(max(len(bids), len(asks))):
        bid = bids[number] if number < len(bids) else LadderLevel("", "", "")
        ask = asks[number] if number < len(asks) else LadderLevel("", "", "")
        rows.append((bid.qty, bid.price, ask.price, ask.qty))
    return rows


def show(view: BookView, now: float, options: BookOptions) -> int:
    """Print the view; the exit code says whether it can be trusted."""
    text = [report(view, now)] if options.json else lines(view, now)
    sys.stdout.write("".join(f"{line}\n" for line in text))
    sys.stdout.flush()
    return ExitCode.LIVE if view.status.state is BookState.SYNCED else ExitCode.BLIND


def _patience_s(options: BookOptions) -> float:
    return PATIENCE_S if options.for_s is None else options.for_s


def require_step(instrument: Instrument | None, step: str) -> None:
    """Raise UsageError for a price step whose levels would lie between the prices that there are."""
    tick = Decimal(instrument.tick_size) if instrument is not None and instrument.tick_size else Decimal(0)
    if step and tick > 0 and EXACT.remainder(Decimal(step), tick):
        raise UsageError(
            f"--step {step} is no multiple of the tick size.",
            f"Prices of {instrument.key.label} go by {_plain(tick)}." if instrument is not None else "",
        )


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


# On connections of our own


async def of_own(engine: Engine, key: SymbolKey, options: BookOptions) -> int:
    """Build the book on connections of our own.

    Raises ConnectError where none could be made, and UsageError for a step that does not fit.
    """
    require_step(engine.feed.instrument(key), options.step)
    clock = SystemClock()
    engine.keep_book(key, partial=options.partial)
    end = clock.monotonic() + _patience_s(options)
    while True:
        book = engine.feed.book(key)
        now = clock.monotonic()
        if book is not None and (book.is_good or now >= end):
            break
        await asyncio.sleep(max(0.0, min(LOOK_EVERY_S, end - now)))
    if not engine.feed.ever_connected():
        raise ConnectError("The exchange could not be reached.", "`bntui status --own` says why.")
    return show(book.view(options.levels, options.step), now, options)


# From the running engine


async def of_engine(running: RunningEngine, key: SymbolKey, options: BookOptions) -> int:
    """Ask the running engine, which has the book at once for a symbol that is open on some screen.

    Raises ConnectError when there is none, or nothing comes, and UsageError for what is not listed
    or a step that does not fit.
    """
    clock = SystemClock()
    mirror = Mirror(running.limits.own_engine_silence_s)
    focus = Focus(key.market, key.symbol, levels=options.levels, step=options.step, partial=options.partial)
    async with conversation(running) as carrier:
        end = clock.monotonic() + _patience_s(options)
        while True:
            await look(carrier, mirror, clock, running.limits, focus)
            require_listed(mirror, [key])
            require_step(mirror.instruments.get(key), options.step)
            view = mirror.panels.book if mirror.panels is not None else None
            over = clock.monotonic() >= end
            if view is not None and (over or view.status.state is BookState.SYNCED):
                break
            if over:
                raise ConnectError("No book came from the engine.", "`bntui status` may say why.")
            await asyncio.sleep(LOOK_EVERY_S)
    return show(view, mirror.now(clock.monotonic()), options)
