"""The trust gate's socket: a line in, a line out, and no way to do harm through it."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from bntui.clock import ManualClock, SystemClock
from bntui.engine import trustserver
from bntui.engine.engine import Engine
from bntui.engine.trust import TrustGate
from bntui.engine.trustserver import MOST_LINE_BYTES, TrustPlace, TrustServer, opened
from bntui.feed.gulps import SOON_S
from bntui.wire.messages import Welcome
from tests.support.engine import key, list_symbols, memory_engine
from tests.support.exchange import MemoryExchange

WAIT_S = 20.0


@pytest.fixture
def path() -> Iterator[Path]:
    """Short enough for a socket, wherever the tests' folders lie."""
    with tempfile.TemporaryDirectory(prefix="bn-") as folder:
        yield Path(folder) / "trust.sock"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = memory_engine(tmp_path, SystemClock(), MemoryExchange())
    list_symbols(engine, "BTCUSDT")
    engine.begin([key("BTCUSDT")])
    return engine


@pytest.fixture
def gate(engine: Engine) -> TrustGate:
    return TrustGate(engine, SystemClock(), Welcome("1", "epoch", 1, 0, "a test"))


@asynccontextmanager
async def serving(
    gate: TrustGate, path: Path, clock: ManualClock | None = None
) -> AsyncIterator[TrustServer]:
    server = TrustServer(gate, TrustPlace(path), clock or SystemClock())
    await server.open()
    try:
        yield server
    finally:
        server.close()


def is_there(path: Path) -> bool:
    """Whether a socket lies there."""
    return path.exists()


