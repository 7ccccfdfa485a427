"""The connections of one user stream: opened, spoken to and closed as its core decides.

What is signed or named by a listen key is built here, at the moment in which it is sent, and kept by nobody.
"""

from __future__ import annotations

from bntui.feed.core.facts import Connect, SendPing, SendPong
from bntui.feed.core.failures import Failure
from bntui.feed.core.userfacts import Request, ToSocket
from bntui.feed.transport import Link, Receiver
from bntui.feed.userlink import UserLink, UserLinkOwner
from bntui.feed.userparts import UserParts
from bntui.feed.userrest import UserRest
from bntui.secret import Secret
from bntui.venue.user import ApiMethod, ApiReply, ListenKeys, RefusalKind, WsApi

_BUSY = 429
"""The HTTP status of a server that wants to be left alone for a while."""


class UserLinks:
    """All connections that are open, or are being opened or closed."""

    def __init__(
        self, parts: UserParts, ways: WsApi | ListenKeys, user_rest: UserRest, owner: UserLinkOwner
    ) -> None:
        """There is none yet. `owner` is told what they bring."""
        self._parts = parts
        self._ways = ways
        self._user_rest = user_rest
        self._owner = owner
        self._base = parts.endpoints.ws_api if isinstance(ways, WsApi) else parts.endpoints.streams
        self._links: dict[int, UserLink] = {}
        self._time_asked: tuple[int, float, int] | None = None
        """Request, and when it was sent by both clocks."""

    def __len__(self) -> int:
        return len(self._links)

    def carry_out(self, wanted: ToSocket) -> None:
        """Do what is wanted of a connection; one that is gone wants nothing."""
        number, command = wanted.socket, wanted.command
        if isinstance(command, Connect):
            link = self._links[number] = UserLink(number, self._owner)
            link.connect(self._open)
            return
        known = self._links.get(number)
        if known is None:
            return
        if isinstance(command, SendPing | SendPong):
            if known.link is not None and isinstance(command, SendPing):
                known.link.send_ping(command.payload)
            elif known.link is not None:
                known.link.send_pong(command.payload)
        else:
            known.end(command.code, command.reason)

    def ask(self, request: Request) -> None:
        """Send a request, signed anew where its method wants that."""
        known = self._links.get(request.socket)
        if known is None or known.link is None or not isinstance(self._ways, WsApi):
            return
        rest, credentials, clock = self._parts.rest, self._parts.credentials, self._parts.clock
        rest.charge(self._ways.weight)
        if request.method is ApiMethod.TIME:
            self._time_asked = (request.request_id, clock.monotonic(), clock.wall_ms())
        text = self._ways.request(
            request.method, request.request_id, credentials.api_key, credentials.sign, rest.server_ms()
        )
        known.link.send_text(text.reveal())

    def answered(self, reply: ApiReply) -> None:
        """Learn from an answer what concerns everything that asks the exchange: its clock, its patience."""
        rest, asked = self._parts.rest, self._time_asked
        if asked is not None and reply.request_id == asked[0]:
            self._time_asked = None
            if reply.server_ms is not None:
                rest.learn_clock(reply.server_ms, asked[1], asked[2])
        refused = reply.refused
        if refused is not None and refused.kind is RefusalKind.PATIENCE and refused.wait_s:
            rest.block(refused.wait_s, refused.reason)

    def gone(self, number: int) -> None:
        """A connection has ended, or never was."""
        self._links.pop(number, None)

    async def close(self) -> None:
        """Give up the attempts that are under way."""
        for link in list(self._links.values()):
            await link.closed()

    async def _open(self, receiver: Receiver) -> Link | Failure:
        parts, ways = self._parts, self._ways
        await parts.pace.leave()
        if wait_s := parts.rest.blocked_s:
            return Failure("the exchange asks to be left alone", _BUSY, wait_s)
        if isinstance(ways, WsApi):
            parts.rest.charge(ways.weight)
            path = Secret(ways.path)
        elif self._user_rest.listen_key is not None:
            path = ways.path(self._user_rest.listen_key)
        else:
            return Failure("there is no listen key")
        return await parts.transport.open(self._base + path.reveal(), receiver)

    def __repr__(self) -> str:
        return f"<UserLinks {len(self._links)}>"
