"""The past minutes of symbols by REST: what a sparkline did not see itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bntui.clock import Clock
from bntui.errors import RestError
from bntui.feed.core.budget import TokenBucket
from bntui.feed.rest import RestClient
from bntui.model.status import Event
from bntui.venue.base import Venue

SPARKLINE_MINUTES = 60

SCREENFUL = 60
"""Symbols that stand on a large terminal at once: the past of so many a minute does not wait for leisure. On
Spot they weigh a tenth of our weight."""

SCREENFUL_SHARE = 0.75
"""… until so much of our weight is used: at the start an own account alone may use more than leisure allows,
and whoever sees lines that stay empty for a minute takes them for broken."""


class Sparklines:
    """Fetches the past of each symbol once. Bounded by the symbols that are wanted."""

    def __init__(
        self,
        venue: Venue,
        rest: RestClient,
        clock: Clock,
        emit: Callable[[Sequence[Event]], None],
        share: float,
    ) -> None:
        """No symbol is wanted. `share`: more than a screenful stops when this part of our weight is used."""
        self._venue = venue
        self._rest = rest
        self._clock = clock
        self._at_once = TokenBucket(SCREENFUL / 60.0, SCREENFUL)
        self._emit = emit
        self._share = share
        self._lacking: dict[str, None] = {}

    def want(self, symbol: str) -> None:
        """Somebody looks at the symbol."""
        self._lacking[symbol] = None

    def unwant(self, symbol: str) -> None:
        """Nobody does any longer."""
        self._lacking.pop(symbol, None)

    async def step(self, listed: Callable[[str], bool]) -> bool:
        """Fetch the past of one symbol that is listed; False when none is lacking, or the budget says: not
        now. Raises RestError."""
        symbol = next((symbol for symbol in self._lacking if listed(symbol)), None)
        if symbol is None:
            return False
        call = self._venue.calls.klines(symbol, "1m", SPARKLINE_MINUTES)
        now = self._clock.monotonic()
        share = max(self._share, SCREENFUL_SHARE) if self._at_once.holds(now) else self._share
        if not self._rest.affordable(call, share):
            return False
        self._at_once.take(now)
        body = await self._rest.fetch(call, optional=True)
        self._lacking.pop(symbol, None)
        try:
            self._emit([self._venue.bodies.minute_closes(symbol, body)])
        except ValueError as exc:
            raise RestError(f"klines: {exc}") from None
        return True
