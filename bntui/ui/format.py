"""Numbers, times and outside text as the screens show them. Pure; no function here ever raises.

Prices and quantities stay text from the exchange to the screen. `Decimal` serves what is computed
from them (spread, percent, humanised volume), floats serve drawing and ages only.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Literal

from rich.cells import cell_len

from bntui.model.text import span

NONE = "—"
"""What stands for a value that is not known."""

ELLIPSIS = "…"

BLOCKS = "▁▂▃▄▅▆▇"
"""The heights of a sparkline's columns; the full block is left out, so that rows do not touch."""

SMALLEST_SPAN = 1e-300
"""Values that differ by less are alike: a scale for them would have no end."""

Align = Literal["left", "right"]

_UNITS = ("", "k", "M", "B", "T")

_BELOW_100 = Decimal("99.995")
_BELOW_1000 = Decimal("999.95")
"""Where rounding would give one digit more."""

_ONE, _TENTH, _HUNDREDTH, _THOUSANDTH = map(Decimal, ("1", "0.1", "0.01", "0.001"))
_10, _100, _1000, _10_000, _100_000 = map(Decimal, (10, 100, 1_000, 10_000, 100_000))
_20_000 = Decimal(20_000)
"""Made once: numbers on their way to the screen meet them ten times a second in each row."""

_TENTHS = tuple(f"{tenths / 10:.1f}s" for tenths in range(101))
"""The ages of what is younger than ten seconds, which most is."""

_MAGNITUDE = 40
"""Numbers of more digits than this, before or behind the point, are not computed with."""

SENTENCES_SHOWN = 64
"""Sentences whose lines are remembered: more are not on screen. What was shown longest ago is forgotten."""

SHOWN_OFTEN = 2_500
"""Numbers whose shape is remembered: of a row that changed most stand as before, and a tall screen holds some
hundred. What was shown longest ago is forgotten."""

_REPLACED = "\N{REPLACEMENT CHARACTER}"


def clean(text: str) -> str:
    """Outside text made harmless: one line, no terminal control, no change of writing direction.

    Control characters become visible replacements; invisible format characters (bidi overrides,
    joiners, variation selectors) disappear, because terminals disagree about their width.
    """
    return text if text.isascii() and text.isprintable() else _cleaned(text)


@lru_cache(maxsize=SHOWN_OFTEN)
def _cleaned(text: str) -> str:
    shown: list[str] = []
    for char in text:
        category = unicodedata.category(char)
        if char in "\t\n\r" or category in ("Zl", "Zp"):
            shown.append(" ")
        elif category in ("Cc", "Cs", "Co", "Cn"):
            shown.append(_REPLACED)
        elif category == "Cf" or "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef":
            continue
        else:
            shown.append(char)
    return "".join(shown)


def width_of(text: str) -> int:
    """Cells that the text takes in a terminal."""
    return len(text) if text.isascii() else cell_len(text)


@lru_cache(maxsize=SHOWN_OFTEN)
def fit(text: str, width: int, align: Align = "left") -> str:
    """The text in exactly `width` cells: padded, or cut with an ellipsis; wide characters stay whole."""
    if width <= 0:
        return ""
    cells = width_of(text)
    if cells > width:
        text = _cut(text, width - 1) + ELLIPSIS
        cells = width_of(text)
    padding = " " * (width - cells)
    return padding + text if align == "right" else text + padding


def _cut(text: str, width: int) -> str:
    if text.isascii():
        return text[:width]
    used = 0
    for index, char in enumerate(text):
        used += cell_len(char)
        if used > width:
            return text[:index]
    return text


def wrap(text: str, width: int, indent: int = 0) -> list[str]:
    """The text in lines of at most `width` cells, broken between words; all but the first are indented.

    A word that is longer than a line is broken where the line ends.
    """
    lines: list[str] = []
    line, room = "", max(width, 1)
    for word in text.split():
        while width_of(f"{line} {word}" if line else word) > room:
            if not line:
                # A wide character in a single cell: it must go on somewhere.
                line = _cut(word, room) or word[0]
                word = word[len(line) :]
            lines.append(line)
            line, room = "", max(width - indent, 1)
            if not word:
                break
        if word:
            line = f"{line} {word}" if line else word
    if line:
        lines.append(line)
    return [line if not at else " " * indent + line for at, line in enumerate(lines)]


