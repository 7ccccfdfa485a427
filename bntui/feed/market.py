"""The feed of one market: its pool, its REST client, and the loops that keep watch over both."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from bntui.clock import Clock
from bntui.errors import RestError
from bntui.feed.books import Books
from bntui.feed.core.backoff import Backoff, Uniform
from bntui.feed.core.failures import rest_least_wait_s
from bntui.feed.elsewhere import reachable
from bntui.feed.history import CandleHistory
from bntui.feed.interest import OpenInterests
from bntui.feed.listing import Listed, Listings
from bntui.feed.pool import Pool
from bntui.feed.refill import Refill
from bntui.feed.rest import RestClient
from bntui.feed.samples import Samples
from bntui.feed.sparklines import Sparklines
from bntui.model.judged import HealthView
from bntui.model.markets import Instrument, StreamKey, StreamKind
from bntui.model.states import ShardState
from bntui.model.status import Event, HealthChanged, InstrumentsLoaded, ShardChanged, StreamChanged
from bntui.model.views import ShardView
from bntui.venue.base import Venue

log = logging.getLogger(__name__)

JUDGE_EVERY_S = 0.5
"""How often streams are judged and holes in the trades given up."""

REPORT_EVERY_S = 1.0
"""How often shards and health are reported."""

REST_STEP_S = 0.25
"""Pause before REST work is looked for again when there was none."""

REST_BREATH_S = 0.05
"""Pause between two requests."""

CLOCK_EVERY_S = 900.0

CLOCK_DOUBT_S = 10.0
"""Events with odd times make us ask for the exchange's clock, but not more often than this."""

INSTRUMENTS_EVERY_S = 6 * 3600.0

CHECK_LOSS_S = 1.0
"""After a loss REST is asked whether it answers, but not more often than this."""

CHECK_EVERY_S = 10.0
"""While a connection is down, REST is asked for the time this often: it tells whose fault it is."""

ELSEWHERE_EVERY_S = 30.0
"""… and another host of the exchange is tried this often."""

SERVER_ERRORS = 500
"""HTTP statuses from here on say that the server failed, not that it refuses."""

FIRST_CLOCK_SAMPLES = 3
"""Samples taken at the start, of which the one with the shortest round trip counts."""

LEISURE_SHARE = 0.25
"""What can wait stops when so much of our weight is used: beside the half that samples may take, something is
left for books, for holes, and for own accounts, which ask much at once at the start."""


def _alone(own: HealthView) -> HealthView:
    """The health of a program that serves no other market."""
    return own


