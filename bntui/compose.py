"""Builds and starts everything: the one module, beside the command line, that sees all the others.

Imports that cost time are made where they are needed, so that each process loads only its own half.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import orjson

from bntui import __version__, own_engine, paths
from bntui.accountsettings import given
from bntui.alertrules import without_effects
from bntui.clock import SystemClock
from bntui.commandoptions import (
    AlertsOptions,
    BookOptions,
    CandlesOptions,
    DemoOptions,
    DoctorOptions,
    DrillOptions,
    EngineOptions,
    FillsOptions,
    KeysOptions,
    MetricsOptions,
    RecordOptions,
    ReplayOptions,
    SimOptions,
    StatusOptions,
    TailOptions,
    TrustOptions,
    WaitOptions,
)
from bntui.config import Settings
from bntui.errors import StateFolderError, UsageError
from bntui.model.markets import SymbolKey
from bntui.wire.messages import Welcome
from bntui.words import sentence
from bntui.world import symbol_keys, world

if TYPE_CHECKING:
    from bntui.drill.engines import Wiring
    from bntui.drill.onscreen import Companion
    from bntui.journal import Journal
    from bntui.model.panels import Focus
    from bntui.trust import Asked
    from bntui.ui.app import Service

log = logging.getLogger(__name__)


# The engine process


def run_engine(settings: Settings, symbols: tuple[str, ...], options: EngineOptions) -> int:
    """The engine alone: to stay, or as the child of a viewer."""
    from bntui.blackbox.box import FOLDER, BlackBox
    from bntui.engine.lock import engine_lock
    from bntui.engine.main import Post, serve
    from bntui.journal import open_journal
    from bntui.trust import gate_place

    if options.accounts is not None:
        settings = replace(settings, accounts=options.accounts)
    the_world = world(settings, options.label)
    keys = symbol_keys(symbols, settings)
    accounts = own_engine.keyed_accounts(settings, the_world)
    # What a made-up market does wakes nobody up.
    rules = without_effects(settings.alerts) if options.label else settings.alerts
    clock = SystemClock()
    folder = options.folder or paths.state_dir(settings.profile)
    place = gate_place(settings, paths.trust_socket_path(folder), private=options.folder is not None)
    attempts = folder / "attempts.json" if options.folder else paths.attempts_file()

    async def run() -> None:
        engine = own_engine.build_engine(
            the_world, attempts, journal, accounts=accounts, black_box=box, rules=rules
        )
        if forgets:
            engine.store.notice(f"Nothing is remembered: {forgets}", bad=True)
        engine.begin(keys)
        welcome = Welcome(
            __version__,
            engine.store.epoch,
            os.getpid(),
            engine.store.started_ms,
            the_world.description,
        )
        box.watch(engine.store, welcome)
        engine.watchers.append(box.look)
        post = Post(paths.socket_path(folder), not options.leaves, welcome, the_world.hello, place)
        await serve(engine, post, clock, the_world.limits.own_pull_wait_s)

    with engine_lock(folder):
        box = BlackBox(folder / FOLDER, clock)
        try:
            journal: Journal | None = None
            forgets = ""
            try:
                journal = open_journal(folder / "journal.db", clock.wall_ms())
            except StateFolderError as error:
                # A full disk is no reason to be blind: everything is shown, and nothing of it kept.
                forgets = str(error)
                log.error("nothing is remembered: %s", forgets)
            try:
                asyncio.run(run())
            finally:
                if journal is not None:
                    journal.close()
                box.close()
        finally:
            if options.folder:
                # A viewer that was killed cannot remove the throw-away folder of its run. Who does not hold
                # the lock must not: another engine lives in the folder.
                shutil.rmtree(options.folder, ignore_errors=True)
    return 0


# The screen


def run_tui(settings: Settings, symbols: tuple[str, ...]) -> int:
    """The screen on the live exchange, or on whatever the addresses given instead serve."""
    keys = symbol_keys(symbols, settings)
    if not settings.overridden:
        return _view(settings, keys, _folder_to_share(settings), own_folder=False)
    with paths.private_state_dir() as folder:
        return _view(settings, keys, folder, own_folder=True)


def _folder_to_share(settings: Settings) -> Path:
    """The profile's folder. Where it cannot be written, it still serves if its engine runs already."""
    from bntui.engine.launcher import serves

    try:
        return paths.state_dir(settings.profile)
    except StateFolderError:
        folder = paths.asked_state_dir(settings.profile)
        if not asyncio.run(serves(paths.socket_path(folder), world(settings).hello)):
            raise
        return folder


