"""The engine process, and the command line with which a viewer starts one."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bntui import __version__, own_engine, paths
from bntui.accountsettings import given
from bntui.alertrules import without_effects
from bntui.allocator import give_back_large_blocks
from bntui.clock import SystemClock
from bntui.errors import StateFolderError
from bntui.world import listed_keys, symbol_keys, world

if TYPE_CHECKING:
    from bntui.commandoptions import EngineOptions
    from bntui.config import Settings
    from bntui.journal import Journal
    from bntui.model.markets import SymbolKey

log = logging.getLogger(__name__)


def run_engine(settings: Settings, symbols: tuple[str, ...], options: EngineOptions) -> int:
    """The engine alone: to stay, or as the child of a viewer."""
    from bntui.blackbox.box import FOLDER, BlackBox
    from bntui.engine.lock import engine_lock
    from bntui.engine.main import Post, serve
    from bntui.journal import open_journal
    from bntui.trust import gate_place
    from bntui.wire.messages import Welcome

    give_back_large_blocks()
    if options.accounts is not None:
        settings = replace(settings, accounts=options.accounts)
    the_world = world(settings, options.label)
    keys = symbol_keys(symbols, settings)
    if not options.label:
        # All named lists are watched all the time, also while no screen shows them; whoever has some needs no
        # starter list. A demo has symbols of its own.
        keys += listed_keys(settings)
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
                paths.remove_private_state_dir(options.folder)
            else:
                paths.remove_stand_in(folder)
    return 0


def engine_command(
    settings: Settings, keys: Iterable[SymbolKey], folder: Path | None, label: str = ""
) -> list[str]:
    """The command line of an engine that ends with its last viewer."""
    command = [sys.executable, "-m", "bntui", "engine", *settings.arguments(), "--leaves"]
    command += ["--folder", str(folder)] if folder is not None else []
    command += ["--label", label] if label else []
    command += ["--accounts", given(settings.accounts)] if folder is not None else []
    return [*command, *(key.full for key in keys)]
