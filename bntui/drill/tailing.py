"""Reads a tail as `bntui tail` does, from whatever engine there is, and writes its lines into a record."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from bntui.clock import Clock
from bntui.drill.bookledger import BookLedger, best_of
from bntui.drill.history import Stand
from bntui.drill.ledger import TradeLedger
from bntui.drill.record import GapLine, LinkLine, Record
from bntui.errors import ConnectError, ProtocolError
from bntui.model.markets import SymbolKey
from bntui.wire.carrier import Carrier
from bntui.wire.messages import Hello, TailLines, TailPull
from bntui.wire.viewer import greet

AGAIN_S = 0.1
"""Pause before a conversation that ended is begun anew."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """How an engine is met."""

    reach: Callable[[], Awaitable[Carrier]]
    """Finds the engine. Raises ConnectError where there is none now."""
    hello: Hello
    silence_s: float
    """An engine that does not answer for so long is called silent."""


class Lines:
    """Writes lines of the tail into a record."""

    def __init__(self, record: Record, clock: Clock) -> None:
        """Nothing was printed."""
        self._record = record
        self._clock = clock
        self._quotes: dict[str, int] = {}

    def take(self, lines: Sequence[str], dropped: int) -> None:
        """Note what was printed, and how many lines were not."""
        now = self._clock.monotonic()
        self._record.lines_lost += dropped
        for text in lines:
            line: dict[str, Any] = orjson.loads(text)
            match line["kind"]:
                case "trade":
                    self._ledger(line["symbol"]).trade(line["id"], line.get("refilled", False))
                case "quote":
                    self._quote(line["symbol"], line["update_id"])
                    if (book := self._record.books.get(line["symbol"])) is not None:
                        bid, ask = (line["bid"], line["bid_qty"]), (line["ask"], line["ask_qty"])
                        book.quote(line["update_id"], (bid, ask))
                case "book":
                    stand = Stand(line["state"], line.get("reason", ""))
                    best = best_of(line["bids"]), best_of(line["asks"])
                    self._book(line["symbol"]).book(now, line["update_id"], stand, best)
                case "fill" if line["time"] >= self._record.began_ms:
                    self._record.fills.fill(line["symbol"], line["id"], line["recovered"])
                case "gap" if not line.get("interval"):
                    self._gap(line, now)
                case "link":
                    change = LinkLine(now, line["shard"], line["state"], line["reason"], line["code"])
                    self._record.links.append(change)

    def begin_again(self) -> None:
        """The tail was lost: what comes next does not follow on it."""
        self._quotes.clear()
        for ledger in self._record.trades.values():
            ledger.restart()
        for book in self._record.books.values():
            book.restart()

    def _ledger(self, symbol: str) -> TradeLedger:
        return self._record.trades.setdefault(symbol, TradeLedger())

    def _book(self, symbol: str) -> BookLedger:
        return self._record.books.setdefault(symbol, BookLedger())

    def _gap(self, line: dict[str, Any], now: float) -> None:
        first, last = line["from_id"], line["to_id"]
        gap = GapLine(now, line["symbol"], first, last, line["cause"], line["repaired"])
        self._record.gaps.append(gap)
        if not gap.repaired:
            self._ledger(gap.symbol).gap(first, last)

    def _quote(self, symbol: str, update_id: int) -> None:
        self._record.quotes_back += update_id < self._quotes.get(symbol, -1)
        self._quotes[symbol] = update_id


class Unread:
    """For a tail that is read, and of which nobody wants to know."""

    def take(self, lines: Sequence[str], dropped: int) -> None:
        """Forget them."""

    def begin_again(self) -> None:
        """Nothing was kept."""


async def follow(
    meeting: Meeting, kinds: Sequence[str], into: Lines | Unread, symbols: Sequence[SymbolKey] = ()
) -> None:
    """Read a tail until cancelled; of these symbols, and of all where none is named."""
    while True:
        try:
            carrier = await meeting.reach()
        except (ConnectError, OSError):
            await asyncio.sleep(AGAIN_S)
            continue
        try:
            await greet(carrier, meeting.hello, meeting.silence_s)
            await _read(carrier, kinds, into, symbols)
        except (ConnectError, ProtocolError):
            # An engine that ends is met again, or another one.
            pass
        finally:
            await carrier.close()
        into.begin_again()
        await asyncio.sleep(AGAIN_S)


async def _read(
    carrier: Carrier, kinds: Sequence[str], into: Lines | Unread, symbols: Sequence[SymbolKey]
) -> None:
    seq = 0
    while True:
        await carrier.send(TailPull(seq, list(symbols), list(kinds)))
        answer = await carrier.receive()
        if not isinstance(answer, TailLines):
            return
        seq = answer.seq
        into.take(answer.lines, answer.lost)
