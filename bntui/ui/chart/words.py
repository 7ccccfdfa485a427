"""What the chart says in words and figures: the title, the values of a candle, legend and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bntui.model.panels import CandleView
from bntui.ui.chart.groups import Group
from bntui.ui.chart.intervals import length_ms
from bntui.ui.chart.scale import price_text
from bntui.ui.chart.scene import Scene, Ticks
from bntui.ui.chart.series import Bar, Blind, Series
from bntui.ui.chart.studies import EMA_LONG, EMA_SHORT, Studies
from bntui.ui.chart.timeline import moment_text
from bntui.ui.format import NONE, change_percent, clean, decimal_of, duration, human, percent, price
from bntui.ui.widgets.lines import Line, Part, cut, part_width

GAP: Part = ("  ", "")

STATE_WIDTH = 28
"""Columns of the title that are kept free of intervals, to say what the view is doing."""


def blind_text(blind: Blind, series: Series, scene: Scene, short: bool = False) -> str:
    """What is known of a time that we were blind in: `blind 3m at 12:04: connection lost`."""
    opened, ended = series.slots.opens(blind.first), series.slots.opens(blind.last + 1)
    span = f"blind {duration((ended - opened) / 1000).replace('m00s', 'm').replace('h00m', 'h')}"
    if short:
        return f"{span}: {clean(blind.cause)}"
    return f"{span} at {_clock(opened, scene)}: {clean(blind.cause)}"


def title_parts(scene: Scene) -> list[tuple[Part, str]]:
    """The intervals, each with the word that it stands for; in brackets the one that is shown.

    While the chooser is open, in brackets the one under its cursor.
    """
    marked = scene.choosing or scene.wanted or scene.interval
    offered = scene.offered or (marked,)
    room = scene.width - 1 - (0 if scene.choosing is not None else STATE_WIDTH)
    parts: list[tuple[Part, str]] = []
    for word in _around(offered, marked, room):
        style = "key" if scene.choosing is not None else "title"
        if word == marked:
            style = "chip-tab" if scene.lit else "strong"
        parts.append(((f"[{word}]" if word == marked else f" {word} ", style), word))
    return parts


def state_parts(scene: Scene, series: Series, last: CandleView | None) -> Line:
    """Whether the view follows the market, and what the running candle is doing."""
    glyphs = scene.glyphs
    parts: list[Part] = []
    if scene.options.log:
        parts += [("log", "title"), GAP]
    newest = series.last
    if scene.window.end is not None and newest is not None:
        newer = max(newest - scene.window.end, 0)
        parts.append((f"{glyphs.back} {newer} newer, G to follow", "degraded"))
    elif last is None:
        pass
    elif scene.now_ms >= last.close_ms + length_ms(scene.interval) + 1:
        late = duration((scene.now_ms - last.close_ms) / 1000)
        parts.append((f"no candle since {late}", "stale"))
    elif scene.dark:
        parts.append(("last known", "stale"))
    elif last.closed or scene.now_ms > last.close_ms:
        parts.append(("closed", "title"))
    else:
        left = duration((last.close_ms + 1 - scene.now_ms) / 1000)
        parts.append((f"{glyphs.now} running, {left} left", "title"))
    return tuple(parts)


def value_parts(scene: Scene, bar: Bar, views: Sequence[CandleView], opens_ms: int) -> list[Part]:
    """All that is known of a candle, in the order of importance where there is no room for all."""
    glyphs, ticks = scene.glyphs, scene.ticks
    style = {1: "up", -1: "down", 0: ""}[bar.direction]
    sign = {1: glyphs.up, -1: glyphs.down, 0: "="}[bar.direction]
    opened, closed = views[0].open, views[-1].close
    high = max((view.high for view in views), key=_number)
    low = min((view.low for view in views), key=_number)
    volume = _sum([view.volume for view in views], ticks.quantity_decimals)
    quote = sum((_number(view.quote_volume) for view in views), Decimal(0))
    parts: list[Part] = [
        (f"{_price(name, text, ticks)}", style)
        for name, text in (("O", opened), ("H", high), ("L", low), ("C", closed))
    ]
    change = _number(closed) - _number(opened)
    moved = f"{'+' if change > 0 else ''}{price_text(change, ticks.price_decimals)}"
    parts.append((f"{sign} {moved} {percent(change_percent(closed, opened, None))}", style))
    when = moment_text(opens_ms, scene.options.zone, length_ms(scene.interval) * bar.candles / 1000)
    parts.append((f"{when} {scene.options.zone.name(opens_ms)}", "title"))
    parts.append((f"vol {volume} {clean(ticks.base)}".rstrip(), ""))
    parts.append((f"{ticks.other} {human(quote)} {clean(ticks.quote)}".rstrip(), ""))
    trades = bar.trades
    parts.append(("no trades" if not trades else f"{trades} trade{'s' * (trades != 1)}", ""))
    if len(views) > 1:
        parts.append((f"{len(views)} candles", "title"))
    return parts


def values_width(scene: Scene, label: int) -> int:
    """Cells that the values of a candle take in a row, about; the same for every candle of a symbol."""
    names = len(scene.ticks.base) + len(scene.ticks.quote)
    return 4 * (label + 4) + (label + 12) + 22 + 18 + 14 + 14 + names


def flowed(parts: Sequence[Part], width: int, lines: int) -> list[Line]:
    """The parts in so many lines, as far as they go; a part is never split."""
    rows: list[list[Part]] = [[]]
    for part in parts:
        gap = [GAP] if rows[-1] else []
        if part_width([*rows[-1], *gap, part]) + 1 > width:
            if len(rows) == lines:
                continue
            rows.append([])
            gap = []
        rows[-1] += [*gap, part]
    rows += [[]] * (lines - len(rows))
    return [cut(((" ", ""), *row), width) for row in rows[:lines]]


def note_parts(scene: Scene, series: Series, blinds: Sequence[Blind], oldest_shown: bool) -> list[Part]:
    """What must be said of the candles that are visible, the most important first."""
    parts: list[Part] = []
    if scene.failure:
        parts.append((f"! no history: {clean(scene.failure)}", "stale"))
    if blinds:
        newest = blinds[-1]
        more = f" (and {len(blinds) - 1} more)" if len(blinds) > 1 else ""
        parts.append((f"{scene.glyphs.blind} {blind_text(newest, series, scene)}{more}", "blind"))
    if scene.wanted and scene.wanted != scene.interval:
        parts.append((f"asking for {scene.wanted} candles…", "waiting"))
    elif scene.loading:
        parts.append(("loading older candles…", "waiting"))
    elif scene.first and oldest_shown and series.first is not None:
        parts.append((f"nothing kept before {_clock(series.slots.opens(series.first), scene)}", "title"))
    return parts


def empty_words(scene: Scene, elsewhere: bool) -> Part:
    """What stands in the plot while there is no candle in it; `elsewhere`: there are some, at other times."""
    word = scene.wanted or scene.interval
    if elsewhere:
        return "No candle is known of this time.", "title"
    if scene.failure:
        return f"No candles: {clean(scene.failure)}", "stale"
    if scene.loading or not scene.interval or word != scene.interval:
        return f"Asking for {word} candles…" if word else "Asking for candles…", "waiting"
    if scene.first:
        return f"The exchange has no {word} candle of this symbol.", "title"
    return f"No {word} candle yet.", "title"


def without_bar(scene: Scene, series: Series, group: Group) -> list[Part]:
    """What is told of a time without a candle: when it was, and whether we were blind."""
    opened = series.slots.opens(group.first)
    when = f"{_clock(opened, scene)} {scene.options.zone.name(opened)}"
    blinds = series.blind_between(group.first, group.last)
    if not blinds:
        return [(when, "title"), ("no candle is known", "title")]
    return [(when, "title"), (f"{scene.glyphs.blind} blind: {clean(blinds[0].cause)}", "blind")]


def legend_parts(
    scene: Scene, series: Series, studies: Studies, told: Group | None, idle: bool
) -> list[Part]:
    """What the lines in the plot are, with their values at the candle that is told of; the candles' looks."""
    glyphs, ticks = scene.glyphs, scene.ticks
    parts: list[Part] = []

    if idle:
        parts.append((f"{glyphs.idle * 2} no trades", "faint"))

    def study(sign: str, name: str, values: Mapping[int, float], style: str, since: str = "") -> None:
        value = None if told is None else told.value(values)
        text = NONE if value is None else price_text(Decimal(repr(value)), ticks.price_decimals)
        parts.append((f"{sign} {name} {text}{since}", style))

    if scene.options.averages:
        study(glyphs.curve[1] * 2, f"EMA {EMA_SHORT}", studies.short.values, "line-1")
        study(glyphs.dots[1] * 2, f"EMA {EMA_LONG}", studies.long.values, "line-2")
    if scene.options.vwap:
        since = None if told is None else studies.vwap.since.get(told.bar.slot if told.bar else told.last)
        began = "" if since is None else f" since {_clock(series.slots.opens(since), scene)}"
        study(glyphs.mark[0] * 2, "VWAP", studies.vwap.values, "line-3", began)
    return parts


def _clock(ms: int, scene: Scene) -> str:
    """A moment on the axis, without the day where that is today."""
    text = moment_text(ms, scene.options.zone, length_ms(scene.interval) / 1000)
    today = moment_text(scene.now_ms, scene.options.zone, 0)[:11]
    return text.removeprefix(today)


def _around(words: Sequence[str], marked: str, width: int) -> Sequence[str]:
    """As many of the words as fit, with the marked one among them."""
    if marked not in words:
        words = (marked, *words)
    first, last = 0, len(words)
    at = words.index(marked)
    while first < last - 1 and sum(len(word) + 2 for word in words[first:last]) > width:
        if last - 1 - at >= at - first:
            last -= 1
        else:
            first += 1
    return words[first:last]


def _price(name: str, text: str, ticks: Ticks) -> str:
    return f"{name} {price(text, ticks.price_decimals)}"


def _number(text: str) -> Decimal:
    return decimal_of(text) or Decimal(0)


def _sum(texts: Sequence[str], decimals: int) -> str:
    """Quantities together, exact; a single one as the exchange printed it."""
    if len(texts) == 1:
        return price(texts[0], decimals)
    return price(f"{sum((_number(text) for text in texts), Decimal(0)):f}", decimals)