def run_demo(settings: Settings, symbols: tuple[str, ...], options: DemoOptions) -> int:
    """The screen on an embedded exchange of its own."""
    from bntui.demo import EmbeddedExchange

    with paths.private_state_dir() as folder, EmbeddedExchange(settings, options) as exchange:
        # The slow imports of the screen happen while the exchange starts.
        import bntui.ui.app  # noqa: F401

        reached = exchange.reached_from(settings)
        keys = symbol_keys(symbols or exchange.symbols, reached)
        return _view(
            reached,
            keys,
            folder,
            own_folder=True,
            label="demo",
            beside=[exchange],
            keys_for_engine=exchange.keys_for_engine,
        )


def run_attach(settings: Settings) -> int:
    """The screen on an engine that runs already. Without one nothing is drawn: raises ConnectError."""
    from bntui.asking import require_engine

    the_world, folder = world(settings), paths.asked_state_dir(settings.profile)
    asyncio.run(require_engine(paths.socket_path(folder), the_world.hello, the_world.limits))
    return _view(settings, [], folder, own_folder=False, starts_engine=False)


def run_drill(settings: Settings, options: DrillOptions) -> int:
    """Faults on order, on engines and exchanges of their own, and a judge of what was seen."""
    from bntui.drill.command import run

    def view(
        drilled: Settings,
        keys: Sequence[SymbolKey],
        folder: Path,
        companion: Companion,
        keys_for_engine: Mapping[str, str],
    ) -> object:
        return _view(
            drilled,
            keys,
            folder,
            own_folder=True,
            label="drill",
            companion=companion,
            keys_for_engine=keys_for_engine,
        )

    return run(settings, options, drill_wiring, view)


def drill_wiring(drilled: Settings, keys_for_engine: Mapping[str, str]) -> Wiring:
    """What a drill is built of, for the addresses and limits of its settings, and the keys of its account."""
    from bntui.drill.engines import Wiring

    the_world = world(drilled, "drill")
    return Wiring(
        the_world.hello,
        the_world.limits,
        lambda attempts, clock: own_engine.build_engine(
            the_world,
            attempts,
            clock=clock,
            accounts=own_engine.keyed_accounts(drilled, the_world, keys_for_engine),
        ),
        lambda folder, keys: _engine_command(drilled, keys, folder, "drill"),
        paths.socket_path,
    )


def _engine_command(
    settings: Settings, keys: Iterable[SymbolKey], folder: Path | None, label: str = ""
) -> list[str]:
    """The command line of an engine that ends with its last viewer."""
    command = [sys.executable, "-m", "bntui", "engine", *settings.arguments(), "--leaves"]
    command += ["--folder", str(folder)] if folder is not None else []
    command += ["--label", label] if label else []
    command += ["--accounts", given(settings.accounts)] if folder is not None else []
    return [*command, *(key.full for key in keys)]


