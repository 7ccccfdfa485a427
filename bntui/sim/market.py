"""A synthetic market: every symbol has one true book, and trades happen in it.

Activity follows a power law over the symbols and comes in bursts. A symbol that nobody listens to
stands still and costs nothing; when somebody asks for it, the time in between is made up.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from heapq import heappop, heappush
from itertools import islice
from random import Random

from bntui.clock import Clock
from bntui.sim.actor import Actor, Followed, Setting
from bntui.sim.bars import MINUTE_US
from bntui.sim.desk import Desk
from bntui.sim.history import TradeRow
from bntui.sim.hub import Audience
from bntui.sim.instruments import Pair, Profile, listing
from bntui.sim.noise import text_number, unit
from bntui.sim.switchboard import Switchboard
from bntui.venue.base import StreamSpec

LINGER_S = 900
"""A symbol goes on trading for so long after its last listener left: outages have real gaps."""
_LONGEST_STEP_S = 60.0
"""After a longer pause of the clock the market goes on as if only this had passed."""
_WAKE_AT_ONCE = 25
"""Symbols woken in one step for a stream of all symbols: the others wait their turn."""

_SLOT_S = 30.0

Listed = tuple[Pair, Profile]
"""A symbol, and how it is treated."""


def _listing(symbols: int | Sequence[str] | Sequence[Listed]) -> Sequence[Listed]:
    if isinstance(symbols, int):
        return listing(symbols)
    names = [one for one in symbols if isinstance(one, str)]
    return listing(names) if names else [one for one in symbols if not isinstance(one, str)]


class Pulse:
    """How busy the market is: calm, with one burst in each half minute, and a mean of exactly 1."""

    def __init__(self, seed: int) -> None:
        """The seed decides when the bursts come, and how hard they are."""
        self._seed = seed

    def burst(self, slot: int) -> tuple[float, float, float]:
        """Start, length and strength of a slot's burst, in seconds and multiples of the mean."""
        length = 0.3 + 0.5 * unit(self._seed, slot, 1)
        strength = 10 + 10 * unit(self._seed, slot, 2)
        return unit(self._seed, slot, 3) * (_SLOT_S - length), length, strength

    def beats(self, time_s: float) -> float:
        """Activity from the epoch until a moment; in the mean, one a second."""
        slot, place = divmod(time_s, _SLOT_S)
        start, length, strength = self.burst(int(slot))
        calm = (_SLOT_S - length * strength) / (_SLOT_S - length)
        within = min(max(place - start, 0.0), length)
        return slot * _SLOT_S + calm * (place - within) + strength * within


class MarketTime:
    """The exchange's time: the wall clock at the start, from then on as steady as the monotonic clock."""

    def __init__(self, clock: Clock) -> None:
        """Start with the wall clock's reading."""
        self._clock = clock
        self._start_us = clock.wall_ms() * 1000
        self._monotonic = clock.monotonic()
        self.shifted_us = 0
        """How far it has been put forward since."""

    def now_us(self) -> int:
        """Microseconds since the epoch; goes back only where it is put back."""
        return self.steady_us() + self.shifted_us

    def steady_us(self) -> int:
        """The same, had it never been put forward or back: how busy the market is goes by this."""
        return self._start_us + round((self._clock.monotonic() - self._monotonic) * 1_000_000)


