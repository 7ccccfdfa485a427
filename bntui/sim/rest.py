"""The REST side: which calls there are, and how the market answers them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bntui.sim import answers
from bntui.sim.backdoor import Backdoor
from bntui.sim.desk import Desk
from bntui.sim.exchange import Exchange
from bntui.sim.parameters import Call, Parameters, Refused, invalid, invalid_symbol, other_status
from bntui.sim.payloads import stamp
from bntui.sim.summaries import Summaries
from bntui.sim.turnstile import Peer, Turnstile
from bntui.venue.binance.limits import SPOT_CALLS
from bntui.venue.binance.streams import INTERVALS

_LISTEN_KEYS = "/api/v3/userDataStream"
"""Gone since 2026-02-20 (CHANGELOG, 2026-01-21); users see 410 (unicorn-binance-websocket-api PR 411)."""


class RestSide:
    """Answers REST requests from the same books and trades as the streams."""

    def __init__(
        self, exchange: Exchange, rewind: Callable[[], bool], cut: Callable[[Peer], None] = lambda peer: None
    ) -> None:
        """`rewind` starts the recording again; false where there is none. `cut` ends a client's
        connection without an answer."""
        self._exchange = exchange
        self._source = exchange.source
        self._limits = exchange.limits
        self._rewind = rewind
        self._cut = cut
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
        handler = Turnstile(self._exchange, self._cut).handler
        routes = [
            Route(SPOT_CALLS[name].path, handler(name, call), methods=["GET"]) for name, call in calls.items()
        ]
        routes.append(Route(_LISTEN_KEYS, self._gone, methods=["POST", "PUT", "DELETE"]))
        routes += Backdoor(self._exchange, self._rewind).routes()
        return Starlette(routes=routes, exception_handlers={404: self._unknown_path})

    async def _gone(self, request: Request) -> Response:
        self._exchange.ledger.requests[_LISTEN_KEYS] += 1
        self._exchange.ledger.answers["410"] += 1
        return Response(status_code=410)

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
        return f'{{"serverTime":{stamp(self._source.now_us(), parameters.micro)}}}'

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
        return answers.exchange_info(texts, self._limits, stamp(self._source.now_us(), parameters.micro))

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
            _milliseconds(parameters.moment_us("startTime"), up=True),
            _milliseconds(parameters.end_us("endTime")),
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
        start_us, end_us = parameters.moment_us("startTime"), parameters.end_us("endTime")
        if from_id is not None:
            if start_us is not None or end_us is not None:
                raise Refused(-1128, "Combination of optional parameters invalid.")
            rows = desk.log.from_agg(from_id)
        elif start_us is None and end_us is None:
            rows = answers.newest_aggregates(desk, limit)
        else:
            rows = answers.trades_between(desk, start_us, end_us, self._source.now_us())
        return answers.agg_trades(desk.pair, rows, limit, micro=parameters.micro)


def _milliseconds(time_us: int | None, *, up: bool = False) -> int | None:
    """A time in whole milliseconds, the next one or the one before."""
    if time_us is None:
        return None
    return -(-time_us // 1000) if up else time_us // 1000


def _default_rows(name: str) -> int:
    return SPOT_CALLS[name].default_rows
