"""What the silence of one stream means; the stories of whole symbols are told to `Health`."""

from __future__ import annotations

import pytest

from bntui.feed.core.evidence import GAPS_KNOWN, StreamRecord, SymbolFacts
from bntui.feed.core.judgement import NOTHING_CAME, RARE, RARE_ALONE, TOO_DEAR, TOO_EARLY, Judgement
from bntui.model.markets import StreamKind
from bntui.model.states import StreamState
from bntui.venue.binance.limits import SPOT

FRESH_S = 75.0
FLOOR = SPOT.own_first_data_s


def judgement(carries: bool | None = True) -> Judgement:
    return Judgement(SPOT, FRESH_S, lambda shard: carries)


def silent(kind: StreamKind = StreamKind.TRADE, *, gaps: int = 0, flowed: bool = True) -> StreamRecord:
    """Acknowledged, and silent, since 0."""
    facts = SymbolFacts("BTCUSDT")
    record = StreamRecord("btcusdt@x", kind, facts, 1, acked_at=0.0, flowed=flowed, gaps=gaps)
    record.data_at = 0.0 if flowed else None
    facts.entries.append(record)
    return record


def test_a_refusal_speaks_before_everything_else() -> None:
    record = silent()
    record.refusal = "no such stream"
    assert judgement().of(record, 0.1) == (StreamState.BLIND, "refused by the exchange: no such stream")


def test_a_stream_that_no_one_acknowledged_is_wanted() -> None:
    record = silent()
    record.acked_at = None
    assert judgement().of(record, 99.0) == (StreamState.WANTED, "")


@pytest.mark.parametrize(
    ("after_s", "state"), [(0.1, StreamState.LIVE), (FLOOR, StreamState.LIVE), (FLOOR + 1, StreamState.ACKED)]
)
def test_what_flowed_is_live_until_its_silence_is_longer_than_first_data_may_take(
    after_s: float, state: StreamState
) -> None:
    assert judgement().of(silent(), after_s)[0] is state


def test_while_rest_cannot_be_asked_the_reason_says_so_and_patience_is_longer() -> None:
    judge = judgement()
    assert judge.of(silent(), 2 * FLOOR) == (StreamState.ACKED, TOO_EARLY)
    assert judge.of(silent(), 2 * FLOOR + 1)[0] is StreamState.STALE
    judge.weightless = True
    assert judge.of(silent(), 2 * FLOOR + 1) == (StreamState.ACKED, TOO_DEAR)
    assert judge.of(silent(), 2 * SPOT.own_probe_interval_s + 1)[0] is StreamState.STALE


def test_a_silence_that_is_longer_than_all_that_were_seen_is_stale_at_once() -> None:
    assert judgement().of(silent(gaps=GAPS_KNOWN), FLOOR + 1)[0] is StreamState.STALE


def test_what_never_brought_anything_and_can_prove_nothing_is_stale_after_its_time() -> None:
    assert judgement().of(silent(StreamKind.MARK_PRICE, flowed=False), FLOOR + 1) == (
        StreamState.STALE,
        NOTHING_CAME,
    )


@pytest.mark.parametrize(
    ("carries", "found"),
    [
        (True, (StreamState.QUIET, RARE)),
        (None, (StreamState.QUIET, RARE_ALONE)),
        (False, (StreamState.STALE, NOTHING_CAME)),
    ],
)
def test_a_rare_stream_is_as_good_as_its_connection(
    carries: bool | None, found: tuple[StreamState, str]
) -> None:
    record = silent(StreamKind.LIQUIDATION, flowed=False)
    assert judgement(carries).of(record, FLOOR + 1) == found