class MarketFeed:
    """Everything of one market that comes from outside."""

    def __init__(
        self,
        venue: Venue,
        pool: Pool,
        rest: RestClient,
        clock: Clock,
        uniform: Uniform,
        books: Books,
        elsewhere: str | None = None,
        sharing: int = 1,
    ) -> None:
        """Nothing is wanted; nothing runs before `run`. What is said passes through the books. `elsewhere`
        is another address of the exchange; so many markets are `sharing` our weight, this one included."""
        self.venue = venue
        self.pool = pool
        self.rest = rest
        self.instruments: dict[str, Instrument] = {}
        """By symbol; empty until exchangeInfo was read."""
        pool.lists = lambda symbol: symbol in self.instruments
        self.instruments_known = asyncio.Event()
        self._clock = clock
        self._emit = emit = books.take
        self.books = books
        self._rest_backoff = Backoff(venue.limits.own_host_probe_s, venue.limits.own_backoff_cap_s, uniform)
        self._rest_not_before = 0.0
        self._clock_due_at = 0.0
        self._clock_samples = 0
        self._clock_doubted_at = -CLOCK_DOUBT_S
        self._wall_less_monotonic_ms: float | None = None
        self._rest_checked_at = 0.0
        self._was_down = self._loss_unchecked = False
        self._instruments_due_at = 0.0
        self._loop_lag_s = 0.0
        self._shards_shown: dict[int, ShardView] = {}
        """What was reported last: a shard that is no longer there must be told of once more."""
        self._elsewhere = elsewhere
        self._elsewhere_ok: bool | None = None
        self._refill = Refill(venue, rest, clock, emit)
        self._samples = Samples(venue, rest, clock, pool.health, emit, sharing)
        self._sparklines = Sparklines(venue, rest, clock, emit, LEISURE_SHARE)
        self._interests = OpenInterests(venue, rest, clock, emit, LEISURE_SHARE)
        self._listings = Listings(venue, rest, clock, LEISURE_SHARE)
        self.whole: Callable[[HealthView], HealthView] = _alone
        """Makes of this market's health that of the whole program."""
        self._awake = asyncio.Event()
        self.history = CandleHistory(venue, rest, clock, emit)

    # What is wanted

    def wake(self) -> None:
        """Somebody needs this market: until then it asks the exchange for nothing."""
        self._awake.set()

    @property
    def is_awake(self) -> bool:
        """Whether anybody ever needed it."""
        return self._awake.is_set()

    def want(self, names: Sequence[str]) -> None:
        """These streams shall flow; what REST knows of their symbols is fetched as the budget allows."""
        self.wake()
        self.pool.want(names)
        self.books.want(names)
        for name in names:
            spec = self.venue.parse_stream(name)
            if spec.kind is StreamKind.TICKER:
                self._samples.want(spec.symbol)
            elif spec.kind is StreamKind.TRADE:
                self._sparklines.want(spec.symbol)
            elif spec.kind is StreamKind.MARK_PRICE:
                self._interests.want(spec.symbol)
        self._report_streams(names)

    def unwant(self, names: Sequence[str]) -> None:
        """These streams need not flow any longer."""
        self.pool.unwant(names)
        self.books.unwant(names)
        for name in names:
            spec = self.venue.parse_stream(name)
            if spec.kind is StreamKind.TICKER:
                self._samples.unwant(spec.symbol)
            elif spec.kind is StreamKind.TRADE:
                self._sparklines.unwant(spec.symbol)
            elif spec.kind is StreamKind.MARK_PRICE:
                self._interests.unwant(spec.symbol)
            self.pool.merge.forget(name)
        self._emit([StreamChanged(StreamKey(self.venue.market, name), None) for name in names])

    # Running

    async def run(self) -> None:
        """Run until cancelled."""
        await self._awake.wait()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.pool.run())
            tasks.create_task(self.books.run())
            tasks.create_task(self._watch())
            tasks.create_task(self._ask())
            if self._elsewhere is not None:
                tasks.create_task(self._look_elsewhere(self._elsewhere))

    async def close(self) -> None:
        """Close the connections; run must have been cancelled before."""
        await self.pool.close()
        await self.rest.close()

    async def _watch(self) -> None:
        """Judge streams and report, on a steady beat; a late beat shows how far the loop lags."""
        reported_at = 0.0
        late_before = False
        while True:
            began = self._clock.monotonic()
            await asyncio.sleep(JUDGE_EVERY_S)
            now = self._clock.monotonic()
            lag_s = now - began - JUDGE_EVERY_S
            self._loop_lag_s = max(lag_s, self._loop_lag_s / 2)
            # After a standstill the sockets are full of what would be missed.
            # A loop that is late each time is another matter.
            late = lag_s >= self.venue.limits.own_loop_lag_warn_s
            if not late or late_before:
                self.judge(now)
            late_before = late
            if now - reported_at >= REPORT_EVERY_S - JUDGE_EVERY_S / 2:
                reported_at = now
                self.report()

    def judge(self, now: float) -> None:
        """Judge every stream, mend what is stale, and let go of trades that waited long enough."""
        self._look_at_clock(now)
        changed = self.pool.health.tick(now)
        if self.pool.links_changed:
            # Before what their streams suffer from it: else these seem silent on connections that stand.
            self.report()
        self._report_streams(changed)
        self.pool.mend(now)
        if due := self.pool.merge.due(now):
            self._emit(due)
        for gap in self.pool.merge.take_holes():
            self._refill.note(gap)

    def _look_at_clock(self, now: float) -> None:
        """After this machine's clock was set, what was measured with the old one says nothing any more."""
        difference_ms = self._clock.wall_ms() - now * 1000
        before_ms, self._wall_less_monotonic_ms = self._wall_less_monotonic_ms, difference_ms
        if before_ms is not None and abs(difference_ms - before_ms) > self.venue.limits.own_clock_warn_ms / 2:
            log.warning("this machine's clock jumped by %+.0f ms", difference_ms - before_ms)
            self.rest.forget_clock()
            self._clock_due_at = 0.0
            self._clock_samples = 0

    def _doubt_clock(self, lags_ms: Sequence[float]) -> None:
        """Events that come too late, or too early, on every connection may be a clock's fault: ask again."""
        now = self._clock.monotonic()
        off = lags_ms and min(map(abs, lags_ms)) > self.venue.limits.own_clock_warn_ms
        if off and now >= self._clock_doubted_at + CLOCK_DOUBT_S:
            self._clock_doubted_at = now
            self._clock_due_at = 0.0

    def report(self) -> None:
        """Say how shards and the program as a whole stand."""
        self.pool.links_changed = False
        views = self.pool.views(self.rest.offset_ms)
        self._doubt_clock([view.lag_ms for view in views if view.lag_ms is not None])
        gone = self._shards_shown.keys() - {view.id for view in views}
        events: list[Event] = [
            *(
                ShardChanged(replace(self._shards_shown[shard], state=ShardState.CLOSED))
                for shard in sorted(gone)
            ),
            *(ShardChanged(view) for view in views),
        ]
        self._shards_shown = {view.id: view for view in views}
        events.append(
            self._told(
                HealthView(
                    clock_offset_ms=self.rest.offset_ms,
                    loop_lag_ms=self._loop_lag_s * 1000,
                    rest_ok=not self.rest.failure,
                    rest_reason=self.rest.failure,
                    unknown_events=self.pool.odd.unknown,
                    malformed_frames=self.pool.odd.malformed,
                    messages_per_s=sum(v.messages_per_s for v in views),
                    bytes_per_s=sum(v.bytes_per_s for v in views),
                    second_endpoint_ok=self._elsewhere_ok,
                    conflated=self.pool.conflated,
                    rest_at=self.rest.answered_at,
                )
            )
        )
        self._emit(events)

    def _told(self, own: HealthView) -> HealthChanged:
        return HealthChanged(self.whole(own))

    def _report_streams(self, names: Iterable[str]) -> None:
        health, market = self.pool.health, self.venue.market
        changes = [StreamChanged(StreamKey(market, name), health.view(name)) for name in names]
        if changes:
            self._emit(changes)

    async def _look_elsewhere(self, url: str) -> None:
        while True:
            self._elsewhere_ok = None
            while self.pool.any_down:
                self._elsewhere_ok = await reachable(url, self.venue.limits.own_open_timeout_s)
                await asyncio.sleep(ELSEWHERE_EVERY_S)
            await asyncio.sleep(REPORT_EVERY_S)

    # REST

    async def _ask(self) -> None:
        """Ask REST for what is due, one request at a time, and leave it alone after a failure."""
        while True:
            now = self._clock.monotonic()
            asked = False
            if now >= self._rest_not_before:
                try:
                    asked = await self.ask_next(now)
                    if asked:
                        self._rest_backoff.reset()
                except RestError as exc:
                    # The client has logged it; the screen shows its `failure`.
                    self._rest_not_before = self._clock.monotonic() + self._pause_after_s(exc)
                    self._clock_due_at = 0.0
            await asyncio.sleep(REST_BREATH_S if asked else REST_STEP_S)

    def _pause_after_s(self, error: RestError) -> float:
        """A host that is down is probed at a steady pace, one that says no ever more rarely."""
        pace_s = rest_least_wait_s(error.status, error.retry_after_s, self.venue.limits)
        if error.status == 0 or error.status >= SERVER_ERRORS:
            return pace_s
        return self._rest_backoff.next_delay_s(pace_s)

    async def ask_next(self, now: float) -> bool:
        """Make the most urgent request that is due; False when nothing is, or the budget says no."""
        if now >= self._clock_due_at or self._must_check(now):
            self._rest_checked_at = now
            self._loss_unchecked = False
            await self.rest.sample_clock()
            self._clock_samples += 1
            pause_s = 0.0 if self._clock_samples < FIRST_CLOCK_SAMPLES else CLOCK_EVERY_S
            self._clock_due_at = now + pause_s
            return True
        if now >= self._instruments_due_at:
            await self._load_instruments()
            self._instruments_due_at = now + INSTRUMENTS_EVERY_S
            return True
        if await self.history.step():
            return True
        if (looked := await self._listings.step(self.books.symbols)) is not None:
            self._learn(looked)
            return True
        listed = self.instruments.__contains__
        if await self._samples.prove(listed) or await self._refill.step() or await self._samples.seed(listed):
            return True
        return await self._sparklines.step(listed) or await self._interests.step(listed)

    def _must_check(self, now: float) -> bool:
        """While connections are down REST tells whose fault it is: soon after each loss, and now and then."""
        was_down, self._was_down = self._was_down, self.pool.any_down
        if not self._was_down:
            return False
        self._loss_unchecked |= not was_down
        pause_s = CHECK_LOSS_S if self._loss_unchecked else CHECK_EVERY_S
        return now >= self._rest_checked_at + pause_s

    async def _load_instruments(self) -> None:
        body = await self.rest.fetch(self.venue.calls.exchange_info(), optional=False)
        try:
            instruments = self.venue.bodies.instruments(body)
        except ValueError as exc:
            raise RestError(f"exchangeInfo: {exc}") from None
        self.instruments = {each.key.symbol: each for each in instruments}
        self.instruments_known.set()
        self._emit([InstrumentsLoaded(instruments)])

    def _learn(self, listed: Listed) -> None:
        """What one symbol is listed as now; told where that is another thing than before."""
        if listed.instrument == self.instruments.get(listed.symbol):
            return
        if listed.instrument is None:
            del self.instruments[listed.symbol]
        else:
            self.instruments[listed.symbol] = listed.instrument
        self._emit([InstrumentsLoaded(tuple(self.instruments.values()))])