class Market:
    """All symbols. Moves only when `advance` is called."""

    def __init__(
        self,
        clock: Clock,
        symbols: int | Sequence[str] | Sequence[Listed],
        rate: float,
        seed: int,
        followed: Followed | None = None,
    ) -> None:
        """`rate`: mean messages a second of all `bookTicker` and `trade` streams together. `symbols`: how
        many, which, or what is known of each. `followed`: what contracts follow."""
        self._time = MarketTime(clock)
        self._seed = seed
        self._rate = rate
        self._followed = followed
        self._pulse = Pulse(seed)
        self._profiles: dict[str, Listed] = {one[0].symbol: one for one in _listing(symbols)}
        self._start_us = self._now_us = self.now_us()
        self._beats = self._beats_now = self._pulse.beats(self._now_us / 1e6)
        self._skipped = 0.0
        self._actors: dict[str, Actor] = {}
        self._heap: list[tuple[float, int, Actor]] = []
        self._turn = 0
        self._board = Switchboard(Random(seed))
        self._specs: dict[str, StreamSpec] = {}
        self._to_wake: dict[str, None] = {}
        self._next_nap_us = self._now_us
        self.wanted_elsewhere: list[Callable[[], Container[str]]] = []
        """What others want awake, beside whoever listens here."""

    def __repr__(self) -> str:
        awake = sum(actor.awake for actor in self._actors.values())
        return f"<Market {len(self._profiles)} symbols, {awake} awake, seed {self._seed}>"

    @property
    def pairs(self) -> Sequence[Pair]:
        """Everything that is listed, the busiest first."""
        return [pair for pair, _ in self._profiles.values()]

    def now_us(self) -> int:
        """The exchange's time."""
        return self._time.now_us()

    @property
    def moment_us(self) -> int:
        """The exchange's time as of the last `advance`."""
        return self._now_us

    def profile(self, symbol: str) -> Profile:
        """How a listed symbol is treated."""
        return self._profiles[symbol][1]

    def wake(self, symbol: str) -> Desk | None:
        """Let a symbol be traded; None where there is no such symbol."""
        actor = self._actor(symbol)
        if actor is None:
            return None
        self._wake(actor)
        return actor.desk

    def wake_all(self) -> None:
        """Let every symbol be traded, the sleeping ones a few at a time."""
        self._to_wake.update(dict.fromkeys(self._profiles))
        for actor in self._actors.values():
            self._wake(actor)

    def awake_desks(self) -> Iterator[Desk]:
        """The symbols that are traded now."""
        return (actor.desk for actor in self._actors.values() if actor.awake)

    def take(self, symbol: str, buys: bool, parts: Sequence[int], limit: int = 0) -> list[TradeRow]:
        """Let an account's order, or one against it, take from a book now: what was traded, in order.

        `parts`: steps of what it meets. `limit`: the worst price in ticks; 0: whatever there is. Raises
        ValueError where there is no such symbol.
        """
        actor = self._actor(symbol)
        if actor is None:
            raise ValueError(f"{symbol} is traded nowhere")
        self._wake(actor)
        return actor.take(self._now_us, buys, parts, limit)

    def desk(self, symbol: str) -> Desk | None:
        """The desk of a symbol, up to date; None where there is no such symbol."""
        actor = self._actor(symbol)
        if actor is None:
            return None
        self._catch_up(actor)
        return actor.desk

    def open(self, spec: StreamSpec, audience: Audience) -> bool:
        """Let a stream flow. False where nobody trades the symbol: such a stream stays silent."""
        if not spec.symbol:
            self.wake_all()
            self._board.open_all(self.awake_desks, spec, audience, self._now_us)
        else:
            found = self.wake(spec.symbol)
            if found is None:
                return False
            self._board.open(found, spec, audience, self._now_us)
        self._specs[audience.name] = spec
        return True

    def close(self, audience: Audience) -> None:
        """Nobody listens to a stream any more."""
        spec = self._specs.pop(audience.name, None)
        if spec is None:
            return
        actor = self._actors.get(spec.symbol)
        self._board.close(actor.desk if actor else None, spec, audience)

    def advance(self) -> None:
        """Let everything happen that is due by now."""
        now_us = max(self.now_us(), self._now_us)
        for symbol in list(islice(self._to_wake, _WAKE_AT_ONCE)):
            del self._to_wake[symbol]
            if (actor := self._actor(symbol)) is not None:
                self._wake(actor)
        beats = self._pulse.beats(self._time.steady_us() / 1e6)
        self._skipped += max(0.0, beats - self._beats - _LONGEST_STEP_S)
        self._beats = beats
        before_us, before, target = self._now_us, self._beats_now, beats - self._skipped
        pace = (now_us - before_us) / (target - before) if target > before else 0.0
        heap = self._heap
        while heap and heap[0][0] <= target:
            at, turn, actor = heappop(heap)
            if actor.turn != turn:
                continue
            actor.step(min(now_us, before_us + round((at - before) * pace)))
            heappush(heap, (actor.next_beat(at), turn, actor))
        self._now_us, self._beats_now = now_us, target
        self._board.schedule.run(now_us)
        if now_us >= self._next_nap_us:
            self._next_nap_us = now_us + MINUTE_US // 6
            self._send_to_sleep(now_us)

    def shift(self, by_us: int) -> None:
        """Put the clock forward, or back. Trades keep the times that they were done at."""
        self._time.shifted_us += by_us
        self._now_us += by_us
        self._next_nap_us += by_us
        self._board.schedule.restart(self._now_us)

    def _actor(self, symbol: str) -> Actor | None:
        actor = self._actors.get(symbol)
        if actor is None:
            listed = self._profiles.get(symbol)
            if listed is None:
                return None
            pair, profile = listed
            setting = Setting(pair, profile, self._rate, self._seed, text_number(symbol), self._followed)
            actor = self._actors[symbol] = Actor(setting, self._start_us // MINUTE_US)
        return actor

    def _catch_up(self, actor: Actor) -> None:
        if actor.awake:
            actor.desk.roll(self._now_us)
        else:
            actor.skip_to(self._now_us // MINUTE_US)

    def _wake(self, actor: Actor) -> None:
        actor.idle_since_us = None
        if actor.awake:
            return
        self._catch_up(actor)
        self._turn += 1
        actor.turn = self._turn
        heappush(self._heap, (actor.next_beat(self._beats_now), self._turn, actor))

    def _send_to_sleep(self, now_us: int) -> None:
        wanted = {spec.symbol for spec in self._specs.values()}
        elsewhere = [held() for held in self.wanted_elsewhere]
        if any("" in names for names in (wanted, *elsewhere)):
            return
        for symbol, actor in self._actors.items():
            if not actor.awake or symbol in wanted or any(symbol in names for names in elsewhere):
                actor.idle_since_us = None
            elif actor.idle_since_us is None:
                actor.idle_since_us = now_us
            elif now_us - actor.idle_since_us >= LINGER_S * 1_000_000:
                actor.turn = 0
