"""Accounts of the embedded exchange over real sockets, by every kind of key, signed as it checks them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bntui.clock import SystemClock
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit
from bntui.feed.credentials import Credentials
from bntui.feed.feed import Feed
from bntui.feed.transport import WebsocketsTransport
from bntui.model.access import KeyKind, UserMethod
from bntui.model.account import AccountKey, Fill, RecoveryChanged, UserStreamChanged, UserStreamView
from bntui.model.markets import Market
from bntui.model.states import RecoveryState, UserStreamState
from bntui.model.status import Event
from bntui.secret import Secret
from bntui.sim.server import Sim, SimConfig
from bntui.venue.binance.signing import hmac_signer, pem_signer
from bntui.venue.markets import venue
from bntui.venue.places import Endpoints

WAIT_S = 40.0


class Seen:
    """What came out of a feed."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = asyncio.Event()

    def take(self, events: Sequence[Event]) -> None:
        self.events += events
        self._news.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(WAIT_S):
            while not holds():
                self._news.clear()
                await self._news.wait()

    def fills(self, owner: AccountKey) -> list[Fill]:
        return [event for event in self.events if isinstance(event, Fill) and event.owner == owner]

    def view(self, owner: AccountKey) -> UserStreamView | None:
        told = [e.view for e in self.events if isinstance(e, UserStreamChanged) and e.view.owner == owner]
        return told[-1] if told else None

    def reconnects(self, owner: AccountKey) -> int:
        view = self.view(owner)
        return 0 if view is None else view.reconnects

    def is_live(self, owner: AccountKey) -> bool:
        view = self.view(owner)
        return view is not None and view.state is UserStreamState.LIVE

    def is_whole(self, owner: AccountKey) -> bool:
        told = [e.view.state for e in self.events if isinstance(e, RecoveryChanged) and e.view.owner == owner]
        return told[-1:] == [RecoveryState.COMPLETE]


@asynccontextmanager
async def followed(
    folder: Path, market: Market, key: str, method: UserMethod
) -> AsyncIterator[tuple[Sim, Feed, Seen, AccountKey]]:
    """A feed that follows one account of an exchange of its own."""
    clock, seen = SystemClock(), Seen()
    config = SimConfig(symbols=4, markets=(market,), fills_per_s=20.0)
    async with Sim(config, clock) as sim:
        owned = sim.exchange.users.keyring.named(key)
        sign = (hmac_signer if owned.kind is KeyKind.HMAC else pem_signer)(owned.private)
        account = Credentials(key, market, Secret(owned.api_key), sign, method)
        the_venue = venue(market, {"own_rotate_overlap_s": 2.0})
        feed = Feed(
            {market: (the_venue, Endpoints(sim.urls.rest, sim.urls.streams, sim.urls.ws_api))},
            lambda of: WebsocketsTransport(of.limits, clock),
            AttemptsFile(folder / "attempts", AttemptLimit(100, 300_000), clock),
            clock,
            random.Random(1),
            seen.take,
            accounts=[account],
        )
        running = asyncio.create_task(feed.run())
        try:
            yield sim, feed, seen, account.owner
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize(
    ("market", "key", "method"),
    [
        (Market.SPOT, "hmac", UserMethod.SIGNATURE),
        (Market.SPOT, "rsa", UserMethod.SIGNATURE),
        (Market.SPOT, "ed25519", UserMethod.LOGON),
        (Market.USDM, "hmac", UserMethod.LISTEN_KEY),
        (Market.COINM, "ed25519", UserMethod.LISTEN_KEY),
    ],
)
async def test_every_fill_comes_out_once_over_a_change_of_connection(
    tmp_path: Path, market: Market, key: str, method: UserMethod
) -> None:
    async with followed(tmp_path, market, key, method) as (sim, feed, seen, owner):
        await seen.until(lambda: seen.is_live(owner) and seen.is_whole(owner))
        before = len(seen.fills(owner))
        running = feed.accounts.feed(owner)
        assert running is not None
        running.renew()
        await seen.until(lambda: seen.reconnects(owner) == 1)
        await seen.until(lambda: len(seen.fills(owner)) >= before + 40)
        fills = seen.fills(owner)
        assert len({fill.identity for fill in fills}) == len(fills)
        assert not any(fill.recovered for fill in fills[before:])
        assert seen.is_live(owner)
        assert not sim.exchange.ledger.breach_counts
