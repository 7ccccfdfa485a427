"""The REST calls that sum symbols up: last prices, best levels, averages, and what changed in some time.

Each answers for one symbol with an object, for several with an array (rest-api.md, read 2026-07-21).
"""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Callable

from bntui.sim import answers
from bntui.sim.bars import MINUTE_US, interval_end, interval_start
from bntui.sim.desk import Desk
from bntui.sim.exchange import Source
from bntui.sim.parameters import Call, Parameters, Refused, invalid, other_status
from bntui.venue.binance.limits import TICKER_SYMBOLS

_AT_ONCE = 25
"""Symbols worked out before others get their turn."""
_SOME = ("symbol", "symbols", "symbolStatus")


class Summaries:
    """Answers from the desks of a market."""

    def __init__(self, source: Source, desk: Callable[[str], Desk]) -> None:
        """`desk` gives the desk of a symbol, and refuses one that is not listed."""
        self._source = source
        self._desk = desk

    def calls(self) -> dict[str, Call]:
        """By the words of the table of calls."""
        return {
            "tickers": Call((*_SOME, "type"), self._tickers),
            "day_tickers": Call((*_SOME, "type", "timeZone"), self._day_tickers),
            "window_tickers": Call((*_SOME, "type", "windowSize"), self._window_tickers),
            "price_tickers": Call(_SOME, self._price_tickers),
            "book_tickers": Call(_SOME, self._book_tickers),
            "average_price": Call(("symbol",), self._average_price),
            "reference_price": Call(("symbol",), self._reference_price),
            "reference_calculation": Call(("symbol", "symbolStatus"), self._reference_calculation),
            "execution_rules": Call(_SOME, self._execution_rules),
        }

    async def _each(self, parameters: Parameters, text: Callable[[Desk], str], *, all_too: bool) -> str:
        """An object for `symbol`, an array for `symbols`, and for all where neither is needed."""
        symbols = parameters.symbols()
        if symbols is None:
            if not all_too:
                both = "Param 'symbol' or 'symbols' must be sent, but both were empty/null!"
                raise Refused(-1102, both)
            symbols = [pair.symbol for pair in self._source.pairs]
        elif not all_too and len(symbols) > TICKER_SYMBOLS:
            raise invalid("symbols")
        single = "symbol" in parameters
        if not parameters.trading():
            if single:
                raise other_status()
            symbols = []
        texts = []
        for number, symbol in enumerate(symbols, 1):
            texts.append(text(self._desk(symbol)))
            if number % _AT_ONCE == 0:
                await sleep(0)
        return texts[0] if single else answers.array(texts)

    async def _tickers(self, parameters: Parameters) -> str:
        mini, micro = not parameters.full(), parameters.micro

        def text(desk: Desk) -> str:
            return answers.ticker(desk, self._source.now_us(), mini=mini, micro=micro)

        return await self._each(parameters, text, all_too=True)

    async def _price_tickers(self, parameters: Parameters) -> str:
        return await self._each(parameters, answers.price_ticker, all_too=True)

    async def _book_tickers(self, parameters: Parameters) -> str:
        return await self._each(parameters, answers.book_ticker, all_too=True)

    async def _day_tickers(self, parameters: Parameters) -> str:
        """The day that runs now, in some time zone: its end stands for the closing time."""
        mini, zone_ms = not parameters.full(), parameters.zone_ms()
        start_ms = interval_start("1d", self._source.now_us() // 1000, zone_ms)
        span_us = (start_ms * 1000, interval_end("1d", start_ms, zone_ms) * 1000 - 1)

        def text(desk: Desk) -> str:
            bar = desk.timeline.span(span_us[0] // MINUTE_US, desk.timeline.minute + 1)
            return answers.statistics(desk.pair, bar, span_us, mini=mini, micro=parameters.micro)

        return await self._each(parameters, text, all_too=False)

    async def _window_tickers(self, parameters: Parameters) -> str:
        """A window that begins with a minute, and is up to a minute wider than was asked for."""
        mini, minutes = not parameters.full(), parameters.window_minutes()

        def text(desk: Desk) -> str:
            now_us = self._source.now_us()
            start = now_us // MINUTE_US - minutes
            bar = desk.timeline.span(start, desk.timeline.minute + 1)
            span_us = (start * MINUTE_US, now_us)
            return answers.statistics(desk.pair, bar, span_us, mini=mini, micro=parameters.micro)

        return await self._each(parameters, text, all_too=False)

    async def _average_price(self, parameters: Parameters) -> str:
        return answers.average_price(self._desk(parameters.symbol()), micro=parameters.micro)

    async def _reference_price(self, parameters: Parameters) -> str:
        return answers.reference_price(self._desk(parameters.symbol()), micro=parameters.micro)

    async def _reference_calculation(self, parameters: Parameters) -> str:
        """No mean of buckets, as the exchange's engine would make, so it is one from elsewhere."""
        symbol = self._desk(parameters.symbol()).pair.symbol
        if not parameters.trading():
            raise other_status()
        return f'{{"symbol":"{symbol}","calculationType":"EXTERNAL","externalCalculationId":1}}'

    async def _execution_rules(self, parameters: Parameters) -> str:
        """Nothing can be ordered here, so no symbol has a rule."""
        if sum(name in parameters for name in _SOME) > 1:
            raise Refused(-1128, "Combination of optional parameters invalid.")
        symbols = parameters.symbols()
        if symbols is None:
            symbols = [pair.symbol for pair in self._source.pairs] if parameters.trading() else []
        rules = (f'{{"symbol":"{self._desk(symbol).pair.symbol}","rules":[]}}' for symbol in symbols)
        return f'{{"symbolRules":{answers.array(rules)}}}'
