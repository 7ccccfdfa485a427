"""Which symbols are asked for: the likeliest first, each once, and no more than there is reason for."""

from __future__ import annotations

from decimal import Decimal

from bntui.feed.core.comparison import (
    ENDINGS_A_TIME,
    FIRST_SYMBOLS,
    SYMBOLS_A_TIME,
    UNEXPLAINED,
    VAIN_TRIES,
    Comparison,
    Debts,
)
from bntui.feed.core.questions import Ending, Fills
from bntui.feed.core.recovery import open_ledger
from bntui.model.account import AccountKey
from bntui.model.markets import Market
from bntui.venue.user import AskKind, Page
from tests.feed.core.accountworld import FUTURES_RULES, PAIRS, SPOT_RULES, START_MS, balance, fill, order

OWNER = AccountKey("main", Market.SPOT)


def comparison(
    debts: Debts, *watched: str, thorough: bool = True, known: int = 0, rules: bool = False
) -> Comparison:
    """One that has just begun; `known`: so many symbols have fills; `rules`: the futures'."""
    its_rules = FUTURES_RULES if rules else SPOT_RULES
    ledger = open_ledger(OWNER, its_rules, lambda: PAIRS, START_MS)
    for each in range(known):
        ledger.heard(fill(OWNER, f"S{each}", 1, START_MS + each), 1.0)
    return Comparison(
        ledger, its_rules, lambda: PAIRS, lambda: watched, debts, not thorough, thorough, START_MS
    )


def asked(one: Comparison, differences: dict[str, Decimal] | None = None) -> list[str]:
    """The symbols that are queued now."""
    one.queue.clear()
    one.ask_on(differences or {})
    return [question.symbol for question in one.queue if isinstance(question, Fills)]


def test_what_everything_begins_with() -> None:
    spot, futures = comparison(Debts()), comparison(Debts(), rules=True)
    assert [question.about for question in spot.queue] == ["balances", "open orders"]
    assert [question.about for question in futures.queue] == [
        "balances",
        "positions",
        "open orders",
        "traded symbols",
    ]


def test_symbols_that_explain_both_changes_come_before_those_that_explain_one() -> None:
    one = comparison(Debts(first=False), thorough=False)
    one.ledger.heard(balance(OWNER, "BTC", "1", START_MS), 1.0)
    differences = {"ETH": Decimal(2), "USDT": Decimal(-20)}
    assert asked(one, differences) == ["ETHUSDT", "BTCUSDT", "ETHBTC"]


def test_an_asset_that_the_account_has_not_explains_nothing() -> None:
    one = comparison(Debts(first=False), thorough=False)
    assert asked(one, {"ETH": Decimal(2), "USDT": Decimal(-20)}) == ["ETHUSDT"]


def test_what_the_last_comparison_left_comes_first() -> None:
    debts = Debts(symbols={"OWED": None}, announced={("LITE", 7): None}, first=False)
    assert asked(comparison(debts, known=1))[:2] == ["LITE", "OWED"]


def test_without_a_sign_only_those_with_the_newest_fills_are_asked_for() -> None:
    one = comparison(Debts(first=False), known=SYMBOLS_A_TIME + 5)
    one.ledger.books.rebase({}, START_MS)
    assert asked(one) == [f"S{each}" for each in range(SYMBOLS_A_TIME + 4, 4, -1)]
    assert asked(comparison(Debts(first=False), known=5, thorough=False)) == []


def test_after_a_gap_without_amounts_to_compare_everything_known_is_asked_for() -> None:
    one = comparison(Debts(first=False), "WATCHED", known=SYMBOLS_A_TIME + 5)
    assert len(asked(one)) == SYMBOLS_A_TIME + 6


def test_a_first_look_on_spot_asks_for_some_of_the_watched() -> None:
    watched = [f"W{each}" for each in range(FIRST_SYMBOLS + 5)]
    assert asked(comparison(Debts(), *watched)) == watched[:FIRST_SYMBOLS]
    assert asked(comparison(Debts(), *watched, rules=True)) == []


def test_what_explains_nothing_is_not_asked_for_without_end() -> None:
    debts, differences = Debts(first=False), {"ETH": Decimal(2)}
    rounds = [
        len(asked(comparison(debts, "WATCHED", thorough=False), differences)) for _ in range(VAIN_TRIES + 1)
    ]
    assert rounds == [1] * VAIN_TRIES + [0]
    assert asked(comparison(debts, "WATCHED", thorough=False), {"ETH": Decimal(3)}) == ["WATCHED"]


def test_each_symbol_is_asked_for_once_unless_one_of_its_fills_is_announced() -> None:
    one = comparison(Debts(symbols={"A": None}, first=False), thorough=False)
    assert asked(one) == ["A"]
    assert asked(one) == []
    one.debts.announced["A", 5] = None
    one.announced("A")
    assert asked(one) == ["A"]


def test_orders_that_were_filled_or_are_gone_point_to_their_symbols() -> None:
    one = comparison(Debts(first=False), thorough=False)
    for number in range(ENDINGS_A_TIME + 2):
        one.ledger.heard(order(OWNER, f"GONE{number}", number, START_MS), 1.0)
    quiet, filled = order(OWNER, "QUIET", 98, START_MS), order(OWNER, "FILLED", 99, START_MS)
    one.ledger.heard(quiet, 1.0)
    one.ledger.heard(filled, 1.0)
    rows = (quiet, order(OWNER, "FILLED", 99, START_MS + 5, "PARTIALLY_FILLED", "40"))
    one.read(AskKind.OPEN_ORDERS, Page(rows), 2.0, START_MS)
    assert one.signs
    symbols = asked(one)
    assert symbols[0] == "FILLED"
    assert "QUIET" not in symbols
    assert len([each for each in one.queue if isinstance(each, Ending)]) == ENDINGS_A_TIME
    assert len(one.missing) == 2, "the others are asked for the next time"


def test_the_outcome_names_what_does_not_add_up() -> None:
    one = comparison(Debts(first=False))
    one.ledger.books.rebase({}, START_MS)
    one.read(AskKind.BALANCES, Page((balance(OWNER, "ETH", "2", START_MS + 9),)), 2.0, START_MS + 9)
    assert one.differences() == {"ETH": Decimal(2)}
    assert one.outcome() == {"ETH +2": UNEXPLAINED}
    one.look_again()
    assert one.queue[-1].about == "balances"


def test_without_balances_nothing_is_compared_and_a_refusal_is_the_reason() -> None:
    one = comparison(Debts(first=False))
    one.not_had(one.queue[0], "refused")
    assert one.differences() is None
    assert one.outcome() == {"balances": "refused"}
