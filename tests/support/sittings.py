"""Every screen and dialogue there is, each with the market that shows most of it, and how one gets there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual.pilot import Pilot
from textual.strip import Strip

from bntui.model.delta import Delta
from tests.support import accounts, alerts, market, opened
from tests.support.viewing import Desk, desk


@dataclass(frozen=True, slots=True)
class Sitting:
    """What is looked at."""

    market: Callable[[], Delta] = market.troubled
    keys: tuple[str, ...] = ()
    width: int = 120
    height: int = 40
    silent_s: float = 0.0
    """How long the engine has not answered."""

    @asynccontextmanager
    async def taken(self, **wishes: Any) -> AsyncIterator[tuple[Desk, Pilot[int]]]:
        """Sit down, and press what leads there."""
        at = desk(self.market(), **wishes)
        async with at.running(self.width, self.height) as pilot:
            await pilot.press(*self.keys)
            at.clock.advance(self.silent_s)
            await at.frame(pilot)
            yield at, pilot


SITTINGS = {
    "watchlist": Sitting(),
    "watchlist-80x24": Sitting(width=80, height=24),
    "watchlist-200x60": Sitting(width=200, height=60),
    "searching": Sitting(keys=("slash", "b", "t", "c")),
    "nothing found": Sitting(keys=("slash", "x", "x", "x")),
    "removed": Sitting(keys=("j", "d")),
    "silent": Sitting(silent_s=7.0),
    "too small": Sitting(width=50, height=12),
    "connections": Sitting(keys=("2",), width=160),
    "streams": Sitting(keys=("2", "j", "j", "enter")),
    "incidents": Sitting(market.eventful, ("3", *"jjjjj"), width=160),
    "symbol": Sitting(opened.opened, ("enter", *"kkkk")),
    "symbol-200x60": Sitting(opened.opened, ("enter",), width=200, height=60),
    "symbol-80x24": Sitting(opened.opened, ("enter", "tab"), width=80, height=24),
    "candles": Sitting(opened.opened, ("enter", "tab", "tab", "backslash", *"evhh")),
    "intervals": Sitting(opened.opened, ("enter", "tab", "tab", "c")),
    "contract": Sitting(opened.contract, ("4",)),
    "fills": Sitting(accounts.traded, ("5",), width=160),
    "orders": Sitting(accounts.traded, ("6",), width=160),
    "account": Sitting(accounts.traded, ("7",), width=160),
    "ailing accounts": Sitting(accounts.ailing, ("7",)),
    "alerts": Sitting(alerts.alerted, ("8",)),
    "acknowledging": Sitting(alerts.alerted, ("8", "a")),
    "night": Sitting(alerts.alerted, ("z",)),
    "night of calm": Sitting(market.calm, ("z",), width=80, height=24),
    "frozen": Sitting(keys=("space",), silent_s=2.0),
    "user stream": Sitting(accounts.traded, ("2", "tab", "enter")),
    "adding": Sitting(market.calm, ("a", "b", "t", "c")),
    "columns": Sitting(keys=("c", "j", "j", "space")),
    "help": Sitting(keys=("question_mark",), height=60),
    "palette": Sitting(keys=("ctrl+p",)),
    "themes": Sitting(keys=("T",)),
}
"""By name."""


def strips(at: Desk) -> list[Strip]:
    """What is on screen, line by line, as it goes to the terminal."""
    compositor = at.app.screen._compositor
    return compositor.render_strips()
