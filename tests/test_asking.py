"""How the running engine is spoken to: what it shows, and what is said when it cannot be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bntui.asking import (
    ATTACH_HINT,
    HANGS_HINT,
    NO_ENGINE_HINT,
    ask,
    conversation,
    look,
    require_engine,
    require_listed,
)
from bntui.clock import SystemClock
from bntui.config import Settings
from bntui.engine.engine import Engine
from bntui.errors import ConnectError, EngineRefused, UsageError
from bntui.model.markets import Market
from bntui.model.panels import Focus
from bntui.wire.messages import Bye, Hello, Pull, TailPull
from bntui.wire.mirror import Mirror
from bntui.world import world
from tests.support.asked import played, running, serving, silence, welcome
from tests.support.engine import key, list_symbols, memory_engine
from tests.support.exchange import MemoryExchange

WORLD = world(Settings(limits={"own_engine_silence_s": 0.2, "own_pull_wait_s": 0.1}))


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = memory_engine(tmp_path, SystemClock(), MemoryExchange())
    list_symbols(engine, "BTCUSDT", "ETHUSDT")
    return engine


async def test_a_look_shows_what_the_engine_has_and_with_a_focus_the_open_symbol(engine: Engine) -> None:
    mirror = Mirror(1.0)
    async with (
        serving(engine, WORLD.hello),
        conversation(running(WORLD)) as carrier,
    ):
        await look(carrier, mirror, SystemClock(), WORLD.limits)
        assert set(mirror.instruments) == {key("BTCUSDT"), key("ETHUSDT")}
        await look(carrier, mirror, SystemClock(), WORLD.limits, Focus(Market.SPOT, "BTCUSDT"))
        panels = mirror.panels
    assert panels is not None
    assert panels.key == key("BTCUSDT")


async def test_only_what_is_listed_is_asked_for(engine: Engine) -> None:
    mirror = Mirror(1.0)
    require_listed(mirror, [key("ANYTHING")])
    async with (
        serving(engine, WORLD.hello),
        conversation(running(WORLD)) as carrier,
    ):
        await look(carrier, mirror, SystemClock(), WORLD.limits)
    require_listed(mirror, [key("ETHUSDT")])
    with pytest.raises(UsageError, match="did you mean ETHUSDT"):
        require_listed(mirror, [key("ETHUSD")])


async def test_without_an_engine_it_is_said_what_to_do() -> None:
    with pytest.raises(ConnectError, match="No engine runs") as refusal:
        async with conversation(running(WORLD)):
            pass
    assert refusal.value.hint == NO_ENGINE_HINT


async def test_an_engine_that_means_something_else_refuses(engine: Engine) -> None:
    async with serving(engine, WORLD.hello):
        with pytest.raises(EngineRefused, match="asks for another"):
            async with conversation(
                replace(running(WORLD), hello=Hello(WORLD.hello.version, "x", "another"))
            ):
                pass


async def test_an_engine_that_hangs_is_not_waited_for() -> None:
    async with played(welcome, silence):
        with pytest.raises(ConnectError, match="does not answer") as refusal:
            async with conversation(running(WORLD)) as carrier:
                await ask(carrier, Pull(0, ""), WORLD.limits)
    assert refusal.value.hint == HANGS_HINT


async def test_an_engine_that_goes_is_said_to_have_gone() -> None:
    async with played(welcome, None):
        with pytest.raises(ConnectError, match="closed the connection"):
            async with conversation(running(WORLD)) as carrier:
                await ask(carrier, TailPull(0, [], []), WORLD.limits)


async def test_the_end_is_said() -> None:
    async with played(welcome, silence) as asked, conversation(running(WORLD)):
        pass
    assert asked[:1] == [WORLD.hello]
    assert all(isinstance(message, Hello | Bye) for message in asked)


async def test_an_engine_that_is_required_is_greeted_and_left(engine: Engine) -> None:
    with pytest.raises(ConnectError) as caught:
        await require_engine(running(WORLD))
    assert caught.value.hint == ATTACH_HINT
    async with serving(engine, WORLD.hello):
        await require_engine(running(WORLD))
    async with played(welcome) as asked:
        await require_engine(running(WORLD))
        assert asked == [WORLD.hello]
