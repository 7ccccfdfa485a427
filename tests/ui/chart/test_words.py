from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.model.panels import CandleView, Hole
from bntui.ui.chart.groups import Group, groups_of
from bntui.ui.chart.intervals import INTERVALS
from bntui.ui.chart.scene import Options, Scene, Ticks
from bntui.ui.chart.series import Series
from bntui.ui.chart.studies import Studies
from bntui.ui.chart.window import Window
from bntui.ui.chart.words import (
    blind_text,
    empty_words,
    flowed,
    legend_parts,
    note_parts,
    state_parts,
    title_parts,
    value_parts,
    without_bar,
)
from bntui.ui.widgets.lines import Part, part_width
from tests.support.candles import BEGIN_MS, INSTRUMENT, MINUTE_MS, candle, flat, walk

SCENE = Scene(120, 40, "1m", BEGIN_MS + 30_000, Ticks.of(INSTRUMENT), offered=INTERVALS)


def said(parts: list[Part] | tuple[Part, ...]) -> str:
    return " ".join(text for text, _ in parts)


def series_of(views: list[CandleView], holes: list[Hole] | None = None) -> Series:
    series = Series()
    series.take("1m", {view.open_ms: view for view in views}, holes or [])
    return series


def values(*views: CandleView, scene: Scene = SCENE) -> str:
    series = series_of(list(views))
    (group,) = groups_of(series, Window(), 1) if len(views) == 1 else groups_of(series, Window(3), 1)
    assert group.bar is not None
    return said(value_parts(scene, group.bar, group.views(series), series.slots.opens(group.first)))


def test_all_values_of_a_candle_are_told_as_the_exchange_printed_them() -> None:
    told = values(candle(BEGIN_MS, volume="12.50000", quote_volume="1250.5"))
    for words in (
        "O 100.00",
        "H 110.00",
        "L 90.00",
        "C 105.00",
        "▲ +5.00 +5.00%",
        "2025-11-22 12:00 UTC",
        "vol 12.50000 BTC",
        "quote 1.25k USDT",
        "42 trades",
    ):
        assert words in told


@pytest.mark.parametrize(
    ("close", "sign"), [("105.00", "▲ +5.00"), ("95.00", "▼ -5.00"), ("100.00", "= 0.00")]
)
def test_the_direction_is_told_without_colour(close: str, sign: str) -> None:
    assert sign in values(candle(BEGIN_MS, close=close))


def test_one_trade_and_none_are_told_in_words() -> None:
    assert values(candle(BEGIN_MS, trades=1)).endswith("1 trade")
    assert values(flat(BEGIN_MS, "5.00")).endswith("no trades")


def test_merged_candles_are_told_together_exactly() -> None:
    begin = BEGIN_MS // (2 * MINUTE_MS) * 2 * MINUTE_MS
    told = values(
        candle(begin, volume="0.10000", low="0.07"),
        candle(begin + MINUTE_MS, volume="0.20000", close="70.00", high="200.00"),
    )
    for words in ("O 100.00", "H 200.00", "L 0.07", "C 70.00", "vol 0.30000 BTC", "84 trades", "2 candles"):
        assert words in told


@pytest.mark.parametrize(
    ("open_ms", "closed", "words"),
    [
        (BEGIN_MS, False, "▴ running, 30s left"),
        (BEGIN_MS, True, "closed"),
        (BEGIN_MS - MINUTE_MS, False, "closed"),
        (BEGIN_MS - 10 * MINUTE_MS, False, "no candle since 9m30s"),
    ],
)
def test_the_newest_candle_says_what_it_is_doing(open_ms: int, closed: bool, words: str) -> None:
    last = candle(open_ms, closed=closed)
    assert said(state_parts(SCENE, series_of([last]), last)) == words


def test_a_candle_that_cannot_be_trusted_is_not_said_to_run() -> None:
    last = candle(BEGIN_MS, closed=False)
    assert said(state_parts(replace(SCENE, dark=True), series_of([last]), last)) == "last known"


def test_who_looks_at_the_past_is_told_what_he_misses() -> None:
    series = series_of(walk(20))
    assert series.last is not None
    away = replace(SCENE, window=Window(end=series.last - 7), options=Options(log=True))
    told = said(state_parts(away, series, series.views[series.last]))
    assert "» 7 newer, G to follow" in told
    assert told.startswith("log")


def test_every_interval_stands_in_the_title_the_shown_one_in_brackets() -> None:
    parts = title_parts(SCENE)
    assert tuple(word for _, word in parts) == INTERVALS
    assert "[1m]" in said([part for part, _ in parts])
    assert "[1h]" in said([part for part, _ in title_parts(replace(SCENE, choosing="1h"))])
    assert "[1h]" in said([part for part, _ in title_parts(replace(SCENE, wanted="1h"))])


