"""An engine in this process: how one is built, and the commands that look with one of their own.

Imports that cost time are made where they are needed, so that each process loads only its own half.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bntui import paths
from bntui.accountsettings import KEY_VARIABLES
from bntui.clock import Clock, SystemClock
from bntui.errors import UsageError
from bntui.model.markets import StreamKey, SymbolKey

if TYPE_CHECKING:
    from bntui.alertrules import AlertRule
    from bntui.blackbox.box import BlackBox
    from bntui.commandoptions import BookOptions, CandlesOptions, StatusOptions, TailOptions
    from bntui.config import Settings
    from bntui.engine.engine import Engine
    from bntui.engine.status import Findings
    from bntui.feed.credentials import Account
    from bntui.feed.feed import Wish
    from bntui.feed.transport import Transport
    from bntui.journal import Journal
    from bntui.venue.base import Venue
    from bntui.world import World


def build_engine(
    the_world: World,
    attempts: Path,
    journal: Journal | None = None,
    clock: Clock | None = None,
    accounts: Sequence[Account] = (),
    black_box: BlackBox | None = None,
    rules: Sequence[AlertRule] = (),
    environ: Mapping[str, str] = os.environ,
) -> Engine:
    """An engine on the real network, with alerts by these rules, whose commands are given `environ` without
    the keys in it. A black box listens at its connections, and has yet to watch it."""
    from bntui.engine.alert_senders import Senders
    from bntui.engine.engine import Engine, Sink
    from bntui.engine.ledgers import JournalMemory
    from bntui.feed.attempts import AttemptsFile
    from bntui.feed.core.budget import AttemptLimit
    from bntui.feed.feed import Feed
    from bntui.feed.gulps import Beat
    from bntui.feed.transports import usual_transport

    clock, limits = clock or SystemClock(), the_world.limits
    window_ms = int(limits.connection_attempts_window_s * 1000)
    beat = Beat(limits.own_gulp_s)

    def transport(of: Venue) -> Transport:
        made = usual_transport(of.limits, clock, the_world.markets[of.market][1].proxy, beat)
        return made if black_box is None else black_box.tap.around(made)

    def make_feed(sink: Sink) -> Feed:
        return Feed(
            the_world.markets,
            transport,
            AttemptsFile(attempts, AttemptLimit(int(limits.own_attempts), window_ms), clock),
            clock,
            random.Random(secrets.randbits(64)),
            sink,
            journal.next_outage_id if journal is not None else 1,
            the_world.elsewhere,
            accounts,
            JournalMemory(journal) if journal is not None else None,
        )

    senders = None
    if rules:
        chance = random.Random(secrets.randbits(64))
        senders = Senders(rules, clock, chance, the_world.description, without_keys(environ))
    epoch = secrets.token_hex(8)
    return Engine(make_feed, limits, clock, epoch, journal, rules, senders, beat)


def without_keys(environ: Mapping[str, str]) -> dict[str, str]:
    """Variables for a program of the user's, which needs no key to the exchange."""
    return {name: text for name, text in environ.items() if not name.startswith(KEY_VARIABLES)}


def keyed_accounts(
    settings: Settings, the_world: World, environ: Mapping[str, str] = os.environ
) -> tuple[Account, ...]:
    """The configured accounts with their keys, or with what is wrong with them: nothing is raised."""
    from bntui import accounts
    from bntui.feed.credentials import Credentials, MissingKey
    from bntui.model.access import UserMethod

    users = {market: venue.user for market, (venue, _) in the_world.markets.items()}
    methods = {market: user.methods for market, user in users.items() if user is not None}

    def reached(account: Account) -> Account:
        """A run with other addresses never takes a key to the real exchange."""
        by_api = isinstance(account, Credentials) and account.method is not UserMethod.LISTEN_KEY
        if not by_api or the_world.markets[account.market][1].ws_api:
            return account
        return MissingKey(
            account.name,
            account.market,
            "no address of the WebSocket API was given",
            f"Give it: --ws-api-url {account.market}=URL.",
        )

    found = accounts.load(settings.accounts, methods, paths.config_dir(), environ)
    return tuple(reached(account) for account in found)


