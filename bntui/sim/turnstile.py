"""What every REST call goes through: it is counted, charged, refused, hit by a fault, and then answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
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
from bntui.sim.signedrest import Asked, KeyCall, unsigned
from bntui.venue.binance.limits import CallCost, weight_of
from bntui.venue.limits import Limits

JSON = "application/json;charset=UTF-8"
"""The content type of every answer of the API."""
_LONGEST_NUMBER = 20
"""Digits of a number that the exchange reads."""
_MOST_BODY = 65_536
"""Bytes of a body that are read."""
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

    def handler(self, name: str, call: Call | KeyCall) -> Handler:
        """Answers one call. What it costs is charged whatever the answer is."""
        path = self._exchange.house.calls[name].path

        async def endpoint(request: Request) -> Response:
            exchange, faults = self._exchange, self._exchange.faults
            exchange.ledger.requests[path] += 1
            if faults.hit(Fault.REST_DOWN, path=path) is not None:
                if request.client is not None:
                    self._cut((request.client.host, request.client.port))
                return Response(status_code=503)
            # What is signed is the query string and the body, one behind the other (rest-api.md, SIGNED).
            sent = [request.url.query, await _body(request)]
            given = [pair for part in sent for pair in parse_qsl(part, keep_blank_values=True)]
            rules = exchange.doors.address(host_of(request))
            wall_ms = exchange.clock.wall_ms()
            denial = rules.request(
                call_weight(name, dict(given), exchange.house.calls), exchange.clock.monotonic(), wall_ms
            )
            if (words := faults.hit(Fault.REST_SLOW, path=path)) is not None:
                await self._wait(words.number("seconds"))
            if denial is not None:
                response = self._denied(denial)
            elif (words := faults.hit(Fault.REST_STATUS, path=path, method=request.method)) is not None:
                response = self._failed(words)
            elif (words := faults.hit(Fault.REST_GARBAGE, path=path)) is not None:
                response = Response(words.text("body").encode(errors="replace"), media_type=JSON)
            else:
                response = await self._answered(call, request, given, "".join(map(unsigned, sent)))
            for header in self._weight_headers():
                response.headers[header] = str(self._told_weight(call, rules.used_weight))
            exchange.ledger.answers[str(response.status_code)] += 1
            return response

        return endpoint

    async def _answered(
        self, call: Call | KeyCall, request: Request, given: list[tuple[str, str]], sent: str
    ) -> Response:
        unit, key = (request.headers.get(f"X-MBX-{name}", "") for name in ("TIME-UNIT", "APIKEY"))
        micro = self._exchange.house.microseconds and unit.upper() == "MICROSECOND"
        try:
            if isinstance(call, KeyCall):
                if len(dict(given)) < len(given):
                    raise Refused(-1101, "Duplicate values for a parameter detected.")
                text = call.answer(Asked(request.method, sent, dict(given), key, host_of(request)))
            else:
                text = await call.answer(Parameters(given, call.allowed, micro=micro, api_key=key))
        except Refused as refused:
            if isinstance(call, KeyCall):
                self._exchange.users.refusals[str(refused.code)] += 1
            return Response(_error(refused.code, refused.message), refused.status, media_type=JSON)
        return Response(text, media_type=JSON)

    def _weight_headers(self) -> list[str]:
        plain = ["X-MBX-USED-WEIGHT"] if self._exchange.house.plain_weight_header else []
        return [*plain, f"X-MBX-USED-WEIGHT-{self._window_label()}"]

    def _told_weight(self, call: Call | KeyCall, used: int) -> int:
        """What the header says; where it is wrong, that nearly everything is used up."""
        return round(self._exchange.limits.request_weight) - 1 if call.misstates_weight else used

    async def _wait(self, seconds: float) -> None:
        """Wait by the exchange's clock; as many wait as there are connections."""
        done = asyncio.get_running_loop().create_future()
        self._exchange.later(seconds, lambda: None if done.done() else done.set_result(None))
        await done

    def _window_label(self) -> str:
        return _window_label(self._exchange.limits)

    def _denied(self, denial: Denial) -> Response:
        kind = Breach.BANNED if denial.status == 418 else Breach.WEIGHT
        self._exchange.breach(kind, f"a REST call, answered with {denial.status}")
        ahead_ms = self._exchange.now_ms - self._exchange.clock.wall_ms()
        return self._refused(denial.status, denial.retry_after_s, denial.banned_until_ms + ahead_ms)

    def _refused(self, status: int, retry_after_s: int | None, banned_until_ms: int) -> Response:
        """429 or 418 with the exchange's own texts (rest-api.md, IP Limits; errors.md, -1003)."""
        text = ban_text(banned_until_ms) if status == 418 else weight_text(self._exchange.limits)
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


async def _body(request: Request) -> str:
    """What was sent behind the head; of what is longer than any request, only the beginning."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BODY:
            break
    return body[:_MOST_BODY].decode(errors="replace")


def _window_label(limits: Limits) -> str:
    seconds = limits.request_weight_window_s
    return f"{round(seconds / 60)}M" if seconds % 60 == 0 else f"{round(seconds)}S"


def weight_text(limits: Limits) -> str:
    """What is said to whoever has used up the weight of the window (errors.md, -1003)."""
    label = _window_label(limits)
    window = "1 MINUTE" if label == "1M" else label
    return _TOO_LATE.format(limit=round(limits.request_weight), window=window)


def ban_text(until_ms: int) -> str:
    """What is said to whoever is banned (errors.md, -1003)."""
    return _BANNED.format(until=until_ms)


def call_weight(name: str, given: Mapping[str, str], costs: Mapping[str, CallCost]) -> int:
    """What a request costs; it is charged before it is read, so nonsense counts as the default."""
    limit, counts = given.get("limit", ""), costs[name].counts
    symbols = 1 if (counts if counts not in ("", "symbols") else "symbol") in given else None
    if "symbols" in given and counts == "symbols":
        symbols = given["symbols"].count(",") + 1
    readable = limit.isdecimal() and limit.isascii() and len(limit) <= _LONGEST_NUMBER
    return weight_of(name, limit=int(limit) if readable else None, symbols=symbols, calls=costs)


def host_of(request: Request) -> str:
    """The address of a client."""
    return request.client.host if request.client else ""


def _error(code: int, message: str) -> str:
    return dumps({"code": code, "msg": message}, separators=(",", ":"))