@lru_cache(maxsize=SENTENCES_SHOWN)
def wrap_evenly(text: str, width: int, indent: int = 0) -> tuple[str, ...]:
    """As `wrap`, in no more lines, with as narrow ones as that takes: no word is left alone in the last."""
    lines = wrap(text, width, indent)
    narrowest, fitting = 1, width
    while len(lines) > 1 and narrowest < fitting:
        tried = (narrowest + fitting) // 2
        narrower = wrap(text, tried, indent)
        if len(narrower) > len(lines):
            narrowest = tried + 1
        else:
            fitting, lines = tried, narrower
    return tuple(lines)


@lru_cache(maxsize=SHOWN_OFTEN)
def decimal_of(text: str | None) -> Decimal | None:
    """The number that the text prints, or None where it prints none that can be computed with."""
    if text is None:
        return None
    try:
        number = Decimal(text)
    except (ArithmeticError, ValueError):
        return None
    if not number.is_finite() or abs(number.adjusted()) > _MAGNITUDE or len(text) > 2 * _MAGNITUDE:
        return None
    return number


@lru_cache(maxsize=SHOWN_OFTEN)
def price(text: str | None, decimals: int | None = None) -> str:
    """A price or quantity as the exchange printed it, less the zeros behind the tick's decimals.

    Digits are never rounded: one that the tick does not allow is shown all the same.
    """
    if not text:
        return NONE
    if decimals is None or not text.isascii():
        return clean(text)
    whole, point, fraction = text.partition(".")
    if not point or not fraction.isdigit():
        return clean(text)
    kept = fraction[: max(decimals, 0)] + fraction[max(decimals, 0) :].rstrip("0")
    return clean(f"{whole}.{kept}" if kept else whole)


def split_point(text: str) -> tuple[int, int]:
    """Characters before the decimal point, and behind it."""
    whole, _, fraction = text.partition(".")
    return len(whole), len(fraction)


def align_point(text: str, whole: int, fraction: int) -> str:
    """Pad a price so that its decimal point stands behind `whole` characters, with `fraction` to come.

    A price with more digits than the column foresees shifts, and loses none.
    """
    before, point, behind = text.partition(".")
    if not point:
        return before.rjust(whole) + " " * (fraction + 1 if fraction else 0)
    return f"{before.rjust(whole)}.{behind.ljust(fraction)}"


def change_percent(last: str | None, opened: str | None, printed: str | None) -> Decimal | None:
    """Per cent from `opened` to `last`; where one is not known, what the exchange printed."""
    now, then = decimal_of(last), decimal_of(opened)
    if now is not None and then:
        return (now - then) * _100 / then
    return decimal_of(printed)


def percent(value: Decimal | None) -> str:
    """A change with its sign, in seven cells: `+1.23%`, `-0.40%`, `0.00%`, `+123.4%`, `+49.9M%`."""
    if value is None:
        return NONE
    size = abs(value)
    if size >= _10_000:
        return f"{'+' if value > 0 else '-'}{human(size)}%"
    step = _HUNDREDTH if size < _BELOW_100 else _TENTH if size < _BELOW_1000 else _ONE
    text = f"{value.quantize(step, ROUND_HALF_EVEN):+}%"
    return "0.00%" if text in ("+0.00%", "-0.00%") else text


def spread_bps(bid: str | None, ask: str | None) -> Decimal | None:
    """The spread in hundredths of a per cent of the mid; None where a side is missing or zero."""
    low, high = decimal_of(bid), decimal_of(ask)
    if low is None or high is None or low <= 0 or high <= 0:
        return None
    return (high - low) * _20_000 / (high + low)


def bps(value: Decimal | None) -> str:
    """A spread in basis points, with three digits or so: `0.001`, `1.40`, `145`."""
    if value is None:
        return NONE
    size = abs(value)
    if size >= _100_000:
        return human(value)
    step = _THOUSANDTH if size < _ONE else _HUNDREDTH if size < _10 else _TENTH if size < _100 else _ONE
    text = str(value.quantize(step, ROUND_HALF_EVEN))
    return text.removeprefix("-") if not text.strip("-0.") else text


