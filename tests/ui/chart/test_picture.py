from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bntui.model.markets import Instrument
from bntui.model.panels import CandleView, Hole
from bntui.ui.chart.glyphs import ASCII, BLOCKS
from bntui.ui.chart.intervals import INTERVALS, length_ms
from bntui.ui.chart.picture import Picture
from bntui.ui.chart.scene import Cross, Options, Scene, Ticks
from bntui.ui.chart.series import Series
from bntui.ui.chart.studies import Studies
from bntui.ui.chart.window import ZOOMS, Window
from bntui.ui.format import width_of
from bntui.ui.widgets.lines import Line, part_width
from tests.support.candles import BEGIN_MS, INSTRUMENT, MINUTE_MS, candle, flat, walk

SCENE = Scene(100, 30, "1m", BEGIN_MS, Ticks.of(INSTRUMENT), offered=INTERVALS)


class Drawn:
    """A chart of these candles, as it is drawn."""

    def __init__(self, views: Sequence[CandleView], holes: Sequence[Hole] = (), interval: str = "1m") -> None:
        self.series = Series()
        self.series.take(interval, {view.open_ms: view for view in views}, holes)
        self.studies = Studies.of(length_ms(interval))
        self.studies.take(self.series, -(10**15))
        self.picture = Picture()

    def lines(self, scene: Scene = SCENE) -> list[Line]:
        return self.picture.draw(scene, self.series, self.studies)

    def text(self, scene: Scene = SCENE) -> str:
        return "\n".join("".join(part for part, _ in line) for line in self.lines(scene))

    def styles(self, scene: Scene = SCENE) -> set[str]:
        return {style for line in self.lines(scene) for _, style in line}


def instrument(tick: str) -> Instrument:
    decimals = max(-int(Decimal(tick).normalize().as_tuple().exponent), 0)
    return replace(INSTRUMENT, tick_size=tick, price_decimals=decimals)


PRICES = st.decimals(
    min_value="0.00000001", max_value="1000000", allow_nan=False, allow_infinity=False, places=8
).map(lambda price: f"{price:f}")
TEXTS = st.sampled_from(["", "NaN", "1e400", "-5", "0", "x", "\x1b[31m", "币"])


@st.composite
def charts(draw: st.DrawFn) -> tuple[Drawn, Scene]:
    interval = draw(st.sampled_from(INTERVALS))
    length = length_ms(interval)
    views = []
    for place in draw(st.sets(st.integers(0, 60) | st.sampled_from([-(10**6), 10**6]), max_size=25)):
        opened, high, low, close = (
            draw(PRICES | TEXTS) if place % 7 == 0 else draw(PRICES) for _ in range(4)
        )
        views.append(
            candle(
                BEGIN_MS + place * length,
                opened,
                high,
                low,
                close,
                length=length,
                volume=draw(PRICES | TEXTS),
                trades=draw(st.integers(0, 3)),
                closed=draw(st.booleans()),
            )
        )
    holes = [
        Hole(BEGIN_MS + first * length, BEGIN_MS + (first + more) * length, "lost")
        for first, more in draw(st.lists(st.tuples(st.integers(0, 70), st.integers(-1, 40)), max_size=3))
    ]
    chart = Drawn(views, holes, interval)
    newest = chart.series.last or 0
    cross = Cross(newest - draw(st.integers(-2, 50)), draw(st.none() | st.integers(0, 80)))
    scene = Scene(
        draw(st.integers(0, 160)),
        draw(st.integers(0, 50)),
        interval,
        BEGIN_MS + draw(st.integers(-(10**6), 10**9)),
        Ticks.of(draw(st.none() | st.sampled_from(["0.01", "0.00000001", "1000"]).map(instrument))),
        Window(
            draw(st.integers(0, len(ZOOMS) - 1)),
            draw(st.none() | st.integers(0, 80).map(lambda n: newest - n)),
        ),
        Options(*draw(st.tuples(*[st.booleans()] * 4))),
        draw(st.none() | st.just(cross)),
        draw(st.none() | st.sampled_from(INTERVALS)),
        "enter",
        INTERVALS,
        draw(st.sampled_from(["", "1h"])),
        dark=draw(st.booleans()),
        first=draw(st.booleans()),
        loading=draw(st.booleans()),
        failure=draw(st.sampled_from(["", "the exchange says no"])),
        glyphs=draw(st.sampled_from([BLOCKS, ASCII])),
    )
    return chart, scene


