"""A tail is read from whatever engine there is, and its lines are written down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bntui.clock import ManualClock
from bntui.drill.record import GapLine, LinkLine, Record
from bntui.drill.tailing import Lines, Unread, follow
from bntui.engine.tail import line
from bntui.model.status import Event
from tests.drill.stage import Stage, gap, link, quote, stage, trade
from tests.support.programs import until


def written(*events: Event, dropped: int = 0) -> Record:
    """The record after the tail has printed these events."""
    record = Record()
    texts = [text for event in events if (text := line(event)) is not None]
    Lines(record, ManualClock(monotonic=7.0)).take(texts, dropped)
    return record


def test_trades_are_kept_by_symbol() -> None:
    ledger = written(trade(1), gap(2, 2), trade(3), trade(2, refilled=True)).trades["BTCUSDT"]
    assert (ledger.printed, ledger.missing, ledger.refilled, ledger.untold) == (3, 0, 1, 0)


def test_gap_lines_are_kept_and_those_of_candles_are_no_trades() -> None:
    record = written(gap(2, 5), gap(2, 5, repaired=True))
    assert [*record.gaps] == [
        GapLine(7.0, "BTCUSDT", 2, 5, "lost", False),
        GapLine(7.0, "BTCUSDT", 2, 5, "lost", True),
    ]


def test_changes_of_connections_are_kept() -> None:
    assert [*written(link("waiting")).links] == [LinkLine(7.0, 1, "waiting", "", None)]


def test_a_quote_that_goes_back_is_counted() -> None:
    assert written(quote(5), quote(6), quote(6)).quotes_back == 0
    assert written(quote(5), quote(6), quote(5), quote(4)).quotes_back == 2


def test_dropped_lines_are_counted() -> None:
    assert written(dropped=4).lines_lost == 4


def test_after_another_start_nothing_follows_on_what_was() -> None:
    record = Record()
    lines = Lines(record, ManualClock())
    lines.take([text for event in (trade(8), quote(8)) if (text := line(event))], 0)
    lines.begin_again()
    lines.take([text for event in (trade(80), quote(1)) if (text := line(event))], 0)
    assert (record.trades["BTCUSDT"].missing, record.quotes_back) == (0, 0)


@asynccontextmanager
async def followed(on: Stage, kinds: Sequence[str], into: Lines | Unread) -> AsyncIterator[None]:
    """While the context lasts, the tail is read."""
    reading = asyncio.create_task(follow(on.meeting, kinds, into))
    try:
        await until(lambda: on.readers == 1)
        yield
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def test_a_tail_is_followed_through_the_end_of_an_engine(tmp_path: Path) -> None:
    record = Record()
    async with stage(tmp_path) as on, followed(on, ["trade"], Lines(record, on.clock)):
        on.say(trade(1), trade(2))
        await until(lambda: record.trades and record.trades["BTCUSDT"].printed == 2)
        on.refuses = True
        await on.hang_up()
        await until(lambda: on.readers == 0)
        on.refuses = False
        await until(lambda: on.readers == 1)
        on.say(trade(90))
        ledger = record.trades["BTCUSDT"]
        await until(lambda: ledger.printed == 3)
        assert (ledger.missing, ledger.untold) == (0, 0)


async def test_a_tail_of_which_nobody_wants_to_know_is_read_all_the_same(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, followed(on, ["trade"], Unread()):
        (ring,) = vars(on.engine.tails)["_rings"]
        on.say(trade(1), trade(2))
        await until(lambda: ring.seq > 2)
        assert len(ring) == 0