def human(value: Decimal | None) -> str:
    """A volume in three digits: `999`, `1.23k`, `45.6M`, `7.89B`. Digits behind are cut, not rounded."""
    if value is None:
        return NONE
    sign = "-" if value < 0 else ""
    size = abs(value)
    if size and size.adjusted() < -2:
        return f"{sign}<0.01"
    thousands = 0
    while size >= _1000 and thousands < len(_UNITS) - 1:
        size /= _1000
        thousands += 1
    unit = _UNITS[thousands]
    if size >= 1_000_000:
        return f"{sign}>999999{unit}"
    places = _HUNDREDTH if size < _10 else _TENTH if size < _100 else _ONE
    if not unit and size == size.to_integral_value():
        places = _ONE
    return f"{sign}{size.quantize(places, ROUND_DOWN)}{unit}"


def age(seconds: float | None) -> str:
    """How long ago: `0.4s`, `12s`, `4m12s`, `3h05m`, `2d04h`. Cut, not rounded; the future reads as now."""
    if seconds is None or not math.isfinite(seconds):
        return NONE
    if seconds < 10:
        # The clocks are floats: 0.2 s is a hair less in their difference.
        return _TENTHS[int(seconds * 10 + 1e-6)] if seconds > 0 else _TENTHS[0]
    return duration(seconds)


def duration(seconds: float | None) -> str:
    """A span of time in whole seconds: `7s`, `4m12s`, `3h05m`, `2d04h`, `120d`."""
    if seconds is None or not math.isfinite(seconds):
        return NONE
    days = int(max(seconds, 0.0)) // 86_400
    if days < 100:
        return span(seconds)
    return f"{days}d" if days < 10_000 else ">9999d"


def rate(value: float | None) -> str:
    """Events in a second: `0`, `0.4`, `12`, `3412`, `25.1k`."""
    if value is None or not math.isfinite(value):
        return NONE
    size = max(value, 0.0)
    if size == 0:
        return "0"
    if size < 10:
        return f"{size:.1f}"
    if size < 10_000:
        return f"{size:.0f}"
    if size < 10_000_000:
        return f"{size / 1000:.1f}k" if size < 100_000 else f"{size / 1000:.0f}k"
    return ">10M"


def kilobytes(value: float | None) -> str:
    """Bytes as kilobytes of 1000, without the unit: `0.4`, `12`, `3412`."""
    return NONE if value is None else rate(value / 1000)


def millis(value: float | None, *, signed: bool = False) -> str:
    """Milliseconds without the unit, with their sign where they can be negative; ten seconds and more
    are told in words: `+12s`."""
    if value is None or not math.isfinite(value):
        return NONE
    size = abs(value)
    if size >= 10_000:
        return f"{'-' if value < 0 else '+' if signed else ''}{duration(size / 1000)}"
    text = f"{value:+.0f}" if signed else f"{value:.0f}"
    if size < 10 and not signed:
        text = f"{value:.1f}"
    return "0" if text in ("-0", "+0") else text


def utc(epoch_ms: int | None, pattern: str = "%H:%M:%S") -> str:
    """A moment in UTC; the screen says the zone beside it, or in the column's title."""
    if epoch_ms is None:
        return NONE
    try:
        return datetime.fromtimestamp(epoch_ms / 1000, tz=UTC).strftime(pattern)
    except (OverflowError, ValueError, OSError):
        return NONE


def sparkline(values: Sequence[float], width: int) -> str:
    """The newest `width` values as columns, the newest at the right edge."""
    if width <= 0:
        return ""
    shown = values[-width:]
    finite = shown if all(map(math.isfinite, shown)) else [value for value in shown if math.isfinite(value)]
    if not finite:
        return " " * width
    low = min(finite)
    span = max(finite) - low
    scale = (len(BLOCKS) - 1) / span if SMALLEST_SPAN < span < math.inf else None
    if scale is None:
        line = "".join(BLOCKS[0] if math.isfinite(value) else " " for value in shown)
    elif finite is shown:
        line = "".join([BLOCKS[int((value - low) * scale + 0.5)] for value in shown])
    else:
        line = "".join(
            BLOCKS[int((value - low) * scale + 0.5)] if math.isfinite(value) else " " for value in shown
        )
    return line.rjust(width)


def gauge(share: float, width: int) -> str:
    """A bar of `width` cells, filled to `share` (0 to 1) in eighths."""
    if width <= 0:
        return ""
    level = 0.0 if not math.isfinite(share) else min(max(share, 0.0), 1.0)
    eighths = round(level * width * 8)
    full, rest = divmod(eighths, 8)
    part = " ▏▎▍▌▋▊▉"[rest] if rest else ""
    return ("█" * full + part).ljust(width, "·")[:width]
