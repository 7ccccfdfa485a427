"""A few symbols are asked about by name, many by one request for all, and none before it is worth it."""

from __future__ import annotations

from bntui.feed.core.bargain import GATHER_ALL_S, GATHER_DEAR_S, GATHER_S, Bargain, Choice, Price

SINGLES = Price(pack=1, weight=1, all_weight=40)
PACKS = Price(pack=20, weight=2, all_weight=80)
SYMBOLS = [f"S{n}USDT" for n in range(500)]


def test_nobody_is_asked_about_who_does_not_lack_a_proof() -> None:
    assert Bargain(SINGLES).choose([], 0.0) is None


def test_symbols_are_gathered_for_a_moment() -> None:
    bargain = Bargain(PACKS)
    assert bargain.choose(SYMBOLS[:3], 10.0) is None
    assert bargain.choose(SYMBOLS[:4], 10.0 + GATHER_S) == Choice(tuple(SYMBOLS[:4]), 2)


def test_a_full_pack_waits_for_nobody() -> None:
    assert Bargain(PACKS).choose(SYMBOLS[:21], 10.0) == Choice(tuple(SYMBOLS[:20]), 2)


def test_what_is_left_of_full_packs_is_gathered_again() -> None:
    bargain = Bargain(PACKS)
    bargain.choose(SYMBOLS[:3], 10.0)
    choice = bargain.choose(SYMBOLS[:3], 10.0 + GATHER_S)
    assert choice is not None
    bargain.made(choice)
    assert bargain.choose(SYMBOLS[3:5], 10.5 + GATHER_S) is None


def test_where_a_request_names_one_symbol_they_follow_one_another_once_they_were_gathered() -> None:
    bargain = Bargain(SINGLES)
    asked: list[str] = []
    waiting = list(SYMBOLS[:3])
    assert bargain.choose(waiting, 10.0) is None
    while (choice := bargain.choose(waiting, 10.0 + GATHER_S)) is not None:
        bargain.made(choice)
        asked += choice.named
        waiting = [symbol for symbol in waiting if symbol not in choice.named]
    assert asked == SYMBOLS[:3]
    assert bargain.choose(SYMBOLS[3:4], 11.0 + GATHER_S) is None, "the next are gathered anew"


def test_many_are_asked_about_all_at_once_after_they_were_gathered_for_longer() -> None:
    bargain = Bargain(SINGLES)
    assert bargain.choose(SYMBOLS[:21], 10.0) is None
    assert bargain.choose(SYMBOLS[:21], 10.0 + GATHER_S) is None
    assert bargain.choose(SYMBOLS[:21], 10.0 + GATHER_ALL_S) is None, "it weighs much"
    assert bargain.choose(SYMBOLS[:21], 10.0 + GATHER_DEAR_S) == Choice((), 40)
    cheap = Bargain(Price(pack=1, weight=2, all_weight=5))
    assert cheap.choose(SYMBOLS[:21], 10.0) is None
    assert cheap.choose(SYMBOLS[:21], 10.0 + GATHER_ALL_S) == Choice((), 5)


def test_one_request_for_all_may_cost_twice_the_weight_of_those_that_it_stands_for() -> None:
    assert SINGLES.one_by_one(20)
    assert not SINGLES.one_by_one(21)
    assert PACKS.one_by_one(400)
    assert not PACKS.one_by_one(401)
    assert Price(pack=1, weight=2, all_weight=5).one_by_one(1)
    assert not Price(pack=1, weight=2, all_weight=5).one_by_one(2)
