"""What Spot answers over REST, beside the sums of `summaries`."""

from __future__ import annotations

from itertools import islice

from bntui.sim import answers
from bntui.sim.desk import Desk
from bntui.sim.exchange import Exchange
from bntui.sim.parameters import (
    Call,
    Parameters,
    Refused,
    invalid,
    invalid_symbol,
    milliseconds,
    other_status,
)
from bntui.sim.payloads import stamp
from bntui.sim.summaries import Summaries
from bntui.venue.binance.limits import SPOT_CALLS
from bntui.venue.binance.names import INTERVALS


class SpotCalls:
    """Answers from the same books and trades as the streams."""

    def __init__(self, exchange: Exchange) -> None:
        """The calls of one exchange."""
        self._source = exchange.source
        self._limits = exchange.limits
        self._listed: dict[bool, dict[str, str]] = {}

    def calls(self) -> dict[str, Call]:
        """By the words of the table of calls."""
        klines = Call(("symbol", "interval", "startTime", "endTime", "timeZone", "limit"), self._klines)
        return Summaries(self._source, self._desk).calls() | {
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

    def _desk(self, symbol: str) -> Desk:
        desk = self._source.desk(symbol)
        if desk is None:
            raise invalid_symbol()
        return desk

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
            milliseconds(parameters.moment_us("startTime"), up=True),
            milliseconds(parameters.end_us("endTime")),
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


def _default_rows(name: str) -> int:
    return SPOT_CALLS[name].default_rows
