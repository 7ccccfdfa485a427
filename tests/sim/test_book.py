"""A side of a book is a sorted map of levels."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bntui.sim.book import Book, BookSide

changes = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 3)), max_size=80)


@given(changes)
def test_a_side_holds_what_a_map_would_hold(changes: list[tuple[int, int]]) -> None:
    side, model = BookSide(), dict[int, int]()
    for key, steps in changes:
        side.set(key, steps)
        model.pop(key, None)
        if steps:
            model[key] = steps
        assert side.keys == sorted(model)
        assert side.steps == model
        assert side.best() == max(model, default=None)
        assert len(side) == len(model)


@given(changes, st.integers(0, 40))
def test_the_top_is_best_first_on_both_sides(changes: list[tuple[int, int]], levels: int) -> None:
    book = Book()
    for price, steps in changes:
        book.bids.set(price, steps)
        book.asks.set(-price, steps)
    prices = sorted(book.bids.steps)
    assert [price for price, _ in book.bids.top(levels)] == prices[::-1][:levels]
    assert [price for price, _ in book.asks.top(levels)] == prices[:levels]
    assert (book.best_bid(), book.best_ask()) == (max(prices, default=None), min(prices, default=None))


def test_removing_what_is_not_there_changes_nothing() -> None:
    side = BookSide()
    side.set(5, 0)
    assert (side.keys, side.top(3), repr(side)) == ([], [], "<BookSide 0 levels, best None>")


def test_a_cleared_side_is_empty() -> None:
    book = Book(9)
    book.asks.set(-4, 1)
    assert repr(book) == "<Book 9 None/4>"
    book.asks.clear()
    assert book.best_ask() is None
