"""Every fill comes out once, whoever tells it first, in this run or the one before."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bntui.feed.core import knownfills
from bntui.feed.core import ledger as module
from bntui.feed.core.ledger import LITE_WAIT_S, MOVE_WAIT_S, YOUNG_MS, YOUNG_S, Ledger, News
from bntui.feed.core.recovery import open_ledger
from bntui.model.account import AccountKey, Balance, Fill, Position
from bntui.model.markets import Market
from bntui.venue.user import Ask, AskKind, BalanceMoved, MarginCall, OtherUserEvent, Page, TradeLite
from tests.feed.core.accountworld import PAIRS, SPOT_RULES, START_MS, balance, fill, order, position

OWNER = AccountKey("main", Market.SPOT)
OLD_MS = START_MS - 60_000
"""A fill of then is no longer on its way."""


@pytest.fixture
def ledger() -> Ledger:
    """One that saw nothing yet."""
    return new_ledger()


def new_ledger() -> Ledger:
    """The same; it was begun before the fills of these tests were done."""
    made = open_ledger(OWNER, SPOT_RULES, lambda: PAIRS, START_MS)
    made.first_ms = OLD_MS
    return made


def one(number: int, time_ms: int = OLD_MS, symbol: str = "BTCUSDT") -> Fill:
    """A fill."""
    return fill(OWNER, symbol, number, time_ms)


def told(ledger: Ledger, *fills: Fill, from_id: int | None = None, full: bool = False) -> list[News]:
    """REST lists these fills of a symbol."""
    ask = Ask(AskKind.FILLS, "BTCUSDT", from_id=from_id)
    if from_id is None:
        ask = replace(ask, from_ms=0, to_ms=START_MS)
    page = Page(tuple(replace(each, recovered=True) for each in fills), full=full)
    return ledger.told(ask, page, now=10.0, asked_at=9.0, asked_ms=START_MS)


def test_a_fill_that_two_sockets_tell_comes_out_once(ledger: Ledger) -> None:
    assert ledger.heard(one(5), 1.0) == [one(5)]
    assert ledger.heard(one(5), 2.0) == []
    assert ledger.heard(one(4), 3.0) == [one(4)], "an older one that came late is news"
    assert ledger.heard(one(5, symbol="ETHUSDT"), 3.0) != [], "ids are a symbol's own"


def test_what_no_stream_told_is_recovered_and_what_one_told_is_not(ledger: Ledger) -> None:
    ledger.heard(one(5), 1.0)
    (new,) = told(ledger, one(4), one(5))
    assert isinstance(new, Fill)
    assert (new.id, new.recovered) == (4, True)
    assert ledger.recovered == 1
    assert ledger.heard(one(4), 11.0) == [], "the stream tells it after all"


def test_a_fill_so_young_that_it_may_be_on_its_way_is_held_back(ledger: Ledger) -> None:
    young = one(6, START_MS - YOUNG_MS + 1)
    assert told(ledger, one(5), young) == [replace(one(5), recovered=True)]
    assert ledger.deadline() == 10.0 + YOUNG_S
    assert ledger.heard(young, 10.5) == [young], "the stream tells it: it is no recovered one"
    assert not ledger.holds
    assert ledger.tick(10.0 + YOUNG_S) == []


def test_a_fill_that_was_held_back_in_vain_comes_out_in_time(ledger: Ledger) -> None:
    young = one(6, START_MS)
    told(ledger, young)
    assert ledger.deadline() == 10.0 + YOUNG_S
    assert ledger.tick(10.0) == []
    assert ledger.tick(10.0 + YOUNG_S) == [replace(young, recovered=True)]
    assert ledger.heard(young, 20.0) == []


def test_up_to_the_mark_everything_is_known_without_being_remembered(ledger: Ledger) -> None:
    ledger.heard(one(5), 1.0)
    told(ledger, one(4), one(5), one(8))
    assert ledger.fills.mark("BTCUSDT") == (8, OLD_MS)
    assert repr(ledger).startswith("<Ledger of main.spot: <KnownFills 0 ids on 1 symbols>")
    assert all(ledger.fills.knows("BTCUSDT", number) for number in range(9))
    assert ledger.heard(one(7), 11.0) == [], "REST listed all up to 8, and this was told or is none"
    assert ledger.heard(one(9), 11.0) == [one(9)]


def test_the_mark_does_not_pass_what_is_held_back(ledger: Ledger) -> None:
    told(ledger, one(4), one(6, START_MS), one(7, START_MS))
    assert ledger.fills.mark("BTCUSDT") == (4, OLD_MS)
    kept = ledger.take_memory()
    again = new_ledger()
    again.prime([one(4)], kept or "")
    assert told(again, one(6), one(7), from_id=5) != [], "a crash now loses none of them"


def test_a_restart_repeats_nothing_and_loses_nothing(ledger: Ledger) -> None:
    ledger.heard(one(3), 1.0)
    told(ledger, one(3))
    memory = ledger.take_memory() or ""
    ledger.heard(one(5), 2.0)
    again = new_ledger()
    assert again.prime([one(3), one(5)], memory)
    assert again.heard(one(5), 3.0) == []
    assert told(again, one(4), one(5), from_id=4) == [replace(one(4), recovered=True)]


def test_fills_of_another_account_are_none_of_this_one(ledger: Ledger) -> None:
    stranger = replace(one(5), owner=AccountKey("other", Market.SPOT))
    ledger.prime([stranger])
    assert ledger.heard(one(5), 1.0) == [one(5)]


@pytest.mark.parametrize("memory", ["", "x", "[]", "{}", '{"whole_ms":1}', '{"whole_ms":"x","marks":{}}'])
def test_a_memory_that_cannot_be_read_is_none(ledger: Ledger, memory: str) -> None:
    whole_ms = ledger.whole_ms
    assert not ledger.prime([], memory)
    assert ledger.whole_ms == whole_ms


def test_memory_is_told_when_it_changed_and_reads_back(ledger: Ledger) -> None:
    ledger.take_memory()
    assert ledger.take_memory() is None
    ledger.doubt("trades", "nobody knows")
    ledger.vouch(START_MS)
    memory = ledger.take_memory() or ""
    assert json.loads(memory)["whole_ms"] == START_MS
    again = new_ledger()
    assert again.prime([], memory)
    assert (again.whole_ms, again.doubts) == (START_MS, {"trades": "nobody knows"})
    again.dismiss()
    assert again.doubts == {}


def test_an_announced_fill_is_owed_until_its_report_comes(ledger: Ledger) -> None:
    lite = TradeLite(OWNER, "BTCUSDT", 5, 1, OLD_MS, OLD_MS)
    assert ledger.heard(lite, 1.0) == [], "it counts as none itself"
    assert ledger.deadline() == 1.0 + LITE_WAIT_S
    assert ledger.owing(1.0) == []
    assert ledger.owing(1.0 + LITE_WAIT_S) == [("BTCUSDT", 5)]
    assert ledger.owing(99.0) == [], "it is told once"
    ledger.heard(TradeLite(OWNER, "BTCUSDT", 6, 1, OLD_MS, OLD_MS), 2.0)
    ledger.heard(one(6), 2.1)
    ledger.heard(TradeLite(OWNER, "BTCUSDT", 6, 1, OLD_MS, OLD_MS), 2.2)
    assert ledger.owing(99.0) == []


def test_beyond_the_bound_the_oldest_announcement_counts_as_overdue(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LITES_KEPT", 2)
    for number in (1, 2, 3):
        ledger.heard(TradeLite(OWNER, "BTCUSDT", number, 1, OLD_MS, OLD_MS), 1.0)
    assert ledger.owing(1.0) == [("BTCUSDT", 1)]


def test_a_payment_counts_once_and_wants_its_balance(ledger: Ledger) -> None:
    moved = BalanceMoved(OWNER, "USDT", "5", OLD_MS)
    ledger.heard(moved, 1.0)
    ledger.heard(moved, 1.0)
    assert repr(ledger.books) == "<Bookkeeping of 0 amounts, 1 moves since>"
    assert ledger.unpaid(1.0 + MOVE_WAIT_S) == ["USDT"]
    ledger.heard(replace(moved, time_ms=OLD_MS + 1), 2.0)
    ledger.heard(balance(OWNER, "USDT", "5", OLD_MS + 1), 2.1)
    assert ledger.unpaid(99.0) == []


def test_more_ids_than_are_kept_leave_a_doubt_and_no_double(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knownfills, "IDS_KEPT", 10)
    told(ledger, one(1))
    fills = [one(number) for number in range(2, 40, 2)]
    for each in fills:
        ledger.heard(each, 1.0)
    assert "trades of BTCUSDT" in ledger.doubts
    news = told(ledger, *fills, from_id=2)
    assert news == [], "what may have been told is not told again"
    again = new_ledger()
    again.prime([one(1), *fills], ledger.take_memory() or "")
    assert again.fills.mark("BTCUSDT") == (1, OLD_MS), "the next run compares anew"
    assert again.doubts == {} or "trades of BTCUSDT" in again.doubts


def test_everything_else_goes_to_what_stands(ledger: Ledger) -> None:
    futures = position(OWNER, "BTCUSDT", "5", OLD_MS)
    for event in (order(OWNER, "BTCUSDT", 1, OLD_MS), balance(OWNER, "BTC", "1", OLD_MS), futures):
        assert ledger.heard(event, 1.0) == [event]
        assert ledger.heard(event, 1.1) == []
    (warned,) = ledger.heard(MarginCall(OWNER, (("BTCUSDT", "BOTH"),), OLD_MS), 2.0)
    assert isinstance(warned, Position)
    assert ledger.heard(OtherUserEvent("listStatus", OLD_MS), 2.0) == []
    whole = Page((balance(OWNER, "ETH", "2", START_MS),))
    news = ledger.told(Ask(AskKind.BALANCES), whole, 5.0, 4.0, START_MS)
    assert {(each.asset, each.free) for each in news if isinstance(each, Balance)} == {
        ("ETH", "2"),
        ("BTC", "0"),
    }
    assert ledger.told(Ask(AskKind.TRADED_SYMBOLS), Page(symbols=("A",)), 5.0, 4.0, START_MS) == []


def test_what_was_done_before_the_first_look_was_missed_by_nobody_also_in_later_runs() -> None:
    ledger = open_ledger(OWNER, SPOT_RULES, lambda: PAIRS, START_MS)
    before, after = one(1), one(2, time_ms=START_MS + 1)
    assert told(ledger, before) == [replace(before, recovered=False)]
    memory = ledger.take_memory()
    assert memory is not None
    later = open_ledger(OWNER, SPOT_RULES, lambda: PAIRS, START_MS + 9_000)
    assert later.prime([before], memory)
    news = [*told(later, after), *later.tick(100.0)]
    assert news == [replace(after, recovered=True)]
    assert (ledger.recovered, later.recovered) == (0, 1)
