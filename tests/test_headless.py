"""Commands without a screen, on connections of their own: judge and print, or print as it comes."""

from __future__ import annotations

import asyncio
import fcntl
import io
import struct
import subprocess
import sys
import termios
from dataclasses import fields
from pathlib import Path

import orjson
import pytest

from bntui import exits, headless
from bntui.clock import SystemClock
from bntui.commandoptions import TailOptions
from bntui.engine.tail import TAIL_LINES
from bntui.model.events import Trade
from bntui.model.markets import Side
from bntui.model.views import BudgetView
from bntui.sim.server import Sim
from bntui.venue.binance.limits import SPOT
from tests.sim.tape import AHEAD_MS, FRAMES, START_MS, write_tape
from tests.support.command_line import CommandLine, Said, at, lines, patiently
from tests.support.engine import key, memory_engine
from tests.support.exchange import MemoryExchange
from tests.support.programs import closings, exchange, files, until

NOBODY = ("--rest-url", "http://127.0.0.1:1", "--stream-url", "ws://127.0.0.1:1")
"""Addresses at which nothing listens."""

REPLAY_SPEED = 100.0


@pytest.fixture
def bntui(capsys: pytest.CaptureFixture[str], restored_logging: None) -> CommandLine:
    """The program, as it is called."""
    return CommandLine(capsys)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of symbols is not waited for where it will not come."""
    monkeypatch.setattr(headless, "STARTER_WAIT_S", 0.1)


# status: the verdict, and what it rests on


async def test_a_status_ends_as_soon_as_it_is_live_and_says_what_it_saw(bntui: CommandLine) -> None:
    async with exchange() as sim:
        said = await bntui("status", "BTCUSDT", "--json", *at(sim))
        assert closings(sim) == [("client", 1000)]
        assert sim.report()["breaches"] == {"total": 0, "by_kind": {}, "newest": []}
    assert (said.code, said.err) == (0, "")
    (told,) = said.lines
    assert (told["verdict"], told["sentence"]) == ("live", "LIVE 3/3 streams")
    states = ("wanted", "acked", "live", "quiet", "stale", "blind")
    assert {state: told["streams"][state] for state in states} == dict.fromkeys(states, 0) | {"live": 3}
    assert (told["streams"]["total"], told["streams"]["not_live"]) == (3, [])
    assert isinstance(told["clock_offset_ms"], float)
    assert set(told["budget"]) == {field.name for field in fields(BudgetView)}
    assert told["budget"]["attempts"] == 1
    (shard,) = told["shards"]
    columns = {
        *("id", "market", "host", "state", "reason", "live", "acked", "wanted", "cap"),
        *("messages_per_s", "bytes_per_s", "server_ping_age_s", "round_trip_ms", "lag_ms"),
        *("uptime_s", "time_left_s", "reconnects"),
    }
    assert columns <= set(shard)
    assert (shard["state"], shard["live"], shard["acked"], shard["wanted"]) == ("live", 3, 3, 3)
    assert 0 < shard["uptime_s"] < 60
    assert SPOT.connection_life_s - 60 < shard["time_left_s"] < SPOT.connection_life_s


async def test_for_people_the_sentence_comes_first(bntui: CommandLine) -> None:
    async with exchange() as sim:
        said = await bntui("status", "BTCUSDT", *at(sim))
    sentence, shard, *_ = said.out.splitlines()
    assert sentence == "LIVE 3/3 streams"
    assert "3/3/3 streams live/acked/wanted" in shard


async def test_without_symbols_a_small_exchange_is_judged_whole(bntui: CommandLine) -> None:
    async with exchange(symbols=("BTCUSDT", "ETHUSDT")) as sim:
        said = await bntui("status", "--json", *at(sim))
    assert (said.code, said.lines[0]["streams"]["total"]) == (0, 6)


async def test_kinds_are_what_is_judged(bntui: CommandLine) -> None:
    async with exchange() as sim:
        said = await bntui(
            "status", "BTCUSDT", "--kinds", "quote,candle:5m", "--for", "400ms", "--json", *at(sim)
        )
    assert said.lines[0]["streams"]["total"] == 2


async def test_a_status_looks_as_long_as_it_was_told(bntui: CommandLine) -> None:
    began = asyncio.get_running_loop().time()
    async with exchange() as sim:
        await bntui("status", "BTCUSDT", "--kinds", "quote", "--for", "700ms", *at(sim))
    assert asyncio.get_running_loop().time() - began >= 0.7


async def test_degraded_is_1(bntui: CommandLine, impatient: None) -> None:
    async with exchange() as sim:
        sim.fault({"fault": "rest_status", "status": 503})
        said = await patiently(
            lambda span: bntui("status", "BTCUSDT", "--kinds", "quote", "--for", span, "--json", *at(sim)),
            lambda said: said.lines[0]["sentence"].startswith("DEGRADED: REST"),
        )
    assert said.code == 1
    assert said.lines[0]["verdict"] == "degraded"
    assert "REST down" in said.lines[0]["sentence"]
    assert said.lines[0]["rest"]["ok"] is False


async def test_blind_is_2_and_each_stream_that_is_not_live_is_named(bntui: CommandLine) -> None:
    async with exchange() as sim:
        sim.fault({"fault": "stall_all"})
        words = ("status", "BTCUSDT", "--kinds", "trade", "--limit", "own_first_data_s=0.2", "--json")
        said = await patiently(
            lambda span: bntui(*words, "--for", span, *at(sim)), lambda said: "BLIND" in said.out
        )
    assert said.code == 2
    (told,) = said.lines
    assert told["verdict"] == "blind"
    assert told["sentence"].startswith("BLIND on 1 of 1 streams for ")
    assert told["sentence"].endswith(": BTCUSDT trades")
    (stream,) = told["streams"]["not_live"]
    assert (stream["market"], stream["stream"], stream["state"]) == ("spot", "btcusdt@trade", "stale")
    assert stream["reason"] != ""
    assert {"shard", "since_s", "data_age_s"} <= set(stream)


async def test_an_exchange_that_cannot_be_reached_is_4_and_blind_with_the_cause(
    bntui: CommandLine, impatient: None
) -> None:
    said = await patiently(
        lambda span: bntui("status", "BTCUSDT", "--for", span, "--json", *NOBODY),
        lambda said: said.code == 4 and said.lines[0]["rest"]["reason"],
    )
    assert said.code == 4
    (told,) = said.lines
    assert told["verdict"] == "blind"
    assert "connection refused" in told["sentence"]
    assert "cannot be reached" in told["rest"]["reason"]
    assert told["shards"][0]["reason"] == "connection refused"


@pytest.mark.parametrize("command", ["status", "tail"])
async def test_a_symbol_that_does_not_exist_is_refused_with_the_nearest_one(
    command: str, bntui: CommandLine
) -> None:
    async with exchange() as sim:
        said = await bntui(command, "BTCUSTD", *at(sim))
    assert (said.code, said.out) == (3, "")
    assert said.err == "bntui: BTCUSTD is not listed; did you mean BTCUSDT?\n"


async def test_a_run_on_given_addresses_leaves_no_history(bntui: CommandLine, home: Path) -> None:
    async with exchange() as sim:
        await bntui("status", "BTCUSDT", "--for", "200ms", *at(sim))
        await bntui("tail", "BTCUSDT", "--for", "200ms", *at(sim))
    assert files(home) == ["state/default/headless.log"], "the log outlives every run; the rest is gone"


async def test_an_engine_that_breaks_ends_the_command_with_a_word(
    bntui: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(engine: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr("bntui.engine.engine.Engine.tick", broken)
    said = await bntui("tail", "BTCUSDT", *NOBODY)
    assert said.code == exits.CRASH
    assert "ZeroDivisionError: a defect" in said.err


# tail: every event, field by field


COMMON = ("kind", "market", "symbol", "time", "received")
FIELDS = {
    "quote": ("bid", "bid_qty", "ask", "ask_qty", "update_id"),
    "trade": ("id", "price", "qty", "side"),
    "candle": (*("interval", "open_time", "open", "high", "low", "close", "volume", "trades", "closed"),),
    "ticker": ("last", "change_percent", "high", "low", "volume", "quote_volume"),
    "link": ("shard", "state", "reason", "code", "streams"),
}


async def test_every_kind_has_its_fields_and_numbers_as_they_were_printed(
    bntui: CommandLine, tmp_path: Path
) -> None:
    tape = write_tape(tmp_path / "tape.gz")

    async def look(span: str) -> Said:
        async with exchange(replay=(tape,), speed=REPLAY_SPEED) as sim:
            return await bntui(
                "tail", "BTCUSDT", "--kinds", ",".join(FIELDS), "--for", span, "--json", *at(sim)
            )

    def enough(said: Said) -> bool:
        last = [line for line in said.lines if line["kind"] == "ticker"][-1:]
        return {line["kind"] for line in said.lines} >= set(FIELDS) and last[0]["last"] == "100.50000000"

    said = await patiently(look, enough)
    assert (said.code, said.err) == (0, "")
    by_kind = {kind: [line for line in said.lines if line["kind"] == kind] for kind in FIELDS}
    for kind, names in FIELDS.items():
        assert {tuple(line) for line in by_kind[kind]} == {(*COMMON, *names)}, kind
    for line in said.lines:
        assert line["market"] == "spot"
        assert isinstance(line["received"], int)
        assert line["symbol"] == (None if line["kind"] == "link" else "BTCUSDT")
    quote = by_kind["quote"][0]
    assert quote["time"] is None, "a quote of Spot tells no time"
    assert (quote["bid"], quote["bid_qty"]) == ("100.10000000", "1.50000000")
    assert (quote["ask"], quote["ask_qty"], quote["update_id"]) == ("100.30000000", "2.00000000", 11)
    closed = [line for line in by_kind["candle"] if line["closed"]]
    assert (closed[0]["interval"], closed[0]["trades"]) == ("1m", 4)
    assert by_kind["ticker"][-1]["last"] == "100.50000000"
    assert [line["state"] for line in by_kind["link"]] == ["gated", "connecting", "subscribing", "live"]


async def replayed(bntui: CommandLine, tape: Path, count: int, *limits: str) -> Said:
    """A tail of the trades of a recording, until so many lines have come."""

    async def look(span: str) -> Said:
        async with exchange(replay=(tape,), speed=REPLAY_SPEED) as sim:
            words = ("tail", "BTCUSDT", "--kinds", "trade", "--json", *limits)
            return await bntui(*words, "--for", span, *at(sim))

    return await patiently(look, lines(count))


async def test_trades_of_a_recording_come_complete_and_in_order(bntui: CommandLine, tmp_path: Path) -> None:
    said = await replayed(bntui, write_tape(tmp_path / "tape.gz"), 5)
    assert [(t["kind"], t["id"], t["price"], t["qty"], t["side"]) for t in said.lines] == [
        ("trade", 701, "100.10000000", "0.25000000", "sell"),
        ("trade", 702, "100.10000000", "0.05000000", "sell"),
        ("trade", 703, "100.00000000", "0.10000000", "sell"),
        ("trade", 704, "100.40000000", "0.01000000", "buy"),
        ("trade", 705, "100.50000000", "2.00000000", "buy"),
    ]
    assert said.lines[0]["time"] == START_MS + AHEAD_MS + 140


async def test_a_hole_in_the_trades_is_a_gap_in_its_place(bntui: CommandLine, tmp_path: Path) -> None:
    tape = write_tape(tmp_path / "tape.gz", tuple(frame for frame in FRAMES if '"t":703' not in frame[1]))
    said = await replayed(bntui, tape, 5, "--limit", "own_hole_wait_s=0.2")
    told = [(line["kind"], line.get("id")) for line in said.lines]
    assert told == [("trade", 701), ("trade", 702), ("gap", None), ("trade", 704), ("trade", 705)]
    gap = said.lines[2]
    assert tuple(gap) == (*COMMON, "from_id", "to_id", "cause", "repaired")
    assert (gap["from_id"], gap["to_id"], gap["repaired"]) == (703, 703, False)
    assert gap["cause"] != ""


async def test_for_people_a_line_is_a_sentence(bntui: CommandLine, tmp_path: Path) -> None:
    tape = write_tape(tmp_path / "tape")

    async def look(span: str) -> Said:
        async with exchange(replay=(tape,), speed=REPLAY_SPEED) as sim:
            return await bntui("tail", "BTCUSDT", "--kinds", "trade", "--for", span, *at(sim))

    said = await patiently(look, lambda said: said.out)
    assert said.out.splitlines()[0].endswith("Z BTCUSDT trade sell 0.25000000 @ 100.10000000 id 701")


# A reader of stdout that is slow, or leaves


async def test_lines_that_waited_too_long_are_counted_on_stderr(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    engine = memory_engine(tmp_path, SystemClock(), MemoryExchange())
    options = TailOptions(json=True, for_s=None, kinds=("trade",), own=True)
    tail = asyncio.create_task(headless.tail_of_own(engine, [key("BTCUSDT")], options))
    await until(engine.tails.wants)
    engine.tails.extend(
        [Trade(key("BTCUSDT"), n, "1.0", "2", Side.BUY, 1, 1, 1, 0.0) for n in range(TAIL_LINES + 7)]
    )
    last = f'"id":{TAIL_LINES + 6},'
    await until(lambda: last in out.getvalue()[-200:])
    tail.cancel()
    await asyncio.gather(tail, return_exceptions=True)
    assert err.getvalue() == "bntui: 7 lines were dropped: not read fast enough\n"
    lines = out.getvalue().splitlines()
    assert len(lines) == TAIL_LINES
    assert orjson.loads(lines[0])["id"] == 7


async def test_a_tail_that_reached_nobody_says_so(bntui: CommandLine, impatient: None) -> None:
    said = await bntui("tail", "BTCUSDT", "--kinds", "trade", "--for", "300ms", *NOBODY)
    assert (said.code, said.out) == (4, "")
    assert "could not be reached: connection refused." in said.err


def tail_process(sim: Sim, *more: str) -> subprocess.Popen[bytes]:
    """A tail whose reader is the test."""
    words = ("tail", "BTCUSDT", "--json", "--kinds", "quote", *at(sim), *more)
    return subprocess.Popen(
        [sys.executable, "-m", "bntui", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


async def test_a_reader_that_leaves_ends_the_tail_quietly_and_in_order() -> None:
    async with exchange(rate=2_000.0) as sim:
        with tail_process(sim) as tail:
            assert tail.stdout is not None
            assert tail.stderr is not None
            await asyncio.to_thread(tail.stdout.readline)
            tail.stdout.close()
            assert await asyncio.to_thread(tail.wait, 20) == exits.PIPE_CLOSED
            assert tail.stderr.read() == b""
        await until(lambda: closings(sim) == [("client", 1000)])


class Unread:
    """What nobody reads: a pipe that is full takes no more, while the exchange goes on sending."""

    def __init__(self, pipe: int, sim: Sim) -> None:
        self._pipe = pipe
        self._sim = sim
        self._waiting = self._since = 0

    def is_full(self) -> bool:
        waiting: int = struct.unpack("i", fcntl.ioctl(self._pipe, termios.FIONREAD, b"\0" * 4))[0]
        sent = sum(connection.frames_sent for connection in self._sim.exchange.ledger.open.values())
        if waiting != self._waiting:
            self._waiting, self._since = waiting, sent
        return waiting > 0 and sent > self._since + 1_000


async def test_a_reader_that_stops_reading_does_not_stop_the_pongs() -> None:
    async with exchange(rate=8_000.0, limits=SPOT.override({"server_ping_interval_s": 0.2})) as sim:
        with tail_process(sim, "--limit", "own_pong_spacing_s=0.1") as tail:
            assert tail.stdout is not None
            await until(Unread(tail.stdout.fileno(), sim).is_full)
            (connection,) = sim.exchange.ledger.open.values()
            before = connection.pongs
            await until(lambda: connection.pongs > before + 3)
            assert closings(sim) == [(None, None)]
            tail.terminate()
            tail.stdout.close()
