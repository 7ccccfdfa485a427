"""`bntui candles`: the newest candles once, from the exchange or from the running engine."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from bntui import candles as candles_module
from bntui.candles import Found
from bntui.clock import SystemClock
from bntui.model.panels import Hole
from bntui.model.status import CandlesLoaded, Event, Gap
from bntui.store.candles import view_of
from tests.model.build import T0_MS, candle
from tests.support.asked import serving, watching
from tests.support.command_line import CommandLine, at
from tests.support.engine import key, list_symbols, memory_engine
from tests.support.exchange import MemoryExchange
from tests.support.programs import exchange

MINUTE_MS = 60_000

NOBODY = ("--rest-url", "http://127.0.0.1:1", "--stream-url", "ws://127.0.0.1:1")
"""Addresses at which nothing listens."""


@pytest.fixture
def bntui(capsys: pytest.CaptureFixture[str], restored_logging: None) -> CommandLine:
    """The program, as it is called."""
    return CommandLine(capsys)


def found(*minutes: int, holes: tuple[Hole, ...] = (), runs: bool = False) -> Found:
    """Candles of these minutes; the last one may run."""
    views = [
        view_of(candle(open_ms=T0_MS + n * MINUTE_MS, closed=not runs or n != minutes[-1])) for n in minutes
    ]
    return Found(key("BTCUSDT"), "1m", views, list(holes))


HOLE = Hole(T0_MS + MINUTE_MS, T0_MS + 2 * MINUTE_MS, "connection lost")


# How they read


def test_a_table_has_a_line_a_candle_says_which_one_runs_and_where_some_are_missing() -> None:
    assert found(0, 3, holes=(HOLE,), runs=True).lines(as_json=False) == [
        "time                      open  high  low  close  volume  trades",
        "2026-01-01T00:00:00.000Z   1.0   4.0  0.5    2.0    10.0       7",
        "2026-01-01T00:01:00.000Z to 2026-01-01T00:02:00.000Z: no candles are known: connection lost",
        "2026-01-01T00:03:00.000Z   1.0   4.0  0.5    2.0    10.0       7  runs",
    ]


def test_only_the_newest_are_shown_and_the_holes_among_them() -> None:
    newest = found(0, 3, 4, holes=(HOLE,)).newest(2)
    assert ([row.open_ms for row in newest.rows], newest.holes) == (
        [T0_MS + 3 * MINUTE_MS, T0_MS + 4 * MINUTE_MS],
        [],
    )


# From the exchange


async def test_the_exchange_is_asked_for_as_many_as_wanted_over_several_requests(
    bntui: CommandLine,
) -> None:
    async with exchange() as sim:
        said = await bntui("candles", "BTCUSDT", "--limit", "1200", "--json", *at(sim))
    assert (said.code, said.err) == (0, "")
    opens = [line["open_time"] for line in said.lines]
    assert len(opens) == 1_200
    assert {later - earlier for earlier, later in pairwise(opens)} == {MINUTE_MS}
    assert [line["closed"] for line in said.lines[-2:]] == [True, False]
    assert said.lines[0].keys() >= {"kind", "symbol", "interval", "open", "volume", "quote_volume", "trades"}


async def test_every_interval_can_be_asked_for(bntui: CommandLine) -> None:
    async with exchange() as sim:
        for interval in ("1s", "1w", "1M"):
            said = await bntui(
                "candles", "BTCUSDT", "--interval", interval, "--limit", "2", "--json", *at(sim)
            )
            assert (said.code, [line["interval"] for line in said.lines]) == (0, [interval] * 2)


@pytest.mark.parametrize(
    ("words", "code", "said_so"),
    [
        (("BTCUSD",), 3, "did you mean BTCUSDT?"),
        (("BTCUSDT", "--interval", "7m"), 3, "'7m' is no candle interval"),
        (("BTCUSDT", "--limit", "0"), 3, "0 is not in the range"),
        (("BTCUSDT", "--limit", "many"), 3, "many"),
        (("BTCUSDT", "--limit", "no_such=1"), 3, "no_such"),
        (("A B",), 3, "is no symbol"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    bntui: CommandLine, words: tuple[str, ...], code: int, said_so: str
) -> None:
    async with exchange() as sim:
        said = await bntui("candles", *words, *at(sim))
    assert (said.code, said.out) == (code, "")
    assert said_so in said.err


async def test_an_entry_of_the_limits_table_can_still_be_given(bntui: CommandLine) -> None:
    async with exchange() as sim:
        said = await bntui(
            "candles", "BTCUSDT", "--limit", "3", "--limit", "klines_rows=2", "--json", *at(sim)
        )
    assert (said.code, len(said.lines)) == (0, 3)


async def test_an_exchange_that_cannot_be_reached_is_said(
    bntui: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bntui.headless.STARTER_WAIT_S", 0.1)
    said = await bntui("candles", "BTCUSDT", *NOBODY)
    assert (said.code, said.out) == (4, "")
    assert "cannot be reached" in said.err


# From the running engine


async def test_the_running_engine_is_asked_also_for_a_symbol_that_it_does_not_watch(
    bntui: CommandLine, tmp_path: Path
) -> None:
    async with exchange() as sim, watching(tmp_path, sim) as engine:
        said = await bntui("candles", "ETHUSDT", "--limit", "700", "--json")
        assert (said.code, said.err) == (0, "")
        assert len(said.lines) == 700
        assert [row.symbol for row in engine.store.watchlist] == ["BTCUSDT"]
        said = await bntui("candles", "ETHUSD")
        assert (said.code, said.out) == (3, "")
        assert "did you mean ETHUSDT?" in said.err


async def test_holes_of_the_engine_stand_in_their_place(
    bntui: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = memory_engine(tmp_path, SystemClock(), MemoryExchange())
    list_symbols(engine, "BTCUSDT")
    of = key("BTCUSDT")
    rows = tuple(candle(open_ms=T0_MS + n * MINUTE_MS, closed=True, refilled=True) for n in (0, 3))
    gap = Gap(of, HOLE.from_ms, HOLE.to_ms, HOLE.cause, False, T0_MS, 1.0, "1m")

    answers: list[Event] = [CandlesLoaded(of, "1m", rows, None, None, complete=True), gap]

    def answer(*_: object) -> bool:
        asyncio.get_running_loop().call_soon(engine.take, answers)
        return True

    monkeypatch.setattr(engine.feed, "ask_candles", answer)
    async with serving(engine):
        said = await bntui("candles", "BTCUSDT", "--limit", "4", "--json")
    assert said.code == 0
    assert [line["kind"] for line in said.lines] == ["candle", "gap", "candle"]
    assert said.lines[1]["cause"] == "connection lost"


async def test_without_an_engine_it_says_so(bntui: CommandLine) -> None:
    said = await bntui("candles", "BTCUSDT")
    assert (said.code, said.out) == (4, "")
    assert "No engine runs on this profile." in said.err
    assert "--own" in said.err


async def test_candles_that_do_not_come_are_given_up_with_the_reason(
    bntui: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candles_module, "PATIENCE_S", 0.1)
    engine = memory_engine(tmp_path, SystemClock(), MemoryExchange())
    list_symbols(engine, "BTCUSDT")
    async with serving(engine):
        said = await bntui("candles", "BTCUSDT")
    assert (said.code, said.out) == (1, "")
    assert "The candles did not come." in said.err
