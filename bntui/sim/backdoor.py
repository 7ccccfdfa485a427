"""What the embedded exchange says of itself, and how it is made to misbehave: `/_sim/…`, for this machine."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from json import dumps, loads

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bntui.sim import faults
from bntui.sim.exchange import Exchange
from bntui.sim.faultwords import BadFault
from bntui.sim.instructions import instruct
from bntui.sim.switches import Switches
from bntui.sim.turnstile import JSON, Handler, host_of


class Backdoor:
    """The routes that no exchange has."""

    def __init__(self, exchange: Exchange, rewind: Callable[[], bool]) -> None:
        """`rewind` starts the recording again; false where there is none."""
        self._exchange = exchange
        self._rewind = rewind

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/_sim/report", self._local(self._report), methods=["GET"]),
            Route("/_sim/faults", self._local(self._faults), methods=["GET"]),
            Route("/_sim/switches", self._local(self._switches), methods=["GET"]),
            Route("/_sim/fault", self._local(self._fault), methods=["POST"]),
            Route("/_sim/fills", self._local(self._fills), methods=["GET"]),
            Route("/_sim/account", self._local(self._account), methods=["POST"]),
            Route("/_sim/rewind", self._local(self._rewound), methods=["POST"]),
        ]

    def _local(self, handler: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            if not _is_loopback(host_of(request)):
                return Response("only from this machine", 403, media_type="text/plain")
            return await handler(request)

        return guarded

    async def _report(self, request: Request) -> Response:
        return _json(self._exchange.report())

    async def _faults(self, request: Request) -> Response:
        return _json(faults.table())

    async def _switches(self, request: Request) -> Response:
        set_to = self._exchange.switches.as_json()
        return _json({name: row | {"value": set_to[name]} for name, row in Switches.table().items()})

    async def _fault(self, request: Request) -> Response:
        try:
            words = loads(await request.body())
            if not isinstance(words, dict):
                raise BadFault("a fault is a JSON object")
            self._exchange.fault(words)
        except (ValueError, RecursionError) as error:
            return _json({"error": str(error)}, 400)
        return _json({"faults": self._exchange.faults.report(self._exchange.clock.monotonic())})

    async def _fills(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        if not since.isdecimal():
            return _json({"error": "since is a time in milliseconds"}, 400)
        return _json(self._exchange.users.done.as_json(int(since)))

    async def _account(self, request: Request) -> Response:
        try:
            words = loads(await request.body())
            if not isinstance(words, dict):
                raise ValueError("what an account is told is a JSON object")
            return _json(instruct(self._exchange.users.accounts, words))
        except (ValueError, RecursionError) as error:
            return _json({"error": str(error)}, 400)

    async def _rewound(self, request: Request) -> Response:
        if self._rewind():
            return _json({})
        return _json({"error": "no recording is played"}, 409)


def _json(value: object, status: int = 200) -> Response:
    return Response(dumps(value, ensure_ascii=False).encode(errors="replace"), status, media_type=JSON)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
