"""Whatever a server sends, whenever it closes: the pool comes back to what is wanted, within its budgets."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bntui.clock import ManualClock
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit
from bntui.feed.core.failures import Failure
from bntui.feed.pool import Pool
from bntui.feed.poolparts import PoolParts
from bntui.feed.transport import Link, Receiver
from bntui.model.states import ShardState, StreamState
from bntui.model.status import Event
from bntui.venue.binance.limits import SPOT
from bntui.venue.binance.spot import spot
from tests.support.exchange import MemoryExchange, MemoryLink

SYMBOLS = tuple(f"S{number}USDT" for number in range(6))
LIMITS = SPOT.override({"own_stream_cap": 4})
WINDOW_S = SPOT.connection_attempts_window_s
BACK_WITHIN_S = 400.0
"""An IP whose attempts are used up waits until the first of them no longer count."""

STEP_S = 0.25


def stream(symbol: str) -> str:
    return f"{symbol.lower()}@trade"


@dataclass
class TimedLink(MemoryLink):
    """A connection that notes when it is sent something."""

    now: Callable[[], float] = field(default=lambda: 0.0)
    frames_at: list[float] = field(default_factory=list)

    def send_text(self, text: str) -> None:
        self.frames_at.append(self.now())
        super().send_text(text)

    def send_ping(self, payload: bytes) -> None:
        self.frames_at.append(self.now())
        super().send_ping(payload)

    def send_pong(self, payload: bytes) -> None:
        self.frames_at.append(self.now())
        super().send_pong(payload)

    def drop(self, code: int | None = None, reason: str = "") -> None:
        self.ended = (code or 0, reason)
        super().drop(code, reason)


class TimedExchange(MemoryExchange):
    """Notes when it was asked for a connection."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self.clock = clock
        self.attempts_at: list[float] = []

    async def open(self, url: str, receiver: Receiver) -> Link | Failure:
        self.attempts_at.append(self.clock.monotonic())
        await asyncio.sleep(0)
        if self.failure is not None:
            return self.failure
        link = TimedLink(url, receiver, self.acks, now=self.clock.monotonic)
        self.links.append(link)
        return link


