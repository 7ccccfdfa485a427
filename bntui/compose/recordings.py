"""The commands of the black box."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bntui import paths
from bntui.clock import SystemClock
from bntui.world import symbol_keys, world

if TYPE_CHECKING:
    from bntui.commandoptions import RecordOptions, ReplayOptions
    from bntui.config import Settings


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
