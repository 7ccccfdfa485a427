"""What is taken off a list can be put back: off a named list, or off everything that is watched."""

from __future__ import annotations

import pytest

from bntui.model.markets import SymbolKey
from bntui.preferences import Preferences
from bntui.ui.lists import ListTold
from bntui.ui.removals import KEPT, Removals
from bntui.ui.wishes import Told
from bntui.wire.messages import Unwatch, Watch
from tests.support import market
from tests.support.viewing import Desk, desk

BTC, ETH = market.key_of("BTCUSDT"), market.key_of("ETHUSDT")


def sitting(first: str = "") -> Desk:
    """A viewer with a named list, which is shown first if it is named here."""
    lists = (ListTold("majors", (ETH, BTC)), ListTold("one", (BTC,)))
    return desk(market.calm(), told=Told(Preferences(watchlist=first), lists))


def test_off_the_list_of_everything_a_symbol_is_not_watched_any_more() -> None:
    at = sitting()
    removals = Removals(at.app.viewer)
    removals.remove(BTC)
    assert at.sent == [Unwatch([BTC])]
    assert at.app.viewer.lists.holding(BTC) == []
    removals.undo()
    assert at.sent == [Unwatch([BTC]), Watch([BTC])]
    assert at.app.viewer.lists.holding(BTC) == ["majors", "one"]
    assert not removals


def test_off_a_named_list_it_is_watched_on() -> None:
    at = sitting("majors")
    lists = at.app.viewer.lists
    removals = Removals(at.app.viewer)
    removals.remove(ETH)
    assert at.sent == []
    assert lists.shown([BTC, ETH]) == [BTC]
    removals.undo()
    assert at.sent == []
    assert lists.shown([BTC, ETH]) == [ETH, BTC]


def test_without_an_engine_nothing_is_taken_off() -> None:
    at = sitting()
    at.clock.advance(60)
    removals = Removals(at.app.viewer)
    removals.remove(BTC)
    assert not removals
    assert at.app.viewer.lists.holding(BTC) == ["majors", "one"]


def test_nothing_to_put_back_is_said() -> None:
    at = sitting()
    Removals(at.app.viewer).undo()
    assert at.app.viewer.board.current(at.clock.monotonic()) == ("Nothing to put back.", False)


@pytest.mark.parametrize("more", [0, 1, 10])
def test_so_many_can_be_put_back_and_the_oldest_are_forgotten(more: int) -> None:
    at = sitting()
    removals = Removals(at.app.viewer)
    for number in range(KEPT + more):
        removals.remove(SymbolKey(BTC.market, f"S{number}"))
    at.sent.clear()
    while removals:
        removals.undo()
    assert len(at.sent) == KEPT
