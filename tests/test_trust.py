"""`bntui trust` and `bntui wait`, as they are called, against an engine on its socket."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from bntui import __version__, paths, trust
from bntui.clock import SystemClock
from bntui.commandoptions import WaitOptions
from bntui.config import DEFAULT_PROFILE, Settings
from bntui.engine import trust as gate
from bntui.engine.engine import Engine
from bntui.engine.main import Post, serve
from bntui.engine.trustserver import TrustPlace
from bntui.errors import ConnectError, EngineRefused, UsageError
from bntui.model.markets import Market, StreamKey, SymbolKey
from bntui.model.states import StreamState
from bntui.model.status import StreamChanged
from bntui.model.views import StreamView
from bntui.trust import Asked, answer_to, gate_place, lines, question, trust_in
from bntui.wire.messages import Welcome
from bntui.world import world
from tests.architecture import ROOT
from tests.support.command_line import CommandLine
from tests.support.engine import key, list_symbols, memory_engine
from tests.support.exchange import REFUSED, MemoryExchange
from tests.support.programs import until

KINDS = ("bookTicker", "trade", "ticker")


@pytest.fixture
def bntui(capsys: pytest.CaptureFixture[str], restored_logging: None) -> CommandLine:
    """The program, as it is called."""
    return CommandLine(capsys)


def socket() -> Path:
    """Where the default profile's engine is asked."""
    return paths.trust_socket_path(paths.state_dir(DEFAULT_PROFILE))


def turn(engine: Engine, state: StreamState) -> None:
    """All streams of BTCUSDT come into a state, now."""
    now = SystemClock().monotonic()
    for kind in KINDS:
        name = f"btcusdt@{kind}"
        view = StreamView(Market.SPOT, name, 1, state, "", now, now, None)
        engine.take([StreamChanged(StreamKey(Market.SPOT, name), view)])


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Nothing connects: what it knows is what a test says, at once."""
    monkeypatch.setattr(gate, "ANSWER_HOLDS_S", 0.0)
    market = MemoryExchange()
    market.failure = REFUSED
    engine = memory_engine(tmp_path, SystemClock(), market)
    list_symbols(engine, "BTCUSDT", "ETHUSDT")
    engine.begin([key("BTCUSDT")])
    turn(engine, StreamState.LIVE)
    return engine


@asynccontextmanager
async def serving(engine: Engine, environment: str = "") -> AsyncIterator[None]:
    """The engine's gate, whose feed stands still."""
    from bntui.engine.trust import TrustGate
    from bntui.engine.trustserver import TrustServer

    welcome = Welcome(__version__, "e", os.getpid(), 0, environment or world(Settings()).description)
    clock = SystemClock()
    server = TrustServer(TrustGate(engine, clock, welcome), TrustPlace(socket()), clock)
    await server.open()
    try:
        yield
    finally:
        server.close()


async def test_the_exit_code_is_that_of_the_worst_symbol(bntui: CommandLine, engine: Engine) -> None:
    async with serving(engine):
        assert (await bntui("trust", "BTCUSDT"))[:2] == (0, "BTCUSDT ok\n")
        turn(engine, StreamState.ACKED)
        assert (await bntui("trust", "BTCUSDT")).code == 1
        both = await bntui("trust", "BTCUSDT", "ETHUSDT")
        assert both.code == 2
        assert "ETHUSDT blind: the engine does not watch ETHUSDT" in both.out


async def test_json_has_trust_reason_and_age_of_each(bntui: CommandLine, engine: Engine) -> None:
    async with serving(engine):
        said = await bntui("trust", "BTCUSDT", "--json", "--max-age", "1s", "--no-accounts")
    told = orjson.loads(said.out)
    assert (said.code, told["trust"]) == (1, "stale")
    assert told["symbols"]["BTCUSDT"] == {
        "trust": "stale",
        "reason": "no quote yet, more than 1 s",
        "age_s": None,
    }


async def test_without_an_engine_it_is_said_what_to_do(bntui: CommandLine) -> None:
    said = await bntui("trust", "BTCUSDT")
    assert said.code == 4
    assert "No engine answers" in said.err
    assert "bntui engine" in said.err


async def test_an_engine_on_another_exchange_is_no_answer(bntui: CommandLine, engine: Engine) -> None:
    async with serving(engine, "a replay"):
        said = await bntui("trust", "BTCUSDT")
        assert said.code == 4
        assert "serves a replay, this command asks for Binance Spot, main" in said.err
        elsewhere = await bntui("trust", "BTCUSDT", "--trust-socket", str(socket()))
        assert elsewhere.code == 0, "who names the socket knows which engine he means"


async def test_a_symbol_must_be_named(bntui: CommandLine) -> None:
    assert (await bntui("trust")).code == 3
    assert (await bntui("wait", "--for", "1s")).code == 3
    assert (await bntui("trust", "BTCUSDT", "--trust-socket", "relative")).code == 3


async def test_a_wait_ends_when_the_symbol_was_trusted_for_so_long(
    bntui: CommandLine, engine: Engine
) -> None:
    turn(engine, StreamState.STALE)
    waiting = asyncio.create_task(bntui("wait", "--trust", "BTCUSDT", "--for", "150ms"))
    async with serving(engine):
        await asyncio.sleep(0)
        assert not waiting.done()
        turn(engine, StreamState.LIVE)
        assert (await asyncio.wait_for(waiting, 20)).code == 0


