"""Times below the candles: round ones in the chosen zone, as many as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import NamedTuple

_SECOND, _MINUTE, _HOUR, _DAY = 1, 60, 3_600, 86_400

_STEPS_S = (
    *(_SECOND * n for n in (1, 5, 10, 15, 30)),
    *(_MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * n for n in (1, 2, 3, 6, 12)),
)
"""Round spans within a day; beyond it days, months and years are counted by the calendar."""

_MONTH_DAYS = 28
"""Of the shortest month: days farther apart than this are told by month."""

APART = 3
"""Empty cells between two times at least."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Zone(NamedTuple):
    """A time zone; None is that of this machine."""

    info: tzinfo | None = UTC

    def at(self, ms: int) -> datetime:
        """A moment on this zone's clocks; what no calendar can name reads as its beginning."""
        try:
            return datetime.fromtimestamp(ms / 1000, tz=UTC).astimezone(self.info)
        except (OverflowError, ValueError, OSError):
            return datetime.fromtimestamp(0, tz=UTC)

    def name(self, ms: int) -> str:
        """What it is called at that moment: `UTC`, `CET`."""
        return self.at(ms).tzname() or "UTC"


UTC_ZONE = Zone(UTC)
LOCAL_ZONE = Zone(None)


class Tick(NamedTuple):
    """A time at a place of the axis."""

    place: int
    """Which of the columns it belongs to."""
    text: str
    begins: bool
    """A day, a month or a year begins here: written with more weight."""


def ticks(opens_ms: Sequence[int], pitch: int, zone: Zone, second: bool) -> tuple[Tick, ...]:
    """Times for columns that open at these times and stand `pitch` cells apart; `second`: told to the second.

    The rounder one wins where there is no room for two: a day before an hour, a year before a month.
    Each stands centred below its column, and is left out where it would be cut off.
    """
    if len(opens_ms) < 2:
        return ()
    moments = [_moment(ms, zone) for ms in opens_ms]
    earlier = _moment(2 * opens_ms[0] - opens_ms[1], zone)
    widest = 8 if second else 6
    step = _step(opens_ms, (widest + APART) / pitch)
    wanted: list[tuple[float, int, str]] = []
    for place, moment in enumerate(moments):
        weight, text = _told(moment, moments[place - 1] if place else earlier, step, second)
        if text and len(text) // 2 <= place * pitch <= len(opens_ms) * pitch - (len(text) + 1) // 2:
            wanted.append((weight, place, text))
    wanted.sort(key=lambda one: (-one[0], one[1]))
    taken: list[tuple[int, int]] = []
    kept: list[Tick] = []
    for weight, place, text in wanted:
        left = place * pitch - len(text) // 2
        right = left + len(text) + APART
        if all(right <= one or left >= other for one, other in taken):
            taken.append((left, right))
            kept.append(Tick(place, text, weight >= 1))
    return tuple(sorted(kept))


def moment_text(ms: int, zone: Zone, length_s: float) -> str:
    """When a candle opened, as exactly as its length asks for: `2026-11-22 15:04`, `2026-11-22`."""
    at = zone.at(ms)
    if length_s >= _DAY:
        return f"{at:%Y-%m-%d}"
    return f"{at:%Y-%m-%d %H:%M:%S}" if length_s < _MINUTE else f"{at:%Y-%m-%d %H:%M}"


class _Moment(NamedTuple):
    """What of a time the axis looks at."""

    year: int
    month: int
    day: int
    second: int
    """Of the day."""


@lru_cache(maxsize=2_000)
def _moment(ms: int, zone: Zone) -> _Moment:
    at = zone.at(ms)
    return _Moment(at.year, at.month, at.day, at.hour * _HOUR + at.minute * _MINUTE + at.second)


def _step(opens_ms: Sequence[int], columns: float) -> float:
    """The smallest round span, in seconds, that takes so many columns."""
    seconds = (opens_ms[-1] - opens_ms[0]) / 1000 / max(len(opens_ms) - 1, 1)
    least = seconds * columns
    return next((step for step in _STEPS_S if step >= least), max(least, _DAY))


def _told(now: _Moment, before: _Moment, step: float, second: bool) -> tuple[float, str]:
    """How round a time is, and what is written of it; nothing where it is not round enough."""
    if now.year != before.year:
        return 3, str(now.year)
    if now.month != before.month:
        is_quarter = now.month % 3 == 1
        month = _MONTHS[now.month - 1]
        return 2.5 if is_quarter else 2, f"{now.day} {month}" if step <= _DAY else month
    if now.day != before.day:
        if step > _DAY * _MONTH_DAYS:
            return 0, ""
        roundness = 0.5 if now.day == 15 else 0.4 if now.day in (5, 10, 20, 25) else 0
        return 1 if step < _DAY else roundness, f"{now.day} {_MONTHS[now.month - 1]}"
    if step >= _DAY or now.second // step == before.second // step:
        return 0, ""
    clock = f"{now.second // _HOUR:02}:{now.second // _MINUTE % 60:02}"
    if second and step < _MINUTE:
        clock += f":{now.second % 60:02}"
    return 0, clock
