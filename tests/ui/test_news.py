from __future__ import annotations

from dataclasses import replace
from typing import Any

from bntui.model.accounts import Accounts
from bntui.model.delta import AccountsDelta, NumberedFill
from bntui.ui.news import BATCH_S, News, Told, margin_words
from tests.model.account_samples import a_fill, a_position

BEGAN_MS = 1_000_000


class Following:
    """News of accounts that grow."""

    def __init__(self) -> None:
        self.accounts = Accounts()
        self.news = News()
        self.number = 0
        self.take()

    def come(self, *received_ms: int, **changes: Any) -> None:
        """Fills that were received then become known."""
        fills = []
        for at in received_ms:
            self.number += 1
            fills.append(NumberedFill(self.number, a_fill(self.number, received_ms=at, **changes)))
        self.accounts.apply(AccountsDelta(fills=fills, newest_fill=self.number))

    def take(self, now: float = 0.0) -> Told:
        return self.news.take(self.accounts, BEGAN_MS, now, "5")


def test_fills_that_came_since_the_viewer_began_are_unread_until_they_are_looked_at() -> None:
    at = Following()
    at.come(BEGAN_MS + 1, BEGAN_MS + 2)
    assert at.take() == Told()
    assert at.news.unread == 2
    at.come(BEGAN_MS + 3)
    at.take()
    assert at.news.unread == 3
    at.news.read()
    at.take()
    assert at.news.unread == 0


def test_what_was_known_before_is_no_news_whenever_its_page_comes() -> None:
    at = Following()
    at.come(BEGAN_MS - 5, BEGAN_MS - 4, recovered=True)
    assert at.take() == Told()
    assert at.news.unread == 0


def test_a_batch_of_recovered_fills_rings_once_and_says_how_many() -> None:
    at = Following()
    at.come(BEGAN_MS + 1, BEGAN_MS + 2, recovered=True)
    assert at.take(10.0) == Told(True, "2 fills recovered that no stream told: BTCUSDT. 5 shows them.")
    at.come(BEGAN_MS + 3, recovered=True, symbol="ETHUSDT")
    assert at.take(10.0 + BATCH_S / 2) == Told(
        False, "3 fills recovered that no stream told: BTCUSDT, ETHUSDT. 5 shows them."
    )
    at.come(BEGAN_MS + 4, recovered=True)
    assert at.take(20.0) == Told(True, "1 fill recovered that no stream told: BTCUSDT. 5 shows them.")


def test_an_ordinary_fill_rings_no_bell() -> None:
    at = Following()
    at.come(BEGAN_MS + 1)
    assert at.take() == Told()


def test_many_symbols_are_not_all_named() -> None:
    at = Following()
    for symbol in ("A", "B", "C", "D", "E"):
        at.come(BEGAN_MS + 1, recovered=True, symbol=symbol)
    assert "A, B, C and 2 more. 5" in at.take().message


def test_a_mirror_that_was_filled_anew_tells_nothing_twice() -> None:
    at = Following()
    at.come(BEGAN_MS + 1, BEGAN_MS + 2, recovered=True)
    at.take()
    at.accounts, at.number = Accounts(), 0
    at.take()
    at.come(BEGAN_MS + 1, BEGAN_MS + 2, recovered=True)
    assert at.take(60.0) == Told()
    assert at.news.unread == 2


def test_numbers_that_begin_anew_are_new_fills() -> None:
    at = Following()
    at.come(*[BEGAN_MS + n for n in range(1, 6)])
    at.take()
    at.accounts, at.number = Accounts(), 0
    at.come(BEGAN_MS + 9)
    at.take()
    assert at.news.unread == 6


def test_a_margin_call_rings_once_and_is_named_while_it_lasts() -> None:
    at = Following()
    called = a_position("BTCUSDT", margin_call_ms=BEGAN_MS)
    at.accounts.apply(AccountsDelta(positions=[called, a_position("ETHUSDT")]))
    assert at.take() == Told(bell=True)
    assert at.take() == Told()
    assert margin_words(at.accounts.positions.values()) == "MARGIN CALL: BTCUSDT.usdm of main"
    at.accounts.apply(AccountsDelta(positions=[replace(called, margin_call_ms=None)]))
    assert margin_words(at.accounts.positions.values()) == ""


def test_a_closed_position_has_no_margin_call() -> None:
    assert margin_words([a_position("BTCUSDT", qty="0.000", margin_call_ms=1)]) == ""


def test_the_past_of_an_account_that_is_looked_at_for_the_first_time_is_no_news() -> None:
    at = Following()
    at.come(BEGAN_MS + 1, time_ms=BEGAN_MS - 3_600_000)
    assert (at.take(), at.news.unread) == (Told(), 0)
    at.come(BEGAN_MS + 2, time_ms=BEGAN_MS - 3_600_000, recovered=True)
    assert at.take().bell
    assert at.news.unread == 1
