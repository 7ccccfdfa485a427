"""The embedded exchange of a demo, and a whole demo on a terminal."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import httpx
import pytest

from bntui import demo
from bntui.commandoptions import DemoOptions
from bntui.config import Settings
from bntui.demo import EmbeddedExchange
from bntui.errors import ConnectError
from bntui.model.markets import Market
from bntui.preferences import Preferences
from tests.support.programs import files, until
from tests.support.terminal import running, terminal

PREFERENCES = Preferences(theme="nord", fps=5.0)

SMALL = DemoOptions(symbols=3, rate=400.0, seed=7)

SHOWN_WITHIN_S = 40.0
QUIT_WITHIN_S = 20.0
"""Prices show within 3 s and quitting takes less than 2; a busy machine gets more."""


def asked(settings: Settings, path: str) -> httpx.Response:
    """What the exchange of these settings answers."""
    with httpx.Client(trust_env=False) as client:
        return client.get(settings.rest_urls[Market.SPOT] + path)


def test_it_is_reached_where_it_says_and_lists_what_it_says() -> None:
    with EmbeddedExchange(Settings(), SMALL) as exchange:
        reached = exchange.reached_from(Settings(preferences=PREFERENCES))
        listed = asked(reached, "/api/v3/exchangeInfo").json()["symbols"]
        assert tuple(f"{each['symbol']}.spot" for each in listed) == exchange.symbols
        assert len(exchange.symbols) == 3
        assert reached.stream_urls[Market.SPOT].startswith("ws://127.0.0.1:")
        assert (reached.preferences, reached.overridden) == (PREFERENCES, True)


def test_it_serves_the_markets_that_it_was_asked_for_and_each_is_reached() -> None:
    options = DemoOptions(symbols=9, rate=400.0, seed=7, markets=(Market.USDM, Market.COINM))
    with EmbeddedExchange(Settings(), options) as exchange:
        reached = exchange.reached_from(Settings())
        assert reached.market is Market.USDM
        assert list(reached.rest_urls) == list(reached.stream_urls) == [Market.USDM, Market.COINM]
        listed = []
        with httpx.Client(trust_env=False) as client:
            for market, path in ((Market.USDM, "fapi"), (Market.COINM, "dapi")):
                answer = client.get(f"{reached.rest_urls[market]}/{path}/v1/exchangeInfo").json()
                listed += [f"{row['symbol']}.{market}" for row in answer["symbols"]]
        assert sorted(listed) == sorted(exchange.symbols)


def test_it_is_held_to_the_limits_of_the_run() -> None:
    settings = Settings(limits={"request_weight": 1_234.0})
    with EmbeddedExchange(settings, SMALL) as exchange:
        told = asked(exchange.reached_from(settings), "/api/v3/exchangeInfo").json()["rateLimits"]
    weights = [each["limit"] for each in told if each["rateLimitType"] == "REQUEST_WEIGHT"]
    assert weights == [1_234]


def test_addresses_of_another_exchange_are_neither_handed_on_nor_kept() -> None:
    other = Settings(
        rest_urls={Market.SPOT: "http://127.0.0.1:1"},
        stream_urls={Market.SPOT: "ws://127.0.0.1:1"},
        ws_api_urls={Market.SPOT: "ws://127.0.0.1:1"},
    )
    with EmbeddedExchange(other, SMALL) as exchange:
        reached = exchange.reached_from(other)
        assert asked(reached, "/api/v3/ping").status_code == 200
    assert "127.0.0.1:1" not in (reached.stream_urls[Market.SPOT], *reached.ws_api_urls.values())


def test_it_ends_with_the_context() -> None:
    with EmbeddedExchange(Settings(), SMALL) as exchange:
        reached = exchange.reached_from(Settings())
    with pytest.raises(httpx.ConnectError):
        asked(reached, "/api/v3/ping")


STARTER = """
import sys, time
from bntui.commandoptions import DemoOptions
from bntui.config import Settings
from bntui.demo import EmbeddedExchange
from bntui.model.markets import Market

