"""Commands that look after what the user has set up: settings, keys, alerts, and what is in the way."""

from __future__ import annotations

import asyncio
import os
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bntui import own_engine, paths
from bntui.clock import SystemClock
from bntui.errors import StateFolderError
from bntui.world import world

if TYPE_CHECKING:
    from bntui.commandoptions import AlertsOptions, DoctorOptions, KeysOptions
    from bntui.config import Settings


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
    from bntui.keys import KeyDesk, ask_for_key, say

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
            found = accounts.load(desk.chosen(options.name), methods, folder, os.environ)
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


def run_config(settings: Settings, word: str) -> int:
    """Tell of the settings."""
    from bntui import settingstold

    return settingstold.tell(word, settings, print)
