"""For each drill: how to switch off the behaviour that it guards, and what the judge must then miss.

Each entry makes one thing about the program worse, in the program's own parts or limits, and leaves the
exchange as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bntui.accountsettings import DEMO
from bntui.clock import Clock
from bntui.compose import drill_wiring
from bntui.config import Settings
from bntui.drill.engines import Wiring
from bntui.engine.engine import Engine
from bntui.feed.link import ShardLink
from bntui.feed.market import MarketFeed
from bntui.feed.user import UserFeed
from bntui.model.account import AccountKey
from bntui.model.events import MarketEvent
from bntui.model.states import StreamState
from bntui.model.status import Event
from bntui.venue.books import SPOT_BOOK

NEVER_S = 1e6
"""Longer than any drill."""

SLOWEST_READER = 500
"""Lines that may wait for one reader before an engine without rings waits for him."""


SPOT_PATIENCE_S = 3.0
"""A minute, twenty times as fast."""


def replaced(owner: object, **parts: object) -> None:
    """Put other parts in the place of an object's own."""
    assert all(hasattr(owner, name) for name in parts), f"{owner} has no {sorted(parts)}"
    vars(owner).update(parts)


def _market(engine: Engine) -> MarketFeed:
    """The market of the drill, which is the only one."""
    return engine.feed.market(engine.feed.default_market)


def _trusts_silence(engine: Engine) -> None:
    """Every acknowledged stream counts as live."""
    judgement = vars(_market(engine).pool.health)["_judgement"]
    replaced(
        judgement, of=lambda entry, now: (StreamState.LIVE if entry.acked_at else StreamState.WANTED, "")
    )


def _takes_as_it_comes(engine: Engine) -> None:
    """No order is kept, nothing is sorted out, and no hole is seen."""

    def take(stream: str, events: Sequence[MarketEvent], now: float) -> Sequence[MarketEvent]:
        return events

    replaced(_market(engine).pool.merge, take=take)


def _never_replaces(engine: Engine) -> None:
    """No connection is replaced before it ends."""
    replaced(_market(engine).pool, rotate_due=lambda shard, reason: None)


def _mends_nothing(engine: Engine) -> None:
    """A stale stream is left as it is."""
    replaced(vars(_market(engine).pool)["_repair"], tick=lambda stale, is_well, now: [])


def _obeys_no_retry_after(engine: Engine) -> None:
    """What the exchange says about when to come back is not heard."""
    replaced(vars(_market(engine).pool)["_gate"], defer=lambda until: None)


def _believes_every_update(engine: Engine) -> None:
    """Every update of a book is taken to follow the one before it."""
    books = _market(engine).books
    venue = _market(engine).venue
    replaced(books, _venue=replace(venue, book_rule=replace(SPOT_BOOK, begins_behind=lambda diff: 0)))


def _expects_pings_soon(engine: Engine) -> None:
    """A connection without the server's pings is taken for dead as soon as on Spot, where they come often."""
    pool = _market(engine).pool
    opened = pool._open

    def open_impatiently(shard: int, path: str) -> ShardLink:
        link = opened(shard, path)
        heart = link.machine.heartbeat
        opens = heart.opened

        def note(now: float) -> None:
            opens(now)
            replaced(heart, death=lambda at: "no ping" if late(at - now) else "")

        def late(age_s: float) -> bool:
            return heart.server_ping_at is None and age_s >= SPOT_PATIENCE_S

        replaced(heart, opened=note)
        return link

    replaced(pool, _open=open_impatiently)


def _hides_rest(engine: Engine) -> None:
    """A failure of REST is shown nowhere."""
    replaced(_market(engine).rest, _failed=lambda error: error)


def _waits_for_the_slowest(engine: Engine) -> None:
    """Without rings of their own, all readers go at the pace of the slowest."""
    extend = engine.tails.extend

    def extend_in_step(events: Sequence[Event]) -> None:
        if all(len(ring) < SLOWEST_READER for ring in vars(engine.tails)["_rings"]):
            extend(events)

    replaced(engine.tails, extend=extend_in_step)


def _account(engine: Engine) -> UserFeed:
    """The account of the drill, which is the only one."""
    found = engine.feed.accounts.feed(AccountKey(DEMO, engine.feed.default_market))
    assert found is not None
    return found


def _hears_no_end(engine: Engine) -> None:
    """What the exchange says of the end of a user stream is not heard."""
    replaced(_account(engine).stream, _ended=lambda socket, reason, now: None)


def _gives_up_nothing(engine: Engine) -> None:
    """A key that the exchange refuses is tried on and on."""
    replaced(_account(engine).stream, _is_final=lambda refused: False)


def _hears_no_refusal(engine: Engine) -> None:
    """That a key is not taken any more changes nothing."""
    replaced(_account(engine).stream, _refuse=lambda refused, now: None)


def _believes_its_own_clock(engine: Engine) -> None:
    """What is signed carries the time of this machine."""
    replaced(_market(engine).rest, server_ms=vars(engine)["_clock"].wall_ms)