@settings(max_examples=150, deadline=None)
@given(charts())
def test_any_candles_at_any_size_are_drawn_within_their_bounds(chart: tuple[Drawn, Scene]) -> None:
    drawn, scene = chart
    lines = drawn.lines(scene)
    assert len(lines) == scene.height
    assert all(part_width(line) <= scene.width for line in lines)
    if scene.glyphs is ASCII:
        assert all(text.isascii() for line in lines for text, _ in line)


@settings(max_examples=60, deadline=None)
@given(charts())
def test_what_was_drawn_before_leaves_no_trace(chart: tuple[Drawn, Scene]) -> None:
    drawn, scene = chart
    first = drawn.lines(scene)
    drawn.lines(replace(scene, width=scene.width // 2 + 1, window=Window(0), dark=not scene.dark))
    drawn.picture.forget()
    assert drawn.lines(scene) == first


def column_of(drawn: Drawn, number: int, scene: Scene = SCENE) -> str:
    """The plot's characters of one candle, counted from the newest as in a list, top down."""
    lines = drawn.lines(scene)
    layout, plot = drawn.picture.layout, drawn.picture.plot
    x = (
        layout.inset
        + plot.left
        + (len(plot.groups) + number) * scene.window.zoom.pitch
        + scene.window.zoom.width // 2
    )
    rows = ["".join(text for text, _ in line) for line in lines[layout.top : layout.top + layout.plot]]
    return "".join(row[x] for row in rows)


def test_up_and_down_are_told_apart_without_colour() -> None:
    drawn = Drawn([candle(BEGIN_MS), candle(BEGIN_MS + MINUTE_MS, "105.00", close="95.00")])
    rose, fell = column_of(drawn, -2), column_of(drawn, -1)
    assert "┃" in rose
    assert "█" not in rose
    assert "█" in fell
    assert "┃" not in fell


def test_minutes_without_trades_look_unlike_minutes_that_we_were_blind_in() -> None:
    views = [*walk(30, skip=range(10, 20)), flat(BEGIN_MS + 30 * MINUTE_MS, "64000.00")]
    drawn = Drawn(views, [Hole(BEGIN_MS + 10 * MINUTE_MS, BEGIN_MS + 19 * MINUTE_MS, "connection lost")])
    text = drawn.text()
    assert "blind 10m: connection lost" not in text
    assert "░ blind 10m at 12:10: connection lost" in text
    assert "╌╌ no trades" in text
    assert "░" in text.splitlines()[8]
    assert {"shade", "blind"} <= drawn.styles()


def test_a_candle_of_which_a_part_is_missing_says_so() -> None:
    hole = Hole(BEGIN_MS + 29 * MINUTE_MS, BEGIN_MS + 29 * MINUTE_MS, "its end was never told")
    assert "░ known in part" in Drawn(walk(30), [hole]).text()
    assert "known in part" not in Drawn(walk(30)).text()


def test_a_blind_time_with_room_says_in_the_plot_what_it_was() -> None:
    views = walk(60, skip=range(20, 50))
    drawn = Drawn(views, [Hole(BEGIN_MS + 20 * MINUTE_MS, BEGIN_MS + 49 * MINUTE_MS, "connection lost")])
    lines = drawn.text().splitlines()
    assert " blind 30m: connection lost " in lines[drawn.picture.layout.top]
    assert "blind" not in lines[-1]


def test_what_is_simply_not_there_is_empty() -> None:
    drawn = Drawn(walk(40, skip=range(20, 30)))
    assert "░" not in drawn.text()
    assert set(column_of(drawn, -15, replace(SCENE, options=Options(False, False)))) <= set(" ┈┊╌")


def test_the_last_price_has_a_line_and_a_label_in_the_exchanges_text() -> None:
    drawn = Drawn(
        [*walk(40), candle(BEGIN_MS + 40 * MINUTE_MS, "63000.00", "63010.00", "62900.00", "62950.70")]
    )
    (line,) = (line for line in drawn.text().splitlines() if "◂" in line)
    assert line.rstrip().endswith("◂62950.70")
    assert line.startswith(" ╌")
    assert "price-down" in drawn.styles()


def test_the_running_candle_is_marked() -> None:
    running, closed = Drawn(walk(40)), Drawn(walk(40, running=False))
    times = -2
    assert "▴" in running.text().splitlines()[times]
    assert "▴" not in closed.text().splitlines()[times]


def test_the_zone_is_always_named() -> None:
    drawn = Drawn(walk(40))
    for width in (12, 20, 46, 80, 200):
        for height in (5, 10, 24, 60):
            assert "UTC" in drawn.text(replace(SCENE, width=width, height=height)), (width, height)


@pytest.mark.parametrize("tick", ["0.01000000", "0.00000001"])
def test_the_axis_has_the_exchanges_decimals(tick: str) -> None:
    price = "1000000.00" if tick == "0.01000000" else "0.00000001"
    scene = replace(SCENE, ticks=Ticks.of(instrument(tick)))
    drawn = Drawn([flat(BEGIN_MS + at * MINUTE_MS, price) for at in range(30)])
    assert f"◂{price}" in drawn.text(scene)
    labels = [line.split()[-1] for line in drawn.text(scene).splitlines()[4:20] if line[-12:].strip()]
    assert labels
    decimals = len(price.partition(".")[2])
    assert all(len(label.strip("◂").partition(".")[2]) == decimals for label in labels if "." in label)


def test_a_candle_far_outside_and_a_spike_of_volume_are_borne() -> None:
    views = walk(40)
    views[30] = replace(views[30], high="9999999.00", volume="99999999999.00000")
    drawn = Drawn(views)
    assert "↑" in drawn.text()
    assert drawn.picture.plot.scale is not None
    assert drawn.picture.plot.scale.holds(9_999_999)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_candles_are_enough(count: int) -> None:
    text = Drawn(walk(count)).text()
    assert ("◂" in text) == bool(count)


def test_five_lines_of_twenty_columns_show_a_chart() -> None:
    drawn = Drawn(walk(40))
    lines = drawn.text(replace(SCENE, width=20, height=5)).splitlines()
    assert lines[0].startswith("[1m]")
    assert any("█" in line or "│" in line for line in lines[1:4])
    assert lines[4].rstrip().endswith("UTC")


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        (replace(SCENE, loading=True), "Asking for 1m candles…"),
        (replace(SCENE, failure="HTTP 418: banned"), "No candles: HTTP 418: banned"),
        (replace(SCENE, first=True), "The exchange has no 1m candle of this symbol."),
    ],
)
def test_without_candles_the_chart_says_why(scene: Scene, words: str) -> None:
    for height in (1, 5, 12, 30):
        assert words in Drawn([]).text(replace(scene, height=height))


