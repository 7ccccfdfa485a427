"""The calendar of candles: intervals in the exchange's words, `15m` or `1M`, and where theirs begin.

Candles begin at whole multiples of their interval since the epoch; weeks on Mondays, months on the first
day, all UTC.
"""

from __future__ import annotations

from calendar import timegm
from datetime import UTC, datetime, timedelta

_UNIT_MS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}

_MONTH = "M"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _parts(interval: str) -> tuple[int, str]:
    number, unit = interval[:-1], interval[-1:]
    if not number.isdecimal() or not int(number) or (unit != _MONTH and unit not in _UNIT_MS):
        raise ValueError(f"{interval!r} is no candle interval")
    return int(number), unit


def _shift_months(open_ms: int, months: int) -> int:
    moment = _EPOCH + timedelta(milliseconds=open_ms)
    month = moment.year * 12 + moment.month - 1 + months
    return timegm((month // 12, month % 12 + 1, 1, 0, 0, 0)) * 1000


def next_open(interval: str, open_ms: int) -> int:
    """When the candle behind the one that opened then opens. Raises ValueError for what is no interval."""
    number, unit = _parts(interval)
    return _shift_months(open_ms, number) if unit == _MONTH else open_ms + number * _UNIT_MS[unit]


def previous_open(interval: str, open_ms: int) -> int:
    """When the candle before the one that opened then opened. Raises ValueError for what is no interval."""
    number, unit = _parts(interval)
    return _shift_months(open_ms, -number) if unit == _MONTH else open_ms - number * _UNIT_MS[unit]
