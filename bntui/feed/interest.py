"""Open interest by REST: no stream tells it, and nothing hangs on it, so that it is asked for gently."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bntui.clock import Clock
from bntui.errors import RestError
from bntui.feed.rest import RestClient
from bntui.model.status import Event
from bntui.venue.base import Venue

EACH_EVERY_S = 60.0
"""A symbol is asked about no more often."""

ONE_EVERY_S = 1.0
"""… and the exchange no more often than this, however many symbols there are."""


class OpenInterests:
    """Asks for the open interest of symbols in turn. Bounded by the symbols that are wanted."""

    def __init__(
        self,
        venue: Venue,
        rest: RestClient,
        clock: Clock,
        emit: Callable[[Sequence[Event]], None],
        share: float,
    ) -> None:
        """No symbol is wanted. `share`: it takes this part of our weight at most."""
        self._share = share
        self._venue = venue
        self._rest = rest
        self._clock = clock
        self._emit = emit
        self._due_at: dict[str, float] = {}
        """By symbol, the one that is due first in front."""
        self._next_at = 0.0

    def want(self, symbol: str) -> None:
        """Somebody looks at the symbol. A market without contracts has no open interest to ask for."""
        if self._venue.calls.open_interest is not None and symbol not in self._due_at:
            self._due_at = {symbol: 0.0, **self._due_at}

    def unwant(self, symbol: str) -> None:
        """Nobody does any longer."""
        self._due_at.pop(symbol, None)

    async def step(self, listed: Callable[[str], bool]) -> bool:
        """Ask about one symbol that is due and listed; False when there is none, or the budget says: not
        now. Raises RestError."""
        ask, read = self._venue.calls.open_interest, self._venue.bodies.open_interest
        now = self._clock.monotonic()
        symbol = next((s for s, due_at in self._due_at.items() if due_at <= now and listed(s)), None)
        if symbol is None or now < self._next_at or ask is None or read is None:
            return False
        call = ask(symbol)
        if not self._rest.affordable(call, self._share):
            return False
        self._next_at = now + ONE_EVERY_S
        # To the end, whatever the answer: one symbol that fails must not keep the others from their turn.
        del self._due_at[symbol]
        self._due_at[symbol] = now + EACH_EVERY_S
        body = await self._rest.fetch(call, optional=True)
        try:
            found = read(body, self._clock.wall_ms(), self._clock.monotonic())
        except ValueError as exc:
            raise RestError(f"{call.name}: {exc}") from None
        self._emit([found])
        return True
