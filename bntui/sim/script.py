"""What an account of the embedded exchange is told to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from bntui.sim.instruments import Pair
from bntui.sim.market import Listed

HUMAN_RATE = 0.12
"""Fills a second on one market: over all three one comes every few seconds."""
_SYMBOLS = 5
_AMONG = 8
"""An account trades some of so many of the busiest symbols."""


@dataclass(frozen=True, slots=True)
class Script:
    """How an account trades."""

    fills_per_s: float = HUMAN_RATE
    """In the mean; 0: it does nothing by itself."""
    past_fills: int = 200
    """Trades of the day before it was asked for first, at most."""
    symbols: tuple[str, ...] = ()
    """What it trades, as far as it is listed; empty: some of the busiest symbols."""
    moves_money: bool = True
    """Something is paid in or out now and then, which no fill explains."""

    def __post_init__(self) -> None:
        if self.fills_per_s < 0 or self.past_fills < 0:
            raise ValueError("an account cannot trade less than nothing")

    def chosen(self, listed: Sequence[Listed], rng: Random) -> list[Listed]:
        """What it trades of what is listed, the busiest first."""
        if self.symbols:
            return [one for one in listed if one[0].symbol in self.symbols]
        busy = [one for one in listed if not one[1].rare][:_AMONG] or list(listed[:1])
        others = rng.sample(busy[1:], min(_SYMBOLS - 1, len(busy[1:])))
        return [one for one in busy if one is busy[0] or one in others]


def assets(listed: Sequence[Listed]) -> tuple[dict[str, None], dict[str, None]]:
    """The base and the quote assets of some symbols, each once."""
    pairs: list[Pair] = [pair for pair, _ in listed]
    return dict.fromkeys(pair.base for pair in pairs), dict.fromkeys(pair.quote for pair in pairs)
