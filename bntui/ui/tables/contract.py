"""What only futures have, in words: mark price and index, funding, open interest, size, and an end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bntui.ui.format import NONE, age, bps, clean, decimal_of, duration, human, price, utc, width_of
from bntui.ui.panels.numbers import unit_of
from bntui.ui.widgets.lines import Line, Part, join, part_width

if TYPE_CHECKING:
    from bntui.model.markets import Instrument
    from bntui.model.views import WatchView

MARK_OLD_S = 10.0
"""A mark price comes each second, or each three (USD-M and COIN-M, Mark Price Stream): an older one is said
to be old."""

DAY_S = 86_400
HOUR_S = 3_600
MINUTE_S = 60


def countdown(left_ms: int) -> str:
    """A time that runs down, second by second: `03:12:45`, `2d 03:12:45`; never below nothing."""
    seconds = max(0, left_ms) // 1000
    days, rest = divmod(seconds, DAY_S)
    clock = f"{rest // HOUR_S:02}:{rest % HOUR_S // MINUTE_S:02}:{rest % MINUTE_S:02}"
    return f"{days}d {clock}" if days else clock


WIDEST_SYMBOL = 20
"""Cells of a symbol at most."""


def symbol_width(symbols: Iterable[str], least: int) -> int:
    """Cells of a column of these symbols: a contract's kind or last day, behind the underscore, must not be
    cut off, or two contracts would look the same."""
    contracts = (width_of(clean(symbol)) for symbol in symbols if "_" in symbol)
    return max(least, min(max(contracts, default=0), WIDEST_SYMBOL))


def contract_parts(row: WatchView, instrument: Instrument | None, now: float, wall_ms: int) -> list[Part]:
    """All that is known of a contract, the most important first; nothing for what is none. `wall_ms` is the
    exchange's time."""
    parts: list[Part] = []
    if row.mark_price is not None:
        parts += _marks(row, instrument, now)
    if instrument is not None and instrument.contract_size:
        size, quote = price(instrument.contract_size), clean(instrument.quote)
        parts.append((f"1 contract = {size} {quote}", ""))
    if row.funding_rate is not None:
        rate = decimal_of(row.funding_rate)
        shown = NONE if rate is None else f"{rate * 100:+.4f}%"
        when = "" if row.next_funding_ms is None else f" in {countdown(row.next_funding_ms - wall_ms)}"
        parts.append((f"funding {shown}{when}", ""))
    if instrument is not None and instrument.expires_ms is not None:
        day, left_ms = utc(instrument.expires_ms, "%Y-%m-%d %H:%M"), instrument.expires_ms - wall_ms
        left = duration(left_ms / 1000) if left_ms >= DAY_S * 1000 else countdown(left_ms)
        parts.append((f"expires {day} UTC, in {left}", ""))
    if row.open_interest is not None and row.open_interest_at is not None:
        amount = human(decimal_of(row.open_interest))
        old = age(now - row.open_interest_at)
        parts.append((f"open {amount} {unit_of(instrument)}".rstrip() + f", {old} ago", "faint"))
    return parts


def _marks(row: WatchView, instrument: Instrument | None, now: float) -> list[Part]:
    decimals = None if instrument is None else instrument.price_decimals
    parts: list[Part] = [(f"mark {_rounded(row.mark_price, decimals)}", "")]
    if row.index_price is not None:
        parts.append((f"index {_rounded(row.index_price, decimals)}", ""))
    mark, index = decimal_of(row.mark_price), decimal_of(row.index_price)
    if mark is not None and index:
        premium = (mark - index) * 10_000 / index
        sign = "+" if premium > 0 else ""
        parts.append((f"premium {sign}{bps(premium)} bps", ""))
    if row.mark_at is not None and now - row.mark_at > MARK_OLD_S:
        parts.append((f"mark {age(now - row.mark_at)} old", "stale"))
    return parts


def contract_lines(parts: Sequence[Part], width: int, most: int) -> list[Line]:
    """The parts in at most so many lines, each whole: what does not fit is left out, from the end."""
    lines: list[list[Part]] = []
    for part in parts:
        if lines and part_width(join([*lines[-1], part])) + 1 <= width:
            lines[-1].append(part)
        elif len(lines) < most and part_width((part,)) + 1 <= width:
            lines.append([part])
        else:
            break
    return [((" ", ""), *join(line)) for line in lines]


def _rounded(text: str | None, decimals: int | None) -> str:
    """A price that the exchange computes, with two digits more than prices that are traded at."""
    value = decimal_of(text)
    if value is None or decimals is None:
        return price(text)
    return f"{value:.{decimals + 2}f}"
