"""The commands without a screen: judge and print, or print as it comes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress

import orjson

from bntui.asking import RunningEngine, ask, conversation, look, require_listed
from bntui.clock import Clock, SystemClock
from bntui.commandoptions import StatusOptions, TailOptions
from bntui.engine import status
from bntui.engine.engine import STARTER_WAIT_S, Engine
from bntui.engine.status import Findings
from bntui.engine.tail import DEFAULT_KINDS
from bntui.errors import ConnectError, UsageError
from bntui.model.accounts import Accounts
from bntui.model.labels import stream_label
from bntui.model.markets import StreamKey, SymbolKey
from bntui.model.states import Grade, UserStreamState
from bntui.model.text import counted
from bntui.model.verdict import EXIT_CODES, ExitCode, book_of, follow, gather
from bntui.model.views import StreamView
from bntui.wire.messages import TailLines, TailPull
from bntui.wire.mirror import Mirror
from bntui.words import sentence

LOOK_EVERY_S = 0.25

PATIENCE_S = 20.0
"""A status that was not told how long to look waits so long for a verdict of live."""

LINES_AT_ONCE = 5_000

UNASKED_KINDS = frozenset({*DEFAULT_KINDS, "link", "gap"})
"""What an engine sees of its watchlist without being asked for it."""


def show(found: Findings, *, as_json: bool) -> None:
    """Print a status."""
    _print([orjson.dumps(status.report(found)).decode()] if as_json else status.lines(found))


async def symbols_or_starter(engine: Engine, keys: Sequence[SymbolKey]) -> list[SymbolKey]:
    """The given symbols, checked against the exchange's list as soon as it is here; else a starter list.

    Raises UsageError for one that is not listed. Without an answer from REST nothing is refused.
    """
    feed = engine.feed
    with suppress(TimeoutError):
        async with asyncio.timeout(STARTER_WAIT_S):
            await feed.lists_read({key.market for key in keys} or {feed.default_market})
    for key in keys:
        engine.require_listed(key)
    return list(keys) or engine.starter()


# On connections of our own


async def status_of_own(engine: Engine, options: StatusOptions) -> int:
    """Look at connections of our own for the time given, or until they are live."""
    clock = SystemClock()
    end = clock.monotonic() + (PATIENCE_S if options.for_s is None else options.for_s)
    while (now := clock.monotonic()) < end:
        if options.for_s is None and engine.judge().grade is Grade.LIVE:
            break
        await asyncio.sleep(min(LOOK_EVERY_S, end - now))
    found = findings_of_own(engine, clock)
    show(found, as_json=options.json)
    if found.verdict.grade is Grade.BLIND and not engine.feed.ever_connected():
        return ExitCode.CONNECT
    return EXIT_CODES[found.verdict.grade]


def findings_of_own(engine: Engine, clock: Clock) -> Findings:
    """How connections of our own stand now."""
    store = engine.store
    engine.feed.report()
    return Findings(
        engine.judge(),
        tuple(store.shards.values()),
        tuple(store.streams.values()),
        tuple(store.books.values()),
        store.budget,
        store.health,
        clock.monotonic(),
        tuple(store.accounts.streams.values()),
        tuple(store.accounts.recoveries.values()),
    )


async def tail_of_own(
    engine: Engine, keys: Sequence[SymbolKey], options: TailOptions, named: Sequence[SymbolKey] = ()
) -> int:
    """Print what connections of our own bring: of these symbols, and of own accounts of those that the user
    has `named`, or of all."""
    came = asyncio.Event()
    ring = engine.tails.open(keys, options.kinds, came.set, options.levels, named)
    with suppress(TimeoutError):
        async with asyncio.timeout(options.for_s):
            while True:
                await came.wait()
                came.clear()
                while len(ring):
                    taken = ring.take(LINES_AT_ONCE, plain=not options.json)
                    _say_lost(taken.lost)
                    # A reader that stops reading must not stop the connections: the ring waits for it.
                    await asyncio.to_thread(_print, taken.lines)
    if not engine.feed.ever_connected():
        engine.feed.report()
        accounts = engine.store.accounts.streams.values()
        for account in accounts:
            if account.state is UserStreamState.REFUSED:
                raise UsageError(account.reason, account.hint)
        shards = (shard.reason for shard in engine.store.shards.values())
        why = next(filter(None, (*shards, *(account.reason for account in accounts))), "")
        because = f": {sentence(why)}" if why else "."
        raise ConnectError(
            f"The exchange could not be reached{because}", "`bntui status` with the same options says more."
        )
    return ExitCode.LIVE


# From the running engine


async def status_of_engine(
    running: RunningEngine,
    keys: Sequence[SymbolKey],
    options: StatusOptions,
    streams_of: Callable[[Sequence[SymbolKey]], Sequence[StreamKey]],
) -> int:
    """Ask the running engine, and print. As `findings_of_engine` otherwise."""
    found = await findings_of_engine(running, keys, options, streams_of)
    show(found, as_json=options.json)
    return EXIT_CODES[found.verdict.grade]


async def findings_of_engine(
    running: RunningEngine,
    keys: Sequence[SymbolKey],
    options: StatusOptions,
    streams_of: Callable[[Sequence[SymbolKey]], Sequence[StreamKey]],
) -> Findings:
    """How the running engine stands. `streams_of` names what is judged of some symbols.

    Raises ConnectError when there is no engine, EngineRefused when it says no, and UsageError for what it
    does not watch: nothing can be said of that.
    """
    clock = SystemClock()
    mirror = Mirror(running.limits.own_engine_silence_s)
    chosen = bool(keys or options.kinds)
    streams: tuple[StreamView, ...] = ()
    async with conversation(running) as carrier:
        # A watch looks again and again instead.
        end = clock.monotonic() + (0.0 if options.watch else options.for_s or 0.0)
        while True:
            await look(carrier, mirror, clock, running.limits)
            require_listed(mirror, keys)
            streams = _watched(mirror, streams_of(keys or mirror.watchlist)) if chosen else ()
            if (left_s := end - clock.monotonic()) <= 0:
                break
            await asyncio.sleep(min(LOOK_EVERY_S, left_s))
    now = mirror.now(clock.monotonic())
    shards, books = tuple(mirror.shards.values()), tuple(mirror.books.values())
    if chosen:
        fed = {book_of(stream) for stream in streams}
        books = tuple(book for book in books if book.key in fed)
        facts = gather(
            streams,
            shards,
            mirror.health,
            now,
            first_data_s=2 * running.limits.own_first_data_s,
            clock_warn_ms=running.limits.own_clock_warn_ms,
            loop_lag_warn_s=running.limits.own_loop_lag_warn_s,
            books=books,
        )
        verdict = follow(None, facts)
    else:
        streams, verdict = tuple(mirror.streams.values()), mirror.verdict(clock.monotonic())
    # Who names symbols or kinds asks about those alone.
    accounts = Accounts() if chosen else mirror.accounts
    return Findings(
        verdict,
        shards,
        streams,
        books,
        mirror.budget,
        mirror.health,
        now,
        tuple(accounts.streams.values()),
        tuple(accounts.recoveries.values()),
    )


async def tail_of_engine(running: RunningEngine, keys: Sequence[SymbolKey], options: TailOptions) -> int:
    """Print what the running engine sees.

    Raises ConnectError when there is none, or it goes, and UsageError for a symbol that is not listed.
    """
    mirror = Mirror(running.limits.own_engine_silence_s)
    async with conversation(running) as carrier:
        await look(carrier, mirror, SystemClock(), running.limits)
        require_listed(mirror, keys)
        if not keys and not UNASKED_KINDS.issuperset(options.kinds):
            # What no row needs flows only for symbols that are named.
            keys = mirror.watchlist
        with suppress(_Over):
            async with _until(options.for_s):
                seq = 0
                while True:
                    question = TailPull(
                        seq, list(keys), list(options.kinds), not options.json, options.levels
                    )
                    answer = await ask(carrier, question, running.limits)
                    if isinstance(answer, TailLines):
                        seq = answer.seq
                        _say_lost(answer.lost)
                        _print(answer.lines)
    return ExitCode.LIVE


def _watched(mirror: Mirror, names: Sequence[StreamKey]) -> tuple[StreamView, ...]:
    """The streams, as the engine sees them. Raises UsageError where it follows one of them not."""
    missing = [stream_label(name) for name in names if name not in mirror.streams]
    if missing:
        more = f" and {counted(len(missing) - 1, 'more stream', 'more streams')}" if len(missing) > 1 else ""
        raise UsageError(
            f"The engine does not watch {missing[0]}{more}.",
            "Add the symbol on the screen, or look without the engine: --own.",
        )
    return tuple(mirror.streams[name] for name in names)


class _Over(Exception):
    """The time that was asked for has passed."""


@asynccontextmanager
async def _until(seconds: float | None) -> AsyncIterator[None]:
    """Raise _Over after that long; told apart from an engine that does not answer in time."""
    scope = asyncio.timeout(seconds)
    try:
        async with scope:
            yield
    except TimeoutError:
        if scope.expired():
            raise _Over from None
        raise


def _print(lines: Iterable[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    sys.stdout.write(text)
    sys.stdout.flush()


def _say_lost(lost: int) -> None:
    if lost:
        were = counted(lost, "line was", "lines were")
        sys.stderr.write(f"bntui: {were} dropped: not read fast enough\n")
