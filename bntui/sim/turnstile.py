"""What every REST call goes through: it is counted, charged, refused, hit by a fault, and then answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from json import dumps
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from bntui.sim.exchange import Exchange
from bntui.sim.faults import Fault
from bntui.sim.faultwords import Words
from bntui.sim.handshake import FIREWALL, GEO_BLOCK
from bntui.sim.ledger import Breach
from bntui.sim.parameters import Call, Parameters, Refused
from bntui.sim.rules import Denial
from bntui.venue.binance.limits import weight_of

JSON = "application/json;charset=UTF-8"
"""The content type of every answer of the API."""
_LONGEST_NUMBER = 20
"""Digits of a number that the exchange reads."""
_TOO_LATE = (
    "Too much request weight used; current limit is {limit} request weight per {window}. "
    "Please use WebSocket Streams for live updates to avoid polling the API."
)
_BANNED = (
    "Way too much request weight used; IP banned until {until}. "
    "Please use WebSocket Streams for live updates to avoid bans."
)

Handler = Callable[[Request], Awaitable[Response]]
Peer = tuple[str, int]
"""The address and port of a client."""


class Turnstile:
    """Makes a request handler of a call."""

    def __init__(self, exchange: Exchange, cut: Callable[[Peer], None]) -> None:
        """`cut` ends a client's connection without an answer."""
        self._exchange = exchange
        self._cut = cut

    def handler(self, name: str, call: Call) -> Handler:
        """Answers one call. What it costs is charged whatever the answer is."""
        path = self._exchange.house.calls[name].path

        async def endpoint(request: Request) -> Response:
            exchange, faults = self._exchange, self._exchange.faults
            exchange.ledger.requests[path] += 1
            if faults.hit(Fault.REST_DOWN, path=path) is not None:
                if request.client is not None:
                    self._cut((request.client.host, request.client.port))
                return Response(status_code=503)
            given = parse_qsl(request.url.query, keep_blank_values=True)
            rules = exchange.doors.address(host_of(request))
            wall_ms = exchange.clock.wall_ms()
            denial = rules.request(self._weight(name, dict(given)), exchange.clock.monotonic(), wall_ms)
            if (words := faults.hit(Fault.REST_SLOW, path=path)) is not None:
                await self._wait(words.number("seconds"))
            if denial is not None:
                response = self._denied(denial)
            elif (words := faults.hit(Fault.REST_STATUS, path=path)) is not None:
                response = self._failed(words)
            elif (words := faults.hit(Fault.REST_GARBAGE, path=path)) is not None:
                response = Response(words.text("body").encode(errors="replace"), media_type=JSON)
            else:
                response = await self._answered(call, request, given)
            for header in self._weight_headers():
                response.headers[header] = str(self._told_weight(call, rules.used_weight))
            exchange.ledger.answers[str(response.status_code)] += 1
            return response

        return endpoint

    async def _answered(self, call: Call, request: Request, given: list[tuple[str, str]]) -> Response:
        unit, key = (request.headers.get(f"X-MBX-{name}", "") for name in ("TIME-UNIT", "APIKEY"))
        micro = self._exchange.house.microseconds and unit.upper() == "MICROSECOND"
        try:
            text = await call.answer(Parameters(given, call.allowed, micro=micro, api_key=key))
        except Refused as refused:
            return Response(_error(refused.code, refused.message), refused.status, media_type=JSON)
        return Response(text, media_type=JSON)

    def _weight_headers(self) -> list[str]:
        plain = ["X-MBX-USED-WEIGHT"] if self._exchange.house.plain_weight_header else []
        return [*plain, f"X-MBX-USED-WEIGHT-{self._window_label()}"]

    def _told_weight(self, call: Call, used: int) -> int:
        """What the header says; where it is wrong, that nearly everything is used up."""
        return round(self._exchange.limits.request_weight) - 1 if call.misstates_weight else used

    def _weight(self, name: str, given: dict[str, str]) -> int:
        """What a request costs; it is charged before it is read, so nonsense counts as the default."""
        costs = self._exchange.house.calls
        limit = given.get("limit", "")
        symbols = 1 if "symbol" in given else None
        if "symbols" in given and costs[name].counts == "symbols":
            symbols = given["symbols"].count(",") + 1
        readable = limit.isdecimal() and limit.isascii() and len(limit) <= _LONGEST_NUMBER
        return weight_of(name, limit=int(limit) if readable else None, symbols=symbols, calls=costs)

    async def _wait(self, seconds: float) -> None:
        """Wait by the exchange's clock; as many wait as there are connections."""
        done = asyncio.get_running_loop().create_future()
        self._exchange.later(seconds, lambda: None if done.done() else done.set_result(None))
        await done

    def _window_label(self) -> str:
        seconds = self._exchange.limits.request_weight_window_s
        return f"{round(seconds / 60)}M" if seconds % 60 == 0 else f"{round(seconds)}S"

    def _denied(self, denial: Denial) -> Response:
        kind = Breach.BANNED if denial.status == 418 else Breach.WEIGHT
        self._exchange.breach(kind, f"a REST call, answered with {denial.status}")
        ahead_ms = self._exchange.now_ms - self._exchange.clock.wall_ms()
        return self._refused(denial.status, denial.retry_after_s, denial.banned_until_ms + ahead_ms)

    def _refused(self, status: int, retry_after_s: int | None, banned_until_ms: int) -> Response:
        """429 or 418 with the exchange's own texts (rest-api.md, IP Limits; errors.md, -1003)."""
        if status == 418:
            text = _BANNED.format(until=banned_until_ms)
        else:
            limit = round(self._exchange.limits.request_weight)
            window = "1 MINUTE" if self._window_label() == "1M" else self._window_label()
            text = _TOO_LATE.format(limit=limit, window=window)
        return _with_retry(Response(_error(-1003, text), status, media_type=JSON), retry_after_s)

    def _failed(self, words: Words) -> Response:
        """What the fault `rest_status` asks for, in the words that go with the status."""
        status, retry_after_s = words.whole("status"), words.maybe_whole("retry_after")
        if status in (418, 429):
            until_ms = self._exchange.now_ms + 1000 * (retry_after_s or 0)
            return self._refused(status, retry_after_s, until_ms)
        if status == 403:
            response = Response(FIREWALL, status, media_type="text/html")
        elif status == 451:
            response = Response(GEO_BLOCK, status, media_type=JSON)
        else:
            text = "An unknown error occurred while processing the request."
            response = Response(_error(-1000, text), status, media_type=JSON)
        return _with_retry(response, retry_after_s)


def _with_retry(response: Response, retry_after_s: int | None) -> Response:
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(retry_after_s)
    return response


def host_of(request: Request) -> str:
    """The address of a client."""
    return request.client.host if request.client else ""


def _error(code: int, message: str) -> str:
    return dumps({"code": code, "msg": message}, separators=(",", ":"))