def _view(
    settings: Settings,
    keys: Sequence[SymbolKey],
    folder: Path,
    *,
    own_folder: bool,
    label: str = "",
    starts_engine: bool = True,
    companion: Companion | None = None,
    beside: Sequence[Service] = (),
    keys_for_engine: Mapping[str, str] = MappingProxyType({}),
) -> int:
    from bntui.engine.launcher import EngineProcess, serves
    from bntui.exits import report_crash
    from bntui.log import active_file
    from bntui.outfit import outfit
    from bntui.ui.app import BntuiApp
    from bntui.wire.carrier import connect
    from bntui.wire.messages import Watch
    from bntui.wire.mirror import Mirror
    from bntui.wire.viewer import ViewerLink

    the_world = world(settings, label)
    clock, limits = SystemClock(), the_world.limits
    socket = paths.socket_path(folder)
    command = _engine_command(settings, keys, folder if own_folder else None, label)
    engine = EngineProcess(command, folder, socket, clock, environment={**os.environ, **keys_for_engine})
    mirror = Mirror(limits.own_engine_silence_s)
    link = ViewerLink(
        engine.connect if starts_engine else lambda: connect(socket),
        mirror,
        clock,
        the_world.hello,
        pull_interval_s=1 / max(1.0, settings.preferences.pace),
        silence_s=limits.own_engine_silence_s,
    )
    wears = outfit(settings, folder / "journal.db")
    # A drill watches what it is about, and nothing else.
    for together in (list(keys), wears.listed if companion is None else []):
        if together:
            link.send(Watch(together))

    def focus_shard(shard: int | None) -> None:
        link.focus_shard = shard

    def focus(symbol: Focus | None) -> None:
        link.focus = symbol

    app = BntuiApp(
        mirror,
        clock,
        link.send,
        focus_shard,
        focus,
        services=(link, *beside) if companion is None else (link, *beside, companion),
        fps=settings.preferences.pace,
        environment=the_world.description,
        log_path=str(active_file() or ""),
        report_crash=report_crash,
        theme_folders=(paths.config_dir() / "themes",),
        wishes=wears.wishes,
        reread=wears.reread,
        plain=wears.plain,
    )
    if companion is not None:
        companion.announced_by(app.viewer.say)
    try:
        return app.run(mouse=wears.wishes.mouse) or 0
    finally:
        wears.choices.close()
        others = None if own_folder else lambda: serves(socket, the_world.hello)
        asyncio.run(engine.ended(limits.own_close_timeout_s, others))


def run_record(settings: Settings, symbols: tuple[str, ...], options: RecordOptions) -> int:
    """Record on connections of its own."""
    from bntui.recordcommand import record

    keys, the_world = symbol_keys(symbols, settings), world(settings)
    return asyncio.run(record(settings, the_world, keys, options, SystemClock()))


def run_replay(settings: Settings, options: ReplayOptions) -> int:
    """The screen on a recording, or what it tells in lines."""
    from bntui import replay
    from bntui.blackbox.box import FOLDER

    folder = paths.asked_state_dir(settings.profile)
    recording = replay.open_paths(options.paths, folder / FOLDER)
    if options.list:
        return replay.tell(recording, as_json=options.json)
    return replay.show(recording, settings, folder / "journal.db", options, SystemClock())


def run_config(settings: Settings, word: str) -> int:
    """Tell of the settings."""
    from bntui import settingstold

    return settingstold.tell(word, settings, print)


# The embedded exchange


def run_sim(settings: Settings, options: SimOptions) -> int:
    """The embedded exchange alone, until a signal comes, or its starter's pipe closes."""
    from bntui.sim import keyfiles
    from bntui.sim.ending import told_to_end
    from bntui.sim.server import Sim, SimConfig
    from bntui.sim.switches import Switches

    try:
        switches = Switches().override(options.switches)
    except ValueError as error:
        raise UsageError(f"--switch: {sentence(str(error))}", "README.md says what each does.") from None
    config = SimConfig(
        symbols=options.symbols,
        rate=options.rate,
        seed=options.seed,
        rest_port=options.port or 0,
        stream_port=options.port + 1 if options.port else 0,
        markets=options.markets or (settings.market,),
        overrides=settings.limits,
        replay=options.replay,
        speed=options.speed,
        loop=options.loop,
        switches=switches,
    )
    if options.fills is not None:
        config = replace(config, fills_per_s=options.fills)

    async def run() -> None:
        async with Sim(config, SystemClock()) as sim:
            told: dict[str, object] = dict(sim.urls.as_json())
            if options.keys is not None:
                keyfiles.write(options.keys, sim.exchange.users.keyring)
                told["keys"] = str(options.keys)
            print(orjson.dumps(told).decode(), flush=True)  # noqa: T201
            ends = (told_to_end(sys.stdin.fileno() if options.tied else None), sim.broken())
            _, others = await asyncio.wait(
                [asyncio.ensure_future(end) for end in ends], return_when=asyncio.FIRST_COMPLETED
            )
            for other in others:
                other.cancel()

    asyncio.run(run())
    return 0


# Headless commands


