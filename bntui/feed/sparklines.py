"""The past minutes of symbols by REST: what a sparkline did not see itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bntui.errors import RestError
from bntui.feed.rest import RestClient
from bntui.model.status import Event
from bntui.venue.base import Venue

SPARKLINE_MINUTES = 60


class Sparklines:
    """Fetches the past of each symbol once. Bounded by the symbols that are wanted."""

    def __init__(
        self, venue: Venue, rest: RestClient, emit: Callable[[Sequence[Event]], None], share: float
    ) -> None:
        """No symbol is wanted. `share`: they take this part of our weight at most."""
        self._venue = venue
        self._rest = rest
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
        if not self._rest.affordable(call, self._share):
            return False
        body = await self._rest.fetch(call, optional=True)
        self._lacking.pop(symbol, None)
        try:
            self._emit([self._venue.bodies.minute_closes(symbol, body)])
        except ValueError as exc:
            raise RestError(f"klines: {exc}") from None
        return True