with EmbeddedExchange(Settings(), DemoOptions(3, 400.0, 7)) as exchange:
    print(exchange.reached_from(Settings()).rest_urls[Market.SPOT], flush=True)
    sys.stdin.read()
"""


async def test_it_ends_with_its_starter_however_that_ends() -> None:
    starter = await asyncio.create_subprocess_exec(sys.executable, "-c", STARTER, stdin=PIPE, stdout=PIPE)
    try:
        assert starter.stdout is not None
        url = (await starter.stdout.readline()).decode().strip()
        settings = Settings(rest_urls={Market.SPOT: url})
        assert asked(settings, "/api/v3/ping").status_code == 200
    finally:
        starter.kill()
        await starter.communicate()

    def is_gone() -> bool:
        try:
            asked(settings, "/api/v3/ping")
        except httpx.TransportError:
            return True
        return False

    await until(is_gone)


@pytest.mark.parametrize("program", ["false", "echo"])
def test_an_exchange_that_does_not_start_is_said_in_words(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which(program))
    with (
        EmbeddedExchange(Settings(), SMALL) as exchange,
        pytest.raises(ConnectError, match=r"^The embedded exchange did not start\. Run `bntui sim` to see"),
    ):
        exchange.reached_from(Settings())


def test_one_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stubborn = tmp_path / "stubborn"
    stubborn.write_text("#!/bin/sh\nexec sleep 60\n")
    stubborn.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(stubborn))
    monkeypatch.setattr(demo, "END_WAIT_S", 0.05)
    with EmbeddedExchange(Settings(), SMALL) as exchange:
        child = exchange._child
        assert child is not None
    assert child.returncode is not None


async def test_its_death_is_noticed_and_said() -> None:
    with EmbeddedExchange(Settings(), SMALL) as exchange:
        exchange.reached_from(Settings())
        watching = asyncio.ensure_future(exchange.run())
        child = exchange._child
        assert child is not None
        child.kill()
        with pytest.raises(ConnectError, match=r"^killed by SIGKILL$"):
            async with asyncio.timeout(20):
                await watching


# A whole demo


PRICE = re.compile(r"\b9[0-9],?[0-9]{3}\.[0-9]{2}\b")
"""What a bitcoin costs on the embedded exchange."""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file that all processes of a run name on their command lines, and a place for its folder."""
    if not Path("/proc").is_dir():
        pytest.skip("this system does not show processes as files")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    config = tmp_path / "config.toml"
    config.write_text("fps = 10\n")
    return config


async def test_a_demo_shows_moving_prices_and_leaves_nothing_behind(own: Path, home: Path) -> None:
    async with terminal("demo", "--symbols", "20", "--config", str(own)) as screen:
        await screen.until(lambda: len(set(PRICE.findall(screen.text))) >= 10, SHOWN_WITHIN_S)
        assert "BTCUSDT" in screen.text
        assert len(running(str(own))) == 3, "viewer, engine and exchange"
        screen.press("q")
        assert await screen.ended(QUIT_WITHIN_S) == 0
        assert screen.restored()
        assert running(str(own)) == []
    assert list((own.parent / "temporary").iterdir()) == []
    assert {Path(name).suffix for name in files(home)} == {".log"}


async def test_a_demo_that_is_killed_takes_its_processes_along(own: Path) -> None:
    async with terminal("demo", "--symbols", "3", "--config", str(own)) as screen:
        await screen.until(lambda: PRICE.search(screen.text), SHOWN_WITHIN_S)
        screen.process.kill()
        await until(lambda: running(str(own)) == [], QUIT_WITHIN_S)
    assert list((own.parent / "temporary").iterdir()) == []


def test_where_bots_ask_is_nothing_for_the_exchange() -> None:
    settings = Settings(trust_socket=Path("/run/bntui/trust.sock"), trust_group="bots")
    assert "--trust-socket" in settings.arguments()
    with EmbeddedExchange(settings, SMALL) as exchange:
        # An option that it does not know would have ended it.
        assert exchange.reached_from(settings).rest_urls
