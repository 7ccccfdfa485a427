"""Makes the pictures in `screenshots/`, from the still market.

`python -m tests.support.screenshots [FOLDER]`
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bntui.model.delta import Delta
from tests.support import market, opened
from tests.support.viewing import Desk, desk

FOLDER = Path(__file__).parents[2] / "screenshots"


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: what is sat down to, and what is pressed."""

    name: str
    width: int
    height: int
    keys: tuple[str, ...] = ()
    market: Callable[[], Delta] = market.troubled
    theme: str = "bntui-dark"
    silent_s: float = 0.0
    """How long the engine has not answered."""


PICTURES = (
    Picture("watchlist", 120, 24),
    Picture("watchlist-light", 120, 24, theme="bntui-light"),
    Picture("watchlist-80x24", 80, 24),
    Picture("engine-silent", 120, 24, market=market.calm, silent_s=7.0),
    Picture("connections", 120, 24, keys=("2",)),
    Picture("streams", 120, 24, keys=("2", "j", "j", "enter")),
    Picture("symbol", 120, 40, keys=("enter", *"kkkk"), market=opened.opened),
    Picture("incidents", 120, 32, keys=("3", *"jjjjj"), market=market.eventful),
    Picture("add", 120, 24, keys=("a", "b", "t", "c"), market=market.calm),
)


async def take(picture: Picture) -> str:
    """One picture, as SVG."""
    at: Desk = desk(picture.market(), theme=picture.theme)
    async with at.running(picture.width, picture.height) as pilot:
        await pilot.press(*picture.keys)
        at.clock.advance(picture.silent_s)
        await at.frame(pilot)
        return at.app.export_screenshot(title="bntui")


def main() -> None:
    """Write them all."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for picture in PICTURES:
        (folder / f"{picture.name}.svg").write_text(asyncio.run(take(picture)), encoding="utf-8")
        print(folder / f"{picture.name}.svg")


if __name__ == "__main__":
    main()