@pytest.mark.parametrize("width", range(1, 90, 7))
@pytest.mark.parametrize("shown", ["1s", "1h", "1M"])
def test_a_narrow_title_shows_what_fits_around_the_shown_one(width: int, shown: str) -> None:
    parts = title_parts(replace(SCENE, width=width, interval=shown))
    words = [word for _, word in parts]
    assert shown in words
    assert len(words) == 1 or part_width([part for part, _ in parts]) <= width
    assert words == [word for word in INTERVALS if word in words]


def test_values_flow_over_lines_and_none_is_split() -> None:
    parts: list[Part] = [("aaaa", ""), ("bbbb", ""), ("cc", ""), ("d" * 30, ""), ("e", "")]
    lines = ["".join(text for text, _ in line) for line in flowed(parts, 12, 2)]
    assert lines == [" aaaa  bbbb", " cc  e"]
    assert flowed([], 12, 2) == [((" ", ""),)] * 2


def test_notes_say_what_is_wrong_first() -> None:
    hole = Hole(BEGIN_MS, BEGIN_MS + 2 * MINUTE_MS, "connection lost")
    series = series_of(walk(20, skip=(0, 1, 2)), [hole, hole._replace(cause="\x1b[31mred")])
    scene = replace(SCENE, failure="the exchange says no", loading=True)
    told = [text for text, _ in note_parts(scene, series, series.blind, False)]
    assert told[0] == "! no history: the exchange says no"
    assert told[1].startswith("░ blind 3m at 12:00: ")
    assert told[1].endswith("(and 1 more)")
    assert told[2] == "loading older candles…"
    assert "\x1b" not in "".join(told)


def test_the_beginning_is_named_where_it_is_seen() -> None:
    series = series_of(walk(20))
    scene = replace(SCENE, first=True)
    assert said(note_parts(scene, series, [], True)) == "nothing kept before 12:00"
    assert note_parts(scene, series, [], False) == []


def test_another_interval_is_announced_until_it_comes() -> None:
    assert "asking for 1h candles" in said(
        note_parts(replace(SCENE, wanted="1h"), series_of(walk(3)), [], False)
    )


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        (replace(SCENE, loading=True), "Asking for 1m candles…"),
        (replace(SCENE, interval=""), "Asking for candles…"),
        (replace(SCENE, failure="HTTP 418"), "No candles: HTTP 418"),
        (replace(SCENE, first=True), "The exchange has no 1m candle of this symbol."),
        (SCENE, "No 1m candle yet."),
    ],
)
def test_an_empty_chart_says_why(scene: Scene, words: str) -> None:
    assert empty_words(scene, False)[0] == words


def test_a_chart_that_is_empty_here_says_so() -> None:
    assert empty_words(SCENE, True)[0] == "No candle is known of this time."


def test_a_time_without_a_candle_says_whether_we_were_blind() -> None:
    series = series_of(
        walk(9, skip=(3, 4)), [Hole(BEGIN_MS + 3 * MINUTE_MS, BEGIN_MS + 3 * MINUTE_MS, "lost")]
    )
    assert series.first is not None
    blind, unknown = (Group(slot, slot, None, False) for slot in (series.first + 3, series.first + 4))
    assert said(without_bar(SCENE, series, blind)) == "12:03 UTC ░ blind: lost"
    assert said(without_bar(SCENE, series, unknown)) == "12:04 UTC no candle is known"


def test_how_long_we_were_blind_is_told_in_words() -> None:
    series = series_of([], [Hole(BEGIN_MS, BEGIN_MS + 119 * MINUTE_MS, "engine gone")])
    assert blind_text(series.blind[0], series, SCENE) == "blind 2h at 12:00: engine gone"
    assert blind_text(series.blind[0], series, SCENE, short=True) == "blind 2h: engine gone"


def test_the_legend_tells_lines_apart_and_their_values() -> None:
    series, studies = series_of(walk(60)), Studies.of(MINUTE_MS)
    studies.take(series, 0)
    told = groups_of(series, Window(), 1)[-1]
    parts = [text for text, _ in legend_parts(SCENE, series, studies, told, True)]
    assert [text.split()[0] for text in parts] == ["╌╌", "⠤⠤", "⠄⠄", "∙∙"]
    assert parts[3].endswith("since 12:00")
    assert parts[0] == "╌╌ no trades"
    off = replace(SCENE, options=Options(averages=False, vwap=False))
    assert legend_parts(off, series, studies, told, False) == []
    assert "EMA 9 —" in said(legend_parts(SCENE, series, Studies.of(MINUTE_MS), None, False))
