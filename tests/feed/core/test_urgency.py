"""The less usual a silence is, the sooner it needs a proof; none while it has a fresh one."""

from __future__ import annotations

from bntui.feed.core.evidence import GAPS_TO_STALE, GRACE_S, Sample, StreamRecord, SymbolFacts
from bntui.feed.core.urgency import ALONE, COMPARISON, FIRST_SAMPLE, urgency
from bntui.model.markets import StreamKind
from bntui.venue.binance.limits import SPOT

FLOOR = SPOT.own_first_data_s
FRESH_S = 75.0


def stream(*, flowed: bool, gap_s: float | None = None) -> StreamRecord:
    """A trade stream that was acknowledged at 0, and brought its last data then."""
    facts = SymbolFacts("BTCUSDT")
    data_at = 0.0 if flowed else None
    record = StreamRecord("btcusdt@trade", StreamKind.TRADE, facts, 1, acked_at=0.0, data_at=data_at)
    record.flowed, record.gap_s = flowed, gap_s
    facts.entries.append(record)
    return record


def urgent(record: StreamRecord, now: float) -> bool:
    return urgency(record, Sample.TRADES, now, SPOT, FRESH_S) >= 1.0


def test_no_proof_helps_a_stream_that_is_not_subscribed() -> None:
    record = stream(flowed=False)
    record.acked_at = None
    assert not urgent(record, 100.0)


def test_before_the_first_data_a_base_line_comes_early_and_the_comparison_while_it_can_still_be_mended() -> (
    None
):
    record = stream(flowed=False)
    assert not urgent(record, FIRST_SAMPLE * FLOOR - 0.1)
    assert urgent(record, FIRST_SAMPLE * FLOOR)
    record.facts.rest_at = 2.0
    assert not urgent(record, COMPARISON * FLOOR - 0.1)
    assert urgent(record, COMPARISON * FLOOR)


def test_a_stream_that_proved_itself_in_neither_way_is_asked_about_until_its_time_is_up() -> None:
    record = stream(flowed=False)
    record.facts.rest_at = 6.0
    assert not urgent(record, 6.0 + GRACE_S / 2 - 0.1)
    assert urgent(record, 6.0 + GRACE_S / 2)
    record.agreed = True
    assert not urgent(record, 6.0 + GRACE_S / 2)


def test_a_proof_that_came_after_the_silence_began_is_renewed_when_it_is_old() -> None:
    record = stream(flowed=True)
    record.facts.rest_at = 10.0
    assert not urgent(record, 10.0 + SPOT.own_probe_interval_s - 0.1)
    assert urgent(record, 10.0 + SPOT.own_probe_interval_s)


def test_a_silence_that_is_usual_is_not_urgent() -> None:
    assert urgent(stream(flowed=True), FLOOR / 2)
    slow = stream(flowed=True, gap_s=20.0)
    asked_at = ALONE * GAPS_TO_STALE * 20.0
    assert not urgent(slow, asked_at - 0.1)
    assert urgent(slow, asked_at)


def test_other_prices_once_may_be_a_moment_ahead_so_that_a_second_look_is_due_soon() -> None:
    record = stream(flowed=True)
    record.facts.rest_at = 10.0
    record.differs = 1
    assert not urgent(record, 10.0 + GRACE_S / 2 - 0.1)
    assert urgent(record, 10.0 + GRACE_S / 2)
