"""The REST side: market data with weights and error codes, and what the embedded exchange says of itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from itertools import islice
from json import dumps, loads
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bntui.sim import answers
from bntui.sim.desk import Desk
from bntui.sim.exchange import Exchange
from bntui.sim.faults import BadFault
from bntui.sim.handshake import GEO_BLOCK
from bntui.sim.ledger import Breach
from bntui.sim.parameters import Call, Parameters, Refused, invalid, invalid_symbol, other_status
from bntui.sim.payloads import stamp
from bntui.sim.rules import Denial
from bntui.sim.summaries import Summaries
from bntui.venue.binance.limits import SPOT_CALLS, weight_of
from bntui.venue.binance.streams import INTERVALS

_JSON = "application/json;charset=UTF-8"
_LONGEST_NUMBER = 20
"""Digits of a number that the exchange reads."""

Handler = Callable[[Request], Awaitable[Response]]


class RestSide:
    """Answers REST requests from the same books and trades as the streams."""

    def __init__(self, exchange: Exchange, rewind: Callable[[], bool]) -> None:
        """`rewind` starts the recording again; false where there is none."""
        self._exchange = exchange
        self._source = exchange.source
        self._limits = exchange.limits
        self._rewind = rewind
        self._listed: dict[bool, dict[str, str]] = {}

    def application(self) -> Starlette:
        """The routes."""
        klines = Call(("symbol", "interval", "startTime", "endTime", "timeZone", "limit"), self._klines)
        calls = Summaries(self._source, self._desk).calls() | {
            "ping": Call((), self._ping),
            "time": Call((), self._time),
            "exchange_info": Call(
                ("symbol", "symbols", "permissions", "showPermissionSets", "symbolStatus"),
                self._exchange_info,
            ),
            "depth": Call(("symbol", "limit", "symbolStatus"), self._depth),
            "klines": klines,
            "ui_klines": klines,
            "trades": Call(("symbol", "limit"), self._trades),
            "historical_trades": Call(("symbol", "limit", "fromId"), self._historical_trades),
            "agg_trades": Call(("symbol", "fromId", "startTime", "endTime", "limit"), self._agg_trades),
            "block_trades": Call(("symbol", "fromId", "limit"), self._block_trades),
        }
        routes = [
            Route(SPOT_CALLS[name].path, self._endpoint(name, call), methods=["GET"])
            for name, call in calls.items()
        ]
        routes += [
            Route("/_sim/report", self._local(self._report), methods=["GET"]),
            Route("/_sim/fault", self._local(self._fault), methods=["POST"]),
            Route("/_sim/rewind", self._local(self._rewound), methods=["POST"]),
        ]
        return Starlette(routes=routes, exception_handlers={404: self._unknown_path})

    # What every call goes through

    def _endpoint(self, name: str, call: Call) -> Handler:
        async def endpoint(request: Request) -> Response:
            exchange = self._exchange
            exchange.ledger.requests[SPOT_CALLS[name].path] += 1
            given = parse_qsl(request.url.query, keep_blank_values=True)
            micro = request.headers.get("X-MBX-TIME-UNIT", "").upper() == "MICROSECOND"
            rules = exchange.doors.address(_host(request))
            wall_ms = exchange.clock.wall_ms()
            denial = rules.request(_weight(name, dict(given)), exchange.clock.monotonic(), wall_ms)
            if denial is not None:
                response = self._denied(denial)
            elif (fault := exchange.faults.rest) is not None:
                body = GEO_BLOCK if fault.status == 451 else _error(-1000, "An unknown error occurred.")
                response = Response(body, fault.status, media_type=_JSON)
                if fault.retry_after_s is not None:
                    response.headers["Retry-After"] = str(fault.retry_after_s)
            else:
                try:
                    text = await call.answer(Parameters(given, call.allowed, micro=micro))
                    response = Response(text, media_type=_JSON)
                except Refused as refused:
                    response = Response(_error(refused.code, refused.message), 400, media_type=_JSON)
            for header in ("X-MBX-USED-WEIGHT", f"X-MBX-USED-WEIGHT-{self._window_label()}"):
                response.headers[header] = str(rules.used_weight)
            exchange.ledger.answers[str(response.status_code)] += 1
            return response

        return endpoint

    def _window_label(self) -> str:
        seconds = self._limits.request_weight_window_s
        return f"{round(seconds / 60)}M" if seconds % 60 == 0 else f"{round(seconds)}S"

    def _denied(self, denial: Denial) -> Response:
        if denial.status == 418:
            kind = Breach.BANNED
            text = (
                f"Way too much request weight used; IP banned until {denial.banned_until_ms}. "
                "Please use WebSocket Streams for live updates to avoid bans."
            )
        else:
            kind = Breach.WEIGHT
            limits = self._limits
            window = "1 MINUTE" if self._window_label() == "1M" else self._window_label()
            text = (
                f"Too much request weight used; current limit is {round(limits.request_weight)} request "
                f"weight per {window}. "
                "Please use WebSocket Streams for live updates to avoid polling the API."
            )
        self._exchange.breach(kind, f"a REST call, answered with {denial.status}")
        response = Response(_error(-1003, text), denial.status, media_type=_JSON)
        response.headers["Retry-After"] = str(denial.retry_after_s)
        return response

    async def _unknown_path(self, request: Request, error: Exception) -> Response:
        self._exchange.ledger.requests["unknown path"] += 1
        self._exchange.ledger.answers["404"] += 1
        return Response("<html><body><h2>404 Not found</h2></body></html>", 404, media_type="text/html")

    def _desk(self, symbol: str) -> Desk:
        desk = self._source.desk(symbol)
        if desk is None:
            raise invalid_symbol()
        return desk

    # Market data

    async def _ping(self, parameters: Parameters) -> str:
        return "{}"

    async def _time(self, parameters: Parameters) -> str:
        return f'{{"serverTime":{self._now(parameters)}}}'

    def _now(self, parameters: Parameters) -> int:
        """The time in the unit that was asked for."""
        return stamp(self._source.now_us(), parameters.micro)

    async def _exchange_info(self, parameters: Parameters) -> str:
        if ("symbol" in parameters or "symbols" in parameters) and (
            "permissions" in parameters or "symbolStatus" in parameters
        ):
            raise Refused(-1128, "Combination of optional parameters invalid.")
        sets = parameters.choice(
            "showPermissionSets", ("true", "false"), "true", invalid("showPermissionSets")
        )
        listed = self._texts(permission_sets=sets == "true")
        symbols = parameters.symbols()
        if symbols is None:
            spot = "permissions" not in parameters or "SPOT" in self._permissions(parameters)
            texts = list(listed.values()) if parameters.trading() and spot else []
        else:
            if any(symbol not in listed for symbol in symbols):
                raise invalid_symbol()
            texts = [listed[symbol] for symbol in symbols]
        return answers.exchange_info(texts, self._limits, self._now(parameters))

    @staticmethod
    def _permissions(parameters: Parameters) -> list[str]:
        text = parameters.mandatory("permissions")
        return parameters.words("permissions") if text.startswith("[") else [text]

    def _texts(self, *, permission_sets: bool) -> dict[str, str]:
        if permission_sets not in self._listed:
            self._listed[permission_sets] = {
                pair.symbol: answers.listed(pair, permission_sets=permission_sets)
                for pair in self._source.pairs
            }
        return self._listed[permission_sets]

    async def _depth(self, parameters: Parameters) -> str:
        desk = self._desk(parameters.symbol())
        if not parameters.trading():
            raise other_status()
        limit = parameters.number("limit")
        if limit == 0:
            raise invalid("limit")
        most = int(self._limits.depth_levels)
        return answers.depth(desk, min(most, _default_rows("depth") if limit is None else limit))

    async def _klines(self, parameters: Parameters) -> str:
        desk = self._desk(parameters.symbol())
        parameters.mandatory("interval")
        interval = parameters.choice("interval", tuple(INTERVALS), "", Refused(-1120, "Invalid interval."))
        candles = answers.candles_of(
            desk,
            interval,
            self._source.now_us(),
            parameters.rows(_default_rows("klines"), self._limits.klines_rows),
            parameters.moment_ms("startTime"),
            parameters.moment_ms("endTime"),
            parameters.zone_ms(),
        )
        return answers.klines(desk.pair, candles, micro=parameters.micro)

    async def _trades(self, parameters: Parameters) -> str:
        desk = self._desk(parameters.symbol())
        limit = parameters.rows(_default_rows("trades"), self._limits.trades_rows)
        return answers.trades(desk.pair, answers.newest_trades(desk, limit), micro=parameters.micro)

    async def _historical_trades(self, parameters: Parameters) -> str:
        desk = self._desk(parameters.symbol())
        limit = parameters.rows(_default_rows("historical_trades"), self._limits.trades_rows)
        from_id = parameters.number("fromId")
        if from_id is None:
            return answers.trades(desk.pair, answers.newest_trades(desk, limit), micro=parameters.micro)
        return answers.trades(desk.pair, islice(desk.log.from_id(from_id), limit), micro=parameters.micro)

    async def _block_trades(self, parameters: Parameters) -> str:
        desk = self._desk(parameters.symbol())
        parameters.mandatory("fromId")
        from_id = parameters.number("fromId") or 0
        limit = parameters.rows(_default_rows("block_trades"), self._limits.trades_rows)
        rows = (row for row in desk.blocks if row.trade_id >= from_id)
        return answers.block_trades(desk.pair, islice(rows, limit), micro=parameters.micro)

    async def _agg_trades(self, parameters: Parameters) -> str:
        desk = self._desk(parameters.symbol())
        limit = parameters.rows(_default_rows("agg_trades"), self._limits.trades_rows)
        from_id = parameters.number("fromId")
        start_ms, end_ms = map(parameters.moment_ms, ("startTime", "endTime"))
        if from_id is not None:
            if start_ms is not None or end_ms is not None:
                raise Refused(-1128, "Combination of optional parameters invalid.")
            rows = desk.log.from_agg(from_id)
        elif start_ms is None and end_ms is None:
            rows = answers.newest_aggregates(desk, limit)
        else:
            rows = answers.trades_between(desk, start_ms, end_ms, self._exchange.now_ms)
        return answers.agg_trades(desk.pair, rows, limit, micro=parameters.micro)

    # What the embedded exchange says of itself

    def _local(self, handler: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            if not _is_loopback(_host(request)):
                return Response("only from this machine", 403, media_type="text/plain")
            return await handler(request)

        return guarded

    async def _report(self, request: Request) -> Response:
        return Response(dumps(self._exchange.report(), ensure_ascii=False), media_type=_JSON)

    async def _fault(self, request: Request) -> Response:
        try:
            words = loads(await request.body())
            if not isinstance(words, dict):
                raise BadFault("a fault is a JSON object")
            self._exchange.fault(words)
        except (ValueError, RecursionError) as error:
            return Response(dumps({"error": str(error)}), 400, media_type=_JSON)
        return Response(dumps({"faults": self._exchange.faults.as_json()}), media_type=_JSON)

    async def _rewound(self, request: Request) -> Response:
        if self._rewind():
            return Response("{}", media_type=_JSON)
        return Response(dumps({"error": "no recording is played"}), 409, media_type=_JSON)


def _host(request: Request) -> str:
    return request.client.host if request.client else ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _error(code: int, message: str) -> str:
    return dumps({"code": code, "msg": message}, separators=(",", ":"))


def _default_rows(name: str) -> int:
    return SPOT_CALLS[name].default_rows


def _weight(name: str, given: dict[str, str]) -> int:
    """What a request costs; it is charged before it is read, so nonsense counts as the default."""
    limit = given.get("limit", "")
    symbols = 1 if "symbol" in given else None
    if "symbols" in given and SPOT_CALLS[name].counts == "symbols":
        symbols = given["symbols"].count(",") + 1
    readable = limit.isdecimal() and limit.isascii() and len(limit) <= _LONGEST_NUMBER
    return weight_of(name, limit=int(limit) if readable else None, symbols=symbols)
