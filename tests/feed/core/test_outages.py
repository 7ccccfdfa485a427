"""The reconnect history says when, why and how long."""

from __future__ import annotations

from itertools import count

from bntui.feed.core.outages import CAUSES_TOLD, STOOD_STILL_WITHIN_S, Outages
from bntui.model.markets import Market
from bntui.model.views import OutageView


def test_an_outage_lasts_from_the_last_data_to_the_return() -> None:
    outages = Outages(Market.SPOT, count(1).__next__)
    began = outages.lost(
        3, "closed by the server: 1006", 1006, 120, now=102.0, blind_since=100.0, wall_ms=5_000
    )
    assert began is not None
    assert (began.ended_ms, began.blind_s, began.streams, began.planned) == (None, None, 120, False)
    ended = outages.flowing(3, now=142.5, wall_ms=47_500)
    assert ended is not None
    assert (ended.id, ended.ended_ms, ended.blind_s) == (began.id, 47_500, 42.5)
    assert not outages.lasts(3)


def lost(outages: Outages, cause: str, now: float = 0.0, closed_by: str = "network") -> OutageView | None:
    """A connection of five streams is gone."""
    return outages.lost(1, cause, None, 5, now, now, round(now * 1000), closed_by)


def test_the_first_cause_stays_and_what_kept_it_away_since_stands_beside_it_with_how_often() -> None:
    outages = Outages(Market.SPOT, count(1).__next__)
    lost(outages, "lost without a close frame")
    lost(outages, "connection refused", 2.0)
    lost(outages, "connection refused", 5.0)
    view = lost(outages, "this IP is banned (418)", 9.0, "server")
    assert view is not None
    assert view.cause == "lost without a close frame"
    assert view.later == "connection refused (2 times); this IP is banned (418)"
    ended = outages.flowing(1, 12.0, 12_000)
    assert ended is not None
    assert ended.later == view.later


def test_a_refusal_that_only_moves_its_time_is_the_same_refusal() -> None:
    outages = Outages(Market.SPOT, count(1).__next__)
    lost(outages, "cut")
    lost(outages, "this IP is banned (418): not before 10:00:00 UTC", 2.0)
    view = lost(outages, "this IP is banned (418): not before 10:00:01 UTC", 3.0)
    assert view is not None
    assert view.later == "this IP is banned (418): not before 10:00:01 UTC (2 times)"


def test_a_step_on_the_way_back_is_no_failure() -> None:
    outages = Outages(Market.SPOT, count(1).__next__)
    lost(outages, "lost without a close frame")
    assert lost(outages, "lost without a close frame", 2.0, "") is None


def test_a_loss_just_after_a_standstill_of_our_own_says_so() -> None:
    outages = Outages(Market.SPOT, count(1).__next__)
    outages.stood_still(7.7, 10.0)
    view = lost(outages, "lost without a close frame", 11.0)
    assert view is not None
    assert view.cause == "lost without a close frame; bntui itself had stood still for 7.7s"


def test_a_standstill_that_is_noticed_just_after_the_loss_is_told_too_and_once() -> None:
    outages = Outages(Market.SPOT, count(1).__next__)
    lost(outages, "lost without a close frame", 10.0)
    (view,) = outages.stood_still(7.7, 10.1)
    assert view.cause.endswith("; bntui itself had stood still for 7.7s")
    assert outages.stood_still(2.0, 10.2) == []
    assert outages.stood_still(2.0, 10.0 + STOOD_STILL_WITHIN_S + 1) == []


def test_an_old_standstill_and_what_we_ended_ourselves_have_nothing_to_do_with_it() -> None:
    outages = Outages(Market.SPOT, count(1).__next__)
    outages.stood_still(7.7, 10.0)
    old = lost(outages, "cut", 10.0 + STOOD_STILL_WITHIN_S + 0.1)
    assert old is not None
    assert old.cause == "cut"
    other = Outages(Market.SPOT, count(1).__next__)
    other.stood_still(7.7, 10.0)
    ours = lost(other, "no answer to our ping", 10.5, "bntui")
    assert ours is not None
    assert ours.cause == "no answer to our ping"


def test_only_so_many_causes_are_told() -> None:
    outages = Outages(Market.SPOT, count(1).__next__)
    lost(outages, "cut")
    views = [lost(outages, f"cause {n}", float(n)) for n in range(CAUSES_TOLD + 3)]
    last = views[-1]
    assert last is not None
    assert last.later.split("; ") == [*(f"cause {n}" for n in range(CAUSES_TOLD)), "other causes besides"]


def test_a_connection_that_stands_again_and_brings_nothing_is_told_as_that() -> None:
    outages = Outages(Market.SPOT, count(1).__next__)
    lost(outages, "cut", 10.0)
    outages.subscribed(1, 10.5)
    outages.subscribed(1, 11.0)
    ended = outages.flowing(1, 30.5, 30_500)
    assert ended is not None
    assert ended.later == "a connection stood again after 0.5s, but it took 20s until all of its data flowed"


def test_data_that_follows_its_connection_needs_no_word() -> None:
    outages = Outages(Market.SPOT, count(1).__next__)
    lost(outages, "cut", 10.0)
    outages.subscribed(1, 13.0)
    ended = outages.flowing(1, 13.4, 13_400)
    assert ended is not None
    assert ended.later == ""


def test_a_loss_goes_on_with_whoever_takes_the_streams_over() -> None:
    outages = Outages(Market.SPOT, count(1).__next__)
    began = lost(outages, "cut")
    outages.moved(1, 2)
    assert (outages.lasts(1), outages.lasts(2)) == (False, True)
    assert outages.flowing(1, 3.0, 3_000) is None
    ended = outages.flowing(2, 5.0, 5_000)
    assert began is not None
    assert ended is not None
    assert (ended.id, ended.shard) == (began.id, 1)


def test_a_loss_is_called_by_the_connection_that_was_lost() -> None:
    outages = Outages(Market.SPOT, count(1).__next__)
    view = outages.lost(2, "cut", None, 5, 0.0, 0.0, 0, "network", "", 1)
    assert view is not None
    assert view.shard == 1
    assert outages.lasts(2)


def test_a_shard_without_streams_has_nothing_to_lose() -> None:
    assert Outages(Market.SPOT, count(1).__next__).lost(1, "closed", None, 0, 0.0, 0.0, 0) is None


def test_nothing_ends_that_did_not_begin() -> None:
    assert Outages(Market.SPOT, count(1).__next__).flowing(1, 0.0, 0) is None


def test_a_planned_change_is_whole_at_once_and_was_never_blind() -> None:
    view = Outages(Market.SPOT, count(7).__next__).planned(1, "24 h", 10, 1_000)
    assert (view.id, view.blind_s, view.ended_ms, view.planned) == (7, 0.0, 1_000, True)
