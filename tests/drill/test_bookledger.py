"""What a drill sees of books: how they stood, and that good ones agree with the quotes of the same id."""

from __future__ import annotations

import pytest

from bntui.clock import ManualClock
from bntui.drill.bookledger import IDS_KEPT, Best, BookLedger, best_of
from bntui.drill.counted import AgreementExpected
from bntui.drill.expect import BookExpected
from bntui.drill.history import Stand
from bntui.drill.record import Record
from bntui.drill.scenario import load, parse
from bntui.drill.tables import BadScenario
from bntui.drill.tailing import Lines
from bntui.engine.tail import line
from bntui.model.states import BookState
from bntui.model.status import BookApplied, Event
from tests.drill.records import ZERO, record, stands, table
from tests.model.build import BTC, quote

GOOD: Best = (("100.00", "1.5"), ("100.01", "2.5"))
OTHER: Best = (("99.00", "1.5"), ("100.01", "2.5"))
SYNCED, WRONG = Stand("synced", ""), Stand("untrusted", "3 updates missing")


def test_a_good_book_and_the_quote_of_the_same_id_are_compared_in_either_order() -> None:
    ledger = BookLedger()
    ledger.quote(1, GOOD)
    ledger.book(0.0, 1, SYNCED, GOOD)
    ledger.book(0.1, 2, SYNCED, OTHER)
    ledger.quote(2, GOOD)
    ledger.quote(3, GOOD)
    assert (ledger.checks, ledger.wrong) == (2, 1)


def test_a_book_that_says_that_it_is_wrong_is_not_blamed() -> None:
    ledger = BookLedger()
    ledger.quote(1, GOOD)
    ledger.book(0.0, 1, WRONG, OTHER)
    assert (ledger.checks, ledger.wrong) == (0, 0)


def test_what_waits_for_its_counterpart_is_bounded_and_forgotten_with_the_tail() -> None:
    ledger = BookLedger()
    for number in range(IDS_KEPT + 2):
        ledger.quote(number, GOOD)
    ledger.book(0.0, 1, SYNCED, OTHER)
    assert ledger.checks == 0
    ledger.restart()
    ledger.book(0.0, IDS_KEPT, SYNCED, OTHER)
    assert ledger.checks == 0


def test_an_empty_side_has_no_best_level() -> None:
    assert best_of([]) == ()
    assert best_of([["1", "2"], ["0", "2"]]) == ("1", "2")


def test_lines_of_the_tail_are_kept_by_symbol() -> None:
    def applied(update_id: int, state: BookState, reason: str = "") -> BookApplied:
        bids, asks = (("100.00", "1.5"),), (("100.01", "2.5"),)
        return BookApplied(BTC, update_id, state, reason, bids, asks, None, 0, 0.0)

    seen = Record()
    lines = Lines(seen, ManualClock(monotonic=7.0))
    events: list[Event] = [
        quote(BTC, update_id=1),
        applied(1, BookState.SYNCED),
        quote(BTC, update_id=1),
        applied(1, BookState.UNTRUSTED, "3 updates missing"),
    ]
    lines.take([text for event in events if (text := line(event))], 0)
    ledger = seen.books["BTCUSDT"]
    assert (ledger.checks, ledger.wrong) == (1, 0)
    assert ledger.states.all() == [(7.0, SYNCED), (7.0, WRONG)]
    lines.begin_again()


def seen(*stood: tuple[float, str, str], **counts: int) -> Record:
    return record(books={"BTCUSDT": BookLedger(stands(*stood), **counts)})


@pytest.mark.parametrize(
    ("words", "met"),
    [
        ({"state": "untrusted", "reason": "missing", "within": 5}, True),
        ({"state": "untrusted", "reason": "crossed", "within": 5}, False),
        ({"state": ["untrusted", "resync"], "from_": 4, "never": 5}, True),
        ({"state": "synced", "throughout": 9}, False),
    ],
)
def test_the_trust_in_a_book_is_looked_at_over_time(words: dict[str, object], met: bool) -> None:
    saw = seen((0, "synced", ""), (2, "untrusted", "3 updates missing"), (3, "synced", ""))
    finding = BookExpected.read(table(book="BTCUSDT", **words)).judge(saw)
    assert finding.passed is met, finding


def test_a_book_that_nobody_saw_meets_nothing() -> None:
    words = table(book="ETHUSDT", state="synced", within=5)
    assert not BookExpected.read(words).judge(seen((0, "synced", ""))).passed
    assert not AgreementExpected.read(table(agreement="ETHUSDT")).judge(seen()).passed


@pytest.mark.parametrize(
    ("counts", "words", "met"),
    [
        ({"checks": 20, "resyncs": 1}, {"checks": [10, 30], "resyncs": 1}, True),
        ({"checks": 20, "resyncs": 2}, {"checks": [10, 30], "resyncs": 1}, False),
        ({"checks": 9, "resyncs": 1}, {"checks": [10, 30], "resyncs": 1}, False),
        ({"checks": 20, "wrong": 1}, {}, False),
        ({"checks": 0}, {}, False),
    ],
)
def test_one_wrong_price_is_one_too_many(counts: dict[str, int], words: dict[str, object], met: bool) -> None:
    finding = AgreementExpected.read(table(agreement="BTCUSDT", **words)).judge(seen(**counts))
    assert finding.passed is met, finding


def test_the_symbols_of_a_tail_of_books_are_named_so_that_they_flow() -> None:
    assert [key.symbol for key in load("dropped-diff").tailed] == ["BTCUSDT", "ETHUSDT"]
    assert load("out-of-order").tailed == ()


def test_a_state_that_no_book_has_is_refused() -> None:
    with pytest.raises(BadScenario, match="state cannot be 'live'"):
        parse("mine", 'about="x"\nseconds=5\n[[expect]]\nbook="BTCUSDT"\nstate="live"\nwithin=1\n')


def test_times_of_books_count_from_second_zero() -> None:
    assert seen((2, "synced", "")).books["BTCUSDT"].states.all()[0][0] == ZERO + 2
