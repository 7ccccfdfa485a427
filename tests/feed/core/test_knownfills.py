"""A fill is new once: below the mark REST listed all, above it ids are remembered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.feed.core import knownfills
from bntui.feed.core.knownfills import KnownFills
from bntui.model.account import AccountKey, Fill
from bntui.model.markets import Market
from bntui.venue.user import Ask, AskKind
from tests.feed.core.accountworld import START_MS, fill

OWNER = AccountKey("main", Market.SPOT)


def one(number: int, time_ms: int = START_MS, symbol: str = "BTCUSDT") -> Fill:
    """A fill."""
    return fill(OWNER, symbol, number, time_ms)


def answered(known: KnownFills, *fills: Fill, full: bool = False, held: tuple[int, ...] = ()) -> None:
    """REST has listed these."""
    known.answered(Ask(AskKind.FILLS, "BTCUSDT"), fills, full, START_MS, held)


def test_an_answer_moves_the_mark_and_frees_what_lies_below_it() -> None:
    known = KnownFills()
    for number in (4, 6, 9):
        assert known.note(one(number), 1.0)
    answered(known, one(4), one(6))
    assert known.mark("BTCUSDT") == (6, START_MS)
    assert repr(known) == "<KnownFills 1 ids on 1 symbols>"
    assert known.knows("BTCUSDT", 5)
    assert not known.note(one(5), 2.0)
    assert known.note(one(7), 2.0)
    assert not known.knows("ETHUSDT", 5)


def test_the_mark_stays_below_what_is_held_back() -> None:
    known = KnownFills()
    answered(known, one(4), one(6), one(8), held=(6,))
    assert known.mark("BTCUSDT") == (4, START_MS)
    assert known.until_ms("BTCUSDT") == START_MS, "the mark's own time; all until the question is not known"


def test_after_a_full_page_more_may_follow() -> None:
    known = KnownFills()
    answered(known, one(4, START_MS - 500), full=True)
    assert known.until_ms("BTCUSDT") == START_MS - 500
    answered(known, one(5, START_MS - 400))
    assert known.until_ms("BTCUSDT") == START_MS


def test_fills_that_became_known_before_a_question_and_lie_above_the_mark_are_newer() -> None:
    known = KnownFills()
    for number, now in ((3, 0.0), (4, 1.0), (5, 8.0)):
        known.note(one(number), now)
    assert known.newer("BTCUSDT", START_MS, asked_at=5.0) == [4], "3 is of an earlier run, 5 came later"
    assert known.newer("BTCUSDT", START_MS + 1, asked_at=5.0) == []
    assert known.newer("ETHUSDT", START_MS, asked_at=5.0) == []


def test_a_crowded_symbol_wants_to_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knownfills, "CROWDED", 3)
    known = KnownFills()
    for number in (1, 2, 3):
        assert known.crowded() == []
        known.note(one(number), 1.0)
    assert known.crowded() == ["BTCUSDT"]
    answered(known, one(1), one(2), one(3))
    assert known.crowded() == []


def test_symbols_come_with_the_newest_fills_first() -> None:
    known = KnownFills()
    known.note(one(1, START_MS), 1.0)
    known.note(one(1, START_MS + 5, "ETHUSDT"), 1.0)
    assert known.symbols() == ["ETHUSDT", "BTCUSDT"]


def test_beyond_its_symbols_the_one_whose_last_fill_is_longest_ago_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(knownfills, "SYMBOLS_KEPT", 2)
    known = KnownFills()
    for number, symbol in enumerate(("AUSDT", "BUSDT", "CUSDT")):
        known.note(one(1, START_MS + number, symbol), 1.0)
    assert known.symbols() == ["CUSDT", "BUSDT"]
    assert repr(known) == "<KnownFills 2 ids on 2 symbols>"


def test_what_was_given_up_is_unsure_until_it_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knownfills, "IDS_KEPT", 5)
    known = KnownFills()
    answered(known, one(1))
    for number in range(2, 9):
        known.note(one(number), 1.0)
    assert known.unsure() == ["BTCUSDT"]
    assert known.marks() == {"BTCUSDT": (1, START_MS, START_MS)}, "the next run asks from there"
    answered(known, one(8))
    assert known.marks() == {"BTCUSDT": (1, START_MS, START_MS)}
    known.trust()
    assert known.unsure() == []
    assert known.marks() == {"BTCUSDT": (8, START_MS, START_MS)}


def test_another_run_goes_on_from_the_marks() -> None:
    known, again = KnownFills(), KnownFills()
    answered(known, one(4))
    known.note(one(1, symbol="ETHUSDT"), 1.0)
    again.restore(known.marks())
    assert not again.note(one(3), 1.0)
    assert again.note(one(5), 1.0)
    assert again.symbols() == ["BTCUSDT"], "nothing was ever asked of the other"


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 12)), max_size=60))
def test_each_fill_is_new_once_whatever_is_asked_between(story: list[tuple[bool, int]]) -> None:
    known, seen, mark = KnownFills(), set[int](), -1
    for asked, number in story:
        if asked:
            listed = [one(each) for each in range(number + 1)]
            answered(known, *listed)
            mark = max(mark, number)
        else:
            new = number > mark and number not in seen
            assert known.note(one(number), 1.0) == new
            seen.add(number)
        for each in range(13):
            assert known.knows("BTCUSDT", each) == (each <= mark or each in seen)
