"""Commands that draw, and the viewer that all of them open."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from bntui import own_engine, paths
from bntui.allocator import give_back_large_blocks
from bntui.clock import SystemClock
from bntui.compose.engines import engine_command
from bntui.errors import StateFolderError
from bntui.world import symbol_keys, world

if TYPE_CHECKING:
    from bntui.commandoptions import DemoOptions, DrillOptions
    from bntui.config import Settings
    from bntui.drill.engines import Wiring
    from bntui.drill.onscreen import Companion
    from bntui.engine.launcher import EngineProcess
    from bntui.model.markets import SymbolKey
    from bntui.ui.app import Service
    from bntui.wire.viewer import ViewerLink


def run_tui(settings: Settings, symbols: tuple[str, ...]) -> int:
    """The screen on the live exchange, or on whatever the addresses given instead serve."""
    keys = symbol_keys(symbols, settings)
    if not settings.overridden:
        return _view(settings, keys, folder_to_share(settings), own_folder=False)
    with paths.private_state_dir() as folder:
        return _view(settings, keys, folder, own_folder=True)


def folder_to_share(settings: Settings) -> Path:
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
    from bntui.asking import RunningEngine, require_engine

    the_world, folder = world(settings), paths.asked_state_dir(settings.profile)
    asyncio.run(require_engine(RunningEngine(paths.socket_path(folder), the_world.hello, the_world.limits)))
    return _view(settings, [], folder, own_folder=False, starts_engine=False)


def run_drill(settings: Settings, options: DrillOptions) -> int:
    """Faults on order, on engines and exchanges of their own, and a judge of what was seen."""
    from bntui.commandoptions import MetricsOptions
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

    def beside(wiring: Wiring, socket: Path) -> AbstractAsyncContextManager[None]:
        from bntui.metrics import server

        where = MetricsOptions(*(options.metrics or ("", 0)))
        return server.beside(socket, wiring.hello, wiring.limits, where, SystemClock())

    return run(settings, options, drill_wiring, view, beside if options.metrics is not None else None)


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
        lambda folder, keys: engine_command(drilled, keys, folder, "drill"),
        paths.socket_path,
    )


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
    from bntui.compose.line import EngineLine
    from bntui.exits import report_crash
    from bntui.log import active_file
    from bntui.outfit import outfit
    from bntui.ui.app import BntuiApp
    from bntui.wire.mirror import Mirror

    the_world = world(settings, label)
    clock, limits = SystemClock(), the_world.limits
    socket = paths.socket_path(folder)
    mirror = Mirror(limits.own_engine_silence_s)
    wears = outfit(settings, folder / "journal.db")

    def made() -> tuple[EngineProcess, ViewerLink]:
        from bntui.engine.launcher import EngineProcess
        from bntui.wire.carrier import connect
        from bntui.wire.messages import Watch
        from bntui.wire.viewer import ViewerLink

        give_back_large_blocks()
        command = engine_command(settings, keys, folder if own_folder else None, label)
        engine = EngineProcess(command, folder, socket, clock, environment={**os.environ, **keys_for_engine})
        link = ViewerLink(
            engine.connect if starts_engine else lambda: connect(socket),
            mirror,
            clock,
            the_world.hello,
            pull_interval_s=1 / max(1.0, settings.preferences.pace),
            silence_s=limits.own_engine_silence_s,
        )
        # A drill watches what it is about, and nothing else.
        for together in (list(keys), wears.listed if companion is None else []):
            if together:
                link.send(Watch(together))
        return engine, link

    async def serves_others() -> bool:
        from bntui.engine.launcher import serves

        return await serves(socket, the_world.hello)

    line = EngineLine(made)
    app = BntuiApp(
        mirror,
        clock,
        line.send,
        line.look_at_shard,
        line.look_at,
        services=(line, *beside) if companion is None else (line, *beside, companion),
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
        asyncio.run(line.ended(limits.own_close_timeout_s, None if own_folder else serves_others))
