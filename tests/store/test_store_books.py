"""The store keeps how far each local book can be trusted, and tells who lacks it."""

from __future__ import annotations

from bntui.model.states import BookState
from bntui.model.status import BookStatusChanged
from tests.model.build import BTC, ETH, book_status
from tests.store.test_store import EPOCH, ask, store


def test_the_trust_in_a_book_is_told_when_it_changes_and_when_it_goes() -> None:
    s = store(BTC)
    s.apply([BookStatusChanged(BTC, book_status()), BookStatusChanged(ETH, book_status(ETH))])
    first = ask(s)
    s.apply([BookStatusChanged(BTC, wrong := book_status(state=BookState.UNTRUSTED, reason="crossed"))])
    s.apply([BookStatusChanged(ETH, None)])

    second = ask(s, first.seq)

    assert (first.books, first.books_gone) == ([book_status(), book_status(ETH)], [])
    assert (second.books, second.books_gone) == ([wrong], [ETH])
    assert dict(s.books) == {BTC: wrong}
    assert ask(s, second.seq).books == []


def test_a_viewer_that_missed_the_end_of_a_forgotten_book_gets_everything_anew() -> None:
    s = store(tombstones=1)
    s.apply([BookStatusChanged(BTC, book_status()), BookStatusChanged(ETH, book_status(ETH))])
    seq = ask(s).seq
    s.apply([BookStatusChanged(BTC, None), BookStatusChanged(ETH, None)])
    assert ask(s, seq).full


def test_the_end_of_a_book_that_nobody_knew_changes_nothing() -> None:
    s = store()
    seq = ask(s).seq
    s.apply([BookStatusChanged(BTC, None)])
    assert not s.dirty(seq, EPOCH)
