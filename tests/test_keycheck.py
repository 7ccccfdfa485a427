"""`bntui keys check` against the embedded exchange: what each kind of key comes to."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bntui.accounts import load
from bntui.clock import SystemClock
from bntui.config import AccountSettings, Settings
from bntui.keycheck import GOOD, REFUSED, UNREACHED, WARNED, check
from bntui.model.markets import Market
from bntui.sim.keyfiles import write
from bntui.sim.server import Sim, SimConfig
from bntui.world import World, world


@pytest.fixture
async def sim() -> AsyncIterator[Sim]:
    """An exchange with two markets."""
    config = SimConfig(symbols=("BTCUSDT",), rate=0.0, markets=(Market.SPOT, Market.USDM), self_ticking=False)
    async with Sim(config, SystemClock()) as running:
        yield running


def reaching(sim: Sim, *markets: Market) -> World:
    """A world of these markets of the exchange."""
    urls = {market: sim.urls.by_market[market] for market in markets}
    return world(
        Settings(
            market=markets[0],
            rest_urls={market: each.rest for market, each in urls.items()},
            stream_urls={market: each.streams for market, each in urls.items()},
            ws_api_urls={market: each.ws_api for market, each in urls.items()},
        )
    )


async def checked(the_world: World, keys: Path, *accounts: AccountSettings) -> tuple[int, list[str]]:
    """The exit code, and what was said."""
    methods = {market: venue.user.methods for market, (venue, _) in the_world.markets.items() if venue.user}
    said: list[str] = []
    code = await check(the_world, load(accounts, methods, keys, os.environ), SystemClock(), said.append)
    return code, said


@pytest.mark.parametrize("kind", ["hmac", "rsa", "ed25519"])
async def test_a_key_that_only_reads_from_here_is_good(sim: Sim, tmp_path: Path, kind: str) -> None:
    write(tmp_path / "keys", sim.exchange.users.keyring)
    account = AccountSettings(kind, (Market.SPOT, Market.USDM))
    code, said = await checked(reaching(sim, Market.SPOT, Market.USDM), tmp_path, account)
    assert (code, said[1:3]) == (GOOD, ["  spot   reads", "  usdm   reads"])
    assert "nothing else" in said[3]


async def test_a_key_that_may_do_more_is_warned_of(sim: Sim, tmp_path: Path) -> None:
    write(tmp_path / "keys", sim.exchange.users.keyring)
    code, said = await checked(reaching(sim, Market.SPOT), tmp_path, AccountSettings("trader"))
    assert code == WARNED
    text = "\n".join(said)
    assert "may withdraw" in text
    assert "trade on Spot" in text
    assert "every IP address" in text


@pytest.mark.parametrize("name", ["elsewhere", "nothing"])
async def test_a_key_that_is_refused_is_told_in_the_exchange_s_words(
    sim: Sim, tmp_path: Path, name: str
) -> None:
    write(tmp_path / "keys", sim.exchange.users.keyring)
    code, said = await checked(
        reaching(sim, Market.SPOT), tmp_path, AccountSettings("hmac"), AccountSettings(name)
    )
    assert code == REFUSED
    assert "Invalid API-key, IP, or permissions for action. (-2015)" in said[-1]


async def test_without_spot_nobody_tells_what_a_key_may_do(sim: Sim, tmp_path: Path) -> None:
    write(tmp_path / "keys", sim.exchange.users.keyring)
    code, said = await checked(reaching(sim, Market.USDM), tmp_path, AccountSettings("hmac", (Market.USDM,)))
    assert (code, said[1]) == (WARNED, "  usdm   reads")
    assert "Spot's address" in said[2]


async def test_an_account_without_a_key_is_no_reason_to_stop(sim: Sim, tmp_path: Path) -> None:
    write(tmp_path / "keys", sim.exchange.users.keyring)
    code, said = await checked(
        reaching(sim, Market.SPOT), tmp_path, AccountSettings("lost"), AccountSettings("hmac")
    )
    assert code == REFUSED
    assert "no key file" in said[1]
    assert said[2:4] == ["hmac", "  spot   reads"]


async def test_nobody_answers(tmp_path: Path, unused_tcp_port: int, sim: Sim) -> None:
    write(tmp_path / "keys", sim.exchange.users.keyring)
    nowhere = world(
        Settings(
            rest_urls={Market.SPOT: f"http://127.0.0.1:{unused_tcp_port}"},
            stream_urls={Market.SPOT: f"ws://127.0.0.1:{unused_tcp_port}"},
        )
    )
    code, said = await checked(nowhere, tmp_path, AccountSettings("hmac"))
    assert code == UNREACHED
    assert "cannot be reached" in said[1]