@pytest.mark.parametrize(("state", "code"), [(StreamState.STALE, 2), (StreamState.ACKED, 1)])
async def test_a_wait_in_vain_ends_with_what_is_in_the_way(
    bntui: CommandLine, engine: Engine, state: StreamState, code: int
) -> None:
    turn(engine, state)
    async with serving(engine):
        said = await bntui("wait", "--trust", "BTCUSDT", "--for", "1s", "--timeout", "50ms")
    assert said.code == code
    assert said.err


async def test_a_wait_bears_that_no_engine_is_there_yet(bntui: CommandLine) -> None:
    assert (await bntui("wait", "--trust", "BTCUSDT", "--timeout", "50ms")).code == 4


async def test_trust_that_breaks_off_begins_anew(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["ok", "ok", "blind", "ok", "ok", "ok"])
    asked: list[str] = []

    async def answer(_: Asked) -> dict[str, object]:
        asked.append(next(answers))
        return {"trust": asked[-1], "symbols": {}, "error": "" if asked[-1] == "ok" else "why"}

    monkeypatch.setattr(trust, "answer_to", answer)
    monkeypatch.setattr(trust, "ASK_EVERY_S", 0.01)

    class Steps:
        """Each look at the clock is a second later."""

        at = 0.0

        def monotonic(self) -> float:
            """Later than before."""
            self.at += 1.0
            return self.at

        def wall_ms(self) -> int:
            """Never asked for."""
            return 0

    assert await trust.wait(Asked(socket(), "", ""), WaitOptions(for_s=4.0), Steps()) == 0
    assert asked == ["ok", "ok", "blind", "ok", "ok", "ok"]


async def test_a_peer_that_says_nothing_of_use_is_no_answer() -> None:
    for said in (b"", b"what?\n", b"[1]\n"):

        async def speak(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: bytes = said
        ) -> None:
            writer.write(said)
            writer.close()

        path = socket()
        async with await asyncio.start_unix_server(speak, path):
            with pytest.raises(ConnectError):
                await answer_to(Asked(path, "BTCUSDT", ""))
    assert trust_in({"trust": "certainly"}) == "blind"
    assert lines({"symbols": {}, "error": "no \x1b[2J"}) == ["blind: no \\x1b[2J"]


async def test_the_engine_of_a_profile_opens_its_gate_and_closes_it(engine: Engine, home: Path) -> None:
    place = gate_place(Settings(), socket(), private=False)
    welcome = Welcome(__version__, "e", os.getpid(), 0, "a test")
    folder = paths.state_dir(DEFAULT_PROFILE)
    post = Post(paths.socket_path(folder), True, welcome, world(Settings()).hello, place)
    task = asyncio.create_task(serve(engine, post, SystemClock(), 0.2))
    await until(socket().exists)
    assert (await answer_to(Asked(socket(), "BTCUSDT", "a test")))["symbols"]
    with pytest.raises(EngineRefused):
        await answer_to(Asked(socket(), "BTCUSDT", "another"))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not socket().exists()


def test_a_private_engine_never_stands_where_bots_look(tmp_path: Path) -> None:
    usual, named = tmp_path / "trust.sock", Path("/run/bntui/trust.sock")
    settings = Settings(trust_socket=named, trust_group="bots")
    assert gate_place(settings, usual, private=True) == TrustPlace(usual)
    assert gate_place(settings, usual, private=False) == TrustPlace(named, "bots", unlocked=True)
    assert gate_place(Settings(), usual, private=False) == TrustPlace(usual)
    with pytest.raises(UsageError, match="closed to others"):
        gate_place(Settings(trust_group="bots"), usual, private=False)


def test_the_question_says_which_market_is_meant() -> None:
    keys = [SymbolKey(Market.SPOT, "BTCUSDT"), SymbolKey(Market.USDM, "BTCUSDT")]
    assert question(keys, 0.5, False) == "BTCUSDT.spot BTCUSDT.usdm max_age=0.5 accounts=no"
    assert question(keys[:1], None, True) == "BTCUSDT.spot"


async def test_the_documented_lines_of_python_work(engine: Engine) -> None:
    page = (ROOT / "docs" / "systemd.md").read_text(encoding="utf-8")
    program = page.partition("```python\n")[2].partition("```")[0]
    assert "~/.local/state/bntui/default/trust.sock" in program
    program = program.replace("~/.local/state/bntui/default/trust.sock", str(socket()))
    names: dict[str, Any] = {}

    def may_quote() -> bool:
        if not names:
            exec(program, names)
        return bool(names["may_quote"]("BTCUSDT"))

    async def comes() -> None:
        engine.feed.market(Market.SPOT).pool.health.seen("btcusdt@bookTicker", [], SystemClock().monotonic())
        async with asyncio.timeout(20):
            while not await asyncio.to_thread(may_quote):
                pass

    async with serving(engine):
        assert not await asyncio.to_thread(may_quote), "no quote has come yet"
        await comes()
    assert not await asyncio.to_thread(may_quote), "the engine has gone"
    async with serving(engine):
        await comes()
    names["gate"].close()
