"""What must be seen at some time, throughout, or never."""

from __future__ import annotations

import pytest

from bntui.drill.expect import StreamExpected, VerdictExpected, ViewerExpected
from bntui.drill.history import History
from bntui.drill.record import Said
from bntui.drill.tables import BadScenario
from bntui.model.states import Grade
from tests.drill.records import ZERO, record, stands, table, verdicts

SEEN = record(
    verdicts=verdicts(
        (-1, Grade.DEGRADED, "DEGRADED: connecting"),
        (0, Grade.LIVE, "LIVE 3/3 streams"),
        (5, Grade.BLIND, "BLIND on 1 of 3 streams: BTCUSDT trades"),
        (8, Grade.LIVE, "LIVE 3/3 streams"),
    )
)


def verdict(**words: object) -> bool:
    return VerdictExpected.read(table(**words)).judge(SEEN).passed


@pytest.mark.parametrize(
    ("begin", "length", "met"), [(4, 1, True), (0, 4.9, False), (6, 1, True), (8.1, 5, False)]
)
def test_within_needs_one_moment(begin: float, length: float, met: bool) -> None:
    assert verdict(verdict="blind", from_=begin, within=length) is met


@pytest.mark.parametrize(
    ("begin", "length", "met"), [(0, 4.9, True), (0, 5, False), (8, 9, True), (6, 3, False), (-2, 1, False)]
)
def test_throughout_needs_every_moment(begin: float, length: float, met: bool) -> None:
    assert verdict(verdict="live", from_=begin, throughout=length) is met


@pytest.mark.parametrize(("begin", "length", "met"), [(5, 2.9, True), (5, 3, False), (0, 1, False)])
def test_never_needs_no_moment(begin: float, length: float, met: bool) -> None:
    assert verdict(verdict="live", from_=begin, never=length) is met


def test_what_is_not_known_is_not_met_in_any_way() -> None:
    for how in ("within", "throughout", "never"):
        finding = VerdictExpected.read(table(verdict="live", **{how: 1.0})).judge(record())
        assert (finding.passed, finding.seen) == (False, "nothing was known then")


def test_the_sentence_has_some_words_and_is_without_others() -> None:
    assert verdict(verdict="blind", words="BTCUSDT trades", from_=4, within=2)
    assert not verdict(verdict="blind", words=["BTCUSDT trades", "quotes"], from_=4, within=2)
    assert verdict(verdict="blind", without="quotes", from_=4, within=2)
    assert not verdict(verdict="blind", without="trades", from_=4, within=2)


def test_several_grades_are_alternatives() -> None:
    assert verdict(verdict=["degraded", "blind"], from_=4, within=2)
    assert not verdict(verdict=["degraded", "blind"], from_=0, within=2)


def test_the_suspect_has_words_too() -> None:
    history: History[Said] = History()
    history.note(ZERO, Said(Grade.BLIND, "BLIND", "Binance's stream host"))
    seen = record(verdicts=history)
    for suspect, met in (("stream host", True), ("this machine", False)):
        words = table(verdict="blind", suspect=suspect, within=1)
        assert VerdictExpected.read(words).judge(seen).passed is met


def test_a_finding_says_what_was_expected_and_what_was_seen_when() -> None:
    finding = VerdictExpected.read(table(verdict="blind", words="BTC", from_=4, within=2)).judge(SEEN)
    assert finding.expected == "verdict blind with «BTC» within 2 s from second 4 on"
    assert finding.seen == "second 5.0: BLIND on 1 of 3 streams: BTCUSDT trades"
    finding = VerdictExpected.read(table(verdict="live", from_=0, throughout=9)).judge(SEEN)
    assert finding.expected == "verdict live from second 0 to 9"
    assert finding.seen == "second 5.0: BLIND on 1 of 3 streams: BTCUSDT trades"
    finding = VerdictExpected.read(table(verdict="live", from_=3, never=9)).judge(SEEN)
    assert finding.expected == "verdict live at no moment from second 3 to 12"
    assert finding.seen == "second 3.0: LIVE 3/3 streams"


def test_a_stream_is_in_some_state_for_some_reason() -> None:
    seen = record(streams={"btcusdt@trade": stands((0, "live", ""), (5, "stale", "ticker shows id 9"))})

    def stream(**words: object) -> bool:
        return StreamExpected.read(table(stream="btcusdt@trade", from_=0, **words)).judge(seen).passed

    assert stream(state="stale", reason="ticker shows", within=6)
    assert not stream(state="stale", reason="REST", within=6)
    assert not stream(state=["stale", "blind"], never=6)
    assert stream(state=["live", "stale"], throughout=6)
    other = StreamExpected.read(table(stream="nosuch@trade", state="live", within=6)).judge(seen)
    assert not other.passed


def test_two_viewers_agree_or_differ() -> None:
    history: History[bool] = History()
    for second, agrees in ((0, True), (3, False), (6, True)):
        history.note(ZERO + second, agrees)
    seen = record(agrees=history)

    def viewer(**words: object) -> bool:
        return ViewerExpected.read(table(**words)).judge(seen).passed

    assert viewer(viewer="agrees", within=1)
    assert viewer(viewer="differs", from_=3, throughout=2.9)
    assert not viewer(viewer="differs", from_=3, throughout=4)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ({"verdict": "green", "within": 1}, "verdict cannot be 'green'"),
        ({"verdict": "live"}, "needs one of within, throughout, never"),
        ({"verdict": "live", "within": 1, "never": 1}, "needs one of within, throughout, never"),
        ({"verdict": "live", "within": -1}, "within must be a number from 0 on"),
    ],
)
def test_wrong_words_are_refused(words: dict[str, object], complaint: str) -> None:
    with pytest.raises(BadScenario, match=complaint):
        VerdictExpected.read(table(**words))
