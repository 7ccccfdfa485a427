"""Commands without a screen, asking an engine that runs: what it sees, and what is said when it cannot be."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bntui import __version__
from bntui.clock import SystemClock
from bntui.commands import start
from bntui.compose.screens import folder_to_share
from bntui.config import Settings
from bntui.engine.engine import Engine
from bntui.errors import StateFolderError
from bntui.model.states import Grade
from bntui.wire.carrier import SocketListener
from bntui.wire.messages import Message, Pull, TailLines, TailPull
from bntui.world import world
from tests.support.asked import Answer, nothing_new, played, serving, silence, socket, watching, welcome
from tests.support.command_line import CommandLine, Said, lines, patiently
from tests.support.engine import key, list_symbols, memory_engine
from tests.support.exchange import REFUSED, MemoryExchange
from tests.support.programs import exchange, until


@pytest.fixture
def bntui(capsys: pytest.CaptureFixture[str], restored_logging: None) -> CommandLine:
    """The program, as it is called."""
    return CommandLine(capsys)


@pytest.fixture
def market() -> MemoryExchange:
    return MemoryExchange()


@pytest.fixture
async def engine(tmp_path: Path, market: MemoryExchange) -> AsyncIterator[Engine]:
    """A running engine that watches BTCUSDT on an exchange in memory, whose REST side is down."""
    engine = memory_engine(tmp_path, SystemClock(), market)
    list_symbols(engine, "BTCUSDT", "ETHUSDT")
    engine.begin([key("BTCUSDT")])
    async with serving(engine):
        yield engine


# status


async def test_a_live_engine_is_0_and_tells_what_it_sees(bntui: CommandLine, tmp_path: Path) -> None:
    async with exchange() as sim, watching(tmp_path, sim) as engine:
        # Shards and budget are reported once a second.
        await until(lambda: [view.live for view in engine.store.shards.values()] == [3])
        await until(lambda: engine.store.budget and engine.store.budget.attempts)
        await until(lambda: engine.store.health.clock_offset_ms is not None)
        said = await bntui("status", "--json")
    assert (said.code, said.err) == (0, "")
    (told,) = said.lines
    assert (told["verdict"], told["sentence"]) == ("live", "LIVE 3/3 streams")
    assert (told["streams"]["live"], told["streams"]["not_live"]) == (3, [])
    (shard,) = told["shards"]
    assert (shard["state"], shard["live"], shard["wanted"]) == ("live", 3, 3)
    assert 0 <= shard["uptime_s"] < 60
    assert told["budget"]["attempts"] == 1
    assert abs(told["clock_offset_ms"]) < 1_000
    assert told["rest"] == {"ok": True, "reason": ""}


async def test_degraded_is_1_and_blind_is_2(
    bntui: CommandLine, engine: Engine, market: MemoryExchange
) -> None:
    await until(lambda: market.open_links and market.open_links[0].streams)
    said = await bntui("status")
    assert (said.code, said.out.partition(":")[0]) == (1, "DEGRADED")
    market.failure = REFUSED
    market.open_links[0].drop(1006)
    await until(lambda: engine.store.verdict and engine.store.verdict.grade is Grade.BLIND)
    said = await bntui("status", "--json")
    assert said.code == 2
    assert said.lines[0]["sentence"].startswith("BLIND on 3 of 3 streams for ")
    assert {stream["stream"] for stream in said.lines[0]["streams"]["not_live"]} == {
        *("btcusdt@bookTicker", "btcusdt@trade", "btcusdt@ticker"),
    }


async def test_symbols_and_kinds_are_what_is_judged(bntui: CommandLine, engine: Engine) -> None:
    engine.watch([key("ETHUSDT")])

    async def judged(*words: str) -> int:
        said = await bntui("status", "--json", *words)
        total: int = said.lines[0]["streams"]["total"]
        return total

    assert await judged() == 6
    assert await judged("ETHUSDT") == 3
    assert await judged("--kinds", "trade") == 2
    assert await judged("BTCUSDT", "--kinds", "trade,quote") == 2


async def test_what_the_engine_does_not_watch_is_never_called_live(
    bntui: CommandLine, engine: Engine
) -> None:
    said = await bntui("status", "BTCUSDT", "ETHUSDT", "--for", "1h")
    assert (said.code, said.out) == (3, ""), "and that is said at once"
    assert said.err == (
        "bntui: The engine does not watch ETHUSDT quotes and 2 more streams.\n"
        "  Add the symbol on the screen, or look without the engine: --own.\n"
    )
    said = await bntui("status", "BTCUSDT", "--kinds", "candle:5m")
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith("bntui: The engine does not watch BTCUSDT 5m candles.\n")


@pytest.mark.parametrize("command", ["status", "tail"])
async def test_a_symbol_that_does_not_exist_is_refused_with_the_nearest_one(
    command: str, bntui: CommandLine, engine: Engine
) -> None:
    said = await bntui(command, "ETHUSTD", "--for", "1h")
    assert (said.code, said.out, said.err) == (3, "", "bntui: ETHUSTD is not listed; did you mean ETHUSDT?\n")


async def test_a_longer_look_asks_at_a_calm_pace(bntui: CommandLine) -> None:
    async with played(welcome, *[nothing_new()] * 1_000) as asked:
        await bntui("status", "--for", "900ms")
    assert 1 <= len([question for question in asked if isinstance(question, Pull)]) <= 6


# tail


@asynccontextmanager
async def tailing(bntui: CommandLine, engine: Engine, *words: str) -> AsyncIterator[asyncio.Task[Said]]:
    """A tail, from the moment at which the engine knows of it."""
    task = asyncio.create_task(bntui("tail", "--json", *words))
    await until(engine.tails.wants)
    yield task
    await task


async def test_trades_come_as_the_engine_sees_them(
    bntui: CommandLine, engine: Engine, market: MemoryExchange
) -> None:
    await until(lambda: market.open_links and market.open_links[0].streams)
    before = -4

    async def look(span: str) -> Said:
        nonlocal before
        before += 4
        async with tailing(bntui, engine, "BTCUSDT", "--kinds", "trade", "--for", span) as tail:
            for trade_id in (1, 2, 2, 3, 1, 4):
                market.trade("BTCUSDT", before + trade_id)
            return await tail

    said = await patiently(look, lines(4))
    assert (said.code, said.err) == (0, "")
    assert [(line["kind"], line["symbol"], line["id"]) for line in said.lines] == [
        ("trade", "BTCUSDT", before + trade_id) for trade_id in (1, 2, 3, 4)
    ]
    assert (said.lines[0]["price"], said.lines[0]["qty"], said.lines[0]["side"]) == ("1.50", "2.0", "sell")


async def test_kinds_that_no_row_needs_flow_for_the_watchlist_as_long_as_they_are_read(
    bntui: CommandLine, engine: Engine
) -> None:
    names = {stream.name for stream in engine.store.streams}
    async with tailing(bntui, engine, "--kinds", "candle:5m", "--for", "1s"):
        assert {stream.name for stream in engine.store.streams} - names == {"btcusdt@kline_5m"}
    await until(lambda: {stream.name for stream in engine.store.streams} == names)


async def test_lines_that_the_engine_had_to_drop_are_counted_on_stderr(bntui: CommandLine) -> None:
    def a_line(question: Message) -> Message:
        assert isinstance(question, TailPull)
        return TailLines(question.seq + 8, 7, ["a line"])

    asked: list[Message] = []

    async def look(span: str) -> Said:
        async with played(welcome, nothing_new(), a_line, silence) as heard:
            said = await bntui("tail", "--for", span)
        asked[:] = heard
        return said

    said = await patiently(look, lambda said: len(asked) > 3)
    assert (said.code, said.out) == (0, "a line\n")
    assert said.err == "bntui: 7 lines were dropped: not read fast enough\n"
    questions = [question.seq for question in asked if isinstance(question, TailPull)]
    assert questions == [0, 8], "the next question goes on where the answer ended"


# No engine, another one, one that does not answer


COMMANDS = pytest.mark.parametrize("command", ["status", "tail", "attach"])


@pytest.fixture(autouse=True)
def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused is refused before anything is drawn, so it need not be a real one."""
    monkeypatch.setattr(start, "has_terminal", lambda: True)


