"""How symbols are looked at, remembered over the end of the program: the book, and how candles are drawn."""

from __future__ import annotations

import json
from dataclasses import replace

from bntui.model.panels import Focus
from bntui.ui.chart.intervals import INTERVALS
from bntui.ui.chart.scene import Options
from bntui.ui.chart.timeline import LOCAL_ZONE, UTC_ZONE
from bntui.ui.choices import Choices
from bntui.ui.panels.depth import LEVELS, PARTIAL_LEVELS

FOCUS = "symbol"
OPTIONS = "candles"
"""Under these names it is remembered."""

_SWITCHES = ("averages", "vwap", "log", "hollow")


def remember_focus(choices: Choices, focus: Focus) -> None:
    """Keep how a symbol is looked at, but for what belongs to its prices."""
    kept = [focus.interval, focus.levels, focus.partial, focus.single_trades]
    choices.put(FOCUS, json.dumps(kept))


def as_remembered(choices: Choices, focus: Focus) -> Focus:
    """Look at a symbol as at the last one."""
    try:
        interval, levels, partial, single = json.loads(choices.get(FOCUS) or "[]")
    except (ValueError, TypeError):
        return focus
    if interval not in INTERVALS or levels not in LEVELS or partial not in (True, False):
        return focus
    levels = min(levels, PARTIAL_LEVELS) if partial else levels
    return replace(focus, interval=interval, levels=levels, partial=partial, single_trades=single is True)


def remember_options(choices: Choices, options: Options) -> None:
    """Keep how candles are drawn."""
    switches = [getattr(options, name) for name in _SWITCHES]
    choices.put(OPTIONS, json.dumps([*switches, options.zone == LOCAL_ZONE]))


def options_remembered(choices: Choices) -> Options:
    """Draw them as before."""
    try:
        *switches, local = json.loads(choices.get(OPTIONS) or "[]")
    except (ValueError, TypeError):
        return Options()
    if len(switches) != len(_SWITCHES) or not all(isinstance(one, bool) for one in (*switches, local)):
        return Options()
    chosen = dict(zip(_SWITCHES, switches, strict=True))
    return Options(**chosen, zone=LOCAL_ZONE if local else UTC_ZONE)