@dataclass(frozen=True)
class Guard:
    """One behaviour, switched off."""

    misses: str
    """Part of an expectation that must not be met then."""
    limits: Mapping[str, float] = field(default_factory=dict)
    """Entries of the limits table that make the program worse; the exchange keeps its own."""
    spoil: Callable[[Engine], None] = lambda engine: None
    """What is done to the engine before it runs."""
    once: bool = False
    """The engine's process cannot be started a second time."""

    def wire(self, settings: Settings, keys: Mapping[str, str]) -> Wiring:
        """The program as it is, but for the one behaviour."""
        worse = drill_wiring(replace(settings, limits={**settings.limits, **self.limits}), keys)

        def build(attempts: Path, clock: Clock) -> Engine:
            engine = worse.build_engine(attempts, clock)
            self.spoil(engine)
            return engine

        def command(folder: Path, keys: Sequence[object]) -> Sequence[str]:
            words = worse.command(folder, [])
            mark = folder / "started"
            return ["sh", "-c", 'mkdir "$0" && exec "$@"', str(mark), *words] if self.once else words

        return replace(worse, build_engine=build, command=worse.command if not self.once else command)


GUARDS: Mapping[str, Guard] = {
    "key-revoked": Guard("demo.spot refused", spoil=_hears_no_refusal),
    "keepalive-refused": Guard("demo.usdm live from second 8", {"own_user_retry_s": NEVER_S}),
    "listen-key-expired": Guard("every fill is printed", spoil=_hears_no_end),
    "listen-key-short": Guard("every fill is printed", spoil=_hears_no_end),
    "signature-refused": Guard("demo.spot refused", spoil=_gives_up_nothing),
    "stream-terminated": Guard("every fill is printed", spoil=_hears_no_end),
    "user-clock": Guard("demo.spot live", spoil=_believes_its_own_clock),
    "user-rotation": Guard(
        "marked as recovered", {"own_rotate_after_s": NEVER_S, "connection_life_s": NEVER_S}
    ),
    "user-silence": Guard("every fill is printed", {"own_user_reconcile_s": NEVER_S}),
    "abrupt-close": Guard("verdict live within", {"own_host_probe_s": NEVER_S}),
    "accept-then-close": Guard(
        "counts 3 to 16 attempts",
        {
            "own_backoff_base_s": 0.0,
            "own_backoff_cap_s": 0.0,
            "own_attempts_per_s": 100.0,
            "own_attempts_burst": 100.0,
        },
    ),
    "ban": Guard("counts 3 attempts", spoil=_obeys_no_retry_after),
    "clock-jump": Guard("clock offset", {"own_clock_warn_ms": 1e9}),
    "delayed-ack": Guard("counts 1 connections", {"own_subscribe_timeout_s": 0.3}),
    "cut-for-slowness": Guard(
        "over 1 to 9 times", {"own_backoff_base_s": NEVER_S, "own_backoff_cap_s": NEVER_S}
    ),
    "dropped-diff": Guard("BTCUSDT untrusted", spoil=_believes_every_update),
    "dropped-trades": Guard("every hole is told", spoil=_takes_as_it_comes),
    "dropped-trades-no-rest": Guard("every hole is told", spoil=_takes_as_it_comes),
    "exchange-clock-jump": Guard("clock offset", {"own_clock_warn_ms": 1e9}),
    "forgotten-subscription": Guard("verdict live within", spoil=_mends_nothing),
    "half-open": Guard("no answer to our ping", {"own_pong_timeout_s": NEVER_S}),
    "handshake-429": Guard("counts 3 attempts", spoil=_obeys_no_retry_after),
    "hung-engine": Guard("ENGINE SILENT", {"own_engine_silence_s": NEVER_S}),
    "killed-engine": Guard("verdict live within", once=True),
    "late-first-ping": Guard("connection waiting 0 times", spoil=_expects_pings_soon),
    "market-path-down": Guard("verdict live within", {"own_host_probe_s": NEVER_S}),
    "missing-ack": Guard("no answer to SUBSCRIBE", {"own_subscribe_timeout_s": NEVER_S}),
    "out-of-order": Guard("every trade once", spoil=_takes_as_it_comes),
    "rest-down": Guard("REST down", spoil=_hides_rest),
    "rotation-under-load": Guard("gap line 0 times", spoil=_never_replaces),
    "shutdown-unwarned": Guard("verdict live within", {"own_host_probe_s": NEVER_S}),
    "shutdown-warned": Guard("announced its shutdown", spoil=_never_replaces),
    "silent-stall": Guard("verdict blind", spoil=_trusts_silence),
    "slow-reader": Guard("loop lag", {"own_loop_lag_warn_s": NEVER_S}),
    "slow-consumer": Guard("loop lag", {"own_loop_lag_warn_s": NEVER_S}),
    "stalled-stream": Guard("verdict blind", spoil=_trusts_silence),
    "stopped-terminal": Guard("every hole is told", spoil=_waits_for_the_slowest),
    "too-many-requests": Guard("connection connecting 0 times", {"own_backoff_too_many_s": 0.0}),
    "unanswered-ack": Guard("no answer to SUBSCRIBE", {"own_subscribe_timeout_s": NEVER_S}),
    "unrouted-socket": Guard("verdict live within", spoil=_mends_nothing),
    "wrong-path": Guard("verdict blind", spoil=_trusts_silence),
    "zombie-reconnect": Guard("verdict live at no moment", spoil=_trusts_silence),
}
"""By the name of the drill."""
