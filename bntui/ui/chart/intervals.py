"""The intervals of candles as places on a time axis: which slot a time falls into, and when a slot opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

INTERVALS = (
    "1s",
    "1m",
    "3m",
    "5m",
    "15m",
    "30m",
    "1h",
    "2h",
    "4h",
    "6h",
    "8h",
    "12h",
    "1d",
    "3d",
    "1w",
    "1M",
)
"""Every interval that the venue has candles of, the shortest first."""

DEFAULT = "1m"

_UNITS_MS = {
    "s": 1_000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 604_800_000,
    "M": 2_592_000_000,
}
"""Length of each unit; the month's is its usual one, for estimates only."""

_MONTHS_A_YEAR = 12

_LATEST_MS = 253_370_764_800_000
"""The beginning of the year 9999: what lies beyond is no time that a calendar can name."""


def length_ms(interval: str) -> int:
    """How long one candle is, a month 30 days; a word that is no interval counts as a minute."""
    count, unit = interval[:-1], interval[-1:]
    if unit in _UNITS_MS and count.isascii() and count.isdigit() and 0 < int(count) < 1_000:
        return int(count) * _UNITS_MS[unit]
    return _UNITS_MS["m"]


@dataclass(frozen=True, slots=True)
class Slots:
    """The places of an interval's candles, counted without a break, whether or not there is a candle.

    Weeks begin on a Monday and three days somewhere, so that the places follow a candle that is known;
    months follow the calendar.
    """

    length_ms: int
    anchor_ms: int = 0
    """When one of the candles opens."""
    months: int = 0
    """Months that a candle lasts; 0: it lasts `length_ms`."""

    @classmethod
    def of(cls, interval: str, some_open_ms: int = 0) -> Slots:
        """The slots of an interval, one of whose candles opens at that time."""
        length = length_ms(interval)
        if interval.endswith("M"):
            return cls(length, months=max(length // _UNITS_MS["M"], 1))
        return cls(length, some_open_ms % length)

    def at(self, ms: int) -> int:
        """The number of the slot that the time falls into."""
        if not self.months:
            return (ms - self.anchor_ms) // self.length_ms
        at = datetime.fromtimestamp(min(max(ms, 0), _LATEST_MS) / 1000, tz=UTC)
        return (at.year * _MONTHS_A_YEAR + at.month - 1) // self.months

    def opens(self, slot: int) -> int:
        """When the slot opens, in epoch ms."""
        if not self.months:
            return slot * self.length_ms + self.anchor_ms
        year, month = divmod(slot * self.months, _MONTHS_A_YEAR)
        if not 1970 <= year < 9999:
            return 0 if year < 1970 else _LATEST_MS
        return int(datetime(year, month + 1, 1, tzinfo=UTC).timestamp() * 1000)