IMPATIENT = ("--limit", "own_engine_silence_s=0.2", "--limit", "own_pull_wait_s=0.1")


@COMMANDS
async def test_without_an_engine_it_is_said_how_to_get_one(command: str, bntui: CommandLine) -> None:
    said = await bntui(command)
    assert (said.code, said.out) == (4, "")
    what, how = said.err.splitlines()
    assert what == "bntui: No engine runs on this profile."
    assert "`bntui engine`" in how
    assert ("--own" in how) == (command != "attach"), "a screen has no connections of its own"


async def test_a_socket_that_a_dead_engine_left_is_no_engine(bntui: CommandLine) -> None:
    left = SocketListener(socket())
    left._door.socket.close()
    assert socket().exists()
    said = await bntui("attach")
    assert (said.code, said.err.partition("\n")[0]) == (4, "bntui: No engine runs on this profile.")


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that became read-only, as after an error of its own."""
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK and may(path, mode))


async def test_an_engine_is_asked_on_a_disk_that_became_read_only(
    bntui: CommandLine, engine: Engine, read_only: None
) -> None:
    said = await bntui("status")
    assert (said.code, said.out.partition(":")[0]) == (1, "DEGRADED")
    assert said.err.startswith("bntui: nothing is logged: ")
    folder = await asyncio.to_thread(folder_to_share, Settings())
    assert folder == socket().parent, "and a screen opens on it"


async def test_a_screen_starts_no_engine_on_a_read_only_disk(read_only: None) -> None:
    with pytest.raises(StateFolderError, match="may not be written"):
        await asyncio.to_thread(folder_to_share, Settings())


@COMMANDS
async def test_an_engine_of_another_version_refuses_in_words(
    command: str, bntui: CommandLine, tmp_path: Path
) -> None:
    other = replace(world(Settings()).hello, version="0.0.1")
    async with serving(memory_engine(tmp_path, SystemClock(), MemoryExchange()), other):
        said = await bntui(command)
    assert (said.code, said.out) == (4, "")
    assert f"The running engine is bntui 0.0.1, this is bntui {__version__}" in said.err
    assert "Quit all viewers of that engine" in said.err


@COMMANDS
async def test_an_engine_of_another_exchange_refuses_in_words(
    command: str, bntui: CommandLine, engine: Engine
) -> None:
    said = await bntui(command, "--env", "testnet")
    assert (said.code, said.out) == (4, "")
    assert "serves Binance Spot, main, this command asks for Binance Spot, testnet" in said.err


@pytest.mark.parametrize(
    ("command", "answers"),
    [
        *((command, [silence]) for command in ("status", "tail", "attach")),
        *((command, [welcome, silence]) for command in ("status", "tail")),
    ],
)
async def test_an_engine_that_does_not_answer_is_said(
    command: str, answers: list[Answer], bntui: CommandLine
) -> None:
    async with played(*answers):
        said = await bntui(command, *IMPATIENT)
    assert (said.code, said.out) == (4, "")
    assert said.err.startswith("bntui: The engine does not answer.\n  It may be stopped, or hang; ")


@pytest.mark.parametrize(
    ("command", "answers"),
    [
        *((command, [None]) for command in ("status", "tail", "attach")),
        *((command, [welcome, None]) for command in ("status", "tail")),
    ],
)
async def test_an_engine_that_goes_is_said(
    command: str, answers: list[Answer | None], bntui: CommandLine
) -> None:
    async with played(*answers):
        said = await bntui(command)
    assert (said.code, said.out) == (4, "")
    assert "engine closed the connection" in said.err


async def test_a_tail_ends_with_its_engine(
    bntui: CommandLine, tmp_path: Path, market: MemoryExchange
) -> None:
    engine = memory_engine(tmp_path, SystemClock(), market)
    async with serving(engine):
        engine.watch([key("BTCUSDT")])
        task = asyncio.create_task(bntui("tail", "BTCUSDT"))
        await until(engine.tails.wants)
    said = await task
    assert said.code == 4
    assert said.err == "bntui: The engine closed the connection.\n  It has ended, or is ending.\n"