class World:
    """A pool that wants the trades of all symbols, and the exchange that it gets them from."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.clock = ManualClock()
        self.exchange = TimedExchange(self.clock)
        self.said = 0
        window_ms = int(WINDOW_S * 1000)
        self.pool = Pool(
            PoolParts(
                venue=spot(LIMITS),
                stream_url="ws://exchange",
                transport=self.exchange,
                attempts=AttemptsFile(
                    folder / "attempts.json", AttemptLimit(int(SPOT.own_attempts), window_ms), self.clock
                ),
                clock=self.clock,
                uniform=random.Random(seed).uniform,
                take_shard_id=count(1).__next__,
                take_outage_id=count(1).__next__,
                emit=self._take,
            )
        )
        self.trades = count(1)
        self.pool.want([stream(symbol) for symbol in SYMBOLS])

    def _take(self, events: Sequence[Event]) -> None:
        self.said += len(events)

    async def settle(self) -> None:
        for _ in range(6):
            self.pool.step(self.clock.monotonic())
            await asyncio.sleep(0)

    async def pass_time(self, seconds: float, *, trading: bool) -> None:
        for _ in range(round(seconds / STEP_S)):
            self.clock.advance(STEP_S)
            if trading:
                number = next(self.trades)
                for symbol in SYMBOLS:
                    self.exchange.trade(symbol, number)
            now = self.clock.monotonic()
            self.pool.health.tick(now)
            self.pool.mend(now)
            self.pool.merge.due(now)
            await self.settle()

    def is_well(self) -> bool:
        states = [self.pool.health.state(stream(symbol)) for symbol in SYMBOLS]
        shards = self.pool.views(0.0)
        return set(states) == {StreamState.LIVE} and {v.state for v in shards} == {ShardState.LIVE}


@dataclass(frozen=True)
class Act:
    """One thing that happens, with words for a story that ended badly."""

    words: str
    run: Callable[[World], object] = field(repr=False)


def at_link(which: int, words: str, act: Callable[[MemoryLink], object]) -> Act:
    """Something on one of the open connections, if there are any."""

    def run(world: World) -> None:
        if links := world.exchange.open_links:
            act(links[which % len(links)])

    return Act(f"{words} at link {which}", run)


def frames(which: int, data: bytes) -> Act:
    return at_link(which, f"frame {data!r}", lambda link: link.receiver.frames([data]))


def says(which: int, body: object) -> Act:
    return at_link(which, f"says {body}", lambda link: link.say(body))


def pings(which: int, payload: bytes, times: int) -> Act:
    def flood(link: MemoryLink) -> None:
        for _ in range(times):
            link.receiver.pinged(payload)

    return at_link(which, f"{times} pings", flood)


def pong(which: int, payload: bytes) -> Act:
    return at_link(which, "a pong", lambda link: link.receiver.ponged(payload))


def binary(which: int, size: int) -> Act:
    return at_link(which, "a binary message", lambda link: link.receiver.binary(size))


def drop(which: int, code: int | None, reason: str) -> Act:
    return at_link(which, f"close {code} {reason!r}", lambda link: link.drop(code, reason))


def fails(failure: Failure | None) -> Act:
    return Act(f"attempts fail: {failure}", lambda world: setattr(world.exchange, "failure", failure))


def acks(wanted: bool) -> Act:
    def run(world: World) -> None:
        world.exchange.acks = wanted
        for link in world.exchange.open_links:
            link.acks = wanted

    return Act(f"acks: {wanted}", run)


def want(symbol: str) -> Act:
    return Act(f"want {symbol}", lambda world: world.pool.want([stream(symbol)]))


def unwant(symbol: str) -> Act:
    return Act(f"unwant {symbol}", lambda world: world.pool.unwant([stream(symbol)]))


def rotate(shard: int) -> Act:
    return Act(f"rotate {shard}", lambda world: world.pool.rotate(shard))


def oversleep(seconds: float) -> Act:
    return Act(f"oversleep {seconds}", lambda world: world.pool.overslept(seconds))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["e", "E", "s", "t", "u", "stream", "data", "id", "result"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)
ENVELOPES = st.builds(
    lambda name, data: {"stream": name, "data": data},
    st.sampled_from([stream(SYMBOLS[0]), "x@trade", "!miniTicker@arr", "s1usdt@bookTicker", ""]),
    JSON,
)
GOODBYE = {"stream": "!serverShutdown", "data": {"e": "serverShutdown", "E": 1}}
FAILURES = [
    None,
    Failure("connection refused"),
    Failure("x", 403),
    Failure("x", 418, retry_after_s=30.0),
    Failure("x", 429, retry_after_s=3.0),
    Failure("x", 503),
    Failure("x", 400),
]
CODES = st.sampled_from([None, 1000, 1001, 1006, 1008, 1011, 1012])

WHICH = st.integers(0, 7)

ACTS: st.SearchStrategy[Act] = st.one_of(
    st.builds(frames, WHICH, st.binary(max_size=40)),
    st.builds(says, WHICH, JSON | ENVELOPES | st.just(GOODBYE)),
    st.builds(pings, WHICH, st.binary(max_size=125), st.integers(1, 50)),
    st.builds(pong, WHICH, st.binary(max_size=125)),
    st.builds(binary, WHICH, st.integers(0, 10**7)),
    st.builds(drop, WHICH, CODES, st.text(max_size=30)),
    st.sampled_from(FAILURES).map(fails),
    st.booleans().map(acks),
    st.sampled_from(SYMBOLS).map(unwant),
    st.sampled_from(SYMBOLS).map(want),
    st.integers(1, 40).map(rotate),
    st.floats(0, 100).map(oversleep),
)
STORY = st.lists(st.tuples(ACTS, st.sampled_from([0.0, 0.0, 0.25, 1.0, 5.0, 20.0])), max_size=40)


def check_budgets(world: World) -> None:
    attempts = world.exchange.attempts_at
    for last in attempts:
        recent = [at for at in attempts if last - WINDOW_S < at <= last]
        assert len(recent) <= SPOT.own_attempts
    for link in world.exchange.links:
        assert isinstance(link, TimedLink)
        for last in link.frames_at:
            in_a_second = sum(1 for at in link.frames_at if last - 1.0 < at <= last)
            assert in_a_second <= SPOT.client_frames_per_s


async def play(story: Sequence[tuple[Act, float]], seed: int, folder: Path) -> None:
    world = World(folder, seed)
    await world.settle()
    for act, pause_s in story:
        act.run(world)
        await world.pass_time(pause_s, trading=True)
    fails(None).run(world)
    acks(True).run(world)
    world.pool.want([stream(symbol) for symbol in SYMBOLS])
    waited_s = 0.0
    while not world.is_well() and waited_s < BACK_WITHIN_S:
        await world.pass_time(5.0, trading=True)
        waited_s += 5.0
    assert world.is_well(), (world.pool.views(0.0), repr(world.pool.health))
    assert len(world.exchange.open_links) <= len(SYMBOLS)
    check_budgets(world)
    await world.pool.close()
    assert world.exchange.open_links == []


@settings(max_examples=60)
@given(STORY, st.integers(0, 2**16))
def test_the_pool_comes_back_from_any_story_within_its_budgets(
    story: Sequence[tuple[Act, float]], seed: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(story, seed, Path(folder)))
