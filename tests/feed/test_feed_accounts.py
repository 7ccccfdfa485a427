"""A feed that is built with accounts runs them beside its markets."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

from bntui.clock import SystemClock
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit
from bntui.feed.credentials import Account, MissingKey
from bntui.feed.feed import Feed
from bntui.model.access import UserMethod
from bntui.model.account import UserStreamChanged
from bntui.model.markets import Market
from bntui.model.states import UserStreamState
from bntui.model.status import Event
from bntui.venue.markets import venue
from bntui.venue.places import Endpoints
from tests.support.exchange import MemoryExchange
from tests.support.userexchange import credentials

NOWHERE = Endpoints("http://127.0.0.1:9", "ws://127.0.0.1:9", "ws://127.0.0.1:9")
"""A port that nobody listens on (RFC 863)."""


class World:
    """A feed on an exchange that answers nothing by REST."""

    def __init__(self, folder: Path, accounts: Sequence[Account]) -> None:
        clock = SystemClock()
        self.events: list[Event] = []
        self.news = asyncio.Event()
        self.exchange = MemoryExchange()
        self.feed = Feed(
            {market: (venue(market, {}), NOWHERE) for market in (Market.SPOT, Market.USDM)},
            lambda of: self.exchange,
            AttemptsFile(folder / "attempts", AttemptLimit(100, 300_000), clock),
            clock,
            random.Random(1),
            self.take,
            accounts=accounts,
        )

    def take(self, events: Sequence[Event]) -> None:
        self.events += events
        self.news.set()

    async def states(self, number: int) -> set[tuple[str, UserStreamState]]:
        """Name and state of each account, once so many were told."""
        running = asyncio.create_task(self.feed.run())
        async with asyncio.timeout(5.0):
            while len(told := self._told()) < number:
                self.news.clear()
                await self.news.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return told

    def _told(self) -> set[tuple[str, UserStreamState]]:
        views = [event.view for event in self.events if isinstance(event, UserStreamChanged)]
        first = {view.owner: view for view in reversed(views)}
        return {(view.owner.label, view.state) for view in first.values()}


async def test_accounts_with_and_without_a_key_are_told_each_for_itself(tmp_path: Path) -> None:
    accounts: list[Account] = [
        credentials(),
        credentials(Market.USDM, UserMethod.LISTEN_KEY),
        credentials(Market.COINM, UserMethod.LISTEN_KEY),
        MissingKey("spare", Market.SPOT, "There is no key file."),
    ]
    assert await World(tmp_path, accounts).states(4) == {
        ("main.spot", UserStreamState.STARTING),
        ("main.usdm", UserStreamState.STARTING),
        ("main.coinm", UserStreamState.REFUSED),
        ("spare.spot", UserStreamState.NO_KEY),
    }


async def test_a_market_with_an_account_is_awake_though_nobody_watches_it(tmp_path: Path) -> None:
    without, with_account = (
        World(tmp_path, []),
        World(tmp_path, [credentials(Market.USDM, UserMethod.LISTEN_KEY)]),
    )
    awake = [world.feed.market(Market.USDM).is_awake for world in (without, with_account)]
    assert awake == [False, True]
    for world in (without, with_account):
        for market in (Market.SPOT, Market.USDM):
            await world.feed.market(market).rest.close()
