"""Commands without a screen that ask an engine, or what it has kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bntui import own_engine, paths
from bntui.clock import SystemClock
from bntui.world import World, symbol_keys, world

if TYPE_CHECKING:
    from bntui.asking import RunningEngine
    from bntui.commandoptions import (
        BookOptions,
        CandlesOptions,
        FillsOptions,
        MetricsOptions,
        StatusOptions,
        TailOptions,
        TrustOptions,
        WaitOptions,
    )
    from bntui.config import Settings
    from bntui.trust import Asked


def run_status(settings: Settings, symbols: tuple[str, ...], options: StatusOptions) -> int:
    """Judge and print; the exit code is the verdict's."""
    from bntui import headless

    keys = symbol_keys(symbols, settings)
    the_world = world(settings)
    own_engine.require_kinds(the_world, keys, options.kinds)
    if options.own or settings.overridden:
        return asyncio.run(own_engine.status(settings, the_world, keys, options))
    asked = (
        _running(settings, the_world),
        keys,
        options,
        lambda symbols: own_engine.streams_of(the_world, symbols, options.kinds),
    )
    if options.watch:
        from bntui.statuswatch import watch

        return asyncio.run(watch(lambda: headless.findings_of_engine(*asked), options, SystemClock()))
    return asyncio.run(headless.status_of_engine(*asked))


def _running(settings: Settings, the_world: World) -> RunningEngine:
    """The engine of the profile, if it runs."""
    from bntui.asking import RunningEngine

    socket = paths.socket_path(paths.asked_state_dir(settings.profile))
    return RunningEngine(socket, the_world.hello, the_world.limits)


def run_trust(settings: Settings, symbols: tuple[str, ...], options: TrustOptions) -> int:
    """Ask the running engine whether symbols can be trusted."""
    from bntui import trust

    line = trust.question(symbol_keys(symbols, settings), options.max_age_s, options.accounts)
    return asyncio.run(trust.trust(_gate(settings, line), options))


def run_wait(settings: Settings, symbols: tuple[str, ...], options: WaitOptions) -> int:
    """Wait until they can."""
    from bntui import trust

    line = trust.question(symbol_keys(symbols, settings), options.max_age_s, options.accounts)
    return asyncio.run(trust.wait(_gate(settings, line), options, SystemClock()))


def _gate(settings: Settings, line: str) -> Asked:
    """Who is asked: the engine of the profile, or whichever one stands where the user said."""
    from bntui.trust import Asked

    if settings.trust_socket is not None:
        return Asked(settings.trust_socket, line, "")
    socket = paths.trust_socket_path(paths.asked_state_dir(settings.profile))
    return Asked(socket, line, world(settings).description)


def run_book(settings: Settings, symbol: str, options: BookOptions) -> int:
    """Print a symbol's book."""
    from bntui import book

    (key,), the_world = symbol_keys((symbol,), settings), world(settings)
    if options.own or settings.overridden:
        return asyncio.run(own_engine.book(settings, the_world, key, options))
    return asyncio.run(book.of_engine(_running(settings, the_world), key, options))


def run_tail(settings: Settings, symbols: tuple[str, ...], options: TailOptions) -> int:
    """Print events as they come."""
    from bntui import headless

    keys = symbol_keys(symbols, settings)
    the_world = world(settings)
    own_engine.require_kinds(the_world, keys, options.kinds)
    if options.own or settings.overridden:
        return asyncio.run(own_engine.tail(settings, the_world, keys, options))
    return asyncio.run(headless.tail_of_engine(_running(settings, the_world), keys, options))


def run_fills(settings: Settings, symbols: tuple[str, ...], options: FillsOptions) -> int:
    """Print own fills that are kept."""
    from bntui import fills

    folder = paths.asked_state_dir(settings.profile)
    return fills.run(folder / "journal.db", symbol_keys(symbols, settings), options, SystemClock().wall_ms())


def run_candles(settings: Settings, symbol: str, options: CandlesOptions) -> int:
    """Print a symbol's last candles."""
    from bntui import candles

    (key,) = symbol_keys([symbol], settings)
    the_world = world(settings)
    if options.own or settings.overridden:
        return asyncio.run(own_engine.candles(settings, the_world, key, options))
    return asyncio.run(candles.of_engine(_running(settings, the_world), key, options))


def run_metrics(settings: Settings, options: MetricsOptions) -> int:
    """Serve what the running engine sees, until a signal comes."""
    from bntui.metrics import server

    the_world = world(settings)
    socket = paths.socket_path(paths.asked_state_dir(settings.profile))
    return asyncio.run(server.serve(socket, the_world.hello, the_world.limits, options, SystemClock()))