class Bot:
    """Whoever asks."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def at(cls, path: Path) -> Bot:
        """One that is connected."""
        return cls(*await asyncio.open_unix_connection(path))

    async def ask(self, line: str) -> dict[str, Any]:
        """The answer to a line."""
        self.writer.write(f"{line}\n".encode())
        return await self.hear()

    async def hear(self) -> dict[str, Any]:
        """The next answer; an empty one at the end."""
        async with asyncio.timeout(WAIT_S):
            told: dict[str, Any] = orjson.loads(await self.reader.readline() or b"{}")
        return told

    async def leave(self) -> None:
        """Hang up."""
        self.writer.close()
        await asyncio.gather(self.writer.wait_closed(), return_exceptions=True)


async def test_each_line_is_answered_by_one_in_order(gate: TrustGate, path: Path) -> None:
    async with serving(gate, path):
        bot = await Bot.at(path)
        bot.writer.write(b"BTCUSDT\nNOSUCH\r\nBTC")
        assert list((await bot.hear())["symbols"]) == ["BTCUSDT"]
        assert list((await bot.hear())["symbols"]) == ["NOSUCH"]
        bot.writer.write(b"USDT max_age=1\n")
        assert list((await bot.hear())["symbols"]) == ["BTCUSDT"]
        await bot.leave()


async def test_while_bots_ask_what_they_ask_about_is_read_sooner(
    engine: Engine, gate: TrustGate, path: Path
) -> None:
    usual_s = engine.beat.gulp_s
    async with serving(gate, path), asyncio.timeout(WAIT_S):
        bots = [await Bot.at(path), await Bot.at(path)]
        for bot in bots:
            await bot.ask("BTCUSDT")
            assert engine.beat.gulp_s == SOON_S < usual_s
        for bot in bots:
            assert engine.beat.gulp_s == SOON_S
            await bot.leave()
        while engine.beat.gulp_s != usual_s:  # noqa: ASYNC110
            await asyncio.sleep(0)


@pytest.mark.parametrize("junk", [b"\xff\xfe\n", b"\x00\n", b"{}\n", b"WATCH BTCUSDT=1\n"])
async def test_junk_gets_no_yes(gate: TrustGate, path: Path, junk: bytes) -> None:
    async with serving(gate, path):
        bot = await Bot.at(path)
        bot.writer.write(junk)
        assert (await bot.hear())["trust"] == "blind"
        assert (await bot.ask("BTCUSDT"))["symbols"], "the conversation goes on"
        await bot.leave()


async def test_a_line_without_an_end_ends_its_connection_alone(gate: TrustGate, path: Path) -> None:
    async with serving(gate, path):
        good, bad = await Bot.at(path), await Bot.at(path)
        bad.writer.write(b"A" * (MOST_LINE_BYTES + 1))
        assert "at most" in (await bad.hear())["error"]
        assert await bad.hear() == {}
        assert (await good.ask("BTCUSDT"))["symbols"]
        await asyncio.gather(good.leave(), bad.leave())


async def test_one_asker_too_many_is_told_so(
    gate: TrustGate, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trustserver, "MOST_ASKERS", 1)
    async with serving(gate, path):
        first = await Bot.at(path)
        await first.ask("BTCUSDT")
        second = await Bot.at(path)
        told = await second.hear()
        assert (told["trust"], told["error"]) == ("blind", "1 others are asking, more cannot")
        await asyncio.gather(first.leave(), second.leave())


async def test_who_asks_too_fast_waits_and_loses_nothing(
    gate: TrustGate, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trustserver, "ANSWERS_AT_ONCE", 5.0)
    clock = ManualClock()
    rested: list[float] = []
    loop = asyncio.get_running_loop()
    later = loop.call_later

    def call_later(delay: float, *rest: Any, **more: Any) -> asyncio.TimerHandle:
        # The pace is the server's: the rest of the loop's timers, such as timeouts, are much longer.
        if delay < 1.0:
            rested.append(delay)
            clock.advance(delay)
            delay = 0.0
        return later(delay, *rest, **more)

    monkeypatch.setattr(loop, "call_later", call_later)
    async with serving(gate, path, clock):
        bot = await Bot.at(path)
        bot.writer.write(b"BTCUSDT\n" * 25)
        answers = [await bot.hear() for _ in range(25)]
        assert all(answer["symbols"] for answer in answers)
        assert sum(rested) == pytest.approx(20 / trustserver.ANSWERS_PER_S, rel=0.2)
        await bot.leave()


async def test_who_does_not_read_is_held_and_costs_a_bounded_room(
    gate: TrustGate, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trustserver, "ANSWERS_PER_S", 1e9)
    monkeypatch.setattr(trustserver, "MOST_WAITING_BYTES", 1_000)
    answered = 0
    answer = gate.answer

    def counted(line: str) -> tuple[bytes, int]:
        nonlocal answered
        answered += 1
        return answer(line)

    monkeypatch.setattr(gate, "answer", counted)
    async with serving(gate, path):
        deaf = socket.socket(socket.AF_UNIX)
        deaf.setblocking(False)
        deaf.connect(str(path))
        sent = 0
        before = -1
        while answered != before:
            before = answered
            for _ in range(50):
                try:
                    sent += deaf.send(b"BTCUSDT\n" * 100)
                except BlockingIOError:
                    break
            for _ in range(20):
                await asyncio.sleep(0)
        assert 0 < answered * 8 < sent, "more was asked than answered"
        other = await Bot.at(path)
        assert (await other.ask("BTCUSDT"))["symbols"]
        await other.leave()
        deaf.close()


async def test_the_end_closes_every_connection_and_takes_the_socket_away(gate: TrustGate, path: Path) -> None:
    async with serving(gate, path):
        bot = await Bot.at(path)
        await bot.ask("BTCUSDT")
    assert await bot.hear() == {}
    assert not is_there(path)
    await bot.leave()


async def test_a_place_that_cannot_be_had_is_said_and_does_without(gate: TrustGate, path: Path) -> None:
    async with serving(gate, path):
        server, why = await opened(gate, TrustPlace(path, unlocked=True), SystemClock())
        assert server is None
        assert "another process answers there" in why
    server, why = await opened(gate, TrustPlace(path / "no" / "folder.sock"), SystemClock())
    assert server is None
    assert "cannot be opened" in why
    server, why = await opened(gate, TrustPlace(path), SystemClock())
    assert why == ""
    assert server is not None
    server.close()
