"""`bntui candles`: a symbol's last candles, once, to a pipe."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import orjson

from bntui.asking import RunningEngine, conversation, look, require_listed
from bntui.clock import SystemClock
from bntui.commandoptions import CandlesOptions
from bntui.engine.engine import Engine
from bntui.engine.forms import utc
from bntui.errors import BntuiError, ConnectError, RestError, UsageError
from bntui.model.intervals import previous_open
from bntui.model.markets import SymbolKey
from bntui.model.panels import CandleView, Focus, Hole, Panels
from bntui.model.text import escaped
from bntui.model.verdict import ExitCode
from bntui.store.candles import view_of
from bntui.venue.base import RestCall, Venue
from bntui.wire.mirror import Mirror

LOOK_EVERY_S = 0.1

PATIENCE_S = 20.0
"""Past candles that have not come from the engine by then are given up."""

COLUMNS = ("time", "open", "high", "low", "close", "volume", "trades")


@dataclass(frozen=True, slots=True)
class Found:
    """What is printed."""

    key: SymbolKey
    interval: str
    rows: list[CandleView]
    """Oldest first."""
    holes: list[Hole]

    def newest(self, count: int) -> Found:
        """Only so many of the last candles, and the holes among them."""
        rows = self.rows[-count:]
        first_ms = rows[0].open_ms if rows else 0
        return Found(self.key, self.interval, rows, [hole for hole in self.holes if hole.to_ms >= first_ms])

    def lines(self, *, as_json: bool) -> list[str]:
        """One line a candle, and one a hole in its place."""
        return list(self._json() if as_json else self._table())

    def _in_order(self) -> Iterator[CandleView | Hole]:
        waiting = list(self.holes)
        for row in self.rows:
            while waiting and waiting[0].from_ms <= row.open_ms:
                yield waiting.pop(0)
            yield row
        yield from waiting

    def _json(self) -> Iterator[str]:
        common = {"market": self.key.market, "symbol": self.key.symbol, "interval": self.interval}
        for each in self._in_order():
            if isinstance(each, Hole):
                gap = {"from_id": each.from_ms, "to_id": each.to_ms, "cause": each.cause}
                yield orjson.dumps({"kind": "gap", **common, **gap}).decode()
                continue
            fields = {
                "open_time": each.open_ms,
                "close_time": each.close_ms,
                "open": each.open,
                "high": each.high,
                "low": each.low,
                "close": each.close,
                "volume": each.volume,
                "quote_volume": each.quote_volume,
                "trades": each.trades,
                "closed": each.closed,
            }
            yield orjson.dumps({"kind": "candle", **common, **fields}).decode()

    def _table(self) -> Iterator[str]:
        cells = [COLUMNS, *(_cells(row) for row in self.rows)]
        widths = [max(len(line[place]) for line in cells) for place in range(len(COLUMNS))]
        told = iter(cells)
        yield _aligned(next(told), widths)
        for each in self._in_order():
            if isinstance(each, Hole):
                missing = f"{utc(each.from_ms)} to {utc(each.to_ms)}"
                yield escaped(f"{missing}: no candles are known: {each.cause}")
            else:
                yield _aligned(next(told), widths) + ("" if each.closed else "  runs")


def _cells(row: CandleView) -> Sequence[str]:
    return utc(row.open_ms), row.open, row.high, row.low, row.close, row.volume, str(row.trades)


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (cell.ljust(widths[0]) if not n else cell.rjust(widths[n]) for n, cell in enumerate(cells))
    return "  ".join([first, *rest])


def show(found: Found, options: CandlesOptions) -> int:
    """Print the newest of them. Raises BntuiError where there is nothing to print."""
    if not found.rows:
        raise BntuiError(f"The exchange has no {found.interval} candles of {found.key.label}.")
    lines = found.newest(options.limit).lines(as_json=options.json)
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
    return ExitCode.LIVE


# By REST, without an engine


async def of_own(engine: Engine, key: SymbolKey, options: CandlesOptions) -> int:
    """Ask the exchange itself. Raises ConnectError where it does not answer, RestError where it refuses."""
    feed = engine.feed.market(key.market)
    venue, rest = feed.venue, feed.rest
    if options.interval not in venue.intervals:
        raise _no_such_interval(venue.name, options.interval, f"There are {', '.join(venue.intervals)}.")
    rows: list[CandleView] = []
    while len(rows) < options.limit:
        count = min(options.limit - len(rows), int(venue.limits.klines_rows))
        call = _call(venue, key.symbol, options.interval, count, rows)
        if not rest.affordable(call):
            raise BntuiError("Nothing was asked for: bntui's share of the request weight is used up.")
        try:
            body = await rest.fetch(call, optional=True)
            now = SystemClock().monotonic()
            candles = venue.bodies.candles(key.symbol, options.interval, body, rest.server_ms(), now)
        except RestError as error:
            if error.status == 0:
                raise ConnectError(error.message, error.hint) from None
            raise
        except ValueError as error:
            raise RestError(f"{call.name}: {error}") from None
        rows = [*map(view_of, candles), *rows]
        if len(candles) < count:
            break
    return show(Found(key, options.interval, rows, []), options)


def _call(venue: Venue, symbol: str, interval: str, count: int, rows: Sequence[CandleView]) -> RestCall:
    """What brings the candles before those that are here."""
    if not rows:
        return venue.calls.klines(symbol, interval, count)
    return venue.calls.candles_to(symbol, interval, previous_open(interval, rows[0].open_ms), count)


def _no_such_interval(where: str, interval: str, hint: str = "") -> UsageError:
    return UsageError(f"{where} has no candles of {interval}.", hint)


# From the running engine


async def of_engine(running: RunningEngine, key: SymbolKey, options: CandlesOptions) -> int:
    """Ask the running engine, which has them at once for a symbol that is open on some screen.

    Raises ConnectError when there is none, UsageError for what is not listed, and BntuiError when the
    candles do not come.
    """
    clock = SystemClock()
    mirror = Mirror(running.limits.own_engine_silence_s)
    focus = Focus(key.market, key.symbol, options.interval)
    async with conversation(running) as carrier:
        end = clock.monotonic() + PATIENCE_S
        while True:
            await look(carrier, mirror, clock, running.limits, focus)
            require_listed(mirror, [key])
            panels = mirror.panels
            if panels is not None and panels.interval not in ("", options.interval):
                raise _no_such_interval(f"The {key.market} market", options.interval)
            if panels is not None and _is_all(panels, options):
                break
            if clock.monotonic() >= end:
                why = panels.failure if panels is not None else ""
                raise BntuiError("The candles did not come.", why or "`bntui status` may say why.")
            if panels is not None and panels.candles and not panels.loading:
                focus = replace(focus, candles_from_ms=_first_wanted(panels, options))
            await asyncio.sleep(LOOK_EVERY_S)
    if not panels.candles and panels.failure:
        raise BntuiError(panels.failure)
    return show(Found(key, options.interval, list(panels.candles.values()), panels.holes), options)


def _is_all(panels: Panels, options: CandlesOptions) -> bool:
    """Whether no more candles will come."""
    return len(panels.candles) >= options.limit or (panels.first and not panels.loading)


def _first_wanted(panels: Panels, options: CandlesOptions) -> int:
    open_ms = next(iter(panels.candles))
    for _ in range(options.limit - len(panels.candles)):
        open_ms = previous_open(options.interval, open_ms)
    return open_ms
