"""Listen keys: extended in time, asked for anew when they end, and never deleted."""

from __future__ import annotations

import random
from itertools import pairwise

from bntui.feed.core.userfacts import Ended, KeepKey, KeyGiven, MakeKey, Told
from bntui.feed.core.userstream_listenkey import ListenKeyStream
from bntui.model.account import AccountKey
from bntui.model.markets import Market
from bntui.model.states import UserStreamState
from bntui.venue.binance.futures_limits import USDM
from tests.support.userworld import BAD_KEY, NO_KEY, TROUBLE, UserWorld

LIFE_S = 3600.0
OWNER = AccountKey("main", Market.USDM)


def running(life_s: float = LIFE_S) -> UserWorld:
    world = UserWorld(ListenKeyStream(USDM, random.Random(5).uniform, life_s))
    world.run(5.0)
    assert state(world) is UserStreamState.LIVE
    return world


def state(world: UserWorld) -> UserStreamState:
    return world.stream.standing.state


def lines(world: UserWorld) -> list[str]:
    return [line.what for line in world.stream.view(OWNER, "", world.now, 0).renewals]


def test_a_key_is_asked_for_before_anything_is_opened_and_an_answered_ping_proves_the_rest() -> None:
    world = running()
    assert world.times(MakeKey)[0] < world.connects[0]
    assert lines(world) == ["new key", "subscribed"]


def test_the_key_is_extended_every_25_to_30_minutes_at_odd_times() -> None:
    world = running()
    world.run(12 * 3600.0)
    waits = [later - sooner for sooner, later in pairwise(world.times(KeepKey))]
    assert all(1500.0 <= wait <= 1801.0 for wait in waits)
    assert len({round(wait) for wait in waits}) > 5
    view = world.stream.view(OWNER, "", world.now, 0)
    assert view.proof == "the listen key was extended"
    assert view.expires_at is not None
    assert view.renewal_at is not None
    assert view.expires_at - view.renewal_at >= LIFE_S - 1800.0


def test_a_failed_extension_is_tried_again_and_after_the_second_a_key_is_made() -> None:
    world = running()
    world.next_refusals = [TROUBLE] * 3
    world.run(1900.0)
    assert len(world.times(KeepKey)) == 2
    assert len(world.times(MakeKey)) == 3
    assert len(world.connects) == 2
    assert state(world) is UserStreamState.LIVE
    assert world.reconciled[-1] == "a new connection"
    assert world.covered


def test_one_failed_extension_changes_nothing_else() -> None:
    world = running()
    world.next_refusals = [TROUBLE]
    world.run(1900.0)
    assert len(world.times(KeepKey)) == 2
    assert (len(world.times(MakeKey)), len(world.connects)) == (1, 1)


def test_a_key_that_is_gone_is_made_anew_with_a_new_connection() -> None:
    world = running()
    world.end_key(told=False)
    world.run(1900.0)
    assert world.key == 2
    assert len(world.connects) == 2
    assert state(world) is UserStreamState.LIVE
    assert any(line.failure == NO_KEY.reason for line in world.stream.view(OWNER, "", 0.0, 0).renewals)


def test_a_key_that_expires_early_is_replaced_at_once() -> None:
    world = running()
    world.run(60.0)
    world.end_key()
    assert state(world) is UserStreamState.DOWN
    assert world.stream.standing.reason == "listenKeyExpired"
    world.run(5.0)
    assert (state(world), world.key) == (UserStreamState.LIVE, 2)
    assert world.reconciled == ["a new connection"] * 2


def test_keys_that_end_as_soon_as_they_are_made_are_asked_for_more_and_more_slowly() -> None:
    world = running()
    for _ in range(600):
        world.end_key()
        world.run(1.0)
    assert len(world.times(MakeKey)) < 80


def test_the_end_of_an_older_key_is_no_news() -> None:
    world = running()
    old = next(iter(world.lines))
    world.run(60.0)
    world.end_key()
    world.run(2.0)
    assert old in world.lines
    world.tell(Ended(old, "listenKeyExpired"))
    assert state(world) is UserStreamState.LIVE


def test_an_old_connection_of_an_ended_key_proves_nothing() -> None:
    world = running()
    world.run(60.0)
    world.streams_down = True
    world.end_key()
    world.tell(Told(1, "ORDER_TRADE_UPDATE"))
    assert state(world) is UserStreamState.DOWN


def test_a_key_that_cannot_be_extended_for_its_whole_life_is_down_and_comes_back() -> None:
    world = running()
    world.rest_down = True
    world.run(2 * LIFE_S)
    assert state(world) is UserStreamState.DOWN
    assert world.stream.standing.reason
    world.rest_down = False
    world.run(120.0)
    assert state(world) is UserStreamState.LIVE
    assert world.covered


def test_until_the_key_has_ended_a_failing_rest_does_not_make_the_stream_down() -> None:
    world = running()
    world.rest_down = True
    world.run(LIFE_S - 100.0)
    assert state(world) is UserStreamState.LIVE
    assert world.covered


def test_a_key_that_is_revoked_in_mid_run_ends_in_the_exchanges_words() -> None:
    world = running()
    world.refuses = BAD_KEY
    world.run(24 * 3600.0)
    assert state(world) is UserStreamState.REFUSED
    assert world.stream.standing.reason == BAD_KEY.reason
    assert len(world.times(KeepKey)) == 1
    assert len(world.times(MakeKey)) == 1


def test_the_same_key_again_is_no_new_one() -> None:
    world = running()
    world.tell(KeyGiven(same=True))
    assert "the same key again" in lines(world)
    world.end_key()
    assert state(world) is UserStreamState.DOWN
