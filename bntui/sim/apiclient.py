"""A connection to the WebSocket API."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bntui.sim.connection import Connection
from bntui.sim.control import POLICY_VIOLATION
from bntui.sim.exchange import Exchange
from bntui.sim.handshake import readable
from bntui.sim.hub import text_frame
from bntui.sim.ledger import Breach
from bntui.sim.parameters import Call
from bntui.sim.rules import Denial
from bntui.sim.wsapi import Conversation

_MOST_WAITING = 1_000
"""Requests that wait for their answers; whoever sends more is closed. Weight runs out long before."""
_LATE_S = 1.0
"""How long the reply to a subscription waits for an event, where it is to come behind it."""
_SUBSCRIBED = '"result":{"subscriptionId":'


class ApiTarget:
    """What a handshake asks for: the path of the API, and in the query how it is to answer."""

    def __init__(self, path: str, api_path: str) -> None:
        """Take a request path apart. Raises ValueError where no such path exists."""
        self.path = readable(path)
        parts = urlsplit(self.path)
        if parts.path.rstrip("/") != api_path:
            raise ValueError(f"there is nothing at {parts.path}")
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.micro = query.get("timeUnit", "").upper() == "MICROSECOND"
        self.tells_limits = query.get("returnRateLimits", "").lower() != "false"


class ApiClient(Connection):
    """One connection to the WebSocket API. Requests are answered one after the other."""

    def __init__(self, exchange: Exchange, calls: Mapping[str, Call], *args: Any, **kwargs: Any) -> None:
        """`calls`: what REST answers to anybody; the library's arguments follow."""
        super().__init__(exchange, *args, **kwargs)
        self._calls = calls
        self._asked = ApiTarget(exchange.house.ws_api_path, exchange.house.ws_api_path)
        self._conversation: Conversation | None = None
        self._waiting: asyncio.Queue[str] = asyncio.Queue(_MOST_WAITING)
        self._late_reply: tuple[float, str] | None = None

    def aimed(self, path: str) -> ApiTarget:
        """What a handshake asks for. Raises ValueError, in words, where there is nothing."""
        self._asked = ApiTarget(path, self._exchange.house.ws_api_path)
        return self._asked

    def charged(self) -> Denial | None:
        """A connection costs weight too (web-socket-api.md, IP Limits)."""
        exchange = self._exchange
        denial = exchange.doors.address(self._address).request(
            exchange.house.ws_api_weight, exchange.clock.monotonic(), exchange.clock.wall_ms()
        )
        if denial is not None:
            exchange.breach(Breach.WEIGHT, f"a connection, answered with {denial.status}")
        return denial

    def begin(self) -> None:
        """Be ready for requests."""
        self._conversation = Conversation(
            self._exchange,
            self._calls,
            self._address,
            self.number,
            self._bring,
            tells_limits=self._asked.tells_limits,
            micro=self._asked.micro,
        )

    async def attend(self) -> None:
        """Answer until it is to end."""
        self.opened()
        answering = asyncio.create_task(self._answer_all(), name="sim WebSocket API")
        ended = asyncio.create_task(self.finished.wait(), name="sim WebSocket API's end")
        try:
            await asyncio.wait([answering, ended], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (answering, ended):
                task.cancel()
            await asyncio.wait([answering, ended])
        if not answering.cancelled():
            answering.result()

    async def _answer_all(self) -> None:
        while (conversation := self._conversation) is not None:
            reply = await conversation.answer(await self._waiting.get())
            if self._exchange.switches.event_before_reply and _SUBSCRIBED in reply:
                self._say_late()
                self._late_reply = (self._exchange.clock.monotonic() + _LATE_S, reply)
            else:
                self.answer(reply)
            self.record.streams = len(conversation)
            if conversation.banned:
                self.end(POLICY_VIOLATION, "Too many requests")

    def heard(self, text: str) -> None:
        """A request: it waits for its turn."""
        try:
            self._waiting.put_nowait(text)
        except asyncio.QueueFull:
            self.end(POLICY_VIOLATION, "Too many requests")

    def gone(self) -> None:
        """Hear no account any more."""
        if self._conversation is not None:
            self._conversation.close()

    def tick(self, now: float) -> None:
        """Do what is due by the clock."""
        super().tick(now)
        if self._conversation is not None:
            self._conversation.tick(now)
            self.record.streams = len(self._conversation)
        if self._late_reply is not None and self._late_reply[0] <= now:
            self._say_late()

    def _bring(self, text: str) -> None:
        message = text.encode(errors="replace")
        self.push(message, text_frame(message))
        if self._late_reply is not None:
            self._say_late()

    def _say_late(self) -> None:
        late, self._late_reply = self._late_reply, None
        if late is not None:
            self.answer(late[1])

    def terminate(self) -> None:
        """End the subscriptions to accounts, and say so."""
        if self._conversation is not None:
            self._conversation.terminate()

    def shutdown_text(self, event: str) -> str:
        """`serverShutdown` in the envelope of events, without a subscription's number."""
        return f'{{"event":{event}}}'

    def enveloped(self, stream: str, payload: str) -> str:
        """An event in its envelope."""
        return f'{{"event":{payload}}}'
