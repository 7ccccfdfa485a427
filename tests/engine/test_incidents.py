"""Holes are counted on the loss that they are due to."""

from __future__ import annotations

from bntui.engine.incidents import DUE_WITHIN_MS, blame, counted_on, hole
from bntui.model.incident import is_hole
from bntui.model.markets import Market
from bntui.model.status import Gap, OutageChanged
from bntui.model.views import OutageView
from tests.support.engine import key

NOW_MS = 10_000_000


def loss(number: int, shard: int, ended_ms: int | None = NOW_MS, planned: bool = False) -> OutageView:
    return OutageView(
        number, shard, Market.SPOT, NOW_MS - 60_000 + number, "lost", None, 3, ended_ms, 5.0, planned
    )


def gap(from_id: int, to_id: int, repaired: bool = False, interval: str = "") -> Gap:
    return Gap(key("BTCUSDT"), from_id, to_id, "connection lost", repaired, NOW_MS, 0.0, interval)


def test_a_hole_is_due_to_the_newest_loss_of_its_own_shard() -> None:
    found = blame(gap(10, 14), 1, [loss(1, 1), loss(2, 1), loss(3, 2)], NOW_MS)
    assert found is not None
    assert (found.id, found.missing, found.refilled) == (2, 5, 0)


def test_a_shard_that_was_replaced_since_leaves_the_newest_loss_of_all() -> None:
    found = blame(gap(10, 14), 9, [loss(1, 1), loss(2, 2)], NOW_MS)
    assert found is not None
    assert found.id == 2


def test_what_was_refilled_is_counted_and_never_more_than_was_missing() -> None:
    first = blame(gap(10, 14), 1, [loss(1, 1)], NOW_MS)
    assert first is not None
    then = blame(gap(10, 14, repaired=True), 1, [first], NOW_MS)
    assert then is not None
    assert (then.missing, then.refilled) == (5, 5)
    again = blame(gap(10, 14, repaired=True), 1, [then], NOW_MS)
    assert again is not None
    assert again.refilled == 5


def test_nothing_is_blamed_on_planned_changes_old_losses_or_for_candles() -> None:
    assert blame(gap(1, 2), 1, [loss(1, 1, planned=True)], NOW_MS) is None
    assert blame(gap(1, 2), 1, [loss(1, 1, ended_ms=NOW_MS - DUE_WITHIN_MS - 1)], NOW_MS) is None
    assert blame(gap(1, 2, interval="1m"), 1, [loss(1, 1)], NOW_MS) is None
    assert blame(gap(5, 2), 1, [loss(1, 1)], NOW_MS) is None


def test_a_hole_that_nothing_explains_is_an_incident_and_takes_in_those_that_follow() -> None:
    first = hole(gap(10, 12), 4, 7, NOW_MS)
    assert first is not None
    assert (first.id, first.shard, first.missing, first.blind_s) == (7, 4, 3, 0.0)
    assert is_hole(first)
    then = blame(gap(20, 21), 4, [first], NOW_MS + DUE_WITHIN_MS)
    assert then is not None
    assert (then.id, then.missing) == (7, 5)
    filled = blame(gap(10, 12, repaired=True), 4, [then], NOW_MS + DUE_WITHIN_MS)
    assert filled is not None
    assert (filled.missing, filled.refilled) == (5, 3)


def test_what_was_refilled_or_lacks_nothing_is_no_incident() -> None:
    assert hole(gap(10, 12, repaired=True), 4, 7, NOW_MS) is None
    assert hole(gap(12, 10), 4, 7, NOW_MS) is None
    assert hole(gap(1, 2, interval="1m"), 4, 7, NOW_MS) is None


def test_news_of_an_incident_forget_no_trades_that_were_counted_on_it() -> None:
    told = blame(gap(10, 14), 1, [loss(1, 1, ended_ms=None)], NOW_MS)
    assert told is not None
    ended = counted_on(OutageChanged(loss(1, 1)), [loss(2, 1), told]).view
    assert (ended.ended_ms, ended.missing, ended.refilled) == (NOW_MS, 5, 0)
    fresh = OutageChanged(loss(3, 1))
    assert counted_on(fresh, [told]) is fresh
