"""One row of candles out of REST and stream: no doubles, nothing closed that runs, holes told and mended."""

from __future__ import annotations

from bntui.model.events import Candle
from bntui.model.panels import CANDLES_KEPT, Hole
from bntui.model.status import CandlesLoaded, Gap
from bntui.store.candles import SEAM, TRIES, UNENDED, Ask, Series
from tests.model.build import BTC, T0_MS, candle

MINUTE_MS = 60_000


def at(minute: int) -> int:
    return T0_MS + minute * MINUTE_MS


def streamed(minute: int, *, closed: bool = False, close: str = "2.0") -> Candle:
    return candle(open_ms=at(minute), closed=closed, close=close)


def fetched(minute: int, *, closed: bool = True, close: str = "9.0") -> Candle:
    return candle(open_ms=at(minute), closed=closed, close=close, refilled=True)


def loaded(
    *candles: Candle,
    from_ms: int | None = None,
    to_ms: int | None = None,
    complete: bool = False,
    failure: str = "",
) -> CandlesLoaded:
    return CandlesLoaded(BTC, "1m", candles, from_ms, to_ms, complete, failure)


def gap(first: int, last: int, *, repaired: bool = False) -> Gap:
    return Gap(BTC, at(first), at(last), "connection lost", repaired, T0_MS, 10.0, "1m")