@asynccontextmanager
async def own_engine(
    the_world: World, settings: Settings, black_box: BlackBox | None = None
) -> AsyncIterator[Engine]:
    """An engine in this process, without a journal; its connections are closed in order at the end."""
    with ExitStack() as places:
        if settings.overridden:
            attempts = places.enter_context(paths.private_state_dir()) / "attempts.json"
        else:
            attempts = paths.attempts_file()
        accounts = keyed_accounts(settings, the_world)
        engine = build_engine(the_world, attempts, accounts=accounts, black_box=black_box)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(engine.run())
            try:
                yield engine
            finally:
                running.cancel()


async def status(settings: Settings, the_world: World, keys: list[SymbolKey], options: StatusOptions) -> int:
    """Judge and print; the exit code is the verdict's."""
    from bntui import headless

    async with own_engine(the_world, settings) as engine:
        found = await headless.symbols_or_starter(engine, keys)
        engine.feed.want(found, wishes(options.kinds) or None)
        if options.watch:
            from bntui.statuswatch import watch

            async def look() -> Findings:
                return headless.findings_of_own(engine, clock)

            clock = SystemClock()
            return await watch(look, options, clock)
        return await headless.status_of_own(engine, options)


async def tail(settings: Settings, the_world: World, keys: list[SymbolKey], options: TailOptions) -> int:
    """Print events as they come."""
    from bntui import headless

    async with own_engine(the_world, settings) as engine:
        found = await headless.symbols_or_starter(engine, keys)
        return await headless.tail_of_own(engine, found, options, keys)


async def book(settings: Settings, the_world: World, key: SymbolKey, options: BookOptions) -> int:
    """Print a symbol's book."""
    from bntui import book as command
    from bntui import headless

    async with own_engine(the_world, settings) as engine:
        await headless.symbols_or_starter(engine, [key])
        return await command.of_own(engine, key, options)


async def candles(settings: Settings, the_world: World, key: SymbolKey, options: CandlesOptions) -> int:
    """Print a symbol's last candles."""
    from bntui import candles as command
    from bntui import headless

    async with own_engine(the_world, settings) as engine:
        await headless.symbols_or_starter(engine, [key])
        return await command.of_own(engine, key, options)


def require_kinds(the_world: World, keys: Iterable[SymbolKey], kinds: Iterable[str]) -> None:
    """Raise UsageError for a kind of event that the market of a symbol does not have."""
    from bntui.engine.engine import wish_of

    default = next(iter(the_world.markets))
    for key in keys or [SymbolKey(default, "X")]:
        venue = the_world.markets[key.market][0]
        for kind in kinds:
            wish = wish_of(kind)
            if wish is not None and not venue.offers(wish.spec(key.symbol)):
                raise UsageError(
                    f"{venue.name} has no {kind.replace(':', ' of ')}.",
                    "Leave it out of --kinds, or name another market.",
                )


def streams_of(the_world: World, keys: Iterable[SymbolKey], kinds: Iterable[str]) -> list[StreamKey]:
    """The streams that bring these kinds of events of these symbols; without kinds: what a row needs."""
    from bntui.feed.feed import watch_wishes

    found: list[StreamKey] = []
    for key in keys:
        venue = the_world.markets[key.market][0]
        asked = wishes(kinds) or watch_wishes(venue)
        found.extend(StreamKey(key.market, venue.format_stream(wish.spec(key.symbol))) for wish in asked)
    return found


def wishes(kinds: Iterable[str]) -> list[Wish]:
    """The streams that bring these kinds of events."""
    from bntui.engine.engine import wish_of

    return [wish for kind in kinds if (wish := wish_of(kind)) is not None]
