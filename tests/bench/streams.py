"""The messages of the bench's stream source: cheap to make, and right where a client checks them.

Ids rise as the exchange's do: trades without holes, one count of updates for quotes and books, and candles
and tickers that name the last trade.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bntui.sim.instruments import symbol_names

MIX: Final = {"bookTicker": 0.66, "trade": 0.25, "depth@100ms": 0.04, "kline_1m": 0.03, "ticker": 0.02}
"""How often each kind comes, of those that are subscribed to. On the exchange candles and tickers come once
a second or two, so that the more there is, the smaller is their part."""

TICKER_EVERY_S = 2.0
"""At a fixed rate a trade is followed by the ticker that tells of it, where the last one is so old: else the
streams of many symbols would contradict one another, and be taken for broken."""

LEVELS_CHANGED = 23
"""Of each side, in one change of a book: 1.6 kB in all, as usual for a busy symbol."""

SNAPSHOT_LEVELS = 1_000

MINUTE_MS = 60_000
PRICES = 997
"""Ticks that prices wander over."""


def price(ticks: int) -> str:
    """A price of so many hundredths, as the exchange prints it."""
    return f"{ticks // 100}.{ticks % 100:02d}000000"


def quantity(number: int) -> str:
    """Some quantity."""
    return f"{number % 89}.{number % 97:02d}100000"


class Ticking:
    """One symbol: its counts, and the text of its next message of each kind."""

    def __init__(self, symbol: str, number: int) -> None:
        """Nothing was said of it; `number` sets its price level."""
        self.symbol = symbol
        self._base = 10_000 + 37 * number
        self.update_id = 1_000_000 * (number + 1)
        self._book_told = self.update_id
        self.trade_id = 5_000 + number
        self._first_of_minute = self.trade_id
        self._minute_ms = 0
        self._count = 0
        self._best = 0, self._base
        """Number and bid, in ticks, of the last quote: tickers show the same."""
        self._makers: dict[str, Callable[[int], str]] = {
            "bookTicker": self._quote,
            "trade": self._trade,
            "depth@100ms": self._diff,
            "kline_1m": self._candle,
            "ticker": self._ticker,
        }

    def message(self, kind: str, now_ms: int) -> str:
        """The payload of the next message of a kind."""
        self._count += 1
        return self._makers[kind](now_ms)

    def _ticks(self) -> int:
        return self._base + self._count * 7 % PRICES

    def _quote(self, now_ms: int) -> str:
        self.update_id += 1
        n, ticks = self._best = self._count, self._ticks()
        return (
            f'{{"u":{self.update_id},"s":"{self.symbol}","b":"{price(ticks)}","B":"{quantity(n)}",'
            f'"a":"{price(ticks + 1)}","A":"{quantity(n + 31)}"}}'
        )

    def _trade(self, now_ms: int) -> str:
        self.trade_id += 1
        n, side = self._count, "true" if self._count & 1 else "false"
        return (
            f'{{"e":"trade","E":{now_ms},"s":"{self.symbol}","t":{self.trade_id},"p":"{price(self._ticks())}",'
            f'"q":"{quantity(n)}","T":{now_ms},"m":{side},"M":true}}'
        )

    def _diff(self, now_ms: int) -> str:
        first, self.update_id = self._book_told + 1, self.update_id + 1
        self._book_told = self.update_id
        n = self._count
        bids = ",".join(self._level(self._base - 1 - 3 * i - n % 5, n + i) for i in range(LEVELS_CHANGED))
        asks = ",".join(
            self._level(self._base + PRICES + 2 + 3 * i + n % 5, n + i) for i in range(LEVELS_CHANGED)
        )
        return (
            f'{{"e":"depthUpdate","E":{now_ms},"s":"{self.symbol}","U":{first},"u":{self.update_id},'
            f'"b":[{bids}],"a":[{asks}]}}'
        )

    @staticmethod
    def _level(ticks: int, n: int) -> str:
        return f'["{price(ticks)}","{quantity(n) if n % 4 else "0.00000000"}"]'

    def _candle(self, now_ms: int) -> str:
        open_ms = now_ms - now_ms % MINUTE_MS
        if open_ms != self._minute_ms:
            self._minute_ms, self._first_of_minute = open_ms, self.trade_id
        low, high, ticks = price(self._base), price(self._base + PRICES), price(self._ticks())
        return (
            f'{{"e":"kline","E":{now_ms},"s":"{self.symbol}","k":{{"t":{open_ms},'
            f'"T":{open_ms + MINUTE_MS - 1},'
            f'"s":"{self.symbol}","i":"1m","f":{self._first_of_minute},"L":{self.trade_id},"o":"{low}",'
            f'"c":"{ticks}","h":"{high}","l":"{low}","v":"120.50000000","n":{self._count},"x":false,'
            f'"q":"12000.10000000","V":"60.20000000","Q":"6000.30000000","B":"0"}}}}'
        )

    def _ticker(self, now_ms: int) -> str:
        n, ticks = self._count, self._ticks()
        quote, bid = self._best
        return (
            f'{{"e":"24hrTicker","E":{now_ms},"s":"{self.symbol}","p":"1.50000000","P":"0.{n % 90 + 10}",'
            f'"w":"{price(ticks)}","x":"{price(ticks)}","c":"{price(ticks)}","Q":"{quantity(n)}",'
            f'"b":"{price(bid)}","B":"{quantity(quote)}","a":"{price(bid + 1)}","A":"{quantity(quote + 31)}",'
            f'"o":"{price(self._base)}","h":"{price(self._base + PRICES)}","l":"{price(self._base)}",'
            f'"v":"{1000 + n}.10000000","q":"{100_000 + n}.10000000","O":{now_ms - 86_400_000},"C":{now_ms},'
            f'"F":1,"L":{self.trade_id},"n":{self.trade_id}}}'
        )

    def snapshot(self, levels: int = SNAPSHOT_LEVELS) -> str:
        """The whole book, as REST tells it."""
        bids = ",".join(
            f'["{price(self._base - 1 - i)}","{quantity(i + 1)}"]' for i in range(min(levels, self._base - 1))
        )
        asks = ",".join(
            f'["{price(self._base + PRICES + 2 + i)}","{quantity(i + 1)}"]' for i in range(levels)
        )
        return f'{{"lastUpdateId":{self.update_id},"bids":[{bids}],"asks":[{asks}]}}'

    def minutes(self, now_ms: int, count: int) -> str:
        """The past minutes, the running one last, as REST tells candles."""
        running = now_ms - now_ms % MINUTE_MS
        low, high = self._base, self._base + PRICES
        rows = (
            f'[{at},"{price(low)}","{price(high)}","{price(low)}","{price(low + at // MINUTE_MS % 99)}",'
            f'"120.5",{at + MINUTE_MS - 1},"12000.1",50,"60.2","6000.3","0"]'
            for at in range(running - (count - 1) * MINUTE_MS, now_ms + 1, MINUTE_MS)
        )
        return f"[{','.join(rows)}]"


def symbols(count: int) -> dict[str, Ticking]:
    """So many symbols, by the name that their streams begin with."""
    return {name.lower(): Ticking(name, number) for number, name in enumerate(symbol_names(count))}
