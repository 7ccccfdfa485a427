"""What speaks for a silent stream and what speaks against it, one pair of streams at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.feed.core.evidence import GRACE_S, SETTLING_S, StreamRecord, SymbolFacts, evidence, together
from bntui.model.markets import StreamKind

FRESH_S = 75.0


def pair(kind: StreamKind, other: StreamKind) -> tuple[StreamRecord, StreamRecord]:
    """Two streams of one symbol that were acknowledged at 0 and flowed at 10."""
    facts = SymbolFacts("BTCUSDT")
    made = []
    for each in (kind, other):
        record = StreamRecord(f"btcusdt@{each}", each, facts, 1, acked_at=0.0, data_at=10.0, flowed=True)
        facts.entries.append(record)
        made.append(record)
    return made[0], made[1]


@pytest.mark.parametrize(
    "kind", [StreamKind.TRADE, StreamKind.AGG_TRADE, StreamKind.KLINE, StreamKind.TICKER]
)
def test_the_same_last_trade_seen_later_elsewhere_agrees(kind: StreamKind) -> None:
    silent, other = pair(kind, StreamKind.TRADE if kind is StreamKind.TICKER else StreamKind.TICKER)
    silent.own_id = other.own_id = 7
    assert evidence(silent, 30.0, FRESH_S) == (f"no trade since id 7 ({other.name[8:]} agrees)", "")
    other.data_at = 9.0
    assert evidence(silent, 30.0, FRESH_S) == ("", ""), "what was seen before the silence says nothing of it"


def test_evidence_grows_old() -> None:
    silent, other = pair(StreamKind.TRADE, StreamKind.TICKER)
    silent.own_id = other.own_id = 7
    other.data_at = 20.0
    assert evidence(silent, 20.0 + FRESH_S, FRESH_S)[0]
    assert evidence(silent, 20.1 + FRESH_S, FRESH_S) == ("", "")


def test_a_newer_trade_elsewhere_speaks_against_it_after_its_grace() -> None:
    silent, other = pair(StreamKind.TRADE, StreamKind.TICKER)
    silent.own_id, other.own_id, other.data_at = 7, 9, 20.0
    assert evidence(silent, 20.0, FRESH_S) == ("ticker was a moment faster", "")
    assert evidence(silent, 20.0 + GRACE_S, FRESH_S) == ("", "ticker shows id 9, this stream stopped at 7")


def test_a_book_is_held_against_the_book_ticker() -> None:
    silent, other = pair(StreamKind.DEPTH, StreamKind.BOOK_TICKER)
    silent.own_id, other.own_id = 7, 9
    evidence(silent, 20.0, FRESH_S)
    assert "bookTicker shows id 9" in evidence(silent, 20.0 + GRACE_S, FRESH_S)[1]


def test_what_was_on_its_way_at_the_acknowledgement_is_no_base_line() -> None:
    silent, other = pair(StreamKind.TRADE, StreamKind.TICKER)
    silent.flowed, other.own_id, other.data_at = False, 7, SETTLING_S / 2
    evidence(silent, 5.0, FRESH_S)
    assert silent.base_id is None
    other.data_at = SETTLING_S
    evidence(silent, 5.0, FRESH_S)
    assert silent.base_id == 7


def test_other_kinds_have_no_evidence() -> None:
    silent, _ = pair(StreamKind.MINI_TICKER, StreamKind.TRADE)
    assert evidence(silent, 30.0, FRESH_S) == ("", "")


def test_streams_fell_silent_together_when_no_sibling_came_after() -> None:
    silent, other = pair(StreamKind.TRADE, StreamKind.BOOK_TICKER)
    assert together(silent)
    other.data_at = 10.1 + GRACE_S
    assert not together(silent)
    assert not together(replace(silent, facts=SymbolFacts("BTCUSDT")))