def shown(series: Series) -> list[tuple[int, str, bool]]:
    return [((view.open_ms - T0_MS) // MINUTE_MS, view.close, view.closed) for view in series.rows()]


def filled(minutes: int) -> Series:
    """Closed candles of the last minutes by REST; the stream goes on with the running one."""
    series = Series("1m")
    series.loading(Ask(None, None), 1)
    series.loaded(loaded(*(fetched(minute) for minute in range(minutes))), 1)
    series.candle(streamed(minutes), 1)
    return series


# One row


def test_history_and_stream_are_one_row_without_doubles() -> None:
    series = Series("1m")
    series.candle(streamed(2), 1)
    series.loaded(loaded(fetched(0), fetched(1), fetched(2, closed=False)), 2)
    series.candle(streamed(2, close="3.0"), 3)
    assert shown(series) == [(0, "9.0", True), (1, "9.0", True), (2, "3.0", False)]
    assert series.holes == []


def test_the_running_candle_of_rest_stands_in_until_the_stream_tells_of_it() -> None:
    series = Series("1m")
    series.loaded(loaded(fetched(0), fetched(1, closed=False)), 1)
    assert shown(series)[-1] == (1, "9.0", False)
    series.candle(streamed(1, close="5.0"), 2)
    assert shown(series)[-1] == (1, "5.0", False)


def test_what_is_closed_stays_as_it_was_closed() -> None:
    series = Series("1m")
    series.candle(streamed(0, closed=True, close="4.0"), 1)
    series.candle(streamed(0, close="5.0"), 2)
    series.candle(fetched(0, close="6.0"), 3)
    assert shown(series) == [(0, "4.0", True)]
    assert series.delta(1) is None


def test_a_time_that_goes_back_begins_the_row_anew_and_asks_for_its_past() -> None:
    series = filled(5)
    series.candle(streamed(5, closed=True), 2)
    series.candle(streamed(4, close="3.0"), 3)
    assert series.begun_at == 0
    series.candle(streamed(1, close="3.0"), 4)
    assert shown(series) == [(1, "3.0", False)]
    assert series.begun_at == 4
    assert series.wants(None) == Ask(None, None)


def test_a_candle_without_trades_is_a_candle() -> None:
    series = filled(1)
    series.candle(candle(open_ms=at(1), closed=True, trades=0), 2)
    series.candle(streamed(2), 2)
    assert [view.trades for view in series.rows()] == [7, 0, 7]
    assert series.holes == []


def test_candles_of_another_zone_are_others() -> None:
    series = Series("1d")
    series.candle(candle("1d", utc_offset="+08:00"), 1)
    assert series.rows() == []


# Holes


def test_minutes_that_the_stream_missed_are_a_hole_with_its_cause_until_they_are_refilled() -> None:
    series = filled(3)
    series.gap(gap(3, 5), 2)
    series.candle(streamed(6), 2)
    assert series.holes == [Hole(at(3), at(5), "connection lost")]
    assert series.wants(None) is None
    for minute in (3, 4, 5):
        series.candle(fetched(minute), 3)
    series.gap(gap(3, 5, repaired=True), 3)
    assert series.holes == []
    assert [closed for _, _, closed in shown(series)] == [True] * 6 + [False]


def test_a_refill_in_part_leaves_the_rest_a_hole() -> None:
    series = filled(3)
    series.gap(gap(3, 5), 2)
    series.candle(streamed(6), 2)
    series.candle(fetched(3), 3)
    series.gap(gap(3, 3, repaired=True), 3)
    assert series.holes == [Hole(at(4), at(5), "connection lost")]


def test_what_lies_between_the_answer_of_rest_and_the_stream_is_asked_for() -> None:
    series = Series("1m")
    series.loading(Ask(None, None), 1)
    series.loaded(loaded(fetched(0), fetched(1, closed=False)), 1)
    series.candle(streamed(3), 2)
    assert series.holes == [Hole(at(1), at(2), SEAM)]
    ask = series.wants(None)
    assert ask == Ask(at(1), at(2))
    series.loading(ask, 3)
    assert series.wants(None) is None
    series.loaded(loaded(fetched(1), fetched(2), from_ms=at(1), to_ms=at(2)), 3)
    assert series.holes == []
    assert series.wants(None) is None


def test_what_the_exchange_does_not_have_is_not_asked_for_for_ever_and_is_no_hole() -> None:
    series = Series("1m")
    series.loaded(loaded(fetched(0), fetched(5)), 1)
    series.candle(streamed(6), 1)
    assert series.holes == [Hole(at(1), at(4), SEAM)]
    for _ in range(TRIES):
        ask = series.wants(None)
        assert ask == Ask(at(1), at(4))
        series.loading(ask, 2)
        series.loaded(loaded(from_ms=at(1), to_ms=at(4), complete=True), 2)
    assert series.wants(None) is None
    assert series.holes == []


def test_a_candle_whose_end_nobody_tells_stays_a_hole() -> None:
    series = Series("1m")
    series.loaded(loaded(fetched(0, closed=False)), 1)
    series.candle(streamed(1), 1)
    for _ in range(TRIES):
        ask = series.wants(None)
        assert ask is not None
        series.loading(ask, 2)
        series.loaded(loaded(from_ms=ask.from_ms, to_ms=ask.to_ms, complete=True), 2)
    assert series.holes == [Hole(at(0), at(0), UNENDED)]


# Older ones


def test_the_newest_are_wanted_first_then_as_far_back_as_somebody_looks() -> None:
    series = Series("1m")
    assert series.wants(None) == Ask(None, None)
    series = filled(3)
    assert series.wants(None) is None
    assert series.wants(at(0)) is None
    assert series.wants(at(-100)) == Ask(None, at(-1))


def test_where_the_exchange_has_no_more_nothing_is_asked_for() -> None:
    series = filled(3)
    series.loaded(loaded(fetched(-1), to_ms=at(-1), complete=True), 2)
    assert series.first
    assert series.wants(at(-100)) is None


def test_a_failure_is_told_and_goes_with_the_answer() -> None:
    series = Series("1m")
    series.loading(Ask(None, None), 1)
    series.loaded(loaded(failure="REST is down"), 2)
    delta = series.delta(1)
    assert delta is not None
    assert (delta.loading, delta.failure) == (True, "REST is down")
    assert series.wants(None) is None
    series.loaded(loaded(fetched(0)), 3)
    delta = series.delta(2)
    assert delta is not None
    assert (delta.loading, delta.failure, len(delta.rows)) == (False, "", 1)


# Bounds


def test_the_oldest_go_when_there_are_too_many_and_none_older_is_taken() -> None:
    series = Series("1m")
    series.loaded(loaded(*(fetched(minute) for minute in range(CANDLES_KEPT))), 1)
    assert series.first
    series.candle(streamed(CANDLES_KEPT), 2)
    series.candle(fetched(-1), 2)
    assert len(series.rows()) == CANDLES_KEPT
    assert series.rows()[0].open_ms == at(1)
    assert series.wants(at(-1_000)) is None


def test_a_viewer_gets_what_changed() -> None:
    series = filled(2)
    assert series.delta(1) is None
    series.candle(streamed(2, close="3.0"), 2)
    delta = series.delta(1)
    assert delta is not None
    assert [view.close for view in delta.rows] == ["3.0"]
    everything = series.delta(-1)
    assert everything is not None
    assert everything.rows == series.rows()
