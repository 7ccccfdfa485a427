"""The REST side: the routes of one host, with the back door behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bntui.sim.backdoor import Backdoor
from bntui.sim.exchange import Exchange
from bntui.sim.parameters import Call
from bntui.sim.signedrest import KeyCall
from bntui.sim.turnstile import Handler, Peer, Turnstile


class RestSide:
    """Answers REST requests at one host."""

    def __init__(
        self,
        exchange: Exchange,
        calls: Mapping[str, Call | KeyCall],
        rewind: Callable[[], bool],
        cut: Callable[[Peer], None] = lambda peer: None,
    ) -> None:
        """`calls`: what is answered, by the words of the house's table. `rewind` starts the recording again;
        false where there is none. `cut` ends a client's connection without an answer."""
        self._exchange = exchange
        self._calls = calls
        self._rewind = rewind
        self._cut = cut

    def application(self) -> Starlette:
        """The routes."""
        house = self._exchange.house
        handler = Turnstile(self._exchange, self._cut).handler
        routes = [
            Route(house.calls[name].path, handler(name, call), methods=list(call.methods))
            for name, call in self._calls.items()
        ]
        routes += [Route(path, self._gone(path), methods=["POST", "PUT", "DELETE"]) for path in house.retired]
        routes += Backdoor(self._exchange, self._rewind).routes()
        return Starlette(routes=routes, exception_handlers={404: self._unknown_path})

    def _gone(self, path: str) -> Handler:
        async def gone(request: Request) -> Response:
            self._exchange.ledger.requests[path] += 1
            self._exchange.ledger.answers["410"] += 1
            return Response(status_code=410)

        return gone

    async def _unknown_path(self, request: Request, error: Exception) -> Response:
        self._exchange.ledger.requests["unknown path"] += 1
        self._exchange.ledger.answers["404"] += 1
        return Response("<html><body><h2>404 Not found</h2></body></html>", 404, media_type="text/html")
