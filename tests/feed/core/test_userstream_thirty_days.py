"""Thirty days of both drivers in a moment each, under faults of every kind."""

from __future__ import annotations

import random
from math import inf

import pytest

from bntui.feed.core.userfacts import UserCommand
from bntui.feed.core.userstream import UserStream
from bntui.feed.core.userstream_listenkey import ListenKeyStream
from bntui.feed.core.userstream_wsapi import WsApiStream
from bntui.model.access import UserMethod
from bntui.model.states import UserStreamState
from bntui.venue.binance.futures_limits import USDM
from bntui.venue.binance.limits import SPOT
from tests.support.userworld import UserWorld

DAYS = 30
DAY_S = 86_400.0
SEEDS = 12
MINUTE_S = 60.0

# Signs of life are rare, so that a month has few moments in which anything happens.
RARE = {"own_ping_interval_s": 6 * 3600.0, "own_frame_silence_s": 40 * DAY_S, "own_user_proof_s": 1800.0}


def stream_by(method: UserMethod, rng: random.Random) -> UserStream:
    if method is UserMethod.LISTEN_KEY:
        return ListenKeyStream(USDM.override(RARE), rng.uniform, 3600.0)
    return WsApiStream(SPOT.override(RARE), rng.uniform, method)


class Dark:
    """How long nothing would have come, but for the times at which the exchange refused."""

    def __init__(self, world: UserWorld) -> None:
        self.world = world
        self.longest_s = 0.0
        self.total_s = 0.0
        self._since = inf
        self._refused_until = -inf
        world.watch = self.look

    def look(self, until: float) -> None:
        world = self.world
        if world.rest_down or world.streams_down:
            # What the exchange refused is tried again within the longest wait between two attempts.
            self._refused_until = until + 65.0
        if world.covered or world.now < self._refused_until:
            self._since = inf
            return
        self._since = min(self._since, world.now)
        self.total_s += until - world.now
        self.longest_s = max(self.longest_s, until - self._since)


@pytest.mark.parametrize("method", list(UserMethod))
@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_minute_passes_without_a_key_or_subscription_unless_the_exchange_refuses(
    method: UserMethod, seed: int
) -> None:
    rng = random.Random(seed)
    world = UserWorld(stream_by(method, rng), life_s=DAY_S)
    world.run(10.0)
    dark = Dark(world)
    world.seeded_faults(rng, DAYS, each_day=6.0)
    world.run(DAYS * DAY_S)
    assert dark.longest_s < MINUTE_S
    world.run(3600.0)
    assert world.covered
    assert world.stream.standing.state is UserStreamState.LIVE
    assert len(world.lines) <= 2


@pytest.mark.parametrize("method", list(UserMethod))
def test_a_month_without_faults_has_no_gap_at_all_and_never_asks_for_more_than_it_needs(
    method: UserMethod,
) -> None:
    world = UserWorld(stream_by(method, random.Random(7)), life_s=DAY_S)
    world.run(10.0)
    dark = Dark(world)
    world.run(DAYS * DAY_S)
    assert dark.total_s == 0.0
    # One connection for each day, and a few more, since they are replaced an hour or two early.
    assert DAYS <= len(world.connects) <= DAYS + 4


def test_there_is_no_command_that_deletes_a_key() -> None:
    assert not [kind for kind in UserCommand.__args__ if "delete" in kind.__name__.lower()]
