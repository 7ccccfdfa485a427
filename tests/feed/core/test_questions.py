"""What is asked page by page, until the answer is whole or cannot be."""

from __future__ import annotations

from dataclasses import replace

from bntui.feed.core.ledger import OVERLAP_MS, Ledger
from bntui.feed.core.questions import (
    REST_TRIES,
    REST_WAIT_S,
    Ending,
    Fills,
    Look,
    Traded,
    listed,
    missing_words,
    oldest_ms,
)
from bntui.feed.core.recovery import open_ledger
from bntui.model.account import AccountKey
from bntui.model.markets import Market
from bntui.venue.user import Ask, AskKind, Page
from tests.feed.core.accountworld import (
    DAY_MS,
    FUTURES_RULES,
    PAIRS,
    SPOT_RULES,
    START_MS,
    fill,
    order,
)

OWNER = AccountKey("main", Market.SPOT)


def ledger() -> Ledger:
    """One that saw nothing yet."""
    return open_ledger(OWNER, SPOT_RULES, lambda: PAIRS, START_MS)


def page(*numbers: int, full: bool = False, time_ms: int = START_MS - 10_000) -> Page:
    """An answer with these fills."""
    rows = tuple(fill(OWNER, "BTCUSDT", number, time_ms) for number in numbers)
    return Page(rows, full=full, last_ms=rows[-1].time_ms if rows else None)


def answer(known: Ledger, question: Fills, answered: Page, asked_ms: int = START_MS) -> tuple[Ask, object]:
    """Ask, and take the answer."""
    ask = question.ask(asked_ms)
    known.told(ask, answered, 10.0, 9.0, asked_ms)
    return ask, question.answered(ask, answered, 9.0, asked_ms)


def test_fills_are_asked_for_by_time_first_and_from_the_last_id_on_then() -> None:
    known = ledger()
    question = Fills("BTCUSDT", known, SPOT_RULES)
    ask, heard = answer(known, question, page(5, 9, full=True))
    assert (ask.from_ms, ask.from_id) == (START_MS - DAY_MS - OVERLAP_MS, None)
    assert not question.answered(ask, page(5, 9, full=True), 9.0, START_MS).done
    ask, heard = answer(known, question, page(12))
    assert (ask.from_id, ask.from_ms, ask.to_ms) == (10, None, None)
    assert heard == (True, 0.0, "")


def test_a_long_time_is_asked_for_in_pieces_of_the_longest_that_is_taken() -> None:
    known = ledger()
    question = Fills("BTCUSDT", known, SPOT_RULES)
    asked = []
    for _ in range(10):
        ask, heard = answer(known, question, Page(), START_MS + 2 * DAY_MS)
        assert ask.from_ms is not None
        assert ask.to_ms is not None
        assert ask.to_ms - ask.from_ms < DAY_MS
        asked.append((ask.from_ms, ask.to_ms))
        if heard == (True, 0.0, ""):
            break
    assert [start for start, _ in asked[1:]] == [end + 1 for _, end in asked[:-1]], "without a gap"
    assert asked[-1][1] == START_MS + 2 * DAY_MS


def test_where_ids_reach_not_far_enough_back_time_does() -> None:
    known = open_ledger(OWNER, FUTURES_RULES, lambda: PAIRS, START_MS)
    known.told(Ask(AskKind.FILLS, "BTCUSDT", from_id=1), page(5), 10.0, 9.0, START_MS)
    question = Fills("BTCUSDT", known, FUTURES_RULES)
    assert question.ask(START_MS).from_id == 6
    assert question.ask(START_MS + 8 * DAY_MS).from_id is None


def test_what_the_stream_told_and_rest_does_not_know_is_asked_for_again_and_then_missing() -> None:
    known = ledger()
    known.vouch(START_MS)
    known.heard(fill(OWNER, "BTCUSDT", 7, START_MS - 20_000), 5.0)
    question = Fills("BTCUSDT", known, SPOT_RULES)
    for _ in range(REST_TRIES - 1):
        assert answer(known, question, Page())[1] == (False, REST_WAIT_S, "")
    _, heard = answer(known, question, Page())
    assert heard == (True, 0.0, "REST does not know all that the stream told")


def test_an_announced_fill_must_be_found() -> None:
    known = ledger()
    known.vouch(START_MS)
    question = Fills("BTCUSDT", known, SPOT_RULES, [7])
    assert answer(known, question, Page())[1] == (False, REST_WAIT_S, "")
    assert answer(known, question, page(7))[1] == (True, 0.0, "")


def test_the_end_of_an_order_is_asked_for_by_its_id() -> None:
    known = ledger()
    mine = order(OWNER, "BTCUSDT", 7, START_MS)
    known.heard(mine, 1.0)
    question = Ending(mine, known)
    ask = question.ask(START_MS)
    assert (ask.kind, ask.symbol, ask.from_id) == (AskKind.ORDERS, "BTCUSDT", 7)
    ended = Page((replace(mine, status="CANCELED", time_ms=START_MS + 5),))
    known.told(ask, ended, 3.0, 2.0, START_MS)
    assert question.answered(ask, ended, 2.0, START_MS).done
    assert not question.gone


def test_an_order_that_rest_does_not_know_is_gone() -> None:
    known = ledger()
    mine = order(OWNER, "BTCUSDT", 7, START_MS)
    known.heard(mine, 1.0)
    question = Ending(mine, known)
    heard = [question.answered(question.ask(START_MS), Page(), 2.0, START_MS) for _ in range(REST_TRIES)]
    assert [each.done for each in heard] == [False] * (REST_TRIES - 1) + [True]
    assert question.gone


def test_traded_symbols_are_gathered_over_all_pages() -> None:
    question = Traded(START_MS - DAY_MS, FUTURES_RULES, START_MS)
    first = question.ask(START_MS)
    behind = START_MS - 50
    assert not question.answered(
        first, Page(symbols=("A", "B"), full=True, last_ms=behind), 1.0, START_MS
    ).done
    second = question.ask(START_MS)
    assert second.from_ms == behind, "rows of that very millisecond may come behind the page"
    assert question.answered(second, Page(symbols=("B", "C")), 1.0, START_MS).done
    assert list(question.symbols) == ["A", "B", "C"]


def test_what_the_exchange_has_forgotten_is_not_asked_for() -> None:
    assert oldest_ms(SPOT_RULES, START_MS) == 0
    question = Traded(START_MS - 400 * DAY_MS, FUTURES_RULES, START_MS)
    assert question.ask(START_MS).from_ms == START_MS - 180 * DAY_MS


def test_one_answer_is_enough_for_a_look() -> None:
    look = Look(AskKind.BALANCES)
    assert look.answered(look.ask(START_MS), Page(full=True), 1.0, START_MS).done


def test_things_are_named_and_many_of_them_counted() -> None:
    assert listed([]) == ""
    assert listed(["balances"]) == "balances"
    assert (
        listed(["trades of A", "balances", "trades of B", "trades of A"]) == "balances and trades of A and B"
    )
    many = [f"trades of S{each}" for each in range(9)]
    assert listed(many) == "trades of S0, S1, S2, S3, S4, S5 and 3 more symbols"
    assert missing_words([("trades of A", "x"), ("balances", "y"), ("trades of B", "x")]) == (
        "trades of A and B: x; balances: y"
    )
