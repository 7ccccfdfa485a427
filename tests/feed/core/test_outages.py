"""The reconnect history says when, why and how long."""

from __future__ import annotations

from itertools import count

from bntui.feed.core.outages import Outages
from bntui.model.markets import Market


def test_an_outage_lasts_from_the_last_data_to_the_return() -> None:
    outages = Outages(Market.SPOT, count(1).__next__)
    began = outages.lost(3, "closed by the server: 1006", 1006, 120, blind_since=100.0, wall_ms=5_000)
    assert began is not None
    assert (began.ended_ms, began.blind_s, began.streams, began.planned) == (None, None, 120, False)
    ended = outages.flowing(3, now=142.5, wall_ms=47_500)
    assert ended is not None
    assert (ended.id, ended.ended_ms, ended.blind_s) == (began.id, 47_500, 42.5)
    assert not outages.lasts(3)


def test_the_first_cause_stays_while_attempts_fail() -> None:
    outages = Outages(Market.SPOT, count(1).__next__)
    assert outages.lost(1, "closed", None, 5, 0.0, 0) is not None
    assert outages.lost(1, "connection refused", None, 5, 9.0, 9_000) is None


def test_a_shard_without_streams_has_nothing_to_lose() -> None:
    assert Outages(Market.SPOT, count(1).__next__).lost(1, "closed", None, 0, 0.0, 0) is None


def test_nothing_ends_that_did_not_begin() -> None:
    assert Outages(Market.SPOT, count(1).__next__).flowing(1, 0.0, 0) is None


def test_a_planned_change_is_whole_at_once_and_was_never_blind() -> None:
    view = Outages(Market.SPOT, count(7).__next__).planned(1, "24 h", 10, 1_000)
    assert (view.id, view.blind_s, view.ended_ms, view.planned) == (7, 0.0, 1_000, True)