def run_status(settings: Settings, symbols: tuple[str, ...], options: StatusOptions) -> int:
    """Judge and print; the exit code is the verdict's."""
    from bntui import headless

    keys = symbol_keys(symbols, settings)
    the_world = world(settings)
    own_engine.require_kinds(the_world, keys, options.kinds)
    if options.own or settings.overridden:
        return asyncio.run(own_engine.status(settings, the_world, keys, options))
    asked = (
        paths.socket_path(paths.asked_state_dir(settings.profile)),
        the_world.hello,
        the_world.limits,
        keys,
        options,
        lambda symbols: own_engine.streams_of(the_world, symbols, options.kinds),
    )
    if options.watch:
        from bntui.statuswatch import watch

        return asyncio.run(watch(lambda: headless.findings_of_engine(*asked), options, SystemClock()))
    return asyncio.run(headless.status_of_engine(*asked))


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
    socket = paths.socket_path(paths.asked_state_dir(settings.profile))
    return asyncio.run(book.of_engine(socket, the_world.hello, the_world.limits, key, options))


def run_tail(settings: Settings, symbols: tuple[str, ...], options: TailOptions) -> int:
    """Print events as they come."""
    from bntui import headless

    keys = symbol_keys(symbols, settings)
    the_world = world(settings)
    own_engine.require_kinds(the_world, keys, options.kinds)
    if options.own or settings.overridden:
        return asyncio.run(own_engine.tail(settings, the_world, keys, options))
    socket = paths.socket_path(paths.asked_state_dir(settings.profile))
    return asyncio.run(headless.tail_of_engine(socket, the_world.hello, the_world.limits, keys, options))


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
    socket = paths.socket_path(paths.asked_state_dir(settings.profile))
    return asyncio.run(candles.of_engine(socket, the_world.hello, the_world.limits, key, options))


def run_alerts(settings: Settings, options: AlertsOptions) -> int:
    """List rules and alerts, or make each rule known once."""
    from bntui import alerts

    return alerts.run(
        settings.alerts,
        paths.asked_state_dir(settings.profile) / "journal.db",
        options,
        SystemClock(),
        own_engine.without_keys(os.environ),
        world(settings).description,
    )


def run_keys(settings: Settings, options: KeysOptions) -> int:
    """Write, list, remove or check the keys of the user's accounts."""
    from bntui import accounts
    from bntui.keys import KeyDesk, ask_for_key, chosen, say

    folder = paths.config_dir()
    desk = KeyDesk(settings, paths.config_file(), folder, os.environ)
    match options.action:
        case "add":
            return desk.add(options, ask_for_key)
        case "remove":
            return desk.remove(options)
        case "check":
            from bntui.keycheck import check

            the_world = world(settings)
            methods = {
                market: venue.user.methods
                for market, (venue, _) in the_world.markets.items()
                if venue.user is not None
            }
            found = accounts.load(chosen(settings, options.name), methods, folder, os.environ)
            return asyncio.run(check(the_world, found, SystemClock(), say))
        case _:
            return desk.list()


def run_doctor(settings: Settings, options: DoctorOptions) -> int:
    """Look at everything that may be in the way, and say what mends it."""
    from bntui.doctor import command
    from bntui.venue.binance.endpoints import alternates, is_known

    def see(attempts: Path) -> command.Seen:
        the_world = world(settings)
        elsewhere = {
            market: alternates(market, settings.environment)
            for market in the_world.markets
            if not settings.overridden and is_known(market, settings.environment)
        }
        return command.Seen(the_world, own_engine.keyed_accounts(settings, the_world), attempts, elsewhere)

    with ExitStack() as places:
        # Attempts at another exchange are none at this one; what is wrong with the folder is found later.
        attempts: Path | None = None
        with suppress(StateFolderError):
            attempts = None if settings.overridden else paths.attempts_file()
        counted = attempts or places.enter_context(paths.private_state_dir()) / "attempts.json"
        return command.run(settings, options, lambda: see(counted), SystemClock())


def run_metrics(settings: Settings, options: MetricsOptions) -> int:
    """Serve what the running engine sees, until a signal comes."""
    from bntui.metrics import server

    the_world = world(settings)
    socket = paths.socket_path(paths.asked_state_dir(settings.profile))
    return asyncio.run(server.serve(socket, the_world.hello, the_world.limits, options, SystemClock()))