def test_notes_stand_in_the_plot_where_there_is_no_line_for_them() -> None:
    scene = replace(SCENE, height=10, failure="the exchange says no")
    lines = Drawn(walk(40)).text(scene).splitlines()
    assert lines[2].startswith(" ! no history: the exchange says no")


def test_the_crosshair_tells_its_candle_its_price_and_its_time() -> None:
    drawn = Drawn(walk(60))
    assert drawn.series.first is not None
    slot = drawn.series.first + 40
    view = drawn.series.views[slot]
    lines = drawn.text(replace(SCENE, cross=Cross(slot))).splitlines()
    assert f"C {view.close}" in lines[1]
    assert "2025-11-22 12:40" in lines[-2]
    assert sum("│" in line for line in lines) > 15
    held = drawn.text(replace(SCENE, cross=Cross(slot, 3))).splitlines()
    assert held[drawn.picture.layout.top + 3].count("─") > 50


def test_what_cannot_be_trusted_is_faint() -> None:
    drawn = Drawn(walk(60), [Hole(BEGIN_MS + 60 * MINUTE_MS, BEGIN_MS + 63 * MINUTE_MS, "lost")])
    assert drawn.styles(replace(SCENE, dark=True)) == {"", "grid", "faint"}, "the grid is no data"


def test_a_logarithmic_scale_is_drawn_and_said() -> None:
    drawn = Drawn(walk(200, price=1.0, swing=0.2, tick="0.00000001"))
    scene = replace(
        SCENE, options=Options(log=True), ticks=Ticks.of(instrument("0.00000001")), window=Window(4)
    )
    assert "log" in drawn.text(scene).splitlines()[0]
    assert drawn.picture.plot.scale is not None
    assert drawn.picture.plot.scale.log


def test_every_line_is_as_wide_as_what_its_text_takes() -> None:
    drawn = Drawn(walk(200))
    for zoom in range(len(ZOOMS)):
        for line in drawn.lines(replace(SCENE, window=Window(zoom)))[3:-1]:
            assert sum(width_of(text) for text, _ in line) == SCENE.width


def test_a_tick_changes_only_the_lines_that_it_touches() -> None:
    views = walk(200)
    drawn = Drawn(views)
    before = drawn.lines()
    last = views[-1]
    close = f"{Decimal(last.close) + Decimal('0.01'):.2f}"
    ticked = replace(last, close=close, trades=last.trades + 1)
    drawn.series.take("1m", {view.open_ms: view for view in [*views[:-1], ticked]}, [])
    assert drawn.series.last is not None
    drawn.studies.take(drawn.series, drawn.series.last)
    after = drawn.lines()
    changed = [at for at, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    assert 0 < len(changed) <= 4, "values, last price, legend"
