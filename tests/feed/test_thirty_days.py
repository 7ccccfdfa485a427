"""Thirty days of connections in a moment each: rotations, shutdowns and random faults, on a manual clock.

The pool and its cores are the real ones; the exchange is in memory, and time jumps to whatever is next.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import orjson
import pytest

from bntui.clock import ManualClock
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit
from bntui.feed.core.failures import Failure
from bntui.feed.pool import Pool
from bntui.feed.poolparts import PoolParts
from bntui.model.events import Trade
from bntui.model.states import ShardState
from bntui.model.status import Event
from bntui.venue.binance.limits import SPOT
from bntui.venue.binance.spot import spot
from tests.support.exchange import REFUSED, MemoryExchange, MemoryLink

DAYS = 30
SEEDS = 12
DAY_S = 86_400.0
STREAMS = ("btcusdt@trade", "ethusdt@trade", "bnbusdt@trade")

# Signs of life are rare, so that a month has few moments in which anything happens. A shard holds two.
LIMITS = SPOT.override(
    {
        "own_ping_interval_s": 6 * 3600.0,
        "own_frame_silence_s": 40 * DAY_S,
        "own_stream_cap": 2.0,
    }
)


class Month:
    """A pool, an exchange that misbehaves at random, and what must hold throughout."""

    def __init__(self, folder: Path, seed: int, *, faults: bool) -> None:
        self.rng = random.Random(seed)
        self.faults = faults
        self.clock = ManualClock()
        self.exchange = MemoryExchange()
        self.got: dict[str, list[int]] = {name: [] for name in STREAMS}
        self.sent = 0
        self.missed: dict[str, set[int]] = {name: set() for name in STREAMS}
        self.attempts: list[float] = []
        self.most_owners = 0
        limit = AttemptLimit(int(LIMITS.own_attempts), int(LIMITS.connection_attempts_window_s * 1000))
        self.pool = Pool(
            PoolParts(
                venue=spot(LIMITS),
                stream_url="ws://exchange",
                transport=self.exchange,
                attempts=AttemptsFile(folder / f"attempts{seed}.json", limit, self.clock),
                clock=self.clock,
                uniform=self.rng.uniform,
                take_shard_id=count(1).__next__,
                take_outage_id=count(1).__next__,
                emit=self._take,
            )
        )

    def _take(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, Trade):
                self.got[f"{event.key.symbol.lower()}@trade"].append(event.trade_id)

    async def settle(self) -> None:
        before = self.exchange.attempts
        for _ in range(4):
            self.pool.step(self.clock.monotonic())
            await asyncio.sleep(0)
        self.attempts += [self.clock.monotonic()] * (self.exchange.attempts - before)

    def trade(self) -> None:
        """Every stream has a trade; it is missed where no connection carries it."""
        self.sent += 1
        for name in STREAMS:
            owners = [link for link in self.exchange.open_links if name in link.streams]
            self.most_owners = max(self.most_owners, len(owners))
            if len(owners) > 1:
                assert len(self.pool.views(0.0)) > 2, "two owners only while one takes over from the other"
            if not owners:
                self.missed[name].add(self.sent)
            for link in owners:
                link.trade(name.partition("@")[0].upper(), self.sent)

    async def live(self, until: float) -> None:
        """Let time pass; on the way things happen, planned ones only where faults are off."""
        while (now := self.clock.monotonic()) < until:
            # What is broken stays so for minutes, what works for hours.
            broken = self.exchange.failure is not None or not self.exchange.acks
            happens_at = now + (self.rng.uniform(1, 300) if broken else self.rng.expovariate(1 / 28_800))
            while self.clock.monotonic() < min(happens_at, until):
                now = self.clock.monotonic()
                due = self.pool.deadline(now)
                step_to = min(happens_at, until, max(now + 0.05, due) if due is not None else until)
                self.clock.advance(step_to - now)
                self.trade()
                await self.settle()
                self.trade()
                await self.settle()
            self.happen()
            await self.settle()

    def happen(self) -> None:
        links = self.exchange.open_links
        link = self.rng.choice(links) if links else None
        if self.exchange.failure is not None or not self.exchange.acks:
            self.exchange.failure, self.exchange.acks = None, True
            return
        what = self.rng.choice(("shutdown", "rotate", "drop", "refuse", "too many", "mute"))
        if what == "shutdown" and link is not None:
            link.say({"stream": "!serverShutdown", "data": {"e": "serverShutdown", "E": 1}})
        elif what == "rotate":
            for view in self.pool.views(0.0):
                self.pool.rotate(view.id)
        elif not self.faults:
            return
        elif what == "drop" and link is not None:
            self.end(link, None, "")
        elif what == "too many" and link is not None:
            self.end(link, 1008, "Too many requests")
        elif what == "refuse":
            self.exchange.failure = self.rng.choice((REFUSED, Failure("503", 503), Failure("400", 400)))
            for each in links:
                self.end(each, 1006, "")
        elif what == "mute":
            self.exchange.acks = False
            if link is not None:
                self.end(link, None, "")

    @staticmethod
    def end(link: MemoryLink, code: int | None, reason: str) -> None:
        link.ended = (code or 0, reason)
        link.drop(code, reason)

    async def heal(self) -> None:
        self.exchange.failure, self.exchange.acks = None, True
        deadline = self.clock.monotonic() + 600
        while self.clock.monotonic() < deadline:
            self.clock.advance(1.0)
            self.trade()
            await self.settle()

    def check_budgets(self) -> None:
        window_s = LIMITS.connection_attempts_window_s
        for last in self.attempts:
            recent = sum(1 for at in self.attempts if last - window_s < at <= last)
            assert recent <= LIMITS.own_attempts
        for link in self.exchange.links:
            requests = [orjson.loads(text) for text in link.sent]
            assert all(len(request["params"]) <= LIMITS.own_subscribe_names for request in requests)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_a_month_of_faults_ends_with_everything_live_and_nothing_told_twice(
    tmp_path: Path, seed: int
) -> None:
    month = Month(tmp_path, seed, faults=True)
    month.pool.want(STREAMS)
    await month.live(month.clock.monotonic() + DAYS * DAY_S)
    await month.heal()
    states = [view.state for view in month.pool.views(0.0)]
    assert states == [ShardState.LIVE, ShardState.LIVE]
    assert month.most_owners <= 2
    for name in STREAMS:
        assert month.got[name] == sorted(set(month.got[name])), "in order, none twice"
    month.check_budgets()


@pytest.mark.parametrize("seed", range(6))
async def test_a_month_of_planned_changes_loses_nothing_and_repeats_nothing(
    tmp_path: Path, seed: int
) -> None:
    month = Month(tmp_path, seed, faults=False)
    month.pool.want(STREAMS)
    await month.settle()
    await month.settle()
    first = month.sent + 1
    await month.live(month.clock.monotonic() + DAYS * DAY_S)
    await month.heal()
    assert len(month.exchange.links) > DAYS, "every connection was replaced every day"
    for name in STREAMS:
        assert not month.missed[name]
        assert month.got[name] == list(range(first, month.sent + 1))
    month.check_budgets()
