"""An engine on an exchange in memory."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from bntui.alertrules import AlertRule
from bntui.clock import Clock
from bntui.engine.engine import Engine, Sink
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit
from bntui.feed.feed import Feed
from bntui.journal import Journal
from bntui.model.markets import Instrument, Market, SymbolKey
from bntui.model.status import InstrumentsLoaded
from bntui.venue.places import Endpoints
from tests.support.exchange import MemoryExchange
from tests.support.feed import VENUE


def key(symbol: str) -> SymbolKey:
    """A Spot symbol."""
    return SymbolKey(Market.SPOT, symbol)


def memory_engine(
    folder: Path,
    clock: Clock,
    exchange: MemoryExchange,
    journal: Journal | None = None,
    rules: Sequence[AlertRule] = (),
) -> Engine:
    """Nothing is watched, nothing runs, and no list of symbols has come."""

    def make_feed(sink: Sink) -> Feed:
        return Feed(
            {Market.SPOT: (VENUE, Endpoints("http://127.0.0.1:9", "ws://exchange", ""))},
            lambda venue: exchange,
            AttemptsFile(folder / "attempts.json", AttemptLimit(100, 300_000), clock),
            clock,
            random.Random(1),
            sink,
            journal.next_outage_id if journal else 1,
        )

    return Engine(make_feed, VENUE.limits, clock, "epoch", journal, rules)


def list_symbols(engine: Engine, *symbols: str, status: str = "TRADING") -> None:
    """Let the exchange's list of symbols come in."""
    instruments = tuple(
        Instrument(key(s), status, s.removesuffix("USDT"), "USDT", "0.01000000", "0.00100000", 2, 3)
        for s in symbols
    )
    market = engine.feed.market(Market.SPOT)
    market.instruments = {each.key.symbol: each for each in instruments}
    market.instruments_known.set()
    engine.take([InstrumentsLoaded(instruments)])
