"""A TCP connection to the streams until its handshake is done: counted, held, refused, or let in."""

from __future__ import annotations

import asyncio
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from bntui.sim.exchange import Exchange
from bntui.sim.faults import Fault
from bntui.sim.handshake import Aim, RequestHead, Target, refusal
from bntui.sim.ledger import Breach
from bntui.sim.listenkeys import masked
from bntui.sim.rules import Denial

_OPEN_S = 10.0
"""A TCP connection without a whole handshake is cut after so long."""
_MOST_HELD = 65_536
"""Bytes kept of a handshake that is held; what a client sends beyond them is lost."""


class Arrival(ServerConnection):
    """A connection that asks to be let in. What becomes of it then is `Client`'s."""

    def __init__(self, exchange: Exchange, *args: Any, **kwargs: Any) -> None:
        """The library's arguments follow the exchange."""
        super().__init__(*args, **kwargs)
        self.finished = asyncio.Event()
        """Set once the connection is to be ended, or gone."""
        self._exchange = exchange
        self._came_at = exchange.clock.monotonic()
        self._head: RequestHead | None = RequestHead(exchange.limits.url_chars)
        self._held: bytes | None = None
        """A request that the library has not seen yet."""
        self._denial: Denial | None = None
        self._counted = False
        self._long_path: str | None = None
        self._target: Aim = Target("/ws")
        self._cut = False

    @property
    def _address(self) -> str:
        return str(self.remote_address[0]) if self.remote_address else ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A TCP connection; with the fault `refuse` it is cut at once."""
        super().connection_made(transport)
        self._exchange.visitors.add(self)
        if self._exchange.faults.hit(Fault.REFUSE):
            self._count()
            self.abort()

    def _count(self) -> None:
        """Each TCP connection that asks for anything is one attempt, whatever becomes of it."""
        if not self._counted:
            self._counted = True
            self._denial = self._exchange.attempt(self._address)

    def data_received(self, data: bytes) -> None:
        """Bytes from the client. The first ones are looked at before the library sees them."""
        if self._held is not None:
            self._held += data[: _MOST_HELD - len(self._held)]
            return
        if self._head is None:
            super().data_received(data)
            return
        self._count()
        passed_on = self._head.feed(data)
        if self._head.complete:
            self._refuse_long_url()
        elif passed_on is not None:
            self._long_path, self._head = self._head.path, None
            self._held = passed_on
            if not self._exchange.faults.on(Fault.HANG_HANDSHAKE):
                self.proceed()

    def _refuse_long_url(self) -> None:
        most = int(self._exchange.limits.url_chars)
        self._exchange.breach(Breach.LONG_URL, f"a path of more than {most} characters")
        self.transport.write(refusal(self._exchange.switches.long_url_status).serialize())
        self.transport.close()

    def proceed(self) -> None:
        """Give the library a request that was held."""
        held, self._held = self._held, None
        self._came_at = self._exchange.clock.monotonic()
        if held is not None:
            super().data_received(held)

    def admit(self, request: Request) -> Response | None:
        """Decide about a handshake; None lets it pass."""
        exchange = self._exchange
        if self._denial is not None:
            return refusal(self._denial.status, self._denial.retry_after_s)
        if exchange.faults.hit(Fault.PATH_DOWN, path=self._long_path or request.path) is not None:
            return refusal(503)
        if (words := exchange.faults.hit(Fault.HANDSHAKE_STATUS)) is not None:
            return refusal(words.whole("status"), words.maybe_whole("retry_after"))
        try:
            self._target = self.aimed(self._long_path or request.path)
        except ValueError as error:
            exchange.breach(Breach.WRONG_PATH, masked(str(error)))
            return refusal(404)
        if (denial := self.charged()) is not None:
            return refusal(denial.status, denial.retry_after_s)
        return None

    def aimed(self, path: str) -> Aim:
        """What a handshake asks for. Raises ValueError, in words, where there is nothing."""
        raise ValueError(f"there is nothing at {path}")

    def charged(self) -> Denial | None:
        """Charge what opening costs; how it is denied, where it is."""
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        """The TCP connection is gone."""
        super().connection_lost(exc)
        self.finished.set()
        self._exchange.visitors.discard(self)

    def tick(self, now: float) -> None:
        """Cut who does not come to the point; who is held is not to blame."""
        if now - self._came_at >= _OPEN_S and self._held is None:
            self.abort()

    def abort(self) -> None:
        """Cut the TCP connection, without a close frame."""
        self._cut = True
        self.transport.abort()
        self.finished.set()
